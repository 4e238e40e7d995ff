# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls as the log has them, with what a test does not care about filled in."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from openconnector.calls.described import described_request, described_response, described_timings, described_trace
from openconnector.calls.recording import record_body, redact
from openconnector.core.ids import new_id
from openconnector.egress.evidence import Timings
from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.transports.exchange import Exchange
from openconnector.vault.redaction import Redactor

AT = datetime(2026, 11, 27, 11, 42, 7, 250_000, tzinfo=UTC)
SOURCE = UUID("0190a1b2-0000-7000-8000-000000000001")


def call(*exchanges: ExchangeEntry, **values: Any) -> CallEntry:
    """A call with these exchanges."""
    first = exchanges[0] if exchanges else None
    response = exchanges[-1].response if exchanges else None
    return CallEntry(
        **{
            "id": new_id(),
            "source_id": SOURCE,
            "source_name": "Zaaksysteem",
            "trigger_type": "test",
            "trigger_id": None,
            "user_id": "admin",
            "method": first.request["method"] if first else "GET",
            "url": first.request["url"] if first else "https://api.example.org/",
            "started_at": AT,
            "duration_ms": 12.5,
            "status_code": response["statusCode"] if response else None,
            "reason": response["reason"] if response else None,
            "outcome": "success",
            "error_type": None,
            "request_size": 0,
            "response_size": 2,
            "exchange_count": len(exchanges),
            "diagnosis": None,
            "exchanges": list(exchanges),
            "number": 7,
            **values,
        }
    )


def exchange(method: str = "GET", url: str = "https://api.example.org/v1/items?page=2", **values: Any) -> ExchangeEntry:
    """An exchange that went well. `headers` and `body` are those of the request."""
    headers, body = values.pop("headers", {"Accept": "*/*"}), values.pop("body", None)
    description = values.pop("described", None)
    pairs = headers.items() if isinstance(headers, dict) else headers
    fields = [{"name": name, "value": value, "origin": "source"} for name, value in pairs]
    request: dict[str, Any] = {
        "method": method,
        "url": url,
        "headers": fields,
        "parameters": [],
        "body": None,
        "wireSize": None,
    }
    if body is not None:
        request["body"] = description or described(body)
    return ExchangeEntry(
        **{
            "position": 0,
            "kind": "request",
            "started_at": AT,
            "duration_ms": 11.25,
            "delay_ms": 0.0,
            "timings": described_timings(Timings(send_ms=0.25, wait_ms=9.0, receive_ms=1.5)),
            "connection": None,
            "request": request,
            "request_body": body,
            "response": answer(),
            "response_body": b"{}",
            "error": None,
            **values,
        }
    )


def answer(content: bytes = b"{}", **values: Any) -> dict[str, Any]:
    """A response."""
    return {
        "statusCode": 200,
        "reason": "OK",
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": "Content-Type", "value": "application/json"}],
        "body": described(content),
        "encodedSize": len(content),
        "wireSize": 100 + len(content),
        **values,
    }


def described(body: bytes, **values: Any) -> dict[str, Any]:
    """What is known of a body of text."""
    return {
        "encoding": "text",
        "size": len(body),
        "isTruncated": False,
        "mediaType": "application/json",
        "charset": "utf-8",
        "charsetFrom": "detected",
        **values,
    }


def logged(sent: Exchange, redactor: Redactor | None = None, *, limit: int = 1024 * 1024) -> ExchangeEntry:
    """A real exchange as the log would have it."""
    redactor = redactor or Redactor()
    (kept,) = redact([sent], redactor)
    body, received = sent.request.body, sent.response
    sent_body = record_body(body, kept.request.headers, redactor, size=len(body or b""), limit=limit)
    got = record_body(received.body, received.headers, redactor, size=received.size, limit=limit) if received else None
    return ExchangeEntry(
        position=0,
        kind=sent.kind,
        started_at=sent.started_at,
        duration_ms=sent.duration_ms,
        delay_ms=sent.delay_ms,
        timings=described_timings(sent.timings),
        connection=None,
        request=described_request(kept.request, sent_body),
        request_body=sent_body.raw if sent_body else None,
        response=described_response(kept.response, got) if kept.response else None,
        response_body=got.raw if got else None,
        error={"type": sent.failure.type, "message": sent.failure.message} if sent.failure else None,
        trace=described_trace(sent.trace) or None,
    )
