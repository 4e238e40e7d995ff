# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Takes multipart bodies apart (RFC 2046): form-data, mixed, related with the attachments of MTOM, and others.

The parser of the standard library copies line by line; an attachment of fifty million bytes has a million of them.
"""

import binascii
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser

from openconnector.reading.charset import content_type

MAX_PARTS = 1000
MAX_HEADER = 64 * 1024
"""Bytes of the header of one part."""

_LONGEST_BOUNDARY = 200
_BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))', re.IGNORECASE)
_FIRST_LINE = re.compile(rb"(?:^|\r?\n)--([^\r\n]{1,200}?)[ \t]*\r?\n")
_HEADER_END = re.compile(rb"\r?\n\r?\n")


class Part:
    """One part: its header, and where its content stands."""

    def __init__(self, header: Message, start: int, end: int) -> None:
        self._header = header
        self.start = start
        self.end = end

    @property
    def content_type(self) -> str:
        """The value of its header; empty without one."""
        return str(self._header.get("Content-Type", ""))

    @property
    def media_type(self) -> str | None:
        return content_type(self.content_type)[0]

    @property
    def content_id(self) -> str | None:
        """Without its angle brackets."""
        value = str(self._header.get("Content-ID", "")).strip()
        return value.removeprefix("<").removesuffix(">") or None

    @property
    def file_name(self) -> str | None:
        try:
            return self._header.get_filename() or None
        except (LookupError, ValueError):  # a charset that is none (RFC 2231)
            return None

    def content(self, body: bytes) -> bytes:
        """Its bytes, without the encoding that they were transferred in."""
        raw = body[self.start : self.end]
        match str(self._header.get("Content-Transfer-Encoding", "")).strip().lower():
            case "base64":
                try:
                    return binascii.a2b_base64(raw)
                except binascii.Error:
                    return raw
            case "quoted-printable":
                return binascii.a2b_qp(raw)
            case _:
                return raw


def boundary_of(content_type: str, body: bytes) -> bytes | None:
    """The boundary that the header gives, or else the one that the body begins with."""
    given = _BOUNDARY.search(content_type)
    boundary = (given[1] or given[2]).encode("latin-1", "replace") if given else b""
    if boundary and len(boundary) <= _LONGEST_BOUNDARY and b"--" + boundary in body:
        return boundary
    first = _FIRST_LINE.search(body[:MAX_HEADER])
    return first[1] if first else None


def split(body: bytes, boundary: bytes) -> list[Part]:
    """The parts of a body, at most a thousand. What stands before the first and behind the last is none."""
    parts: list[Part] = []
    parser = HeaderParser()
    for start, end in _between(body, b"--" + boundary):
        if len(parts) >= MAX_PARTS:
            break
        header, content = _header(body, start, end)
        parts.append(Part(parser.parsestr(header.decode("utf-8", "replace")), content, max(content, end)))
    return parts


def _between(body: bytes, delimiter: bytes) -> Iterator[tuple[int, int]]:
    """Where each part begins and ends: between the line of one delimiter, and the break before the next."""
    start: int | None = None
    position = body.find(delimiter)
    while position >= 0:
        behind = position + len(delimiter)
        line = body[behind : behind + _LONGEST_BOUNDARY].partition(b"\n")[0]
        is_last = line.startswith(b"--")
        if (position == 0 or body[position - 1] == ord("\n")) and (is_last or not line.strip()):
            if start is not None:
                yield start, _before_break(body, position)
            start = behind + len(line) + 1
            if is_last:
                return
        position = body.find(delimiter, behind)
    if start is not None and start < len(body):
        yield start, len(body)  # the end was cut off


def _before_break(body: bytes, position: int) -> int:
    return position - (2 if body[position - 2 : position] == b"\r\n" else 1)


def _header(body: bytes, start: int, end: int) -> tuple[bytes, int]:
    """The header of a part, and where its content begins."""
    for empty in (b"\r\n", b"\n"):
        if body.startswith(empty, start):
            return b"", start + len(empty)
    found = _HEADER_END.search(body, start, min(end + 2, start + MAX_HEADER))
    if found is None:
        return b"", start
    return body[start : found.start()], found.end()
