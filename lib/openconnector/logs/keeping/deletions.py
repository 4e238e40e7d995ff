# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Deletions of many entries, in the background of one process.

They end with the process: what is deleted stays deleted, and the rest can be asked for again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import structlog

from openconnector.core.clock import stopwatch
from openconnector.core.database import Database
from openconnector.core.diskspace import is_full
from openconnector.core.errors import Conflict, NotFound
from openconnector.core.ids import new_id
from openconnector.core.phrases import phrase
from openconnector.logs.answers import Answers
from openconnector.logs.keeping.clean_up import CleanUp, Sweeper
from openconnector.logs.keeping.expiry import without_pinned
from openconnector.logs.keeping.removal import Removed
from openconnector.logs.keeping.schemas import DeletionProgress
from openconnector.logs.questions.clauses import Question
from openconnector.logs.repository import newest

AT_ONCE = 2
"""Deletions that run at the same time."""

REMEMBERED, REMEMBERED_MS = 50, 600_000
"""Deletions whose end can still be read, and for how long."""

STEP_SECONDS = 3.0
"""For which the end of a process waits until a deletion has done the step that it is at."""

log = structlog.get_logger()


class _CancelledError(Exception):
    """Somebody wants that no more is deleted."""


@dataclass(slots=True)
class _Deletion:
    """One of them. Its task goes on for a while when the entries are gone: it gives the disk back."""

    progress: DeletionProgress
    task: asyncio.Task[None] | None = None
    is_unwanted: bool = False
    ended: float | None = None

    def watch(self, step: Removed) -> None:
        """Count what one step has removed."""
        self.progress.done += step.calls
        self.progress.bytes += step.bytes
        self.progress.total = max(self.progress.total, self.progress.done)
        if self.is_unwanted:
            raise _CancelledError

    def end(self, state: str, error: str | None = None) -> None:
        """It is over, if it was not before."""
        if self.progress.state == "running":
            self.progress = self.progress.model_copy(update={"state": state, "error": error})
            self.ended = stopwatch()


class Deletions:
    """Starts deletions, and knows how far they are. One instance serves a process."""

    def __init__(self, database: Database, answers: Answers, clean_up: CleanUp) -> None:
        self._database = database
        self._answers = answers
        self._clean_up = clean_up
        self._deletions: dict[UUID, _Deletion] = {}

    async def start(self, question: Question) -> DeletionProgress:
        """Delete every call that matches now. Those that are kept for ever stay.

        Raises:
            Conflict: as many as may run at the same time are running.
        """
        meant = without_pinned(question)
        self._refuse_more()
        count, last = await self._database.run(lambda session: (self._answers.count(session, meant), newest(session)))
        self._refuse_more()

        async def work(deletion: _Deletion) -> None:
            sweeper = Sweeper(self._database, self._answers, deletion.watch)
            await sweeper.remove_all(meant, up_to=last)
            log.info("log entries were deleted", calls=deletion.progress.done, bytes=deletion.progress.bytes)
            deletion.end("done")
            await sweeper.finish()

        return self._begin(work, total=count.total)

    async def start_clean_up(self) -> DeletionProgress:
        """Remove now what the settings let go; where that is being done already, that is what is told about.

        Raises:
            Conflict: a clean-up runs by its schedule, or as many deletions as may run at the same time.
        """
        running = self._running_clean_up()
        if running is not None:
            return running.progress
        if self._clean_up.is_running:
            raise Conflict(phrase("A clean-up is running already, by its schedule."))
        self._refuse_more()
        total = await self._clean_up.expected()
        running = self._running_clean_up()
        if running is not None:
            return running.progress
        self._refuse_more()

        async def work(deletion: _Deletion) -> None:
            await self._clean_up.run(deletion.watch)
            deletion.progress.total = deletion.progress.done
            deletion.end("done")

        return self._begin(work, total=total, is_clean_up=True)

    def known(self) -> list[DeletionProgress]:
        """How far each deletion is that runs, or has ended a short while ago; the latest first."""
        self._forget_old()
        return [deletion.progress for deletion in reversed(self._deletions.values())]

    def progress(self, deletion_id: UUID) -> DeletionProgress:
        """How far a deletion is.

        Raises:
            NotFound: there is none, or it ended a while ago.
        """
        return self._find(deletion_id).progress

    def cancel(self, deletion_id: UUID) -> None:
        """Stop a deletion after the step that it is at; of one that has ended nothing is changed.

        Raises:
            NotFound: there is none, or it ended a while ago.
        """
        self._find(deletion_id).is_unwanted = True

    async def close(self) -> None:
        """Stop all of them, and wait until they have stopped."""
        tasks = [deletion.task for deletion in self._deletions.values() if deletion.task and not deletion.task.done()]
        if not tasks:
            return
        for deletion in self._deletions.values():
            deletion.is_unwanted = True
        # A task that is cancelled leaves its thread at work: so each may end the step that it is at.
        _, late = await asyncio.wait(tasks, timeout=STEP_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _begin(
        self, work: Callable[[_Deletion], Awaitable[None]], *, total: int, is_clean_up: bool = False
    ) -> DeletionProgress:
        self._forget_old()
        progress = DeletionProgress(id=new_id(), state="running", done=0, total=total, bytes=0, is_clean_up=is_clean_up)
        deletion = _Deletion(progress)
        self._deletions[progress.id] = deletion
        deletion.task = asyncio.create_task(self._run(deletion, work))
        return progress

    async def _run(self, deletion: _Deletion, work: Callable[[_Deletion], Awaitable[None]]) -> None:
        try:
            await work(deletion)
        except _CancelledError:
            deletion.end("cancelled")
        except asyncio.CancelledError:
            deletion.end("cancelled")
            raise
        except Exception as error:
            log.exception("a deletion of log entries failed", done=deletion.progress.done)
            deletion.end("failed", _FULL if is_full(error) else phrase("It stopped. The server log says more."))

    def _find(self, deletion_id: UUID) -> _Deletion:
        self._forget_old()
        deletion = self._deletions.get(deletion_id)
        if deletion is None:
            raise NotFound(phrase("There is no deletion of this id in this process, or it ended a while ago."))
        return deletion

    def _running_clean_up(self) -> _Deletion | None:
        for deletion in self._deletions.values():
            if deletion.progress.is_clean_up and deletion.progress.state == "running":
                return deletion
        return None

    def _refuse_more(self) -> None:
        running = sum(1 for deletion in self._deletions.values() if deletion.progress.state == "running")
        if running >= AT_ONCE:
            raise Conflict(
                phrase("{count} deletions are running. Wait until one has ended, or cancel it.", count=running)
            )

    def _forget_old(self) -> None:
        oldest = stopwatch() - REMEMBERED_MS
        ended = [key for key, one in self._deletions.items() if one.ended is not None]
        too_many = max(0, len(ended) - REMEMBERED)
        for count, key in enumerate(ended):
            if count < too_many or (self._deletions[key].ended or 0) < oldest:
                del self._deletions[key]


_FULL = phrase("The disk is full, and also deleting needs some room. Make room on it, and delete again.")
