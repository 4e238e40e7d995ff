# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Turns exchanges into what may be kept: everything that passes here is redacted."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from openconnector.egress.evidence import Certificate, ConnectionEvidence
from openconnector.transports.exchange import Exchange, Failure, Headers, ReceivedResponse, SentRequest
from openconnector.vault.redaction import Redactor

_TEXT_KINDS = re.compile(r"^text/|[/+]json|[/+]xml|javascript|x-www-form-urlencoded|yaml|csv", re.IGNORECASE)

_NO_CHARSETS = frozenset({"idna", "mbcs", "oem", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"})
"""Encodings of Python that no body is in."""


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
        failure and Failure(failure.type, redactor.text(failure.message)),
        exchange.duration_ms,
        exchange.delay_ms,
        exchange.timings,
        exchange.connection and _redact_connection(exchange.connection, redactor),
    )


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
    media_type, charset = content_type(headers)
    is_truncated = size > limit
    # Text is decoded before it is searched: in another charset, a secret is other bytes.
    text = _as_text(body, media_type, charset, is_cut=is_truncated)
    if text is None:
        kept = redactor.raw(body, limit=limit)
    else:
        shown = _as_text(body[:limit], media_type, charset, is_cut=True) or "" if is_truncated else text
        kept = redactor.body(text, media_type, limit=len(shown)).encode("utf-8", "replace")
    description = {
        "encoding": "base64" if text is None else "text",
        "size": size,
        "isTruncated": is_truncated,
        "mediaType": media_type,
        "charset": charset,
    }
    return RecordedBody(description, kept)


def content_type(headers: Headers) -> tuple[str | None, str | None]:
    """Media type and charset of a message, in lower case."""
    value = next((value for name, value in headers if name.lower() == "content-type"), "")
    media_type, _, parameters = value.partition(";")
    charset = re.search(r"charset=\"?([\w.:-]+)", parameters, re.IGNORECASE)
    return media_type.strip().lower() or None, charset[1].lower() if charset else None


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


def _as_text(body: bytes, media_type: str | None, charset: str | None, *, is_cut: bool) -> str | None:
    """The body as text, or None. Without a charset only UTF-8 counts as text; with one, what does not fit is marked."""
    encoding, errors = _encoding_of(media_type, charset)
    try:
        # A cut may split a character: what is left of it at the end is not decoded.
        text = codecs.getincrementaldecoder(encoding)(errors).decode(body) if is_cut else body.decode(encoding, errors)
    except (LookupError, ValueError):
        return None
    # No browser shows a NUL character, and no text of ours has one.
    return None if "\0" in text else text


def _encoding_of(media_type: str | None, charset: str | None) -> tuple[str, str]:
    if not charset or (media_type and not _TEXT_KINDS.search(media_type)):
        return "utf-8", "strict"
    try:
        known = codecs.lookup(charset)
    except LookupError:
        return "utf-8", "strict"
    # Python calls transformations such as base64 and zlib encodings, too.
    is_charset = getattr(known, "_is_text_encoding", True) and known.name not in _NO_CHARSETS
    return (known.name, "replace") if is_charset else ("utf-8", "strict")
