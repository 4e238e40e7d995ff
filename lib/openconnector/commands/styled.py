# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a command says to people: lines and tables, whose parts may be emphasised; the command line knows how."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Style = Literal["plain", "good", "warning", "bad", "faint", "strong"]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_GAP = 2


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text in one style."""

    text: str
    style: Style = "plain"


Cell = str | Span
Line = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their heads, each column as wide as its widest cell. `right`: columns of numbers, by position."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text that somebody else has sent, such as the body of an answer: for whoever asked, and for no log."""

    text: str


Block = str | Span | Line | Table | Quoted


def good(text: str) -> Span:
    return Span(text, "good")


def warning(text: str) -> Span:
    return Span(text, "warning")


def bad(text: str) -> Span:
    return Span(text, "bad")


def faint(text: str) -> Span:
    return Span(text, "faint")


def strong(text: str) -> Span:
    return Span(text, "strong")


def lines_of(blocks: str | Sequence[Block]) -> Iterator[list[Span]]:
    """The lines of a result, without anything in them that a terminal would take for a command."""
    for block in [blocks] if isinstance(blocks, str) else blocks:
        if isinstance(block, Table):
            yield from _rows(block)
        elif isinstance(block, str | Span | Quoted):
            span = _span(block.text if isinstance(block, Quoted) else block)
            yield from ([Span(line, span.style)] for line in span.text.split("\n"))
        else:
            yield [_one_line(cell) for cell in block]


def facts(pairs: Sequence[tuple[str, Cell]]) -> Table:
    """A table of names and what they are, without heads."""
    return Table((), [(faint(name), value) for name, value in pairs])


def width_of(text: str) -> int:
    """Columns that a text takes in a terminal (UAX #11): wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _rows(table: Table) -> Iterator[list[Span]]:
    rows = [[_one_line(cell) for cell in row] for row in table.rows]
    if table.heads:
        rows.insert(0, [Span(head, "faint") for head in table.heads])
    if not rows:
        return
    widths = [max(width_of(row[column].text) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        line: list[Span] = []
        for column, cell in enumerate(row):
            padding = " " * (widths[column] - width_of(cell.text))
            is_last = column == len(row) - 1
            if column in table.right:
                line += [Span(padding), cell]
            else:
                line += [cell, Span("" if is_last else padding)]
            line.append(Span("" if is_last else " " * _GAP))
        yield [span for span in line if span.text]


def _span(cell: Cell) -> Span:
    span = Span(cell) if isinstance(cell, str) else cell
    return Span(_CONTROL.sub("�", span.text.replace("\r\n", "\n")), span.style)


def _one_line(cell: Cell) -> Span:
    span = _span(cell)
    return Span(span.text.replace("\n", " ").replace("\t", " "), span.style)
