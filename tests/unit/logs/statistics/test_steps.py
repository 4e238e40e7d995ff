# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a time is covered by steps, and cut into bars."""

from hypothesis import given
from hypothesis import strategies as st

from openconnector.logs.statistics.bars import WIDTHS, possible_bars
from openconnector.logs.statistics.models import DAY, HOUR, MINUTE
from openconnector.logs.statistics.steps import (
    KEPT,
    PATHS_KEPT,
    complete_from,
    finest_step,
    kept_from,
    segments,
    whole,
)

NOW = 1_795_780_800 + 4321

moments = st.integers(NOW - 400 * DAY, NOW + DAY)
lengths = st.one_of(st.integers(0, 3 * HOUR), st.integers(0, 3 * DAY), st.integers(0, 400 * DAY))


@given(moments, lengths, st.sampled_from([MINUTE, HOUR, DAY]))
def test_segments_cover_every_second_once_and_are_few(since: int, length: int, coarsest: int) -> None:
    first, last = whole(since, since + length, NOW)
    at = first
    found = list(segments(first, last, coarsest))
    for segment in found:
        assert segment.since == at < segment.until
        assert segment.since % segment.step == segment.until % segment.step == 0
        assert segment.step <= coarsest
        at = segment.until
    assert at == max(first, last) if found else first >= last
    assert len(found) <= 5


@given(moments, lengths, st.sampled_from([KEPT, PATHS_KEPT]))
def test_no_segment_is_finer_than_what_is_kept(since: int, length: int, kept: dict[int, int]) -> None:
    first, last = whole(since, since + length, NOW, kept)
    assert first <= since
    assert last >= since + length
    for segment in segments(first, last):
        assert segment.step in kept
        assert segment.since >= complete_from(segment.step, NOW, kept)


def test_what_is_complete_is_not_dropped_within_the_next_hour() -> None:
    for kept in (KEPT, PATHS_KEPT):
        for step in kept:
            assert kept_from(step, NOW + HOUR, kept) <= complete_from(step, NOW, kept)


@given(moments, lengths, st.integers(1, 200))
def test_bars_are_not_more_than_wanted_and_hold_all_of_the_time(since: int, length: int, most: int) -> None:
    least = finest_step(since, NOW)
    first, last = whole(since, since + length, NOW)
    for bars in possible_bars(first, last, most, least):
        assert bars.count <= most
        if bars.count > 1:
            assert bars.width in WIDTHS
            assert bars.width >= least
        if first < last:
            assert bars.start <= first
            assert bars.index(first) == 0
            assert bars.index(last - 1) == bars.count - 1
        for segment in segments(first, last, bars.coarsest()):
            for at in (segment.since, segment.until - segment.step):
                assert bars.index(at) == bars.index(at + segment.step - 1)


def test_weeks_begin_on_mondays() -> None:
    monday = 1_795_996_800  # 2026-11-30
    bars = next(bars for bars in possible_bars(monday - DAY, monday + 20 * DAY, 10, DAY) if bars.width == 7 * DAY)
    assert bars.start == monday - 7 * DAY
    assert bars.index(monday) == 1
