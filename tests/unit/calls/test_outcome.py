# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a call comes to, by its last exchange."""

import pytest

from openconnector.calls.outcome import Result, refused, result_of
from openconnector.core.clock import now
from openconnector.core.outcome import Outcome
from openconnector.transports.exchange import Exchange, Failure, ReceivedResponse, SentRequest


def exchange(status: int | None = None, failure: str | None = None) -> Exchange:
    response = None if status is None else ReceivedResponse(status, "", "HTTP/1.1", [])
    sent = SentRequest("GET", "https://api.example/", [])
    return Exchange("request", now(), sent, response, failure and Failure(failure, ""))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, Result("success")),
        (304, Result("success")),
        (400, Result("http_error", "400")),
        (401, Result("auth_error", "401")),
        (403, Result("auth_error", "403")),
        (407, Result("auth_error", "407")),
        (503, Result("http_error", "503")),
    ],
)
def test_a_status(status: int, expected: Result) -> None:
    assert result_of([exchange(status)]) == expected


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        ("connect_timeout", Result("transport_error", "connect_timeout")),
        ("egress_denied", Result("refused", "egress_denied")),
        ("proxy_authentication_required", Result("auth_error", "proxy_authentication_required")),
    ],
)
def test_a_failure_goes_before_the_status(failure: str, expected: Result) -> None:
    assert result_of([exchange(None, failure)]) == expected
    assert result_of([exchange(200, failure)]) == expected


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        ("source_disabled", "refused"),
        ("secret_unreadable", "refused"),
        ("credentials_unusable", "refused"),
        ("not_connected", "auth_error"),
        ("token_busy", "auth_error"),
        ("authorization_denied", "auth_error"),
        ("cancelled", "transport_error"),
        ("total_timeout", "transport_error"),
    ],
)
def test_what_was_not_sent(failure: str, outcome: Outcome) -> None:
    assert refused(Failure(failure, "")) == Result(outcome, failure)


def test_the_last_exchange_decides() -> None:
    assert result_of([exchange(302), exchange(200)]) == Result("success")
