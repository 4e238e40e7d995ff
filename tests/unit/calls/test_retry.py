# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a call is made again, and how long it waits."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.calls.retry import pause_before_retry, retry_after
from openconnector.sources.connection import Retry
from openconnector.transports.exchange import Exchange, ExchangeKind, Failure, ReceivedResponse, SentRequest

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIVE = Retry(max_retries=5, backoff_ms=100, max_backoff_ms=1000)


def failed(type_: str, *, wire_size: int | None = 100, kind: ExchangeKind = "request") -> Exchange:
    request = SentRequest("GET", "http://api.example/", [], wire_size=wire_size)
    return Exchange(kind, NOON, request, failure=Failure(type_, ""))


def answered(status: int, *headers: tuple[str, str], duration_ms: float = 0) -> Exchange:
    request = SentRequest("GET", "http://api.example/", [], wire_size=100)
    response = ReceivedResponse(status, "", "HTTP/1.1", list(headers))
    return Exchange("request", NOON, request, response, duration_ms=duration_ms)


def pause(
    last: Exchange,
    attempt: int = 0,
    retry: Retry = FIVE,
    *,
    before: Sequence[Exchange] = (),
    method: str = "GET",
    remaining_ms: float = 60_000,
    jitter: float = 1.0,
) -> float | None:
    return pause_before_retry(
        [*before, last], attempt, retry, method=method, remaining_ms=remaining_ms, jitter=lambda: jitter
    )


PASSING = [
    "connection_refused",
    "connection_reset",
    "connect_timeout",
    "dns_timeout",
    "empty_reply",
    "read_timeout",
    "incomplete_body",
    "pool_timeout",
    "proxy_unreachable",
    "tls_timeout",
    "http2_error",
]
LASTING = [
    "name_not_resolved",
    "tls_certificate_expired",
    "tls_name_mismatch",
    "egress_denied",
    "cancelled",
    "total_timeout",
    "too_many_redirects",
    "redirect_loop",
    "proxy_authentication_required",
    "body_too_large",
    "undecodable_body",
    "internal_error",
]
BEFORE_SENDING = [
    "connection_refused",
    "connect_timeout",
    "dns_timeout",
    "pool_timeout",
    "proxy_unreachable",
    "tls_timeout",
]


@pytest.mark.parametrize("type_", PASSING)
def test_what_may_pass_is_tried_again(type_: str) -> None:
    assert pause(failed(type_)) == 100


@pytest.mark.parametrize("type_", LASTING)
def test_what_stays_as_it_is_is_not_tried_again(type_: str) -> None:
    assert pause(failed(type_)) is None


def test_nothing_is_tried_again_where_nobody_asked_for_it() -> None:
    assert pause(failed("connection_refused"), retry=Retry()) is None


def test_the_configured_statuses_are_tried_again_and_no_others() -> None:
    assert [status for status in range(200, 600) if pause(answered(status)) is not None] == [408, 429, 502, 503, 504]
    only_500 = Retry(max_retries=1, statuses=[500])
    assert pause(answered(500), retry=only_500) is not None
    assert pause(answered(503), retry=only_500) is None


def test_an_answer_that_broke_off_counts_as_broken_off() -> None:
    last = answered(200)
    last.failure = Failure("incomplete_body", "")

    assert pause(last) is not None


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "get"])
def test_what_may_be_sent_twice_is(method: str) -> None:
    assert pause(answered(503), method=method) is not None


@pytest.mark.parametrize("method", ["POST", "PATCH", "MERGE"])
def test_what_may_take_effect_twice_is_sent_twice_only_where_somebody_asked_for_it(method: str) -> None:
    anything = Retry(max_retries=1, all_methods=True)

    assert pause(answered(503), method=method) is None
    assert pause(failed("read_timeout"), method=method) is None
    assert pause(answered(503), retry=anything, method=method) is not None
    assert pause(failed("read_timeout"), retry=anything, method=method) is not None


@pytest.mark.parametrize("type_", BEFORE_SENDING)
def test_a_post_that_never_left_is_sent_again(type_: str) -> None:
    assert pause(failed(type_, wire_size=None), method="POST") is not None
    assert pause(failed(type_, wire_size=10), method="POST") is None


@pytest.mark.parametrize("type_", sorted(set(PASSING) - set(BEFORE_SENDING)))
def test_a_post_that_may_have_left_is_not_sent_again(type_: str) -> None:
    assert pause(failed(type_, wire_size=None), method="POST") is None


def test_a_post_that_was_answered_with_a_redirect_has_left() -> None:
    refused = failed("connection_refused", wire_size=None, kind="redirect")
    assert pause(refused, before=[answered(303)], method="POST") is None
    assert pause(refused, before=[answered(303)], method="PUT") is not None


def test_a_post_has_left_also_when_the_redirect_was_tried_twice() -> None:
    lost = failed("empty_reply", kind="redirect")
    assert (
        pause(failed("connection_refused", wire_size=None, kind="retry"), before=[answered(303), lost], method="POST")
        is None
    )


def test_the_pause_doubles_up_to_its_bound() -> None:
    last = answered(503)

    assert [pause(last, attempt) for attempt in range(6)] == [100, 200, 400, 800, 1000, None]
    assert [pause(last, attempt, jitter=0.0) for attempt in range(5)] == [50, 100, 200, 400, 500]


@given(
    attempt=st.integers(0, 12),
    retry=st.builds(
        Retry, max_retries=st.integers(0, 10), backoff_ms=st.integers(1, 60_000), max_backoff_ms=st.integers(1, 600_000)
    ),
    jitter=st.floats(0, 1),
    remaining_ms=st.floats(-1000, 600_000),
    seconds=st.none() | st.integers(0, 10**15),
)
def test_a_pause_is_bounded_fits_and_is_never_shorter_than_asked(
    attempt: int, retry: Retry, jitter: float, remaining_ms: float, seconds: int | None
) -> None:
    headers = [] if seconds is None else [("Retry-After", str(seconds))]
    found = pause(answered(503, *headers), attempt, retry, jitter=jitter, remaining_ms=remaining_ms)

    longest = min(retry.backoff_ms * 2**attempt, retry.max_backoff_ms)
    asked = (seconds or 0) * 1000 if (seconds or 0) < 10**12 else 0
    if found is None:
        assert attempt >= retry.max_retries or remaining_ms <= max(longest, asked)
    else:
        assert attempt < retry.max_retries
        assert max(longest / 2, asked) <= found <= max(longest, asked)
        assert found < remaining_ms


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("1.5", 1.5),
        ("Tue, 24 Nov 2026 12:01:30 GMT", 90),
        ("Tuesday, 24-Nov-26 12:01:30 GMT", 90),
        ("Tue Nov 24 12:01:30 2026", 90),
        ("Tue, 24 Nov 2026 13:01:30 +0100", 90),
        ("Tue, 24 Nov 2026 11:00:00 GMT", -3600),
    ],
)
def test_retry_after_is_read_in_all_its_forms(value: str, seconds: float) -> None:
    assert retry_after([("RETRY-after", value)], NOON) == NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "soon", "-5", "1e3", "٣", "Tue, 99 Nov 2026 12:00:00 GMT", "9" * 5000])
def test_a_retry_after_that_makes_no_sense_is_passed_over(value: str) -> None:
    assert retry_after([("Retry-After", value)], NOON) is None


def test_the_later_of_two_is_meant() -> None:
    assert retry_after([("Retry-After", "5"), ("Retry-After", "9")], NOON) == NOON + timedelta(seconds=9)


def test_a_date_counts_from_when_the_answer_came() -> None:
    last = answered(503, ("Retry-After", "Tue, 24 Nov 2026 12:00:10 GMT"), duration_ms=4000)

    assert pause(last) == 6000
    assert pause(last, remaining_ms=5999) is None


def test_an_early_retry_after_does_not_shorten_the_pause() -> None:
    assert pause(answered(503, ("Retry-After", "0"))) == 100


@given(st.text(max_size=60))
def test_any_retry_after_is_read_or_passed_over(value: str) -> None:
    found = retry_after([("Retry-After", value)], NOON)

    assert found is None or found.utcoffset() == timedelta(0)
