# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Elements of two lists that belong together: by what identifies them, else by where they stand."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

KEYS = ("id", "uuid", "key", "name")
"""What may identify an element, the best first."""

LONGEST_KEY = 100
"""Characters of a key: it becomes part of a path."""

KeyOf = Callable[[Any, str], str | int | None]
"""What an element has under a name; None: nothing that could identify it."""


def identifying(base: Sequence[Any], other: Sequence[Any], key_of: KeyOf, names: Sequence[str] = KEYS) -> str | None:
    """The name under which every element of both lists has another value; None where there is none.

    Lists that have no element in common are told apart by position: their keys are made anew in every call.
    """
    if not base or not other or len(base) == len(other) == 1:
        return None
    for name in names:
        here, there = _keys(base, key_of, name), _keys(other, key_of, name)
        if here is not None and there is not None and not here.isdisjoint(there):
            return name
    return None


def _keys(elements: Sequence[Any], key_of: KeyOf, name: str) -> set[str | int] | None:
    found: set[str | int] = set()
    for element in elements:
        key = key_of(element, name)
        if key is None or key in found:
            return None
        found.add(key)
    return found


def pairs(
    base: Sequence[Any], other: Sequence[Any], key_of: KeyOf, name: str | None
) -> Iterator[tuple[int | None, int | None]]:
    """Positions in both lists of what belongs together, in the order of `other`; None: only one list has it.

    Args:
        name: what identifies the elements, as `identifying` says.
    """
    if name is None:
        for at in range(max(len(base), len(other))):
            yield at if at < len(base) else None, at if at < len(other) else None
        return
    where = {key_of(element, name): at for at, element in enumerate(base)}
    for at, element in enumerate(other):
        yield where.pop(key_of(element, name), None), at
    for at in where.values():
        yield at, None
