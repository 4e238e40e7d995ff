# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bytes of one connection: read in pieces, written with the pace of the other side."""

import asyncio
import socket
from collections import deque
from typing import cast

from openconnector.core.clock import stopwatch
from openconnector.egress.errors import CLOSED

HIGH_WATER = 512 * 1024
"""Bytes that wait to be read, above which the other side is made to wait."""


class Stream(asyncio.Protocol):
    """A connection as it comes from the event loop. Every wait has a bound in seconds.

    Attributes:
        transport: replaced when TLS begins on an open connection.
        first_byte_at: `stopwatch()` of the first piece since `expect_answer`.
        received: bytes that have come since `expect_answer`.
    """

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._pieces: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._is_paused = False
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._may_write = True
        self._is_over = False
        self._error: Exception | None = None
        self.first_byte_at: float | None = None
        self.received = 0

    @property
    def is_idle(self) -> bool:
        """Whether the connection is open and silent, as it must be between two exchanges."""
        return not (self._is_over or self._pieces or self.transport.is_closing())

    @property
    def has_unread(self) -> bool:
        """Whether something has come that nobody has read."""
        return bool(self._pieces)

    def expect_answer(self) -> None:
        """From now on, what comes in belongs to the next answer."""
        self.first_byte_at = None
        self.received = 0

    async def read(self, patience: float) -> bytes:
        """The next piece; nothing at the end of the stream.

        Raises:
            TimeoutError: nothing came in `patience` seconds.
            OSError, ssl.SSLError: the connection broke.
        """
        if not self._pieces and not self._is_over:
            self._reader = self._loop.create_future()
            try:
                await self._within(self._reader, patience)
            finally:
                self._reader = None
        if self._pieces:
            piece = self._pieces.popleft()
            self._waiting_bytes -= len(piece)
            if self._is_paused and self._waiting_bytes < HIGH_WATER // 2:
                self._is_paused = False
                self._network.resume_reading()
            return piece
        if self._error is not None:
            raise self._error
        return b""

    async def write(self, data: bytes, patience: float) -> None:
        """Hand bytes to the network.

        Raises:
            TimeoutError: the other side took nothing for `patience` seconds.
            OSError: the connection broke.
        """
        if self._is_over:
            raise self._error or ConnectionResetError(CLOSED)
        self.transport.write(data)
        if not self._may_write:
            self._writer = self._loop.create_future()
            try:
                await self._within(self._writer, patience)
            finally:
                self._writer = None

    def close(self) -> None:
        """Close in good order, when all is sent. With TLS, the other side has a while to say goodbye, too."""
        self.transport.close()

    def hang_up(self) -> None:
        """Say goodbye and close, on a connection on which nothing is on its way. It is closed when the loop has turned.

        What has no goodbye would keep a connection open for seconds, or at the end of its loop for ever.
        """
        self.transport.close()
        self._loop.call_soon(self.transport.abort)  # not at once: uvloop sends the goodbye when it turns

    def abort(self) -> None:
        """Close at once. What has not been sent is dropped."""
        self.transport.abort()

    async def _within(self, future: asyncio.Future[None], patience: float) -> None:
        timer = self._loop.call_later(patience, _expire, future)
        try:
            await future
        finally:
            timer.cancel()

    # What the event loop calls (asyncio.Protocol).

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's has the methods, and another base
        # Reading is paused below TLS: where uvloop's TLS is paused, it drops what is left when the other side hangs up
        # without a goodbye, and tells nobody.
        self._network = self.transport

    def data_received(self, data: bytes) -> None:
        if self.first_byte_at is None:
            self.first_byte_at = stopwatch()
        self.received += len(data)
        self._pieces.append(bytes(data))
        self._waiting_bytes += len(data)
        if self._waiting_bytes > HIGH_WATER and not self._is_paused:
            self._is_paused = True
            self._network.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> bool:
        self._end(None)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc)
        if self._writer is not None and not self._writer.done():
            self._writer.set_exception(exc or ConnectionResetError(CLOSED))

    def pause_writing(self) -> None:
        self._may_write = False

    def resume_writing(self) -> None:
        self._may_write = True
        _wake(self._writer)

    def _end(self, error: Exception | None) -> None:
        self._is_over = True
        self._error = self._error or error
        _wake(self._reader)


async def stream_over(connection: socket.socket) -> Stream:
    """The stream over a connected socket, which belongs to it from now on."""
    try:
        return (await asyncio.get_running_loop().create_connection(Stream, sock=connection))[1]
    except BaseException:
        connection.close()
        raise


def _wake(future: asyncio.Future[None] | None) -> None:
    if future is not None and not future.done():
        future.set_result(None)


def _expire(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_exception(TimeoutError())
