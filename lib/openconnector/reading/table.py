# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables in text (CSV, RFC 4180, and its kin with semicolons and tabs) as records."""

import csv
import io
import re
import sys
from collections.abc import Iterator
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.reading.document import Unreadable
from openconnector.reading.json_document import ValueDocument
from openconnector.reading.positions import ROOT
from openconnector.reading.schemas import RecordPage

DELIMITERS = ",;\t|"

_SAMPLE = 64 * 1024
"""Characters that tell the delimiter."""

_SAMPLE_ROWS = 50
_NO_HEADER = re.compile(r";\s*header\s*=\s*\"?absent", re.IGNORECASE)
_SPREADSHEET_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


class TableDocument(ValueDocument):
    """A table: an object for each row, with the names of the first row.

    Args:
        raw: the text in UTF-8.
        content_type: the header; it may say that there is no first row with names (RFC 4180, section 3).

    Raises:
        Unreadable: it is no table.
    """

    def __init__(self, raw: bytes, content_type: str = "") -> None:
        text = raw.decode("utf-8", "replace").removeprefix("\ufeff")
        hint = _SPREADSHEET_HINT.match(text)
        text = text[hint.end() :] if hint else text
        delimiter = hint[1] if hint else delimiter_of(text)
        super().__init__(_records(_rows(text, delimiter), has_header=not _NO_HEADER.search(content_type)))

    def records(self, position: str, offset: int, limit: int) -> RecordPage:
        """A part of the rows. A table is its records: no position need be given."""
        page = super().records(position or ROOT, offset, limit)
        return page.model_copy(update={"is_found_by_itself": position == ""})


def delimiter_of(text: str) -> str:
    """The delimiter under which the first rows have the same number of fields, and the most of them."""
    sample = text[:_SAMPLE]
    return max(DELIMITERS, key=lambda delimiter: _likelihood(sample, delimiter, is_cut=len(text) > _SAMPLE))


def _likelihood(sample: str, delimiter: str, *, is_cut: bool) -> tuple[float, int]:
    widths: list[int] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            widths.append(len(row))
            if len(widths) > _SAMPLE_ROWS:
                break
    except csv.Error:
        return 0.0, 0
    widths = [width for width in (widths[:-1] if is_cut and len(widths) > 1 else widths) if width]
    if not widths or max(widths) == 1:
        return 0.0, 0
    usual = max(set(widths), key=widths.count)
    return (widths.count(usual) / len(widths), usual) if usual > 1 else (0.0, 0)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    # A field may be as long as the body.
    csv.field_size_limit(sys.maxsize)
    try:
        yield from (row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row)
    except csv.Error as error:
        raise Unreadable(phrase("This is not a table: {problem}.", problem=error)) from None


def _records(rows: Iterator[list[str]], *, has_header: bool) -> list[dict[str, Any]]:
    names = _unique(next(rows, [])) if has_header else []
    records: list[dict[str, Any]] = []
    for row in rows:
        for column in range(len(names), len(row)):
            names.append(f"column {column + 1}")
        records.append(dict(zip(names, row, strict=False)))
    return records


def _unique(header: list[str]) -> list[str]:
    """The names of the columns, each once."""
    names: dict[str, None] = {}
    for column, given in enumerate(header, 1):
        name = given.strip() or f"column {column}"
        number = 2
        while name in names:
            name, number = f"{given.strip() or f'column {column}'} {number}", number + 1
        names[name] = None
    return list(names)
