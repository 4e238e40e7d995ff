# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Turns what happened into what is kept: everything that passes here is redacted."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from openconnector.transports.exchange import Exchange, Failure, Headers, ReceivedResponse, SentRequest
from openconnector.vault.redaction import Redactor

_TEXT_KINDS = re.compile(r"^text/|[/+]json|[/+]xml|javascript|x-www-form-urlencoded|yaml|csv", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RecordedBody:
    """A body as it is kept: its description, and its bytes, which are UTF-8 where it is text."""

    description: dict[str, Any]
    raw: bytes


def redact(exchanges: Sequence[Exchange], redactor: Redactor) -> list[Exchange]:
    """The exchanges without secrets. Bodies are as long as before or longer; `record_body` cuts them."""
    return [
        replace(
            exchange,
            request=_redact_request(exchange.request, redactor),
            response=exchange.response and _redact_response(exchange.response, redactor),
            failure=exchange.failure and Failure(exchange.failure.type, redactor.text(exchange.failure.message)),
        )
        for exchange in exchanges
    ]


def record_body(body: bytes | None, headers: Headers, *, size: int, limit: int) -> RecordedBody | None:
    """A body as text where it is text, cut at `limit` bytes; None where there is none."""
    if not body and size == 0:
        return None
    media_type, charset = content_type(headers)
    body = body or b""
    is_truncated = len(body) > limit or size > len(body)
    text = _as_text(body[:limit], media_type, charset, is_cut=is_truncated)
    description = {
        "encoding": "base64" if text is None else "text",
        "size": size,
        "isTruncated": is_truncated,
        "mediaType": media_type,
        "charset": charset,
    }
    # A NUL character stands in no text column, and no browser shows it.
    return RecordedBody(description, body[:limit] if text is None else text.encode())


def content_type(headers: Headers) -> tuple[str | None, str | None]:
    """Media type and charset of a message, in lower case."""
    value = next((value for name, value in headers if name.lower() == "content-type"), "")
    media_type, _, parameters = value.partition(";")
    charset = re.search(r"charset=\"?([\w.:-]+)", parameters, re.IGNORECASE)
    return media_type.strip().lower() or None, charset[1].lower() if charset else None


def _redact_request(request: SentRequest, redactor: Redactor) -> SentRequest:
    body = request.body and redactor.body(request.body, content_type(request.headers)[0])
    return SentRequest(request.method, redactor.url(request.url), redactor.headers(request.headers), body)


def _redact_response(response: ReceivedResponse, redactor: Redactor) -> ReceivedResponse:
    return replace(
        response,
        reason=redactor.text(response.reason),
        headers=redactor.headers(response.headers),
        body=redactor.body(response.body, content_type(response.headers)[0]),
    )


def _as_text(body: bytes, media_type: str | None, charset: str | None, *, is_cut: bool) -> str | None:
    """The body as text, or None. Without a charset only UTF-8 counts as text; with one, what does not fit is marked."""
    encoding, errors = "utf-8", "strict"
    if charset and (_TEXT_KINDS.search(media_type or "") or not media_type):
        try:
            encoding, errors = codecs.lookup(charset).name, "replace"
        except LookupError:
            encoding = "utf-8"
    try:
        # A cut may split a character: what is left of it at the end is not decoded.
        text = codecs.getincrementaldecoder(encoding)(errors).decode(body, final=not is_cut)
    except (UnicodeDecodeError, ValueError):
        return None
    return None if "\0" in text else text
