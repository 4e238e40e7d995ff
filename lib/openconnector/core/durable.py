# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scheduled and durable work, on DBOS: the one module that knows it.

DBOS keeps its state in a SQLite file beside ours, or in a schema of the same PostgreSQL database, where several
processes share the work: each due time runs once. It has threads and a loop of its own; the work itself is handed
to the engine's loop, which owns the database connections.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from dbos import DBOS, DBOSConfig, ScheduleInput
from dbos import error as dbos_error

from openconnector import __version__
from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError
from openconnector.core.settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is due again and again. `cron` has five fields, or six with seconds first; times are UTC."""

    name: str
    cron: str
    run: Callable[[], Awaitable[object]]


class Scheduler:
    """Runs jobs while it is open. DBOS knows one instance in a process, so there is one of these, too."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._config = DBOSConfig(
            name="openconnector",
            system_database_url=_system_database_url(settings, database),
            application_version=__version__,
            log_level="WARNING",
            max_executor_threads=2,
        )
        self._launched = False

    async def open(self, jobs: list[Job]) -> None:
        """Start, and make the schedules those of `jobs`.

        Raises:
            ConfigurationError: a cron expression is not one; the message names the job.
        """
        _running.loop = asyncio.get_running_loop()
        _running.jobs = {job.name: job for job in jobs}
        DBOS(config=self._config)
        self._launched = True
        await asyncio.to_thread(DBOS.launch)
        for job in jobs:
            try:
                # The asynchronous form would put DBOS's threads in the place of the loop's, and end them with DBOS.
                await asyncio.to_thread(DBOS.apply_schedules, [_schedule_of(job)])
            except dbos_error.DBOSException as error:
                raise ConfigurationError(f"The schedule of {job.name}, “{job.cron}”, is not valid: {error}") from error

    async def close(self) -> None:
        """Stop. What is running is taken up again at the next start."""
        if self._launched:
            await asyncio.to_thread(DBOS.destroy)
        _running.loop = None


def _schedule_of(job: Job) -> ScheduleInput:
    return {"schedule_name": job.name, "workflow_fn": run_job, "schedule": job.cron, "context": job.name}


class _Running:
    """What the workflow below finds when DBOS calls it, possibly to resume what an earlier process began."""

    loop: asyncio.AbstractEventLoop | None = None
    jobs: dict[str, Job]


_running = _Running()
_running.jobs = {}


@DBOS.workflow(name="openconnector.job")
async def run_job(due_at: datetime, name: Any) -> None:
    """One run of one job."""
    await _run_step(due_at.isoformat(), str(name))


@DBOS.step(name="openconnector.job.run")
async def _run_step(due_at: str, name: str) -> None:
    job, loop = _running.jobs.get(name), _running.loop
    if job is None or loop is None:
        return
    try:
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_finish(job), loop))
    except CancelledError:
        log.info("a job was stopped with the engine", job=name, due_at=due_at)


async def _finish(job: Job) -> None:
    """Run a job to its end. What it raises is told here, and does not stop the schedule."""
    try:
        await job.run()
    except Exception:
        log.exception("a job failed", job=job.name)


def _system_database_url(settings: Settings, database: Database) -> str:
    if database.is_sqlite:
        path = settings.storage_path / "work.sqlite3"
        return f"sqlite:///{path.absolute()}"
    return database.url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
