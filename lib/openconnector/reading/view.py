# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a body is: by its media type, and by looking at it, because servers mislabel."""

import re
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from openconnector.reading.charset import CharsetFrom
from openconnector.reading.document import Document
from openconnector.reading.schemas import BodyFormat


@dataclass(frozen=True, slots=True)
class BodyFacts:
    """What is known of a kept body without reading it. Kept text is UTF-8, whatever its charset was.

    `content_type` is the whole header; sizes are bytes, `size` of what was received and `kept_size` of what is kept.
    """

    content_type: str
    media_type: str | None
    charset: str | None
    charset_from: CharsetFrom | None
    is_text: bool
    is_truncated: bool
    size: int
    kept_size: int
    file_name: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Guess(NamedTuple):
    """What a body seems to be. If it is not `certain`, and cannot be read as that, it is the other."""

    format: BodyFormat
    certain: bool = True
    other: BodyFormat = "text"


_LOOKS = 1024
"""Bytes at the beginning that are looked at."""

_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"\x00\x00\x01\x00")
_JSON = re.compile(r"[/+]json|ndjson|jsonl|json-?lines|json-seq")
_XML = re.compile(r"[/+]xml")
_HTML = re.compile(r"html")
_NAMED: tuple[tuple[re.Pattern[str], BodyFormat], ...] = (
    (_JSON, "json"),
    (_XML, "xml"),
    (re.compile(r"csv|tab-separated-values"), "csv"),
)
_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|script)[\s>]", re.IGNORECASE)
_XML_START = re.compile(rb"<(?:\?xml\s|!--|!doctype\s|[A-Za-z_\x80-\xff])", re.IGNORECASE)


def guess_format(facts: BodyFacts, raw: bytes) -> Guess:
    """What a body seems to be."""
    media_type = facts.media_type or ""
    if media_type.startswith("multipart/"):
        return Guess("multipart")
    if not facts.is_text:
        return Guess("image" if _is_image(media_type, raw) else "binary")
    return _textual(media_type, raw)


def _textual(media_type: str, raw: bytes) -> Guess:
    start = raw[:_LOOKS].removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e")
    if start.startswith(b"<"):
        return _marked_up(media_type, start)
    for pattern, named in _NAMED:
        if pattern.search(media_type):
            return Guess(named)
    other: BodyFormat = "html" if _HTML.search(media_type) else "text"
    return Guess("json", certain=False, other=other) if start[:1] in (b"{", b"[") else Guess(other)


def open_document(form: BodyFormat, facts: BodyFacts, raw: bytes) -> Document | None:
    """The tree of a body; None where bodies of this kind have none.

    Raises:
        Unreadable: it is not what it seems to be.
    """
    # Each reader is loaded when the first body of its kind is opened.
    match form:
        case "json":
            from openconnector.reading.json_document import JsonDocument  # noqa: PLC0415

            return JsonDocument(raw, is_cut=facts.is_truncated)
        case "xml":
            from openconnector.reading.xml_document import XmlDocument  # noqa: PLC0415

            return XmlDocument(raw, is_cut=facts.is_truncated)
        case "csv":
            from openconnector.reading.table import TableDocument  # noqa: PLC0415

            return TableDocument(raw, facts.content_type)
        case _:
            return None


def _marked_up(media_type: str, start: bytes) -> Guess:
    """A text that begins with `<`. An SVG image is XML here: as an image it could run scripts."""
    if _HTML.search(media_type):
        return Guess("html")
    if _HTML_START.match(start) and not _XML.search(media_type):
        return Guess("html")
    if _XML.search(media_type):
        return Guess("xml")
    return Guess("xml", certain=False) if _XML_START.match(start) else Guess("text")


def _is_image(media_type: str, raw: bytes) -> bool:
    if media_type.startswith("image/"):
        return "svg" not in media_type
    is_riff = raw[:4] == b"RIFF" and raw[8:12] == b"WEBP"
    return is_riff or (raw.startswith(_IMAGES[:4]) or (not media_type and raw.startswith(_IMAGES[4:])))
