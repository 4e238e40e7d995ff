# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every transport answers with: the exchanges of a call, as they happened. Nothing here is redacted yet."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Headers = list[tuple[str, str]]
ExchangeKind = Literal["request", "redirect"]


@dataclass(slots=True)
class SentRequest:
    """A request as it went out."""

    method: str
    url: str
    headers: Headers
    body: bytes | None = field(default=None, repr=False)


@dataclass(slots=True)
class ReceivedResponse:
    """A response as it came in.

    Attributes:
        http_version: for example `HTTP/1.1`.
        headers: in their order, with duplicates.
        body: the decoded body up to the limit, and a little beyond it: see `Limits.overlap`.
        size: bytes of the decoded body, however much of it was kept.
    """

    status_code: int
    reason: str
    http_version: str
    headers: Headers
    body: bytes = field(default=b"", repr=False)
    size: int = 0


@dataclass(slots=True)
class Failure:
    """Why no complete response came: a stable `error.type` (as in OpenTelemetry) and the words of the system."""

    type: str
    message: str


@dataclass(slots=True)
class Exchange:
    """One request with its response or its failure, or with both where a response broke off."""

    kind: ExchangeKind
    started_at: datetime
    request: SentRequest
    response: ReceivedResponse | None = None
    failure: Failure | None = None
    duration_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one call.

    Attributes:
        connect_ms, read_ms, total_ms: milliseconds to connect, between two reads, and for the whole call.
        body_bytes: how much of a decoded body is kept.
        overlap: bytes beyond `body_bytes` that are read too, so that a secret across the cut is still seen whole.
        redirects: how many redirects are followed.
    """

    connect_ms: int
    read_ms: int
    total_ms: int
    body_bytes: int
    overlap: int = 0
    redirects: int = 0
