# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes calls into the log. Calls that end together share a commit (group commit): durable, and cheap."""

import asyncio
from collections.abc import Callable, Sequence
from operator import attrgetter

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from openconnector.core.database import Database
from openconnector.logs.entries import CallEntry
from openconnector.logs.insertion import row_insert
from openconnector.logs.models import CallLog, LoggedExchange

BATCH = 100
"""Calls in one transaction."""

FEW, PAUSE_SECONDS = 4, 0.002
"""Where more calls than a few end at the same time, a pause between two commits lets more of them share one."""

log = structlog.get_logger()

AlsoWrite = Callable[[Session, Sequence[CallEntry]], None]


class LogWriter:
    """One writer for all calls of a process.

    Args:
        also: writes what must be true together with the log, in the same transaction.
    """

    def __init__(self, database: Database, also: AlsoWrite) -> None:
        self._database = database
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

    async def close(self) -> None:
        """Wait until everything that was handed over is written."""
        if self._task is not None:
            await self._task

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            await self._commit(batch)
            if len(batch) > FEW:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _commit(self, batch: list[tuple[CallEntry, asyncio.Future[None]]]) -> None:
        try:
            await self._database.run(lambda session: self._write(session, [call for call, _ in batch]), writes=True)
        except Exception as error:  # whatever it is, those who wait must hear of it
            if len(batch) > 1:
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
            _settle(batch, None)

    def _write(self, session: Session, calls: Sequence[CallEntry]) -> None:
        connection = session.connection()
        # The rows of a batch go in as one statement for each table.
        row_insert(CallLog.__table__, connection.dialect).execute(connection, map(_call_row, calls))
        exchanges = [(call.id, *_exchange_row(exchange)) for call in calls for exchange in call.exchanges]
        if exchanges:
            row_insert(LoggedExchange.__table__, connection.dialect).execute(connection, exchanges)
        if self._database.is_sqlite:
            self._also(session, calls)  # nobody else writes until this is committed
        elif not self._wrote_also(session, calls):
            for call in calls:
                self._wrote_also(session, [call])

    def _wrote_also(self, session: Session, calls: Sequence[CallEntry]) -> bool:
        """Write what goes with these calls, unless its source is being deleted at this moment: the log goes before."""
        try:
            with session.begin_nested():
                self._also(session, calls)
        except IntegrityError:
            return False
        return True


_call_row = attrgetter(*(column.key for column in CallLog.__table__.columns))
_exchange_row = attrgetter(*(column.key for column in LoggedExchange.__table__.columns if column.key != "call_id"))


def _settle(batch: list[tuple[CallEntry, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, done in batch:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
