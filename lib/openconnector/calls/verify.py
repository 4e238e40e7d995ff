# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the way of a call from its log entry: step by step, up to the first one that failed.

The call is an ordinary one over a new connection; nothing here speaks to the network.
"""

from openconnector.calls.schemas import StepName, VerifyRead, VerifyStep
from openconnector.calls.verify_steps import FINDINGS, NOT_REACHED, duration_of
from openconnector.core.phrases import phrase
from openconnector.logs.schemas import CallRead, Diagnosis, ExchangeRead, Phase

STEPS: tuple[StepName, ...] = ("configuration", "egress", "dns", "tcp", "tls", "credentials", "http", "content")
"""In the order of the way."""

HINTS = frozenset({"nested_records", "records_not_checked"})
"""What a diagnosis may say of an answer with which nothing is wrong."""

_STEP_OF_PHASE: dict[Phase, StepName] = {
    "configuration": "configuration",
    "egress": "egress",
    "dns": "dns",
    "tcp": "tcp",
    "tls": "tls",
    "request": "http",
    "authentication": "credentials",
    "response": "http",
    "content": "content",
}

_ANYWHERE = frozenset({"cancelled", "connection_reset", "internal_error", "total_timeout"})
"""What can happen at every step."""


def verified(call: CallRead) -> VerifyRead:
    """The steps of a finished call. It passed when no step failed."""
    failing = _failing_step(call)
    reached = STEPS if failing is None else STEPS[: STEPS.index(failing)]
    steps = []
    for name in STEPS:
        if name == failing:
            steps.append(_failed(name, call))
        elif name in reached and not (name == "tls" and call.error_type == "proxy_authentication_required"):
            steps.append(FINDINGS[name](call))
        else:
            steps.append(VerifyStep(name=name, status="skipped", duration_ms=None, summary=NOT_REACHED))
    return VerifyRead(passed=failing is None, steps=steps, call=call)


def _failing_step(call: CallRead) -> StepName | None:
    diagnosis = call.diagnosis
    if diagnosis is None or diagnosis.type in HINTS:
        return None if call.outcome == "success" else _reached(call)
    if diagnosis.type in _ANYWHERE:
        return _reached(call)
    # A body that broke off is a broken answer; what a whole body holds is looked at behind it.
    is_broken = diagnosis.phase == "content" and call.outcome != "success"
    return "http" if is_broken else _STEP_OF_PHASE[diagnosis.phase]


def _reached(call: CallRead) -> StepName:
    """The step at which a call was when it was stopped."""
    if not call.exchanges:
        return "configuration"
    last = call.exchanges[-1]
    connection = last.connection
    if connection is None or not connection.resolved:
        return "dns"
    if connection.address is None:
        return "tcp"
    return "tls" if _is_negotiating(last) else "http"


def _is_negotiating(exchange: ExchangeRead) -> bool:
    tls = exchange.connection.tls if exchange.connection else None
    return exchange.request.url.startswith(("https:", "ftps:", "ftpes:")) and (tls is None or tls.version is None)


def _failed(name: StepName, call: CallRead) -> VerifyStep:
    diagnosis: Diagnosis | None = call.diagnosis
    return VerifyStep(
        name=name,
        status="failed",
        duration_ms=duration_of(name, call),
        summary=diagnosis.detail if diagnosis else phrase("The call failed."),
        evidence=diagnosis.evidence if diagnosis else [],
        remedies=diagnosis.remedies if diagnosis else [],
    )
