# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How fast the call engine is with its durable log, beside HTTP clients that log nothing."""

import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import uvloop

from bench.metric import Metric
from bench.servers import upstream
from openconnector.app import create_app, engine
from openconnector.calls.defaults import build_request
from openconnector.calls.schemas import CallRequest
from openconnector.calls.service import CallService
from openconnector.core.clock import now
from openconnector.core.collector import settle
from openconnector.core.http import AsyncClient
from openconnector.core.ids import new_id
from openconnector.core.settings import Settings
from openconnector.egress.policy import EgressPolicy
from openconnector.logs.schemas import Trigger
from openconnector.sources.connection import Connection
from openconnector.sources.models import Source
from openconnector.sources.opened import OpenSource, open_source
from openconnector.transports.exchange import Exchange, Limits
from openconnector.transports.http import Delivery, HttpTransport

CONCURRENT = 50
ROUNDS = 5
WANTED = CallRequest(path="/health")
TRIGGER = Trigger(type="job")

Action = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Bench:
    """An engine with a source, and the server on the other side."""

    url: str
    source: OpenSource
    calls: CallService

    async def call(self) -> None:
        entry = await self.calls.call(self.source, WANTED, TRIGGER)
        assert entry.status_code == 200, entry


async def measure_calls() -> dict[str, Metric]:
    """Calls per second and the time that a call adds, all against the same server in the same run."""
    async with open_bench() as bench:
        return await _measure_rates(bench) | {"call_overhead_ms": await _measure_overhead(bench)}


@asynccontextmanager
async def open_bench() -> AsyncIterator[Bench]:
    """The engine as the app runs it, on SQLite, with one source that has a header and a token."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(storage_path=Path(directory), background_work=False, egress_allow=["127.0.0.0/8"])
        app = create_app(settings)
        async with upstream() as url, engine(app, settings):
            settle()  # as the app does, and for all clients alike
            yield Bench(url, await _source(app.state, url), app.state.calls)


async def _source(state: object, url: str) -> OpenSource:
    database, vault = getattr(state, "database"), getattr(state, "vault")  # noqa: B009  # attributes of app.state
    source = Source(
        id=new_id(),
        slug="benchmark",
        name="Benchmark",
        location=url,
        type="json",
        headers=[{"name": "X-Tenant", "value": "benchmark", "isSecret": False}],
        query=[],
        authentication={"type": "none"},
        connection=Connection().to_json(),
        created_at=now(),
        updated_at=now(),
    )
    async with database.write_session() as session:
        session.add(source)
    source.rate_state = source.host_key = None
    return open_source(source, vault)


async def _measure_rates(bench: Bench) -> dict[str, Metric]:
    async with AsyncClient(timeout=30) as httpx_client, aiohttp.ClientSession() as aiohttp_client:

        async def with_httpx() -> None:
            (await httpx_client.get(f"{bench.url}/health")).raise_for_status()

        async def with_aiohttp() -> None:
            async with aiohttp_client.get(f"{bench.url}/health", raise_for_status=True) as response:
                await response.read()

        actions: list[tuple[Action, int]] = [(bench.call, 2500), (with_httpx, 500), (with_aiohttp, 5000)]
        for action, _ in actions:
            await per_second(action, 200)
        rates = [[await per_second(action, count) for action, count in actions] for _ in range(ROUNDS)]
    ours, httpx_rate, aiohttp_rate = (statistics.median(column) for column in zip(*rates, strict=True))
    shown = (
        f"logged calls {ours:,.0f}/s, httpx {httpx_rate:,.0f}/s, aiohttp {aiohttp_rate:,.0f}/s, {CONCURRENT} at a time"
    )
    return {
        "calls_per_second_ratio": Metric(ours / httpx_rate, "x", shown, 3, more_is_better=True),
        "calls_vs_aiohttp_ratio": Metric(ours / aiohttp_rate, "x", shown, 0.15, more_is_better=True),
    }


async def _measure_overhead(bench: Bench) -> Metric:
    """One warm call after the other: what the engine and the log add to the transport alone."""
    transport = HttpTransport()
    delivery = Delivery(
        source=("alone", 1), limits=Limits(5000, 5000, 5000, 1024 * 1024), policy=EgressPolicy(["127.0.0.0/8"])
    )

    async def transport_alone() -> None:
        exchanges: list[Exchange] = []
        await transport.send(build_request(bench.source, WANTED).request, delivery, exchanges)
        assert exchanges[-1].failure is None

    ours, alone = await side_by_side(bench.call, transport_alone)
    transport.close()
    added = statistics.median(ours) - statistics.median(alone)
    against = f"transport {statistics.median(alone):.2f} ms, call {statistics.median(ours):.2f} ms, median"
    return Metric(added, "ms", against, 1.5)


async def per_second(action: Action, count: int, *, concurrent: int = CONCURRENT) -> float:
    """How often an action is done in a second."""
    numbers = iter(range(count))

    async def work() -> None:
        for _ in numbers:
            await action()

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(concurrent)))
    return count / (time.perf_counter() - started)


async def side_by_side(*actions: Action, warm_up: int = 30, count: int = 300) -> list[list[float]]:
    """Milliseconds of each action, taken in turns."""
    times: list[list[float]] = [[] for _ in actions]
    for turn, (action, taken) in itertools.product(range(warm_up + count), zip(actions, times, strict=True)):
        started = time.perf_counter()
        await action()
        if turn >= warm_up:
            taken.append((time.perf_counter() - started) * 1000)
    return times


if __name__ == "__main__":
    for name, metric in uvloop.run(measure_calls()).items():
        sys.stdout.write(f"{name} {metric.value:.2f} {metric.unit} {metric.against}\n")
