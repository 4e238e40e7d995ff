# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bytes of a connection: all that was sent is read, however slowly, and however the other side ends it."""

import asyncio
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvloop

from openconnector.egress.handshake import start_tls
from openconnector.egress.stream import stream_over
from tests.exchanges import Authority

SIZE = 3_000_000
Run = Callable[[Coroutine[Any, Any, list[int]]], list[int]]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def port(authority: Authority) -> Iterator[int]:
    """A server that sends everything at once, and hangs up without a goodbye of TLS."""
    context = authority.server("127.0.0.1")
    listener = socket.create_server(("127.0.0.1", 0))

    def send(accepted: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(accepted, server_side=True) as connection:
            connection.sendall(b"x" * SIZE)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=send, args=(listener.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_slow_reader_gets_everything_behind_tls(run: Run, port: int, authority: Authority) -> None:
    context = ssl.create_default_context(cadata=authority.pem)

    async def received() -> int:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setblocking(False)
        stream = await stream_over(connection)
        await start_tls(stream, context, "127.0.0.1", 5)
        size = 0
        while piece := await stream.read(5):
            size += len(piece)
            if random.random() < 0.2:
                await asyncio.sleep(random.random() * 0.01)
            if random.random() < 0.05:
                time.sleep(0.005)  # noqa: ASYNC251  # a loop that is busy with something else
        stream.abort()
        return size

    async def several() -> list[int]:
        return [await received() for _ in range(25)]

    assert run(several()) == [SIZE] * 25


@contextmanager
def curt(authority: Authority, heard: list[bytes]) -> Iterator[int]:
    """A server of TLS that hears what one client says until the end, and says nothing itself, not even goodbye."""
    context = authority.server("127.0.0.1")
    is_over = threading.Event()

    def serve() -> None:
        accepted, _ = listener.accept()
        with context.wrap_socket(accepted, server_side=True, suppress_ragged_eofs=False) as connection:
            heard.append(connection.recv(100))  # it raises an error where there is no goodbye
            is_over.wait(10)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            is_over.set()
            thread.join()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_who_hangs_up_says_goodbye_and_waits_for_none(run: Run, authority: Authority) -> None:
    context = ssl.create_default_context(cadata=authority.pem)
    heard: list[bytes] = []

    async def descriptors(port: int) -> list[int]:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setblocking(False)
        stream = await stream_over(connection)
        await start_tls(stream, context, "127.0.0.1", 5)
        stream.hang_up()
        await asyncio.sleep(0.1)
        return [connection.fileno()]

    with curt(authority, heard) as port:
        assert run(descriptors(port)) == [-1]  # it is closed
    assert heard == [b""]
