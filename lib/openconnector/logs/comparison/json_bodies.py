# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two JSON values compared by structure: objects by name, lists by what identifies their elements, else by index.

The order of members, and that of elements which have an identity, does not count.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from openconnector.logs.comparison.findings import MAX_SHOWN, Deadline, Findings
from openconnector.logs.comparison.ignoring import IgnoreList
from openconnector.logs.comparison.keyed import LONGEST_KEY, identifying, pairs
from openconnector.logs.comparison.path_patterns import States, Step
from openconnector.reading.json_parsing import JsonReading
from openconnector.reading.pointers import location_step
from openconnector.reading.values import clean, kind_of, shown

MAX_DEPTH = 256
"""Levels that are compared by structure. What is deeper is compared as text, as far as `MAX_DEEP` characters."""

MAX_DEEP = 100_000

_SIMPLE_NAME = re.compile(r"[^\W\d]\w*")
_MISSING: Any = object()

Trail = tuple[Any, str] | None
"""The path to a node: that of its parent, and a segment. It is written out only where something differs."""


class _Pair(NamedTuple):
    """Two values at the same place. `name` is that of the innermost member, for what is known by its name."""

    base: Any
    other: Any
    trail: Trail
    name: str
    states: States
    depth: int


def compare_json(base: bytes, other: bytes, ignore: IgnoreList, found: Findings, *, is_cut: bool = False) -> None:
    """Note what is different between two JSON texts in UTF-8.

    Args:
        is_cut: at least one is only the beginning of a text.

    Raises:
        Unreadable: one of them is no JSON.
    """
    values = [JsonReading().read(raw, is_cut=is_cut) for raw in (base, other)]
    compare_values(values[0], values[1], ignore, found)


def compare_values(base: Any, other: Any, ignore: IgnoreList, found: Findings) -> None:
    """Note what is different between two values as `JsonReading` gives them."""
    # Iterators, so that a list of a million numbers never becomes a million pairs.
    stack = [iter([_Pair(base, other, None, "", ignore.json_paths.start, 0)])]
    while not found.is_at_end() and stack:
        pair = next(stack[-1], None)
        if pair is None:
            stack.pop()
        elif ignore.json_paths.matches(pair.states) or ignore.has_member(pair.name):
            _note(pair, found, is_ignored=True)
        elif pair.depth >= MAX_DEPTH:
            found.is_truncated = True
            _note(pair, found, is_ignored=False)
        elif isinstance(pair.base, dict) and isinstance(pair.other, dict):
            stack.append(_members(pair, ignore))
        elif isinstance(pair.base, list) and isinstance(pair.other, list):
            stack.append(_elements(pair, ignore, found.deadline))
        elif kind_of(pair.base) != kind_of(pair.other) or pair.base != pair.other:
            _note(pair, found, is_ignored=_are_alike(pair, ignore))


def _members(pair: _Pair, ignore: IgnoreList) -> Iterator[_Pair]:
    names = [*pair.base, *(name for name in pair.other if name not in pair.base)]
    for name in names:
        here, there = pair.base.get(name, _MISSING), pair.other.get(name, _MISSING)
        if not _is_same_leaf(here, there):
            yield _below(pair, here, there, name, _member_segment(name), ignore)


def _elements(pair: _Pair, ignore: IgnoreList, deadline: Deadline) -> Iterator[_Pair]:
    key = identifying(pair.base, pair.other, _key_of)
    for at_base, at_other in pairs(pair.base, pair.other, _key_of, key):
        if deadline.is_over():
            return
        here = _MISSING if at_base is None else pair.base[at_base]
        there = _MISSING if at_other is None else pair.other[at_other]
        if _is_same_leaf(here, there):
            continue
        index = at_base if at_other is None else at_other
        assert index is not None  # noqa: S101  # one of both is there
        segment = f"[{index}]" if key is None else _keyed_segment(here if there is _MISSING else there, key)
        yield _below(pair, here, there, index, segment, ignore)


def _is_same_leaf(base: Any, other: Any) -> bool:
    """Whether two values are the same scalar. Most are, and need not be looked at any further."""
    return type(base) is type(other) and not isinstance(base, dict | list) and base == other


def _below(pair: _Pair, base: Any, other: Any, step: Step, segment: str, ignore: IgnoreList) -> _Pair:
    states = ignore.json_paths.below(pair.states, step)
    # An element of a list goes by the name of the list: `times: [1764241200, …]`.
    name = step if isinstance(step, str) else pair.name
    return _Pair(base, other, (pair.trail, segment), name, states, pair.depth + 1)


def _are_alike(pair: _Pair, ignore: IgnoreList) -> bool:
    """Whether two leaves differ in nothing but what is left out. A value that was not there is always a difference."""
    kinds = {kind_of(pair.base), kind_of(pair.other)}
    if not kinds <= {"string", "number"}:
        return False
    if kinds == {"number"}:
        # An id may be a number, too, but only its name would say so.
        return ignore.dates and ignore.are_alike(str(pair.base), str(pair.other), pair.name)
    return len(kinds) == 1 and ignore.are_alike(pair.base, pair.other, pair.name)


def _note(pair: _Pair, found: Findings, *, is_ignored: bool) -> None:
    base, other = pair.base, pair.other
    if base is _MISSING or other is _MISSING:
        change = "added" if base is _MISSING else "removed"
    elif _are_equal(base, other):
        return
    else:
        change = "changed"
    if found.has_room(is_ignored=is_ignored):
        found.add(_path(pair.trail), "ignored" if is_ignored else change, _text(base), _text(other))  # type: ignore[arg-type]


def _are_equal(base: Any, other: Any) -> bool:
    try:
        return kind_of(base) == kind_of(other) and bool(base == other)
    except RecursionError:
        return shown(base, MAX_DEEP) == shown(other, MAX_DEEP)


def _text(value: Any) -> str | None:
    """A value as JSON, cut; None where there is none."""
    if value is _MISSING:
        return None
    if isinstance(value, str):
        return json.dumps(clean(value[: MAX_SHOWN + 1]), ensure_ascii=False)
    text, is_cut = shown(value, MAX_SHOWN)
    return f"{text}…" if is_cut else text


def _path(trail: Trail) -> str:
    segments: list[str] = []
    while trail is not None:
        trail, segment = trail
        segments.append(segment)
    return "".join(("$", *reversed(segments)))


def _member_segment(name: str) -> str:
    return f".{name}" if _SIMPLE_NAME.fullmatch(name) else location_step(name)


def _keyed_segment(element: Any, key: str) -> str:
    value = element[key]
    literal = location_step(value)[1:-1] if isinstance(value, str) else str(value)
    return f"[?@.{key}=={literal}]"


def _key_of(element: Any, name: str) -> str | int | None:
    if not isinstance(element, dict):
        return None
    key = element.get(name)
    if isinstance(key, str):
        return key if 0 < len(key) <= LONGEST_KEY else None
    return key if isinstance(key, int) and not isinstance(key, bool) else None
