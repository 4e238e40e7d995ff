# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A call on its way into the log and out of it, without the bookkeeping of the mapper.

Making two mapped objects takes longer than sending a request.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(slots=True)
class ExchangeEntry:
    """One exchange of a call, redacted. Bodies are the bytes that are shown: UTF-8 where they are text."""

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
    trace: list[dict[str, Any]] | None = None


@dataclass(slots=True)
class CallEntry:
    """A call with its exchanges. `number` is 0 until it is in the log."""

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
    exchanges: list[ExchangeEntry] = field(default_factory=list)
    number: int = 0
    is_pinned: bool = False
    redacted_count: int | None = None
    has_bodies: bool = True
    """Whether its bodies are kept. On the way in: whether they shall be."""
    expires_at: datetime | None = None
    """When its age lets it be removed, as the settings are now; None: never."""
