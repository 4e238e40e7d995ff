# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Exports of the log: which are running in this process, how far they are, and what they write."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from uuid import UUID

from openconnector.core.clock import now
from openconnector.core.errors import Conflict, NotFound, OpenConnectorError
from openconnector.core.ids import new_id
from openconnector.core.phrases import phrase, told
from openconnector.logs.exports.formats import Format, format_of
from openconnector.logs.exports.schemas import ExportFormat, ExportProgress
from openconnector.logs.exports.spool import remove_leftovers
from openconnector.logs.listing import LogFilter
from openconnector.logs.questions.clauses import Question
from openconnector.logs.service import LogService

MOST_RUNNING = 2
MOST_KNOWN = 100
REMEMBERED_SECONDS = 600.0
"""How long it can be asked how an export has ended."""

State = Literal["running", "done", "cancelled", "failed"]


@dataclass(slots=True, eq=False)
class Export:
    """One export, from its request to its end and a while longer."""

    id: UUID
    file_name: str
    state: State = "running"
    done: int = 0
    total: int = 0
    bytes: int = 0
    error: str | None = None
    ended_at: float | None = None
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, state: State, error: str | None = None) -> None:
        """It is over. What comes first is how it ended."""
        if self.ended_at is None:
            self.state, self.error, self.ended_at = state, error, time.monotonic()
            if state == "done":
                self.total = self.done


@dataclass(frozen=True, slots=True)
class Prepared:
    """An export that is about to be sent. Whoever has it must end it."""

    export: Export
    question: Question
    format: Format
    logs: LogService
    directory: Path

    async def pieces(self) -> AsyncGenerator[bytes]:
        """The file. Close this when nobody wants the rest; no transaction is open between two pieces."""
        writer = self.format
        yield writer.head()
        stream = self.logs.stream(self.question, with_exchanges=writer.has_exchanges)
        async with aclosing(stream) as batches:  # type: ignore[type-var]  # an iterator by its type, a generator in fact
            async for calls in batches:
                left = calls
                while left:
                    # Large bodies take their time, which the loop has not.
                    piece, done = await asyncio.to_thread(writer.calls, left)
                    left = left[done:]
                    self.export.done += done
                    yield piece
        yield writer.tail()


class Exports:
    """The exports of one process."""

    def __init__(self, logs: LogService, storage_path: Path) -> None:
        self._logs = logs
        self._directory = storage_path
        self._exports: dict[UUID, Export] = {}
        remove_leftovers(storage_path)

    async def start(self, wanted: LogFilter, name: ExportFormat, export_id: UUID | None) -> Prepared:
        """Take a place for an export, and find out what it has to do.

        One that is refused is known as failed under its id: a page that downloads it sees no answer but its progress.

        Raises:
            Conflict: too many are running, or there is one of this id.
            InvalidInput: a part of the filter cannot be understood.
        """
        export = self._enter(export_id or new_id(), f"openconnector-logs-{now():%Y-%m-%dT%H%MZ}.{name}")
        try:
            question = await self._logs.question(wanted)
            count = await self._logs.count(question)
        except BaseException as error:
            is_refused = isinstance(error, OpenConnectorError)
            export.end("failed", told(error) if is_refused else phrase("The server log says more."))
            raise
        export.total = count.total
        return Prepared(export, question, format_of(name, count.total), self._logs, self._directory)

    def read(self, export_id: UUID) -> ExportProgress:
        """How far an export is.

        Raises:
            NotFound: there is none, or it ended a while ago.
        """
        export = self._find(export_id)
        return ExportProgress(
            id=export.id,
            state=export.state,
            done=export.done,
            total=max(export.total, export.done),
            bytes=export.bytes,
            error=export.error,
        )

    def cancel(self, export_id: UUID) -> None:
        """Stop an export; one that has ended is left as it is.

        Raises:
            NotFound: there is none, or it ended a while ago.
        """
        self._find(export_id).cancelled.set()

    def _enter(self, export_id: UUID, file_name: str) -> Export:
        self._forget()
        if export_id in self._exports:
            raise Conflict(phrase("There is an export of this id already. Take another one."))
        is_full = sum(export.ended_at is None for export in self._exports.values()) >= MOST_RUNNING
        export = self._exports[export_id] = Export(export_id, file_name)
        if is_full:
            reason = phrase(
                "{count} exports are running. Wait until one of them has ended, or cancel it.", count=MOST_RUNNING
            )
            export.end("failed", reason)
            raise Conflict(reason)
        return export

    def _find(self, export_id: UUID) -> Export:
        self._forget()
        export = self._exports.get(export_id)
        if export is None:
            raise NotFound(phrase("There is no export of this id in this process, or it ended a while ago."))
        return export

    def _forget(self) -> None:
        """Forget what ended long ago, and the oldest of what ended where there are many."""
        until = time.monotonic() - REMEMBERED_SECONDS
        ended = [export for export in self._exports.values() if export.ended_at is not None]
        surplus = len(self._exports) - MOST_KNOWN
        for position, export in enumerate(ended):
            if position < surplus or (export.ended_at or 0.0) <= until:
                del self._exports[export.id]
