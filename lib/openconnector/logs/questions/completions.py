# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may follow at the cursor of a query that is half written."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from openconnector.core.phrases import phrase
from openconnector.logs.questions.fields import FIELDS, OUTCOMES, STATES, STATUSES, TRIGGERS
from openconnector.logs.questions.language import MOST_TERMS
from openconnector.logs.questions.scanning import Named, Value, Word, quoted, scan
from openconnector.logs.questions.schemas import Completion
from openconnector.logs.questions.seen import seen_values
from openconnector.logs.questions.sources import SOURCES

MOST = 20

_LAST = {
    "15m": phrase("in the last 15 minutes"),
    "1h": phrase("in the last hour"),
    "24h": phrase("in the last 24 hours"),
    "7d": phrase("in the last seven days"),
    "30d": phrase("in the last 30 days"),
}
_AGO = {
    "15m": phrase("15 minutes ago"),
    "1h": phrase("an hour ago"),
    "24h": phrase("24 hours ago"),
    "7d": phrase("seven days ago"),
    "30d": phrase("30 days ago"),
}
_UNITS = {
    "duration": {"ms": phrase("milliseconds"), "s": phrase("seconds"), "m": phrase("minutes"), "h": phrase("hours")},
    "size": {
        "KB": phrase("1000 bytes"),
        "MB": phrase("1000 KB"),
        "KiB": phrase("1024 bytes"),
        "MiB": phrase("1024 KiB"),
        "B": phrase("bytes"),
    },
    "last": {"m": phrase("minutes"), "h": phrase("hours"), "d": phrase("days"), "w": phrase("weeks")},
}
_EXAMPLES = {
    "duration": {
        ">1s": phrase("longer than a second"),
        ">5s": phrase("longer than five seconds"),
        "<100ms": phrase("shorter than 100 milliseconds"),
        "1s..5s": phrase("from one to five seconds"),
    },
    "size": {
        ">1MB": phrase("more than a million bytes"),
        ">100KB": phrase("more than 100,000 bytes"),
        "<1KB": phrase("less than 1000 bytes"),
        "10KB..1MB": phrase("from 10,000 to a million bytes"),
    },
}
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "LIST", "MKCOL", "MOVE")
_SEEN = phrase("among the newest calls")


@dataclass(frozen=True, slots=True)
class Place:
    """What is written at the cursor. `field` is a name of the language; None: a name itself may be meant."""

    field: str | None
    start: int
    end: int
    prefix: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be put there."""

    text: str
    label: str
    detail: str


def place_of(query: str, cursor: int) -> Place | None:
    """What is to be completed at the cursor; None: nothing that can be guessed."""
    for position, part in enumerate(scan(query)):
        if position >= MOST_TERMS:
            return None
        if part.start > cursor:
            break
        if cursor > part.end:
            continue
        match part:
            case Named() if cursor <= part.name.end:
                return _place(query, None, part.name.start, part.name.end + 1, cursor)
            case Named():
                field = FIELDS.get(part.name.text.lower())
                value = next(value for value in part.values if cursor <= value.end)
                return _place_of_value(field.name, value, cursor) if field else None
            case Word(value=value) if not value.is_quoted and not value.value.startswith("$"):
                return _place(query, None, value.start, value.end, cursor)
            case _:
                return None
    return Place(None, cursor, cursor, "")


def completions_at(session: Session, place: Place, at: datetime) -> list[Completion]:
    """At most 20 texts for a place, those first that begin with what is written there, for a thread."""
    found = _names() if place.field is None else _values(session, place, at)
    return [
        Completion(
            start=place.start, end=place.end, text=candidate.text, label=candidate.label, detail=candidate.detail
        )
        for candidate in ranked(found, place.prefix)
    ]


def ranked(candidates: Iterable[Candidate], prefix: str) -> list[Candidate]:
    """Those that begin with what is written, then those that contain it; each text once."""
    wanted = prefix.strip().casefold()
    begin: dict[str, Candidate] = {}
    contain: dict[str, Candidate] = {}
    for candidate in candidates:
        texts = (candidate.text.lstrip('"').casefold(), candidate.label.casefold())
        if any(text.startswith(wanted) for text in texts):
            begin.setdefault(candidate.text, candidate)
        elif any(wanted in text for text in texts):
            contain.setdefault(candidate.text, candidate)
    return [*begin.values(), *(contain[text] for text in contain if text not in begin)][:MOST]


def _place(query: str, field: str | None, start: int, end: int, cursor: int) -> Place:
    return Place(field, start, end, query[start : max(start, cursor)])


def _place_of_value(field: str, value: Value, cursor: int) -> Place:
    written = value.query[value.start : cursor].removeprefix('"')
    return Place(field, value.start, value.end, written)


def _names() -> Iterator[Candidate]:
    for field in FIELDS.values():
        yield Candidate(f"{field.name}:", field.name, field.explanation)
    yield Candidate("$.", "$.name", phrase("a value in JSON bodies: $.error.code = 42"))


def _values(session: Session, place: Place, at: datetime) -> Iterator[Candidate]:
    field = place.field or ""
    if field == "source":
        yield from _sources(session, place.prefix)
    yield from (Candidate(text, text, detail) for text, detail in _words(field, at))
    if field in _UNITS:
        yield from _amounts(field, place.prefix)
    yield from (Candidate(quoted(value), value, _SEEN) for value in seen_values(session, field))


def _words(field: str, at: datetime) -> Iterable[tuple[str, str]]:
    """What is known of a field without the log: each word with what it means."""
    known: dict[str, Callable[[], Iterable[tuple[str, str]]]] = {
        "status": STATUSES.items,
        "outcome": lambda: ((word, phrase("an outcome")) for word in OUTCOMES),
        "trigger": lambda: ((word, phrase("who asked")) for word in TRIGGERS),
        "method": lambda: ((word, phrase("a method")) for word in _METHODS),
        "is": STATES.items,
        "last": _LAST.items,
        "since": lambda: _times(at),
        "until": lambda: _times(at),
        "duration": _EXAMPLES["duration"].items,
        "size": _EXAMPLES["size"].items,
    }
    return known[field]() if field in known else ()


def _times(at: datetime) -> Iterator[tuple[str, str]]:
    yield "today", phrase("since midnight, UTC")
    yield "yesterday", phrase("the midnight before, UTC")
    yield from _AGO.items()
    yield f"{at:%Y-%m-%d}", phrase("a date, UTC")
    yield f"{at:%Y-%m-%dT%H:%MZ}", phrase("a time, UTC")


def _amounts(field: str, prefix: str) -> Iterator[Candidate]:
    """A number that is written gets its unit."""
    match = re.fullmatch(r"(.{0,40}?)([0-9]{1,12}(?:\.[0-9]{1,9})?)([a-zA-Z]{0,3})", prefix)
    if match is None:
        return
    before, number, begun = match.groups()
    for sign in [before] if before or field == "last" else [">", "<"]:
        for unit, detail in _UNITS[field].items():
            if unit.lower().startswith(begun.lower()):
                yield Candidate(f"{sign}{number}{unit}", f"{sign}{number}{unit}", detail)


def _sources(session: Session, prefix: str) -> Sequence[Candidate]:
    written = prefix.strip()
    statement = (
        select(SOURCES.c.slug, SOURCES.c.name)
        .where(or_(*(column.icontains(written, autoescape=True) for column in (SOURCES.c.slug, SOURCES.c.name))))
        # Those that begin so come first, also when there are more than are shown.
        .order_by(SOURCES.c.slug.istartswith(written, autoescape=True).desc(), SOURCES.c.slug)
        .limit(2 * MOST)
    )
    return [Candidate(quoted(slug), name, slug) for slug, name in session.execute(statement)]
