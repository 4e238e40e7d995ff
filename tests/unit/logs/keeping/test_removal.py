# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is removed is gone everywhere: rows, bodies, index and totals tell the same."""

import random
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from openconnector.core.clock import now
from openconnector.core.settings import Settings
from openconnector.logs.keeping import totals
from openconnector.logs.keeping.expiry import asked
from openconnector.logs.keeping.index_blocks import sweep
from openconnector.logs.keeping.removal import BATCH_BYTES, Removed, fitting, remove, remove_bodies
from openconnector.logs.models import CallBody, LogBlock, LogBlockPart
from tests.unit.logs.keeping.log import ONE, TWO, Log, open_log


@pytest.fixture
async def log(settings: Settings) -> AsyncIterator[Log]:
    async with open_log(settings) as log:
        yield log


async def gone(log: Log, *numbers: int, with_pinned: bool = False) -> Removed:
    return await log.database.run(lambda session: remove(session, numbers, with_pinned=with_pinned), writes=True)


async def bodies_gone(log: Log, *numbers: int) -> Removed:
    return await log.database.run(lambda session: remove_bodies(session, numbers), writes=True)


async def total(log: Log) -> totals.Total:
    return await log.database.run(totals.whole)


async def test_a_call_goes_with_its_body(log: Log) -> None:
    first, second = await log.write(2)
    before = await total(log)
    removed = await gone(log, first)
    after = await total(log)
    assert removed == Removed(1, before.bytes - after.bytes)
    assert removed.bytes > 0
    assert await log.numbers() == [second]
    await log.check()


async def test_calls_that_are_gone_are_passed_over(log: Log) -> None:
    first, second = await log.write(2)
    assert (await gone(log, first, 999, second)).calls == 2
    assert await gone(log, first, second) == Removed()
    assert await gone(log) == Removed()
    assert await total(log) == totals.Total(0, 0)
    await log.check()


async def test_a_body_in_use_stays_until_the_last_call_goes(log: Log) -> None:
    body = random.Random(1).randbytes(5000).hex().encode()
    first, *others = await log.write(3, body=body)
    whole = await total(log)
    assert (await gone(log, first)).bytes < 2000
    assert (await total(log)).bytes > whole.bytes - 2000
    await log.check()
    await gone(log, others[0])
    assert (await gone(log, others[1])).bytes > 4000
    assert await total(log) == totals.Total(0, 0)
    await log.check()


async def test_a_body_is_shared_across_sources(log: Log) -> None:
    body = random.Random(2).randbytes(3000)
    first = await log.write(source=ONE, body=body)
    second = await log.write(source=TWO, body=body)
    await gone(log, *first)
    await log.check()
    await gone(log, *second)
    await log.check()
    assert await total(log) == totals.Total(0, 0)


async def test_pinned_calls_stay_unless_they_are_meant(log: Log) -> None:
    first, second = await log.write(2)
    await log.pin(first)
    assert (await gone(log, first, second)).calls == 1
    assert await bodies_gone(log, first) == Removed()
    assert await log.numbers() == [first]
    assert (await gone(log, first, with_pinned=True)).calls == 1
    await log.check()


async def test_bodies_go_alone(log: Log) -> None:
    numbers = await log.write(4)
    before = await total(log)
    removed = await bodies_gone(log, *numbers[:3])
    assert removed == Removed(3, before.bytes - (await total(log)).bytes)
    assert await log.with_bodies() == numbers[3:]
    assert await log.numbers() == numbers
    assert await bodies_gone(log, *numbers[:3]) == Removed()
    await log.check()
    await gone(log, *numbers)
    await log.check()


async def test_the_index_forgets_what_is_removed(log: Log) -> None:
    numbers = await log.write(600)
    await log.index()
    removed = set(numbers[100:400:3])
    await gone(log, *removed)
    assert await log.numbers() == [number for number in numbers if number not in removed]
    await log.check()


async def test_a_block_without_calls_goes_in_steps(log: Log) -> None:
    numbers = await log.write(600)
    await log.index()
    await gone(log, *numbers)
    steps = 0
    while await log.database.run(sweep, writes=True):
        steps += 1
        assert await log.numbers(asked(is_success=True, before=now())) == []  # also of a block that is half gone
    assert steps >= 2
    left = [
        await log.database.run(lambda session, model=model: session.scalar(select(func.count()).select_from(model)))  # type: ignore[misc]
        for model in (LogBlock, LogBlockPart, CallBody)
    ]
    assert left == [0, 0, 0]
    await log.check()


async def test_calls_that_go_before_they_are_indexed_are_not_indexed(log: Log) -> None:
    numbers = await log.write(300)
    await gone(log, *numbers[:50])
    await log.index()
    await log.check()
    assert await log.numbers() == numbers[50:]


async def test_one_transaction_takes_as_much_as_it_may(log: Log) -> None:
    large = random.Random(3)
    numbers = [*await log.write(3), *[(await log.write(body=large.randbytes(BATCH_BYTES)))[0] for _ in range(2)]]
    for given, expected in ((numbers, 3), (numbers[4:], 1), (numbers[:2], 2), ([998, 999], 2)):
        assert await log.database.run(lambda session, some=given: len(fitting(session, some))) == expected  # type: ignore[misc]
    assert await log.database.run(lambda session: len(fitting(session, numbers, 1))) == 1


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_all_tell_the_same(log: Log, seed: int) -> None:
    chance = random.Random(seed)
    shared = [chance.randbytes(200) for _ in range(5)]
    known: list[int] = []
    for _ in range(25):
        match chance.randrange(6):
            case 0 | 1:
                known += await log.write(
                    chance.randrange(1, 90),
                    source=chance.choice([ONE, TWO]),
                    body=chance.choice([None, *shared]),
                    outcome=chance.choice(["success", "http_error"]),
                )
            case 2:
                await log.index()
            case 3:
                await gone(log, *chance.sample(known, len(known) // 4), with_pinned=chance.random() < 0.3)
            case 4:
                await bodies_gone(log, *chance.sample(known, len(known) // 3))
            case _:
                await log.pin(*chance.sample(known, len(known) // 10), is_pinned=chance.random() < 0.7)
    await log.check()
    await gone(log, *known, with_pinned=True)
    assert await total(log) == totals.Total(0, 0)
