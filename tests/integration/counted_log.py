# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Made-up calls in a log, and counting them one by one: what roll-ups and pictures are compared with."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from openconnector.core.clock import now
from openconnector.core.database import Base, Database
from openconnector.core.settings import Settings
from openconnector.logs.answers import Answers, Count, Found
from openconnector.logs.entries import CallEntry
from openconnector.logs.index.indexer import Indexer
from openconnector.logs.models import CallLog, LogState, microseconds
from openconnector.logs.questions.clauses import AnyOf, Clause, Facet, IsBetween, IsOneOf, Question
from openconnector.logs.statistics.gathering import figures_of
from openconnector.logs.statistics.models import DAY, HOUR, LogSource, PathRollup, Rollup
from openconnector.logs.statistics.paths import path_of
from openconnector.logs.statistics.rollups import add
from openconnector.logs.statistics.schemas import Latency, Statistics
from openconnector.logs.statistics.service import StatisticsService
from openconnector.logs.storage.compression import Compression
from openconnector.logs.storage.rows import RowStore
from tests.log_entries import entry

NOW = now().replace(microsecond=0)
SOURCES = [uuid4() for _ in range(4)]
KINDS: list[dict[str, Any]] = [
    {"outcome": "success", "status_code": 200},
    {"outcome": "success", "status_code": 204},
    {"outcome": "http_error", "status_code": 404, "error_type": None},
    {"outcome": "http_error", "status_code": 503, "error_type": "unavailable"},
    {"outcome": "transport_error", "status_code": None, "error_type": "read_timeout"},
    {"outcome": "refused", "status_code": None, "error_type": "egress"},
]
PATHS = ["/a", "/a/b", "/orders/17", "/orders/18"]
TOLERANCE = 0.0205
"""Two percent, and the rounding of what is shown."""


def call(ago: float, source: int, kind: int, duration_ms: float, path: str = "/a", size: int | None = 7) -> CallEntry:
    return entry(
        started_at=NOW - timedelta(seconds=ago),
        source_id=SOURCES[source],
        source_name=f"Source {source}",
        duration_ms=duration_ms,
        url=f"https://h.example{path}?q={ago}",
        response_size=size,
        **KINDS[kind],
    )


recent = st.floats(1, 47 * HOUR)
older = st.floats(1, 80 * DAY)
oldest = st.floats(1, 400 * DAY)


def calls_of(times: st.SearchStrategy[float]) -> st.SearchStrategy[list[CallEntry]]:
    return st.lists(
        st.builds(
            call,
            times,
            st.integers(0, len(SOURCES) - 1),
            st.integers(0, len(KINDS) - 1),
            st.floats(0.02, 100_000),
            st.sampled_from(PATHS),
            st.none() | st.integers(0, 10**6),
        ),
        max_size=40,
    )


def matches(clause: Clause, one: CallEntry) -> bool:
    """Whether a clause holds, by its words."""
    match clause:
        case AnyOf(clauses):
            return any(matches(part, one) for part in clauses)
        case IsBetween("time", low, high):
            at = microseconds(one.started_at)
            return (low is None or at >= low) and (high is None or at < high)
        case IsOneOf(field, values):
            status = one.status_code
            has: dict[str, list[str | None]] = {
                "source": [str(one.source_id)],
                "outcome": [one.outcome],
                "error": [one.error_type],
                "method": [one.method],
                "status": ["none"] if status is None else [str(status), f"{status // 100}xx"],
            }
            return bool(set(has[field]) & set(values)) is not clause.is_negated
        case _:
            raise AssertionError(clause)


def facet(field: Facet, *values: str) -> st.SearchStrategy[IsOneOf]:
    some = st.lists(st.sampled_from(values), min_size=1, max_size=3).map(tuple)
    return st.builds(IsOneOf, st.just(field), some, st.booleans())


facets = st.one_of(
    facet("source", *map(str, SOURCES)),
    facet("outcome", "success", "http_error", "refused"),
    facet("error", "read_timeout", "egress"),
    facet("status", "2xx", "5xx", "none"),
    st.just(AnyOf((IsOneOf("outcome", ("success",)), IsOneOf("status", ("none",))))),
)


@dataclass
class Listed:
    """Stands for the index: knows the calls, and which match."""

    calls: list[CallEntry]

    def ask(self, _session: Session, question: Question) -> "Listed":
        return Listed([one for one in self.calls if all(matches(clause, one) for clause in question.clauses)])

    def numbers(self, *, limit: int) -> Found:
        return Found(sorted((one.number for one in self.calls), reverse=True)[:limit])

    def count(self) -> Count:
        return Count(len(self.calls), is_estimate=False)


class Log:
    """A log of some calls: the first of them in the roll-ups, the others not yet."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._compression = Compression()
        self._rows = RowStore(self._compression, is_sqlite=database.is_sqlite)

    def fill(self, calls: Sequence[CallEntry], *, waiting: int = 0, batch: int = 7) -> None:
        """Forget everything, and take these calls, of which the last are `waiting` for the roll-ups."""
        indexed = len(calls) - waiting
        with self.database._sessions[True].begin() as session:
            for table in (CallLog, Rollup, PathRollup, LogSource):
                session.execute(delete(table))
            session.execute(update(LogState).values(next_number=1, indexed_number=indexed + 1))
            stored = self._rows.store(session, [self._rows.pack(one) for one in calls]) if calls else None
            for start in range(0, indexed, batch):
                add(session, [figures_of(one) for one in calls[start : min(start + batch, indexed)]])
        for offset, one in enumerate(calls):
            assert stored is not None
            one.number = stored.first_number + offset
        self.calls = list(calls)

    def index(self) -> None:
        """Let the indexer take what is in complete blocks, for the first time."""
        with self.database._sessions[True].begin() as session:
            session.execute(update(LogState).values(indexed_number=0))
        asyncio.run(Indexer(self.database, self._compression).catch_up())

    def ask_index(self, question: Question) -> Statistics:
        """Ask as the application does."""
        service = StatisticsService(self.database, Answers(self._compression))
        return asyncio.run(service.statistics(question, bars=60, at=NOW))

    def ask(self, question: Question, bars: int = 60) -> Statistics:
        service = StatisticsService(self.database, cast("Answers", Listed(self.calls)))
        return asyncio.run(service.statistics(question, bars=bars, at=NOW))


@contextmanager
def open_log(settings: Settings) -> Iterator[Log]:
    """An empty log in a database of its own."""
    database = Database.from_settings(settings)
    Base.metadata.create_all(database._blocking)
    with database._sessions[True].begin() as session:
        session.add(LogState(id=1, next_number=1, next_body=1, indexed_number=0))
    yield Log(database)
    asyncio.run(database.close())


def exact(values: Sequence[float]) -> list[float | None]:
    ordered = sorted(values)
    return [ordered[int(share * (len(ordered) - 1))] if ordered else None for share in (0.5, 0.95, 0.99)]


def assert_latency(latency: Latency, calls: Sequence[CallEntry]) -> None:
    found = [latency.p50_ms, latency.p95_ms, latency.p99_ms]
    for value, wanted in zip(found, exact([one.duration_ms for one in calls]), strict=True):
        assert value == (None if wanted is None else pytest.approx(wanted, rel=TOLERANCE))


def assert_counts(found: Statistics, calls: Sequence[CallEntry]) -> None:
    """`found` is what counting these calls one by one gives."""
    failed = [one for one in calls if one.outcome != "success"]
    assert (found.calls, found.errors) == (len(calls), len(failed))
    assert found.bytes == sum(one.response_size or 0 for one in calls)
    assert_latency(found.latency, calls)
    errors = Counter(one.error_type for one in calls if one.error_type)
    assert {one.type: one.calls for one in found.errors_by_type} == dict(errors)
    for number, point in enumerate(found.points):
        end = found.points[0].at + timedelta(seconds=found.step_seconds) * (number + 1)
        inside = [one for one in calls if point.at <= one.started_at < end]
        assert point.outcomes == Counter(one.outcome for one in inside)
        assert sum(point.heat) == len(inside)
        assert len(point.heat) == len(found.heat_bounds)
        assert_latency(point.latency, inside)
    for source in found.sources:
        own = [one for one in calls if one.source_id == source.id]
        assert source.name == own[0].source_name
        assert (source.calls, source.errors) == (len(own), sum(one.outcome != "success" for one in own))
        assert source.p95_ms == pytest.approx(exact([one.duration_ms for one in own])[1], rel=TOLERANCE)
    assert {source.id for source in found.sources} == {one.source_id for one in calls}


def assert_paths(found: Statistics, calls: Sequence[CallEntry]) -> None:
    paths = Counter((one.source_id, one.method, path_of(one.url)) for one in calls)
    assert [path.calls for path in found.paths] == sorted(paths.values(), reverse=True)[:10]
    for path in found.paths:
        assert path.calls == paths[path.source_id, path.method, path.path]


def between(since: datetime, until: datetime) -> IsBetween:
    return IsBetween("time", microseconds(since), microseconds(until))


def about_source(clause: Clause) -> bool:
    return isinstance(clause, IsOneOf) and clause.field == "source"


def floor(at: datetime, step: int) -> datetime:
    return datetime.fromtimestamp(at.timestamp() // step * step, UTC)


patient = effort(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
