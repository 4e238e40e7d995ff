# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The clean-up removes what the policies let go, and nothing else, while calls go on to be logged."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from ex_app.standalone.host import StandaloneHost
from openconnector.administration.models import Administration
from openconnector.core.clock import stopwatch
from openconnector.core.database import Database
from openconnector.core.http import AsyncClient
from openconnector.core.retention import Retention
from openconnector.core.settings import Settings
from openconnector.logs.index.indexer import Indexer
from openconnector.logs.keeping.clean_up import CleanUp
from openconnector.logs.keeping.removal import Removed, unpinned
from openconnector.logs.models import CallLog, LogState
from openconnector.logs.storage.compression import Compression
from openconnector.sources.models import Source
from tests.factories import create_source, test_call
from tests.unit.logs.keeping.log import ONE, TWO, Log, open_log

ENVIRONMENT = Retention(success_days=30, error_days=90)


@pytest.fixture
async def log(settings: Settings) -> AsyncIterator[Log]:
    async with open_log(settings) as log:
        yield log


@pytest.fixture
async def sqlite_log(sqlite_settings: Settings) -> AsyncIterator[Log]:
    async with open_log(sqlite_settings) as log:
        yield log


async def cleaned(log: Log) -> Removed:
    return await CleanUp(log.database, log.answers, ENVIRONMENT).run()


async def say(log: Log, source: UUID | None = None, **retention: Any) -> None:
    """Let a source, or the settings of all, say how long calls are kept."""
    content = {"retention": Retention(**retention).to_json()}

    async with log.database.write_session() as session:
        if source is None:
            await session.merge(Administration(id=1, content=content))
            return
        await session.merge(
            Source(
                id=source,
                slug=f"source-{source.int}",
                name="Source",
                location="https://api.example",
                type="json",
                authentication={"type": "none"},
                connection=content,
            )
        )


class TestAge:
    async def test_successes_and_errors_have_times_of_their_own(self, log: Log) -> None:
        await log.write(3, days=31)
        await log.write(2, days=91, outcome="http_error")
        kept = [
            *await log.write(2, days=31, outcome="transport_error"),
            *await log.write(days=29),
            *await log.write(),
        ]
        removed = await cleaned(log)
        assert removed.calls == 5
        assert removed.bytes > 0
        assert await log.numbers() == kept
        assert await cleaned(log) == Removed()
        await log.check()

    async def test_what_a_source_says_goes_before_what_holds_for_all(self, log: Log) -> None:
        await say(log, success_days=10)
        await say(log, ONE, success_days=50)
        await say(log, TWO, success_days=0)
        kept = [*await log.write(days=40, source=ONE), *await log.write(days=900, source=TWO)]
        await log.write(days=51, source=ONE)
        await log.write(days=11, source=UUID(int=3))
        assert (await cleaned(log)).calls == 2
        assert await log.numbers() == kept

    async def test_pinned_calls_stay(self, log: Log) -> None:
        numbers = await log.write(4, days=100)
        await log.pin(numbers[1])
        await cleaned(log)
        assert await log.numbers() == [numbers[1]]
        await log.pin(numbers[1], is_pinned=False)
        await cleaned(log)
        assert await log.numbers() == []
        await log.check()

    async def test_indexed_calls_go_with_their_blocks(self, log: Log) -> None:
        await log.write(700, days=40)
        kept = await log.write(20)
        await log.index()
        assert (await cleaned(log)).calls == 700
        assert await log.numbers() == kept
        await log.check()


class TestBodies:
    async def test_bodies_go_before_their_call(self, log: Log) -> None:
        await say(log, success_body_days=5, error_body_days=8)
        old = await log.write(2, days=6)
        errors = await log.write(2, days=6, outcome="http_error")
        new = await log.write()
        await cleaned(log)
        assert await log.with_bodies() == [*errors, *new]
        assert await log.numbers() == [*old, *errors, *new]
        await log.check()

    async def test_the_next_clean_up_goes_on_where_the_last_one_was(self, log: Log) -> None:
        await say(log, success_body_days=20)
        await log.write(days=25)
        middle = await log.write(days=10)
        await cleaned(log)
        assert await log.with_bodies() == middle
        late = await log.write(days=26)  # written now, though it began before what is done
        await say(log, success_body_days=5)
        await cleaned(log)
        assert await log.with_bodies() == []
        assert set(late) < set(await log.numbers())
        await say(log, success_body_days=28)
        kept = await log.write(days=27)
        await cleaned(log)
        assert await log.with_bodies() == kept
        await log.check()

    async def test_a_call_that_is_not_kept_any_longer_loses_its_bodies(self, log: Log) -> None:
        await say(log, success_body_days=5)
        numbers = await log.write(3, days=6)
        await log.pin(numbers[0])
        await cleaned(log)
        assert await log.with_bodies() == numbers[:1]
        await log.pin(numbers[0], is_pinned=False)
        await log.database.run(lambda session: unpinned(session, ONE), writes=True)
        await cleaned(log)
        assert await log.with_bodies() == []
        assert await log.numbers() == numbers


class TestLimits:
    async def test_of_too_many_calls_the_newest_are_kept(self, log: Log) -> None:
        await say(log, ONE, max_calls=3)
        ones, twos = [], []
        for _ in range(5):
            ones += await log.write(source=ONE)
            twos += await log.write(source=TWO)
        assert (await cleaned(log)).calls == 2
        assert await log.numbers() == sorted([*ones[2:], *twos])
        await say(log, max_calls=4)
        assert (await cleaned(log)).calls == 4
        assert await log.numbers() == sorted([*ones, *twos])[-4:]
        await log.check()

    async def test_of_too_many_bytes_the_newest_are_kept(self, log: Log) -> None:
        chance = random.Random(1)
        numbers = [(await log.write(body=chance.randbytes(10_000)))[0] for _ in range(10)]
        sizes = await log.database.run(
            lambda session: list(session.scalars(select(CallLog.stored_bytes).order_by(CallLog.number)))
        )
        await say(log, max_bytes=sum(sizes[-4:]))
        await cleaned(log)
        assert await log.numbers() == numbers[-4:]
        await say(log, ONE, max_bytes=sum(sizes[-3:]) - 1)
        await cleaned(log)
        assert await log.numbers() == numbers[-2:]
        await log.check()

    async def test_bytes_of_a_body_in_use_do_not_go_with_the_first_call(self, log: Log) -> None:
        body = random.Random(2).randbytes(50_000)
        await log.write(4, body=body)
        await say(log, max_bytes=40_000)
        await cleaned(log)
        assert await log.numbers() == []
        await log.check()

    async def test_pinned_calls_count_and_stay(self, log: Log) -> None:
        numbers = await log.write(6)
        await log.pin(*numbers[:3])
        await say(log, max_calls=2)
        assert (await cleaned(log)).calls == 3
        assert await log.numbers() == numbers[:3]
        assert await cleaned(log) == Removed()


class TestAtWork:
    async def test_only_one_runs_at_a_time(self, log: Log, settings: Settings) -> None:
        await log.write(300, days=40)
        clean_up = CleanUp(log.database, log.answers, ENVIRONMENT)
        other = Database.from_settings(settings)
        begun = asyncio.Event()
        first = asyncio.create_task(clean_up.run(lambda _: begun.set()))
        await begun.wait()
        assert clean_up.is_running
        assert await clean_up.run() == Removed()
        if not other.is_sqlite:
            assert await CleanUp(other, log.answers, ENVIRONMENT).run() == Removed()
        assert (await first).calls == 300
        await other.close()

    async def test_stopped_at_any_moment_the_next_one_goes_on(self, log: Log) -> None:
        await log.write(900, days=40)
        await log.index()
        kept = await log.write(3)
        for delay in (0.01, 0.05, 0.1):
            task = asyncio.create_task(cleaned(log))
            await asyncio.sleep(delay)
            task.cancel()
            await asyncio.wait([task])
        await cleaned(log)
        assert await log.numbers() == kept
        await log.check()

    async def test_calls_go_on_to_be_logged(self, log: Log) -> None:
        old = await log.write(800, days=40)
        shared = random.Random(3).randbytes(400)
        old += await log.write(100, days=40, body=shared)
        await log.index()
        clean_up = asyncio.create_task(cleaned(log))
        written, longest = [], 0.0
        while not clean_up.done():
            began = stopwatch()
            written += await log.write(2, body=shared)
            longest = max(longest, stopwatch() - began)
            await asyncio.sleep(0.002)
        assert (await clean_up).calls == 900
        assert len(written) > 10
        assert longest < 2000  # the figure is measured by the benchmark; this is for a machine that does other things
        await log.index()
        assert await log.numbers() == written
        await log.check()

    async def test_sqlite_gives_its_disk_back(self, sqlite_log: Log, sqlite_settings: Settings) -> None:
        log, chance = sqlite_log, random.Random(4)
        for _ in range(20):
            await log.write(20, days=40, body=chance.randbytes(20_000))
            await log.write(20, days=40)
        for _ in range(6):
            await log.write(days=40, body=chance.randbytes(1_000_000))
        kept = await log.write(10)
        file = sqlite_settings.storage_path / "openconnector.sqlite3"
        before = _size(file)
        await cleaned(log)
        after = _size(file)
        assert before > 6_000_000
        assert after < 2_500_000
        assert await log.numbers() == kept
        async with log.database.read_session() as session:
            assert await session.scalar(text("PRAGMA integrity_check")) == "ok"

    async def test_postgresql_drops_partitions_that_are_empty(self, settings: Settings) -> None:
        if settings.database_url is None:
            pytest.skip("SQLite has no partitions")
        async with open_log(settings) as log:
            await log.write(255, days=40)
            await Indexer(log.database, Compression()).catch_up()  # what waits for it is found later
            await log.database.run(
                lambda session: session.execute(update(LogState).values(next_number=1_000_001, next_body=1_000_001)),
                writes=True,
            )
            kept = await log.write(5)
            assert await partitions(log) == {"call_logs_p0", "call_logs_p1", "call_bodies_p0", "call_bodies_p1"}
            left = {"call_logs_p1", "call_bodies_p1"}
            for _ in range(50):  # one that somebody uses at the moment is left for the next time
                await cleaned(log)
                if await partitions(log) == left:
                    break
                await asyncio.sleep(0.1)
            assert await partitions(log) == left
            kept += await log.write(5)
            assert await log.numbers() == kept
            assert await cleaned(log) == Removed()


def _size(file: Path) -> int:
    return sum(one.stat().st_size for one in file.parent.glob(f"{file.name}*"))


async def partitions(log: Log) -> set[str]:
    names = text("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
    return set(await log.database.run(lambda session: list(session.scalars(names))))


async def test_a_schedule_cleans_up_by_itself(
    settings: Settings, httpbin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCONNECTOR_CLEAN_UP_CRON", "* * * * * *")
    if settings.database_url is not None:
        monkeypatch.setenv("OPENCONNECTOR_DATABASE_URL", settings.database_url.get_secret_value())
    async with (
        StandaloneHost(port=0, data=tmp_path, quiet=True, sample_api=False) as host,
        AsyncClient(
            base_url=f"{host.url}index.php/apps/app_api/proxy/open_connector", headers={"X-Requested-With": "test"}
        ) as api,
    ):
        source = await create_source(api, location=httpbin)
        await test_call(api, source["id"], "/get")
        kept = await test_call(api, source["id"], "/get")
        stored = (await api.get("/api/settings")).json()
        saved = await api.put("/api/settings", json={"version": stored["version"], "retention": {"maxCalls": 1}})
        assert saved.status_code == 200, saved.text
        for _ in range(200):
            rows = (await api.get("/api/logs")).json()["results"]
            if [row["id"] for row in rows] == [kept["id"]]:
                return
            await asyncio.sleep(0.1)
    raise AssertionError("the entry that is one too many is still there after 20 seconds")
