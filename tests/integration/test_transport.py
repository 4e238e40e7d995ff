# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The transport against real servers: what it sends, what it keeps open, and the evidence that it brings back."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import brotli
import pytest
import trustme
from backports import zstd
from hypercorn.asyncio import serve as serve_asgi
from hypercorn.config import Config

from openconnector.core.http import Request
from openconnector.egress.connection import ProxyServer, Target
from openconnector.egress.policy import EgressPolicy
from openconnector.egress.tls import TlsOptions
from openconnector.transports.exchange import Exchange, Limits
from openconnector.transports.http import Delivery, HttpTransport
from tests.proxies import ForwardProxy
from tests.upstream import Handler, answering, hang, serve

LIMITS = Limits(connect_ms=2000, read_ms=2000, total_ms=5000, body_bytes=1024 * 1024)
LOOPBACK = EgressPolicy(["127.0.0.0/8", "::1"])


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    """A transport that trusts nobody but the system's authorities."""
    transport = HttpTransport()
    yield transport
    transport.close()


async def send(transport: HttpTransport, url: str, method: str = "GET", **values: Any) -> list[Exchange]:
    """The exchanges of one request."""
    content = values.pop("content", None)
    headers = values.pop("headers", [])
    delivery = Delivery(**{"source": ("source", 1), "limits": LIMITS, "policy": LOOPBACK} | values)
    exchanges: list[Exchange] = []
    await transport.send(Request(method, url, headers=headers, content=content), delivery, exchanges)
    return exchanges


async def send_one(transport: HttpTransport, url: str, method: str = "GET", **values: Any) -> Exchange:
    """The only exchange of one request."""
    (exchange,) = await send(transport, url, method, **values)
    return exchange


def keep_open(raw: bytes, connections: list[int]) -> Handler:
    """Answers every request on a connection with these bytes; each new connection is counted."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(0)
        while True:
            await reader.readuntil(b"\r\n\r\n")
            connections[-1] += 1
            writer.write(raw)
            await writer.drain()

    return handle


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class TestEvidence:
    async def test_tells_the_time_of_each_phase_and_the_address(self, transport: HttpTransport) -> None:
        async with serve(answering(OK)) as port:
            exchange = await send_one(transport, f"http://localhost:{port}/")
        timings, connection = exchange.timings, exchange.connection
        assert connection is not None
        assert timings.tls_ms is None
        phases = (timings.dns_ms, timings.connect_ms, timings.send_ms, timings.wait_ms, timings.receive_ms)
        assert all(phase is not None and phase >= 0 for phase in phases)
        assert sum(phase or 0 for phase in phases) <= exchange.duration_ms
        assert "127.0.0.1" in connection.resolved
        assert (connection.address, connection.port) in (("127.0.0.1", port), ("::1", port))
        assert exchange.response is not None
        assert exchange.response.wire_size == len(OK)
        assert exchange.request.wire_size == len(f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())

    async def test_a_reused_connection_says_so(self, transport: HttpTransport) -> None:
        connections: list[int] = []
        async with serve(keep_open(OK, connections)) as port:
            first = await send_one(transport, f"http://127.0.0.1:{port}/")
            second = await send_one(transport, f"http://127.0.0.1:{port}/")
        assert connections == [2]
        assert first.connection is not None
        assert second.connection is not None
        assert (first.connection.is_reused, second.connection.is_reused) == (False, True)
        assert second.timings.connect_ms is None
        assert second.connection.address == "127.0.0.1"

    async def test_shows_the_certificates_of_a_tls_connection(self, authority: "Authority") -> None:
        transport = HttpTransport(ca_file=authority.file)
        async with serve(answering(OK), tls=authority.server("localhost", "other.example")) as port:
            exchange = await send_one(transport, f"https://localhost:{port}/")
        transport.close()
        assert exchange.failure is None
        tls = exchange.connection.tls if exchange.connection else None
        assert tls is not None
        assert (tls.version, tls.alpn, tls.is_verified) == ("TLSv1.3", "http/1.1", True)
        assert tls.cipher
        assert tls.chain[0].names == ("localhost", "other.example")
        assert "trustme" in tls.chain[0].issuer
        assert len(tls.chain[0].fingerprint) == 64
        assert exchange.timings.tls_ms is not None
        assert exchange.timings.connect_ms is not None
        assert exchange.timings.connect_ms >= exchange.timings.tls_ms

    async def test_shows_the_certificate_that_it_does_not_trust(
        self, transport: HttpTransport, authority: "Authority"
    ) -> None:
        async with serve(answering(OK), tls=authority.server("localhost")) as port:
            exchange = await send_one(transport, f"https://localhost:{port}/")
        assert exchange.failure is not None
        assert exchange.failure.type == "tls_certificate_untrusted"
        assert exchange.request.wire_size is None
        tls = exchange.connection.tls if exchange.connection else None
        assert tls is not None
        assert tls.version is None
        assert not tls.is_verified
        assert tls.chain[0].names == ("localhost",)

    async def test_a_source_may_trust_an_authority_of_its_own(
        self, transport: HttpTransport, authority: "Authority"
    ) -> None:
        async with serve(answering(OK), tls=authority.server("localhost")) as port:
            options = TlsOptions(authorities=authority.pem)
            exchange = await send_one(transport, f"https://localhost:{port}/", tls=options)
        assert exchange.failure is None

    async def test_a_closed_port_of_a_host_with_several_addresses_refuses(self, transport: HttpTransport) -> None:
        async with serve(answering(OK)) as port:
            pass
        exchange = await send_one(transport, f"http://localhost:{port}/")
        assert exchange.failure is not None
        assert exchange.failure.type == "connection_refused"


class TestConnections:
    async def test_are_dropped_when_the_configuration_changes(self, transport: HttpTransport) -> None:
        connections: list[int] = []
        async with serve(keep_open(OK, connections)) as port:
            for version in (1, 1, 2, 2):
                await send_one(transport, f"http://127.0.0.1:{port}/", source=("source", version))
        assert connections == [2, 2]

    async def test_are_not_shared_between_sources(self, transport: HttpTransport) -> None:
        connections: list[int] = []
        async with serve(keep_open(OK, connections)) as port:
            for source in ("one", "other"):
                await send_one(transport, f"http://127.0.0.1:{port}/", source=(source, 1))
        assert connections == [1, 1]

    async def test_are_not_reused_when_the_policy_does_not_allow_their_address_any_more(
        self, transport: HttpTransport
    ) -> None:
        async with serve(keep_open(OK, [])) as port:
            await send_one(transport, f"http://127.0.0.1:{port}/")
            exchange = await send_one(transport, f"http://127.0.0.1:{port}/", policy=EgressPolicy())
        assert exchange.failure is not None
        assert exchange.failure.type == "egress_denied"

    async def test_a_new_one_is_opened_when_asked_for(self, transport: HttpTransport) -> None:
        connections: list[int] = []
        async with serve(keep_open(OK, connections)) as port:
            for _ in range(2):
                await send_one(transport, f"http://127.0.0.1:{port}/", is_fresh=True)
        assert connections == [1, 1]

    async def test_one_that_the_server_has_closed_meanwhile_is_tried_again(self, transport: HttpTransport) -> None:
        served = 0

        async def close_at_the_second_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal served
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK)
            await writer.drain()
            served += 1
            if served == 1:
                await reader.readuntil(b"\r\n\r\n")

        async with serve(close_at_the_second_request) as port:
            await send_one(transport, f"http://127.0.0.1:{port}/")
            lost, answered = await send(transport, f"http://127.0.0.1:{port}/")
        assert lost.failure is not None
        assert lost.failure.type in ("empty_reply", "connection_reset")
        assert (answered.kind, answered.failure) == ("retry", None)

    async def test_who_has_to_wait_gets_one_that_is_given_back(self, transport: HttpTransport) -> None:
        connections: list[int] = []

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connections.append(0)
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(0.3)
                writer.write(OK)

        async with serve(slow) as port:
            exchanges = await asyncio.gather(*(send_one(transport, f"http://127.0.0.1:{port}/") for _ in range(130)))
        assert [exchange.failure for exchange in exchanges] == [None] * 130
        assert len(connections) == 100
        blocked = [exchange.timings.blocked_ms for exchange in exchanges if exchange.timings.blocked_ms is not None]
        assert len(blocked) == 30
        assert min(blocked) > 100

    async def test_no_more_than_a_hundred_are_open_for_one_source(self, transport: HttpTransport) -> None:
        async with serve(hang) as port:
            limits = Limits(connect_ms=300, read_ms=1500, total_ms=5000, body_bytes=0)
            calls = [send_one(transport, f"http://127.0.0.1:{port}/", limits=limits) for _ in range(105)]
            failures = [exchange.failure.type for exchange in await asyncio.gather(*calls) if exchange.failure]
        assert failures.count("read_timeout") == 100
        assert failures.count("pool_timeout") == 5


class TestAnswers:
    @pytest.mark.parametrize(
        ("method", "raw", "status", "body"),
        [
            ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 200, b""),
            ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
            ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", 304, b""),
            ("GET", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK, 200, b"{}"),
            ("GET", b"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, b"until the end"),
            ("GET", b"HTTP/1.0 200 OK\r\n\r\nold", 200, b"old"),
            ("GET", b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", 200, b"{}"),
            (
                "GET",
                (
                    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: z\r\n\r\n"
                ),
                200,
                b"abcde",
            ),
        ],
        ids=["head", "204", "304", "103 before", "until the end", "1.0", "line feeds", "chunked"],
    )
    async def test_are_framed_as_the_standard_says(
        self, transport: HttpTransport, method: str, raw: bytes, status: int, body: bytes
    ) -> None:
        async with serve(answering(raw)) as port:
            exchange = await send_one(transport, f"http://127.0.0.1:{port}/", method)
        assert exchange.failure is None
        assert exchange.response is not None
        assert (exchange.response.status_code, exchange.response.body) == (status, body)

    @pytest.mark.parametrize(
        ("coding", "compress"),
        [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstd.compress)],
    )
    async def test_are_decoded_and_measured(self, transport: HttpTransport, coding: str, compress: Any) -> None:
        text = b"records " * 10_000
        encoded = compress(text)
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(encoded)}\r\n\r\n".encode()
        async with serve(answering(head + encoded)) as port:
            exchange = await send_one(transport, f"http://127.0.0.1:{port}/")
        assert exchange.failure is None
        response = exchange.response
        assert response is not None
        assert response.body == text
        assert (response.size, response.encoded_size) == (len(text), len(encoded))
        assert response.wire_size == len(head) + len(encoded)

    async def test_a_large_request_is_sent_whole(self, transport: HttpTransport) -> None:
        content = b"0123456789abcdef" * 250_000

        async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            received = await reader.readexactly(len(content))
            same = b"yes" if received == content else b"no!"
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + same)
            await writer.drain()

        async with serve(count) as port:
            exchange = await send_one(transport, f"http://127.0.0.1:{port}/", "POST", content=content)
        assert exchange.response is not None
        assert exchange.response.body == b"yes"

    @pytest.mark.parametrize(
        "headers", [[(b"Content-Length", b"5")], [(b"Transfer-Encoding", b"chunked")], [(b"X-A", b"a\r\nX-B: b")]]
    )
    async def test_a_request_cannot_be_made_into_two(self, transport: HttpTransport, headers: Any) -> None:
        async with serve(answering(OK)) as port:
            exchange = await send_one(
                transport, f"http://127.0.0.1:{port}/", "POST", headers=headers, content=b"0123456789"
            )
        assert exchange.failure is not None
        assert exchange.failure.type == "invalid_request"
        assert exchange.request.wire_size is None

    @pytest.mark.parametrize("flood", [b"X-Trailer: " + b"x" * 100_000, b"X-T: y\r\n" * 10_000])
    async def test_trailers_have_a_bound(self, transport: HttpTransport, flood: bytes) -> None:
        async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n")
            while True:
                writer.write(flood)
                await writer.drain()

        async with serve(endless) as port:
            exchange = await send_one(transport, f"http://127.0.0.1:{port}/")
        assert exchange.failure is not None
        assert exchange.failure.type == "headers_too_large"

    @pytest.mark.parametrize("closes", [True, False])
    async def test_a_server_that_refuses_a_large_request_is_heard(
        self, transport: HttpTransport, *, closes: bool
    ) -> None:
        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.3 if closes else 3600)

        async with serve(refuse) as port:
            content = b"x" * 20_000_000
            exchange = await send_one(transport, f"http://127.0.0.1:{port}/", "POST", content=content)
        assert exchange.response is not None
        assert exchange.response.status_code == 413


class TestProxy:
    async def test_passes_plain_requests_on(self, transport: HttpTransport, httpbin: str) -> None:
        proxy = ForwardProxy("user", "proxy-password")
        async with serve(proxy.handler()) as port:
            server = ProxyServer(Target("http", "127.0.0.1", port), "user", "proxy-password")
            exchange = await send_one(transport, f"{httpbin}/get", proxy=server)
        assert exchange.failure is None
        assert exchange.response is not None
        assert exchange.response.status_code == 200
        assert proxy.seen == [f"GET {httpbin}/get HTTP/1.1"]
        assert exchange.connection is not None
        assert exchange.connection.proxy == f"127.0.0.1:{port}"
        assert "Proxy-Authorization" in dict(exchange.request.headers)
        assert b"proxy-password" not in exchange.response.body

    async def test_is_passed_through_a_tunnel_by_https(self, authority: "Authority") -> None:
        transport, proxy = HttpTransport(ca_file=authority.file), ForwardProxy()
        async with (
            serve(proxy.handler()) as proxy_port,
            serve(answering(OK), tls=authority.server("localhost")) as port,
        ):
            server = ProxyServer(Target("http", "127.0.0.1", proxy_port))
            exchange = await send_one(transport, f"https://localhost:{port}/", proxy=server)
        transport.close()
        assert exchange.failure is None
        assert proxy.seen == [f"CONNECT localhost:{port} HTTP/1.1"]
        assert exchange.connection is not None
        assert exchange.connection.tls is not None

    async def test_may_speak_tls_itself(self, authority: "Authority") -> None:
        transport, proxy = HttpTransport(), ForwardProxy()
        tls = authority.server("localhost")
        async with serve(proxy.handler(), tls=tls) as proxy_port, serve(answering(OK), tls=tls) as port:
            server = ProxyServer(Target("https", "localhost", proxy_port))
            options = TlsOptions(authorities=authority.pem)
            exchange = await send_one(transport, f"https://localhost:{port}/", proxy=server, tls=options)
        transport.close()
        assert exchange.failure is None
        assert proxy.seen == [f"CONNECT localhost:{port} HTTP/1.1"]

    async def test_its_refusal_has_a_name(self, authority: "Authority") -> None:
        transport = HttpTransport(ca_file=authority.file)
        async with serve(ForwardProxy("user", "right").handler()) as port:
            server = ProxyServer(Target("http", "127.0.0.1", port), "user", "wrong")
            exchange = await send_one(transport, "https://localhost:1/", proxy=server)
        transport.close()
        assert exchange.failure is not None
        assert exchange.failure.type == "proxy_authentication_required"


class TestHttp2:
    @staticmethod
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": f"{message['type']}.complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        answer = f"{scope['http_version']} {scope['method']} {scope['path']} {len(body)}".encode()
        headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    @asynccontextmanager
    async def server(self, authority: "Authority", tmp_path: Path) -> AsyncIterator[int]:
        with __import__("socket").socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        config = Config()
        config.bind = [f"127.0.0.1:{port}"]
        config.certfile, config.keyfile = authority.files("localhost", tmp_path)
        config.accesslog = config.errorlog = None
        stopping = asyncio.Event()
        serving = asyncio.create_task(serve_asgi(self.app, config, shutdown_trigger=stopping.wait))  # type: ignore[arg-type]
        await _listening(port)
        try:
            yield port
        finally:
            stopping.set()
            await serving

    async def test_many_exchanges_share_a_connection(self, authority: "Authority", tmp_path: Path) -> None:
        transport = HttpTransport(ca_file=authority.file)
        async with self.server(authority, tmp_path) as port:
            url, options = f"https://localhost:{port}", TlsOptions(http2=True)
            first = await send_one(transport, f"{url}/first", tls=options)
            calls = [send_one(transport, f"{url}/{number}", tls=options) for number in range(20)]
            others = await asyncio.gather(*calls)
            posted = await send_one(transport, f"{url}/p", "POST", tls=options, content=b"x" * 200_000)
            transport.close()
        assert first.response is not None
        assert (first.response.http_version, first.response.body) == ("HTTP/2", b"2 GET /first 0")
        assert first.connection is not None
        assert first.connection.tls is not None
        assert first.connection.tls.alpn == "h2"
        assert all(exchange.connection and exchange.connection.is_reused for exchange in others)
        bodies = [exchange.response.body for exchange in others if exchange.response]
        assert bodies == [f"2 GET /{number} 0".encode() for number in range(20)]
        assert posted.response is not None
        assert posted.response.body == b"2 POST /p 200000"
        assert None not in (first.timings.send_ms, first.timings.wait_ms, first.timings.receive_ms)

    async def test_is_not_spoken_unless_offered(self, authority: "Authority", tmp_path: Path) -> None:
        transport = HttpTransport(ca_file=authority.file)
        async with self.server(authority, tmp_path) as port:
            exchange = await send_one(transport, f"https://localhost:{port}/x")
            transport.close()
        assert exchange.response is not None
        assert exchange.response.http_version == "HTTP/1.1"


class Authority:
    """A private certificate authority, as a file and in memory."""

    def __init__(self, directory: Path) -> None:
        self._ca = trustme.CA()
        self.file = directory / "authority.pem"
        self._ca.cert_pem.write_to_path(str(self.file))
        self.pem = self._ca.cert_pem.bytes().decode()

    def server(self, *names: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        self._ca.issue_cert(*names).configure_cert(context)
        return context

    def files(self, name: str, directory: Path) -> tuple[str, str]:
        """Certificate and key of a server, as files."""
        issued = self._ca.issue_cert(name)
        certificate, key = directory / "certificate.pem", directory / "key.pem"
        certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        key.write_bytes(issued.private_key_pem.bytes())
        return str(certificate), str(key)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


async def _listening(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return
    raise AssertionError(f"nothing listens on port {port}")
