# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rate limits hold over all workers of a database: the configured ones exactly, the announced ones as they are told."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from openconnector.authentication.anonymous import NoAuthentication
from openconnector.calls.rate_limit import RateLimited, RateLimiter
from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.sources.connection import Connection, RateLimit
from openconnector.sources.models import RateState
from openconnector.sources.opened import OpenSource
from openconnector.sources.rate_states import Announcement, take_place
from tests.factories import create_source, test_call

AN_HOUR = 3_600_000


def opened(source_id: str | UUID, row: RateState | None = None, **limit: int) -> OpenSource:
    """A source as a call sees it, with `limit` for its rate limit."""
    return OpenSource(
        id=UUID(str(source_id)),
        version=1,
        slug="source",
        name="Zaaksysteem",
        location="https://api.zaken.example",
        type="json",
        is_enabled=True,
        headers=[],
        query=[],
        authentication=NoAuthentication(),
        connection=Connection(rate_limit=RateLimit(**limit) if limit else None),
        rate_state=row,
    )


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[tuple[RateLimiter, Database]]:
    """A limiter with its own way to the database, as a process of its own has."""
    database = Database.from_settings(settings)
    limiter = RateLimiter(database)
    try:
        yield limiter, database
    finally:
        await limiter.close()
        await database.close()


async def row_of(database: Database, source_id: str) -> RateState | None:
    return await database.run(
        lambda session: session.scalars(select(RateState).where(RateState.source_id == UUID(source_id))).one_or_none()
    )


async def places(limiter: RateLimiter, source: OpenSource, wanted: int) -> int:
    """How many of so many calls at the same time get a place at once."""
    found = await asyncio.gather(
        *(limiter.acquire(source, remaining_ms=0) for _ in range(wanted)), return_exceptions=True
    )
    assert all(isinstance(result, (float, RateLimited)) for result in found), found
    return sum(isinstance(result, float) for result in found)


_ACQUIRE = """
import asyncio, sys
from tests.integration.test_rate_limits import AN_HOUR, opened, places, worker
from openconnector.core.settings import Settings

async def main() -> None:
    async with worker(Settings()) as (limiter, _):
        print("ready", flush=True)
        sys.stdin.readline()
        print(await places(limiter, opened(sys.argv[1], limit=60, window_ms=AN_HOUR), 50))

asyncio.run(main())
"""


async def test_four_processes_share_one_limit_exactly(api: AsyncClient, settings: Settings) -> None:
    source = await create_source(api)
    url = settings.database_url
    environment = {
        **os.environ,
        "OPENCONNECTOR_STORAGE_PATH": str(settings.storage_path),
        **({"OPENCONNECTOR_DATABASE_URL": url.get_secret_value()} if url else {}),
    }
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", _ACQUIRE, source["id"], env=environment, stdin=PIPE, stdout=PIPE
        )
        for _ in range(4)
    ]
    try:
        for process in processes:
            assert process.stdout
            assert await process.stdout.readline() == b"ready\n"
        printed = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
                await process.wait()
    got = [int(output) for output, _ in printed]

    assert sum(got) == 60
    async with worker(settings) as (_, database):
        row = await row_of(database, source["id"])
    assert row
    assert row.used == 60


async def test_a_window_begins_when_its_first_place_is_taken(
    sqlite_api: AsyncClient, sqlite_settings: Settings
) -> None:
    source = opened((await create_source(sqlite_api))["id"], limit=1, window_ms=1000)

    def write_for_long(session: Session) -> None:
        session.connection()
        time.sleep(1.2)

    async with worker(sqlite_settings) as (limiter, _), worker(sqlite_settings) as (_, other):
        writing = asyncio.create_task(other.run(write_for_long, writes=True))
        await asyncio.sleep(0.1)
        await limiter.acquire(source, remaining_ms=0)
        with pytest.raises(RateLimited):
            await limiter.acquire(source, remaining_ms=0)
        await writing


async def test_a_call_waits_until_the_window_turns(api: AsyncClient, settings: Settings) -> None:
    source = opened((await create_source(api))["id"], limit=3, window_ms=1000)
    started, places_at = time.monotonic(), []

    async def call(limiter: RateLimiter) -> None:
        await limiter.acquire(source, remaining_ms=10_000)
        places_at.append(time.monotonic() - started)

    async with worker(settings) as (limiter, _), worker(settings) as (other, _):
        await asyncio.gather(*(call(acquirer) for acquirer in [limiter, other] * 4))

    # The clock of the windows goes by milliseconds.
    assert places_at[3] > 0.998
    assert 1.996 < places_at[6] < places_at[7] < 9


async def test_a_wait_that_does_not_fit_is_refused_at_once(api: AsyncClient, settings: Settings) -> None:
    source = opened((await create_source(api))["id"], limit=1, window_ms=AN_HOUR)
    async with worker(settings) as (limiter, _):
        await limiter.acquire(source, remaining_ms=60_000)
        started = time.monotonic()
        with pytest.raises(RateLimited, match="The rate limit of this source leaves no place until ") as caught:
            await limiter.acquire(source, remaining_ms=60_000)

    assert time.monotonic() - started < 5
    assert caught.value.origin == "configured"
    assert timedelta(minutes=59) < caught.value.until - now() <= timedelta(hours=1)


async def test_a_window_counts_from_its_first_request_and_a_clock_set_back_ends_it(
    api: AsyncClient, settings: Settings
) -> None:
    source_id = UUID((await create_source(api))["id"])
    limit, noon = RateLimit(limit=2, window_ms=60_000), now()

    async with worker(settings) as (_, database):

        async def take(seconds: float) -> float | None:
            """Seconds until the next place, from `noon`; None: there was one."""
            at = noon + timedelta(seconds=seconds)
            until = await database.run(lambda session: take_place(session, source_id, limit, at), writes=True)
            return None if until is None else (until - noon).total_seconds()

        assert [await take(at) for at in (0, 59.999, 59.999)] == [None, None, 60]
        assert [await take(at) for at in (60, 61, 62)] == [None, None, 120]
        assert await take(-3600) is None


async def test_a_source_that_is_gone_has_no_limit(api: AsyncClient, settings: Settings) -> None:
    await create_source(api)
    async with worker(settings) as (limiter, database):
        source = opened(uuid4(), limit=1)
        assert await places(limiter, source, 3) == 3
        limiter.note(source.id, Announcement(now(), remaining=5))
        await limiter.close()

        assert await row_of(database, str(source.id)) is None


class CountingDatabase(Database):
    """Counts the trips to the database."""

    trips = 0

    async def run(self, *args: Any, **options: Any) -> Any:
        self.trips += 1
        return await super().run(*args, **options)


async def test_a_source_without_limits_costs_no_trip_to_the_database(sqlite_settings: Settings) -> None:
    database = CountingDatabase.from_settings(sqlite_settings)
    limiter = RateLimiter(database)
    for _ in range(100):
        await limiter.acquire(opened(uuid4()), remaining_ms=0)
    await database.close()

    assert isinstance(database, CountingDatabase)
    assert database.trips == 0


async def test_the_list_and_the_source_show_what_is_left(api: AsyncClient, httpbin: str) -> None:
    connection = {"rateLimit": {"limit": 2, "windowMs": AN_HOUR}}
    created = await create_source(api, location=httpbin, connection=connection)
    assert created["rateState"]["remaining"] == 2
    await test_call(api, created["id"], "/get")
    listed = (await api.get("/api/sources")).json()["results"][0]["rateState"]
    await test_call(api, created["id"], "/get")
    refused = await test_call(api, created["id"], "/get")

    assert (listed["origin"], listed["limit"], listed["remaining"]) == ("configured", 2, 1)
    assert (refused["outcome"], refused["errorType"], refused["statusCode"]) == ("refused", "rate_limited", None)
    assert (await api.get(f"/api/sources/{created['id']}")).json()["rateState"]["remaining"] == 0
