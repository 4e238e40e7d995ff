# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A query cut into terms with their places.

It never fails, so that a query can be completed while it is half written. What terms mean, and what is wrong with them,
is told elsewhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_QUERY = 4000
"""Characters of a query."""

MOST_VALUES = 200
"""Values of a list. What follows is not cut any further, and stands in one more."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*+:(?!//)")  # `https://…` is text that somebody pasted
_QUOTED = re.compile(r'"((?:[^"\\]|\\.|\\\Z)*+)("?)', re.DOTALL)
_APOSTROPHES = re.compile(r"'((?:[^'\\]|\\.|\\\Z)*+)('?)", re.DOTALL)
_ESCAPED = re.compile(r"""\\(["'\\])""")
_BLANKS = re.compile(r"\s*+")
_RUN = re.compile(r"\S*+")
_LISTED = re.compile(r"[^\s,]*+")
_CONDITION = re.compile(r"\$(?=[.\[]|\s*+[=!<>~])")
_PATH = re.compile(
    r"""\$(?:\[(?:'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+"|[^]\s'"]*+)\]|[^\s=!<>~:\["'])*+""",
    re.DOTALL,
)
_OPERATOR = re.compile(r"\s*+(==|!=|<=|>=|<>|=~|!~|[=<>~!])|(:)")


class QueryError(Exception):
    """A query cannot be understood: where (in characters), why, and how the whole of it may have been meant."""

    def __init__(self, start: int, end: int, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.message = message
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a query."""

    query: str
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.query[self.start : self.end]

    def with_instead(self, text: str) -> str:
        """The whole query with another text in this place."""
        return self.query[: self.start] + text + self.query[self.end :]

    def wrong(self, message: str, instead: str | None = None, *, suggestion: str | None = None) -> QueryError:
        """What is wrong here. `instead` is what may have been meant in this place, `suggestion` the whole query."""
        if suggestion is None and instead is not None:
            suggestion = self.with_instead(instead)
        if suggestion is not None and (suggestion == self.query or not 0 < len(suggestion.strip()) <= LONGEST_QUERY):
            suggestion = None
        return QueryError(self.start, self.end, message, suggestion)


@dataclass(frozen=True, slots=True)
class Value(Part):
    """A value, or a text that is looked for. `value` is without its quotes."""

    value: str
    is_quoted: bool = False
    is_closed: bool = True

    @property
    def shown(self) -> str:
        """The value for a sentence, not too long."""
        return self.value if len(self.value) <= 40 else self.value[:39] + "…"  # noqa: PLR2004  # a line of a message


@dataclass(frozen=True, slots=True)
class Word(Part):
    """A word or a phrase."""

    is_negated: bool
    value: Value


@dataclass(frozen=True, slots=True)
class Named(Part):
    """`name:value`. There is at least one value; it may be empty."""

    is_negated: bool
    name: Part
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Condition(Part):
    """A condition on JSON bodies. `stray` is what stands directly behind the path and does not belong there."""

    is_negated: bool
    path: Part
    stray: Part | None
    operator: Part | None
    value: Value | None


Scanned = Word | Named | Condition


def quoted(text: str) -> str:
    """The text as a value of the language: in quotes where it needs them."""
    if text and not re.search(r'[\s",]', text) and text[0] not in "-$'":
        return text
    return in_quotes(text)


def in_quotes(text: str) -> str:
    """The text in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def scan(query: str) -> Iterator[Scanned]:
    """The terms of a query in their order."""
    at = _after(_BLANKS, query, 0)
    while at < len(query):
        term = _term(query, at)
        yield term
        at = _after(_BLANKS, query, term.end)


def _term(query: str, start: int) -> Scanned:
    is_negated = query[start] == "-" and start + 1 < len(query) and not query[start + 1].isspace()
    at = start + is_negated
    name = _NAME.match(query, at)
    if name is not None:
        values = _values(query, name.end())
        return Named(query, start, values[-1].end, is_negated, Part(query, at, name.end() - 1), values)
    if _CONDITION.match(query, at):
        return _condition(query, start, at, is_negated=is_negated)
    value = _value(query, at, _RUN)
    return Word(query, start, value.end, is_negated, value)


def _values(query: str, at: int) -> tuple[Value, ...]:
    values = [_value(query, at, _LISTED)]
    while query[values[-1].end : values[-1].end + 1] == "," and len(values) <= MOST_VALUES:
        run = _LISTED if len(values) < MOST_VALUES else _RUN
        values.append(_value(query, values[-1].end + 1, run))
    return tuple(values)


def _condition(query: str, start: int, at: int, *, is_negated: bool) -> Condition:
    path = Part(query, at, _after(_PATH, query, at))
    operator = _OPERATOR.match(query, path.end)
    if operator is None:
        end = _after(_RUN, query, path.end)
        stray = Part(query, path.end, end) if end > path.end else None
        return Condition(query, start, end, is_negated, path, stray, None, None)
    value_at = _after(_BLANKS, query, operator.end())
    value = _value(query, value_at, _RUN, quotes=(_QUOTED, _APOSTROPHES))
    span = operator.span(operator.lastindex or 0)
    end = value.end if value.end > value.start else span[1]
    return Condition(query, start, end, is_negated, path, None, Part(query, *span), value)


def _value(query: str, at: int, run: re.Pattern[str], *, quotes: tuple[re.Pattern[str], ...] = (_QUOTED,)) -> Value:
    for quote in quotes:
        match = quote.match(query, at)
        if match is not None:
            text = _ESCAPED.sub(r"\1", match[1])
            return Value(query, at, match.end(), text, is_quoted=True, is_closed=bool(match[2]))
    end = _after(run, query, at)
    return Value(query, at, end, query[at:end])


def _after(pattern: re.Pattern[str], query: str, at: int) -> int:
    match = pattern.match(query, at)
    return match.end() if match else at
