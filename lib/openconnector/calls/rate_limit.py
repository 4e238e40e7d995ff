# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeps calls within the limits of their source: the configured rate, the announced one, and how many run at once."""

import asyncio
from collections import OrderedDict
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from openconnector.calls.concurrency import Concurrency
from openconnector.core.clock import now, stopwatch
from openconnector.core.database import Database
from openconnector.core.phrases import Phrase, phrase
from openconnector.sources.connection import RateLimit
from openconnector.sources.opened import OpenSource
from openconnector.sources.rate_states import Announcement, keep_announcement, take_place

MAX_SOURCES = 10_000
"""Sources whose announcements are kept in memory."""

LOW_PAUSE_SECONDS = 1
PAUSE_SECONDS = 5
"""Between two writes of what a source announces: while little is left, and otherwise. A block is written at once."""

_SAME_BLOCK = timedelta(seconds=1)

_PATIENCE = 0.9
"""Share of its time that a call waits for others to end: it shall say itself why it ends, before its timeout does."""

Origin = Literal["configured", "general", "announced"]

_LIMITED: dict[Origin, Phrase] = {
    "configured": phrase(
        "The rate limit of this source leaves no place until {time} UTC, which is later than the total timeout allows."
    ),
    "general": phrase(
        "The rate limit that the settings give to every source leaves no place until {time} UTC, which is later than "
        "the total timeout allows."
    ),
    "announced": phrase(
        "The other side has asked not to be called until {time} UTC, which is later than the total timeout allows."
    ),
}

log = structlog.get_logger()


class RateLimited(Exception):
    """The rate limit leaves no place within the time that the call has; `str()` is a sentence for the administrator.

    Attributes:
        until: when there may be a place again.
        origin: whose limit it is.
    """

    def __init__(self, until: datetime, origin: Origin) -> None:
        super().__init__(_LIMITED[origin].filled(time=f"{until:%Y-%m-%d %H:%M:%S}"))
        self.until = until
        self.origin = origin


@dataclass(slots=True)
class _Noted:
    """What a source has announced to this process, and how much of it is in the database."""

    announcement: Announcement
    written_block: datetime | None = None
    written_at: float | None = None
    due: asyncio.TimerHandle | None = None


class RateLimiter:
    """One instance serves a process. What it counts and what it is told, it shares through the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: OrderedDict[UUID, _Noted] = OrderedDict()
        self._writes: set[asyncio.Task[None]] = set()
        self._concurrency = Concurrency()

    def place(self, source: OpenSource, *, remaining_ms: float) -> AbstractAsyncContextManager[float]:
        """Hold a place among the calls of a source that run at once; the milliseconds waited for it come back.

        Raises:
            TooManyAtOnce: on entering it, when none becomes free within `remaining_ms`.
        """
        limit = source.defaults.limits.concurrent_calls
        return self._concurrency.place(source.id, limit, remaining_ms=remaining_ms * _PATIENCE)

    async def acquire(self, source: OpenSource, *, remaining_ms: float) -> float:
        """Wait until a request may be sent, and return how many milliseconds that took.

        Where nothing is configured, in general or for this source, and nothing announced, it asks nobody.

        Raises:
            RateLimited: the wait would not end within `remaining_ms`.
        """
        waited_ms, rate_limit = 0.0, source.rate_limit
        while True:
            origin: Origin = "announced"
            until = self._blocked_until(source)
            if until is None and rate_limit is not None:
                origin = "general" if source.connection.rate_limit is None else "configured"
                until = await self._database.run(partial(_take_place, source.id, rate_limit), writes=True)
            if until is None:
                return waited_ms
            pause_ms = max(0.0, (until - now()) / timedelta(milliseconds=1))
            if waited_ms + pause_ms > remaining_ms:
                raise RateLimited(until, origin)
            await asyncio.sleep(pause_ms / 1000)
            waited_ms += pause_ms

    def note(self, source_id: UUID, announcement: Announcement) -> None:
        """Keep what was announced: here at once, in the database a little later. A block stays until it is over."""
        noted = self._noted.pop(source_id, None)
        if noted is None:
            noted = _Noted(announcement)
        else:
            noted.announcement = _with_block_of(announcement, noted.announcement)
        self._noted[source_id] = noted
        if len(self._noted) > MAX_SOURCES:
            _, oldest = self._noted.popitem(last=False)
            _cancel(oldest)
        self._plan(source_id, noted)

    async def close(self) -> None:
        """Write what is left to be written."""
        for source_id, noted in self._noted.items():
            if noted.due is not None:
                self._begin_write(source_id, noted)
        if self._writes:
            await asyncio.wait(self._writes)

    def _blocked_until(self, source: OpenSource) -> datetime | None:
        """What this process has been told, or another one has written down before the source was read."""
        noted, row = self._noted.get(source.id), source.rate_state
        if noted is None and row is None:
            return None
        at = now()
        if noted is not None and _is_over(noted, at):
            del self._noted[source.id]
        blocks = (noted and noted.announcement.blocked_until, row and row.blocked_until)
        return max((block for block in blocks if block and block > at), default=None)

    def _plan(self, source_id: UUID, noted: _Noted) -> None:
        if _is_new_block(noted):
            self._begin_write(source_id, noted)
        elif noted.due is None:
            pause = LOW_PAUSE_SECONDS if _is_low(noted.announcement) else PAUSE_SECONDS
            past = pause if noted.written_at is None else (stopwatch() - noted.written_at) / 1000
            loop = asyncio.get_running_loop()
            noted.due = loop.call_later(max(0.0, pause - past), self._begin_write, source_id, noted)

    def _begin_write(self, source_id: UUID, noted: _Noted) -> None:
        _cancel(noted)
        noted.written_at, noted.written_block = stopwatch(), noted.announcement.blocked_until
        task = asyncio.create_task(self._write(source_id, noted.announcement))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def _write(self, source_id: UUID, announcement: Announcement) -> None:
        try:
            await self._database.run(lambda session: keep_announcement(session, source_id, announcement), writes=True)
        except Exception as error:  # noqa: BLE001  # this process knows it, and the others will be told by the other side
            log.warning("what a source announced could not be kept", error=type(error).__name__)


def _take_place(source_id: UUID, rate_limit: RateLimit, session: Session) -> datetime | None:
    session.connection()  # on SQLite it waits here for other writers: the time is that of the transaction
    return take_place(session, source_id, rate_limit, now())


def _with_block_of(announcement: Announcement, former: Announcement) -> Announcement:
    """The answer to a request that was sent before a block does not lift it."""
    blocks = [block for block in (announcement.blocked_until, former.blocked_until) if block]
    return replace(announcement, blocked_until=max(blocks, default=None))


def _is_new_block(noted: _Noted) -> bool:
    block = noted.announcement.blocked_until
    if block is None or block <= noted.announcement.observed_at:
        return False
    return noted.written_block is None or block > noted.written_block + _SAME_BLOCK


def _is_low(announcement: Announcement) -> bool:
    remaining, limit = announcement.remaining, announcement.limit
    return remaining is not None and (remaining <= 1 or (limit is not None and remaining <= limit / 10))


def _is_over(noted: _Noted, at: datetime) -> bool:
    """Whether nothing of it holds any more, and nobody needs to know when it was written."""
    if noted.due is not None or noted.written_at is None or stopwatch() - noted.written_at < PAUSE_SECONDS * 1000:
        return False
    ends = (noted.announcement.blocked_until, noted.announcement.resets_at)
    return all(end is None or end <= at for end in ends)


def _cancel(noted: _Noted) -> None:
    if noted.due is not None:
        noted.due.cancel()
        noted.due = None
