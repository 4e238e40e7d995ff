# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Places of a definition, by JSON pointers (RFC 6901)."""

from typing import Any

from openconnector.vault.leaves import path_of


def value_at(values: Any, pointer: str) -> Any:
    """What stands there; None: nothing."""
    for step in path_of(pointer.removeprefix("/")) if pointer else ():
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
    return values


def remove_at(values: Any, pointer: str) -> None:
    """Take out what stands there."""
    holder, _, name = pointer.rpartition("/")
    place = value_at(values, holder)
    if isinstance(place, dict):
        place.pop(name, None)
    elif isinstance(place, list) and name.isdigit() and int(name) < len(place):
        del place[int(name)]


def moved_up(pointer: str, top: str, taken: int) -> str:
    """The place of a row after another one was taken out; empty for that one itself."""
    steps = pointer.split("/")
    if steps[1] != top:
        return pointer
    position = int(steps[2])
    return "" if position == taken else "/".join([*steps[:2], str(position - (position > taken)), *steps[3:]])


def in_order(pointer: str) -> list[tuple[int, str]]:
    """Sorts rows by their positions, so that those behind can be taken out first."""
    return [(int(step), "") if step.isdigit() else (-1, step) for step in pointer.split("/")]
