# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The names of the query language, and the clauses that their values become."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import get_args
from urllib.parse import quote
from uuid import UUID

from openconnector.core import phrases
from openconnector.core.outcome import Outcome
from openconnector.core.phrases import Phrase, phrase
from openconnector.logs.index.terms import normal_path
from openconnector.logs.models import microseconds
from openconnector.logs.questions.clauses import AnyOf, Clause, Column, Facet, IsBetween, IsOneOf, IsPinned
from openconnector.logs.questions.moments import moment_of, span_of
from openconnector.logs.questions.quantities import DURATION, SIZE, Measure, range_of
from openconnector.logs.questions.scanning import Named, Part, Value, quoted
from openconnector.logs.schemas import TriggerType

OUTCOMES: tuple[str, ...] = get_args(Outcome)
TRIGGERS: tuple[str, ...] = get_args(TriggerType)
STATUSES = {
    "error": phrase("everything but success, whatever the status"),
    "success": phrase("the outcome is success"),
    "none": phrase("nothing came back"),
    "2xx": phrase("200 to 299"),
    "3xx": phrase("300 to 399"),
    "4xx": phrase("400 to 499"),
    "5xx": phrase("500 to 599"),
}
STATES = {
    "pinned": phrase("kept for ever"),
    "error": phrase("everything but success"),
    "success": phrase("the outcome is success"),
}

_OF_URLS = "/%:@!$&'()*+,;=~"
_FAILURES = dict.fromkeys(("failed", "failure", "fail", "errors", "bad"), "error")
_SUCCESSES = dict.fromkeys(("ok", "succeeded", "successful"), "success")
_WORDS = {**_FAILURES, **_SUCCESSES, "null": "none", "empty": "none", "pin": "pinned"}


@dataclass(frozen=True, slots=True)
class Field:
    """A name of the language. `example` is a value that parses, where one can be guessed."""

    name: str
    explanation: str
    read: Callable[[Named, datetime], tuple[Clause, ...]]
    example: str | None = None
    is_list: bool = True


def any_of(clauses: Sequence[IsOneOf], *, is_negated: bool) -> tuple[Clause, ...]:
    """The clauses that hold when one of these does; negated: when none does."""
    if is_negated:
        return tuple(replace(clause, is_negated=not clause.is_negated) for clause in clauses)
    return tuple(clauses) if len(clauses) == 1 else (AnyOf(tuple(clauses)),)


def chosen(value: Value, allowed: Sequence[str], otherwise: Phrase) -> str:
    """The one of some words that a value is, whatever its case.

    Args:
        otherwise: what is said of another `value`, with the `words` that are `allowed`.

    Raises:
        QueryError: it is none of them.
    """
    text = value.value.strip().lower()
    if text in allowed:
        return text
    message = otherwise.filled(value=value.shown, words=phrases.any_of(allowed))
    raise value.wrong(message, _closest(text, allowed))


def _closest(text: str, allowed: Sequence[str]) -> str | None:
    meant = _WORDS.get(text)
    close = [meant] if meant in allowed else get_close_matches(text[:40], allowed, n=1)
    return close[0] if close else None


def _facet(field: Facet, read: Callable[[Value], str]) -> Callable[[Named, datetime], tuple[Clause, ...]]:
    def clauses(named: Named, _at: datetime) -> tuple[Clause, ...]:
        return (IsOneOf(field, tuple(dict.fromkeys(map(read, named.values))), named.is_negated),)

    return clauses


def _range(column: Column, measure: Measure) -> Callable[[Named, datetime], tuple[Clause, ...]]:
    def clauses(named: Named, _at: datetime) -> tuple[Clause, ...]:
        return (IsBetween(column, *range_of(named.values[0], measure), named.is_negated),)

    return clauses


def _as_it_is(value: Value) -> str:
    return value.value


def _status(named: Named, _at: datetime) -> tuple[Clause, ...]:
    codes, outcomes = [], []
    for value in named.values:
        text = value.value.strip().lower()
        if text in ("success", "error"):
            outcomes.append(IsOneOf("outcome", ("success",), is_negated=text == "error"))
        elif text == "none" or re.fullmatch(r"[1-9][0-9]{2}|[1-5]xx", text):
            codes.append(text)
        else:
            message = phrase("“{value}” is no status: use 404, 4xx, success, error or none.", value=value.shown)
            raise value.wrong(message, status_meant(text))
    listed = [IsOneOf("status", tuple(dict.fromkeys(codes)))] if codes else []
    return any_of([*listed, *dict.fromkeys(outcomes)], is_negated=named.is_negated)


def _outcome(value: Value) -> str:
    return chosen(value, OUTCOMES, phrase("“{value}” is no outcome: use {words}."))


def status_meant(text: str) -> str | None:
    """The classes or the word that were meant by `40x`, `>=400`, `400..499` or `failed`."""
    if re.fullmatch(r"=+(?:[1-9][0-9]{2}|[1-5]xx)", text):
        return text.lstrip("=")
    if re.fullmatch(r"[1-5](?:[0-9x*?]{0,2}|[0-9]{3})", text):
        return f"{text[0]}xx"
    if re.fullmatch(r"[1-5]00(?:\.\.|-)[1-5]99", text) or re.fullmatch(r">=?[1-5](?:00|xx)", text):
        first = int(text.lstrip(">=")[0])
        last = 5 if text[0] == ">" else int(text[-3])
        return ",".join(f"{digit}xx" for digit in range(first, last + 1)) or None
    return _closest(text, tuple(STATUSES))


def _trigger(named: Named, _at: datetime) -> tuple[Clause, ...]:
    ids: dict[str, list[str]] = {}
    alone: list[str] = []
    for value in named.values:
        kind, colon, trigger_id = value.value.partition(":")
        part = Value(value.query, value.start, value.start + len(kind), kind) if not value.is_quoted else value
        kind = chosen(replace(part, value=kind), TRIGGERS, phrase("“{value}” is no trigger: use {words}."))
        if not colon:
            alone.append(kind)
        elif not trigger_id:
            raise value.wrong(phrase("An id is missing behind the colon."), kind)
        else:
            ids.setdefault(kind, []).append(trigger_id)
    ids = {kind: found for kind, found in ids.items() if kind not in alone}
    types = tuple(dict.fromkeys(alone if named.is_negated else [*alone, *ids]))
    # (A or (B and C)) is ((A or B) and (not B or C)); its negation is (not A) and (not B or not C).
    clauses: list[Clause] = [IsOneOf("trigger", types, named.is_negated)] if types else []
    for kind, found in ids.items():
        of_ids = IsOneOf("trigger_id", tuple(dict.fromkeys(found)), named.is_negated)
        is_alone = not named.is_negated and types == (kind,)
        clauses.append(of_ids if is_alone else AnyOf((IsOneOf("trigger", (kind,), is_negated=True), of_ids)))
    return tuple(clauses)


def _method(value: Value) -> str:
    text = value.value.strip()
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,15}", text):
        return text.upper()
    raise value.wrong(phrase("“{value}” is no method: write GET, POST or another one.", value=value.shown))


def _host(value: Value) -> str:
    text = value.value.strip().lower()
    url = re.match(r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?([^/?#]+)|([^/?#]+)[/?#]", text)
    if url is not None:
        raise value.wrong(phrase("A host is a name without the rest of the URL."), quoted(url[1] or url[2]))
    if re.search(r"[\s*/?#@]", text):
        raise value.wrong(
            phrase("“{value}” is no host. Parts of a name are found as text, without host:.", value=value.shown)
        )
    return text


def path_of(value: Value) -> str:
    """The path that a value is: without empty segments, and without a slash at the end.

    Raises:
        QueryError: it is none.
    """
    text = value.value.strip()
    url = re.match(r"[a-z][a-z0-9+.-]*://[^/?#]*([^?#]*)", text, re.IGNORECASE)
    if url is not None:
        raise value.wrong(phrase("A path begins with a slash, behind the host of the URL."), quoted(url[1] or "/"))
    if not text.startswith("/"):
        raise value.wrong(phrase("A path begins with a slash."), quoted(f"/{text.lstrip('*')}"))
    if "?" in text or "#" in text:
        raise value.wrong(
            phrase("A path ends before ? and #. Parameters are found as text."), quoted(re.split(r"[?#]", text)[0])
        )
    if text.endswith("/*"):
        raise value.wrong(
            phrase("A path takes in everything below it, without a star."), quoted(text.rstrip("/*") or "/")
        )
    return normal_path(text)


def path_clause(values: Sequence[Value], *, is_negated: bool = False) -> IsOneOf:
    """The calls of some paths and of everything below them. What is not allowed in a URL is looked for encoded too.

    Raises:
        QueryError: one is no path.
    """
    paths = [form for path in map(path_of, values) for form in (path, quote(path, safe=_OF_URLS))]
    return IsOneOf("path", tuple(dict.fromkeys(paths)), is_negated)


def _path(named: Named, _at: datetime) -> tuple[Clause, ...]:
    return (path_clause(named.values, is_negated=named.is_negated),)


def _id(value: Value) -> str:
    try:
        return str(UUID(value.value.strip()))
    except ValueError:
        raise value.wrong(
            phrase("“{value}” is no id of a call. They look like 019936f5-2c1e-7f3a-….", value=value.shown)
        ) from None


def _since(named: Named, at: datetime) -> tuple[Clause, ...]:
    return (IsBetween("time", moment_of(named.values[0], at), None, named.is_negated),)


def _until(named: Named, at: datetime) -> tuple[Clause, ...]:
    return (IsBetween("time", None, moment_of(named.values[0], at), named.is_negated),)


def _last(named: Named, at: datetime) -> tuple[Clause, ...]:
    value = named.values[0]
    if value.value.strip().lower() in ("today", "yesterday", "now"):
        raise value.wrong(phrase("“last:” takes a span of time."), suggestion=_renamed(named, "since"))
    return (IsBetween("time", microseconds(at - span_of(value)), None, named.is_negated),)


def _renamed(named: Named, name: str) -> str:
    return Part(named.query, named.name.start, named.name.end).with_instead(name)


def _is(named: Named, _at: datetime) -> tuple[Clause, ...]:
    match chosen(named.values[0], tuple(STATES), phrase("“{value}” is no state: use {words}.")):
        case "pinned":
            return (IsPinned(not named.is_negated),)
        case state:
            return (IsOneOf("outcome", ("success",), is_negated=(state == "error") != named.is_negated),)


_TABLE = (
    Field("source", phrase("of a source: its slug, id or name"), _facet("source", _as_it_is)),
    Field("status", phrase("404, 4xx, success, error or none"), _status, "5xx"),
    Field("outcome", phrase("what the call came to"), _facet("outcome", _outcome), "http_error"),
    Field("error", phrase("the type of error"), _facet("error", _as_it_is)),
    Field("method", "GET, POST …", _facet("method", _method), "POST"),
    Field("trigger", phrase("who asked: job, or job:nightly with its id"), _trigger, "job"),
    Field("triggerId", phrase("the id of who asked"), _facet("trigger_id", _as_it_is)),
    Field("user", phrase("the id of a Nextcloud user"), _facet("user", _as_it_is)),
    Field("host", phrase("the host, with :port where the URL has one"), _facet("host", _host)),
    Field("path", phrase("a path and everything below it"), _path, "/"),
    Field("duration", phrase("how long it took: >2s, 250ms..1s"), _range("duration", DURATION), ">2s", is_list=False),
    Field("size", phrase("bytes of the response: >1MB, 10KB..1MiB"), _range("size", SIZE), ">1MB", is_list=False),
    Field("since", phrase("started then or later: 2026-11-23, 24h, today"), _since, "24h", is_list=False),
    Field("until", phrase("started before: 2026-11-23T14:00Z, 1h"), _until, "1h", is_list=False),
    Field("last", phrase("started within: 30m, 24h, 7d"), _last, "24h", is_list=False),
    Field("id", phrase("one call by its id"), _facet("id", _id)),
    Field("is", phrase("pinned, error or success"), _is, "pinned", is_list=False),
)  # fmt: skip

FIELDS = {field.name.lower(): field for field in _TABLE}
"""The names in lower case."""
