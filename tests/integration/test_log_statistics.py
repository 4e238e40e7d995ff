# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pictures from the roll-ups, against counting the calls one by one, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from openconnector.core.database import Database
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.logs.answers import Answers, Found, Position
from openconnector.logs.entries import CallEntry
from openconnector.logs.models import CallLog, LogState, microseconds
from openconnector.logs.questions.clauses import Clause, HasText, IsBetween, IsOneOf, Question
from openconnector.logs.statistics import from_calls, from_rollups
from openconnector.logs.statistics.models import DAY, HOUR, MINUTE
from openconnector.logs.statistics.service import StatisticsService
from openconnector.logs.storage.compression import Compression
from openconnector.logs.writer import LogWriter
from tests.conftest import serve_engine
from tests.factories import create_source
from tests.integration.counted_log import (
    NOW,
    SOURCES,
    TOLERANCE,
    Listed,
    Log,
    about_source,
    assert_counts,
    assert_latency,
    assert_paths,
    between,
    call,
    calls_of,
    facets,
    floor,
    matches,
    older,
    oldest,
    open_log,
    patient,
    recent,
)


@pytest.fixture
def log(settings: Settings) -> Iterator[Log]:
    with open_log(settings) as log:
        yield log


class TestFromRollups:
    @patient
    @given(calls_of(recent), st.lists(facets, max_size=2), recent, recent, st.integers(1, 200), st.integers(0, 5))
    def test_the_last_days_are_counted_exactly_between_any_two_minutes(
        self,
        log: Log,
        calls: list[CallEntry],
        clauses: list[Clause],
        one: float,
        other: float,
        bars: int,
        waiting: int,
    ) -> None:
        log.fill(calls, waiting=min(waiting, len(calls)))
        since, until = (floor(NOW - timedelta(seconds=ago), MINUTE) for ago in sorted((one, other), reverse=True))
        found = log.ask(Question((*clauses, between(since, until))), bars)
        asked = [call for call in calls if since <= call.started_at < until]
        wanted = [call for call in asked if all(matches(clause, call) for clause in clauses)]
        assert found.origin == "rollups"
        assert (found.since, found.until) == (since, until)
        assert len(found.points) <= bars
        assert_counts(found, wanted)
        if until - since < timedelta(hours=2) or any(not about_source(clause) for clause in clauses):
            assert_paths(found, wanted)

    @patient
    @given(calls_of(older), older, older, st.integers(1, 100), st.integers(0, 3))
    def test_the_last_months_are_counted_exactly_between_any_two_hours(
        self, log: Log, calls: list[CallEntry], one: float, other: float, bars: int, waiting: int
    ) -> None:
        log.fill(calls, waiting=min(waiting, len(calls)))
        since, until = (floor(NOW - timedelta(seconds=ago), HOUR) for ago in sorted((one, other), reverse=True))
        found = log.ask(Question((between(since, until),)), bars)
        assert (found.since, found.until) == (since, until)
        assert_counts(found, [call for call in calls if since <= call.started_at < until])

    @patient
    @given(calls_of(oldest), oldest, st.integers(1, 100))
    def test_whole_days_are_counted_exactly_with_their_paths(
        self, log: Log, calls: list[CallEntry], ago: float, bars: int
    ) -> None:
        log.fill(calls)
        since, until = floor(NOW - timedelta(seconds=ago), DAY), floor(NOW, DAY) + timedelta(days=1)
        found = log.ask(Question((between(since, until),)), bars)
        wanted = [call for call in calls if since <= call.started_at < until]
        assert_counts(found, wanted)
        assert_paths(found, wanted)
        only = log.ask(Question((between(since, until), IsOneOf("source", (str(SOURCES[0]),)))), bars)
        assert_paths(only, [call for call in wanted if call.source_id == SOURCES[0]])

    def test_a_time_that_ends_within_steps_is_widened_to_whole_ones(self, log: Log) -> None:
        log.fill([call(30 * DAY, 0, 0, 5), call(100 * DAY, 0, 0, 5)])
        old = NOW - timedelta(days=100)
        found = log.ask(Question((between(old, NOW),)))
        assert found.since == floor(old, DAY)
        assert found.until - NOW < timedelta(minutes=1)
        assert found.calls == 2
        middle = NOW - timedelta(days=30)
        found = log.ask(Question((between(middle, middle + timedelta(seconds=1)),)))
        assert (found.since, found.until) == (floor(middle, HOUR), floor(middle, HOUR) + timedelta(hours=1))
        assert found.calls == 1

    def test_without_a_beginning_it_is_a_day_and_what_is_asked_for_is_bounded(self, log: Log) -> None:
        log.fill([call(HOUR, 0, 0, 5), call(2 * DAY, 0, 0, 5)])
        assert log.ask(Question()).calls == 1
        ever = log.ask(Question((IsBetween("time", -(2**62), 2**62),)))
        assert ever.calls == 2
        assert len(ever.points) <= 60
        assert log.ask(Question((IsBetween("time", microseconds(NOW), 5),))).calls == 0
        assert log.ask(Question((IsOneOf("source", ()),))).calls == 0

    def test_bars_get_wider_when_finer_ones_would_take_long(self, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
        log.fill([call(n * 60, n % 4, n % 6, n + 1) for n in range(300)], batch=300)
        question = Question((between(NOW - timedelta(hours=6), NOW),))
        assert log.ask(question, 200).step_seconds == 2 * MINUTE
        monkeypatch.setattr(from_rollups, "_MOST_MICROSECONDS", 1000)
        wide = log.ask(question, 200)
        assert wide.step_seconds == HOUR
        assert wide.calls == 300

    def test_the_latest_name_of_a_source_is_told_when_its_calls_are_gone(self, log: Log) -> None:
        first, second, late = call(300, 0, 0, 5), call(200, 0, 0, 5), call(400, 0, 0, 5)
        first.source_name, second.source_name, late.source_name = "Old", "New", "Older"
        log.fill([first, second, late], batch=1)
        with log.database._sessions[True].begin() as session:
            session.execute(delete(CallLog))
        assert [(source.name, source.calls) for source in log.ask(Question()).sources] == [("New", 3)]


class TestFromCalls:
    @patient
    @given(calls_of(older), older, st.integers(1, 60))
    def test_what_roll_ups_do_not_know_is_counted_exactly(
        self, log: Log, calls: list[CallEntry], ago: float, bars: int
    ) -> None:
        log.fill(calls)
        since = NOW - timedelta(seconds=ago)
        clauses = (IsOneOf("status", ("404", "2xx")), between(since, NOW))
        found = log.ask(Question(clauses), bars)
        wanted = [call for call in calls if all(matches(clause, call) for clause in clauses)]
        assert found.origin == "calls"
        assert len(found.points) <= bars
        assert_counts(found, wanted)
        assert_paths(found, wanted)

    def test_of_too_many_some_of_every_bar_stand_for_all(self, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(from_calls, "MOST_CALLS", 240)
        # More and more of them, and the last of them are in no block yet.
        calls = [
            call(45 * HOUR * (1 - n / 1400) ** 2 + 1, n % 2, (n % 4) // 3 * 4, 500 if n % 10 else 10)
            for n in range(1400)
        ]
        log.fill(calls, waiting=1400)
        log.index()
        clauses = (IsOneOf("method", ("GET",)), between(NOW - timedelta(hours=46), NOW))
        found = log.ask_index(Question(clauses))
        assert found.origin == "sample"
        assert found.calls == 1400
        assert found.sample_size is not None
        assert found.path_sample_size == found.sample_size
        assert 240 <= found.sample_size < 400
        for point in found.points:
            end = point.at + timedelta(seconds=found.step_seconds)
            assert sum(point.outcomes.values()) == sum(point.at <= one.started_at < end for one in calls)
        assert found.errors == pytest.approx(350, rel=0.3)
        assert found.latency.p50_ms == pytest.approx(500, rel=TOLERANCE)
        assert sum(source.calls for source in found.sources) == 1400
        # Whether a phrase matches, only the calls themselves tell.
        phrase = HasText("h.example a", ("h", "example", "a"), is_phrase=True)
        found = log.ask_index(Question((phrase, *clauses)))
        assert (found.origin, found.calls) == ("sample", 1400)
        # The indexer has taken each of them into the roll-ups once, and those that it has not are counted beside.
        assert_counts(log.ask_index(Question(clauses[1:])), calls)
        with log.database.reading() as session:
            assert session.scalar(select(LogState.indexed_number)) == 1280

    def test_a_search_that_ends_early_is_projected(self, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
        calls = [call(n, 0, 0, 10) for n in range(50, 0, -1)]
        log.fill(calls)
        monkeypatch.setattr(Listed, "numbers", lambda *_, **__: Found([50, 49], resume=Position(49)))
        found = log.ask(Question((IsOneOf("method", ("GET",)),)))
        assert (found.origin, found.calls, found.sample_size) == ("sample", 50, 2)


class TestUptime:
    def test_days_are_counted_with_those_that_wait_and_those_without_calls(self, log: Log) -> None:
        calls = [call(3 * DAY, 0, 0, 10), call(3 * DAY, 0, 4, 20), call(3 * DAY, 1, 0, 9), call(0, 0, 4, 30)]
        log.fill(calls, waiting=1)
        service = StatisticsService(log.database, cast("Answers", Listed(calls)))
        found = asyncio.run(service.uptime(SOURCES[0], days=90, at=NOW))
        assert len(found.days) == 90
        assert found.days[-1].day == NOW.date().isoformat()
        told = {day.day: (day.calls, day.errors) for day in found.days if day.calls}
        assert told == {(NOW - timedelta(days=3)).date().isoformat(): (2, 1), NOW.date().isoformat(): (1, 1)}
        assert (found.calls, found.errors) == (3, 2)
        assert found.error_rate == pytest.approx(2 / 3)
        assert_latency(found.latency, [one for one in calls if one.source_id == SOURCES[0]])


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[tuple[AsyncClient, LogWriter]]:
    """The API, and a writer beside it that puts entries into its log."""
    async with serve_engine(settings) as api:
        database = Database.from_settings(settings)
        writer = LogWriter(database, Compression(), also=lambda _session, _calls: None)
        yield api, writer
        await writer.close()
        await database.close()


class TestApi:
    async def answer(self, api: AsyncClient, what: str, **params: Any) -> dict[str, Any]:
        response = await api.get(f"/api/logs/{what}", params=params)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def test_pictures_follow_the_filter(self, store: tuple[AsyncClient, LogWriter]) -> None:
        api, writer = store
        await asyncio.gather(
            *(writer.keep(call(n * 60 + 1, n % 2, (n % 3) * 2, n + 1, path=f"/orders/{n}")) for n in range(30))
        )
        whole = await self.answer(api, "statistics")
        assert (whole["calls"], whole["errors"], whole["origin"]) == (30, 20, "rollups")
        assert sum(sum(point["outcomes"].values()) for point in whole["points"]) == 30
        assert [path["path"] for path in whole["paths"]] == ["/orders/{id}"] * 2
        assert (await self.answer(api, "statistics", source=str(SOURCES[0])))["calls"] == 15
        assert (await self.answer(api, "statistics", query="status:5xx"))["calls"] == 0
        assert (await self.answer(api, "statistics", outcome="success"))["calls"] == 10
        some = await self.answer(api, "statistics", path="/orders", bars="10")
        assert (some["calls"], some["origin"]) == (30, "calls")
        assert len(some["points"]) <= 10
        since = (NOW - timedelta(minutes=10)).isoformat()
        assert (await self.answer(api, "statistics", since=since, minDurationMs="5"))["calls"] == 6
        assert (await self.answer(api, "uptime", source=str(SOURCES[0])))["calls"] == 15

    async def test_a_source_without_calls_has_zeros_and_an_unknown_one_is_not_found(
        self, api: AsyncClient, httpbin: str
    ) -> None:
        source = await create_source(api, location=httpbin)
        found = await self.answer(api, "uptime", source=source["id"], days="7")
        assert [day["calls"] for day in found["days"]] == [0] * 7
        assert found["errorRate"] is None
        assert (await api.get("/api/logs/uptime", params={"source": str(uuid4())})).status_code == 404
        for params in ({"bars": "0"}, {"bars": "201"}, {"status": "9xx"}, {"colour": "red"}):
            assert (await api.get("/api/logs/statistics", params=params)).status_code == 422
        assert (await api.get("/api/logs/uptime", params={"source": source["id"], "days": "367"})).status_code == 422
