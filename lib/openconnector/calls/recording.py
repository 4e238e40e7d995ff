# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Turns exchanges into what may be kept: everything that passes here is redacted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from openconnector.core.phrases import Phrase
from openconnector.egress.evidence import Certificate, ConnectionEvidence
from openconnector.reading.charset import Charset, decode, read_text
from openconnector.reading.charset import content_type as parse_content_type
from openconnector.transports.exchange import Exchange, Failure, Headers, ReceivedResponse, SentRequest
from openconnector.vault.redaction import Redactor


@dataclass(frozen=True, slots=True)
class RecordedBody:
    """A body as it is kept: its description, and its bytes, which are UTF-8 where it is text."""

    description: dict[str, Any]
    raw: bytes


def redact(exchanges: Sequence[Exchange], redactor: Redactor) -> list[Exchange]:
    """The exchanges without secrets in URLs, headers and messages. Bodies are left out: `record_body` takes them."""
    return [_redact_exchange(exchange, redactor) for exchange in exchanges]


def _redact_exchange(exchange: Exchange, redactor: Redactor) -> Exchange:
    failure = exchange.failure
    return Exchange(
        exchange.kind,
        exchange.started_at,
        _redact_request(exchange.request, redactor),
        exchange.response and _redact_response(exchange.response, redactor),
        failure and redacted_failure(failure, redactor),
        exchange.duration_ms,
        exchange.delay_ms,
        exchange.timings,
        exchange.connection and _redact_connection(exchange.connection, redactor),
        [replace(line, text=redactor.text(line.text)) for line in exchange.trace],
    )


def redacted_failure(failure: Failure, redactor: Redactor) -> Failure:
    """The failure without secrets in its message."""
    return Failure(failure.type, redacted_text(failure.message, redactor))


def redacted_text(text: str, redactor: Redactor) -> str:
    """A text without secrets. A phrase stays one where it holds none; else it becomes plain English."""
    redacted = redactor.text(text)
    return text if isinstance(text, Phrase) and redacted == text else redacted


def record_body(
    body: bytes | None, headers: Headers, redactor: Redactor, *, size: int, limit: int
) -> RecordedBody | None:
    """The first `limit` bytes of a body without secrets, as text where it is text; None where there is no body.

    `body` may reach beyond the limit: what stands there shows a secret across the cut whole. `size` is that of the
    whole body as it was received.
    """
    if not body and size == 0:
        return None
    body = body or b""
    media_type, declared = content_type(headers)
    is_truncated = size > limit
    # Text is decoded before it is searched: in another charset, a secret is other bytes.
    found = read_text(body, media_type, declared, is_cut=is_truncated)
    if found is None:
        kept, charset = redactor.raw(body, limit=limit), None
    else:
        text, charset = found
        kept = _redact_text(body, text, charset, redactor, media_type, limit if is_truncated else None)
    description = {
        "encoding": "base64" if charset is None else "text",
        "size": size,
        "isTruncated": is_truncated,
        "mediaType": media_type,
        "charset": charset and charset.name,
        "charsetFrom": charset and charset.origin,
    }
    return RecordedBody(description, kept)


def _redact_text(
    body: bytes, text: str, charset: Charset, redactor: Redactor, media_type: str | None, limit: int | None
) -> bytes:
    """The text of the first `limit` bytes of a body, without secrets, in UTF-8."""
    if charset.is_guess and (plain := redactor.raw(body)) != body:
        # Where the guess is wrong, a secret has become other characters: it was looked for among the bytes, too.
        body = plain if limit is None else redactor.raw(body, limit=limit)
        text, limit = decode(body, charset, is_cut=limit is not None) or body.decode("latin-1"), None
    shown = None if limit is None else len(decode(body[:limit], charset, is_cut=True) or "")
    return redactor.body(text, media_type, limit=shown).encode("utf-8", "replace")


def content_type(headers: Headers) -> tuple[str | None, str | None]:
    """Media type and charset of a message, in lower case."""
    return parse_content_type(content_type_header(headers))


def content_type_header(headers: Headers) -> str:
    """The header as it came; empty where there is none."""
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _redact_request(request: SentRequest, redactor: Redactor) -> SentRequest:
    url, headers = redactor.url(request.url), redactor.headers(request.headers)
    return SentRequest(request.method, url, headers, None, request.origins, request.wire_size)


def _redact_response(response: ReceivedResponse, redactor: Redactor) -> ReceivedResponse:
    reason, headers = redactor.text(response.reason), redactor.headers(response.headers)
    sizes = (response.size, response.encoded_size, response.wire_size)
    return ReceivedResponse(response.status_code, reason, response.http_version, headers, b"", *sizes)


def _redact_connection(connection: ConnectionEvidence, redactor: Redactor) -> ConnectionEvidence:
    """The connection without secrets in its certificates: a name in them may be one."""
    if connection.tls is None or not connection.tls.chain:
        return connection
    chain = tuple(_redact_certificate(certificate, redactor) for certificate in connection.tls.chain)
    return replace(connection, tls=replace(connection.tls, chain=chain))


def _redact_certificate(certificate: Certificate, redactor: Redactor) -> Certificate:
    subject, issuer, *names = redactor.texts([certificate.subject, certificate.issuer, *certificate.names])
    return replace(certificate, subject=subject, issuer=issuer, names=tuple(names))
