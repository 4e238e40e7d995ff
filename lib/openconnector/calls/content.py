# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the body of an answer as what it says it is: finds where it breaks, and where its records are."""

import json
from io import BytesIO
from typing import Any, NoReturn
from xml.parsers import expat

from pydantic_core import from_json

from openconnector.core.phrases import Phrase, phrase, told
from openconnector.reading.document import Unreadable
from openconnector.reading.positions import OBJECT, RecordsMissing, lists_in, locate, position_of, proposals
from openconnector.reading.schemas import RecordProposal
from openconnector.reading.xml_outline import Outline
from openconnector.reading.xml_records import records_of
from openconnector.reading.xml_text import XmlText
from openconnector.vault.redaction import REDACTED

Finding = tuple[str, dict[str, str]]
"""The name of a row, and its facts."""

MAX_DEPTH = 5
"""Levels below the top at which records are looked for."""

MAX_LOOKS = 200
"""Members that are looked at for records."""

MAX_ELEMENTS = 5000
"""Elements that are looked at for records."""

MIN_RECORDS = 2
_NEAR = 64
"""Characters around a fault: where a secret was taken out so close by, the fault may be ours."""

_OWN_NAMES = frozenset({"id", "_id", "@id", "uuid"})
"""Names that make an object a record itself, and not a wrapper around records."""


_OBJECTS = phrase("{count} objects at {place}")
_ELEMENTS = phrase("{count} elements at {place}")


def examine_json(text: str) -> Finding | None:
    """What is wrong with a JSON text, or where its records are when they lie deeper than at the top."""
    text = text.removeprefix("\ufeff")
    try:
        return _nested_records(from_json(text))
    except ValueError:
        return _examine_slowly(text)


def _examine_slowly(text: str) -> Finding | None:
    """The same with the parser of the standard library, which says where it stopped."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if _is_ours(text, error.pos):
            return None
        where = phrase("line {line}, column {column}", line=error.lineno, column=error.colno)
        return "invalid_json", {"position": where, "problem": error.msg[:1].lower() + error.msg[1:]}
    except (ValueError, RecursionError):
        return None  # a number or a depth that we do not read, and that is no fault of the answer
    return _nested_records(value)


def examine_xml(text: str) -> Finding | None:
    """What is wrong with an XML text, or where its records are when they lie deeper than right below its root.

    Entities are not expanded: they could make much of little.
    """
    parser = expat.ParserCreate("utf-8")
    parser.EntityDeclHandler = _give_up
    try:
        parser.Parse(text.removeprefix("\ufeff").encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        where = phrase("line {line}, column {column}", line=error.lineno, column=error.offset + 1)
        lines = text.split("\n")
        offset = sum(len(line) + 1 for line in lines[: error.lineno - 1]) + error.offset
        if _is_ours(text, offset):
            return None
        return "invalid_xml", {"position": where, "problem": expat.errors.messages[error.code]}
    except _NotReadError:
        return None
    return _nested_elements(text)


def _nested_elements(text: str) -> Finding | None:
    try:
        outline = Outline.of(XmlText(BytesIO(text.encode("utf-8", "replace"))), MAX_ELEMENTS)
    except Unreadable:
        return None  # more than we read, and no fault of the answer
    place = outline.nested_records()
    if place is None:
        return None
    selector = position_of(place.names)
    found = _ELEMENTS if outline.is_whole else phrase("at least {count} elements at {place}")
    return "nested_records", {"records": found.filled(count=place.count, place=selector), "selector": selector}


def examine_position(text: str, position: str, *, is_xml: bool) -> Finding | None:
    """Why there are no records at the position of the source, and where there are some instead.

    An empty list is what was looked for, and so is a body that cannot be read: that has been told.
    """
    try:
        return _examine_elements(text, position) if is_xml else _examine_lists(text, position)
    except ValueError:
        return None


def _examine_lists(text: str, position: str) -> Finding | None:
    value = from_json(text.removeprefix("\ufeff"))
    try:
        locate(value, position)
    except RecordsMissing as missing:
        return _elsewhere(told(missing), proposals(value), _OBJECTS)
    return None


def _examine_elements(text: str, position: str) -> Finding | None:
    body = text.encode("utf-8", "replace")
    try:
        next(records_of(BytesIO(body), position), None)
    except RecordsMissing as missing:
        return _elsewhere(told(missing), Outline.of(XmlText(BytesIO(body)), MAX_ELEMENTS).proposals(), _ELEMENTS)
    return None


def _elsewhere(problem: str, proposed: list[RecordProposal], found: Phrase) -> Finding:
    first = next((one for one in proposed if one.position != OBJECT), None)
    if first is None:
        return "records_not_found", {"problem": problem}
    records = found.filled(count=first.count, place=first.position)
    return "records_elsewhere", {"problem": problem, "records": records, "selector": first.position}


class _NotReadError(Exception):
    """The text has something in it that we do not read."""


def _give_up(*_: object) -> NoReturn:
    raise _NotReadError


def _is_ours(text: str, position: int) -> bool:
    return REDACTED in text[max(0, position - _NEAR) : position + _NEAR]


def _nested_records(value: Any) -> Finding | None:
    """Records below the top: lists of objects whose way there leads through wrappers only."""
    if not isinstance(value, dict) or any(_are_records(member) for member in value.values()):
        return None
    lists = lists_in(value, depth=MAX_DEPTH, looks=MAX_LOOKS, closed=_OWN_NAMES)
    found = [place for place in lists if _are_records(place.entries)]
    if not found:
        return None
    place = max(found, key=lambda one: len(one.entries))
    selector = position_of(place.steps)
    return "nested_records", {
        "records": _OBJECTS.filled(count=len(place.entries), place=selector),
        "selector": selector,
    }


def _are_records(value: Any) -> bool:
    """Whether this is a list of objects that are alike: they share a name."""
    if not isinstance(value, list) or len(value) < MIN_RECORDS:
        return False
    first, second = value[0], value[1]
    return isinstance(first, dict) and isinstance(second, dict) and not first.keys().isdisjoint(second)
