# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a place in a JSON text is named: by a pointer (RFC 6901) and by a normalized path (RFC 9535, section 2.7).

A pointer does not tell members of the same name apart, and a name with half of a surrogate pair fits into no URL. For
both there is the step `~2` with the position of the member; RFC 6901 knows no escape of this kind, so that no pointer
has it already.
"""

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from openconnector.reading.document import NodeNotFound
from openconnector.reading.values import RepeatedMembers, clean, is_whole, members_of

_STEP = re.compile("(?:[^~/]|~0|~1)*")
_BY_POSITION = re.compile("~2(0|[1-9][0-9]{0,8})")
_INDEX = re.compile("0|[1-9][0-9]{0,8}")
_ESCAPED = re.compile(r"[\x00-\x1f'\\]")
_ESCAPES = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", "'": r"\'", "\\": r"\\"}


def member_step(name: str) -> str:
    """The step of a pointer to the member with this name."""
    return name.replace("~", "~0").replace("/", "~1")


def location_step(step: str | int) -> str:
    """The segment of a normalized path for a name or an index."""
    if isinstance(step, int):
        return f"[{step}]"
    return f"['{_ESCAPED.sub(_escape, clean(step))}']"


def path_to(steps: Iterable[str | int]) -> str:
    """The pointer that these names and indexes make, as they came from an expression."""
    return "".join(f"/{step if isinstance(step, int) else member_step(step)}" for step in steps)


def resolve(value: Any, path: str) -> tuple[Any, str, str]:
    """The value at a pointer, its name, and its normalized path.

    Raises:
        NodeNotFound: nothing is there.
    """
    name, locations = "$", ["$"]
    if path and not path.startswith("/"):
        raise NodeNotFound
    for step in path.split("/")[1:]:
        key, value = _below(value, step)
        name = clean(str(key))
        locations.append(location_step(key))
    return value, name, "".join(locations)


def member_path(parent: dict[str, Any]) -> Callable[[int, str], str]:
    """What gives the step from an object to the member at a position, with a name."""
    counting = parent.counting() if isinstance(parent, RepeatedMembers) else None

    def step(position: int, name: str) -> str:
        is_named = counting is None or position in counting
        return member_step(name) if is_named and is_whole(name) else f"~2{position}"

    return step


def _below(value: Any, step: str) -> tuple[str | int, Any]:
    if isinstance(value, list):
        if _INDEX.fullmatch(step) and int(step) < len(value):
            return int(step), value[int(step)]
    elif isinstance(value, dict):
        by_position = _BY_POSITION.fullmatch(step)
        if by_position:
            members = islice(members_of(value), int(by_position[1]), None)
            return _found(next(members, None))
        name = step.replace("~1", "/").replace("~0", "~")
        if _STEP.fullmatch(step) and name in value:
            return name, value[name]
    raise NodeNotFound


def _found(member: tuple[str, Any] | None) -> tuple[str, Any]:
    if member is None:
        raise NodeNotFound
    return member


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}"
