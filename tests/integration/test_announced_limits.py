# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a server announces to one worker holds for all of them, and costs few writes."""

import asyncio
import time
from datetime import timedelta
from uuid import uuid4

import pytest

from openconnector.calls import rate_limit
from openconnector.calls.rate_limit import RateLimited, RateLimiter
from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.sources.opened import OpenSource
from openconnector.sources.rate_states import Announcement, keep_announcement
from openconnector.sources.repository import find_blocking
from tests.factories import create_source, test_call
from tests.integration.test_rate_limits import CountingDatabase, opened, places, row_of, worker


async def read_source(database: Database, source_id: str) -> OpenSource:
    """The source as the next call of this process reads it."""
    row = await database.run(lambda session: find_blocking(session, source_id).rate_state)
    return opened(source_id, row)


async def test_what_one_process_is_told_holds_for_the_others(api: AsyncClient, settings: Settings) -> None:
    source_id = (await create_source(api))["id"]
    at = now()
    async with worker(settings) as (first, first_database), worker(settings) as (second, second_database):
        source = await read_source(first_database, source_id)
        first.note(source.id, Announcement(at, 100, 0, at + timedelta(hours=1), at + timedelta(hours=1)))

        with pytest.raises(RateLimited, match="The other side has asked not to be called"):  # at once
            await first.acquire(source, remaining_ms=60_000)
        await first.close()
        with pytest.raises(RateLimited) as caught:
            await second.acquire(await read_source(second_database, source_id), remaining_ms=60_000)

    assert caught.value.until == at + timedelta(hours=1)
    state = (await api.get(f"/api/sources/{source_id}")).json()["rateState"]
    assert (state["origin"], state["limit"], state["remaining"]) == ("announced", 100, 0)
    assert state["blockedUntil"] == state["resetsAt"] is not None


async def test_a_short_block_is_waited_for(api: AsyncClient, settings: Settings) -> None:
    source = opened((await create_source(api))["id"])
    async with worker(settings) as (limiter, _):
        limiter.note(source.id, Announcement(now(), blocked_until=now() + timedelta(milliseconds=300)))

        assert 250 < await limiter.acquire(source, remaining_ms=5000) < 3000
        assert await limiter.acquire(source, remaining_ms=0) < 50


async def test_an_answer_that_was_under_way_does_not_lift_a_block(api: AsyncClient, settings: Settings) -> None:
    source_id = (await create_source(api))["id"]
    source, at = opened(source_id), now()
    async with worker(settings) as (limiter, database):
        limiter.note(source.id, Announcement(at, blocked_until=at + timedelta(hours=1)))
        limiter.note(source.id, Announcement(at, 100, 7))
        assert await places(limiter, source, 1) == 0
        await limiter.close()
        # Neither does that of another process.
        later = Announcement(at, 100, 8, blocked_until=at + timedelta(minutes=1))
        await database.run(lambda session: keep_announcement(session, source.id, later), writes=True)
        row = await row_of(database, source_id)

    assert row
    assert (row.announced_limit, row.announced_remaining, row.blocked_until) == (100, 8, at + timedelta(hours=1))


async def test_announcements_are_written_once_a_second_and_blocks_at_once(
    sqlite_api: AsyncClient, sqlite_settings: Settings
) -> None:
    source_id = (await create_source(sqlite_api))["id"]
    database, source = CountingDatabase.from_settings(sqlite_settings), opened(source_id)
    assert isinstance(database, CountingDatabase)
    limiter, started = RateLimiter(database), time.monotonic()
    for remaining in range(300, 200, -1):
        await limiter.acquire(source, remaining_ms=0)
        limiter.note(source.id, Announcement(now(), 3000, remaining))
        await asyncio.sleep(0.01)
    written, took = database.trips, time.monotonic() - started
    assert 1 <= written <= 2 + took
    for _ in range(50):
        limiter.note(source.id, Announcement(now(), 3000, 0, blocked_until=now() + timedelta(minutes=1)))
    assert database.trips == written  # nobody has waited for it
    await asyncio.sleep(0.2)
    row = await row_of(database, source_id)
    assert row
    assert row.blocked_until
    assert database.trips == written + 2
    limiter.note(source.id, Announcement(now(), 3000, 2999))
    await limiter.close()
    row = await row_of(database, source_id)
    await database.close()

    assert row
    assert row.announced_remaining == 2999


async def test_memory_is_bounded_and_forgets_what_is_over(
    sqlite_api: AsyncClient, sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "MAX_SOURCES", 20)
    monkeypatch.setattr(rate_limit, "PAUSE_SECONDS", 0.05)
    source = opened((await create_source(sqlite_api))["id"])
    async with worker(sqlite_settings) as (limiter, _):
        for _ in range(50):
            limiter.note(uuid4(), Announcement(now(), 10, 5))
        assert len(limiter._noted) == 20
        limiter.note(source.id, Announcement(now(), 10, 5, now() + timedelta(milliseconds=50)))
        await asyncio.sleep(0.3)
        await limiter.acquire(source, remaining_ms=0)

        assert source.id not in limiter._noted


async def test_a_database_that_is_away_loses_no_call(sqlite_settings: Settings) -> None:
    async with worker(sqlite_settings) as (limiter, _):  # its tables have not been made
        limiter.note(uuid4(), Announcement(now(), blocked_until=now() + timedelta(minutes=1)))


async def test_an_announced_end_refuses_the_next_call(api: AsyncClient, httpbin: str) -> None:
    source = await create_source(api, location=httpbin)
    path = "/response-headers?X-RateLimit-Limit=60&X-RateLimit-Remaining=0&X-RateLimit-Reset=3000"
    answered = await test_call(api, source["id"], path)
    refused = await test_call(api, source["id"], "/get")

    assert (answered["outcome"], refused["outcome"], refused["errorType"]) == ("success", "refused", "rate_limited")
