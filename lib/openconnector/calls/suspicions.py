# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Looks at answers that succeeded: is it what one wanted? The rows for what is found are in `remedies_content.py`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from openconnector.calls.content import examine_json, examine_position, examine_xml
from openconnector.calls.facts import target_of
from openconnector.calls.observed import MAX_BODY, Observed, origin
from openconnector.transports.exchange import ReceivedResponse

_HTML_BODY = re.compile(r"\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
# No field reaches across the next tag: else a page full of beginnings would take for ever.
_PASSWORD_FIELD = re.compile(r"<input\b[^<>]*\btype\s*=\s*[\"']?password\b", re.IGNORECASE)
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_EXPECTED = {"json": "json", "xml": "xml", "soap": "xml"}
"""What a source of a type answers with. A file can be anything."""

_MAX_LOOK = 2048
"""Characters in which the beginning of a page is looked for."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Something about an answer: the name of its row, and facts that only it knows."""

    type: str
    found: Mapping[str, str] = field(default_factory=dict)


def suspicion_of(observed: Observed) -> Suspicion | None:
    """The first thing about a successful answer that somebody should know; None when all is well."""
    response = observed.response
    if response is None:
        return None
    for look in _LOOKS:
        suspicion = look(observed, response)
        if suspicion is not None:
            return suspicion
    return None


def is_login_page(observed: Observed) -> bool:
    """Whether a page asks for a password."""
    return _PASSWORD_FIELD.search(observed.body or "") is not None


def _redirect(observed: Observed, response: ReceivedResponse) -> Suspicion | None:
    if not 300 <= response.status_code < 400 or observed.header("location") is None:  # noqa: PLR2004
        return None
    is_same = origin(target_of(observed)).lower() == origin(observed.url).lower()
    return Suspicion("redirect_not_followed" if is_same else "redirect_to_other_origin")


def _empty(observed: Observed, response: ReceivedResponse) -> Suspicion | None:
    expects_body = observed.request is not None and observed.request.method in ("GET", "POST")
    is_empty = response.status_code == 200 and response.size == 0 and expects_body  # noqa: PLR2004
    return Suspicion("empty_body") if is_empty else None


def _page(observed: Observed, response: ReceivedResponse) -> Suspicion | None:
    if not response.size or not _asks_for_its_type(observed):
        return None
    is_page = observed.media_type in _HTML_TYPES or _HTML_BODY.match((observed.body or "")[:_MAX_LOOK])
    return Suspicion("unexpected_html") if is_page else None


def _other_type(observed: Observed, response: ReceivedResponse) -> Suspicion | None:
    if not response.size or not _asks_for_its_type(observed):
        return None
    # An envelope with attachments comes as multipart/related (SOAP with Attachments, MTOM).
    is_with_attachments = observed.source_type == "soap" and observed.media_type == "multipart/related"
    is_expected = is_with_attachments or _is(_EXPECTED[observed.source_type], observed.media_type)
    return None if is_expected else Suspicion("unexpected_content_type")


def _unreadable(observed: Observed, response: ReceivedResponse) -> Suspicion | None:
    if not response.size or not observed.body or not observed.is_body_whole:
        return None
    is_xml, position = _is_xml(observed), _position(observed)
    if is_xml:
        found = examine_xml(observed.body)
    elif _is_json(observed):
        found = examine_json(observed.body)
    else:
        return None
    if position and (found is None or found[0] == "nested_records"):
        found = examine_position(observed.body, position, is_xml=is_xml)
    return Suspicion(*found) if found else None


def _unchecked(observed: Observed, response: ReceivedResponse) -> Suspicion | None:
    """A position that finds nothing in so large an answer must not pass for one that does."""
    position = _position(observed)
    is_checked = observed.body is None or observed.is_body_whole or not response.size
    if is_checked or not position or not (_is_xml(observed) or _is_json(observed)):
        return None
    return Suspicion("records_not_checked", {"selector": position, "limit": f"{MAX_BODY // 1024} KiB"})


_LOOKS: tuple[Callable[[Observed, ReceivedResponse], Suspicion | None], ...] = (
    _redirect,
    _empty,
    _page,
    _other_type,
    _unreadable,
    _unchecked,
)


def _is(kind: str, media_type: str) -> bool:
    """Whether a media type is of a kind: `json` stands for application/json and every `+json` (RFC 6839)."""
    return re.search(rf"[/+.-]{kind}\b", media_type) is not None


def _position(observed: Observed) -> str:
    """Where the records of the answer are; empty for what has none: a token, a WSDL."""
    last = observed.last
    has_records = last is not None and last.kind != "description" and not observed.is_about_token
    return observed.results_position if has_records else ""


def _is_xml(observed: Observed) -> bool:
    return _is("xml", observed.media_type)


def _is_json(observed: Observed) -> bool:
    """Whether the answer is one JSON text, and not a sequence of them."""
    return _is("json", observed.media_type) and not observed.media_type.endswith(("seq", "ndjson", "jsonl"))


def _asks_for_its_type(observed: Observed) -> bool:
    """Whether the request left it to the type of the source what comes: somebody may have asked for a picture."""
    kind = _EXPECTED.get(observed.source_type)
    if kind is None:
        return False
    accept = (observed.sent("accept") or kind).lower()
    return kind in accept or accept.strip() == "*/*"
