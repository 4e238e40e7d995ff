# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The question that the parameters of a request ask: the query and the single filters, all joined with AND."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from openconnector.core.database import Database
from openconnector.core.errors import InvalidInput
from openconnector.logs.listing import LogFilter, QueryTerm
from openconnector.logs.questions.clauses import Clause, IsOneOf, Question
from openconnector.logs.questions.fields import FIELDS
from openconnector.logs.questions.language import MOST_TERMS, Term, check_characters, parse
from openconnector.logs.questions.parameters import clauses_of, parts_of
from openconnector.logs.questions.scanning import Condition, Named, Part, QueryError, Scanned, Value, Word, scan
from openconnector.logs.questions.sources import KnownSources, known_sources


async def question_of(database: Database, wanted: LogFilter, *, at: datetime) -> Question:
    """The question of a filter. Relative times are reckoned from `at`.

    Raises:
        InvalidInput: a part does not parse; it names the parameter. About `query` it also has the members `start`,
            `end` (characters of the query) and `suggestion` (the whole query as it may have been meant, or null).
    """
    clauses = list(clauses_of(wanted))
    if wanted.source:
        clauses += await _of_parameter(database, wanted.source)
    try:
        return Question((*await clauses_of_query(database, wanted.query or "", at=at), *clauses))
    except QueryError as error:
        raise query_problem(error) from None


async def clauses_of_query(database: Database, query: str, *, at: datetime) -> list[Clause]:
    """The clauses of a query, with its sources looked up.

    Raises:
        QueryError: it does not parse, or names a source that does not exist.
    """
    terms = parse(query, at=at)
    references = [value.value for term in terms for value in _references(term)]
    known = await database.run(lambda session: known_sources(session, references)) if references else KnownSources()
    return [clause for term in terms for clause in _resolved(term, known)]


def terms_of(query: str) -> list[QueryTerm]:
    """The parts of a query, also of one that does not parse.

    A name has its `value` as it is written behind the colon; a condition on JSON bodies has its path for a name, and
    its operator and value as they are written; words and phrases come without quotes.
    """
    terms = []
    for part in islice(scan(query), MOST_TERMS):
        field, value = _shown(part)
        terms.append(QueryTerm(start=part.start, end=part.end, field=field, value=value, is_negated=part.is_negated))
    return terms


def query_problem(error: QueryError, *, pointer: str | None = None) -> InvalidInput:
    """The problem document of a query that does not parse: in the parameter `query`, or at a pointer into a body."""
    place: dict[str, Any] = {"start": error.start, "end": error.end, "suggestion": error.suggestion}
    if pointer is None:
        return InvalidInput.parameter("query", error.message, **place)
    return InvalidInput.field(pointer, error.message, **place)


def _shown(part: Scanned) -> tuple[str | None, str]:
    match part:
        case Named():
            field = FIELDS.get(part.name.text.lower())
            return field.name if field else part.name.text, Part(part.query, part.name.end + 1, part.end).text
        case Condition():
            return part.path.text, Part(part.query, part.path.end, part.end).text.strip()
        case Word():
            return None, part.value.value


def _references(term: Term) -> tuple[Value, ...]:
    return term.scanned.values if isinstance(term.scanned, Named) and term.field == "source" else ()


def _resolved(term: Term, known: KnownSources) -> Iterable[Clause]:
    references = _references(term)
    if not references:
        return term.clauses
    sources = dict.fromkeys(str(source) for value in references for source in known.demand(value))
    return [IsOneOf("source", tuple(sources), term.scanned.is_negated)]


async def _of_parameter(database: Database, text: str) -> list[Clause]:
    """Of a slug that no source has, there are no calls."""
    try:
        check_characters(text)
    except QueryError as error:
        raise InvalidInput.parameter("source", error.message) from None
    references = [value.value for value in parts_of(text)]
    known = await database.run(lambda session: known_sources(session, references))
    sources = dict.fromkeys(str(source) for reference in references for source in known.find(reference))
    return [IsOneOf("source", tuple(sources))]
