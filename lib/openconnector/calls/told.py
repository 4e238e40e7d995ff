# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is told of a call to those who measure: taken from its log entry, in which there are no secrets any more."""

from typing import Any

from openconnector.core.telemetry import CallTold, ExchangeTold
from openconnector.logs.entries import CallEntry, ExchangeEntry


def call_told(entry: CallEntry, source_type: str) -> CallTold:
    """A call as telemetry sees it."""
    return CallTold(
        id=str(entry.id),
        source_id=str(entry.source_id),
        source_name=entry.source_name,
        source_type=source_type,
        trigger=entry.trigger_type,
        outcome=entry.outcome,
        error_type=entry.error_type,
        started_at=entry.started_at,
        duration_ms=entry.duration_ms,
        exchanges=[_exchange_told(exchange) for exchange in entry.exchanges],
    )


def _exchange_told(exchange: ExchangeEntry) -> ExchangeTold:
    request, response = exchange.request, exchange.response or {}
    connection, error = exchange.connection or {}, exchange.error or {}
    return ExchangeTold(
        kind=exchange.kind,
        method=request["method"],
        url=request["url"],
        started_at=exchange.started_at,
        duration_ms=exchange.duration_ms,
        status_code=response.get("statusCode"),
        protocol=response.get("httpVersion"),
        address=connection.get("address"),
        port=connection.get("port"),
        error_type=error.get("type"),
        traceparent=_header(request, "traceparent"),
    )


def _header(request: dict[str, Any], name: str) -> str | None:
    return next((header["value"] for header in request["headers"] if header["name"].lower() == name), None)
