# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A call on its way into the log: the columns of its rows, without the bookkeeping of the mapper.

Making two mapped objects takes longer than sending a request. The fields are those of `CallLog` and `LoggedExchange`;
a test holds them against each other.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(slots=True)
class ExchangeEntry:
    """The row of one exchange."""

    position: int
    kind: str
    started_at: datetime
    duration_ms: float
    delay_ms: float
    timings: dict[str, Any]
    connection: dict[str, Any] | None
    request: dict[str, Any]
    request_body: bytes | None
    response: dict[str, Any] | None
    response_body: bytes | None
    error: dict[str, Any] | None


@dataclass(slots=True)
class CallEntry:
    """The row of a call, with those of its exchanges."""

    id: UUID
    source_id: UUID
    source_name: str
    trigger_type: str
    trigger_id: str | None
    user_id: str | None
    method: str
    url: str
    started_at: datetime
    duration_ms: float
    status_code: int | None
    reason: str | None
    outcome: str
    error_type: str | None
    request_size: int
    response_size: int | None
    exchange_count: int
    diagnosis: dict[str, Any] | None
    expires_at: datetime
    exchanges: list[ExchangeEntry] = field(default_factory=list)
