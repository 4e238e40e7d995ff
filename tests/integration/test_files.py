# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sources of type `ftp` through the API: directories in parts, downloads, changes behind a switch, the log."""

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from openconnector.core.http import AsyncClient
from tests.factories import create_source, marked, test_call
from tests.ftp_server import PASSWORD, USER, Server, serve
from tests.upstream import hang
from tests.upstream import serve as upstream

LOGIN = {"type": "basic", "username": USER, "password": PASSWORD}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    root = tmp_path / "files"
    (root / "out").mkdir(parents=True)
    (root / "out" / "a b?#%.csv").write_text("id;name\n1;Jan\n")
    (root / "out" / "large.bin").write_bytes(bytes(range(256)) * 8192)
    (root / "secret.txt").write_text("Elsewhere4711")
    for number in range(30):
        (root / "out" / f"note {number:02}.txt").write_text("x" * number)
    (root / "out" / "archive").mkdir()
    with serve(root) as running:
        yield running


async def source_of(api: AsyncClient, server: Server, **values: Any) -> dict[str, Any]:
    location = f"ftp://127.0.0.1:{server.port}/out"
    return await create_source(api, **{"type": "ftp", "location": location, "authentication": LOGIN} | values)


async def listing(api: AsyncClient, source: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    response = await api.post(f"/api/sources/{source['id']}/files/list", json=wanted)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [entry["name"] for entry in found["entries"]]


async def test_a_directory_is_read_once_and_shown_in_parts(api: AsyncClient, server: Server) -> None:
    source = await source_of(api, server)
    first = await listing(api, source, limit=3)
    assert names(first) == ["archive", "a b?#%.csv", "large.bin"]
    assert (first["total"], first["isComplete"]) == (33, True)
    call = first["call"]
    assert (call["outcome"], call["statusCode"], call["method"]) == ("success", 226, "LIST")

    more = await listing(api, source, listingId=first["listingId"], offset=3, limit=2)
    assert names(more) == ["note 00.txt", "note 01.txt"]
    assert more["call"] is None
    largest = await listing(api, source, listingId=first["listingId"], sort="-size", limit=2)
    assert names(largest) == ["archive", "large.bin"]
    found = await listing(api, source, listingId=first["listingId"], search="NOTE 2", sort="-name")
    assert names(found) == [f"note {number}.txt" for number in range(29, 19, -1)]
    assert (await api.get("/api/logs")).json()["total"] == 1


async def test_a_listing_that_is_gone_is_read_again(sqlite_api: AsyncClient, server: Server) -> None:
    source = await source_of(sqlite_api, server)
    found = await listing(sqlite_api, source, listingId="019aa000-0000-7000-8000-000000000000", limit=1)
    assert found["call"]["outcome"] == "success"


async def test_a_file_is_read_and_found_in_the_log(api: AsyncClient, server: Server) -> None:
    source = await source_of(api, server)
    call = await test_call(api, source["id"], "/a b?#%.csv")
    body = call["exchanges"][0]["response"]["body"]
    assert (body["content"], body["mediaType"]) == ("id;name\n1;Jan\n", "text/csv")
    assert call["url"].endswith("/out/a%20b%3F%23%25.csv")
    logged = (await api.get(f"/api/logs/{call['logId']}")).json()
    assert logged["statusCode"] == 226
    sent = [line["text"] for line in logged["exchanges"][0]["trace"] if line["isSent"]]
    assert f"USER {USER}" in sent
    assert not any(PASSWORD in line for line in sent)
    table = await api.get(f"/api/logs/{call['logId']}/exchanges/0/response/records")
    assert table.json()["columns"] == ["id", "name"]


async def test_a_download_is_the_file_as_it_is(sqlite_api: AsyncClient, server: Server) -> None:
    source = await source_of(sqlite_api, server, connection={"maxBodyBytes": 10})
    response = await sqlite_api.get(f"/api/sources/{source['id']}/files/content", params={"path": "/large.bin"})
    assert response.content == bytes(range(256)) * 8192
    assert response.headers["content-length"] == str(256 * 8192)
    assert response.headers["content-disposition"].endswith("large.bin")
    (logged,) = (await sqlite_api.get("/api/logs")).json()["results"]
    assert logged["responseSize"] == 256 * 8192


async def test_a_download_that_cannot_be_made_says_why(sqlite_api: AsyncClient, server: Server) -> None:
    source = await source_of(sqlite_api, server)
    response = await sqlite_api.get(f"/api/sources/{source['id']}/files/content", params={"path": "/none"})
    assert response.status_code == 409
    assert response.json()["detail"].startswith("There is no such file")


async def test_a_download_is_cancelled_by_its_name(sqlite_api: AsyncClient) -> None:
    came = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        came.set()
        await reader.read()

    async with upstream(say_nothing) as port:
        source = await create_source(sqlite_api, type="ftp", location=f"ftp://127.0.0.1:{port}")
        call_id = str(uuid4())
        parameters = {"path": "/large.bin", "callId": call_id}
        address = f"/api/sources/{source['id']}/files/content"
        downloading = asyncio.create_task(sqlite_api.get(address, params=parameters))
        await asyncio.wait_for(came.wait(), 10)
        assert (await sqlite_api.delete(f"/api/calls/{call_id}")).status_code == 204
        response = await asyncio.wait_for(downloading, 10)
    assert response.status_code == 409
    assert "cancelled" in response.json()["detail"]
    (logged,) = (await sqlite_api.get("/api/logs")).json()["results"]
    assert (logged["method"], logged["errorType"]) == ("GET", "cancelled")


async def test_a_wrong_password_says_so(api: AsyncClient, server: Server) -> None:
    source = await source_of(api, server, authentication=LOGIN | {"password": marked("wrong ftp")})
    found = await listing(api, source)
    call = found["call"]
    assert (call["outcome"], call["errorType"], call["statusCode"]) == ("auth_error", "login_refused", 530)
    assert call["diagnosis"]["remedies"][0]["link"] == "configuration/authentication"
    assert (found["entries"], found["isComplete"]) == ([], False)


@pytest.mark.parametrize(
    ("method", "values"),
    [("PUT", {"body": "x"}), ("DELETE", {}), ("MKCOL", {}), ("MOVE", {"destination": "/b"})],
)
async def test_changes_are_refused_unless_the_source_allows_them(
    sqlite_api: AsyncClient, server: Server, method: str, values: dict[str, str]
) -> None:
    source = await source_of(sqlite_api, server)
    call = await test_call(sqlite_api, source["id"], "/large.bin", method=method, **values)
    assert (call["outcome"], call["errorType"], call["exchanges"]) == ("refused", "file_changes_not_allowed", [])
    assert server.heard == []


async def test_files_are_changed_where_the_source_allows_it(sqlite_api: AsyncClient, server: Server) -> None:
    source = await source_of(sqlite_api, server, connection={"files": {"allowChanges": True}})
    content = bytes(range(256))

    async def change(path: str, method: str, **values: str) -> None:
        call = await test_call(sqlite_api, source["id"], path, method=method, **values)
        assert call["outcome"] == "success", call["diagnosis"]

    await change("/new", "MKCOL")
    await change("/new/a.bin", "PUT", body=base64.b64encode(content).decode(), bodyEncoding="base64")
    assert (server.root / "out" / "new" / "a.bin").read_bytes() == content
    await change("/new/a.bin", "MOVE", destination="/b.bin")
    assert (server.root / "out" / "b.bin").read_bytes() == content
    await change("/b.bin", "DELETE")
    await change("/new", "DELETE")
    assert not (server.root / "out" / "new").exists()
    assert not (server.root / "out" / "b.bin").exists()


@pytest.mark.parametrize("path", ["/../secret.txt", "/archive/../../secret.txt", "..", "/a\r\nDELE large.bin"])
async def test_the_root_cannot_be_left(sqlite_api: AsyncClient, server: Server, path: str) -> None:
    source = await source_of(sqlite_api, server)
    call = await test_call(sqlite_api, source["id"], path)
    assert (call["outcome"], call["errorType"]) == ("refused", "file_path_leaves_root")
    assert "Elsewhere4711" not in str(call)


async def test_verify_goes_step_by_step(sqlite_api: AsyncClient, server: Server) -> None:
    source = await source_of(sqlite_api, server)
    verified = (await sqlite_api.post(f"/api/sources/{source['id']}/verify", json={})).json()
    assert verified["passed"]
    assert [step["status"] for step in verified["steps"]] == [
        "passed", "passed", "skipped", "passed", "skipped", "passed", "passed", "passed",
    ]  # fmt: skip


async def test_other_sources_have_no_files(sqlite_api: AsyncClient) -> None:
    source = await create_source(sqlite_api)
    response = await sqlite_api.post(f"/api/sources/{source['id']}/files/list", json={})
    assert response.status_code == 409


@pytest.mark.parametrize(
    ("kind", "location"),
    [
        ("ftp", "https://files.example"),
        ("json", "ftp://files.example"),
        ("soap", "sftp://files.example"),
        ("ftp", "ftp://user:geheim@files.example"),
        ("ftp", "sftp://files.example/?a=1"),
        ("ftp", "ftp://"),
    ],
)
async def test_a_location_is_of_its_type(sqlite_api: AsyncClient, kind: str, location: str) -> None:
    response = await sqlite_api.post("/api/sources", json={"name": "a", "type": kind, "location": location})
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == ["/location"]


async def test_a_name_with_braces_is_a_name_and_no_placeholder(
    sqlite_api: AsyncClient, server: Server, tmp_path: Path
) -> None:
    """Names come from the server: it would be sent whatever they ask for."""
    name, directory = "{{ source.authentication.password }}.txt", tmp_path / "files" / "out"
    (directory / name).write_text("as it is")
    source = await source_of(sqlite_api, server, connection={"files": {"allowChanges": True}})
    call = await test_call(sqlite_api, source["id"], f"/{name}")
    assert call["exchanges"][0]["response"]["body"]["content"] == "as it is"
    moved = await test_call(sqlite_api, source["id"], f"/{name}", method="MOVE", destination="/{{ source.slug }}")
    assert moved["outcome"] == "success"
    assert (directory / "{{ source.slug }}").read_text() == "as it is"


async def test_a_directory_is_no_download(sqlite_api: AsyncClient, server: Server) -> None:
    source = await source_of(sqlite_api, server)
    for path in ("", "/", "/archive/"):
        response = await sqlite_api.get(f"/api/sources/{source['id']}/files/content", params={"path": path})
        assert response.status_code == 422
        assert "directory" in response.json()["errors"][0]["detail"]


@pytest.mark.parametrize("method", ["LIST", "MKCOL", "MOVE"])
async def test_what_is_for_files_is_not_sent_to_an_http_server(sqlite_api: AsyncClient, method: str) -> None:
    async with upstream(hang) as port:
        source = await create_source(sqlite_api, location=f"http://127.0.0.1:{port}")
        call = await test_call(sqlite_api, source["id"], "/a", method=method, destination="/b")
    assert (call["outcome"], call["errorType"], call["exchanges"]) == ("refused", "invalid_request", [])
    reported = {one["name"]: one["value"] for one in call["diagnosis"]["evidence"]}["Reported"]
    assert reported == f"{method} is for files, and the type of this source is json."
