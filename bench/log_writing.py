# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many calls the log takes in, and whom it keeps waiting meanwhile; what an export and a clean-up cost.

python -m bench.log_writing
"""

import asyncio
import copy
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import cycle, islice
from pathlib import Path

import uvloop
from pydantic import SecretStr
from sqlalchemy import text

from bench.log_database import opened
from bench.metric import Metric
from openconnector.core.clock import now
from openconnector.core.collector import settle
from openconnector.core.database import Database
from openconnector.core.ids import new_id
from openconnector.core.settings import Settings
from openconnector.logs.entries import CallEntry
from openconnector.logs.exports.service import Exports
from openconnector.logs.generation.content import Shape, calls
from openconnector.logs.listing import LogFilter
from openconnector.logs.opening import OpenLog, open_log
from openconnector.migrations.upgrade import upgrade
from tests.postgres import PostgresServer

WRITERS = 50
SECONDS, WINDOWS = 10, 3
ROWS = 20_000


async def measure_ingestion() -> dict[str, Metric]:
    """By database: ingestion, and its effect on pages."""
    metrics: dict[str, Metric] = {}
    with tempfile.TemporaryDirectory() as directory, PostgresServer(is_durable=True) as server:
        urls = {"sqlite": f"sqlite:///{directory}/ingestion.sqlite3", "postgresql": server.create_database()}
        for name, url in urls.items():
            metrics |= {f"{key}_{name}": value for key, value in (await _ingestion(url, Path(directory))).items()}
    return metrics


@asynccontextmanager
async def _opened(url: str, storage: Path) -> AsyncIterator[tuple[Database, OpenLog]]:
    settings = Settings(storage_path=storage, database_url=SecretStr(url), success_retention_days=20)
    async with opened(url, storage) as database:
        await upgrade(database)
        async with open_log(database, settings, lambda _session, _calls: None) as log:
            yield database, log


async def _ingestion(url: str, storage: Path) -> dict[str, Metric]:
    """Writers that wait for each commit: alone, and while somebody looks at the newest page."""
    made = list(calls(Shape(rows=ROWS, seed=3, sources=50, days=1, until=now())))
    settle()
    async with _opened(url, storage) as (database, log):
        # What a log has learned by then, it compresses with; and there is something to look at.
        await _write(log, made, len(made))
        await asyncio.sleep(20)
        idle = await _pages(log, SECONDS / 2)
        # Whatever else the machine does only slows this.
        rate = max([await _rate(database, log, made) for _ in range(WINDOWS)])
        waiting = asyncio.create_task(_pages(log, SECONDS))
        looked_at = await _rate(database, log, made)
        p99_idle, p99_busy = _p99(idle), _p99(await waiting)
    against = f"p99 of the newest page {p99_busy:.1f} ms at {looked_at:,.0f} calls/s, {p99_idle:.1f} ms idle"
    return {
        "log_ingest_per_second": Metric(
            rate, "1/s", f"{WRITERS} writers, each waits for its commit; best of {WINDOWS}", 5000, True
        ),
        "log_ingest_blocking": Metric(p99_busy / p99_idle, "", against, 3),
    }


async def _rate(database: Database, log: OpenLog, made: list[CallEntry]) -> float:
    """Calls that are written in a second."""
    before, started = await _count(database), time.perf_counter()
    await _write(log, made, None)
    return (await _count(database) - before) / (time.perf_counter() - started)


async def _write(log: OpenLog, made: list[CallEntry], count: int | None) -> None:
    """Write so many calls, or for some seconds."""
    deadline = time.perf_counter() + SECONDS
    source: Iterator[CallEntry] = iter(made) if count else cycle(made)

    async def writer() -> None:
        for call in islice(source, count):
            fresh = copy.copy(call)
            fresh.id, fresh.started_at, fresh.has_bodies = new_id(), now(), True
            await log.writer.keep(fresh)
            if count is None and time.perf_counter() > deadline:
                return

    await asyncio.gather(*(writer() for _ in range(WRITERS)))


async def _pages(log: OpenLog, seconds: float) -> list[float]:
    times, deadline = [], time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        started = time.perf_counter()
        await log.logs.page(LogFilter(), sort="-time", cursor=None, limit=50)
        times.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(0.02)
    return times


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[-1]


async def _count(database: Database) -> int:
    return await database.run(lambda session: session.scalar(text("SELECT next_number FROM log_state")) or 0)


async def measure_clean_up(url: str, storage: Path) -> Metric:
    """Half of the calls are too old, and somebody writes one call after the other while they are removed."""
    made = list(calls(Shape(rows=2000, seed=5, sources=50, days=1, until=now())))
    async with _opened(url, storage) as (_, log):
        stalls: list[float] = []
        source = cycle(made)
        removing = asyncio.create_task(log.clean_up.run())
        while not removing.done():
            fresh = copy.copy(next(source))
            fresh.id, fresh.started_at = new_id(), now()
            started = time.perf_counter()
            await log.writer.keep(fresh)
            stalls.append((time.perf_counter() - started) * 1000)
            await asyncio.sleep(0.005)
        removed = removing.result()
    against = f"{removed.calls:,} calls removed, {len(stalls):,} written meanwhile, p99 {_p99(stalls):.0f} ms"
    return Metric(max(stalls), "ms", against, 200)


def measure_export(url: str, directory: Path, rows: int) -> Metric:
    """How much a process of its own grows that exports a log of so many calls."""
    command = [sys.executable, "-m", "bench.log_writing", "export", url, str(directory)]
    grown = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return Metric(grown, "MiB", f"{rows:,} calls as NDJSON; growth of the resident set", 64)


async def export(url: str, directory: str) -> None:
    """Print by how many MiB this process grows while it exports everything."""
    async with _opened(url, Path(directory)) as (_, log):
        exports = Exports(log.logs, Path(directory))
        small = await exports.start(LogFilter(query="status:503"), "ndjson", None)
        async for _piece in small.pieces():
            pass
        before, most = _resident(), 0
        prepared = await exports.start(LogFilter(), "ndjson", None)
        async for _piece in prepared.pieces():
            most = max(most, _resident())
    print((most - before) / 1024**2)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        uvloop.run(export(*sys.argv[2:]))
    else:
        for key, metric in uvloop.run(measure_ingestion()).items():
            print(f"{key:40} {metric.value:10.1f} {metric.unit} ({metric.against}; limit {metric.limit})")
