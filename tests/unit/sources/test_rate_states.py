# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an administrator sees of a rate limit."""

from datetime import datetime, timedelta

from openconnector.core.clock import now
from openconnector.sources.connection import RateLimit
from openconnector.sources.models import RateState
from openconnector.sources.rate_states import rate_state_of


def test_what_is_left_of_a_window_is_shown_until_it_ends() -> None:
    limit, at = RateLimit(limit=10, window_ms=60_000), now()
    running = RateState(window_started_at=at - timedelta(seconds=30), used=4, observed_at=at)
    ended = RateState(window_started_at=at - timedelta(seconds=60), used=4, observed_at=at)
    lowered = RateState(window_started_at=at, used=40, observed_at=at)

    def shown(row: RateState | None) -> tuple[int | None, int | None, datetime | None]:
        state = rate_state_of(row, limit)
        assert state
        assert state.origin == "configured"
        return state.limit, state.remaining, state.resets_at

    assert shown(running) == (10, 6, at + timedelta(seconds=30))
    assert shown(ended) == (10, 10, None)
    assert shown(lowered) == (10, 0, at + timedelta(seconds=60))
    assert shown(None) == (10, 10, None)
    assert rate_state_of(running, None) is None
    assert rate_state_of(None, None) is None


def test_what_was_announced_is_shown_until_its_window_ends() -> None:
    at = now()
    old = RateState(used=0, announced_remaining=3, resets_at=at - timedelta(seconds=1), observed_at=at)
    blocked = RateState(used=0, blocked_until=at + timedelta(minutes=1), observed_at=at)
    endless = RateState(used=0, announced_limit=9, observed_at=at - timedelta(hours=23))

    assert rate_state_of(old, None) is None
    for row in (blocked, endless):
        state = rate_state_of(row, None)
        assert state
        assert (state.limit, state.blocked_until) == (row.announced_limit, row.blocked_until)
