# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Connections that lie: what comes before TLS, half a request, a stream that is given up."""

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import trustme
import uvloop
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from openconnector.core.http import Request
from openconnector.egress.connection import ProxyServer, Target
from openconnector.egress.policy import EgressPolicy
from openconnector.egress.tls import TlsOptions
from openconnector.transports.exchange import Exchange, Limits
from openconnector.transports.http import Delivery, HttpTransport
from tests.upstream import serve

LIMITS = Limits(connect_ms=2000, read_ms=400, total_ms=5000, body_bytes=1024 * 1024)
LOOPBACK = EgressPolicy(["127.0.0.0/8"])
INJECTED = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nINJECTED"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    return tmp_path / "authority.pem"


def server_context(authority: trustme.CA, *protocols: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(protocols or ("http/1.1",))
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


async def send(
    transport: HttpTransport,
    url: str,
    method: str = "GET",
    *,
    http2: bool = False,
    limits: Limits = LIMITS,
    **request: object,
) -> list[Exchange]:
    exchanges: list[Exchange] = []
    delivery = Delivery(("source", 1), limits, LOOPBACK, TlsOptions(http2=http2))
    await transport.send(Request(method, url, **request), delivery, exchanges)  # type: ignore[arg-type]
    return exchanges


@contextmanager
def at_once(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server in a thread, which has done its thing before our loop turns again."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=handle, args=[connection], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def failures_on_each_loop(url: str, ca_file: Path, times: int = 200) -> set[str | None]:
    """The error types of so many requests over new connections, on asyncio's loop and on uvloop's."""

    async def failures() -> set[str | None]:
        transport, found = HttpTransport(ca_file=ca_file), set()
        for _ in range(times):
            (exchange,) = await send(transport, url)
            found.add(exchange.failure.type if exchange.failure else None)
        transport.close()
        return found

    return asyncio.run(failures()) | uvloop.run(failures())


def test_what_comes_before_tls_is_no_answer(authority: trustme.CA, ca_file: Path) -> None:
    context = server_context(authority)

    def inject(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(INJECTED)  # as somebody on the way could, who passes the handshake of the real server on
            with context.wrap_socket(connection, server_side=True) as stream:
                stream.recv(65536)

    with at_once(inject) as port:
        assert failures_on_each_loop(f"https://127.0.0.1:{port}/", ca_file) == {"tls_not_spoken"}


async def test_what_comes_before_the_tls_of_a_proxy_opens_no_tunnel(authority: trustme.CA) -> None:
    context = server_context(authority)

    def inject(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with context.wrap_socket(connection, server_side=True) as stream:
                stream.recv(65536)

    transport = HttpTransport()
    # The context for the proxy is another one. It is made, in a thread, while the bytes come.
    tls = TlsOptions(authorities=authority.cert_pem.bytes().decode(), http2=True)
    with at_once(inject) as port:
        delivery = Delivery(("source", 1), LIMITS, LOOPBACK, tls, ProxyServer(Target("https", "127.0.0.1", port)))
        exchanges: list[Exchange] = []
        await transport.send(Request("GET", "https://127.0.0.1:1/"), delivery, exchanges)
    transport.close()
    assert exchanges[0].failure is not None
    assert exchanges[0].failure.type == "proxy_unreachable"
    assert "did not wait" in exchanges[0].failure.message


def test_who_hangs_up_before_tls_has_broken_the_handshake(ca_file: Path) -> None:
    with at_once(socket.socket.close) as port:
        assert failures_on_each_loop(f"https://127.0.0.1:{port}/", ca_file) <= {"tls_error", "connection_reset"}


def test_who_resets_a_connection_at_once_is_told_so(ca_file: Path) -> None:
    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    with at_once(reset) as port:
        found = failures_on_each_loop(f"http://127.0.0.1:{port}/", ca_file)
        assert found <= {"connection_reset", "empty_reply"}


async def test_a_request_that_was_not_sent_whole_is_not_followed_by_another() -> None:
    heads: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).partition(b" ")[0])
        writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")  # and it stays open
        await asyncio.sleep(3600)

    transport = HttpTransport()
    async with serve(refuse) as port:
        url = f"http://127.0.0.1:{port}/"
        await send(transport, url, "PUT", content=b"x" * 20_000_000)
        (second,) = await send(transport, url)
        transport.close()
    assert second.connection is not None
    assert not second.connection.is_reused
    assert heads == [b"PUT", b"GET"]


@dataclass
class Http2Server:
    """Answers as the path says. `paths` has the requests of each connection."""

    paths: list[list[str]] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine: list[str] = []
        self.paths.append(mine)
        connection = H2Connection(H2Configuration(client_side=False, validate_outbound_headers=False))
        connection.initiate_connection()
        left: dict[int, int] = {}
        while True:
            _send_what_fits(connection, left)
            writer.write(connection.data_to_send())
            data = await reader.read(65536)
            if not data:
                return
            for event in connection.receive_data(data):
                if isinstance(event, RequestReceived):
                    mine.append(dict(event.headers)[b":path"].decode())
                    left |= _answer(connection, event.stream_id, mine[-1], writer)
            if mine and mine[-1] == "/goodbye":
                writer.write(connection.data_to_send())
                await asyncio.sleep(0.05)
                connection.close_connection()


def _answer(connection: H2Connection, stream: int, path: str, writer: asyncio.StreamWriter) -> dict[int, int]:
    """Answer as the path says. What is left to be sent of the body is told by its stream."""
    if path == "/large":
        connection.send_headers(stream, [(":status", "200"), ("content-encoding", "gzip")])
        return {stream: 16 * 1024 * 1024}

    def answer() -> None:
        connection.send_headers(stream, [(":status", "odd" if path == "/odd" else "200")], end_stream=True)
        writer.write(connection.data_to_send())

    if path == "/slow":
        asyncio.get_running_loop().call_later(0.3, answer)
    elif path != "/mute":
        answer()
    return {}


def _send_what_fits(connection: H2Connection, left: dict[int, int]) -> None:
    for stream, bytes_left in left.items():
        window = min(connection.local_flow_control_window(stream), bytes_left)
        while window:
            piece = min(window, connection.max_outbound_frame_size)
            connection.send_data(stream, b"x" * piece)
            window, left[stream] = window - piece, left[stream] - piece


class TestHttp2:
    @pytest.fixture
    async def transport(self, ca_file: Path) -> AsyncIterator[HttpTransport]:
        transport = HttpTransport(ca_file=ca_file)
        yield transport
        transport.close()

    async def test_a_stream_that_was_given_up_does_not_starve_those_after_it(
        self, transport: HttpTransport, authority: trustme.CA
    ) -> None:
        server = Http2Server()
        async with serve(server.handle, tls=server_context(authority, "h2")) as port:
            url = f"https://localhost:{port}"
            patient = replace(LIMITS, read_ms=5000)
            (large,) = await send(transport, f"{url}/large", http2=True, limits=patient)
            (after,) = await send(transport, f"{url}/after", http2=True, limits=patient)
        assert large.failure is not None
        assert large.failure.type == "undecodable_body"
        assert after.failure is None
        assert server.paths == [["/large"], ["/after"]]

    async def test_a_stream_without_an_answer_does_not_end_its_neighbours(
        self, transport: HttpTransport, authority: trustme.CA
    ) -> None:
        async with serve(Http2Server().handle, tls=server_context(authority, "h2")) as port:
            url = f"https://localhost:{port}"
            await send(transport, f"{url}/", http2=True)
            mute = asyncio.create_task(send(transport, f"{url}/mute", http2=True))
            await asyncio.sleep(0.3)
            (slow,) = await send(transport, f"{url}/slow", http2=True)
            (exchange,) = await mute
        assert slow.failure is None
        assert slow.connection is not None
        assert slow.connection.is_reused
        assert exchange.failure is not None
        assert exchange.failure.type == "read_timeout"
        assert 390 < exchange.duration_ms < 600

    async def test_a_connection_that_the_server_has_ended_is_left_for_a_new_one(
        self, transport: HttpTransport, authority: trustme.CA
    ) -> None:
        server = Http2Server()
        async with serve(server.handle, tls=server_context(authority, "h2")) as port:
            url = f"https://localhost:{port}"
            await send(transport, f"{url}/goodbye", http2=True)
            await asyncio.sleep(0.3)
            exchanges = await send(transport, f"{url}/after", http2=True)
        assert exchanges[-1].failure is None
        assert server.paths[-1] == ["/after"]

    async def test_a_status_that_is_no_number_breaks_the_rules(
        self, transport: HttpTransport, authority: trustme.CA
    ) -> None:
        async with serve(Http2Server().handle, tls=server_context(authority, "h2")) as port:
            (exchange,) = await send(transport, f"https://localhost:{port}/odd", http2=True)
        assert exchange.failure is not None
        assert exchange.failure.type == "http2_error"

    @pytest.mark.parametrize(
        "header",
        [("X-A", "b\r\nX-Evil: 1"), ("X A", "b"), ("Content-Length", "10"), ("Transfer-Encoding", "chunked")],
    )
    async def test_no_header_is_sent_that_could_become_another_request(
        self, transport: HttpTransport, authority: trustme.CA, header: tuple[str, str]
    ) -> None:
        server = Http2Server()
        async with serve(server.handle, tls=server_context(authority, "h2")) as port:
            url = f"https://localhost:{port}/"
            (exchange,) = await send(transport, url, "POST", http2=True, headers=[header], content=b"abc")
        assert exchange.failure is not None
        assert exchange.failure.type == "invalid_request"
        assert server.paths in ([], [[]])
