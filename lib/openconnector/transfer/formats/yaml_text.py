# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""YAML without its dangers: what JSON can say, in the core schema of YAML 1.2.

Only the events of the parser are used, so that no tag makes an object. `yes` and dates stay texts, as the programs that
write these documents mean them.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Unreadable
from openconnector.transfer.formats.node import below

MAX_DEPTH = 100
MAX_VALUES = 1_000_000
MAX_ALIASES = 1000

TOO_DEEP = phrase("Objects and lists are nested more than {limit} levels deep.", limit=MAX_DEPTH)
TOO_MANY = phrase("The document has more than {limit} values.", limit=MAX_VALUES)
TWICE = phrase("The name “{name}” stands twice in one object.")
_UNKNOWN_TAG = phrase("The tag {tag} is not known here.")

_TAG = "tag:yaml.org,2002:"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,40}", re.ASCII)
_BASED = re.compile(r"0o[0-7]{1,40}|0x[0-9a-fA-F]{1,40}", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?", re.ASCII)


def documents_of_yaml(text: str) -> list[Any]:
    """The documents of a text.

    Raises:
        Unreadable: it is no YAML, or it exceeds a bound; with the line.
    """
    import yaml  # type: ignore[import-untyped]  # noqa: PLC0415  # few processes read YAML

    try:
        return list(_Reader(yaml.parse(text, Loader=yaml.CSafeLoader)).documents())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        detail = phrase("This is not valid YAML: {reason}.", reason=error.problem or error.context)
        raise Unreadable(detail, line=line) from None
    except yaml.YAMLError:
        detail = phrase("This is not valid YAML: it has characters that YAML does not allow.")
        raise Unreadable(detail) from None


class _Reader:
    """Makes values of the events of one text."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._values = 0
        self._aliases = 0

    def documents(self) -> Iterator[Any]:
        for event in self._events:
            if type(event).__name__ == "DocumentStartEvent":
                self._anchors.clear()
                yield self._value(next(self._events), "", 0)

    def _value(self, event: Any, pointer: str, depth: int) -> Any:
        self._count(1, event)
        if depth > MAX_DEPTH:
            raise _unreadable(event, TOO_DEEP, pointer)
        read: Callable[[Any, str, int], Any] = getattr(self, f"_{type(event).__name__}")
        before = self._values
        value = read(event, pointer, depth)
        if getattr(event, "anchor", None) and type(event).__name__ != "AliasEvent":
            self._anchors[event.anchor] = (value, self._values - before + 1)
        return value

    def _AliasEvent(self, event: Any, pointer: str, _depth: int) -> Any:  # noqa: N802  # the name of the event
        self._aliases += 1
        if event.anchor not in self._anchors:
            raise _unreadable(event, phrase("An alias names nothing that stands before it."), pointer)
        if self._aliases > MAX_ALIASES:
            raise _unreadable(event, phrase("There are more than {limit} aliases.", limit=MAX_ALIASES), pointer)
        value, size = self._anchors[event.anchor]
        self._count(size, event)
        return value

    def _ScalarEvent(self, event: Any, pointer: str, _depth: int) -> Any:  # noqa: N802
        tag = event.tag.removeprefix(_TAG) if event.tag and event.tag != "!" else ""
        if tag not in ("", "str", "int", "float", "bool", "null"):
            raise _unreadable(event, _UNKNOWN_TAG.filled(tag=event.tag[:50]), pointer)
        is_plain = event.implicit[0] if not tag else tag != "str"
        return _plain(event.value) if is_plain else event.value

    def _SequenceStartEvent(self, event: Any, pointer: str, depth: int) -> list[Any]:  # noqa: N802
        _check_tag(event, "seq", pointer)
        values: list[Any] = []
        while type(following := next(self._events)).__name__ != "SequenceEndEvent":
            values.append(self._value(following, below(pointer, len(values)), depth + 1))
        return values

    def _MappingStartEvent(self, event: Any, pointer: str, depth: int) -> dict[str, Any]:  # noqa: N802
        _check_tag(event, "map", pointer)
        values: dict[str, Any] = {}
        while type(following := next(self._events)).__name__ != "MappingEndEvent":
            if type(following).__name__ != "ScalarEvent":
                raise _unreadable(following, phrase("Names of members are texts."), pointer)
            name = following.value
            if name in values:
                raise _unreadable(following, TWICE.filled(name=name[:100]), pointer)
            values[name] = self._value(next(self._events), below(pointer, name), depth + 1)
        return values

    def _count(self, more: int, event: Any) -> None:
        self._values += more
        if self._values > MAX_VALUES:
            raise _unreadable(event, TOO_MANY, None)


def _plain(text: str) -> Any:
    """A scalar without quotation marks (YAML 1.2.2, section 10.3.2)."""
    if text in _NULLS:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text


def _check_tag(event: Any, name: str, pointer: str) -> None:
    if event.tag not in (None, "!", _TAG + name):
        raise _unreadable(event, _UNKNOWN_TAG.filled(tag=event.tag[:50]), pointer)


def _unreadable(event: Any, detail: str, pointer: str | None) -> Unreadable:
    return Unreadable(detail, pointer=pointer, line=event.start_mark.line + 1)
