# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Looks for a text in a whole body, among its bytes: offsets come for free, and nothing is decoded but what is shown.

UTF-8 can be searched so, because no character begins within another.
"""

import re
import time

from openconnector.reading.schemas import BodySearch, TextMatch, TextMatches

MAX_COUNTED = 100_000
"""Matches that are counted."""

COUNTING_SECONDS = 4.0
_CLOCK_EVERY = 1000

_AROUND = 60
"""Characters before and behind a match."""

_CONTINUATION = bytes(range(0x80, 0xC0))
"""Bytes of UTF-8 that no character begins with."""


def search(raw: bytes, wanted: BodySearch) -> TextMatches:
    """Where the text stands, in the order of the body. Matches do not overlap."""
    pattern = _pattern(wanted.text, is_case_sensitive=wanted.is_case_sensitive)
    place, until = _Place(raw), time.monotonic() + COUNTING_SECONDS
    matches: list[TextMatch] = []
    total = 0
    for match in pattern.finditer(raw):
        total += 1
        if total <= wanted.limit:
            matches.append(place.match(match.start(), match.end()))
        elif total > MAX_COUNTED or (total % _CLOCK_EVERY == 0 and time.monotonic() > until):
            return TextMatches(total=total - 1, is_complete=False, matches=matches)
    return TextMatches(total=total, is_complete=True, matches=matches)


class _Place:
    """Counts lines and columns from one match to the next, so that the whole body is counted once."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._position = 0
        self._line = 1
        self._line_start = 0
        self._column = 1

    def match(self, start: int, end: int) -> TextMatch:
        raw = self._raw
        self._go_to(start)
        line_end = raw.find(b"\n", end, end + 4 * _AROUND + 4)
        behind = raw[end : line_end if line_end >= 0 else end + 4 * _AROUND + 4]
        before = raw[max(self._line_start, start - 4 * _AROUND) : start].lstrip(_CONTINUATION)
        return TextMatch(
            offset=start,
            line=self._line,
            column=self._column,
            before=_shown(before)[-_AROUND:],
            match=_shown(raw[start:end]),
            after=_shown(behind).rstrip("\r")[:_AROUND],
        )

    def _go_to(self, start: int) -> None:
        raw, position = self._raw, self._position
        lines = raw.count(b"\n", position, start)
        if lines:
            self._line += lines
            self._line_start = position = raw.rfind(b"\n", position, start) + 1
            self._column = 1
        self._column += _characters(raw, position, start)
        self._position = start


def _characters(raw: bytes, start: int, end: int) -> int:
    """Characters between two offsets, counted in pieces."""
    piece = 1024 * 1024
    return sum(
        len(raw[position : min(position + piece, end)].translate(None, _CONTINUATION))
        for position in range(start, end, piece)
    )


def _shown(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _pattern(text: str, *, is_case_sensitive: bool) -> re.Pattern[bytes]:
    if is_case_sensitive:
        return re.compile(re.escape(text.encode("utf-8", "replace")))
    return re.compile(b"".join(map(_any_case, text)))


def _any_case(character: str) -> bytes:
    forms = {character, *(form for form in (character.lower(), character.upper()) if len(form) == 1)}
    escaped = sorted(re.escape(form.encode("utf-8", "replace")) for form in forms)
    return escaped[0] if len(escaped) == 1 else b"(?:" + b"|".join(escaped) + b")"
