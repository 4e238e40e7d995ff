# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the body of an answer as what it says it is: finds where it breaks, and where its records are."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn
from xml.parsers import expat

from pydantic_core import from_json

from openconnector.vault.redaction import REDACTED

Finding = tuple[str, dict[str, str]]
"""The name of a row, and its facts."""

MAX_DEPTH = 5
"""Levels below the top at which records are looked for."""

MAX_LOOKS = 200
"""Members that are looked at for records."""

MIN_RECORDS = 2
_NEAR = 64
"""Characters around a fault: where a secret was taken out so close by, the fault may be ours."""

_OWN_NAMES = frozenset({"id", "_id", "@id", "uuid"})
"""Names that make an object a record itself, and not a wrapper around records."""


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
        where = f"line {error.lineno}, column {error.colno}"
        return "invalid_json", {"position": where, "problem": error.msg[:1].lower() + error.msg[1:]}
    except (ValueError, RecursionError):
        return None  # a number or a depth that we do not read, and that is no fault of the answer
    return _nested_records(value)


def examine_xml(text: str) -> Finding | None:
    """What is wrong with an XML text. Entities are not expanded: they could make much of little."""
    parser = expat.ParserCreate("utf-8")
    parser.EntityDeclHandler = _give_up
    try:
        parser.Parse(text.removeprefix("\ufeff").encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        where = f"line {error.lineno}, column {error.offset + 1}"
        lines = text.split("\n")
        offset = sum(len(line) + 1 for line in lines[: error.lineno - 1]) + error.offset
        if _is_ours(text, offset):
            return None
        return "invalid_xml", {"position": where, "problem": expat.errors.messages[error.code]}
    except _NotReadError:
        return None
    return None


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
    found = [(path, records) for path, records in _lists(value) if _are_records(records)]
    if not found:
        return None
    path, records = max(found, key=lambda pair: len(pair[1]))
    selector = ".".join(path)
    return "nested_records", {"records": f"{len(records)} objects at {selector}", "selector": selector}


def _lists(top: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """The lists below the top with the names that lead there, level by level."""
    level: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), top)]
    looks = 0
    for _ in range(MAX_DEPTH):
        below: list[tuple[tuple[str, ...], dict[str, Any]]] = []
        for path, wrapper in level:
            if not _OWN_NAMES.isdisjoint(wrapper):
                continue
            for name, member in wrapper.items():
                looks += 1
                if looks > MAX_LOOKS:
                    return
                if isinstance(member, list):
                    yield (*path, name), member
                elif isinstance(member, dict):
                    below.append(((*path, name), member))
        level = below


def _are_records(value: Any) -> bool:
    """Whether this is a list of objects that are alike: they share a name."""
    if not isinstance(value, list) or len(value) < MIN_RECORDS:
        return False
    first, second = value[0], value[1]
    return isinstance(first, dict) and isinstance(second, dict) and not first.keys().isdisjoint(second)
