# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Servers that misbehave in one way each, beside those of `tests/upstream.py`."""

import asyncio
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import repeat

from tests.upstream import Handler, request_head


def answer(
    status: str = "200 OK", headers: Iterable[tuple[str, str]] = (), body: bytes = b"", *, length: int | None = None
) -> bytes:
    """The bytes of an answer; `length` is a Content-Length that does not fit."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
    lines += [f"Content-Length: {len(body) if length is None else length}", "", ""]
    return "\r\n".join(lines).encode() + body


def json_answer(body: bytes, *headers: tuple[str, str]) -> bytes:
    """An answer that says it is JSON."""
    return answer(headers=[("Content-Type", "application/json"), *headers], body=body)


def routing(answers: dict[str, bytes], seen: list[bytes] | None = None) -> Handler:
    """Answers each path with its bytes; keeps the heads of requests in `seen`."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await request_head(reader)
            if seen is not None:
                seen.append(head)
            writer.write(answers[head.split()[1].decode().partition("?")[0]])
            await writer.drain()

    return handle


def streaming(head: bytes, pieces: Iterable[bytes], *, pause: float = 0.0) -> Handler:
    """Writes pieces behind a head, at the pace of whoever reads them."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        writer.write(head)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            if pause:
                await asyncio.sleep(pause)

    return handle


def endless(head: bytes, piece: bytes) -> Handler:
    """Writes the same bytes for ever."""
    return streaming(head, repeat(piece))


def resetting(sent: bytes = b"") -> Handler:
    """Takes the request, sends some bytes, and resets the connection (RST)."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        if sent:
            writer.write(sent)
            await writer.drain()
            await asyncio.sleep(0.1)
        raw: socket.socket = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return handle


def half_closing(sent: bytes = b"") -> Handler:
    """Sends some bytes, ends its own direction, and goes on reading."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        writer.write(sent)
        writer.write_eof()
        await reader.read()

    return handle


def blurting(raw: bytes) -> Handler:
    """Says something before it was asked, and listens for ever."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await reader.read()

    return handle


async def deaf(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accepts the connection and never reads."""
    transport = writer.transport
    assert isinstance(transport, asyncio.Transport)
    transport.pause_reading()
    await asyncio.sleep(3600)


async def mute(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Accepts the connection, reads, and says nothing, not even TLS."""
    await asyncio.sleep(3600)


@contextmanager
def tls_server(context: ssl.SSLContext, reply: bytes) -> Iterator[int]:
    """A TLS server that tells its clients why it refuses them. That of asyncio drops the alert, and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve_one_after_the_other() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.settimeout(5)
                with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as secured:
                    try:
                        secured.do_handshake()
                        secured.recv(65536)
                        secured.sendall(reply)
                    except OSError:
                        time.sleep(0.2)  # who closes with a request unread resets, and the alert may be lost

    thread = threading.Thread(target=serve_one_after_the_other)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=10)


def proxy(reply: bytes, seen: list[bytes] | None = None) -> Handler:
    """A proxy that answers everything with the same bytes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await request_head(reader)
        if seen is not None:
            seen.append(head)
        writer.write(reply)
        await writer.drain()

    return handle


def closed_port() -> int:
    """A port of the loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fill_backlog(listener: socket.socket) -> Sequence[socket.socket]:
    """Connections that wait to be accepted, so many that the next one hangs as behind a firewall that drops packets."""
    waiting = [socket.socket() for _ in range(3)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(listener.getsockname())
    return waiting
