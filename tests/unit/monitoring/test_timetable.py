# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from openconnector.core.ids import new_id
from openconnector.monitoring.timetable import backoff, next_check

AT = datetime(2026, 11, 27, 12, 0, 7, tzinfo=UTC)


@pytest.mark.parametrize("interval", [60, 300, 3600, 86_400])
def test_the_next_time_is_on_the_grid_and_not_too_soon(interval: int) -> None:
    source, half = new_id(), timedelta(seconds=interval / 2)
    first = next_check(source, interval, AT)
    assert AT + half < first <= AT + 3 * half
    # A check takes its time, and is a little late.
    assert next_check(source, interval, first + half / 2) == first + 2 * half


def test_what_was_missed_is_one_time() -> None:
    source = new_id()
    first = next_check(source, 60, AT)
    assert next_check(source, 60, first + timedelta(days=3, seconds=1)) == first + timedelta(days=3, seconds=60)


def test_a_thousand_watches_do_not_go_off_together() -> None:
    starts = Counter(next_check(new_id(), 300, AT) for _ in range(1000))
    assert max(starts.values()) < 20


def test_a_delivery_is_tried_again_less_and_less_often() -> None:
    pauses = [backoff(attempts).total_seconds() for attempts in (0, 1, 2, 30)]
    assert pauses == [30, 60, 120, 6 * 3600]
