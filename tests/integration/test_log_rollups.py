# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Adding calls to the roll-ups and folding these, on SQLite and on PostgreSQL."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from openconnector.core.settings import Settings
from openconnector.logs.entries import CallEntry
from openconnector.logs.questions.clauses import Question
from openconnector.logs.statistics.gathering import figures_of
from openconnector.logs.statistics.models import ALL_SOURCES, DAY, HOUR, MINUTE, LogSource, PathRollup, Rollup
from openconnector.logs.statistics.rollups import add, fold
from openconnector.logs.statistics.sketch import Sketch, pieces_in
from tests.integration.counted_log import (
    NOW,
    SOURCES,
    Log,
    assert_latency,
    between,
    call,
    calls_of,
    floor,
    open_log,
    patient,
    recent,
)


@pytest.fixture
def log(settings: Settings) -> Iterator[Log]:
    with open_log(settings) as log:
        yield log


class TestAdding:
    @patient
    @given(calls_of(recent), st.integers(1, 40))
    def test_minutes_hours_and_days_agree(self, log: Log, calls: list[CallEntry], batch: int) -> None:
        log.fill(calls, batch=batch)
        sums: dict[int, dict[Any, tuple[int, int, Sketch]]] = {MINUTE: {}, HOUR: {}, DAY: {}}
        with log.database.reading() as session:
            for row in session.scalars(select(Rollup)):
                assert row.at % row.step == 0
                key = (row.source_id, row.at // DAY, row.outcome, row.error_type, row.status_class)
                calls_, bytes_, sketch = sums[row.step].setdefault(key, (0, 0, Sketch()))
                sketch.merge_bytes(row.sketch)
                sums[row.step][key] = (calls_ + row.calls, bytes_ + row.response_bytes, sketch)
        seen = [
            {key: (n, size, sketch.counts) for key, (n, size, sketch) in by_key.items()} for by_key in sums.values()
        ]
        assert seen[0] == seen[1] == seen[2]
        counted = Counter(key[0] for key, (n, _, _) in seen[2].items() for _ in range(n))
        assert counted == Counter(one.source_id for one in calls) + Counter({ALL_SOURCES: len(calls)})

    def test_a_late_call_lands_where_it_belongs(self, log: Log) -> None:
        log.fill([call(10, 0, 0, 5), call(20 * DAY, 0, 0, 5), call(200 * DAY, 0, 0, 5), call(11 * 365 * DAY, 0, 0, 5)])
        with log.database.reading() as session:
            rows = session.execute(
                select(Rollup.step, func.sum(Rollup.calls)).where(Rollup.source_id == SOURCES[0]).group_by(Rollup.step)
            )
            assert {step: int(n) for step, n in rows} == {MINUTE: 1, HOUR: 2, DAY: 3}

    def test_what_is_rolled_back_was_not_added(self, log: Log) -> None:
        log.fill([call(10, 0, 0, 5)])
        session = log.database._sessions[True]()
        add(session, [figures_of(call(10, 0, 0, 5))])
        session.rollback()
        session.close()
        assert log.ask(Question()).calls == 1

    def test_pieces_are_merged_where_there_are_many(self, log: Log) -> None:
        log.fill([call(5, 0, 0, 1.5 ** (n % 30), path=f"/p{n % 250}x") for n in range(600)], batch=1)
        with log.database.reading() as session:
            lengths = session.scalars(select(func.length(Rollup.sketch))).all()
            paths = session.scalars(select(func.length(PathRollup.paths))).all()
        assert max(lengths) < 1024 + 10
        assert max(paths) < 16_384 + 1000
        found = log.ask(Question())
        assert found.calls == 600
        assert_latency(found.latency, log.calls)

    def test_no_call_adds_nothing(self, log: Log) -> None:
        log.fill([])
        with log.database._sessions[True].begin() as session:
            add(session, [])
        assert log.ask(Question()).calls == 0


class TestFolding:
    def rows(self, log: Log) -> dict[int, int]:
        with log.database.reading() as session:
            counted = session.execute(select(Rollup.step, func.count()).group_by(Rollup.step))
            return {row[0]: row[1] for row in counted}

    def fold(self, log: Log, at: datetime) -> int:
        total = 0
        while True:
            with log.database._sessions[True].begin() as session:
                dropped = fold(session, at)
            if not dropped:
                return total
            total += dropped

    def test_fine_steps_go_and_days_stay(self, log: Log) -> None:
        log.fill([call(n * 600, 0, 0, 5) for n in range(200)], batch=200)
        days = Question((between(floor(NOW - timedelta(days=3), DAY), floor(NOW, DAY) + timedelta(days=1)),))
        before = log.ask(days)
        assert self.fold(log, NOW) == 0
        assert self.rows(log)[MINUTE] == 400
        assert self.fold(log, NOW + timedelta(days=4)) == 400
        assert set(self.rows(log)) == {HOUR, DAY}
        after = log.ask(days)
        assert (before.calls, after.calls) == (200, 200)
        self.fold(log, NOW + timedelta(days=100))
        assert set(self.rows(log)) == {DAY}
        with log.database.reading() as session:
            assert set(session.scalars(select(PathRollup.step))) == {DAY}
        self.fold(log, NOW + timedelta(days=4000))
        assert self.rows(log) == {}
        with log.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(LogSource)) == 0
            assert session.scalar(select(func.count()).select_from(PathRollup)) == 0

    def test_a_transaction_drops_a_bounded_number(self, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("openconnector.logs.statistics.rollups.FOLD_BATCH", 30)
        log.fill([call(n * 60, 0, 0, 5) for n in range(100)], batch=100)
        with log.database._sessions[True].begin() as session:
            assert fold(session, NOW + timedelta(days=4)) == 30
        assert self.fold(log, NOW + timedelta(days=4)) == 170

    def test_what_has_ended_is_merged(self, log: Log) -> None:
        calls = [call(30 * HOUR, 0, 0, 1.1**n) for n in range(50)]
        log.fill(calls, batch=1)
        assert self.fold(log, NOW) > 0
        with log.database.reading() as session:
            ended = select(Rollup.sketch).where(Rollup.step == HOUR)
            assert max(map(pieces_in, session.scalars(ended))) == 1
        found = log.ask(Question((between(NOW - timedelta(hours=40), NOW),)))
        assert_latency(found.latency, calls)
