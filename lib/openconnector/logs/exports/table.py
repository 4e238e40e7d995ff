# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Logged calls as a table: CSV of RFC 4180 in UTF-8, a row for each call under the names of the API.

There is no byte order mark: the programs that read logs take it for a part of the first name.
"""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from openconnector.core.schema import in_utc
from openconnector.logs.entries import CallEntry

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet calculate a cell, and what it strips to find one of them (OWASP, CSV injection)."""

_COLUMNS: dict[str, Callable[[CallEntry], Any]] = {
    "id": lambda call: call.id,
    "number": lambda call: call.number,
    "startedAt": lambda call: call.started_at,
    "sourceId": lambda call: call.source_id,
    "sourceName": lambda call: call.source_name,
    "trigger.type": lambda call: call.trigger_type,
    "trigger.id": lambda call: call.trigger_id,
    "trigger.userId": lambda call: call.user_id,
    "method": lambda call: call.method,
    "url": lambda call: call.url,
    "statusCode": lambda call: call.status_code,
    "reason": lambda call: call.reason,
    "outcome": lambda call: call.outcome,
    "errorType": lambda call: call.error_type,
    "durationMs": lambda call: call.duration_ms,
    "requestSize": lambda call: call.request_size,
    "responseSize": lambda call: call.response_size,
    "exchangeCount": lambda call: call.exchange_count,
    "redactedCount": lambda call: call.redacted_count,
    "hasBodies": lambda call: call.has_bodies,
    "isPinned": lambda call: call.is_pinned,
}


def header() -> bytes:
    """The first row."""
    return _encoded([list(_COLUMNS)])


def rows(calls: Iterable[CallEntry]) -> bytes:
    """The rows of calls."""
    return _encoded([_cell(read(call)) for read in _COLUMNS.values()] for call in calls)


def _encoded(table: Iterable[list[str]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(table)
    return written.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return in_utc(value)
        case str():
            # Whoever answers a call could put a formula into the table of whoever opens it (CWE-1236).
            return f"'{value}" if value.startswith(_FORMULAS) else value
        case _:
            return str(value)
