# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""SFTP sources through the API: keys that log in, keys of servers that are remembered, and what the log says."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from openconnector.core.database import Database
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.sources.host_keys import forget_host_key, remember_host_key
from openconnector.transports.files.session import HostKeyPin
from openconnector.vault.secret import MASK
from tests.factories import create_source, marked, test_call
from tests.sftp_server import Files, FileServer, PasswordServer, new_key, openssh, text_of
from tests.upstream import answering, serve


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileServer]:
    with openssh(tmp_path_factory.mktemp("sshd")) as running:
        yield running


def key_of(server: FileServer) -> dict[str, Any]:
    return {"type": "ssh_key", "username": server.username, "privateKey": text_of(server.key)}


async def with_key(api: AsyncClient, server: FileServer, root: Path, **values: Any) -> dict[str, Any]:
    location = f"sftp://127.0.0.1:{server.port}{root}"
    return await create_source(api, **{"type": "ftp", "location": location, "authentication": key_of(server)} | values)


async def with_password(api: AsyncClient, server: PasswordServer, password: str | None = None) -> dict[str, Any]:
    login = {"type": "basic", "username": server.username, "password": password or server.password}
    return await create_source(api, type="ftp", location=f"sftp://{server.authority}", authentication=login)


async def listing(api: AsyncClient, source: dict[str, Any], path: str = "") -> dict[str, Any]:
    response = await api.post(f"/api/sources/{source['id']}/files/list", json={"path": path})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def read(api: AsyncClient, source: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await api.get(f"/api/sources/{source['id']}")).json()
    return found


async def test_a_source_is_browsed_and_a_file_read(api: AsyncClient, server: FileServer, tmp_path: Path) -> None:
    root = tmp_path / "out"
    root.mkdir()
    (root / "a.csv").write_bytes(b"a;b\n")
    source = await with_key(api, server, root)
    found = await listing(api, source)
    assert [(entry["name"], entry["type"], entry["size"]) for entry in found["entries"]] == [("a.csv", "file", 4)]
    assert found["call"]["outcome"] == "success"

    call = await test_call(api, source["id"], "a.csv")
    exchange = call["exchanges"][0]
    assert exchange["response"]["body"]["content"] == "a;b\n"
    assert exchange["response"]["httpVersion"] == "SFTP/3"
    trace = "\n".join(line["text"] for line in exchange["trace"])
    assert f"publickey: ssh-ed25519 {server.key.get_fingerprint()}" in trace
    assert f"open {root}/a.csv\nSSH_FX_OK" in trace
    assert "PRIVATE KEY" not in str(call)
    logged = (await api.get(f"/api/logs/{call['logId']}")).json()
    assert [line["text"] for line in logged["exchanges"][0]["trace"]] == trace.split("\n")


async def test_the_public_half_of_a_key_is_shown_and_the_key_is_not(
    api: AsyncClient, server: FileServer, tmp_path: Path
) -> None:
    source = await with_key(api, server, tmp_path)
    shown = source["authentication"]
    assert (shown["privateKey"], shown["passphrase"]) == (MASK, "")
    assert shown["publicKey"].split()[:2] == server.key.export_public_key().decode().split()[:2]
    assert shown["fingerprint"] == server.key.get_fingerprint()
    saved = await api.put(f"/api/sources/{source['id']}", json=source)
    assert saved.status_code == 200, saved.text
    assert saved.json()["authentication"] == shown
    assert (await listing(api, source))["call"]["outcome"] == "success"


async def test_the_public_half_of_a_key_that_is_kept_cannot_be_made_up(
    sqlite_api: AsyncClient, server: FileServer, tmp_path: Path
) -> None:
    source = await with_key(sqlite_api, server, tmp_path)
    shown = source["authentication"]
    other = {**shown, "publicKey": new_key().export_public_key().decode().strip()}
    without = {name: value for name, value in shown.items() if name not in ("publicKey", "fingerprint")}
    for authentication in (other, without):
        body = {**await read(sqlite_api, source), "authentication": authentication}
        saved = await sqlite_api.put(f"/api/sources/{source['id']}", json=body)
        assert saved.status_code == 200, saved.text
        assert saved.json()["authentication"] == shown


async def test_a_key_with_a_passphrase_is_opened_when_it_is_saved(
    sqlite_api: AsyncClient, server: FileServer, tmp_path: Path
) -> None:
    passphrase = marked("passphrase")
    encrypted = server.key.export_private_key("pkcs8-pem", passphrase).decode()
    login = key_of(server) | {"privateKey": encrypted}
    values = {"name": "SFTP", "type": "ftp", "location": f"sftp://127.0.0.1:{server.port}{tmp_path}"}
    refused = await sqlite_api.post("/api/sources", json={**values, "authentication": login})
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/authentication/passphrase"]
    source = await create_source(sqlite_api, **values, authentication=login | {"passphrase": passphrase})
    assert (await listing(sqlite_api, source))["call"]["outcome"] == "success"


async def test_the_key_of_the_server_is_remembered_and_another_one_refused_until_it_is_forgotten(
    api: AsyncClient, tmp_path: Path
) -> None:
    async with PasswordServer(tmp_path, password=marked("pinned")) as server:
        source = await with_password(api, server)
        assert source["hostKey"] is None
        assert (await listing(api, source))["call"]["outcome"] == "success"
        pinned = (await read(api, source))["hostKey"]
        assert (pinned["fingerprint"], pinned["algorithm"]) == (server.fingerprint, "ssh-ed25519")
        assert pinned["host"] == f"127.0.0.1:{server.port}"
        await listing(api, source)
        assert (await read(api, source))["hostKey"] == pinned

    async with PasswordServer(tmp_path, port=server.port, password=server.password) as other:
        call = (await listing(api, source))["call"]
        assert call["errorType"] == "host_key_changed"
        assert call["diagnosis"]["title"] == "The server shows another key than before"
        for fingerprint in (server.fingerprint, other.fingerprint):
            assert fingerprint in call["diagnosis"]["detail"]
        assert other.attempts == []
        assert (await read(api, source))["hostKey"] == pinned

        forgotten = await api.delete(f"/api/sources/{source['id']}/host-key")
        assert forgotten.status_code == 204
        assert (await read(api, source))["hostKey"] is None
        assert (await listing(api, source))["call"]["outcome"] == "success"
        assert (await read(api, source))["hostKey"]["fingerprint"] == other.fingerprint


async def test_a_changed_key_is_refused_at_an_address_of_ipv6_too(sqlite_api: AsyncClient, tmp_path: Path) -> None:
    async with PasswordServer(tmp_path, host="::1") as server:
        source = await with_password(sqlite_api, server)
        assert (await listing(sqlite_api, source))["call"]["outcome"] == "success"
        assert (await read(sqlite_api, source))["hostKey"]["host"] == f"[::1]:{server.port}"
        assert (await listing(sqlite_api, source))["call"]["outcome"] == "success"
    async with PasswordServer(tmp_path, host="::1", port=server.port) as other:
        assert (await listing(sqlite_api, source))["call"]["errorType"] == "host_key_changed"
        assert other.attempts == []


async def test_a_key_that_changes_when_a_download_breaks_off_in_the_first_call_is_refused(
    sqlite_api: AsyncClient, tmp_path: Path
) -> None:
    class Cutting(Files):
        def read(self, file_obj: Any, offset: int, size: int) -> bytes:
            if offset >= 500_000:
                is_cut.set()
                self.channel.get_connection().abort()
            return super().read(file_obj, offset, size)  # type: ignore[return-value]

    is_cut = asyncio.Event()
    (tmp_path / "file").write_bytes(b"x" * 1_000_000)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(PasswordServer(tmp_path, files=Cutting))
        source = await with_password(sqlite_api, first)
        call = asyncio.create_task(test_call(sqlite_api, source["id"], "file"))
        await is_cut.wait()
        await stack.aclose()
        async with PasswordServer(tmp_path, port=first.port) as second:
            answered = await call
    assert answered["errorType"] == "host_key_changed"
    assert not any(method == "password" for method, _ in second.attempts)


async def test_a_source_that_moves_to_another_server_starts_anew(sqlite_api: AsyncClient, tmp_path: Path) -> None:
    async with PasswordServer(tmp_path) as first, PasswordServer(tmp_path) as second:
        source = await with_password(sqlite_api, first)
        await listing(sqlite_api, source)
        login = {"type": "basic", "username": second.username, "password": second.password}
        moved = {**source, "location": f"sftp://127.0.0.1:{second.port}", "authentication": login}
        assert (await sqlite_api.put(f"/api/sources/{source['id']}", json=moved)).status_code == 200
        assert (await listing(sqlite_api, source))["call"]["outcome"] == "success"
        assert (await read(sqlite_api, source))["hostKey"]["fingerprint"] == second.fingerprint


async def test_a_wrong_password_says_so(sqlite_api: AsyncClient, tmp_path: Path) -> None:
    async with PasswordServer(tmp_path, password=marked("right")) as server:
        source = await with_password(sqlite_api, server, marked("wrong"))
        call = (await listing(sqlite_api, source))["call"]
    assert (call["errorType"], call["outcome"]) == ("login_refused", "auth_error")
    assert "password" in call["diagnosis"]["detail"]


async def test_what_is_no_ssh_server_is_explained(sqlite_api: AsyncClient) -> None:
    async with serve(answering(b"HTTP/1.1 400 Bad Request\r\n\r\n", at_once=True)) as port:
        source = await create_source(sqlite_api, type="ftp", location=f"sftp://127.0.0.1:{port}")
        call = (await listing(sqlite_api, source))["call"]
    assert call["errorType"] == "ssh_not_spoken"
    assert call["diagnosis"]["title"] == "No SSH server answers there"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"type": "ftp", "location": "sftp://a.example", "authentication": {"type": "bearer", "token": "x"}}, "Basic"),
        ({"type": "ftp", "location": "ftp://a.example", "authentication": "key"}, "sftp://"),
        ({"type": "json", "location": "https://a.example", "authentication": "key"}, "sftp://"),
    ],
)
async def test_a_scheme_that_does_not_fit_is_refused(
    sqlite_api: AsyncClient, values: dict[str, Any], sentence: str
) -> None:
    key = {"type": "ssh_key", "username": "alice", "privateKey": text_of(new_key())}
    if values["authentication"] == "key":
        values = values | {"authentication": key}
    response = await sqlite_api.post("/api/sources", json={"name": "SFTP", **values})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/authentication/type", "invalid")
    assert sentence in error["detail"]


async def test_of_two_workers_at_once_the_first_keeps_its_key(api: AsyncClient, settings: Settings) -> None:
    source = await create_source(api, type="ftp", location="sftp://a.example")
    database = Database.from_settings(settings)
    pins = [HostKeyPin("a.example:22", "ssh-ed25519", f"SHA256:{number}") for number in range(8)]
    try:
        remember = partial(remember_host_key, source_id=UUID(source["id"]))
        kept = await asyncio.gather(*(database.run(partial(remember, pin=pin), writes=True) for pin in pins))
        assert len({row.fingerprint for row in kept if row is not None}) == 1
        assert (await read(api, source))["hostKey"]["fingerprint"] == kept[0].fingerprint  # type: ignore[union-attr]

        moved = HostKeyPin("b.example:22", "ssh-rsa", "SHA256:other")
        await database.run(partial(remember, pin=moved), writes=True)
        assert (await read(api, source))["hostKey"]["host"] == "b.example:22"

        await database.run(partial(forget_host_key, source_id=UUID(source["id"])), writes=True)
        assert (await read(api, source))["hostKey"] is None
        gone = partial(remember_host_key, source_id=UUID(int=1), pin=moved)
        assert await database.run(gone, writes=True) is None
    finally:
        await database.close()


async def test_a_source_that_is_deleted_takes_the_key_of_its_server_with_it(
    api: AsyncClient, settings: Settings
) -> None:
    source = await create_source(api, type="ftp", location="sftp://a.example")
    database = Database.from_settings(settings)
    pin = HostKeyPin("a.example:22", "ssh-ed25519", "SHA256:x")
    try:
        await database.run(partial(remember_host_key, source_id=UUID(source["id"]), pin=pin), writes=True)
        assert (await api.delete(f"/api/sources/{source['id']}")).status_code == 204
    finally:
        await database.close()
