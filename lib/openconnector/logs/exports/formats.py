# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The formats of an export, written in pieces: what stands before the calls, the calls, what stands behind them."""

import json
from collections.abc import Sequence
from typing import Any, Protocol

from pydantic_core import to_json

from openconnector.logs.entries import CallEntry
from openconnector.logs.exports import har, ndjson, table
from openconnector.logs.exports.schemas import ExportFormat

PIECE = 256 * 1024
"""Bytes after which a piece ends. It may be longer by one call: that one's bodies have a bound of their own."""

MOST_PAGES = 10_000
"""Calls up to which a HAR document groups their exchanges by pages, which stand behind the entries."""


class Format(Protocol):
    """Writes one export."""

    media_type: str
    has_exchanges: bool
    """Whether the calls must come with their exchanges and bodies."""

    def head(self) -> bytes:
        """What stands before the first call."""

    def calls(self, calls: Sequence[CallEntry]) -> tuple[bytes, int]:
        """A piece with the first of these calls, at least one, and how many they are."""

    def tail(self) -> bytes:
        """What stands behind the last call."""


class Table:
    """CSV."""

    media_type = "text/csv; charset=utf-8; header=present"
    has_exchanges = False

    def head(self) -> bytes:
        return table.header()

    def calls(self, calls: Sequence[CallEntry]) -> tuple[bytes, int]:
        return table.rows(calls), len(calls)

    def tail(self) -> bytes:
        return b""


class Lines:
    """NDJSON."""

    media_type = "application/x-ndjson"
    has_exchanges = True

    def head(self) -> bytes:
        return b""

    def calls(self, calls: Sequence[CallEntry]) -> tuple[bytes, int]:
        lines, size = [], 0
        for call in calls:
            lines.append(as_json(ndjson.described(call)) + b"\n")
            size += len(lines[-1])
            if size >= PIECE:
                break
        return b"".join(lines), len(lines)

    def tail(self) -> bytes:
        return b""


class Har:
    """HAR 1.2. `is_paged`: the exchanges of a call are grouped, for which a page is remembered for each call."""

    media_type = "application/json"
    has_exchanges = True

    def __init__(self, *, is_paged: bool) -> None:
        self._is_paged = is_paged
        self._pages: list[bytes] = []
        self._separator = b"\n"

    def head(self) -> bytes:
        return b'{"log":{"version":"1.2","creator":' + as_json(har.CREATOR) + b',"entries":['

    def calls(self, calls: Sequence[CallEntry]) -> tuple[bytes, int]:
        pieces, size, done = [], 0, 0
        for call in calls:
            # Calls that came since they were counted are not grouped.
            is_paged = self._is_paged and len(self._pages) < MOST_PAGES
            if is_paged:
                self._pages.append(as_json(har.page(call)))
            for entry in har.entries(call, paged=is_paged):
                pieces += [self._separator, as_json(entry)]
                size += len(pieces[-1])
                self._separator = b",\n"
            done += 1
            if size >= PIECE:
                break
        return b"".join(pieces), done

    def tail(self) -> bytes:
        pages = b',"pages":[\n' + b",\n".join(self._pages) + b"\n]" if self._pages else b""
        return b"\n]" + pages + b"}}\n"


def format_of(name: ExportFormat, total: int) -> Format:
    """The writer of an export of about `total` calls."""
    match name:
        case "csv":
            return Table()
        case "ndjson":
            return Lines()
        case "har":
            return Har(is_paged=total <= MOST_PAGES)


def as_json(value: Any) -> bytes:
    """JSON in UTF-8, in one line."""
    try:
        return to_json(value)
    except ValueError:  # half a surrogate pair, which is no text, and which JSON can write nevertheless
        return json.dumps(value, separators=(",", ":")).encode()
