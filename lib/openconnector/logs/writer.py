# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes calls into the log. Calls that end together share a commit (group commit): durable, and cheap."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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

PACKED_AT_ONCE = 25
"""Calls that are packed in one step, while the calls before them are written."""

FEW, PAUSE_SECONDS = 4, 0.002
"""Where more calls than a few end at the same time, a pause between two commits lets more of them share one."""

REFRESH_MS = 60_000
"""For which the dictionaries of other processes may be unknown: one that is used no more is deleted some time later."""

BLOCK_SHIFT = SHIFTS[0]

log = structlog.get_logger()

AlsoWrite = Callable[[Session, Sequence[CallEntry]], None]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A packed call, and who waits for it."""

    packed: Packed
    done: asyncio.Future[None]


class LogWriter:
    """One writer for all calls of a process. Calls are packed in one thread while others are written in another.

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
        self._arrived: list[tuple[CallEntry, asyncio.Future[None]]] = []
        self._ready: list[_Ready] = []
        self._packing: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, call: CallEntry) -> None:
        """Return when the call is committed. A caller that is cancelled meanwhile does not undo it.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it could not be written.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._arrived.append((call, done))
        if self._packing is None or self._packing.done():
            self._packing = asyncio.create_task(self._pack())
        await done

    @property
    def waiting(self) -> int:
        """Calls that wait for their transaction."""
        return len(self._arrived) + len(self._ready)

    async def close(self) -> None:
        """Wait until everything that was handed over is written."""
        while running := [task for task in (self._packing, self._writing) if task and not task.done()]:
            await asyncio.wait(running)

    async def _pack(self) -> None:
        while self._arrived:
            some, self._arrived = self._arrived[:PACKED_AT_ONCE], self._arrived[PACKED_AT_ONCE:]
            try:
                if stopwatch() >= self._next_refresh:
                    await self._database.run(self._compression.refresh)
                    self._next_refresh = stopwatch() + REFRESH_MS
                found = await asyncio.to_thread(self._packed, [call for call, _ in some])
            except Exception as error:  # noqa: BLE001  # whatever it is, those who wait must hear of it
                found = [error] * len(some)
            for (call, done), packed in zip(some, found, strict=True):
                if isinstance(packed, Packed):
                    self._ready.append(_Ready(packed, done))
                else:
                    _report(call, packed)
                    _settle([done], packed)
            if self._ready and (self._writing is None or self._writing.done()):
                self._writing = asyncio.create_task(self._write())

    def _packed(self, calls: Sequence[CallEntry]) -> list[Packed | Exception]:
        return [self._packed_or_not(call) for call in calls]

    def _packed_or_not(self, call: CallEntry) -> Packed | Exception:
        try:
            return self._rows.pack(call)
        except Exception as error:  # noqa: BLE001  # one call that cannot be packed must not take the others along
            return error

    async def _write(self) -> None:
        while self._ready:
            batch, self._ready = self._ready[:BATCH], self._ready[BATCH:]
            await self._commit(batch)
            if len(batch) > FEW:
                await asyncio.sleep(0)  # those who waited for this commit may have the next call ready
                if len(self._ready) < len(batch) // 2:
                    await asyncio.sleep(PAUSE_SECONDS)

    async def _commit(self, batch: list[_Ready]) -> None:
        packed = [one.packed for one in batch]
        try:
            stored = await self._database.run(lambda session: self._store(session, packed), writes=True)
        except Exception as error:  # noqa: BLE001  # as above
            self._rows.forget()
            is_full = self._disk is not None and self._disk.saw(error)
            if len(batch) > 1 and not is_full:
                # One call that cannot be written must not take the others of its batch along.
                for one in batch:
                    await self._commit([one])
                return
            _report(packed[0].call, error)
            _settle([one.done for one in batch], error)
        else:
            self._rows.committed(packed, stored)
            _settle([one.done for one in batch], None)
            first, last = packed[0].call.number, packed[-1].call.number + 1
            if self._on_block is not None and first >> BLOCK_SHIFT != last >> BLOCK_SHIFT:
                self._on_block()

    def _store(self, session: Session, packed: Sequence[Packed]) -> Stored:
        stored = self._rows.store(session, packed)
        calls = [one.call for one in packed]
        added(session.connection(), zip((call.source_id for call in calls), stored.stored_bytes, strict=True))
        self._also(session, calls)
        return stored


def _report(call: CallEntry, error: Exception) -> None:
    log.error(
        "a call could not be logged",
        call=str(call.id),
        source=str(call.source_id),
        method=call.method,
        outcome=call.outcome,
        status=call.status_code,
        exc_info=error,
    )


def _settle(waiting: Sequence[asyncio.Future[None]], error: Exception | None) -> None:
    for done in waiting:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
