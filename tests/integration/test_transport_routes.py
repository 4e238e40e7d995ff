# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ways to a server: through a proxy, and by HTTP/2."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve as serve_asgi
from hypercorn.config import Config

from openconnector.egress.connection import ProxyServer, Target
from openconnector.egress.tls import TlsOptions
from openconnector.transports.http import HttpTransport
from tests.exchanges import OK, Authority, send_one
from tests.proxies import ForwardProxy
from tests.upstream import answering, serve


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

    async def test_is_passed_through_a_tunnel_by_https(self, authority: Authority) -> None:
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

    async def test_may_speak_tls_itself(self, authority: Authority) -> None:
        transport, proxy = HttpTransport(), ForwardProxy()
        tls = authority.server("localhost")
        async with serve(proxy.handler(), tls=tls) as proxy_port, serve(answering(OK), tls=tls) as port:
            server = ProxyServer(Target("https", "localhost", proxy_port))
            options = TlsOptions(authorities=authority.pem)
            exchange = await send_one(transport, f"https://localhost:{port}/", proxy=server, tls=options)
        transport.close()
        assert exchange.failure is None
        assert proxy.seen == [f"CONNECT localhost:{port} HTTP/1.1"]

    async def test_its_refusal_has_a_name(self, authority: Authority) -> None:
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
    async def server(self, authority: Authority, tmp_path: Path) -> AsyncIterator[int]:
        with socket.socket() as probe:
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

    async def test_many_exchanges_share_a_connection(self, authority: Authority, tmp_path: Path) -> None:
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

    async def test_is_not_spoken_unless_offered(self, authority: Authority, tmp_path: Path) -> None:
        transport = HttpTransport(ca_file=authority.file)
        async with self.server(authority, tmp_path) as port:
            exchange = await send_one(transport, f"https://localhost:{port}/x")
            transport.close()
        assert exchange.response is not None
        assert exchange.response.http_version == "HTTP/1.1"


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
