# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Places for connections: nobody waits for one that is free, and an older configuration disturbs no newer one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from openconnector.egress.connection import Dialer, Route, Target
from openconnector.egress.errors import ConnectionFailed
from openconnector.egress.policy import EgressPolicy
from openconnector.egress.tls import TlsContexts, TlsOptions
from openconnector.transports import pool as pools
from openconnector.transports.exchange import Exchange, SentRequest
from openconnector.transports.pool import Lease, Pool
from tests.upstream import hang, serve

LOOPBACK = EgressPolicy(["127.0.0.0/8"])


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    pool = Pool(Dialer(TlsContexts()))
    yield pool
    pool.close()


async def acquire(pool: Pool, port: int, version: int = 1, source: str = "source") -> Lease:
    exchange = Exchange("request", datetime.now(UTC), SentRequest("GET", "", []))
    route = Route(Target("http", "127.0.0.1", port), TlsOptions())
    return await pool.acquire((source, version), route, LOOPBACK, 5, exchange)


async def test_a_place_is_passed_on_by_who_is_cancelled_when_they_get_it(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "MAX_CONNECTIONS", 1)
    async with serve(hang) as port:
        lease = await acquire(pool, port)
        second, third = (asyncio.create_task(acquire(pool, port)) for _ in range(2))
        await asyncio.sleep(0.1)
        pool.release(lease)
        second.cancel()
        pool.release(await asyncio.wait_for(third, 10))
        with pytest.raises(asyncio.CancelledError):
            await second


async def test_a_call_of_an_older_version_leaves_the_connections_of_the_newer_one(pool: Pool) -> None:
    async with serve(hang) as port:
        newer = await acquire(pool, port, version=2)
        pool.release(newer)
        older = await acquire(pool, port, version=1)
        assert older is not newer
        pool.release(older)
        assert older.is_dropped
        assert await acquire(pool, port, version=2) is newer
        pool.release(newer)


async def test_who_waits_comes_before_who_comes_later(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "MAX_CONNECTIONS", 2)
    order: list[int] = []

    async def use(number: int, port: int) -> None:
        lease = await acquire(pool, port)
        order.append(number)
        await asyncio.sleep(0.01)
        pool.release(lease)
        if number < 40:
            await use(number + 10, port)  # comes back at once, as a busy caller does

    async with serve(hang) as port:
        await asyncio.gather(*(use(number, port) for number in range(10)))
    assert order == list(range(50))


async def test_all_sources_together_have_a_bound_and_what_is_idle_gives_way(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "MAX_OPEN", 2)
    async with serve(hang) as port:
        one, other = await acquire(pool, port, source="one"), await acquire(pool, port, source="other")
        with pytest.raises(ConnectionFailed) as refused:
            await acquire(pool, port, source="third")
        assert refused.value.type == "pool_timeout"
        pool.release(one)
        third = await acquire(pool, port, source="third")
        assert one.is_dropped
        for lease in (other, third):
            pool.release(lease)
