# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sources leave as a file and come in again: what a preview says is what is done, or nothing is."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from tests.conftest import serve_engine
from tests.factories import create_source, test_call
from tests.integration.transfers import document, done, export, preview, states, take, upstream_server

PROJECT = Path(__file__).parents[2]


async def test_what_cannot_be_decided_alone_is_a_conflict(api: AsyncClient) -> None:
    mine = await create_source(api, name="Mine", slug="mine")
    await create_source(api, name="Taken", slug="taken", location="https://taken.example")
    file = json.loads(await export(api, ids=[mine["id"]]))
    entry = file["sources"][0]
    taken = json.dumps(file | {"sources": [entry | {"slug": "taken"}]})
    item = (await preview(api, taken))["sources"][0]
    assert (item["state"], item["match"]["by"]) == ("conflict", "id")
    assert "belongs to another source" in item["conflict"]

    twice = json.dumps(file | {"sources": [entry | {"description": "a"}, entry | {"description": "b"}]})
    assert states(await preview(api, twice)) == ["update", "conflict"]

    stored = (await api.get(f"/api/sources/{mine['id']}")).json() | {"description": "Changed here"}
    assert (await api.put(f"/api/sources/{mine['id']}", json=stored)).status_code == 200
    both = json.dumps(file | {"sources": [entry | {"description": "Changed in the file"}]})
    seen = await preview(api, both)
    assert states(seen) == ["conflict"]
    assert seen["sources"][0]["changes"] == [
        {"pointer": "/description", "old": "Changed here", "new": "Changed in the file", "isSecret": False}
    ]
    assert (await take(api, both, seen)).json()["skipped"] == 1
    chosen = await take(api, both, seen, choices=[{"position": 0, "action": "update"}])
    assert chosen.json()["updated"] == 1
    assert states(await preview(api, both)) == ["unchanged"]


async def test_sources_are_recognised_by_id_then_slug_then_name_and_location(api: AsyncClient) -> None:
    stored = await create_source(api, name="Known", slug="known")
    same = {"location": stored["location"], "description": "x"}
    seen = await preview(
        api,
        document(
            {"id": stored["id"], "name": "Renamed", **same},
        ),
    )
    assert seen["sources"][0]["match"]["by"] == "id"
    seen = await preview(api, document({"slug": "known", "name": "Other", **same}))
    assert seen["sources"][0]["match"]["by"] == "slug"
    seen = await preview(api, document({"name": "KNOWN", **same}))
    assert seen["sources"][0]["match"]["by"] == "name"


async def test_a_preview_that_is_out_of_date_is_answered_with_a_new_one(api: AsyncClient) -> None:
    text = document({"name": "Late", "slug": "late"})
    seen = await preview(api, text)
    await create_source(api, name="Late", slug="late", location="https://api.zaken.example/v1")
    answer = await take(api, text, seen)
    assert (answer.status_code, answer.json()["type"].split(":")[-1]) == (409, "import-outdated")
    assert states(answer.json()["preview"]) == ["unchanged"]
    # Another text is not what was looked at, either.
    assert (await take(api, document({"name": "Changed"}), seen)).status_code == 409


async def test_one_choice_that_fails_changes_nothing(api: AsyncClient) -> None:
    text = document({"name": "One"}, {"name": "Two"}, {"name": "Three", "location": "gopher://x"})
    seen = await preview(api, text)
    assert states(seen) == ["create", "create", "unreadable"]
    assert seen["sources"][2]["errors"][0]["pointer"] == "/location"
    choices = [{"position": 0, "action": "create"}, {"position": 1, "action": "create_as", "name": " "}]
    answer = await take(api, text, seen, choices=choices)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/choices/1/name")
    assert (await api.get("/api/sources")).json()["total"] == 0
    choices[1]["name"] = "Second"
    result = (await take(api, text, seen, choices=choices)).json()
    assert [(one["action"], one["name"]) for one in result["sources"]] == [
        ("created", "One"),
        ("created", "Second"),
        ("skipped", "Three"),
    ]


async def test_the_progress_of_an_import_can_be_read(api: AsyncClient) -> None:
    text = document({"name": "One"}, {"name": "Two"})
    name = "0190a1b2-0000-7000-8000-000000000077"
    assert (await take(api, text, await preview(api, text), importId=name)).status_code == 200
    assert (await api.get(f"/api/imports/{name}")).json() == {"state": "done", "done": 2, "total": 2}
    assert (await api.get("/api/imports/0190a1b2-0000-7000-8000-000000000078")).status_code == 404


async def test_what_cannot_be_read_says_where(api: AsyncClient) -> None:
    for body, status in (
        ({"content": "{\n  broken"}, 422),
        ({"content": "[1, 2]"}, 422),
        ({"content": json.dumps({"format": "openconnector-sources", "version": 9, "sources": []})}, 422),
        ({}, 422),
        ({"content": "x", "url": "https://x.example"}, 422),
    ):
        answer = await api.post("/api/import/preview", json=body)
        assert answer.status_code == status, answer.text
    assert (await api.post("/api/export", json={"passphrase": "short"})).json()["errors"][0]["pointer"] == "/passphrase"
    missing = "0190a1b2-0000-7000-8000-000000000001"
    assert (await api.post("/api/export", json={"ids": [missing]})).status_code == 404


async def test_a_preview_is_in_the_language_of_the_request(sqlite_api: AsyncClient) -> None:
    dutch = {"Accept-Language": "nl"}
    await create_source(sqlite_api, name="Taken", slug="taken", location="https://taken.example")
    texts = {
        document(
            {"slug": "taken", "name": "Mine"}
        ): "De slug “taken” hoort bij een andere bron, “Taken”, met een andere host.",
        json.dumps({"openapi": "3.1.0", "paths": {}}): "De beschrijving vermeldt niet op welke host de API staat.",
    }
    said = []
    for content in texts:
        answer = await sqlite_api.post("/api/import/preview", json={"content": content}, headers=dutch)
        (item,) = answer.json()["sources"]
        said += [item["conflict"] or item["notes"][0]["text"]]
    assert said == list(texts.values())
    answer = await sqlite_api.post("/api/import/preview", json={"content": "{\n  broken"}, headers=dutch)
    assert answer.json()["title"] == "Dit kan niet worden geïmporteerd"
    assert answer.json()["detail"].startswith("Dit is geen geldige JSON: ")


async def test_a_document_is_fetched_by_a_call_that_is_in_the_log(sqlite_api: AsyncClient) -> None:
    async with upstream_server() as upstream:
        upstream.answer = document({"name": "Fetched"}).encode()
        answer = await sqlite_api.post("/api/import/preview", json={"url": f"{upstream.url}/sources.json"})
        seen = answer.json()
        assert states(seen) == ["create"]
        call = (await sqlite_api.get(f"/api/logs/{seen['logId']}")).json()
        assert (call["trigger"]["type"], call["sourceName"]) == ("import", "Import from 127.0.0.1")
        assert (await take(sqlite_api, seen["content"], seen)).json()["created"] == 1
        upstream.status = "404 Not Found"
        answer = await sqlite_api.post("/api/import/preview", json={"url": f"{upstream.url}/none"})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/url")
    refused = await sqlite_api.post("/api/import/preview", json={"url": "http://169.254.169.254/latest"})
    assert refused.status_code == 422
    call = (await sqlite_api.get(f"/api/logs/{refused.json()['logId']}")).json()
    assert call["outcome"] == "refused"


async def test_a_pasted_command_makes_the_same_request(sqlite_api: AsyncClient) -> None:
    command = (
        "curl -X PUT '{url}/v1/items/7?tag=a%20b&tag=c' -u 'clerk:pass of the command' -H 'X-Trace: é' "
        "-H 'Content-Type: text/plain' --data-binary $'two\\nlines \\u20ac'"
    )
    async with upstream_server() as upstream:
        answer = await sqlite_api.post("/api/import/curl", json={"command": command.replace("{url}", upstream.url)})
        read = answer.json()
        created = await sqlite_api.post("/api/sources", json=read["source"])
        assert created.status_code == 201, created.text
        request = {name: read["request"][name] for name in ("method", "path", "query", "headers", "body")}
        await test_call(sqlite_api, created.json()["id"], **request)
        sent = upstream.requests[-1]
        assert sent.method == "PUT"
        assert sent.target in ("/v1/items/7?tag=a%20b&tag=c", "/v1/items/7?tag=a+b&tag=c")
        assert sent.body == "two\nlines €".encode()
        assert sent.headers["authorization"] == "Basic Y2xlcms6cGFzcyBvZiB0aGUgY29tbWFuZA=="
        assert sent.headers["content-type"] == "text/plain"


KILLED = """
import asyncio, json, os, signal, sys
from pathlib import Path
from openconnector.transfer.service import Imports, Progress
from openconnector.core.database import Database
from openconnector.vault.encryption import Vault
from types import SimpleNamespace

class Administration:
    async def current(self):
        return SimpleNamespace(redaction_names=())

class Killing(Progress):
    def step(self):
        super().step()
        if self.looks == 2 * self.total + self.total // 2:  # in the middle of storing
            os.kill(os.getpid(), signal.SIGKILL)

async def main(url, text):
    imports = Imports(Database.from_text(url), Vault(lambda ring=[b"k" * 32]: ring), Administration())
    await imports.apply(text, None, progress=Killing())

asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_text()))
"""


async def test_an_import_that_is_killed_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    text = document(*({"name": f"Source {number}"} for number in range(60)))
    file = tmp_path / "sources.json"
    file.write_text(text)
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    url = url or f"sqlite:///{tmp_path}/openconnector.sqlite3"
    async with serve_engine(settings) as api:
        command = [sys.executable, "-c", KILLED, url, str(file)]
        killed = await asyncio.to_thread(subprocess.run, command, cwd=PROJECT, check=False)
        assert killed.returncode == -9
        assert (await api.get("/api/sources")).json()["total"] == 0
        assert (await done(api, text))["created"] == 60


async def test_a_slug_alone_does_not_give_a_source_another_host(sqlite_api: AsyncClient) -> None:
    await create_source(sqlite_api, name="Known", slug="known", location="https://known.example")
    stranger = document({"slug": "known", "name": "Stranger", "location": "https://other.example"})
    assert states(await preview(sqlite_api, stranger)) == ["conflict"]
    assert (await done(sqlite_api, stranger))["skipped"] == 1


async def test_a_slug_that_was_given_up_is_not_given_to_another_of_the_same_import(sqlite_api: AsyncClient) -> None:
    first = await create_source(sqlite_api, name="A", slug="a", location="https://api.zaken.example/v1")
    text = document({"id": first["id"], "name": "A", "slug": "b"}, {"name": "A", "slug": "a"})
    seen = await preview(sqlite_api, text)
    choices = [{"position": 0, "action": "update"}, {"position": 1, "action": "create_as", "name": "A"}]
    answer = await take(sqlite_api, text, seen, choices=choices)
    assert [one["slug"] for one in answer.json()["sources"]] == ["b", "a-2"]
