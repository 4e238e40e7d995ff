# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Logged calls as lines of JSON: each as `GET /api/logs/{id}` answers it, with all that is kept of its bodies."""

import base64
from typing import Any

from openconnector.core.schema import in_utc
from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.logs.schemas import TimingsRead

_TIMINGS = TimingsRead().to_json()
_REQUEST: dict[str, Any] = {"parameters": [], "wireSize": None}
_RESPONSE: dict[str, Any] = {"encodedSize": None, "wireSize": None}
"""What entries of earlier versions do not have."""


def described(call: CallEntry) -> dict[str, Any]:
    """A call in the shape of `CallRead`.

    What belongs to a list and to this moment is left out: `hit`, and `expiresAt`, which changes with the settings.
    """
    return {
        "id": str(call.id),
        "logId": str(call.id),
        "number": call.number,
        "sourceId": str(call.source_id),
        "sourceName": call.source_name,
        "trigger": {"type": call.trigger_type, "id": call.trigger_id, "userId": call.user_id},
        "method": call.method,
        "url": call.url,
        "startedAt": in_utc(call.started_at),
        "durationMs": call.duration_ms,
        "statusCode": call.status_code,
        "reason": call.reason,
        "outcome": call.outcome,
        "errorType": call.error_type,
        "requestSize": call.request_size,
        "responseSize": call.response_size,
        "exchangeCount": call.exchange_count,
        "isPinned": call.is_pinned,
        "redactedCount": call.redacted_count,
        "hasBodies": call.has_bodies,
        "diagnosis": call.diagnosis,
        "exchanges": [_exchange(exchange) for exchange in call.exchanges],
    }


def _exchange(exchange: ExchangeEntry) -> dict[str, Any]:
    response = exchange.response
    return {
        "position": exchange.position,
        "kind": exchange.kind,
        "startedAt": in_utc(exchange.started_at),
        "durationMs": exchange.duration_ms,
        "delayMs": exchange.delay_ms,
        "timings": _TIMINGS | exchange.timings,
        "connection": exchange.connection,
        "request": _REQUEST | exchange.request | {"body": _body(exchange.request, exchange.request_body)},
        "response": response and _RESPONSE | response | {"body": _body(response, exchange.response_body)},
        "error": exchange.error,
        "trace": exchange.trace,
    }


def _body(message: dict[str, Any], raw: bytes | None) -> dict[str, Any] | None:
    body: dict[str, Any] | None = message.get("body")
    if body is None:
        return None
    raw = raw or b""
    is_text = body["encoding"] == "text"
    content = raw.decode("utf-8", "replace") if is_text else base64.b64encode(raw).decode()
    return body | {"content": content, "keptSize": len(raw), "isPreview": False}
