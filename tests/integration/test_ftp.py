# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""FTP against pyftpdlib: what is listed, read and changed, and what is written down of it."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openconnector.egress.policy import EgressPolicy
from openconnector.transports.exchange import Exchange
from openconnector.transports.files.operation import FileOperation
from openconnector.transports.files.session import RemoteEntry
from openconnector.transports.http import HttpTransport
from tests.exchanges import LIMITS, send_one
from tests.factories import MARK, marked
from tests.ftp_server import (
    PASSWORD,
    USER,
    Crowd,
    CurtHandler,
    FTPHandler,
    ListingHandler,
    PlainHandler,
    access_to,
    perform,
    perform_one,
    serve,
)
from tests.leaks import is_marked
from tests.upstream import answering
from tests.upstream import serve as serve_tcp

WHEN = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    root = tmp_path / "files"
    (root / "archive").mkdir(parents=True)
    (root / "invoice.csv").write_text("a;b\n")
    os.utime(root / "invoice.csv", (WHEN.timestamp(), WHEN.timestamp()))
    return root


def said(exchange: Exchange) -> list[str]:
    """Our lines of the trace."""
    return [line.text for line in exchange.trace if line.is_sent]


def below(directory: Path) -> list[str]:
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*"))


class TestListing:
    async def test_gives_entries_and_a_json_array(self, files: Path) -> None:
        with serve(files) as server:
            (exchange,), listing = await perform(FileOperation("LIST", ""), access_to(server))

        assert listing is not None
        assert listing.is_complete
        entries = {entry.name: entry for entry in listing.entries}
        assert entries["invoice.csv"] == RemoteEntry("invoice.csv", "file", 4, WHEN, "rw-r--r--")
        assert entries["archive"].type == "directory"
        assert exchange.response is not None
        assert (exchange.response.status_code, exchange.response.http_version) == (226, "FTP")
        assert ("Content-Type", "application/json") in exchange.response.headers
        assert exchange.response.size == len(exchange.response.body)
        invoice = next(entry for entry in json.loads(exchange.response.body) if entry["name"] == "invoice.csv")
        assert invoice == {
            "name": "invoice.csv", "type": "file", "size": 4, "modifiedAt": "2024-02-29T12:30:00Z",
            "permissions": "rw-r--r--",
        }  # fmt: skip

    async def test_falls_back_to_list(self, files: Path) -> None:
        with serve(files, ListingHandler) as server:
            (exchange,), listing = await perform(FileOperation("LIST", "/"), access_to(server))

        assert listing is not None
        entries = {entry.name: entry for entry in listing.entries}
        assert entries["invoice.csv"] == RemoteEntry(
            "invoice.csv", "file", 4, WHEN.replace(hour=0, minute=0), "rw-r--r--"
        )
        assert entries["archive"].type == "directory"
        assert "LIST" in said(exchange)

    async def test_of_an_empty_directory_is_empty(self, files: Path) -> None:
        with serve(files) as server:
            (exchange,), listing = await perform(FileOperation("LIST", "archive"), access_to(server))

        assert listing is not None
        assert listing.entries == []
        assert exchange.response is not None
        assert exchange.response.body == b"[]"

    async def test_a_body_is_cut_behind_a_whole_entry(self, files: Path) -> None:
        for number in range(50):
            (files / f"{number}.txt").touch()
        limits = replace(LIMITS, body_bytes=1000, overlap=50)
        with serve(files) as server:
            (exchange,), listing = await perform(FileOperation("LIST", ""), access_to(server, limits=limits))

        assert exchange.response is not None
        assert len(exchange.response.body) <= 1000
        assert 5 < len(json.loads(exchange.response.body)) < 20
        assert exchange.response.size > 4000
        assert listing is not None
        assert len(listing.entries) == 52

    async def test_stops_at_its_bound(self, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("openconnector.transports.files.work.MAX_ENTRIES", 10)
        for number in range(50):
            (files / f"{number}.txt").touch()
        with serve(files) as server:
            _, listing = await perform(FileOperation("LIST", ""), access_to(server))

        assert listing is not None
        assert (len(listing.entries), listing.is_complete) == (10, False)

    @pytest.mark.parametrize("handler", [PlainHandler, ListingHandler])
    async def test_of_100_000_entries(self, files: Path, handler: type[FTPHandler]) -> None:
        with serve(files, handler, abstracted_fs=Crowd) as server:
            access = access_to(server, limits=replace(LIMITS, read_ms=20_000))
            (exchange,), listing = await perform(FileOperation("LIST", ""), access)

        assert listing is not None
        assert (len(listing.entries), listing.is_complete) == (100_000, True)
        assert listing.entries[-1].name == "invoice-099999.xml"
        assert exchange.response is not None
        assert exchange.response.size > 10_000_000
        assert len(exchange.response.body) <= LIMITS.body_bytes
        assert json.loads(exchange.response.body)[0]["size"] == 1024

    @pytest.mark.parametrize("handler", ["mlsd", "list"])
    async def test_of_what_is_not_there_says_so(self, files: Path, handler: str) -> None:
        with serve(files, **({} if handler == "mlsd" else {"handler": ListingHandler})) as server:
            exchange = await perform_one(FileOperation("LIST", "gone"), access_to(server))

        assert exchange.failure is not None
        assert exchange.failure.type == "file_not_found"
        assert exchange.response is not None
        assert exchange.response.status_code in (501, 550)

    async def test_over_ipv6(self, files: Path) -> None:
        with serve(files, host="::1") as server:
            (exchange,), listing = await perform(FileOperation("LIST", ""), access_to(server, host="::1"))

        assert listing is not None
        assert len(listing.entries) == 2
        assert exchange.connection is not None
        assert exchange.connection.address == "::1"


class TestFiles:
    async def test_are_read(self, files: Path) -> None:
        with serve(files) as server:
            exchange = await perform_one(FileOperation("GET", "invoice.csv"), access_to(server))

        response = exchange.response
        assert exchange.failure is None
        assert response is not None
        assert (response.status_code, response.body, response.size) == (226, b"a;b\n", 4)
        assert dict(response.headers) == {
            "Content-Type": "text/csv", "Content-Length": "4", "Last-Modified": "Thu, 29 Feb 2024 12:30:00 GMT",
        }  # fmt: skip
        assert exchange.connection is not None
        assert (exchange.connection.address, exchange.connection.port) == ("127.0.0.1", server.port)
        assert (exchange.timings.connect_ms or 0) > 0

    async def test_large_ones_go_to_the_sink_and_are_kept_in_part(self, files: Path) -> None:
        content = os.urandom(3_000_000)
        (files / "scan.tiff").write_bytes(content)
        taken = bytearray()

        async def sink(piece: bytes) -> None:
            taken.extend(piece)

        limits = replace(LIMITS, body_bytes=1000, overlap=24)
        with serve(files) as server:
            exchange = await perform_one(FileOperation("GET", "scan.tiff"), access_to(server, limits=limits), sink=sink)

        assert exchange.response is not None
        assert (exchange.response.body, exchange.response.size) == (content[:1024], 3_000_000)
        assert taken == content
        assert (exchange.response.wire_size or 0) > 3_000_000

    async def test_a_sink_that_fails_ends_the_download(self, files: Path) -> None:
        async def sink(_: bytes) -> None:
            raise ConnectionResetError("the browser has gone")

        exchanges: list[Exchange] = []
        with serve(files) as server, pytest.raises(ConnectionResetError, match="browser"):
            await perform(FileOperation("GET", "invoice.csv"), access_to(server), exchanges=exchanges, sink=sink)

        assert [exchange.failure.type for exchange in exchanges if exchange.failure] == ["cancelled"]

    async def test_a_directory_is_no_file(self, files: Path) -> None:
        with serve(files) as server:
            exchange = await perform_one(FileOperation("GET", "archive"), access_to(server))

        assert exchange.failure is not None
        assert exchange.failure.type == "file_is_a_directory"

    @pytest.mark.parametrize("handler", ["mlst", "size"])
    async def test_are_described(self, files: Path, handler: str) -> None:
        with serve(files, **({} if handler == "mlst" else {"handler": ListingHandler})) as server:
            exchange = await perform_one(FileOperation("HEAD", "invoice.csv"), access_to(server))
            missing = await perform_one(FileOperation("HEAD", "gone.csv"), access_to(server))
            directory = await perform_one(FileOperation("HEAD", "archive"), access_to(server))

        assert exchange.response is not None
        described = json.loads(exchange.response.body)
        assert (described["name"], described["size"]) == ("invoice.csv", 4)
        assert described["modifiedAt"] == "2024-02-29T12:30:00Z"
        assert missing.failure is not None
        assert missing.failure.type == "file_not_found"
        assert directory.response is not None
        assert json.loads(directory.response.body)["type"] == "directory"

    async def test_names_in_utf_8(self, files: Path) -> None:
        (files / "Übersicht für Łódź.txt").write_text("x")
        with serve(files) as server:
            _, listing = await perform(FileOperation("LIST", ""), access_to(server))
            exchange = await perform_one(FileOperation("GET", "Übersicht für Łódź.txt"), access_to(server))

        assert listing is not None
        assert "Übersicht für Łódź.txt" in [entry.name for entry in listing.entries]
        assert exchange.failure is None

    async def test_names_in_latin_1(self, files: Path) -> None:
        (files / "Übersicht.txt").write_text("x")
        with serve(files, encoding="latin-1") as server:
            access = access_to(server, encoding="latin-1")
            _, listing = await perform(FileOperation("LIST", ""), access)
            exchange = await perform_one(FileOperation("GET", "Übersicht.txt"), access)

        assert listing is not None
        assert "Übersicht.txt" in [entry.name for entry in listing.entries]
        assert exchange.failure is None
        assert "OPTS UTF8 ON" not in said(exchange)

    async def test_names_that_are_no_utf_8_are_shown_and_opened(self, files: Path) -> None:
        (files / "Übersicht.txt").write_text("x")
        with serve(files, encoding="latin-1") as server:
            _, listing = await perform(FileOperation("LIST", ""), access_to(server))
            exchange = await perform_one(FileOperation("GET", "\ufffdbersicht.txt"), access_to(server))

        assert listing is not None
        assert "\ufffdbersicht.txt" in [entry.name for entry in listing.entries]
        assert exchange.failure is None
        assert exchange.response is not None
        assert exchange.response.body == b"x"


class TestChanges:
    async def test_are_made(self, files: Path) -> None:
        content = os.urandom(300_000)
        with serve(files) as server:
            access = access_to(server)
            operations = [
                FileOperation("PUT", "new.bin", content=content),
                FileOperation("MKCOL", "2026"),
                FileOperation("MOVE", "new.bin", destination="2026/moved.bin"),
                FileOperation("DELETE", "archive"),
                FileOperation("DELETE", "invoice.csv"),
            ]
            done = [await perform_one(operation, access) for operation in operations]

        assert [exchange.failure for exchange in done] == [None] * 5
        assert [exchange.response.status_code for exchange in done if exchange.response] == [226, 257, 250, 250, 250]
        assert below(files) == ["2026", "2026/moved.bin"]
        assert (files / "2026/moved.bin").read_bytes() == content
        assert done[0].request.body == content
        assert done[2].request.headers == [("Destination", "2026/moved.bin")]

    @pytest.mark.parametrize(
        ("operation", "type_"),
        [
            (FileOperation("MKCOL", "archive"), "file_exists"),
            (FileOperation("DELETE", "full"), "file_directory_not_empty"),
            (FileOperation("MOVE", "invoice.csv", destination="full/x"), "file_exists"),
            (FileOperation("MOVE", "gone", destination="there"), "file_not_found"),
            (FileOperation("DELETE", "gone"), "file_not_found"),
            (FileOperation("PUT", "gone/x"), "file_not_found"),
        ],
    )
    async def test_that_cannot_be_made_say_why(self, files: Path, operation: FileOperation, type_: str) -> None:
        (files / "full").mkdir()
        (files / "full/x").touch()
        with serve(files) as server:
            exchange = await perform_one(operation, access_to(server))

        assert exchange.failure is not None
        assert exchange.failure.type == type_

    async def test_of_which_the_server_only_says_that_they_failed_are_looked_at(self, files: Path) -> None:
        (files / "full").mkdir()
        (files / "full/x").touch()
        with serve(files, CurtHandler) as server:
            access = access_to(server)
            made = await perform_one(FileOperation("MKCOL", "archive"), access)
            removed = await perform_one(FileOperation("DELETE", "full"), access)

        assert [exchange.failure.type for exchange in (made, removed) if exchange.failure] == [
            "file_exists", "file_directory_not_empty",
        ]  # fmt: skip

    async def test_that_the_user_may_not_make_say_so(self, files: Path) -> None:
        with serve(files, perm="elr") as server:
            exchange = await perform_one(FileOperation("PUT", "x", content=b"x"), access_to(server))

        assert exchange.failure is not None
        assert exchange.failure.type == "file_permission_denied"
        assert exchange.response is not None
        assert exchange.response.status_code == 550


class TestLogin:
    async def test_a_wrong_password_says_so(self, files: Path) -> None:
        wrong = marked("wrong")
        with serve(files) as server:
            exchange = await perform_one(FileOperation("LIST", ""), access_to(server, password=wrong))

        assert exchange.failure is not None
        assert exchange.failure.type == "login_refused"
        assert exchange.response is not None
        assert (exchange.response.status_code, exchange.response.reason) == (530, "Authentication failed.")
        assert "PASS ••••••••" in said(exchange)

    async def test_without_a_user_is_anonymous(self, files: Path) -> None:
        with serve(files) as server:
            exchange = await perform_one(FileOperation("LIST", ""), access_to(server, username="", password=""))

        assert exchange.failure is None
        assert said(exchange)[:2] == ["USER anonymous", "PASS ••••••••"]

    async def test_credentials_are_neither_in_the_trace_nor_in_any_repr(self, files: Path) -> None:
        async def echo(password: str) -> Exchange:
            with serve(files, banner=f"Hello {password}") as server:
                access = access_to(server, password=password)
                assert MARK not in repr(access)
                return await perform_one(FileOperation("LIST", ""), access)

        for exchange in (await echo(PASSWORD), await echo(marked("other"))):
            assert not is_marked(repr(exchange).encode())
            assert f"USER {USER}" in said(exchange)

    async def test_a_password_with_a_line_break_is_not_sent(self, files: Path) -> None:
        with serve(files) as server:
            exchange = await perform_one(FileOperation("LIST", ""), access_to(server, password="x\r\nDELE invoice.csv"))

        assert exchange.failure is not None
        assert exchange.failure.type == "login_refused"
        assert (files / "invoice.csv").exists()
        assert server.heard == []


class TestHttp:
    async def test_is_not_spoken_to_ftp_servers(self, files: Path) -> None:
        transport = HttpTransport()
        with serve(files) as server:
            exchange = await send_one(transport, f"ftp://127.0.0.1:{server.port}/invoice.csv")
        transport.close()

        assert exchange.failure is not None
        assert exchange.failure.type == "egress_denied"
        assert server.heard == []

    @pytest.mark.parametrize("scheme", ["ftp", "ftps", "sftp"])
    async def test_does_not_redirect_to_them(self, scheme: str) -> None:
        transport = HttpTransport()
        answer = f"HTTP/1.1 302 Found\r\nLocation: {scheme}://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n"
        async with serve_tcp(answering(answer.encode())) as port:
            exchange = await send_one(transport, f"http://127.0.0.1:{port}/", redirects="all")
        transport.close()

        assert exchange.failure is not None
        assert exchange.failure.type == "invalid_redirect"


class TestAddresses:
    async def test_that_the_policy_denies_are_not_called(self, files: Path) -> None:
        with serve(files) as server:
            exchange = await perform_one(FileOperation("LIST", ""), access_to(server, policy=EgressPolicy()))

        assert exchange.failure is not None
        assert exchange.failure.type == "egress_denied"
        assert exchange.trace == []
        assert exchange.response is None

    async def test_nobody_there_is_a_refused_connection(self, files: Path) -> None:
        with serve(files) as server:
            access = access_to(server)
        exchange = await perform_one(FileOperation("LIST", ""), access)

        assert exchange.failure is not None
        assert exchange.failure.type == "connection_refused"
        assert exchange.response is None
