# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long the log takes to answer, with a million calls (or ten) in it, on SQLite and on PostgreSQL.

    python -m bench.log_queries 1000000

Each question is asked as the page asks it: the newest fifty calls that match, how many there are, and the words that
were looked for. The parameters of a question change from one time to the next.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from random import Random

import uvloop

from bench.log_database import bytes_of, generate, opened
from bench.log_writing import measure_clean_up, measure_export
from bench.metric import Metric
from openconnector.core.clock import now
from openconnector.core.collector import settle
from openconnector.core.database import Database
from openconnector.core.settings import Settings
from openconnector.logs.generation.content import COMMON_WORD, RARE_WORD, WORDS
from openconnector.logs.keeping.policy import environment_of
from openconnector.logs.listing import LogFilter, LogPage
from openconnector.logs.service import LogService
from openconnector.logs.statistics.service import StatisticsService
from openconnector.logs.storage.compression import Compression
from tests.postgres import PostgresServer

ROUNDS = 40
SMALL, LARGE = 1_000_000, 10_000_000
LIMITS = {SMALL: 60, LARGE: 150}
PREFIX = {SMALL: "logs_1m", LARGE: "logs_10m"}

Ask = Callable[[], Awaitable[object]]


async def measure_logs(rows: int) -> dict[str, Metric]:
    """95th percentiles, by database and question."""
    metrics: dict[str, Metric] = {}
    settle()
    with tempfile.TemporaryDirectory() as directory, PostgresServer(is_durable=True) as server:
        urls = {"sqlite": f"sqlite:///{directory}/log.sqlite3", "postgresql": server.create_database()}
        # One for each core.
        await asyncio.gather(*(asyncio.to_thread(generate, url, rows, days=40) for url in urls.values()))
        for name, url in urls.items():
            async with opened(url, Path(directory)) as database:
                if rows == SMALL:
                    size = await bytes_of(database) / rows
                    against = "1 KiB of JSON each, index, roll-ups and all"
                    metrics[f"log_bytes_per_call_{name}"] = Metric(size, "bytes", against, 900)
                for question, (median, p95) in (await _measured(database)).items():
                    against = f"{rows:,} calls, p95 of {ROUNDS}; median {median:.1f} ms"
                    metrics[f"{PREFIX[rows]}_{question}_{name}"] = Metric(p95, "ms", against, LIMITS[rows])
            if rows == SMALL:
                metrics[f"export_memory_mib_{name}"] = measure_export(url, Path(directory), rows)
                metrics[f"cleanup_write_stall_ms_{name}"] = await measure_clean_up(url, Path(directory))
    return metrics


async def _measured(database: Database) -> dict[str, tuple[float, float]]:
    logs = LogService(database, Compression(), environment_of(Settings()))
    pictures = StatisticsService(database, logs.answers)
    random, page = Random(1), await _page(logs)
    found: dict[str, tuple[float, float]] = {}
    for name, query in _queries(random, page).items():
        found[name] = await _timed(partial(_asked, logs, query))

    async def statistics_of(query: str) -> object:
        question = await logs.question(LogFilter(query=query))
        return await pictures.statistics(question, bars=60, at=now())

    found["statistics_30d"] = await _timed(lambda: statistics_of("last:30d"))
    source = page.results[0].source_id
    found["statistics_30d_source"] = await _timed(lambda: statistics_of(f"last:30d source:{source}"))
    return found


def _queries(random: Random, page: LogPage) -> dict[str, Callable[[], str]]:
    """The questions, each made anew every time."""
    calls = page.results

    def host() -> str:
        return random.choice(calls).url.split("/")[2]

    def path() -> str:
        return "/v1/" + host().split("-")[0]

    return {
        "first_page": lambda: "",
        "source": lambda: f"source:{random.choice(calls).source_id}",
        "status_code": lambda: f"status:{random.choice((401, 404, 500, 503))}",
        "status_class": lambda: f"status:{random.choice(('2xx', '4xx', '5xx'))}",
        "status_list": lambda: "status:404,500,503",
        "status_none": lambda: "status:none",
        "outcome": lambda: f"outcome:{random.choice(('success', 'http_error', 'transport_error'))}",
        "error": lambda: f"error:{random.choice(('read_timeout', 'connection_refused'))}",
        "method": lambda: f"method:{random.choice(('GET', 'POST', 'DELETE'))}",
        "trigger": lambda: f"trigger:{random.choice(('job', 'test', 'endpoint'))}",
        "trigger_id": lambda: f"trigger:job:job-{random.randrange(20)}",
        "user": lambda: f"user:{random.choice(('admin', 'alice', 'bob'))}",
        "host": lambda: f"host:{host()}",
        "path": lambda: f"path:{path()}",
        "duration": lambda: f"duration:>{random.choice((250, 500, 1000, 2000))}ms",
        "duration_range": lambda: f"duration:{random.randrange(40, 90)}ms..{random.randrange(91, 200)}ms",
        "size": lambda: f"size:<{random.randrange(100, 900)}B",
        "time": lambda: f"last:{random.choice(('1h', '24h', '7d'))}",
        "call_id": lambda: f"id:{random.choice(calls).id}",
        "field": lambda: f"$.error.code={random.randrange(40, 60)}",
        "negated": lambda: "-status:2xx",
        "three_filters": lambda: f"status:5xx method:GET source:{random.choice(calls).source_id}",
        "rare_word": lambda: RARE_WORD,
        "common_word": lambda: COMMON_WORD,
        "two_words": lambda: f"{random.choice(WORDS)} {random.choice(WORDS)}",
        "word_and_filters": lambda: f"{random.choice(WORDS)} status:200 last:7d",
    }


async def _asked(logs: LogService, query: Callable[[], str]) -> LogPage:
    return await _page(logs, query())


async def _page(logs: LogService, query: str = "") -> LogPage:
    return await logs.page(LogFilter(query=query or None), sort="-time", cursor=None, limit=50)


async def _timed(ask: Ask) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    await ask()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    for name, metric in uvloop.run(measure_logs(int(sys.argv[1]))).items():
        mark = "" if metric.is_met else "  missed"
        print(f"{name:45} {metric.value:8.1f} {metric.unit}  ({metric.against}; at most {metric.limit}){mark}")
