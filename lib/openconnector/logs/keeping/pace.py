# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Removes many calls so that nobody who writes notices: short transactions, with longer pauses between them.

A SQLite writer of another process that finds the lock taken sleeps for some milliseconds and looks again. So the lock
has to be free for some time, not only for a moment between two transactions.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from openconnector.core.clock import stopwatch
from openconnector.core.database import Database
from openconnector.core.diskspace import is_full
from openconnector.logs.keeping.removal import BATCH, Removed, fitting

TARGET_MS = 20
"""How long a transaction should hold the lock; the next one is made smaller or larger after what this one took."""

SMALLEST = 64
"""Things that a step does at least: most of a smaller one would be what every transaction takes."""

REST = 0.5
"""A pause is so many times as long as the transaction before it."""

SHORTEST_REST_MS = 4

Result = TypeVar("Result")
Removing = Callable[[Session, Sequence[int]], Removed]


class Pace:
    """The size of the steps of one long work, learned while it goes on."""

    def __init__(self, database: Database, *, size: int = SMALLEST, largest: int = BATCH) -> None:
        self._database = database
        self._largest = largest
        self.size = size

    async def step(self, work: Callable[[Session], Result]) -> Result:
        """Do `work` in a write transaction of its own, and rest. It does about `size` things."""
        began = 0.0

        def timed(session: Session) -> Result:
            nonlocal began
            session.connection()  # the lock is waited for here
            began = stopwatch()
            return work(session)

        try:
            result = await self._database.run(timed, writes=True)
        except Exception as error:
            if not is_full(error) or self.size == 1:
                raise
            # Also deleting needs room, in the log of the database. A smaller step may find it.
            self.size = max(1, self.size // 4)
            await asyncio.sleep(0.1)
            return await self.step(work)
        await self.rest(stopwatch() - began)
        return result

    async def rest(self, took_ms: float) -> None:
        """Leave the database to others after a step that took so long."""
        self._learn(took_ms)
        await asyncio.sleep(max(took_ms * REST, SHORTEST_REST_MS) / 1000)

    def _learn(self, took_ms: float) -> None:
        if took_ms > TARGET_MS:
            self.size = max(SMALLEST, int(self.size * max(0.25, TARGET_MS / took_ms)))
        elif took_ms < TARGET_MS / 2:
            self.size = min(self._largest, self.size + self.size // 2 + 1)

    async def remove(self, numbers: Sequence[int], removing: Removing) -> AsyncGenerator[Removed, None]:
        """Remove these calls step by step, and tell what each step removed."""
        left = list(numbers)
        while left:

            def some(session: Session) -> tuple[int, Removed]:
                batch = fitting(session, left, self.size)  # noqa: B023  # it is done before `left` changes
                return len(batch), removing(session, batch)

            taken, removed = await self.step(some)
            left = left[taken:]
            yield removed
