# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Slips that are often made in a query: names that do not exist, habits of other languages; and what was meant."""

import re
from difflib import get_close_matches

from openconnector.core.phrases import phrase
from openconnector.logs.questions.fields import FIELDS, Field, status_meant
from openconnector.logs.questions.scanning import MOST_VALUES, Named, Part, QueryError, Scanned, Value, Word, in_quotes

_CURLY = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_UNSEPARATED = re.compile(r"(status|duration|size)([<>=].+)", re.IGNORECASE | re.DOTALL)
_SYNONYMS = {
    "code": "status", "statuscode": "status", "http": "status", "result": "outcome", "type": "error", "verb": "method",
    "by": "user", "who": "user", "userid": "user", "domain": "host", "server": "host", "url": "path", "uri": "path",
    "time": "duration", "took": "duration", "latency": "duration", "ms": "duration", "bytes": "size", "from": "since",
    "after": "since", "start": "since", "to": "until", "before": "until", "end": "until", "date": "since",
    "on": "since", "api": "source", "slug": "source", "has": "is", "past": "last", "within": "last", "log": "id",
}  # fmt: skip


def unknown_name(named: Named) -> QueryError:
    """`name:value` with a name that the language does not have."""
    written, name = named.name, named.name.text.lower()
    shown = written.text[:40]
    if name == "pinned":
        message = phrase("“{name}” is no name to filter by. Write is:pinned.", name=shown)
        return written.wrong(message, suggestion=_replaced(named, "is:pinned"))
    close = [_SYNONYMS[name]] if name in _SYNONYMS else get_close_matches(name[:40], FIELDS, n=1, cutoff=0.7)
    if close:
        meant = FIELDS[close[0]].name
        return written.wrong(
            phrase("“{name}” is no name to filter by. Did you mean “{meant}”?", name=shown, meant=meant), meant
        )
    if re.fullmatch(r"-?[a-z0-9.-]+:[0-9]{2,5}", named.text.lower()):
        message = phrase(
            "“{name}” is no name to filter by. A host is written as host:{host}.", name=shown, host=named.text[:40]
        )
        return written.wrong(message, f"host:{written.text}")
    text = _replaced(named, in_quotes(Part(named.query, named.start + named.is_negated, named.end).text))
    message = phrase("“{name}” is no name to filter by. Text with a colon stands in quotes.", name=shown)
    return written.wrong(message, suggestion=text)


def check_closed(value: Value) -> None:
    """A quote that opens must close.

    Raises:
        QueryError: it does not.
    """
    if not value.is_closed:
        raise value.wrong(phrase('The closing " is missing.'), f'{value.text}"')


def check_values(named: Named, field: Field, behind: Scanned | None) -> None:
    """A name has a value, a list has one beside each comma, and not every name takes a list.

    Raises:
        QueryError: it is not so.
    """
    if len(named.values) > MOST_VALUES:
        rest = Part(named.query, named.values[MOST_VALUES].start - 1, named.end)
        raise rest.wrong(phrase("A list has at most {most} values.", most=MOST_VALUES), "")
    for position, value in enumerate(named.values):
        check_closed(value)
        if not value.value.strip():
            raise _missing(named, field, behind) if len(named.values) == 1 else _gap(named, position, behind)
    if len(named.values) > 1 and not field.is_list:
        comma = Part(named.query, named.values[0].end, named.end)
        raise comma.wrong(phrase("“{name}:” takes one value, no list.", name=field.name), "")


def _missing(named: Named, field: Field, behind: Scanned | None) -> QueryError:
    value = named.values[0]
    empty = Part(named.query, named.name.start, value.end)
    message = phrase("A value is missing behind “{name}:”.", name=named.name.text)
    if isinstance(behind, Word) and not value.is_quoted:
        return empty.wrong(message, suggestion=_joined(named, behind))
    return empty.wrong(message, f"{named.name.text}:{field.example}" if field.example else None)


def _gap(named: Named, position: int, behind: Scanned | None) -> QueryError:
    value = named.values[position]
    start, end = (value.start - 1, value.end) if position else (value.start, value.end + 1)
    comma = Part(named.query, start, end)
    message = phrase("A value is missing beside this comma. A list is written without blanks.")
    if position == len(named.values) - 1 and isinstance(behind, Word) and not value.is_quoted:
        return comma.wrong(message, suggestion=_joined(named, behind))
    return comma.wrong(message, "")


def check_word(word: Word, before: Scanned | None, behind: Scanned | None) -> None:
    """A word may be a sign of another language: AND, OR, NOT, brackets, `status=404`.

    Raises:
        QueryError: it probably is.
    """
    value, text = word.value, word.value.value
    check_closed(value)
    if value.is_quoted:
        return
    if text[:1] in tuple(map(chr, _CURLY)):
        raise value.wrong(phrase("Phrases stand in straight quotes."), suggestion=word.query.translate(_CURLY))
    if behind is not None:
        _check_connective(word, before, behind)
    unseparated = _UNSEPARATED.fullmatch(text)
    if unseparated is not None:
        name, rest = unseparated[1], unseparated[2]
        message = phrase("A colon is missing behind “{name}”. As text, this stands in quotes.", name=name)
        meant = status_meant(rest) if name.lower() == "status" and rest[0] == ">" else None
        raise value.wrong(message, f"{name}:{meant or rest.lstrip('=')}")
    if text[0] == "(" and ":" in text:
        rest = re.sub(r"\)(?=\s|\Z)", "", word.query[value.start + 1 :], count=1)
        message = phrase("There are no brackets around terms. As text, they stand in quotes.")
        raise value.wrong(message, suggestion=word.query[: value.start] + rest)


def _check_connective(word: Word, before: Scanned | None, behind: Scanned) -> None:
    until_next = Part(word.query, word.start, behind.start)
    match word.value.value:
        case "AND" | "&&":
            message = phrase("All terms must hold, without an AND between them. As a word, it stands in quotes.")
            raise word.wrong(message, suggestion=until_next.with_instead(""))
        case "NOT" | "!":
            message = phrase("A minus before a term negates it: -status:404. As a word, NOT stands in quotes.")
            raise word.wrong(message, suggestion=until_next.with_instead("-"))
        case "OR" | "||":
            message = phrase("There is no OR between terms; a list means any of its values, as in status:404,5xx.")
            raise word.wrong(message, suggestion=_as_list(before, behind))
        case _:
            return


def _as_list(before: Scanned | None, behind: Scanned) -> str | None:
    """`status:404 OR status:500` as `status:404,500`."""
    if not isinstance(before, Named) or not isinstance(behind, Named) or before.is_negated or behind.is_negated:
        return None
    names = {part.name.text.lower() for part in (before, behind)}
    return Part(before.query, before.end, behind.values[0].start).with_instead(",") if len(names) == 1 else None


def _joined(named: Named, behind: Part) -> str:
    """The query with what stands behind a term drawn to it."""
    return Part(named.query, named.end, behind.start).with_instead("")


def _replaced(named: Named, text: str) -> str:
    return Part(named.query, named.start + named.is_negated, named.end).with_instead(text)
