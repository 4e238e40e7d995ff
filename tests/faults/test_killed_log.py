# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`kill -9` while calls are written, indexed, exported and removed: nothing is lost, and the work goes on."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.settings import Settings
from openconnector.logs.answers import Answers
from openconnector.logs.index.indexer import BLOCK, Indexer
from openconnector.logs.keeping.index_blocks import lock_index
from openconnector.logs.keeping.models import LogTotal
from openconnector.logs.models import CallBody, CallLog, LogState
from openconnector.logs.questions.clauses import IsOneOf, Question
from openconnector.logs.statistics.models import ALL_SOURCES, DAY, Rollup
from openconnector.logs.storage.bodies import unpack_ids
from openconnector.logs.storage.compression import Compression
from tests.faults.log_process import LATEST_DAYS

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def url(settings: Settings, tmp_path: Path) -> str:
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{tmp_path}/openconnector.sqlite3"


@asynccontextmanager
async def working(work: str, url: str, directory: Path, *more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process with an open log; it is killed at the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.log_process", work, url, str(directory), *more),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.communicate()


async def lines(process: asyncio.subprocess.Process, count: int) -> list[str]:
    """The next lines that it prints, at most so many."""
    assert process.stdout is not None
    found: list[str] = []
    while len(found) < count and (line := await process.stdout.readline()):
        found.append(line.decode().strip())
    return found


def names_in(directory: Path) -> set[str]:
    """The files that are there, apart from those that SQLite makes anew each time."""
    return {path.name for path in directory.iterdir() if not path.name.endswith(("-wal", "-shm"))}


async def ingested(url: str, directory: Path, count: int, *, of: int = 6000) -> list[str]:
    """The ids of calls that were committed before the process was killed."""
    async with working("ingestion", url, directory, str(of)) as process:
        return await lines(process, count)


async def checked(url: str, answered: set[str] | None = None) -> int:
    """Index what is left to index, and hold everything against everything else; how many calls there are."""
    database = Database.from_settings(Settings(database_url=SecretStr(url)))
    compression = Compression()
    while await database.run(_waiting) >= BLOCK:
        # The worker of a process that was killed may be at the same block, and may be the one who writes it.
        await Indexer(database, compression).catch_up()
    found = await database.run(lambda session: _check(session, compression, answered))
    await database.close()
    return found


def _waiting(session: Session) -> int:
    return session.scalar(select(LogState.next_number - LogState.indexed_number)) or 0


def _check(session: Session, compression: Compression, answered: set[str] | None) -> int:
    if session.get_bind().dialect.name == "sqlite":
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    rows = session.execute(select(CallLog.number, CallLog.id, CallLog.bodies, CallLog.details)).all()
    numbers = sorted((row.number for row in rows), reverse=True)
    if answered is not None:
        assert answered <= {str(row.id) for row in rows}
    answers = Answers(compression)
    assert answers.numbers(session, Question(), limit=100_000) == numbers
    assert answers.count(session, Question((IsOneOf("outcome", ("nothing",), True),))).total == len(numbers)
    for row in rows:
        assert compression.decompress(session, row.details)
    uses = sum(len(unpack_ids(row.bodies)) for row in rows)
    assert (session.scalar(select(func.sum(CallBody.refs))) or 0) == uses
    assert (session.scalar(select(func.sum(LogTotal.calls))) or 0) == len(rows)
    indexed = session.scalar(select(LogState.indexed_number)) or 0
    summed = session.scalar(select(func.sum(Rollup.calls)).where(Rollup.step == DAY, Rollup.source_id == ALL_SOURCES))
    assert int(summed or 0) == max(indexed - 1, 0)  # each call is counted once, also those that were removed
    return len(rows)


async def test_faults_kill_9_during_ingestion_loses_no_answered_call(url: str, tmp_path: Path) -> None:
    answered: set[str] = set()
    for count in (300, 700, 1100):
        answered |= set(await ingested(url, tmp_path, count))
        assert await checked(url, answered) >= len(answered)
    assert len(answered) > 1000
    assert all(UUID(call_id) for call_id in answered)


async def test_faults_kill_9_during_indexing_counts_no_call_twice(url: str, tmp_path: Path) -> None:
    answered = set(await ingested(url, tmp_path, 5000))
    database = Database.from_settings(Settings(database_url=SecretStr(url)))
    await database.run(_forget_index, writes=True)
    await database.close()
    for seconds in (0.3, 0.6, 0.9):
        async with working("indexing", url, tmp_path) as process:
            await lines(process, 1)
            await asyncio.sleep(seconds)
    assert await checked(url, answered) >= 5000


def _forget_index(session: Session) -> None:
    lock_index(session)  # the worker of a process that was killed may still be at a block
    for table in ("log_blocks", "log_block_parts", "log_rollups", "log_path_rollups"):
        session.execute(text(f"DELETE FROM {table}"))  # names of ours
    session.execute(text("UPDATE log_state SET indexed_number = 0"))


async def test_faults_kill_9_during_an_export_leaves_nothing_behind(url: str, tmp_path: Path) -> None:
    answered = set(await ingested(url, tmp_path, 600))
    before = names_in(tmp_path)
    async with working("export", url, tmp_path) as process:
        assert await lines(process, 3)
    assert await checked(url, answered) >= 600
    assert names_in(tmp_path) == before


async def test_faults_clean_up_goes_on_after_kill_9(url: str, tmp_path: Path) -> None:
    await ingested(url, tmp_path, 1800, of=2000)
    there = await checked(url)
    async with working("clean-up", url, tmp_path) as process:
        assert await lines(process, 3)
    left = await checked(url)
    assert left < there
    async with working("clean-up", url, tmp_path) as process:
        await process.communicate()
        assert process.returncode == 0
    assert await checked(url) < left
    database = Database.from_settings(Settings(database_url=SecretStr(url)))
    oldest = await database.run(
        lambda session: session.scalar(select(func.min(CallLog.started_at)).where(CallLog.outcome == "success"))
    )
    await database.close()
    assert oldest is not None
    assert oldest >= now() - timedelta(days=LATEST_DAYS, minutes=5)
