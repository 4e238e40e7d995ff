# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Real servers on the other side: httpbin, and sockets that misbehave in one way each."""

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Self

import httpbin
import waitress.server

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class HttpbinServer:
    """httpbin, served by threads of this process on a free port."""

    def __enter__(self) -> Self:
        self._server = waitress.server.create_server(httpbin.app, host="127.0.0.1", port=0, threads=8)
        self.url = f"http://127.0.0.1:{self._server.effective_port}"
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self._thread.join(timeout=10)


@asynccontextmanager
async def serve(
    handler: Handler, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[int]:
    """A TCP server that does with each connection what `handler` does, and the port it listens on.

    In the end every connection is closed, also one that has only just come: with `asyncio.start_server`, it would
    outlive its loop where its handler had not begun.

    Args:
        port: 0 takes a free one.
    """
    loop = asyncio.get_running_loop()
    connections: list[socket.socket] = []
    tasks: set[asyncio.Task[None]] = set()

    def accept() -> None:
        with suppress(BlockingIOError, ConnectionError):
            connections.append(listener.accept()[0])
            connections[-1].setblocking(False)
            tasks.add(asyncio.create_task(_converse(connections[-1], handler, tls)))
        tasks.difference_update([task for task in tasks if task.done()])

    with socket.create_server((host, port), backlog=100) as listener:
        listener.setblocking(False)
        loop.add_reader(listener, accept)
        try:
            yield listener.getsockname()[1]
        finally:
            loop.remove_reader(listener)
            listener.close()
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)
            for connection in connections:
                connection.close()


async def _converse(connection: socket.socket, handler: Handler, tls: ssl.SSLContext | None) -> None:
    """Handle one connection and close it, in good order unless this is cancelled meanwhile."""
    reader, made = asyncio.StreamReader(), list[asyncio.StreamWriter]()
    protocol = asyncio.StreamReaderProtocol(reader, lambda _, writer: made.append(writer))
    try:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, connection, ssl=tls)
        except OSError:
            return  # the client broke the handshake
        try:
            with suppress(ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
                await handler(reader, made[0])
        finally:
            made[0].close()
            with suppress(ConnectionError, ssl.SSLError, TimeoutError):
                await made[0].wait_closed()
    finally:
        for writer in made:
            writer.transport.abort()  # TLS would go on waiting for the other side to say goodbye


async def request_head(reader: asyncio.StreamReader) -> bytes:
    """Request line and headers.

    Raises:
        ConnectionError: it is no HTTP but the beginning of a TLS handshake, at which plain servers hang up.
    """
    first = await reader.readexactly(1)
    if first == b"\x16":
        raise ConnectionError("TLS on a port for plain HTTP")
    return first + await reader.readuntil(b"\r\n\r\n")


def answering(raw: bytes, *, at_once: bool = False) -> Handler:
    """Answers every request with these bytes, and closes. `at_once`: as soon as anything comes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (reader.read(1) if at_once else request_head(reader))
        writer.write(raw)
        await writer.drain()

    return handle


async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Takes the request and says nothing."""
    await request_head(reader)
    await asyncio.sleep(3600)


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the request and resets the connection (RST)."""
    await request_head(reader)
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def hang_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Takes the request and closes the connection in good order."""
    await request_head(reader)


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers without end, a byte at a time."""
    await request_head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.02)
