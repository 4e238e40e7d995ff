# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A JSON body, or another that has become plain values: walked, asked, and taken apart into records."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.reading.json_parsing import JsonReading
from openconnector.reading.pointers import location_step, member_path, path_to, resolve
from openconnector.reading.records import record_page
from openconnector.reading.schemas import BodyMatches, Finding, Node, NodePage, RecordPage
from openconnector.reading.values import RepeatedMembers, clean, count_of, kind_of, members_of, shown

MAX_FINDINGS = 20

LONGEST_VALUE = 1000
"""Characters of a leaf."""

MAX_COUNTED = 1_000_000
"""Matches that are counted."""

COUNTING_SECONDS = 4.0
"""How long matches beyond the limit are counted."""

MAX_LOCATIONS = 4 * 1024 * 1024
"""Characters of the locations of all matches: ten thousand levels down, each has fifty thousand."""

_CLOCK_EVERY = 1000


class ValueDocument:
    """A tree of plain values.

    Attributes:
        namespaces: JSON has none.
        findings: what is odd about it, at most 20.
    """

    namespaces: dict[str, str]
    findings: list[Finding]

    def __init__(self, value: Any, findings: list[Finding] | None = None) -> None:
        self.value = value
        self.namespaces = {}
        self.findings = findings or []

    def nodes(self, path: str, offset: int, limit: int) -> NodePage:
        """What is below a node.

        Raises:
            NodeNotFound: no node has this path.
        """
        value, name, location = resolve(self.value, path)
        parent = _node(value, path, location, name)
        children = list(islice(_children(value, path, location, min(offset, parent.count)), limit))
        return NodePage(parent=parent, offset=offset, total=parent.count, nodes=children)

    def query(self, expression: str, limit: int) -> BodyMatches:
        """What a JSONPath finds.

        Raises:
            ExpressionInvalid: it is none.
        """
        from openconnector.reading.json_path import find  # noqa: PLC0415  # a library that only expressions need

        kept: list[Node] = []
        space = MAX_LOCATIONS
        total, until = 0, time.monotonic() + COUNTING_SECONDS
        matches = find(expression, self.value)
        for match in matches:
            total += 1
            if total <= limit and space > 0:
                kept.append(self._match(match.obj, match.steps()))
                space -= len(kept[-1].location)
            elif total >= MAX_COUNTED or (total % _CLOCK_EVERY == 0 and time.monotonic() > until):
                # One more shows whether the count is all.
                is_complete = next(matches, None) is None
                return BodyMatches(language="jsonpath", total=total, is_complete=is_complete, matches=kept)
        return BodyMatches(language="jsonpath", total=total, is_complete=True, matches=kept)

    def records(self, position: str, offset: int, limit: int) -> RecordPage:
        """A part of the records at a position."""
        return record_page(self.value, position, offset, limit)

    def _match(self, value: Any, steps: list[str | int]) -> Node:
        location = "".join(("$", *map(location_step, steps)))
        return _node(value, path_to(steps), location, clean(str(steps[-1])) if steps else "$")


class JsonDocument(ValueDocument):
    """A JSON text in UTF-8. Of JSON lines and text sequences it is the list.

    Args:
        raw: the text; a byte order mark in front of it is passed over.
        is_cut: it is the beginning of a text.

    Raises:
        Unreadable: it is no JSON, or too deep.
    """

    def __init__(self, raw: bytes, *, is_cut: bool = False) -> None:
        reading = JsonReading()
        super().__init__(reading.read(raw, is_cut=is_cut), reading.findings)
        if reading.constants:
            names = ", ".join(sorted(reading.constants))
            self.findings.append(
                Finding(
                    type="not_well_formed", message=phrase("JSON has no {names}. Many readers refuse it.", names=names)
                )
            )
        if reading.repeated:
            self.findings += islice(_repeated(self.value), MAX_FINDINGS - len(self.findings))


def _node(value: Any, path: str, location: str, name: str) -> Node:
    kind = kind_of(value)
    text, is_cut = (None, False) if kind in ("object", "array") else shown(value, LONGEST_VALUE)
    return Node(path=path, location=location, name=name, kind=kind, value=text, is_cut=is_cut, count=count_of(value))


def _children(value: Any, path: str, location: str, offset: int) -> Iterator[Node]:
    if isinstance(value, list):
        for index in range(offset, len(value)):
            yield _node(value[index], f"{path}/{index}", f"{location}[{index}]", str(index))
    elif isinstance(value, dict):
        members = enumerate(members_of(value))
        steps = member_path(value)
        for position, (name, inner) in islice(members, offset, None):
            yield _node(inner, f"{path}/{steps(position, name)}", location + location_step(name), clean(name))


def _repeated(top: Any) -> Iterator[Finding]:
    """Where names occur more than once, walked without recursion."""
    stack: list[tuple[Any, str]] = [(top, "")]
    while stack:
        value, path = stack.pop()
        if isinstance(value, RepeatedMembers):
            counts: dict[str, int] = {}
            for name, _ in value.pairs:
                counts[name] = counts.get(name, 0) + 1
            location = resolve(top, path)[2]
            yield from (_finding(name, count, location) for name, count in counts.items() if count > 1)
        stack += reversed([(inner, f"{path}/{step}") for step, inner in _below(value)])


def _below(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        yield from ((str(index), inner) for index, inner in enumerate(value) if isinstance(inner, dict | list))
    elif isinstance(value, dict):
        steps = member_path(value)
        for position, (name, inner) in enumerate(members_of(value)):
            if isinstance(inner, dict | list):
                yield steps(position, name), inner


def _finding(name: str, count: int, location: str) -> Finding:
    short = shown(name, 100)[0]
    message = phrase(
        "The name “{name}” occurs {count} times in the same object. Most readers take the last value.",
        name=short,
        count=count,
    )
    return Finding(type="duplicate_keys", message=message, location=location + location_step(name))
