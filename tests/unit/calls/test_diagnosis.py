# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every error type that a transport can name has words, and the words have their facts filled in."""

import re

import pytest

from openconnector.calls.diagnosis import Observed, diagnose
from openconnector.calls.outcome import Result
from openconnector.calls.remedies import FAILURES, REFUSALS
from openconnector.calls.status_remedies import STATUSES
from openconnector.core.clock import now
from openconnector.logs.schemas import Diagnosis
from openconnector.transports import failure as failures
from openconnector.transports.exchange import Exchange, Failure, ReceivedResponse, SentRequest

SENT = SentRequest("GET", "https://api.example/v1/x", [])


def observed(
    *, failure: Failure | None = None, refusal: Failure | None = None, response: ReceivedResponse | None = None
) -> Observed:
    exchange = Exchange("request", now(), SENT, response, failure)
    kind = refusal or failure
    error_type = kind.type if kind else str(response.status_code) if response and response.status_code >= 400 else None
    result = Result("success" if error_type is None else "http_error", error_type)
    exchanges = [] if refusal else [exchange]
    return Observed("https://api.example/v1", "json", "/x", result, exchanges, refusal, "bearer")


def check(diagnosis: Diagnosis | None) -> Diagnosis:
    assert diagnosis is not None
    texts = [diagnosis.title, diagnosis.detail, *(remedy.text for remedy in diagnosis.remedies)]
    assert all(texts)
    assert not [text for text in texts if re.search(r"\{\w+\}", text)]
    return diagnosis


def test_every_failure_of_the_transport_has_a_row() -> None:
    named = {name for _, name in failures._LIBRARY_ERRORS} | set(failures._SYSTEM_ERRORS.values())
    named |= set(failures._CERTIFICATE_ERRORS.values()) | {"empty_reply", "incomplete_body", "tls_certificate_invalid"}
    named |= {"total_timeout", "cancelled", "too_many_redirects", "invalid_redirect", "name_not_resolved", "tls_error"}
    assert named <= set(FAILURES)


@pytest.mark.parametrize("error_type", sorted(FAILURES))
def test_a_failure_in_words(error_type: str) -> None:
    diagnosis = check(diagnose(observed(failure=Failure(error_type, "what the system said"))))
    assert diagnosis.type == error_type
    assert "what the system said" in [evidence.value for evidence in diagnosis.evidence]


@pytest.mark.parametrize("error_type", sorted(REFUSALS))
def test_a_refusal_in_words(error_type: str) -> None:
    assert check(diagnose(observed(refusal=Failure(error_type, "why")))).phase == "configuration"


@pytest.mark.parametrize("status", sorted({*STATUSES, 402, 409, 418, 500, 502, 599}))
def test_a_status_in_words(status: int) -> None:
    assert check(diagnose(observed(response=ReceivedResponse(status, "", "HTTP/1.1", [])))).type == str(status)


def test_all_went_well() -> None:
    response = ReceivedResponse(200, "OK", "HTTP/1.1", [("Content-Type", "application/json")], b"{}", 2)
    assert diagnose(observed(response=response)) is None


def test_a_login_page_where_json_was_expected() -> None:
    response = ReceivedResponse(200, "OK", "HTTP/1.1", [("content-type", "text/html")], b"<html>", 6)
    assert check(diagnose(observed(response=response))).type == "unexpected_html"


def test_facts_from_the_network_are_not_read_as_a_format() -> None:
    headers = [("Location", "https://x.example/{host}{0}")]
    diagnosis = diagnose(observed(response=ReceivedResponse(302, "Found", "HTTP/1.1", headers)))
    assert diagnosis is not None
    assert "{0}" in diagnosis.detail
