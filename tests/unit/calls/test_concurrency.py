# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many calls of a source run at the same time."""

import asyncio
from uuid import UUID, uuid4

import pytest

from openconnector.calls.concurrency import Concurrency, TooManyAtOnce

SOURCE = uuid4()


class Calls:
    """Counts those that run together."""

    def __init__(self) -> None:
        self.places = Concurrency()
        self.running = self.most = 0

    async def make(self, limit: int | None, *, source: UUID = SOURCE, patience_ms: float = 5000) -> float:
        async with self.places.place(source, limit, remaining_ms=patience_ms) as waited:
            self.running += 1
            self.most = max(self.most, self.running)
            await asyncio.sleep(0.005)
            self.running -= 1
            return waited


async def test_no_more_run_than_have_a_place_and_all_get_one() -> None:
    calls = Calls()
    waited = await asyncio.gather(*(calls.make(3) for _ in range(20)))
    assert calls.most == 3
    assert waited[0] < waited[-1]
    assert waited[-1] >= 25  # after six others, one behind the other
    assert calls.places._gates == {}


async def test_without_a_limit_nobody_waits_and_sources_do_not_hinder_each_other() -> None:
    calls = Calls()
    await asyncio.gather(*(calls.make(None) for _ in range(10)), *(calls.make(1, source=uuid4()) for _ in range(10)))
    assert calls.most == 20


async def test_who_has_no_time_left_is_refused_and_takes_no_place() -> None:
    calls = Calls()
    async with calls.places.place(SOURCE, 1, remaining_ms=0):
        with pytest.raises(TooManyAtOnce, match="1 calls of this source"):
            await calls.make(1, patience_ms=5)
    await calls.make(1, patience_ms=0)


async def test_a_wait_that_is_cancelled_gives_its_turn_to_the_next() -> None:
    calls = Calls()
    async with calls.places.place(SOURCE, 1, remaining_ms=0):
        first, second = asyncio.create_task(calls.make(1)), asyncio.create_task(calls.make(1))
        await asyncio.sleep(0)
    first.cancel()  # the place has come to it just now
    await asyncio.gather(first, return_exceptions=True)
    await asyncio.wait_for(second, 10)
    assert calls.places._gates == {}


async def test_a_changed_limit_holds_for_those_who_wait() -> None:
    calls = Calls()
    waiting = [asyncio.create_task(calls.make(1)) for _ in range(4)]
    await asyncio.sleep(0)
    waiting += [asyncio.create_task(calls.make(4)) for _ in range(4)]
    await asyncio.gather(*waiting)
    assert calls.most == 4


async def test_who_gives_up_leaves_nothing_behind() -> None:
    calls = Calls()
    async with calls.places.place(SOURCE, 1, remaining_ms=0):
        for _ in range(3):
            with pytest.raises(TooManyAtOnce):
                await calls.make(1, patience_ms=1)
        assert not calls.places._gates[SOURCE].waiting
        last = asyncio.create_task(calls.make(1))
        await asyncio.sleep(0)
    last.cancel()  # the place has come to it just now, and it was the last one
    await asyncio.gather(last, return_exceptions=True)
    assert calls.places._gates == {}
