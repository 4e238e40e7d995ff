# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from typing import Any

import pytest

from openconnector.core.clock import now
from openconnector.core.ids import new_id
from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.monitoring.findings import finding_of
from openconnector.monitoring.schemas import WatchSettings


def call(status_code: int | None = 200, outcome: str = "success", **values: Any) -> CallEntry:
    filled: dict[str, Any] = {
        "id": new_id(),
        "source_id": new_id(),
        "source_name": "Zaaksysteem",
        "trigger_type": "job",
        "trigger_id": None,
        "user_id": None,
        "method": "GET",
        "url": "https://api.example/health",
        "started_at": now(),
        "duration_ms": 120.0,
        "status_code": status_code,
        "reason": "OK",
        "outcome": outcome,
        "error_type": None,
        "request_size": 0,
        "response_size": 0,
        "exchange_count": 1,
        "diagnosis": None,
    }
    return CallEntry(**filled | values)


@pytest.mark.parametrize(
    ("made", "settings", "verdict"),
    [
        (call(), {}, "passed"),
        (call(204), {}, "passed"),
        (call(503, "http_error"), {}, "failed"),
        (call(404, "http_error"), {"expected_status": "2xx, 404"}, "passed"),
        (call(401, "auth_error"), {"expected_status": "401"}, "passed"),
        (call(200), {"expected_status": "204"}, "failed"),
        (call(None, "transport_error", error_type="timeout"), {}, "failed"),
        (call(200, "transport_error", error_type="incomplete"), {}, "failed"),  # the answer broke off
        (call(None, "refused", error_type="blocked_address"), {}, "failed"),
        (call(None, "refused", error_type="rate_limited"), {}, "skipped"),
        (call(None, "refused", error_type="source_disabled"), {}, "skipped"),
        (call(), {"max_duration_ms": 100}, "slow"),
        (call(), {"max_duration_ms": 120}, "passed"),
        (call(503, "http_error"), {"max_duration_ms": 100}, "failed"),
    ],
)
def test_what_is_expected_decides(made: CallEntry, settings: dict[str, Any], verdict: str) -> None:
    finding = finding_of(made, WatchSettings(**settings), is_file_server=False)
    assert finding.check.verdict == verdict
    assert finding.reason


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        ("2xx", "It answered 503 OK; expected is 2xx."),
        ("2xx, 404", "It answered 503 OK; expected is one of 2xx, 404."),
    ],
)
def test_what_was_expected_is_told(expected: str, reason: str) -> None:
    settings = WatchSettings(expected_status=expected)
    assert finding_of(call(503, "http_error"), settings, is_file_server=False).reason == reason


def test_a_file_server_has_status_codes_of_its_own() -> None:
    assert finding_of(call(0), WatchSettings(), is_file_server=True).check.verdict == "passed"
    assert finding_of(call(550, "http_error"), WatchSettings(), is_file_server=True).check.verdict == "failed"


def test_the_certificate_of_the_last_connection_is_the_one_that_counts() -> None:
    connections: list[dict[str, Any] | None] = [
        {"tls": {"chain": [{"notAfter": "2027-01-01T00:00:00.000Z"}]}},
        {"tls": {"chain": [{"notAfter": "2027-06-01T00:00:00.000Z"}, {"notAfter": "2030-01-01T00:00:00.000Z"}]}},
        {"tls": None},
        None,
    ]
    exchanges = [
        ExchangeEntry(position, "request", now(), 1, 0, {}, connection, {}, None, None, None, None)
        for position, connection in enumerate(connections)
    ]
    certificate = finding_of(call(exchanges=exchanges), WatchSettings(), is_file_server=False).certificate
    assert certificate is not None
    assert certificate.expires_at.month == 6


def test_an_authorization_server_has_a_certificate_of_its_own() -> None:
    ways: list[tuple[str, dict[str, Any]]] = [
        ("token", {"tls": {"chain": [{"notAfter": "2027-01-01T00:00:00.000Z"}]}}),
        ("request", {"tls": None}),
    ]
    exchanges = [
        ExchangeEntry(position, kind, now(), 1, 0, {}, way, {}, None, {"statusCode": 200}, None, None)
        for position, (kind, way) in enumerate(ways)
    ]
    finding = finding_of(call(exchanges=exchanges), WatchSettings(), is_file_server=False)
    assert (finding.certificate, finding.is_plain) == (None, True)


@pytest.mark.parametrize("text", ["", " , ", "20", "6xx", "2xx;404", "ok"])
def test_what_is_no_status_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Write status codes or classes"):
        WatchSettings(expected_status=text)
