# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The single filters of a request as clauses. Each is read as its name in the query language is."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from pydantic.alias_generators import to_camel

from openconnector.core.errors import InvalidInput
from openconnector.core.phrases import phrase
from openconnector.logs.index.words import words_of
from openconnector.logs.listing import LogFilter
from openconnector.logs.models import microseconds
from openconnector.logs.questions.clauses import Clause, Column, HasField, HasText, IsBetween, IsPinned
from openconnector.logs.questions.conditions import clause_of
from openconnector.logs.questions.fields import FIELDS, path_clause
from openconnector.logs.questions.language import MOST_WORDS, check_characters
from openconnector.logs.questions.moments import iso_moment
from openconnector.logs.questions.quantities import LARGEST
from openconnector.logs.questions.scanning import Condition, Named, Part, QueryError, Value, scan

_LISTS = ("status", "outcome", "error", "method", "trigger", "trigger_id", "user", "host", "id")
_ANYWHEN = datetime.min.replace(tzinfo=UTC)  # lists have no relative times


def clauses_of(wanted: LogFilter) -> Iterator[Clause]:
    """The clauses of the single filters, without `query` and `source`.

    Raises:
        InvalidInput: a value is not one that the filter knows; it names the parameter.
    """
    for name, read in _READERS.items():
        text = getattr(wanted, name)
        if not text:
            continue
        try:
            check_characters(text)
            yield from read(text)
        except QueryError as error:
            raise InvalidInput.parameter(to_camel(name), error.message) from None
    yield from _amounts("duration", wanted.min_duration_ms, wanted.max_duration_ms, 1000)
    yield from _amounts("size", wanted.min_size, wanted.max_size, 1)
    if wanted.pinned is not None:
        yield IsPinned(wanted.pinned)


def parts_of(text: str) -> list[Value]:
    """The parts of a comma list, without the empty ones."""
    parts: list[Value] = []
    start = 0
    for raw in text.split(","):
        end = start + len(raw)
        if raw.strip():
            parts.append(Value(text, start, end, raw.strip()))
        start = end + 1
    return parts


def _listed(name: str) -> Callable[[str], tuple[Clause, ...]]:
    field = FIELDS[name.replace("_", "")]

    def read(text: str) -> tuple[Clause, ...]:
        values = parts_of(text)
        if not values:
            raise _whole(text).wrong(phrase("This list is empty."))
        return field.read(Named(text, 0, len(text), False, Part(text, 0, 0), tuple(values)), _ANYWHEN)

    return read


def _time(text: str) -> int:
    # A plus sign that nobody encoded arrives as a space.
    moment = iso_moment(text.strip().replace(" ", "+" if "T" in text else "T"))
    if moment is None:
        raise _whole(text).wrong(phrase("This is not a time in ISO 8601, such as 2026-11-23T14:02:11Z."))
    return microseconds(moment)


def _words(text: str) -> tuple[Clause, ...]:
    words = tuple(dict.fromkeys(words_of(text)))
    if not words:
        raise _whole(text).wrong(phrase("There are no letters and digits to look for."))
    if len(words) > MOST_WORDS:
        raise _whole(text).wrong(phrase("Use at most {most} words.", most=MOST_WORDS))
    return (HasText(text, words),)


def _condition(text: str) -> tuple[HasField]:
    parts = list(scan(text))
    match parts:
        case [Condition() as condition]:
            return (clause_of(condition),)
        case [Condition(), extra, *_]:
            message = phrase("This does not belong to the condition. A text with blanks stands in quotes.")
            raise Part(text, extra.start, len(text)).wrong(message)
        case _:
            raise _whole(text).wrong(phrase("A condition begins with a path: $.error.code = 42."))


def _amounts(column: Column, low: float | None, high: float | None, factor: int) -> Iterator[Clause]:
    if low is None and high is None:
        return
    yield IsBetween(
        column,
        None if low is None else _scaled(low, factor, ROUND_CEILING),
        None if high is None else _scaled(high, factor, ROUND_FLOOR) + 1,
    )


def _scaled(amount: float, factor: int, rounding: str) -> int:
    # Through its text, because 1.001 * 1000 is less than 1001 for a float.
    return int((Decimal(repr(amount)).min(LARGEST) * factor).to_integral_value(rounding).min(LARGEST))


def _whole(text: str) -> Value:
    return Value(text, 0, len(text), text)


_READERS: dict[str, Callable[[str], tuple[Clause, ...]]] = {
    **{name: _listed(name) for name in _LISTS},
    "path": lambda text: (path_clause([_whole(text)]),),
    "since": lambda text: (IsBetween("time", _time(text), None),),
    "until": lambda text: (IsBetween("time", None, _time(text)),),
    "q": _words,
    "field": _condition,
}
