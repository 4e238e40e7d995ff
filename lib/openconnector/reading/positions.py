# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where records are in an answer (`resultsPosition`), and where they could be."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Literal, NamedTuple

from openconnector.core.phrases import Phrase, phrase
from openconnector.reading.schemas import RecordProposal
from openconnector.reading.values import clean, is_whole, shown

ROOT, OBJECT = "_root", "_object"
USUAL_NAMES = ("items", "result", "results")
"""Where records are looked for when no position is given, in this order."""

DOT = "&#46;"
"""A literal dot in a name."""

MAX_DEPTH = 6
MAX_LOOKS = 2000
"""Levels and members that are looked at for other places with records."""

MAX_PROPOSALS = 10
MAX_NAMES = 10
_LONGEST_POSITION = 500
_LONGEST_SHOWN = 60
_SAMPLE = 10
"""Entries of a list that must be objects for it to be a list of records."""

Missing = Literal["position_missing", "position_not_found", "not_a_list", "not_records"]


class RecordsMissing(LookupError):
    """There are no records at a position; `str()` is one sentence for the administrator. An empty list is no error.

    Attributes:
        type: what is wrong, as in `RecordsProblem`.
    """

    def __init__(self, kind: Missing, message: str) -> None:
        super().__init__(message)
        self.type: Missing = kind


class Place(NamedTuple):
    """A list somewhere in an answer."""

    steps: tuple[str, ...]
    entries: list[Any]


def locate(value: Any, position: str) -> tuple[str, list[Any]]:
    """The position that counts, and the records there.

    Raises:
        RecordsMissing: there is no list.
    """
    if position == "":
        position = _usual_position(value)
    if position == ROOT:
        return position, _list(value, phrase("The body is not a list: it is {found}."))
    if position == OBJECT:
        if not isinstance(value, dict):
            raise RecordsMissing("not_records", phrase("The body is not one record: it is {found}.", found=_a(value)))
        return position, [value]
    otherwise = phrase("What is at `{position}` is not a list: it is {found}.", position=position)
    return position, _list(_follow(value, steps_of(position)), otherwise)


def steps_of(position: str) -> list[str]:
    """The names and indexes of a dot path."""
    return [step.replace(DOT, ".") for step in position.split(".")]


def position_of(steps: Sequence[str]) -> str:
    """The dot path of names and indexes."""
    return ".".join(step.replace(".", DOT) for step in steps)


def lists_in(
    top: Any, *, depth: int = MAX_DEPTH, looks: int = MAX_LOOKS, closed: frozenset[str] = frozenset()
) -> Iterator[Place]:
    """The lists below the top, level by level, within bounds.

    Args:
        closed: names that make an object a record itself: nothing is looked for in one that has any of them.
    """
    level: list[tuple[tuple[str, ...], Any]] = [((), top)]
    for _ in range(depth):
        below: list[tuple[tuple[str, ...], Any]] = []
        for path, wrapper in level:
            for step, member in _members(wrapper, closed):
                looks -= 1
                if looks < 0:
                    return
                if isinstance(member, list):
                    yield Place((*path, step), member)
                if isinstance(member, dict) or _is_wrapped(member):
                    below.append(((*path, step), member))
        level = below


def proposals(value: Any, taken: str | None = None) -> list[RecordProposal]:
    """Where lists of objects are, those with the most objects first.

    Args:
        taken: a position that needs no proposal.
    """
    found = [Place((), value)] if isinstance(value, list) and _are_records(value) else []
    found += [place for place in lists_in(value) if _are_records(place.entries) and _is_writable(place.steps)]
    found.sort(key=lambda place: (-len(place.entries), len(place.steps)))
    proposed = [_proposal(position_of(place.steps) or ROOT, place.entries) for place in found[: MAX_PROPOSALS + 1]]
    if not proposed and isinstance(value, dict) and value:
        proposed = [_proposal(OBJECT, [value])]
    return [one for one in proposed if one.position != taken][:MAX_PROPOSALS]


def _usual_position(value: Any) -> str:
    if isinstance(value, dict):
        for name in USUAL_NAMES:
            if name in value:
                return name
        message = phrase(
            "No position is given. Then records are expected at `items`, `result` or `results`. "
            "The body is an object, in which there is none of them."
        )
    else:
        message = phrase(
            "No position is given. Then records are expected at `items`, `result` or `results`. The body is {found}.",
            found=_a(value),
        )
    raise RecordsMissing("position_missing", message)


def _follow(value: Any, steps: list[str]) -> Any:
    for done, step in enumerate(steps):
        found = _step(value, step)
        if not found:
            raise RecordsMissing("position_not_found", _lacks(value, steps[:done], step))
        value = found[0]
    return value


def _lacks(value: Any, place: list[str], step: str) -> str:
    name, found = position_of([step]), _described(value)
    if not place:
        return phrase("There is no `{name}`: the body is {found}.", name=name, found=found)
    return phrase("There is no `{name}`: `{place}` is {found}.", name=name, place=position_of(place), found=found)


def _step(value: Any, step: str) -> list[Any]:
    """What a step leads to, in a list, which is empty where it leads nowhere."""
    if isinstance(value, dict):
        return [value[step]] if step in value else []
    if isinstance(value, list) and step.isascii() and step.isdigit() and len(step) < 10:  # noqa: PLR2004
        return value[int(step) : int(step) + 1]
    return []


def _list(value: Any, otherwise: Phrase) -> list[Any]:
    if isinstance(value, list):
        return value
    raise RecordsMissing("not_a_list", otherwise.filled(found=_described(value)))


def _a(value: Any) -> str:
    match value:
        case dict():
            return phrase("an object")
        case list():
            return phrase("a list")
        case None:
            return "null"
        case str():
            return phrase("a text")
        case bool():
            return "true" if value else "false"
        case _:
            return phrase("a number")


def _described(value: Any) -> str:
    if isinstance(value, list):
        return phrase("a list of {count}", count=len(value))
    if not isinstance(value, dict):
        return _a(value)
    names = [f"`{shown(name, _LONGEST_SHOWN)[0]}`" for name in islice(value, MAX_NAMES)]
    more = " …" if len(value) > MAX_NAMES else ""
    return phrase("an object with {names}", names=", ".join(names) + more) if names else phrase("an empty object")


def _members(value: Any, closed: frozenset[str]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        if closed.isdisjoint(value):
            yield from value.items()
    elif _is_wrapped(value):
        yield "0", value[0]


def _is_wrapped(value: Any) -> bool:
    """Whether this is a list around a single object, as some servers put around everything."""
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict)


def _are_records(entries: list[Any]) -> bool:
    return bool(entries) and all(isinstance(entry, dict) for entry in entries[:_SAMPLE])


def _is_writable(steps: tuple[str, ...]) -> bool:
    """Whether a position can be written that leads here."""
    position = position_of(steps)
    return (
        position not in ("", ROOT, OBJECT)
        and len(position) <= _LONGEST_POSITION
        and all(DOT not in step and is_whole(step) for step in steps)
    )


def _proposal(position: str, entries: list[Any]) -> RecordProposal:
    names = [clean(shown(name, _LONGEST_SHOWN)[0]) for name in islice(entries[0], MAX_NAMES)]
    return RecordProposal(position=position, count=len(entries), names=names)
