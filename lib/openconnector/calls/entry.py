# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Turns a finished call into its log entry. From here on everything is redacted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openconnector.calls.diagnosis import Observed, diagnose
from openconnector.calls.outcome import Result
from openconnector.calls.recording import RecordedBody, record_body, redact
from openconnector.calls.schemas import CallRequest
from openconnector.core.ids import new_id
from openconnector.logs.models import CallLog, LoggedExchange
from openconnector.logs.schemas import Trigger
from openconnector.sources.service import OpenSource
from openconnector.transports.exchange import Exchange, Failure
from openconnector.vault.redaction import Redactor

MAX_REASON = 255


@dataclass(frozen=True, slots=True)
class Finished:
    """A call that has come to its end, with nothing redacted yet."""

    source: OpenSource
    wanted: CallRequest
    trigger: Trigger
    started_at: datetime
    duration_ms: float
    expires_at: datetime
    exchanges: Sequence[Exchange]
    refusal: Failure | None
    result: Result

    @property
    def body_bytes(self) -> int:
        """Bytes of all bodies that were kept."""
        sent = sum(len(exchange.request.body or b"") for exchange in self.exchanges)
        return sent + sum(len(exchange.response.body) for exchange in self.exchanges if exchange.response)


def entry_of(call: Finished, redactor: Redactor) -> CallLog:
    """The entry of a call with its exchanges and its diagnosis."""
    source, kept = call.source, redact(call.exchanges, redactor)
    response = kept[-1].response if kept else None
    diagnosis = diagnose(
        Observed(
            location=redactor.url(source.location),
            source_type=source.type,
            path=redactor.text(call.wanted.path),
            result=call.result,
            exchanges=kept,
            refusal=call.refusal and Failure(call.refusal.type, redactor.text(call.refusal.message)),
            authentication=source.authentication.type,
        )
    )
    return CallLog(
        id=new_id(),
        source_id=source.id,
        source_name=source.name,
        trigger_type=call.trigger.type,
        trigger_id=call.trigger.id,
        user_id=call.trigger.user_id,
        method=call.wanted.method,
        url=kept[0].request.url if kept else redactor.url(source.location),
        started_at=call.started_at,
        duration_ms=call.duration_ms,
        status_code=response and response.status_code,
        reason=response and response.reason[:MAX_REASON],
        outcome=call.result.outcome,
        error_type=call.result.error_type,
        request_size=sum(len(exchange.request.body or b"") for exchange in call.exchanges),
        response_size=response and response.size,
        exchange_count=len(kept),
        diagnosis=diagnosis and diagnosis.to_json(),
        expires_at=call.expires_at,
        exchanges=[
            _logged(position, exchange, redacted, redactor, source.connection.max_body_bytes)
            for position, (exchange, redacted) in enumerate(zip(call.exchanges, kept, strict=True))
        ],
    )


def _logged(position: int, original: Exchange, exchange: Exchange, redactor: Redactor, limit: int) -> LoggedExchange:
    """The row of one exchange: `original` has the bodies, `exchange` everything else without secrets."""
    sent, received, body = exchange.request, exchange.response, original.request.body
    request_body = record_body(body, sent.headers, redactor, size=len(body or b""), limit=limit)
    response_body = None
    if received is not None and original.response is not None:
        raw = original.response.body
        response_body = record_body(raw, received.headers, redactor, size=received.size, limit=limit)
    return LoggedExchange(
        position=position,
        kind=exchange.kind,
        started_at=exchange.started_at,
        duration_ms=round(exchange.duration_ms, 3),
        request={"method": sent.method, "url": sent.url, **_message(sent.headers, request_body)},
        request_body=request_body and request_body.raw,
        response=received
        and {
            "statusCode": received.status_code,
            "reason": received.reason,
            "httpVersion": received.http_version,
            **_message(received.headers, response_body),
        },
        response_body=response_body and response_body.raw,
        error=exchange.failure and {"type": exchange.failure.type, "message": exchange.failure.message},
    )


def _message(headers: Sequence[tuple[str, str]], body: RecordedBody | None) -> dict[str, object]:
    return {
        "headers": [{"name": name, "value": value} for name, value in headers],
        "body": body and body.description,
    }
