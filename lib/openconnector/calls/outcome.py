# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a call came to: a pure function of its exchanges."""

from collections.abc import Sequence
from dataclasses import dataclass

from openconnector.core.outcome import Outcome
from openconnector.transports.exchange import Exchange, Failure
from openconnector.transports.soap.faults import SoapFault

AUTHENTICATION_STATUSES = frozenset({401, 403, 407})
FIRST_ERROR_STATUS = 400

_OUTCOMES: dict[str, Outcome] = {
    "egress_denied": "refused",
    "proxy_authentication_required": "auth_error",
    "discovery_failed": "auth_error",
    "not_connected": "auth_error",
    "login_refused": "auth_error",
    "host_key_changed": "refused",
    "file_path_leaves_root": "refused",
    **dict.fromkeys(
        (
            "file_not_found",
            "file_permission_denied",
            "file_exists",
            "file_not_a_directory",
            "file_is_a_directory",
            "file_directory_not_empty",
            "file_no_space",
            "file_operation_unsupported",
            "file_error",
        ),
        "http_error",
    ),
}
"""What a failure comes to when it is no transport error: our policy has refused it, the other side has refused our
credentials, or a file server what it was asked for."""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome with its `error.type`: the status as text, or the name of a failure."""

    outcome: Outcome
    error_type: str | None = None


def refused(refusal: Failure) -> Result:
    """The result of a call that was not sent: we have refused it, it was stopped before, or it has no token."""
    was_stopped = refusal.type in ("cancelled", "internal_error", "total_timeout")
    return Result(_outcome_of(refusal.type, "transport_error" if was_stopped else "refused"), refusal.type)


def result_of(exchanges: Sequence[Exchange], fault: SoapFault | None = None) -> Result:
    """The result of a call that was sent. The last exchange decides.

    Args:
        fault: what a SOAP service says went wrong, under whatever status.
    """
    if not exchanges:
        return Result("success")  # another worker had just fetched the token that was wanted
    last = exchanges[-1]
    if last.failure is not None or last.response is None:
        error_type = last.failure.type if last.failure else "connection_failed"
        return Result(_outcome_of(error_type, "transport_error"), error_type)
    status = last.response.status_code
    if status in AUTHENTICATION_STATUSES:
        return Result("auth_error", str(status))
    if fault is not None:
        return Result("auth_error" if fault.is_refusal else "http_error", "soap_fault")
    if status >= FIRST_ERROR_STATUS:
        return Result("http_error", str(status))
    return Result("success")


def _outcome_of(failure_type: str, otherwise: Outcome) -> Outcome:
    is_about_token = failure_type.startswith(("oauth_", "token_", "authorization_"))
    return "auth_error" if is_about_token else _OUTCOMES.get(failure_type, otherwise)
