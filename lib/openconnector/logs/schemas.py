# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a logged call looks like in the API. The answer of a test call has the same shape."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from openconnector.core.outcome import Outcome
from openconnector.core.phrases import Spoken
from openconnector.core.schema import Schema, UtcTime

TriggerType = Literal[
    "test", "verify", "authorization", "description", "endpoint", "job", "synchronization", "command", "import"
]
Place = Literal[
    "configuration",
    "configuration/headers",
    "configuration/authentication",
    "configuration/connection",
    "configuration/records",
    "configuration/files",
    "configuration/soap",
    "test",
    "settings",
]
Phase = Literal["configuration", "egress", "dns", "tcp", "tls", "request", "authentication", "response", "content"]


class HeaderField(Schema):
    """A header as it was sent or received. Names may occur more than once."""

    name: str
    value: str


class Body(Schema):
    """A body, redacted and cut at the limit of the source."""

    content: Annotated[
        str,
        Field(description="Text, or base64 where the bytes are not text; of a long body only the beginning."),
    ]
    encoding: Literal["text", "base64"]
    size: Annotated[int, Field(description="Bytes of the whole decoded body, as far as it was received.")]
    kept_size: Annotated[int, Field(description="Bytes that are kept of it, as `…/content` gives them.")]
    is_truncated: Annotated[bool, Field(description="Not all of it is kept.")]
    is_preview: Annotated[bool, Field(description="`content` is not all that is kept.")]
    media_type: str | None
    charset: str | None
    charset_from: Annotated[
        Literal["header", "bom", "declaration", "detected"] | None, Field(description="How the charset is known.")
    ] = None


FieldOrigin = Literal["source", "authentication", "request", "cookies", "transport"]


class SentField(Schema):
    """A header or a query parameter of a request, and who put it there."""

    name: str
    value: str
    origin: Annotated[
        FieldOrigin | None,
        Field(
            description="The configuration of the source, its authentication, whoever asked for this request, the "
            "cookies that the source keeps, or the transport with its defaults; null in entries of earlier versions."
        ),
    ] = None


class LoggedRequest(Schema):
    """A request as it was sent."""

    method: str
    url: str
    headers: list[SentField]
    parameters: list[SentField] = []
    body: Body | None
    wire_size: Annotated[int | None, Field(description="Bytes handed to the network; null where none was.")] = None


class LoggedResponse(Schema):
    """A response as it came."""

    status_code: int
    reason: str
    http_version: str
    headers: list[HeaderField]
    body: Body | None
    encoded_size: Annotated[
        int | None, Field(description="Bytes of the body before its content coding was taken off.")
    ] = None
    wire_size: Annotated[
        int | None, Field(description="Bytes over the connection: status line, headers, framing and body.")
    ] = None


class TimingsRead(Schema):
    """Milliseconds of each phase, with the meaning of HAR 1.2; null where a phase did not happen.

    As in HAR, `connectMs` contains `tlsMs`. A reused connection has no `dnsMs`, `connectMs` and `tlsMs`.
    """

    blocked_ms: float | None = None
    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    send_ms: float | None = None
    wait_ms: float | None = None
    receive_ms: float | None = None


class CertificateRead(Schema):
    """A certificate as the other side showed it."""

    subject: str
    issuer: str
    names: list[str]
    not_before: UtcTime
    not_after: UtcTime
    fingerprint: Annotated[str, Field(description="SHA-256, in hexadecimal digits.")]
    days_left: Annotated[int, Field(description="Whole days from the exchange to `notAfter`; negative when over.")]


class TlsRead(Schema):
    """A TLS connection, or the attempt at one."""

    version: str | None
    cipher: str | None
    alpn: str | None
    is_verified: bool
    chain: Annotated[list[CertificateRead], Field(description="As shown by the server, its own certificate first.")]


class ConnectionRead(Schema):
    """What an exchange went through."""

    is_reused: bool
    resolved: Annotated[list[str], Field(description="Every address of the host name.")]
    address: Annotated[str | None, Field(description="The other end of the connection.")]
    port: int | None
    proxy: str | None
    tls: TlsRead | None


class ExchangeError(Schema):
    """Why there is no complete response."""

    type: str
    message: str


class TraceLine(Schema):
    """One line of the control connection of a file transfer, without credentials."""

    at_ms: Annotated[float, Field(description="Since the exchange began.")]
    is_sent: Annotated[bool, Field(description="A command of ours; else a reply.")]
    text: str


class ExchangeRead(Schema):
    """One request of a call with what came of it."""

    position: int
    kind: Annotated[
        Literal["request", "redirect", "retry", "authentication", "token", "discovery", "page", "description"],
        Field(
            description="`authentication`: the request again, with what its first answer asked for. `token` and "
            "`discovery`: requests to the authorization server. `page`: the next page of an answer. `description`: a "
            "WSDL, or what it imports."
        ),
    ]
    started_at: UtcTime
    duration_ms: float
    delay_ms: Annotated[float, Field(description="The pause before it: between two attempts, and for the rate limit.")]
    timings: TimingsRead
    connection: ConnectionRead | None
    request: LoggedRequest
    response: LoggedResponse | None
    error: ExchangeError | None
    trace: Annotated[
        list[TraceLine] | None, Field(description="The commands and replies of a file transfer; else null.")
    ]


class Remedy(Schema):
    """One thing to do. `link` is the tab, and the section of it, where it is done."""

    text: Spoken
    link: Place | None


class Evidence(Schema):
    """One observation that a diagnosis rests on."""

    name: Spoken
    value: Spoken


class Diagnosis(Schema):
    """The outcome in words."""

    type: str
    title: Spoken
    detail: Spoken
    phase: Phase
    remedies: list[Remedy]
    evidence: list[Evidence]


class Trigger(Schema):
    """Who asked for a call."""

    type: TriggerType
    id: str | None = None
    user_id: str | None = None


class Hit(Schema):
    """Where a question's words stand in a call. `ranges` are offsets of characters in `text`: from, and up to."""

    place: Literal["url", "request_headers", "request_body", "response_headers", "response_body", "error", "diagnosis"]
    text: Annotated[str, Field(description="The words with some of what stands around them.")]
    ranges: list[tuple[int, int]]


class CallSummary(Schema):
    """One call, as the list shows it."""

    id: UUID
    number: Annotated[int, Field(description="Its place in the log; the newest call has the highest.")]
    source_id: UUID
    source_name: str
    trigger: Trigger
    method: str
    url: str
    started_at: UtcTime
    duration_ms: float
    status_code: Annotated[int | None, Field(description="What the other side sent; null when nothing came.")]
    reason: str | None
    outcome: Outcome
    error_type: str | None
    request_size: int
    response_size: int | None
    exchange_count: int
    is_pinned: Annotated[bool, Field(description="Kept for ever: no retention removes it.")]
    expires_at: Annotated[
        UtcTime | None, Field(description="When its age lets it be removed, as the settings are now; null: never.")
    ]
    hit: Annotated[Hit | None, Field(description="Where the words of the question stand; null in other lists.")] = None


class CallRead(CallSummary):
    """One call with everything that is kept of it. `logId` is the id of its entry in the log, the same as `id`."""

    log_id: UUID
    redacted_count: Annotated[
        int | None, Field(description="Values that were taken out before it was kept; null in earlier entries.")
    ]
    has_bodies: Annotated[bool, Field(description="False: its bodies were removed, or never kept.")]
    diagnosis: Diagnosis | None
    exchanges: list[ExchangeRead]
