# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The leaves of a JSON document: paths to its scalars, and how a value there compares with one that is asked for.

A path is written as in JSONPath (RFC 9535): `$.error.code`, `$['na me']`, and `[*]` for every step into an array.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import repeat
from typing import Any

from openconnector.logs.index.words import folded
from openconnector.logs.questions.clauses import Operator

Scalar = str | float | int | bool | None

MOST_LEAVES = 2000
"""Scalars of a document that are found; the same for its objects and arrays."""

DEEPEST = 64
"""Steps of the longest path that is found."""

LONGEST_NAME = 256
"""Characters of a name that count; what comes behind them is cut off."""

ANY_ITEM = "[*]"
OTHER_ITEM = "[]"
"""The step to an item that is not meant; no question has it."""

_IDENTIFIER = re.compile(r"[^\W\d]\w*", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,64}(\.\d{1,64})?([eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(slots=True)
class Tree:
    """What a document has: its leaves in order, and the paths of its objects and arrays."""

    leaves: list[tuple[str, Scalar]] = field(default_factory=list)
    branches: list[str] = field(default_factory=list)


def step(name: str) -> str:
    """The step of a path to the member of an object: `.name`, or `['na me']` where it is no identifier (of ASCII)."""
    return _step(name[:LONGEST_NAME])


@lru_cache(maxsize=2048)
def _step(name: str) -> str:
    if _IDENTIFIER.fullmatch(name):
        return f".{name}"
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def tree_of(value: Any, items: Sequence[int | None] = ()) -> Tree:
    """Leaves and branches of a parsed document, as far as the bounds of this module go.

    `items` are those that are meant in the arrays along a path, as `HasField` has them: others are not at `[*]` then.
    """
    tree = Tree()
    _grow(tree, "$", value, DEEPEST, items)
    return tree


def leaves_of(value: Any) -> Iterator[tuple[str, Scalar]]:
    """The path and value of each scalar of a parsed document, in its order; paths come again with each item."""
    return iter(tree_of(value).leaves)


def _grow(tree: Tree, path: str, value: Any, depth: int, items: Sequence[int | None]) -> None:
    if not isinstance(value, dict | list):
        tree.leaves.append((path, value))
        return
    tree.branches.append(path)
    if depth == 0:
        return
    leaves = tree.leaves
    # Made one by one: paths may be long, and the members many more than are taken.
    children: Iterator[tuple[str, Any]] = (
        ((path + step(name), child) for name, child in value.items())
        if isinstance(value, dict)
        else zip(_places(path, len(value), items), value, strict=False)
    )
    below = items[1:] if items and isinstance(value, list) else items
    for place, child in children:
        if len(leaves) >= MOST_LEAVES or len(tree.branches) >= MOST_LEAVES:
            return
        if isinstance(child, dict | list):
            _grow(tree, place, child, depth - 1, below)
        else:
            leaves.append((place, child))


def _places(path: str, count: int, items: Sequence[int | None]) -> Iterator[str]:
    """The paths of the items of an array, of which there are `count`."""
    if not items or items[0] is None:
        return repeat(path + ANY_ITEM)
    meant = items[0] if items[0] >= 0 else count + items[0]
    return (path + (ANY_ITEM if position == meant else OTHER_ITEM) for position in range(count))


def canonical(scalar: Scalar) -> str:
    """A text that two scalars share exactly when they are equal: 42, 42.0 and 4.2e1 do, 42 and "42" do not."""
    if isinstance(scalar, str):
        return f'"{scalar}'
    if scalar is None:
        return "null"
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    if isinstance(scalar, float) and not scalar.is_integer():
        return repr(scalar)
    return str(int(scalar))


def equals(value: Scalar) -> tuple[str, ...]:
    """The canonical texts of all scalars that `= value` takes: a number, true and false are taken from texts too."""
    text = canonical(value)
    return (text,) if value is None or isinstance(value, str) else (text, f'"{text}')


def matches(leaf: Scalar, operator: Operator, value: Scalar) -> bool:
    """Whether a scalar of a document compares so with the one that is asked for.

    `=`: equal as JSON sees it; a number, true and false also equal the text of the same characters (42 and "42").
    `!=`: not that. `~`: the leaf as text contains the value as text, folded. The others: number with number (also one
    that is written as a text), text with text: as times when both are ISO 8601 (UTC where no zone stands), else in the
    order of code points. Whatever has no order does not match.
    """
    match operator:
        case "exists":
            return True
        case "=":
            return canonical(leaf) in equals(value)
        case "!=":
            return canonical(leaf) not in equals(value)
        case "~":
            return leaf is not None and value is not None and folded(_text(value)) in folded(_text(leaf))
        case _:
            return _is_ordered(leaf, operator, value)


def _text(value: Scalar) -> str:
    return value if isinstance(value, str) else canonical(value)


def _is_ordered(leaf: Scalar, operator: Operator, value: Scalar) -> bool:
    order = _order(leaf, value)
    match operator:
        case _ if order is None:
            return False
        case "<":
            return order < 0
        case "<=":
            return order <= 0
        case ">":
            return order > 0
        case _:
            return order >= 0


def _order(leaf: Scalar, value: Scalar) -> int | None:
    """Below zero, zero, above zero: the leaf is smaller, the same, larger; None: they have no order."""
    match leaf, value:
        case (None | bool(), _) | (_, None | bool()):
            return None
        case str(), str():
            mine, its = _moment(leaf), _moment(value)
            if mine is not None and its is not None:
                return (mine > its) - (mine < its)
            return (leaf > value) - (leaf < value)
        case str(), float() | int() if _NUMBER.fullmatch(leaf):
            number = int(leaf) if leaf.lstrip("-").isdecimal() else float(leaf)
            return (number > value) - (number < value)
        case float() | int(), float() | int():
            return (leaf > value) - (leaf < value)
        case _:
            return None


def _moment(text: str) -> datetime | None:
    if not 8 <= len(text) <= 40 or not text[0].isdecimal():  # noqa: PLR2004  # 20260131 … with fraction and zone
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
