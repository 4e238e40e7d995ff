# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeps the calls of a source that run at the same time in one process below a number."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from openconnector.core.clock import stopwatch
from openconnector.core.phrases import phrase


class TooManyAtOnce(Exception):
    """No place has become free within the time that the call has; `str()` is a sentence for the administrator."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            phrase(
                "{limit} calls of this source were running all the time. "
                "That is as many as the settings allow at once.",
                limit=limit,
            )
        )


@dataclass(slots=True)
class _Gate:
    """The calls of one source: those that run, and those that wait, in the order in which they came."""

    limit: int
    running: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    def admit(self) -> None:
        while self.waiting and self.running < self.limit:
            following = self.waiting.popleft()
            if not following.done():
                self.running += 1
                following.set_result(None)


class Concurrency:
    """One instance serves a process."""

    def __init__(self) -> None:
        self._gates: dict[UUID, _Gate] = {}

    @asynccontextmanager
    async def place(self, source_id: UUID, limit: int | None, *, remaining_ms: float) -> AsyncIterator[float]:
        """Hold one of `limit` places; the milliseconds that were waited for it come back. None: there is no limit.

        Raises:
            TooManyAtOnce: the wait does not end within `remaining_ms`.
        """
        if limit is None:
            yield 0.0
            return
        gate = self._gates.setdefault(source_id, _Gate(limit))
        gate.limit = limit  # the latest caller has the latest settings
        started = stopwatch()
        try:
            await self._enter(gate, remaining_ms)
            try:
                yield stopwatch() - started
            finally:
                gate.running -= 1
                gate.admit()
        finally:
            if not gate.running and not gate.waiting and self._gates.get(source_id) is gate:
                del self._gates[source_id]

    async def _enter(self, gate: _Gate, remaining_ms: float) -> None:
        turn = asyncio.get_running_loop().create_future()
        gate.waiting.append(turn)
        gate.admit()
        try:
            async with asyncio.timeout(max(0.0, remaining_ms) / 1000):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():  # the place came together with the end of the wait
                gate.running -= 1
                gate.admit()
            elif turn in gate.waiting:
                gate.waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise TooManyAtOnce(gate.limit) from None
            raise
