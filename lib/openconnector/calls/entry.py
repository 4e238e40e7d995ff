# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Turns a finished call into its log entry. From here on everything is redacted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openconnector.authentication.oauth2.tokens import Token
from openconnector.calls.defaults import base_of
from openconnector.calls.described import (
    described_connection,
    described_request,
    described_response,
    described_timings,
    described_trace,
)
from openconnector.calls.diagnosis import diagnose
from openconnector.calls.files.attempts import url_of
from openconnector.calls.observed import MAX_BODY, Observed, TokenFacts
from openconnector.calls.outcome import Result
from openconnector.calls.progress import TO_AUTHORIZE
from openconnector.calls.recording import record_body, redact, redacted_failure
from openconnector.calls.schemas import CallRequest
from openconnector.core.http import InvalidURL
from openconnector.core.ids import new_id
from openconnector.egress.origin import PathLeavesOrigin, join
from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.logs.schemas import Trigger
from openconnector.sources.opened import OpenSource
from openconnector.transports.exchange import Exchange, Failure, ReceivedResponse
from openconnector.transports.soap.faults import SoapFault
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
    expires_at: datetime | None
    keeps_bodies: bool
    exchanges: Sequence[Exchange]
    refusal: Failure | None
    result: Result
    token: Token | None = None
    fault: SoapFault | None = None

    @property
    def body_bytes(self) -> int:
        """Bytes of all bodies that were kept."""
        sent = sum(len(exchange.request.body or b"") for exchange in self.exchanges)
        return sent + sum(len(exchange.response.body) for exchange in self.exchanges if exchange.response)


def entry_of(call: Finished, redactor: Redactor) -> CallEntry:
    """The entry of a call with its exchanges and its diagnosis."""
    source, kept = call.source, redact(call.exchanges, redactor)
    own = kept if call.trigger.type == "authorization" else [one for one in kept if one.kind not in TO_AUTHORIZE]
    response = own[-1].response if own else None
    request = (own[-1] if call.trigger.type == "authorization" else own[0]).request if own else None
    exchanges = [
        _logged(position, exchange, redacted, redactor, source.connection.max_body_bytes)
        for position, (exchange, redacted) in enumerate(zip(call.exchanges, kept, strict=True))
    ]
    body, is_body_whole = _text_of(exchanges[-1]) if exchanges else (None, False)
    diagnosis = diagnose(
        Observed(
            location=redactor.url(source.location),
            source_type=source.type,
            path=redactor.text(call.wanted.path),
            result=call.result,
            exchanges=kept,
            refusal=call.refusal and redacted_failure(call.refusal, redactor),
            authentication=source.authentication.type,
            token=TokenFacts.of(call.token, redactor) if call.token else None,
            fault=_redacted(call.fault, redactor) if call.fault else None,
            results_position=source.results_position,
            body=body,
            is_body_whole=is_body_whole,
        )
    )
    return CallEntry(
        id=new_id(),
        source_id=source.id,
        source_name=source.name,
        trigger_type=call.trigger.type,
        trigger_id=call.trigger.id,
        user_id=call.trigger.user_id,
        method=request.method if request else call.wanted.method,
        url=request.url if request else redactor.url(_joined(source, call.wanted.path)),
        started_at=call.started_at,
        duration_ms=call.duration_ms,
        status_code=response.status_code if response else None,
        reason=_reason_of(response) if response else None,
        outcome=call.result.outcome,
        error_type=call.result.error_type,
        request_size=sum(len(exchange.request.body or b"") for exchange in call.exchanges),
        response_size=response.size if response else None,
        exchange_count=len(kept),
        diagnosis=diagnosis.model_dump(by_alias=True) if diagnosis else None,
        exchanges=exchanges,
        has_bodies=call.keeps_bodies,
        expires_at=call.expires_at,
    )


def _redacted(fault: SoapFault, redactor: Redactor) -> SoapFault:
    code, reason, detail, actor, *subcodes = redactor.texts(
        [fault.code, fault.reason, fault.detail, fault.actor, *fault.subcodes]
    )
    return SoapFault(code, reason, detail, actor, tuple(subcodes), is_about_sender=fault.is_about_sender)


def _joined(source: OpenSource, path: str) -> str:
    """Where a call would have gone that was never sent; the location alone where they make no URL."""
    if source.type == "ftp":
        return url_of(source.location, path)
    try:
        return str(join(base_of(source), path))
    except (PathLeavesOrigin, InvalidURL, ValueError):
        return source.location


def _reason_of(response: ReceivedResponse) -> str:
    """The words beside the status. PostgreSQL keeps no NUL in a text."""
    return response.reason[:MAX_REASON].replace("\0", "\N{REPLACEMENT CHARACTER}")


def _text_of(exchange: ExchangeEntry) -> tuple[str | None, bool]:
    """The beginning of a response's body as it is kept, when it is text, and whether that is all of it."""
    described = exchange.response and exchange.response["body"]
    if not described or described["encoding"] != "text":
        return None, False
    raw = exchange.response_body or b""
    return raw[:MAX_BODY].decode("utf-8", "ignore"), not described["isTruncated"] and len(raw) <= MAX_BODY


def _logged(position: int, original: Exchange, exchange: Exchange, redactor: Redactor, limit: int) -> ExchangeEntry:
    """The row of one exchange: `original` has the bodies, `exchange` everything else without secrets."""
    sent, received, body = exchange.request, exchange.response, original.request.body
    request_body = record_body(body, sent.headers, redactor, size=len(body or b""), limit=limit)
    response_body = None
    if received is not None and original.response is not None:
        raw = original.response.body
        response_body = record_body(raw, received.headers, redactor, size=received.size, limit=limit)
    return ExchangeEntry(
        position=position,
        kind=exchange.kind,
        started_at=exchange.started_at,
        duration_ms=round(exchange.duration_ms, 3),
        delay_ms=round(exchange.delay_ms, 3),
        timings=described_timings(exchange.timings),
        connection=described_connection(exchange.connection, exchange.started_at) if exchange.connection else None,
        request=described_request(sent, request_body),
        request_body=request_body.raw if request_body else None,
        response=described_response(received, response_body) if received else None,
        response_body=response_body.raw if response_body else None,
        error={"type": exchange.failure.type, "message": exchange.failure.message} if exchange.failure else None,
        trace=described_trace(exchange.trace) or None,
    )
