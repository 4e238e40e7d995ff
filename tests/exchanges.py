# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests straight to the transport, without the engine around it."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import trustme

from openconnector.core.http import Request
from openconnector.egress.policy import EgressPolicy
from openconnector.transports.exchange import Exchange, Limits
from openconnector.transports.http import Delivery, HttpTransport
from tests.upstream import Handler

LIMITS = Limits(connect_ms=2000, read_ms=2000, total_ms=5000, body_bytes=1024 * 1024)
LOOPBACK = EgressPolicy(["127.0.0.0/8", "::1"])


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
