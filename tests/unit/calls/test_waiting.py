# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`Retry-After` in words."""

from datetime import timedelta

import pytest

from openconnector.calls.waiting import in_words, wait_of
from tests.unit.calls.observations import NOW, answered, observed


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "in 1 second (at 14:01 UTC)"),
        (90, "in 90 seconds (at 14:03 UTC)"),
        (119, "in 119 seconds (at 14:03 UTC)"),
        (300, "in 5 minutes (at 14:06 UTC)"),
        (36_000, "in 10 hours (at 00:01 UTC on 25 November 2026)"),
        (864_000, "in 10 days (at 14:01 UTC on 4 December 2026)"),
        (0, "at once"),
        (-86_400, "at once"),
    ],
)
def test_a_time(seconds: int, words: str) -> None:
    assert in_words(NOW + timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize("value", ["90", "Tue, 24 Nov 2026 14:03:00 GMT"])
def test_both_forms_of_the_header(value: str) -> None:
    assert wait_of(answered(429, [("Retry-After", value)])) == "in 90 seconds (at 14:03 UTC)"


@pytest.mark.parametrize("value", ["soon", "-5", "\u0663", "", "Tue, 99 Nov 2026 14:03:00 GMT"])
def test_a_header_that_says_nothing(value: str) -> None:
    assert wait_of(answered(429, [("Retry-After", value)])) is None


def test_no_header_and_no_answer() -> None:
    assert wait_of(answered(429)) is None
    assert wait_of(observed(refusal="rate_limited")) is None


def test_an_absurd_number_is_a_long_time() -> None:
    assert "days" in (wait_of(answered(429, [("Retry-After", "9" * 12)])) or "")
