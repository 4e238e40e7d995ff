# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sources leave as a file and come in again: what a preview says is what is done, or nothing is."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from openconnector.core.http import AsyncClient, Response
from openconnector.core.settings import Settings
from tests.conftest import serve_engine
from tests.factories import MARK, create_source, marked, test_call
from tests.keys import chain, pem_of, rsa_key
from tests.upstream import serve


@dataclass
class Sent:
    """A request as it came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Upstream:
    """Answers every request in the same way, and remembers it."""

    url: str = ""
    answer: bytes = b"{}"
    status: str = "200 OK"
    requests: list[Sent] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rows = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        method, target, _ = line.split(" ")
        self.requests.append(Sent(method, target, headers, body))
        head = f"HTTP/1.1 {self.status}\r\nContent-Type: application/json\r\nContent-Length: {len(self.answer)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + self.answer)
        await writer.drain()


@asynccontextmanager
async def upstream_server() -> AsyncIterator[Upstream]:
    upstream = Upstream()
    async with serve(upstream.handle) as port:
        upstream.url = f"http://127.0.0.1:{port}"
        yield upstream


PASSPHRASE = "correct horse battery staple"
PROJECT = Path(__file__).parents[2]


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[AsyncClient]:
    """Another OpenConnector, with a key and a database of its own."""
    directory = tmp_path / "other"
    directory.mkdir()
    async with serve_engine(Settings(storage_path=directory, background_work=False)) as client:
        yield client


async def export(api: AsyncClient, **values: Any) -> str:
    answer = await api.post("/api/export", json=values)
    assert answer.status_code == 200, answer.text
    return answer.text


async def preview(api: AsyncClient, content: str, **values: Any) -> dict[str, Any]:
    answer = await api.post("/api/import/preview", json={"content": content, **values})
    assert answer.status_code == 200, answer.text
    seen: dict[str, Any] = answer.json()
    return seen


async def take(api: AsyncClient, content: str, seen: dict[str, Any], **values: Any) -> Response:
    return await api.post("/api/import", json={"content": content, "revision": seen["revision"], **values})


async def done(api: AsyncClient, content: str, **values: Any) -> dict[str, Any]:
    answer = await take(api, content, await preview(api, content, **values), **values)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def states(seen: dict[str, Any]) -> list[str]:
    return [item["state"] for item in seen["sources"]]


def document(*sources: dict[str, Any]) -> str:
    plain = {"type": "json", "location": "https://api.zaken.example/v1"}
    return json.dumps({"format": "openconnector-sources", "version": 1, "sources": [plain | one for one in sources]})


async def rich_source(api: AsyncClient, name: str = "Rich") -> dict[str, Any]:
    return await create_source(
        api,
        name=name,
        description="1e5",
        headers=[
            {"name": "X-Plain", "value": "yes"},
            {"name": "X-Team", "value": marked("team"), "isSecret": True},
            {"name": "X-Api-Key", "value": "key-without-a-tick"},
        ],
        query=[{"name": "tenant", "value": "7"}],
        authentication={"type": "basic", "username": "clerk", "password": marked("password")},
        connection={"retry": {"maxRetries": 3}},
    )


@pytest.mark.parametrize("kind", ["json", "yaml"])
async def test_a_file_without_secrets_is_the_same_each_time_and_unchanged_where_it_comes_from(
    api: AsyncClient, kind: str
) -> None:
    for name in ("Zeta", "Alpha"):
        await rich_source(api, name)
    first = await export(api, format=kind)
    assert first == await export(api, format=kind)
    assert MARK not in first
    assert "key-without-a-tick" not in first
    assert first.index("alpha") < first.index("zeta")
    assert states(await preview(api, first)) == ["unchanged", "unchanged"]
    # A passphrase is not needed for the address that a script downloads from.
    answer = await api.get("/api/export", params={"format": kind})
    assert answer.text == first
    assert answer.headers["content-disposition"].endswith(f'.{kind}"')
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize("kind", ["json", "yaml"])
async def test_encrypted_secrets_arrive_elsewhere_with_the_passphrase_alone(
    api: AsyncClient, other: AsyncClient, kind: str
) -> None:
    source = await rich_source(api)
    text = await export(api, ids=[source["id"]], format=kind, passphrase=PASSPHRASE)
    assert MARK not in text
    wrong = await other.post("/api/import/preview", json={"content": text, "passphrase": "another passphrase"})
    assert (wrong.status_code, wrong.json()["type"].split(":")[-1]) == (422, "wrong-passphrase")

    closed = await preview(other, text)
    assert closed["isEncrypted"]
    assert "/authentication/password" in closed["sources"][0]["missingSecrets"]
    opened = await preview(other, text, passphrase=PASSPHRASE)
    assert opened["sources"][0]["missingSecrets"] == []

    assert (await done(other, text, passphrase=PASSPHRASE))["created"] == 1
    there = (await other.get(f"/api/sources/{source['id']}")).json()
    assert there["authentication"]["username"] == "clerk"
    assert there["connection"]["retry"]["maxRetries"] == 3
    again = await done(other, text, passphrase=PASSPHRASE)
    assert (again["unchanged"], again["created"], again["updated"]) == (1, 0, 0)
    back = await export(other, passphrase=PASSPHRASE)
    assert states(await preview(api, back, passphrase=PASSPHRASE)) == ["unchanged"]


async def test_a_secret_does_not_open_for_another_host_or_source(api: AsyncClient) -> None:
    source = await rich_source(api)
    file = json.loads(await export(api, passphrase=PASSPHRASE))
    file["sources"][0]["location"] = "https://elsewhere.example/v1"
    item = (await preview(api, json.dumps(file), passphrase=PASSPHRASE))["sources"][0]
    assert "/authentication/password" in item["missingSecrets"]
    assert any("does not open here" in note["text"] for note in item["notes"])
    file = json.loads(await export(api, passphrase=PASSPHRASE))
    file["sources"][0] |= {"id": "0190a1b2-0000-7000-8000-000000000009", "slug": "stranger", "name": "Stranger"}
    item = (await preview(api, json.dumps(file), passphrase=PASSPHRASE))["sources"][0]
    assert item["state"] == "create"
    assert len(item["missingSecrets"]) == 3
    assert source["slug"] == "rich"


async def test_an_update_keeps_the_secrets_that_are_stored_for_the_same_host(api: AsyncClient) -> None:
    async with upstream_server() as upstream:
        source = await create_source(
            api, location=upstream.url, authentication={"type": "bearer", "token": marked("kept")}
        )
        file = json.loads(await export(api))
        file["sources"][0] |= {"description": "Edited", "headers": [{"name": "X-New", "value": "1"}]}
        seen = await preview(api, json.dumps(file))
        item = seen["sources"][0]
        assert (item["state"], item["missingSecrets"]) == ("update", [])
        assert {change["pointer"] for change in item["changes"]} == {"/description", "/headers"}
        assert (await take(api, json.dumps(file), seen)).json()["updated"] == 1
        await test_call(api, source["id"])
        sent = upstream.requests[-1]
        assert sent.headers["authorization"] == f"Bearer {marked('kept')}"
        assert sent.headers["x-new"] == "1"


async def test_a_secret_goes_to_no_other_host_and_calls_wait_until_it_is_entered(api: AsyncClient) -> None:
    async with upstream_server() as upstream:
        source = await create_source(api, authentication={"type": "bearer", "token": marked("stays")})
        file = json.loads(await export(api))
        file["sources"][0]["location"] = upstream.url
        seen = await preview(api, json.dumps(file))
        assert seen["sources"][0]["missingSecrets"] == ["/authentication/token"]
        assert (await take(api, json.dumps(file), seen)).status_code == 200
        call = await test_call(api, source["id"])
        assert (call["outcome"], call["errorType"]) == ("refused", "credentials_unusable")
        assert "has not been entered" in call["diagnosis"]["detail"]
        assert upstream.requests == []
        # What is not there yet is not exported as if it were a secret.
        entry = json.loads(await export(api, passphrase=PASSPHRASE))["sources"][0]
        assert (entry["secrets"], entry["secretsLeftOut"]) == ({}, ["/authentication/token"])
        stored = (await api.get(f"/api/sources/{source['id']}")).json()
        stored["authentication"]["token"] = marked("entered")
        assert (await api.put(f"/api/sources/{source['id']}", json=stored)).status_code == 200
        assert (await test_call(api, source["id"]))["outcome"] == "success"


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


async def test_keys_travel_encrypted_and_a_certificate_without_its_key_is_left_out(
    sqlite_api: AsyncClient, other: AsyncClient
) -> None:
    leaf, *_ = chain()
    key = pem_of(rsa_key())
    source = await create_source(
        sqlite_api,
        authentication={
            "type": "jwt", "algorithm": "RS256", "lifetimeSeconds": 60, "key": {"privateKey": key},
        },
        connection={"clientCertificate": {"certificates": leaf.pem, "privateKey": pem_of(leaf.key)}},
    )  # fmt: skip
    plain = await export(sqlite_api)
    sealed = await export(sqlite_api, passphrase=PASSPHRASE)
    assert "PRIVATE KEY" not in plain + sealed
    assert states(await preview(sqlite_api, plain)) == ["unchanged"]
    assert states(await preview(sqlite_api, sealed, passphrase=PASSPHRASE)) == ["unchanged"]

    result = await done(other, plain)
    assert set(result["sources"][0]["missingSecrets"]) == {
        "/authentication/key/privateKey",
        "/connection/clientCertificate/privateKey",
    }
    there = (await other.get(f"/api/sources/{source['id']}")).json()
    assert there["connection"]["clientCertificate"] is None
    assert (await test_call(other, source["id"]))["errorType"] == "credentials_unusable"
    assert (await done(other, sealed, passphrase=PASSPHRASE))["updated"] == 1
    assert states(await preview(sqlite_api, await export(other))) == ["unchanged"]


async def test_a_header_that_its_name_makes_secret_is_kept_on_an_update(sqlite_api: AsyncClient) -> None:
    async with upstream_server() as upstream:
        headers = [{"name": "X-Api-Key", "value": "key-without-a-tick"}]
        source = await create_source(sqlite_api, location=upstream.url, headers=headers)
        file = json.loads(await export(sqlite_api))
        file["sources"][0]["description"] = "Edited"
        assert (await done(sqlite_api, json.dumps(file)))["updated"] == 1
        await test_call(sqlite_api, source["id"])
        assert upstream.requests[-1].headers["x-api-key"] == "key-without-a-tick"


async def test_a_file_does_not_lead_stored_secrets_by_another_way_unasked(sqlite_api: AsyncClient) -> None:
    connection = {"proxy": {"url": "http://proxy.example:3128", "username": "u", "password": marked("proxy")}}
    token = {"type": "bearer", "token": marked("kept")}
    await done(sqlite_api, document({"name": "Kept", "authentication": token, "connection": connection}))
    file = json.loads(await export(sqlite_api))
    entry = file["sources"][0]
    for change, told in (
        ({"proxy": {"url": "http://evil.example:3128"}}, "another proxy"),
        ({"verifyTls": False}, "no check of certificates"),
        ({"caCertificates": chain()[-1].pem}, "other trusted authorities"),
    ):
        changed = file | {"sources": [entry | {"connection": entry["connection"] | change}]}
        item = (await preview(sqlite_api, json.dumps(changed)))["sources"][0]
        assert (item["state"], item["actions"][0]) == ("conflict", "skip")
        assert told in item["conflict"]
    # Nor do encrypted ones open for it.
    sealed = json.loads(await export(sqlite_api, passphrase=PASSPHRASE))
    sealed["sources"][0]["id"] = entry["id"]
    sealed["sources"][0]["connection"]["verifyTls"] = False
    item = (await preview(sqlite_api, json.dumps(sealed), passphrase=PASSPHRASE))["sources"][0]
    assert len(item["notes"]) == 2


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


async def test_a_secret_in_a_location_is_no_part_of_a_file_and_is_kept(sqlite_api: AsyncClient) -> None:
    async with upstream_server() as upstream:
        source = await create_source(sqlite_api, location=f"{upstream.url}/v1?tenant=7&api_key=key-in-it")
        text = await export(sqlite_api)
        assert "key-in-it" not in text
        assert states(await preview(sqlite_api, text)) == ["unchanged"]
        file = json.loads(text)
        file["sources"][0]["description"] = "Edited"
        assert (await done(sqlite_api, json.dumps(file)))["updated"] == 1
        await test_call(sqlite_api, source["id"])
        assert upstream.requests[-1].target == "/v1?tenant=7&api_key=key-in-it"


async def test_a_password_in_a_location_that_is_refused_is_not_shown(sqlite_api: AsyncClient) -> None:
    seen = await preview(sqlite_api, document({"name": "A", "location": "https://jan:geheim@a.example"}))
    assert states(seen) == ["unreadable"]
    assert "geheim" not in json.dumps(seen)


async def test_what_asks_for_a_token_counts_by_its_names_too(sqlite_api: AsyncClient) -> None:
    async with upstream_server() as upstream:
        upstream.answer = b'{"access_token": "t", "token_type": "Bearer"}'
        scheme = {
            "type": "oauth2", "grant": {"type": "client_credentials"}, "clientId": "c", "tokenUrl": f"{upstream.url}/t",
            "client": {"method": "client_secret_post", "secret": marked("client")},
            "extraParameters": [{"name": "audience", "value": "a"}, {"name": "password", "value": "not-ticked"}],
            "extraHeaders": [{"name": "X-Api-Key", "value": "not-ticked-either"}],
        }  # fmt: skip
        source = await create_source(sqlite_api, location=upstream.url, authentication=scheme)
        text = await export(sqlite_api)
        assert "not-ticked" not in text
        assert states(await preview(sqlite_api, text)) == ["unchanged"]
        file = json.loads(text)
        file["sources"][0]["description"] = "Edited"
        assert (await done(sqlite_api, json.dumps(file)))["updated"] == 1
        await test_call(sqlite_api, source["id"])
        asked = upstream.requests[0]
        assert b"password=not-ticked" in asked.body
        assert asked.headers["x-api-key"] == "not-ticked-either"
