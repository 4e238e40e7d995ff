# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scheduled and durable work, on DBOS: the one module that knows it.

DBOS keeps its state in a SQLite file beside ours, or in a schema of the same PostgreSQL database, where several
processes share the work: each due time runs once, and what is in the queue is taken by whoever has room for it. It has
threads and a loop of its own; the work itself is handed to the engine's loop, which owns the database connections.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from openconnector.core.database import Database
from openconnector.core.ids import new_id
from openconnector.core.on_demand import on_demand
from openconnector.core.settings import Settings

with on_demand("psycopg", "errors"), on_demand("yaml"):  # 10 MiB, which it imports on SQLite, too
    from dbos import DBOS, DBOSConfig, ScheduleInput
    from dbos import error as dbos_error

QUEUE = "openconnector.tasks"

AT_ONCE = 8
"""Tasks from the queue that one process works on at the same time. They mostly wait, for others' servers."""

KEPT = timedelta(days=1)
"""For which DBOS's records of finished work stay, to see what has happened."""

FORGOTTEN = timedelta(days=7)
"""After which work that never ended is nobody's any more: that of a process which has died."""

REMOVED_AT_ONCE = 500

_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

_NAME, _VERSION = "openconnector", "1"
"""DBOS lets only processes of the newest version work. Ours all can: the work is a name and an argument, and during a
rolling restart, or after going back to an earlier version, there would be nobody otherwise."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is due again and again. `cron` has five fields, or six with seconds first; times are UTC."""

    name: str
    cron: str
    run: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Task:
    """Work that is queued, with an argument of what JSON can hold. It may run twice when a process dies."""

    name: str
    run: Callable[[Any], Awaitable[object]]


class Scheduler:
    """Runs jobs and tasks while it is open. DBOS knows one instance in a process, so there is one of these, too."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._config = DBOSConfig(
            name=_NAME,
            system_database_url=_system_database_url(settings, database),
            application_version=_VERSION,
            # What a process has begun is taken up again by the next one with its name. On PostgreSQL several are at
            # work, and must neither take each other's work up nor count it as their own.
            executor_id="local" if database.is_sqlite else str(new_id()),
            log_level="WARNING",
            max_executor_threads=4,
        )
        self._launched = False

    async def open(self, jobs: Sequence[Job], tasks: Sequence[Task] = ()) -> None:
        """Start, and make the schedules those of `jobs`, whatever an earlier version has left.

        A job that cannot be scheduled is told in the log, and does not stop the others.
        """
        jobs = [*jobs, Job("work-clean-up", "47 * * * *", _clean_up)]
        _running.loop = asyncio.get_running_loop()
        _running.jobs = {job.name: job for job in jobs}
        _running.tasks = {task.name: task for task in tasks}
        DBOS(config=self._config)
        self._launched = True
        # The asynchronous forms would put DBOS's threads in the place of the loop's, and end them with DBOS.
        await asyncio.to_thread(DBOS.launch)
        await asyncio.to_thread(DBOS.register_queue, QUEUE, worker_concurrency=AT_ONCE, on_conflict="always_update")
        for job in jobs:
            try:
                await asyncio.to_thread(DBOS.apply_schedules, [_schedule_of(job)])
            except dbos_error.DBOSException as error:
                log.error("a job is not scheduled", job=job.name, cron=job.cron, error=str(error))  # noqa: TRY400  # all there is to say

    async def enqueue(self, task: str, argument: Any) -> None:
        """Put work into the queue. One of the processes does it, as soon as it has room."""
        await asyncio.to_thread(DBOS.enqueue_workflow, QUEUE, run_task, task, argument)

    async def close(self) -> None:
        """Stop, and wait until what is running has stopped, too. It is taken up again at the next start."""
        _running.loop = None
        if self._launched:
            await asyncio.to_thread(DBOS.destroy)
        work = list(_running.work)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


def _schedule_of(job: Job) -> ScheduleInput:
    return {"schedule_name": job.name, "workflow_fn": run_job, "schedule": job.cron, "context": job.name}


class _Running:
    """What the workflows below find when DBOS calls them, possibly to resume what an earlier process began."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.jobs: dict[str, Job] = {}
        self.tasks: dict[str, Task] = {}
        self.work: set[asyncio.Task[None]] = set()


_running = _Running()


@DBOS.workflow(name="openconnector.job")
async def run_job(due_at: datetime, name: Any) -> None:
    """One run of one job."""
    await _run_step(due_at.isoformat(), str(name))


@DBOS.step(name="openconnector.job.run")
async def _run_step(_due_at: str, name: str) -> None:
    job = _running.jobs.get(name)
    if job is not None:
        await _on_our_loop(job.run, name)


@DBOS.workflow(name="openconnector.task")
async def run_task(name: str, argument: Any) -> None:
    """One run of one task."""
    await _task_step(name, argument)


@DBOS.step(name="openconnector.task.run")
async def _task_step(name: str, argument: Any) -> None:
    task = _running.tasks.get(name)
    if task is not None:
        await _on_our_loop(lambda: task.run(argument), name)


async def _on_our_loop(run: Callable[[], Awaitable[object]], name: str) -> None:
    """Do work where the engine is. When it closes, this is cancelled: DBOS does not count the work as done then."""
    loop = _running.loop
    if loop is None:
        raise asyncio.CancelledError
    # In a context of its own: what runs there may enqueue more, which DBOS refuses within a step.
    work = Context().run(asyncio.run_coroutine_threadsafe, _finish(run, name), loop)
    await asyncio.wrap_future(work)


async def _finish(run: Callable[[], Awaitable[object]], name: str) -> None:
    """Run work to its end. What it raises is told here, and does not stop the schedule."""
    task = asyncio.current_task()
    if task is not None:
        _running.work.add(task)
        task.add_done_callback(_running.work.discard)
    try:
        await run()
    except Exception:
        log.exception("a job failed", job=name)


async def _clean_up() -> None:
    """Remove DBOS's records of what ended some time ago: nothing else does."""
    at = datetime.now(UTC)
    for before, status in ((at - KEPT, _ENDED), (at - FORGOTTEN, None)):
        while await asyncio.to_thread(_remove, before.isoformat(), status) == REMOVED_AT_ONCE:
            pass


def _remove(before: str, status: list[str] | None) -> int:
    old = DBOS.list_workflows(
        end_time=before, status=status, limit=REMOVED_AT_ONCE, load_input=False, load_output=False
    )
    if old:
        DBOS.delete_workflows([workflow.workflow_id for workflow in old])
    return len(old)


def _system_database_url(settings: Settings, database: Database) -> str:
    if database.is_sqlite:
        path = settings.storage_path / "work.sqlite3"
        return f"sqlite:///{path.absolute()}"
    return database.url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
