# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The data connections of FTP: where they lead, how they break, and how a download goes on after that."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openconnector.egress.connection import ProxyServer, Target
from openconnector.egress.policy import EgressPolicy
from openconnector.transports.exchange import Exchange
from openconnector.transports.files.operation import FileOperation
from tests.exchanges import LIMITS, LOOPBACK, Authority
from tests.factories import marked
from tests.ftp_server import (
    ExplicitHandler,
    FullDtp,
    PlainHandler,
    Server,
    TLS_DTPHandler,
    access_to,
    cut_dtp,
    perform,
    perform_one,
    scripted,
    serve,
    trusting,
    with_tls,
)
from tests.proxies import ForwardProxy
from tests.upstream import serve as serve_tcp

CONTENT = os.urandom(1_000_000)
GET = FileOperation("GET", "scan.bin")
LIST = FileOperation("LIST", "")
IMPATIENT = replace(LIMITS, connect_ms=300, read_ms=300)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openconnector.transports.files.transport.RESUME_PAUSE_MS", 1)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    root = tmp_path / "files"
    root.mkdir()
    (root / "scan.bin").write_bytes(CONTENT)
    return root


def failures(exchanges: list[Exchange]) -> list[str | None]:
    return [exchange.failure.type if exchange.failure else None for exchange in exchanges]


def said(exchange: Exchange) -> list[str]:
    return [line.text for line in exchange.trace if line.is_sent]


class TestBrokenDownload:
    async def test_goes_on_where_it_broke(self, files: Path) -> None:
        taken = bytearray()

        async def sink(piece: bytes) -> None:
            taken.extend(piece)

        with serve(files, dtp_handler=cut_dtp(cuts=[1, 2])) as server:
            exchanges, _ = await perform(GET, access_to(server), sink=sink)

        assert failures(exchanges) == ["transfer_aborted", "transfer_aborted", None]
        assert [exchange.kind for exchange in exchanges] == ["request", "retry", "retry"]
        first, _, last = exchanges
        assert first.response is not None
        assert last.response is not None
        assert 100_000 <= first.response.size < 1_000_000
        assert f"REST {exchanges[1].response.size if exchanges[1].response else 0}" in said(last)
        assert last.response.body == CONTENT
        assert last.response.size == len(CONTENT)
        assert taken == CONTENT

    async def test_over_tls_goes_on_too(self, files: Path, tmp_path: Path) -> None:
        authority = Authority(tmp_path)
        values = with_tls(authority, tmp_path) | {"dtp_handler": cut_dtp(TLS_DTPHandler, cuts=[1])}
        with serve(files, ExplicitHandler, **values) as server:
            exchanges, _ = await perform(GET, access_to(server, "ftpes", tls=trusting(authority)))

        assert failures(exchanges) == ["transfer_aborted", None]
        assert exchanges[-1].response is not None
        assert exchanges[-1].response.body == CONTENT

    async def test_that_the_server_calls_complete_is_aborted(self, files: Path) -> None:
        with serve(files, dtp_handler=cut_dtp(cuts=[1] * 9, is_complete=True)) as server:
            exchanges, _ = await perform(GET, access_to(server))

        assert failures(exchanges) == ["transfer_aborted"] * 4
        assert exchanges[0].failure is not None
        assert "bytes came" in exchanges[0].failure.message
        assert exchanges[0].response is not None
        assert exchanges[0].response.status_code == 226

    async def test_is_given_up_in_the_end(self, files: Path) -> None:
        with serve(files, dtp_handler=cut_dtp(cuts=[1] * 9)) as server:
            exchanges, _ = await perform(GET, access_to(server))

        assert failures(exchanges) == ["transfer_aborted"] * 4
        assert exchanges[-1].response is not None
        assert (exchanges[-1].response.status_code, exchanges[-1].response.size > 400_000) == (426, True)

    async def test_is_not_continued_with_another_file(self, files: Path) -> None:
        async def sink(_: bytes) -> None:
            (files / "scan.bin").write_bytes(CONTENT + b"more")

        with serve(files, dtp_handler=cut_dtp(cuts=[1])) as server:
            exchanges, _ = await perform(GET, access_to(server), sink=sink)

        assert failures(exchanges) == ["transfer_aborted"] * 2
        assert exchanges[-1].failure is not None
        assert exchanges[-1].failure.message == "The file has changed since its transfer began."

    async def test_is_not_continued_where_the_server_cannot(self, files: Path) -> None:
        class Restless(PlainHandler):
            def ftp_REST(self, _line: str) -> None:  # noqa: N802  # pyftpdlib finds it by its name
                self.respond("502 No.")

        with serve(files, Restless, dtp_handler=cut_dtp(cuts=[1])) as server:
            exchanges, _ = await perform(GET, access_to(server))

        assert exchanges[-1].failure is not None
        assert exchanges[-1].failure.type == "transfer_aborted"
        assert "cannot continue" in exchanges[-1].failure.message

    async def test_is_not_continued_beyond_the_total_timeout(self, files: Path) -> None:
        limits = replace(LIMITS, total_ms=0)
        with serve(files, dtp_handler=cut_dtp(cuts=[1])) as server:
            exchanges, _ = await perform(GET, access_to(server, limits=limits))

        assert failures(exchanges) == ["transfer_aborted"]

    async def test_of_which_nothing_came_is_not_repeated(self, files: Path) -> None:
        with serve(files, dtp_handler=cut_dtp(cuts=[1] * 9, cut_after=0)) as server:
            exchanges, _ = await perform(FileOperation("LIST", ""), access_to(server))

        assert len(exchanges) == 1


class TestBrokenUpload:
    async def test_says_why_the_server_has_cut_it(self, files: Path) -> None:
        with serve(files, dtp_handler=FullDtp) as server:
            operation = FileOperation("PUT", "copy.bin", content=CONTENT * 20)
            exchange = await perform_one(operation, access_to(server))

        assert failures([exchange]) == ["file_no_space"]
        assert exchange.response is not None
        assert (exchange.response.status_code, exchange.response.reason) == (452, "Disk full.")

    async def test_that_the_server_does_not_take_ends_after_the_read_timeout(self) -> None:
        async def stall(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(3600)

        async with serve_tcp(stall) as port, scripted({"EPSV": f"229 (|||{port}|)", "STOR": "150 Send."}) as script:
            operation = FileOperation("PUT", "copy.bin", content=CONTENT * 20)
            access = access_to(script, password=marked("stall"), limits=IMPATIENT)
            exchange = await perform_one(operation, access)

        assert failures([exchange]) == ["write_timeout"]


class TestAddress:
    async def test_that_pasv_names_is_not_followed(self, files: Path) -> None:
        class Lying(PlainHandler):
            masquerade_address = "203.0.113.9"

            def ftp_EPSV(self, _line: str) -> None:  # noqa: N802  # as above
                self.respond("500 No EPSV.")

        with serve(files, Lying) as server:
            exchange = await perform_one(GET, access_to(server))

        assert exchange.failure is None
        assert any("203,0,113,9" in line.text for line in exchange.trace)
        assert exchange.response is not None
        assert exchange.response.body == CONTENT

    @pytest.mark.parametrize("reply", ["(|||22|)", "(|||0|)", "(|||65536|)", "(|||99999999999999999999|)", "no port"])
    async def test_with_a_port_of_other_services_is_not_called(self, reply: str) -> None:
        async with scripted({"EPSV": f"229 Entering {reply}"}) as script:
            exchange = await perform_one(LIST, access_to(script, password=marked("port")))

        assert exchange.failure is not None
        assert exchange.failure.type == "data_connection_failed"

    @pytest.mark.parametrize("reply", ["(127,0,0,1,0,22)", "(127,0,0,1,999,1)", "(1,2)", "(a,b,c,d,e,f)", "none"])
    async def test_of_pasv_with_a_port_that_is_none_is_not_called(self, reply: str) -> None:
        async with scripted({"PASV": f"227 Entering {reply}"}) as script:
            exchange = await perform_one(LIST, access_to(script, password=marked("port")))

        assert exchange.failure is not None
        assert exchange.failure.type == "data_connection_failed"

    async def test_with_a_port_of_openconnector_is_denied(self) -> None:
        policy = EgressPolicy(["127.0.0.1"], own_ports=frozenset({23000}))
        async with scripted({"EPSV": "229 Entering (|||23000|)"}) as script:
            exchange = await perform_one(LIST, access_to(script, password=marked("own"), policy=policy))

        assert exchange.failure is not None
        assert exchange.failure.type == "egress_denied"
        assert "own-port" in exchange.failure.message

    async def test_at_which_nobody_listens_is_named(self) -> None:
        async with scripted({"EPSV": "229 Entering (|||1025|)"}) as script:
            exchange = await perform_one(LIST, access_to(script, password=marked("closed")))

        assert exchange.failure is not None
        assert exchange.failure.type == "data_connection_failed"
        assert "port 1025" in exchange.failure.message


class TestActiveMode:
    @pytest.mark.parametrize(("host", "command"), [("127.0.0.1", "PORT"), ("::1", "EPRT")])
    async def test_lets_the_server_connect(self, files: Path, host: str, command: str) -> None:
        with serve(files, host=host) as server:
            access = access_to(server, host=host, mode="active")
            listed = await perform_one(LIST, access)
            read = await perform_one(GET, access)
            written = await perform_one(FileOperation("PUT", "copy.bin", content=CONTENT), access)

        assert failures([listed, read, written]) == [None] * 3
        assert command in [line.partition(" ")[0] for line in said(read)]
        assert (files / "copy.bin").read_bytes() == CONTENT

    async def test_over_tls(self, files: Path, tmp_path: Path) -> None:
        authority = Authority(tmp_path)
        with serve(files, ExplicitHandler, **with_tls(authority, tmp_path)) as server:
            exchange = await perform_one(GET, access_to(server, "ftpes", tls=trusting(authority), mode="active"))

        assert exchange.failure is None

    async def test_does_not_wait_for_ever(self) -> None:
        async with scripted({"PORT": "200 Good.", "CWD": "250 Good.", "LIST": "150 Wait."}) as script:
            access = access_to(script, password=marked("wait"), mode="active", limits=IMPATIENT)
            exchange = await perform_one(LIST, access)

        assert exchange.failure is not None
        assert exchange.failure.type == "data_connection_failed"
        assert "0.3 s" in exchange.failure.message

    async def test_takes_connections_from_the_server_alone(self) -> None:
        async def intrude(command: str) -> None:
            if not command.startswith("PORT"):
                return
            *_, high, low = command.partition(" ")[2].split(",")
            _, writer = await asyncio.open_connection(
                "127.0.0.1", int(high) * 256 + int(low), local_addr=("127.0.0.2", 0)
            )
            writer.write(b"-rw-r--r-- 1 a b 5 Jan 01 2024 forged.txt\r\n")
            writer.close()

        async with scripted({"PORT": "200 Good.", "CWD": "250 Good.", "LIST": "150 Wait."}, heard=intrude) as script:
            access = access_to(script, password=marked("alone"), mode="active", limits=IMPATIENT)
            (exchange,), listing = await perform(LIST, access)

        assert listing is None
        assert failures([exchange]) == ["data_connection_failed"]


class TestSilence:
    @pytest.mark.parametrize("command", ["", "USER", "PASS", "FEAT", "EPSV", "CWD"])
    async def test_ends_after_the_read_timeout(self, command: str) -> None:
        replies = {command: None}
        async with scripted(replies, greeting="220 Here." if command else None) as script:
            exchange = await perform_one(LIST, access_to(script, password=marked("silence"), limits=IMPATIENT))

        assert failures([exchange]) == ["read_timeout"]
        assert exchange.failure is not None
        assert exchange.failure.message == "Nothing came for 0.3 s."
        assert exchange.duration_ms < 5000

    async def test_in_the_middle_of_a_listing(self) -> None:
        async def quiet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"-rw-r--r-- 1 a b 5 Jan 01 2024 x.txt\r\n")
            await asyncio.sleep(3600)

        async with serve_tcp(quiet) as port:
            replies = {"EPSV": f"229 (|||{port}|)", "CWD": "250 Good.", "LIST": "150 Wait."}
            async with scripted(replies) as script:
                exchange = await perform_one(LIST, access_to(script, password=marked("quiet"), limits=IMPATIENT))

        assert failures([exchange]) == ["read_timeout"]

    async def test_of_the_handshake_ends_after_the_connect_timeout(self) -> None:
        async with scripted({"AUTH": "234 Go on."}) as script:
            exchange = await perform_one(LIST, access_to(script, "ftpes", password=marked("tls"), limits=IMPATIENT))

        assert failures([exchange]) == ["tls_timeout"]

    async def test_cancelling_closes_and_says_so(self) -> None:
        exchanges: list[Exchange] = []
        is_waiting = asyncio.Event()

        async def heard(command: str) -> None:
            if command == "FEAT":
                is_waiting.set()

        async with scripted({"FEAT": None}, heard=heard) as script:
            access = access_to(script, password=marked("cancel"))
            task = asyncio.create_task(perform(LIST, access, exchanges=exchanges))
            await is_waiting.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        assert failures(exchanges) == ["cancelled"]


class TestNonsense:
    @pytest.mark.parametrize("greeting", ["SSH-2.0-OpenSSH_9.6", "HTTP/1.1 400 Bad Request", "22 short", "x" * 100_000])
    async def test_in_place_of_a_greeting_is_no_ftp(self, greeting: str) -> None:
        async with scripted({}, greeting=greeting) as script:
            exchange = await perform_one(LIST, access_to(script, password=marked("nonsense")))

        assert failures([exchange]) == ["ftp_not_spoken"]
        assert script.commands == []

    async def test_a_reply_without_end_is_cut(self) -> None:
        async with scripted({"FEAT": "211-" + "\r\n x" * 5000}) as script:
            exchange = await perform_one(LIST, access_to(script, password=marked("endless")))

        assert failures([exchange]) == ["ftp_not_spoken"]
        assert len(exchange.trace) == 501

    async def test_a_busy_server_is_no_wrong_password(self) -> None:
        async with scripted({}, greeting="421 Too many users.") as script:
            exchange = await perform_one(LIST, access_to(script, password=marked("busy")))

        assert failures([exchange]) == ["file_error"]
        assert exchange.response is not None
        assert (exchange.response.status_code, exchange.response.reason) == (421, "Too many users.")

    async def test_a_server_that_closes_after_the_greeting(self) -> None:
        async def leave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 Bye.\r\n")

        async with serve_tcp(leave) as port:
            access = access_to(Server(Path(), port, PlainHandler), password=marked("leave"))
            exchange = await perform_one(LIST, access)

        assert failures([exchange]) == ["connection_reset"]


class TestProxy:
    @contextmanager
    def _expecting(self, proxy: ForwardProxy, count: int) -> Iterator[None]:
        yield
        assert len([line for line in proxy.seen if line.startswith("CONNECT 127.0.0.1:")]) == count

    async def test_opens_tunnels_for_both_connections(self, files: Path) -> None:
        proxy = ForwardProxy("tunneller", marked("proxy"))
        async with serve_tcp(proxy.handler()) as port:
            server_proxy = ProxyServer(Target("http", "127.0.0.1", port), "tunneller", marked("proxy"))
            with serve(files) as server, self._expecting(proxy, 2):
                exchange = await perform_one(GET, access_to(server, proxy=server_proxy))

        assert exchange.failure is None
        assert exchange.response is not None
        assert exchange.response.body == CONTENT
        assert exchange.connection is not None
        assert exchange.connection.proxy == f"127.0.0.1:{port}"

    async def test_over_tls(self, files: Path, tmp_path: Path) -> None:
        authority, proxy = Authority(tmp_path), ForwardProxy()
        async with serve_tcp(proxy.handler()) as port:
            access: dict[str, Any] = {"proxy": ProxyServer(Target("http", "127.0.0.1", port))}
            with serve(files, ExplicitHandler, **with_tls(authority, tmp_path)) as server:
                exchange = await perform_one(GET, access_to(server, "ftpes", tls=trusting(authority), **access))

        assert exchange.failure is None

    async def test_of_the_wrong_password_says_so(self, files: Path) -> None:
        proxy = ForwardProxy("tunneller", marked("proxy"))
        async with serve_tcp(proxy.handler()) as port:
            server_proxy = ProxyServer(Target("http", "127.0.0.1", port), "tunneller", marked("wrong"))
            with serve(files) as server:
                exchange = await perform_one(GET, access_to(server, proxy=server_proxy))

        assert failures([exchange]) == ["proxy_authentication_required"]

    async def test_has_no_active_mode(self, files: Path) -> None:
        proxy = ForwardProxy()
        async with serve_tcp(proxy.handler()) as port:
            with serve(files) as server:
                access = access_to(server, proxy=ProxyServer(Target("http", "127.0.0.1", port)), mode="active")
                exchange = await perform_one(GET, access)

        assert failures([exchange]) == ["data_connection_failed"]

    async def test_behind_tls_is_refused(self, files: Path) -> None:
        with serve(files) as server:
            access = access_to(server, proxy=ProxyServer(Target("https", "127.0.0.1", 1)), policy=LOOPBACK)
            exchange = await perform_one(GET, access)

        assert failures([exchange]) == ["proxy_unreachable"]
