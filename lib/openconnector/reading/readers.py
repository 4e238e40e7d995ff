# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads bodies without harm: small ones in a thread, large ones and all expressions in child processes with an end."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from openconnector.core.errors import InvalidInput, TooLarge
from openconnector.core.phrases import phrase
from openconnector.reading.body import OpenBody, Operation
from openconnector.reading.document import ExpressionInvalid, NodeNotFound, Unreadable
from openconnector.reading.reader import Reader, ReaderEnded
from openconnector.reading.view import BodyFacts

SMALL = 256 * 1024
"""Bytes of a body below which it is read in a thread of this process, every time anew."""

PIECE = 1024 * 1024
"""Bytes of a body that are in this process at a time."""

MOST_CHILDREN = 2
IDLE_SECONDS = 60.0
REQUEST_SECONDS = 10.0
OPENING_SECONDS = 60.0
WAITING_SECONDS = 90.0
"""How long somebody waits for others who read."""

_HARMLESS = (NodeNotFound, ExpressionInvalid, Unreadable)
"""Answers after which a child is as good as before."""


class KeptBody(Protocol):
    """A body that is kept somewhere."""

    @property
    def key(self) -> Hashable:
        """What tells it from every other body."""

    @property
    def facts(self) -> BodyFacts:
        """What is known of it."""

    async def read(self, offset: int, length: int) -> bytes:
        """Some of its bytes, as far as there are."""


class _Seat:
    """A place for a child, and those who wait for it or use it."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.reader: Reader | None = None
        self.users = 0
        self.used_at = time.monotonic()


class Readers:
    """The bodies that are open at this moment.

    Args:
        most: children at a time. A body that is asked for takes the place of the one that was not for longest.
        request_seconds: how long one answer may take.
        idle_seconds: how long a child stays when nobody asks.
    """

    def __init__(
        self,
        *,
        most: int = MOST_CHILDREN,
        request_seconds: float = REQUEST_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._most = most
        self._request_seconds = request_seconds
        self._idle_seconds = idle_seconds
        self._seats: dict[Hashable, _Seat] = {}
        self._left = asyncio.Event()
        self._sweeping: asyncio.Task[None] | None = None

    async def ask(self, body: KeptBody, part: int | None, operation: Operation, **arguments: Any) -> bytes:
        """What a method of `OpenBody` answers, as JSON for the API.

        Raises:
            NodeNotFound, ExpressionInvalid, Unreadable, PartMissing: as it does.
            InvalidInput: the expression takes too long.
            TooLarge: the body takes too long, or too much memory.
        """
        if body.facts.kept_size < SMALL and operation != "query":
            raw = await body.read(0, body.facts.kept_size)
            return await asyncio.to_thread(_read_here, body.facts, raw, part, operation, arguments)
        return await self._ask(body, part, operation, arguments)

    async def part(self, body: KeptBody, part: int) -> KeptBody:
        """One part of a multipart body, as a body of its own; text is UTF-8.

        Raises:
            PartMissing: the body has no such part.
            TooLarge: it takes too much memory.
        """
        facts = json.loads(await self._ask(body, part, "facts", {}))
        return _Part(self, body, part, BodyFacts(**facts))

    async def part_content(self, body: KeptBody, part: int, offset: int, length: int) -> bytes:
        """Some of the bytes of a part."""
        return await self._ask(body, part, "content", {"offset": offset, "length": length})

    async def close(self) -> None:
        """End every child."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.wait([self._sweeping])
        seats, self._seats = list(self._seats.values()), {}
        for seat in seats:
            await _empty(seat)

    async def _ask(self, body: KeptBody, part: int | None, operation: str, arguments: dict[str, Any]) -> bytes:
        async with self._reader(body, part) as reader:
            try:
                async with asyncio.timeout(self._request_seconds):
                    return await reader.ask(operation, arguments)
            except TimeoutError:
                raise self._took_too_long(operation) from None

    @asynccontextmanager
    async def _reader(self, body: KeptBody, part: int | None) -> AsyncIterator[Reader]:
        """The child that has the body open, for one question."""
        try:
            async with asyncio.timeout(WAITING_SECONDS):
                seat = await self._seat((body.key, part))
        except TimeoutError:
            raise InvalidInput(phrase("Other bodies are being read at this moment. Try again.")) from None
        try:
            yield await self._opened(seat, body, part)
        except _HARMLESS:
            raise
        except BaseException as error:
            # It is within a question, or gone: nobody can ask it anything any more.
            await asyncio.shield(_empty(seat))
            if isinstance(error, ReaderEnded):
                raise _too_large() from None
            raise
        finally:
            seat.lock.release()
            self._leave(seat)

    async def _opened(self, seat: _Seat, body: KeptBody, part: int | None) -> Reader:
        if seat.reader is not None and seat.reader.is_running:
            return seat.reader
        await _empty(seat)
        seat.reader = reader = await Reader.start()
        try:
            async with asyncio.timeout(OPENING_SECONDS):
                await reader.open(body.facts, part, pieces_of(body, 0, body.facts.kept_size))
        except TimeoutError:
            raise ReaderEnded from None
        return reader

    async def _seat(self, key: Hashable) -> _Seat:
        """The place of a body, which may have been that of another, for the one who asks."""
        while key not in self._seats and len(self._seats) >= self._most:
            free = [(seat.used_at, name) for name, seat in self._seats.items() if not seat.users]
            if free:
                await _empty(self._seats.pop(min(free, key=lambda one: one[0])[1]))
            else:
                self._left.clear()
                await self._left.wait()
        seat = self._seats.setdefault(key, _Seat())
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = asyncio.create_task(self._sweep())
        seat.users += 1
        try:
            await seat.lock.acquire()
        except BaseException:
            self._leave(seat)
            raise
        return seat

    def _leave(self, seat: _Seat) -> None:
        seat.users -= 1
        seat.used_at = time.monotonic()
        self._left.set()

    async def _sweep(self) -> None:
        """Close what nobody has asked for a while, until nothing is open."""
        while self._seats:
            await asyncio.sleep(self._idle_seconds / 4)
            until = time.monotonic() - self._idle_seconds
            idle = [key for key, seat in self._seats.items() if not seat.users and seat.used_at <= until]
            for seat in [self._seats.pop(key) for key in idle]:
                await _empty(seat)
            self._left.set()

    def _took_too_long(self, operation: str) -> Exception:
        if operation != "query":
            return _too_large()
        return InvalidInput.field(
            "/expression",
            phrase(
                "The expression took longer than {seconds} seconds and was stopped. Make it more precise.",
                seconds=f"{self._request_seconds:g}",
            ),
            code="too_slow",
        )


def _too_large() -> TooLarge:
    return TooLarge(phrase("The body takes too much time or memory to be read as a tree. It can be downloaded."))


def _read_here(
    facts: BodyFacts, raw: bytes, part: int | None, operation: Operation, arguments: dict[str, Any]
) -> bytes:
    return OpenBody(facts, raw, part).ask(operation, arguments)


async def pieces_of(body: KeptBody, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes between two offsets, in pieces."""
    for offset in range(start, end, PIECE):
        yield await body.read(offset, min(PIECE, end - offset))


class _Part:
    """A part of a body, which a child takes out of it."""

    def __init__(self, readers: Readers, body: KeptBody, part: int, facts: BodyFacts) -> None:
        self._readers = readers
        self._body = body
        self._part = part
        self.key = (body.key, part)
        self.facts = facts

    async def read(self, offset: int, length: int) -> bytes:
        return await self._readers.part_content(self._body, self._part, offset, length)


async def _empty(seat: _Seat) -> None:
    reader, seat.reader = seat.reader, None
    if reader is not None:
        await reader.close()
