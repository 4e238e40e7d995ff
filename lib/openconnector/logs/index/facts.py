# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the index, and a question that it cannot answer alone, take of a logged call."""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from openconnector.logs.entries import CallEntry
from openconnector.logs.index.terms import CallFacts
from openconnector.logs.models import microseconds
from openconnector.logs.storage.details import bodies_of

Text = tuple[str, str | bytes, bool]
"""Where a text stands (a place of `Hit`), the text, and whether it is a JSON document."""

_Texts = tuple[str, Sequence[str | bytes], bool]
"""The same of several texts at one place."""


class Said(NamedTuple):
    """What of an exchange is searched: the fields of `ExchangeEntry` with these names."""

    error: dict[str, Any] | None
    response: dict[str, Any] | None
    response_body: bytes | None
    request: dict[str, Any]
    request_body: bytes | None
    trace: list[dict[str, Any]] | None

    @classmethod
    def in_details(cls, described: dict[str, Any], bodies: Sequence[bytes | None]) -> "Said":
        """From an exchange as the details of a call describe it, and the bodies at hand."""
        sent, received = bodies_of(described, bodies)
        return cls(described["error"], described["response"], received, described["request"], sent, described["trace"])


_said_of = attrgetter(*Said._fields)


def facts_of(call: CallEntry) -> CallFacts:
    """A call as the index sees it. Its exchanges and bodies must be there."""
    texts, documents = texts_in(call.url, _said_in(call), call.diagnosis)
    return CallFacts(
        number=call.number,
        id=str(call.id),
        source=str(call.source_id),
        status=call.status_code,
        outcome=call.outcome,
        error=call.error_type,
        method=call.method,
        trigger=call.trigger_type,
        trigger_id=call.trigger_id,
        user=call.user_id,
        url=call.url,
        started_at=microseconds(call.started_at),
        duration=round(call.duration_ms * 1000),
        size=call.response_size,
        is_pinned=call.is_pinned,
        texts=texts,
        documents=documents,
    )


def texts_of(call: CallEntry) -> Iterator[Text]:
    """Every text of a call in the order in which a hit is looked for."""
    for place, texts, is_json in _texts(call.url, _said_in(call), call.diagnosis):
        for text in texts:
            yield place, text, is_json


def _said_in(call: CallEntry) -> Iterable[Said]:
    return [Said(*_said_of(exchange)) for exchange in call.exchanges]


def texts_in(
    url: str, exchanges: Iterable[Said], diagnosis: dict[str, Any] | None
) -> tuple[list[str], list[str | bytes]]:
    """Texts and JSON documents of a call as `CallFacts` has them."""
    found: list[str] = []
    documents: list[str | bytes] = []
    for _, texts, is_json in _texts(url, exchanges, diagnosis):
        if is_json:
            documents += texts
        else:
            found += [text if isinstance(text, str) else text.decode("utf-8", "replace") for text in texts]
    return found, documents


def _texts(url: str, exchanges: Iterable[Said], diagnosis: dict[str, Any] | None) -> Iterator[_Texts]:
    yield "url", (url,), False
    for exchange in exchanges:
        if exchange.error:
            yield "error", (exchange.error["message"],), False
        if exchange.response is not None:
            yield from _message("response", exchange.response, exchange.response_body)
        yield from _message("request", exchange.request, exchange.request_body)
        if exchange.request["url"] != url:
            yield "url", (exchange.request["url"],), False
        if exchange.trace:
            yield "error", [line["text"] for line in exchange.trace], False
    if diagnosis:
        yield "diagnosis", (diagnosis["title"], diagnosis["detail"]), False


def _message(side: str, message: dict[str, Any], body: bytes | None) -> Iterator[_Texts]:
    described = message.get("body")
    if body and described and described["encoding"] == "text":
        yield f"{side}_body", (body,), "json" in (described["mediaType"] or "")
    yield f"{side}_headers", [f"{header['name']}: {header['value']}" for header in message["headers"]], False
