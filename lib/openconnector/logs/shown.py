# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls of the log as the API shows them."""

import base64
from typing import Any

from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.logs.schemas import CallRead, CallSummary, ExchangeRead, Hit

PREVIEW_BYTES = 256 * 1024
"""Bytes of a body that come with its entry. All that is kept comes from a route of its own."""

_COLUMNS = (
    *("id", "number", "source_id", "source_name", "method", "url", "started_at", "duration_ms", "status_code"),
    *("reason", "outcome", "error_type", "request_size", "response_size", "exchange_count", "is_pinned", "expires_at"),
)


def show_summary(call: CallEntry, hit: Hit | None = None) -> CallSummary:
    """A call as a row of the list."""
    return CallSummary(**_summary(call), hit=hit)


def show_call(call: CallEntry) -> CallRead:
    """A call with its diagnosis and its exchanges. Of a body, what is at hand in `call` is shown."""
    return CallRead(
        **_summary(call),
        log_id=call.id,
        redacted_count=call.redacted_count,
        has_bodies=call.has_bodies,
        diagnosis=call.diagnosis,
        exchanges=[_exchange(exchange) for exchange in call.exchanges],
    )


def _summary(call: CallEntry) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(call, name) for name in _COLUMNS}
    trigger = {"type": call.trigger_type, "id": call.trigger_id, "userId": call.user_id}
    return values | {"trigger": trigger}


def _exchange(exchange: ExchangeEntry) -> ExchangeRead:
    return ExchangeRead.model_validate(
        {
            "position": exchange.position,
            "kind": exchange.kind,
            "startedAt": exchange.started_at,
            "durationMs": exchange.duration_ms,
            "delayMs": exchange.delay_ms,
            "timings": exchange.timings,
            "connection": exchange.connection,
            "request": exchange.request | {"body": _body(exchange.request, exchange.request_body)},
            "response": exchange.response
            and exchange.response | {"body": _body(exchange.response, exchange.response_body)},
            "error": exchange.error,
            "trace": exchange.trace,
        }
    )


def _body(message: dict[str, Any], raw: bytes | None) -> dict[str, Any] | None:
    """The stored description of a body with its bytes, which are UTF-8 where it is text."""
    described: dict[str, Any] | None = message.get("body")
    if described is None:
        return None
    raw = raw or b""
    is_text, shown = described["encoding"] == "text", raw[:PREVIEW_BYTES]
    return described | {
        "content": shown.decode("utf-8", "ignore") if is_text else base64.b64encode(shown).decode(),
        "keptSize": len(raw),
        "isPreview": len(raw) > PREVIEW_BYTES,
    }
