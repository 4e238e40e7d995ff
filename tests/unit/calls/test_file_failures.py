# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What file servers refuse, as outcome and in words."""

import pytest

from openconnector.calls.diagnosis import diagnose
from openconnector.calls.outcome import result_of
from openconnector.calls.remedies_files import FILES
from tests.unit.calls.observations import check, exchange, observed, response

LOCATION = "ftpes://files.example/in"


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        ("login_refused", "auth_error"),
        ("file_not_found", "http_error"),
        ("file_permission_denied", "http_error"),
        ("file_error", "http_error"),
        ("file_path_leaves_root", "refused"),
        ("host_key_changed", "refused"),
        ("tls_required", "transport_error"),
        ("ftp_not_spoken", "transport_error"),
        ("data_connection_failed", "transport_error"),
        ("transfer_aborted", "transport_error"),
    ],
)
def test_the_outcome_of_a_failure(failure: str, outcome: str) -> None:
    result = result_of([exchange(response(226), failure)])

    assert (result.outcome, result.error_type) == (outcome, failure)


def test_a_reply_of_success_is_one() -> None:
    assert result_of([exchange(response(226))]).outcome == "success"


@pytest.mark.parametrize("failure", [name for name in FILES if name.startswith("file_") and "root" not in name])
def test_every_refusal_of_the_server_is_an_answer(failure: str) -> None:
    assert result_of([exchange(response(550), failure)]).outcome == "http_error"


def test_a_wrong_password_says_so_and_leads_to_authentication() -> None:
    failed = exchange(response(530), "login_refused", url=f"{LOCATION}/", method="LIST")
    diagnosis = check(diagnose(observed(failed, location=LOCATION, source_type="ftp", authentication="basic")))

    assert diagnosis.phase == "authentication"
    assert "password" in diagnosis.detail
    assert diagnosis.remedies[0].link == "configuration/authentication"
