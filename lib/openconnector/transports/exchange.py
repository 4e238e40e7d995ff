# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every transport answers with: the exchanges of a call, as they happened. Nothing here is redacted yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from openconnector.egress.evidence import ConnectionEvidence, Timings

Headers = list[tuple[str, str]]
ExchangeKind = Literal["request", "redirect", "retry", "authentication", "token", "discovery", "page", "description"]
"""`authentication`: the request again, with what its first answer asked for. `token` and `discovery` go to the
authorization server. `page`: the next page of an answer. `description`: a WSDL, or what it imports."""
Origin = Literal["source", "authentication", "request", "cookies", "transport"]
"""Who put a header or a parameter on a request: the source, its authentication, the one who asked for this request,
the cookies that the source keeps, or the transport with its defaults."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the headers (by name in lower case) and the query parameters (by name) of a request come from.

    A header that is not named here is the transport's own. A parameter that is not named here stands in the path.
    """

    headers: Mapping[str, Origin] = field(default_factory=dict)
    parameters: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(slots=True)
class SentRequest:
    """A request as it went out.

    Attributes:
        wire_size: bytes of request line, headers and body that were handed to the network; None where none was.
    """

    method: str
    url: str
    headers: Headers
    body: bytes | None = field(default=None, repr=False)
    origins: Origins = field(default_factory=Origins)
    wire_size: int | None = None


@dataclass(slots=True)
class ReceivedResponse:
    """A response as it came in.

    Attributes:
        http_version: for example `HTTP/1.1`, `FTP` or `SFTP/3`.
        headers: in their order, with duplicates.
        body: the decoded body up to the limit, and a little beyond it: see `Limits.overlap`.
        size: bytes of the decoded body, however much of it was kept.
        encoded_size: bytes of the body as it was sent, before its content coding was taken off (`bodySize` of HAR).
        wire_size: bytes that came over the connection: status line, headers, framing and body. None with HTTP/2,
            where several responses share the connection.
    """

    status_code: int
    reason: str
    http_version: str
    headers: Headers
    body: bytes = field(default=b"", repr=False)
    size: int = 0
    encoded_size: int = 0
    wire_size: int | None = None


@dataclass(slots=True)
class Failure:
    """Why no complete response came: a stable `error.type` (as in OpenTelemetry) and the words of the system."""

    type: str
    message: str


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One line of the control connection of a file transfer. It holds no credentials.

    Attributes:
        at_ms: milliseconds since the exchange began.
        is_sent: a command of ours; else a reply.
    """

    at_ms: float
    is_sent: bool
    text: str


@dataclass(slots=True)
class Exchange:
    """One request with its response or its failure, or with both where a response broke off.

    Attributes:
        delay_ms: the pause before this attempt: between two attempts, and for the rate limit.
        connection: what the request went through; None where none was opened.
        trace: commands and replies, where the protocol has them: file transfer.
    """

    kind: ExchangeKind
    started_at: datetime
    request: SentRequest
    response: ReceivedResponse | None = None
    failure: Failure | None = None
    duration_ms: float = 0.0
    delay_ms: float = 0.0
    timings: Timings = field(default_factory=Timings)
    connection: ConnectionEvidence | None = None
    trace: list[TraceEntry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one call.

    Attributes:
        connect_ms: milliseconds for each of resolving, connecting and the TLS handshake.
        read_ms: milliseconds between two reads, and between two writes.
        total_ms: milliseconds for the whole call, with its redirects and retries.
        body_bytes: how much of a decoded body is kept.
        overlap: bytes beyond `body_bytes` that are read too, so that a secret across the cut is still seen whole.
    """

    connect_ms: int
    read_ms: int
    total_ms: int
    body_bytes: int
    overlap: int = 0
