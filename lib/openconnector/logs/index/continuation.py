# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeps the index going: has the worker process run while calls are written, and end when there is nothing to do."""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from openconnector.core.database import Database
from openconnector.logs.index.block import SHIFTS
from openconnector.logs.index.worker import DONE, GOING_ON
from openconnector.logs.models import LogState
from openconnector.logs.storage.compression import Compression

IDLE_SECONDS = 30.0
"""How long the worker stays when nobody wakes it."""

SILENT_SECONDS = 600.0
"""How long one block may take; a worker that says nothing for longer is taken for lost."""

_LIBRARY = Path(__file__).resolve().parents[3]
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PYDANTIC_DISABLE_PLUGINS": "__all__", "PYTHONDONTWRITEBYTECODE": "1"}

log = structlog.get_logger()


class Continuation:
    """One for a process. Several processes may continue one index: who comes second finds it done."""

    def __init__(self, database: Database, compression: Compression) -> None:
        self._database = database
        self._compression = compression
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Go on from where an earlier process was."""
        waiting = await self._database.run(
            lambda session: session.scalar(select(LogState.next_number - LogState.indexed_number))
        )
        if (waiting or 0) >= 1 << SHIFTS[0]:
            self.wake()

    def wake(self) -> None:
        """There may be something to index."""
        self._wanted.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._serve())

    async def close(self) -> None:
        """End the worker. The next process goes on from where it was."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _serve(self) -> None:
        process = None
        try:
            process = await _start()
            # The URL may hold a password: no list of processes shows what is written into a pipe.
            await _send(process, self._database.url.render_as_string(hide_password=False))
            while await self._is_wanted():
                self._wanted.clear()
                if not await self._catch_up(process):
                    return  # the next batch of calls starts another one
        except (OSError, ValueError, SQLAlchemyError) as error:  # the worker, or the database, is not to be reached
            log.warning("the index of the log was not continued", error=str(error))
        finally:
            if process is not None:
                await _end(process)

    async def _is_wanted(self) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(IDLE_SECONDS):
                return await self._wanted.wait()
        return self._wanted.is_set()

    async def _catch_up(self, process: asyncio.subprocess.Process) -> bool:
        await _send(process, "")
        if process.stdout is None:
            return False
        said = GOING_ON
        while said == GOING_ON:
            async with asyncio.timeout(SILENT_SECONDS):
                said = (await process.stdout.readline()).decode().strip()
        if said != DONE:
            log.error("the index of the log could not be continued", error=said or "the worker has ended")
            return False
        await self._database.run(self._compression.refresh)
        return True


def _of_postgresql() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("PG")}


async def _start() -> asyncio.subprocess.Process:
    # Of our environment, in which there are secrets, it gets what PostgreSQL's client goes by, and nothing else.
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-s", "-P", "-m", "openconnector.logs.index.worker"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": str(_LIBRARY), **_ENVIRONMENT, **_of_postgresql()},
    )


async def _send(process: asyncio.subprocess.Process, line: str) -> None:
    if process.stdin is not None:
        process.stdin.write(line.encode() + b"\n")
        await process.stdin.drain()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    if process.stdin is not None:
        process.stdin.close()
    await process.wait()
