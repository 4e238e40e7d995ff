# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What servers say about their rate limits, in the forms that they use."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.calls.announced import announced
from openconnector.sources.rate_states import MAX_AHEAD, Announcement

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EPOCH = int(NOON.timestamp())


def read(text: str, status: int = 200) -> Announcement | None:
    """The announcement of the headers in `text`, a line each."""
    headers = [(name.strip(), value) for name, _, value in (line.partition(":") for line in text.strip().splitlines())]
    return announced(headers, status, NOON)


def numbers(text: str, status: int = 200) -> tuple[int | None, int | None, float | None]:
    """Limit, remaining, and the seconds until the reset."""
    found = read(text, status)
    assert found is not None
    seconds = (found.resets_at - NOON).total_seconds() if found.resets_at else None
    return found.limit, found.remaining, seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('RateLimit: "default";r=50;t=30\nRateLimit-Policy: "default";q=100;w=60', (100, 50, 30)),
        ('RateLimit: "default" ; r=50 ; t=30', (None, 50, 30)),
        ('RateLimit: "default";r=50', (None, 50, None)),
        (
            'RateLimit: "burst";r=3;t=1, "day";r=900;t=3600\nRateLimit-Policy: "burst";q=10;w=1,"day";q=1000;w=86400',
            (10, 3, 1),
        ),
        ('RateLimit: "day,1;x";r=7;t=9\nRateLimit-Policy: "day,1;x";q=70;w=60;pk=:cHJvamVjdA==:', (70, 7, 9)),
        ('RateLimit: "a";r=3;t=1\nRateLimit: "b";r=2;t=5', (None, 2, 5)),
        ("RateLimit: limit=10, remaining=5, reset=3", (10, 5, 3)),
        ("RateLimit: limit=10;w=60, Remaining = 5,reset=3", (10, 5, 3)),
        ("RateLimit-Limit: 10\nRateLimit-Remaining: 5\nRateLimit-Reset: 3", (10, 5, 3)),
        ("RateLimit-Limit: 10, 10;w=1, 50;w=60\nRateLimit-Remaining: 9\nRateLimit-Reset: 1", (10, 9, 1)),
        (f"X-RateLimit-Limit: 60\nX-RateLimit-Remaining: 56\nX-RateLimit-Reset: {EPOCH + 90}", (60, 56, 90)),
        (f"x-ratelimit-limit: 60\nX-RATELIMIT-REMAINING: 56\nx-RateLimit-Reset: {EPOCH + 90}.5", (60, 56, 90.5)),
        ("X-Rate-Limit-Limit: 60\nX-Rate-Limit-Remaining: 56\nX-Rate-Limit-Reset: 90", (60, 56, 90)),
        ("X_RateLimit_Limit: 60\nX_RateLimit_Remaining: 56", (60, 56, None)),
        (f"X-RateLimit-Remaining: 56\nX-RateLimit-Reset: {(EPOCH + 90) * 1000}", (None, 56, 90)),
        ("X-RateLimit-Remaining: 56\nX-RateLimit-Reset: 2026-11-24T12:01:30Z", (None, 56, 90)),
        ("X-RateLimit-Remaining: 56\nX-RateLimit-Reset: 2026-11-24T13:01:30+01:00", (None, 56, 90)),
        ("X-RateLimit-Remaining: 56\nX-RateLimit-Reset: Tue, 24 Nov 2026 12:01:30 GMT", (None, 56, 90)),
        ("X-RateLimit-Remaining: 4\nX-RateLimit-Reset-After: 1.25", (None, 4, 1.25)),
        ("X-RateLimit-Limit: 100", (100, None, None)),
        # A reset that is over, or half of what was said, says nothing.
        ("X-RateLimit-Limit: 100\nX-RateLimit-Remaining: 5\nX-RateLimit-Reset: 1000000000", (100, 5, None)),
        ("X-RateLimit-Limit: 100\nX-RateLimit-Remaining: 5\nX-RateLimit-Reset: 0", (100, 5, None)),
        ("X-RateLimit-Limit: many\nX-RateLimit-Remaining: 5\nX-RateLimit-Reset: soon", (None, 5, None)),
        ("X-RateLimit-Limit: 9999999999999999\nX-RateLimit-Remaining: 5", (None, 5, None)),
    ],
)
def test_an_announcement_is_read(text: str, expected: tuple[int | None, int | None, float | None]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Content-Type: text/html\nX-Limit: 5\nLimit: 9",
        "RateLimit: \nX-RateLimit-Remaining: -1",
        'RateLimit: "default";r=-1;t=30',
        'RateLimit: "default;r=5',
        "RateLimit: remaining=many",
        "X-RateLimit-Remaining: 1e3\nX-RateLimit-Limit: NaN",
        f"X-RateLimit-Limit: {'9' * 4000}",
        "Retry-After: 30",  # of an answer that refuses nothing
    ],
)
def test_what_says_nothing_is_passed_over(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "status", "seconds"),
    [
        ("X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 30", 200, 30),
        ("X-RateLimit-Remaining: 1\nX-RateLimit-Reset: 30", 200, None),
        ("X-RateLimit-Remaining: 0", 200, None),
        ('RateLimit: "default";r=0;t=30', 429, 30),
        ("Retry-After: 30", 429, 30),
        ("Retry-After: 30", 503, 30),
        ("Retry-After: Tue, 24 Nov 2026 12:00:30 GMT", 429, 30),
        # It is about this request, and goes before the window.
        ("Retry-After: 5\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 30", 429, 5),
        ("Retry-After: 5\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 30", 200, 30),
        # Nobody is believed for longer than a day.
        ("Retry-After: 999999999", 429, 86_400),
        ("X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 99999999", 200, 86_400),
        (f"X-RateLimit-Remaining: 0\nX-RateLimit-Reset: {EPOCH + 10**8}", 200, 86_400),
        ("X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 999999999999999", 200, 86_400),
    ],
)
def test_a_block_is_what_leaves_nothing_until_a_known_time(text: str, status: int, seconds: float | None) -> None:
    found = read(text, status)

    assert found is not None
    assert (found.blocked_until and (found.blocked_until - NOON).total_seconds()) == seconds


@pytest.mark.parametrize("value", ["0", "soon", "Tue, 24 Nov 2026 11:00:00 GMT", ""])
def test_a_retry_after_that_is_over_blocks_nothing(value: str) -> None:
    assert read(f"Retry-After: {value}", 429) is None


_NAMES = ["RateLimit", "RateLimit-Policy", "X-RateLimit-Limit", "X-Rate-Limit-Remaining", "X-RateLimit-Reset"]
_VALUES = (
    st.text(max_size=60)
    | st.text('";=,rtqw0123456789.-:', max_size=60)
    | st.integers(-(10**20), 10**20).map(str)
    | st.floats().map(str)
    | st.datetimes().map(str)
)


@given(
    st.lists(st.tuples(st.sampled_from([*_NAMES, "Retry-After", "X-RateLimit-Reset-After"]), _VALUES), max_size=6),
    st.sampled_from([200, 429, 503]),
)
def test_whatever_is_sent_is_read_within_bounds_or_passed_over(headers: list[tuple[str, str]], status: int) -> None:
    found = announced(headers, status, NOON)

    if found is not None:
        for instant in (found.resets_at, found.blocked_until):
            assert instant is None or NOON < instant <= NOON + MAX_AHEAD
        for number in (found.limit, found.remaining):
            assert number is None or 0 <= number < 10**15


def test_an_endless_header_takes_no_time() -> None:
    started = datetime.now(UTC)
    for text in ('"' * 1_000_000, '"\\' * 500_000, ",;=" * 300_000, '"a";r=1,' * 100_000):
        announced([("RateLimit", text), ("RateLimit-Policy", text)], 200, NOON)

    assert datetime.now(UTC) - started < timedelta(seconds=1)
