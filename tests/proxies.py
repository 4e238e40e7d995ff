# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A forward proxy (RFC 9110, section 3.7): it opens tunnels, passes plain requests on, and may want credentials."""

import asyncio
import base64
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.upstream import Handler


@dataclass
class ForwardProxy:
    """What a proxy on the loopback does, and what it has seen.

    Attributes:
        username, password: what it wants to know; nothing where they are empty.
        seen: the first lines of the requests that reached it.
    """

    username: str = ""
    password: str = ""
    seen: list[str] = field(default_factory=list)

    def handler(self) -> Handler:
        return self._serve

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            self.seen.append(first)
            if not self._admits(lines):
                writer.write(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                    b"Proxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"
                )
                await writer.drain()
                continue
            method, target, _ = first.split(" ")
            if method == "CONNECT":
                await self._tunnel(target, reader, writer)
                return
            await self._pass_on(method, target, lines, writer)

    def _admits(self, lines: list[str]) -> bool:
        expected = "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        return not self.username or f"Proxy-Authorization: {expected}" in lines

    async def _tunnel(self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, _, port = target.rpartition(":")
        far_reader, far_writer = await asyncio.open_connection(host.strip("[]"), int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(_relay(reader, far_writer), _relay(far_reader, writer))
        finally:
            await _close(far_writer)

    async def _pass_on(self, method: str, target: str, lines: list[str], writer: asyncio.StreamWriter) -> None:
        url = urlsplit(target)
        far_reader, far_writer = await asyncio.open_connection(url.hostname, url.port or 80)
        kept = [line for line in lines if line and not line.lower().startswith(("proxy-", "connection:"))]
        head = [f"{method} {url.path or '/'} HTTP/1.1", *kept, "Connection: close", "", ""]
        far_writer.write("\r\n".join(head).encode("latin-1"))
        try:
            await _relay(far_reader, writer)
        finally:
            await _close(far_writer)
            writer.close()


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    with suppress(ConnectionError, OSError):
        writer.write_eof() if writer.can_write_eof() else None


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError, OSError):
        await writer.wait_closed()
