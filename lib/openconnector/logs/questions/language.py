# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The query language of the log: `status:5xx source:crm duration:>2s "connection reset" -$.error.code=42`.

Terms are separated by blanks and must all hold. A minus before a term negates it, a comma list means any of its values.
Words and "phrases" are looked for in the texts of a call.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from openconnector.core.phrases import phrase
from openconnector.logs.index.words import words_of
from openconnector.logs.models import moment
from openconnector.logs.questions.clauses import Clause, HasText, IsBetween
from openconnector.logs.questions.conditions import clause_of
from openconnector.logs.questions.fields import FIELDS
from openconnector.logs.questions.scanning import (
    LONGEST_QUERY,
    Condition,
    Named,
    Part,
    QueryError,
    Scanned,
    Value,
    Word,
    scan,
)
from openconnector.logs.questions.slips import check_values, check_word, unknown_name

MOST_TERMS = 50
MOST_WORDS = 50
"""Words of a phrase."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Term:
    """A term that is understood. Sources are not looked up yet: the clause of `source:` has what is written there."""

    scanned: Scanned
    field: str | None
    clauses: tuple[Clause, ...]


def parse(query: str, *, at: datetime) -> list[Term]:
    """The terms of a query. Relative times are reckoned from `at`.

    Raises:
        QueryError: a term is not understood; it tells where, why, and what may have been meant.
    """
    check_characters(query)
    scanned = list(islice(scan(query), MOST_TERMS + 1))
    if len(scanned) > MOST_TERMS:
        extra = scanned[-1]
        raise QueryError(
            extra.start, len(query), phrase("Use at most {most} terms.", most=MOST_TERMS), query[: extra.start].rstrip()
        )
    neighbours = zip([None, *scanned], scanned, [*scanned[1:], None], strict=False)
    terms = [_term(part, before, behind, at) for before, part, behind in neighbours]
    _check_times(query, terms)
    return terms


def check_characters(query: str) -> None:
    """A query is not too long, and is text that a database takes.

    Raises:
        QueryError: it is not so.
    """
    if len(query) > LONGEST_QUERY:
        raise QueryError(LONGEST_QUERY, len(query), phrase("Use at most {most} characters.", most=LONGEST_QUERY))
    match = _UNSTORABLE.search(query)
    if match is not None:
        place = Part(query, *match.span())
        raise place.wrong(phrase("This character is no text."), suggestion=_UNSTORABLE.sub("", query))


def text_clause(value: Value, *, is_negated: bool = False) -> HasText:
    """The clause of a text that is looked for; several words in it stand one behind the other.

    Raises:
        QueryError: it has no words, or too many.
    """
    words = words_of(value.value)
    if not words:
        term = Part(value.query, value.start - is_negated, value.end)
        raise term.wrong(phrase("There are no letters and digits in “{value}” to look for.", value=value.shown), "")
    if len(words) > MOST_WORDS:
        raise value.wrong(phrase("A phrase has at most {most} words.", most=MOST_WORDS))
    return HasText(value.value, tuple(words), is_phrase=len(words) > 1, is_negated=is_negated)


def _term(part: Scanned, before: Scanned | None, behind: Scanned | None, at: datetime) -> Term:
    if before is not None and before.end == part.start:
        raise part.wrong(phrase("A blank is missing here."), f" {part.text}")
    match part:
        case Condition():
            return Term(part, None, (clause_of(part),))
        case Named():
            field = FIELDS.get(part.name.text.lower())
            if field is None:
                raise unknown_name(part)
            check_values(part, field, behind)
            return Term(part, field.name, field.read(part, at))
        case Word():
            check_word(part, before, behind)
            return Term(part, None, (text_clause(part.value, is_negated=part.is_negated),))


def _check_times(query: str, terms: list[Term]) -> None:
    """Ends of a time range that leave nothing between them are a mistake, which an empty list would hide."""
    lows, highs = [], []
    for term in terms:
        for clause in term.clauses:
            if isinstance(clause, IsBetween) and clause.column == "time" and not clause.is_negated:
                lows += [] if clause.low is None else [clause.low]
                highs += [] if clause.high is None else [(clause.high, term)]
    if not lows or not highs:
        return
    low, (high, term) = max(lows), min(highs, key=lambda found: found[0])
    if low < high:
        return
    ends, begins = (f"{moment(time):%Y-%m-%d %H:%M}" for time in (high, low))
    message = phrase(
        "No time is left: the range begins at {begins} and ends at {ends} (UTC).", begins=begins, ends=ends
    )
    part = Part(query, term.scanned.start, term.scanned.end)
    raise part.wrong(message, suggestion=_whole_day(term, is_same=low == high))


def _whole_day(until: Term, *, is_same: bool) -> str | None:
    """`until:2026-11-23` takes in nothing of that day; who wrote it with `since:2026-11-23` meant the whole of it."""
    part = until.scanned
    if not isinstance(part, Named) or not is_same:
        return None
    try:
        day = datetime.strptime(part.values[0].value, "%Y-%m-%d")  # noqa: DTZ007  # a day, in no zone
        following = day + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return part.values[0].with_instead(following.date().isoformat())
