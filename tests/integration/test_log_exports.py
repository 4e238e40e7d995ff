# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Exports of the log over real connections: what is in them, and what is left when somebody goes away."""

import asyncio
import base64
import csv
import inspect
import io
import json
import random
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from openconnector.app import create_app, engine
from openconnector.core.http import AsyncClient, HTTPError, Response
from openconnector.core.ids import new_id
from openconnector.core.principal import SCOPE_KEY
from openconnector.core.settings import Settings
from openconnector.logs.entries import CallEntry
from openconnector.logs.exports import answer as sending
from openconnector.logs.exports.service import Exports
from openconnector.logs.schemas import CallRead
from openconnector.logs.writer import LogWriter
from tests.conftest import ADMIN
from tests.contract.serving import serving
from tests.unit.logs.exports.entries import AT, answer, call, described, exchange
from tests.unit.logs.exports.har_schema import check


async def eventually(condition: Callable[[], Any]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(20):
        while True:
            found = condition()
            if (await found) if inspect.isawaitable(found) else found:
                return
            await asyncio.sleep(0.01)


@dataclass
class Engine:
    """The engine on a real port, with an administrator in front."""

    app: FastAPI
    url: str
    client: AsyncClient
    storage: Path

    async def log(self, *calls: CallEntry) -> None:
        """Put calls into the log, one after the other."""
        writer = LogWriter(self.app.state.database, self.app.state.compression, also=lambda *_: None)
        await asyncio.gather(*(writer.keep(one) for one in calls))
        await writer.close()

    async def export(self, form: str, **parameters: Any) -> Response:
        response = await self.client.get("/api/logs/export", params={"format": form, **parameters})
        assert response.status_code == 200, response.text
        return response

    async def progress(self, export_id: Any) -> dict[str, Any]:
        response = await self.client.get(f"/api/logs/exports/{export_id}")
        assert response.status_code == 200, response.text
        progress: dict[str, Any] = response.json()
        return progress

    async def until(self, export_id: Any, state: str) -> dict[str, Any]:
        """Wait until an export has come to a state."""

        async def has_come() -> bool:
            return bool((await self.client.get(f"/api/logs/exports/{export_id}")).json().get("state") == state)

        await eventually(has_come)
        return await self.progress(export_id)

    def left_open(self) -> list[str]:
        """Files of exports that this process has open, with or without a name."""
        links = []
        for path in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                links.append(str(path.readlink()))
        names = [link for link in links if link.startswith(f"{self.storage}/") and link.endswith("(deleted)")]
        return [*names, *(str(path) for path in self.storage.glob("openconnector-export-*"))]


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[Engine]:
    app = create_app(settings)

    async def face(scope: Scope, receive: Receive, send: Send) -> None:
        scope[SCOPE_KEY] = ADMIN
        await app(scope, receive, send)

    async with engine(app, settings), serving(face) as url, AsyncClient(base_url=url, timeout=60) as client:
        app.state.exports = Exports(app.state.logs, settings.storage_path)
        yield Engine(app, url, client, settings.storage_path)


def some_calls() -> list[CallEntry]:
    raw = b"\xff\x00binary"
    binary = answer(raw, body=described(raw, encoding="base64", charset=None, mediaType="image/png"))
    hostile = '=HYPERLINK("http://evil.example")\r\nsecond "line", ñ'
    return [
        call(exchange("POST", body=b'{"a": 1}'), source_name=hostile, method="POST"),
        call(exchange(response=binary, response_body=raw), started_at=AT + timedelta(seconds=1)),
        call(
            exchange(kind="token"),
            exchange(position=1, response=answer(statusCode=503), error={"type": "x", "message": "y"}),
            outcome="http_error",
            error_type="http_503",
            started_at=AT + timedelta(seconds=2),
        ),
        call(outcome="refused", error_type="egress_denied", started_at=AT + timedelta(seconds=3)),
    ]


async def test_csv_has_a_row_for_each_call_that_spreadsheets_do_not_calculate(served: Engine) -> None:
    calls = some_calls()
    await served.log(*calls)
    response = await served.export("csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert not response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert [row["id"] for row in rows] == [str(one.id) for one in reversed(calls)]
    assert rows[-1]["sourceName"] == "'" + calls[0].source_name
    assert rows[-1]["startedAt"] == "2026-11-27T11:42:07.250Z"
    assert rows[1]["statusCode"] == "503"
    assert rows[0]["statusCode"] == ""
    assert response.text.count("\r\n") == len(calls) + 2  # and the one within a cell


async def test_ndjson_has_each_call_as_the_api_answers_it(served: Engine) -> None:
    calls = some_calls()
    await served.log(*calls)
    response = await served.export("ndjson")
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert [line["id"] for line in lines] == [str(one.id) for one in reversed(calls)]
    for line in lines:
        answered = (await served.client.get(f"/api/logs/{line['id']}")).json()
        assert line | {"hit": None, "expiresAt": answered["expiresAt"]} == answered
        CallRead.model_validate(line | {"expiresAt": None})
    body = lines[2]["exchanges"][0]["response"]["body"]
    assert base64.b64decode(body["content"]) == b"\xff\x00binary"


async def test_ndjson_has_whole_bodies_where_the_entry_has_a_preview(served: Engine) -> None:
    long = ("ä" * 300_000).encode()
    await served.log(call(exchange(response=answer(long), response_body=long)))
    (line,) = (await served.export("ndjson")).text.splitlines()
    body = json.loads(line)["exchanges"][0]["response"]["body"]
    assert body["content"] == long.decode()
    assert body["isPreview"] is False


async def test_har_is_valid_and_has_an_entry_for_each_exchange(served: Engine) -> None:
    calls = some_calls()
    await served.log(*calls)
    response = await served.export("har")
    assert response.headers["content-type"] == "application/json"
    document = response.json()
    entries = check(document)
    assert [entry["_callId"] for entry in entries] == [str(calls[at].id) for at in (3, 2, 2, 1, 0)]
    assert [page["id"] for page in document["log"]["pages"]] == [str(one.id) for one in reversed(calls)]


async def test_an_empty_export_is_a_valid_file(served: Engine) -> None:
    assert check((await served.export("har")).json()) == []
    assert (await served.export("ndjson")).text == ""
    assert (await served.export("csv")).text.startswith("id,number,startedAt,")


async def test_only_what_matches_is_exported(served: Engine) -> None:
    calls = some_calls()
    await served.log(*calls)
    rows = list(csv.DictReader(io.StringIO((await served.export("csv", outcome="refused,http_error")).text)))
    assert [row["id"] for row in rows] == [str(calls[3].id), str(calls[2].id)]
    export_id = str(new_id())
    wrong = {"format": "csv", "status": "abc", "exportId": export_id}
    refused = await served.client.get("/api/logs/export", params=wrong)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["parameter"] == "status"
    assert (await served.progress(export_id))["state"] == "failed"
    assert (await served.export("csv", outcome="refused")).status_code == 200  # its place is free again


async def test_an_export_is_a_download_with_a_name_and_a_length(served: Engine) -> None:
    await served.log(*some_calls())
    response = await served.export("har")
    assert re.fullmatch(
        r'attachment; filename="openconnector-logs-\d{4}-\d\d-\d\dT\d{4}Z\.har"',
        response.headers["content-disposition"],
    )
    assert int(response.headers["content-length"]) == len(response.content)
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in response.headers


async def test_what_takes_longer_goes_out_in_chunks_and_is_the_same(
    served: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await served.log(*(call(exchange()) for _ in range(450)))
    whole = await served.export("ndjson")
    monkeypatch.setattr(sending, "SPOOL_SECONDS", 0.0)
    chunked = await served.export("ndjson")
    assert "content-length" not in chunked.headers
    assert chunked.content == whole.content
    assert len(chunked.text.splitlines()) == 450


async def test_progress_is_told_until_a_while_after_the_end(served: Engine) -> None:
    await served.log(*some_calls())
    export_id = new_id()
    response = await served.export("csv", exportId=export_id)
    progress = await served.until(export_id, "done")
    assert progress == {
        "id": str(export_id),
        "state": "done",
        "done": 4,
        "total": 4,
        "bytes": len(response.content),
        "error": None,
    }
    again = await served.client.get("/api/logs/export", params={"format": "csv", "exportId": str(export_id)})
    assert again.status_code == 409
    unknown = await served.client.get(f"/api/logs/exports/{new_id()}")
    assert unknown.status_code == 404
    served.app.state.exports._exports[export_id].ended_at -= 601
    assert (await served.client.get(f"/api/logs/exports/{export_id}")).status_code == 404


@contextmanager
def asking(served: Engine, export_id: Any, form: str = "har") -> Iterator[socket.socket]:
    """A browser that has asked for an export, and has taken nothing yet."""
    parts = urlsplit(served.url)
    with socket.create_connection((parts.hostname, parts.port)) as browser:
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        browser.sendall(
            f"GET /api/logs/export?format={form}&exportId={export_id} HTTP/1.1\r\nHost: engine\r\n\r\n".encode()
        )
        yield browser


async def much(served: Engine) -> None:
    """More than the buffers of a connection hold."""
    random_bytes = random.Random(7).randbytes
    described_bytes = described(b"", encoding="base64", charset=None, size=200_000)
    await served.log(
        *(
            call(exchange(response=answer(b"", body=described_bytes), response_body=random_bytes(200_000)))
            for _ in range(150)
        )
    )


def in_use(served: Engine) -> int:
    """Connections to the database that somebody holds."""
    database = served.app.state.database
    return int(database._blocking.pool.checkedout() + database.engine.pool.checkedout())


async def check_all_is_free(served: Engine) -> None:
    await eventually(lambda: not in_use(served) and not served.left_open())
    names = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]  # type: ignore[union-attr]
    assert not [name for name in names if "ExportAnswer" in name or "stream" in name]
    assert (await served.export("csv")).status_code == 200


@pytest.mark.parametrize("is_spooled", [True, False], ids=["with its length", "in chunks"])
async def test_a_browser_that_goes_away_in_the_middle_frees_everything(
    served: Engine, monkeypatch: pytest.MonkeyPatch, is_spooled: bool
) -> None:
    monkeypatch.setattr(sending, "SPOOL_SECONDS", 30.0 if is_spooled else 0.0)
    await much(served)
    export_id = new_id()
    with asking(served, export_id) as browser:
        await asyncio.to_thread(browser.recv, 1000)
        progress = await served.progress(export_id)
        assert progress["state"] == "running"
        assert 0 < progress["bytes"] < 30_000_000
    await served.until(export_id, "cancelled")
    await check_all_is_free(served)


async def test_a_browser_that_goes_away_before_anything_was_sent_frees_everything(served: Engine) -> None:
    await much(served)
    export_id = new_id()
    with asking(served, export_id):
        await eventually(served.left_open)
        assert (await served.progress(export_id))["bytes"] == 0
    await served.until(export_id, "cancelled")
    await check_all_is_free(served)


async def test_a_third_export_is_refused_until_there_is_a_place(served: Engine) -> None:
    await much(served)
    first, second = new_id(), new_id()
    with asking(served, first):
        with asking(served, second):
            await served.until(first, "running")
            await served.until(second, "running")
            third = {"format": "csv", "exportId": str(new_id())}
            refused = await served.client.get("/api/logs/export", params=third)
            assert refused.status_code == 409
            assert refused.json()["detail"].startswith("2 exports are running.")
            progress = await served.progress(third["exportId"])
            assert (progress["state"], progress["error"]) == ("failed", refused.json()["detail"])
        await served.until(second, "cancelled")
        await served.export("csv")


async def test_a_cancelled_download_is_seen_to_be_broken(served: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds in (30.0, 0.0):
        monkeypatch.setattr(sending, "SPOOL_SECONDS", seconds)
        await much(served)
        export_id = new_id()
        parameters = {"format": "har", "exportId": str(export_id)}
        with pytest.raises(HTTPError):  # noqa: PT012
            async with served.client.stream("GET", "/api/logs/export", params=parameters) as response:
                cancelled = await served.client.delete(f"/api/logs/exports/{export_id}")
                assert cancelled.status_code == 204
                async for _ in response.aiter_raw():
                    pass
        assert (await served.until(export_id, "cancelled"))["error"] is None
        await check_all_is_free(served)


async def test_an_export_that_is_cancelled_before_it_is_sent_says_so(served: Engine) -> None:
    await much(served)
    export_id = new_id()
    asked = asyncio.create_task(
        served.client.get("/api/logs/export", params={"format": "har", "exportId": str(export_id)})
    )
    await eventually(served.left_open)
    await served.client.delete(f"/api/logs/exports/{export_id}")
    response = await asked
    assert response.status_code == 409
    assert response.json()["detail"] == "The export was cancelled."
    await check_all_is_free(served)


async def test_one_call_is_a_har_document_and_a_command(served: Engine) -> None:
    logged = call(
        exchange(kind="token", url="https://login.example.org/token", method="POST"),
        exchange(position=1, headers={"Accept": "*/*", "Authorization": "Bearer REDACTED"}),
    )
    await served.log(logged)
    response = await served.client.get(f"/api/logs/{logged.id}/har")
    assert response.headers["content-type"] == "application/json"
    assert [entry["_kind"] for entry in check(response.json())] == ["token", "request"]
    command = (await served.client.get(f"/api/logs/{logged.id}/curl")).json()
    assert command["variables"] == ["ACCESS_TOKEN"]
    assert command["command"].startswith("curl 'https://api.example.org/v1/items?page=2'")
    token = (await served.client.get(f"/api/logs/{logged.id}/curl", params={"position": 0})).json()
    assert "login.example.org" in token["command"]
    for path in (f"{logged.id}/curl?position=2", f"{new_id()}/curl", f"{new_id()}/har"):
        assert (await served.client.get(f"/api/logs/{path}")).status_code == 404
