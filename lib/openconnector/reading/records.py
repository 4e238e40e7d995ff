# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The records of an answer: as values for whoever works with them, and as a table for whoever looks at them."""

from typing import Any

from openconnector.core.phrases import told
from openconnector.reading.positions import RecordsMissing, locate, proposals
from openconnector.reading.schemas import Cell, RecordPage, RecordsProblem
from openconnector.reading.values import clean, kind_of, shown

__all__ = ["RecordsMissing", "record_page", "select", "unreadable_page"]

COLUMN_SAMPLE = 100
"""Records whose fields become columns."""

MAX_COLUMNS = 100

VALUE = "value"
"""The column of records that are no objects."""

LONGEST_CELL, SHORTEST_CELL = 500, 40
MAX_CHARACTERS = 4 * 1024 * 1024
"""Characters of a cell, and of a page: where there are very many cells, each is cut sooner."""


def select(value: Any, position: str) -> list[Any]:
    """The records at a position.

    Raises:
        RecordsMissing: there is no list. An empty one is no error.
    """
    return locate(value, position)[1]


def record_page(value: Any, position: str, offset: int, limit: int) -> RecordPage:
    """A part of the records at a position, or why there are none; in both cases with other places that have some."""
    try:
        found, records = locate(value, position)
    except RecordsMissing as missing:
        problem = RecordsProblem(type=missing.type, message=told(missing))
        return _without_records(position, offset, problem).model_copy(update={"proposals": proposals(value)})
    columns, page = _columns(records[:COLUMN_SAMPLE]), records[offset : offset + limit]
    longest = max(SHORTEST_CELL, min(LONGEST_CELL, MAX_CHARACTERS // max(1, len(columns) * len(page))))
    return RecordPage(
        position=found,
        is_found_by_itself=position == "",
        total=len(records),
        offset=offset,
        columns=[clean(column) for column in columns],
        rows=[_row(record, columns, longest) for record in page],
        problem=None,
        proposals=proposals(value, found),
    )


def unreadable_page(position: str, offset: int, message: str) -> RecordPage:
    """What there is to say about the records of a body that cannot be read."""
    return _without_records(position, offset, RecordsProblem(type="unreadable", message=message))


def _without_records(position: str, offset: int, problem: RecordsProblem) -> RecordPage:
    return RecordPage(
        position=position,
        is_found_by_itself=False,
        total=0,
        offset=offset,
        columns=[],
        rows=[],
        problem=problem,
        proposals=[],
    )


def _columns(records: list[Any]) -> list[str]:
    """The fields of the records in the order of their appearance."""
    names: dict[str, None] = {}
    for record in records:
        names.update(dict.fromkeys(record if isinstance(record, dict) else (VALUE,)))
        if len(names) >= MAX_COLUMNS:
            break
    return list(names)[:MAX_COLUMNS]


def _row(record: Any, columns: list[str], longest: int) -> list[Cell | None]:
    members = record if isinstance(record, dict) else {VALUE: record}
    return [_cell(members[column], longest) if column in members else None for column in columns]


def _cell(value: Any, longest: int) -> Cell:
    text, is_cut = shown(value, longest)
    return Cell(text=text, kind=kind_of(value), is_cut=is_cut)
