# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes calls into the log. Calls that end together share a commit (group commit): durable, and cheap."""

import asyncio
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.orm import Session

from openconnector.core.clock import stopwatch
from openconnector.core.database import Database
from openconnector.core.diskspace import DiskSpace
from openconnector.logs.entries import CallEntry
from openconnector.logs.index.block import SHIFTS
from openconnector.logs.keeping.totals import added
from openconnector.logs.storage.compression import Compression
from openconnector.logs.storage.rows import Packed, RowStore, Stored

BATCH = 100
"""Calls in one transaction."""

FEW, PAUSE_SECONDS = 4, 0.002
"""Where more calls than a few end at the same time, a pause between two commits lets more of them share one."""

REFRESH_MS = 60_000
"""For which the dictionaries of other processes may be unknown: one that is used no more is deleted some time later."""

BLOCK_SHIFT = SHIFTS[0]

log = structlog.get_logger()

AlsoWrite = Callable[[Session, Sequence[CallEntry]], None]


class LogWriter:
    """One writer for all calls of a process.

    Args:
        also: writes what must be true together with the log, in the same transaction.
        disk: is told when nothing can be written any more.
        on_block: called when the calls of a whole block of the index are there.
    """

    def __init__(
        self,
        database: Database,
        compression: Compression,
        also: AlsoWrite,
        *,
        disk: DiskSpace | None = None,
        on_block: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._disk = disk
        self._on_block = on_block
        self._compression = compression
        self._next_refresh = stopwatch() + REFRESH_MS
        self._rows = RowStore(compression, is_sqlite=database.is_sqlite)
        self._also = also
        self._waiting: list[tuple[CallEntry, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def keep(self, call: CallEntry) -> None:
        """Return when the call is committed. A caller that is cancelled meanwhile does not undo it.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it could not be written.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((call, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        await done

    @property
    def waiting(self) -> int:
        """Calls that wait for their transaction."""
        return len(self._waiting)

    async def close(self) -> None:
        """Wait until everything that was handed over is written."""
        if self._task is not None:
            await self._task

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            await self._commit(batch)
            if len(batch) > FEW:
                await asyncio.sleep(0)  # those who waited for this commit may have the next call ready
                if len(self._waiting) < len(batch) // 2:
                    await asyncio.sleep(PAUSE_SECONDS)

    async def _commit(self, batch: list[tuple[CallEntry, asyncio.Future[None]]]) -> None:
        try:
            if stopwatch() >= self._next_refresh:
                await self._database.run(self._compression.refresh)
                self._next_refresh = stopwatch() + REFRESH_MS
            calls = [call for call, _ in batch]
            written = await self._database.run(lambda session: self._write(session, calls), writes=True)
        except Exception as error:  # whatever it is, those who wait must hear of it
            self._rows.forget()
            is_full = self._disk is not None and self._disk.saw(error)
            if len(batch) > 1 and not is_full:
                # One call that cannot be written must not take the others of its batch along.
                for entry in batch:
                    await self._commit([entry])
                return
            call = batch[0][0]
            log.exception(
                "a call could not be logged",
                call=str(call.id),
                source=str(call.source_id),
                method=call.method,
                outcome=call.outcome,
                status=call.status_code,
            )
            _settle(batch, error)
        else:
            self._rows.committed(*written)
            _settle(batch, None)
            first, last = calls[0].number, calls[-1].number + 1
            if self._on_block is not None and first >> BLOCK_SHIFT != last >> BLOCK_SHIFT:
                self._on_block()

    def _write(self, session: Session, calls: Sequence[CallEntry]) -> tuple[list[Packed], Stored]:
        # The transaction begins with the first statement: nobody waits while the calls are compressed.
        packed = [self._rows.pack(call) for call in calls]
        stored = self._rows.store(session, packed)
        sizes = zip((call.source_id for call in calls), stored.stored_bytes, strict=True)
        added(session.connection(), sizes)
        self._also(session, calls)
        return packed, stored


def _settle(batch: list[tuple[CallEntry, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, done in batch:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
