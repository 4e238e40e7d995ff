# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Values as they came out of a JSON text, and how they are shown: bounded, exact, and without recursion.

A tree may be ten thousand levels deep, and a leaf may have fifty million characters.
"""

import json
from collections.abc import Iterator
from typing import Any, Self

from openconnector.reading.schemas import NodeKind


class WrittenNumber(float):
    """A number that Python would write differently: it counts as a float, and is shown as it came."""

    __slots__ = ("text",)

    text: str

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __reduce__(self) -> tuple[type["WrittenNumber"], tuple[str]]:
        return WrittenNumber, (self.text,)


class RepeatedMembers(dict[str, Any]):
    """An object in which a name occurs more than once. As a dictionary it has the last value of each name."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs
        """Every member, in the order of the text."""

    def counting(self) -> set[int]:
        """The positions of those members that count."""
        return set({name: position for position, (name, _) in enumerate(self.pairs)}.values())


def kind_of(value: Any) -> NodeKind:
    """The kind of a value in JSON's words."""
    match value:
        case str():
            return "string"
        case dict():
            return "object"
        case list():
            return "array"
        case bool():
            return "boolean"
        case None:
            return "null"
        case _:
            return "number"


def members_of(value: Any) -> list[tuple[str, Any]]:
    """The members of an object, those too whose name comes again."""
    return value.pairs if isinstance(value, RepeatedMembers) else list(value.items())


def count_of(value: Any) -> int:
    """How many values are directly below."""
    if isinstance(value, RepeatedMembers):
        return len(value.pairs)
    return len(value) if isinstance(value, dict | list) else 0


def shown(value: Any, limit: int) -> tuple[str, bool]:
    """A value as text of at most `limit` characters, and whether there is more. A text is itself, all else is JSON."""
    if isinstance(value, str):
        return clean(value[:limit]), len(value) > limit
    pieces, length = [], 0
    for piece in _pieces(value, limit):
        pieces.append(piece)
        length += len(piece)
        if length > limit:
            break
    return clean("".join(pieces)[:limit]), length > limit


def clean(text: str) -> str:
    """The text with a mark in place of each half of a surrogate pair, which no answer can carry."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def is_whole(text: str) -> bool:
    """Whether a text is made of characters only, without halves of surrogate pairs."""
    return clean(text) == text


def _pieces(value: Any, limit: int) -> Iterator[str]:
    """The JSON of a value in pieces, without recursion."""
    stack: list[Iterator[tuple[str, Any]]] = [iter([("", value)])]
    closers = [""]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
            yield closers.pop()
            continue
        before, inner = entry
        yield before
        if isinstance(inner, dict):
            yield "{"
            closers.append("}")
            stack.append(_members(inner, limit))
        elif isinstance(inner, list):
            yield "["
            closers.append("]")
            stack.append(("," if position else "", item) for position, item in enumerate(inner))
        else:
            yield _leaf(inner, limit)


def _members(value: dict[str, Any], limit: int) -> Iterator[tuple[str, Any]]:
    pairs = value.pairs if isinstance(value, RepeatedMembers) else value.items()
    for position, (name, inner) in enumerate(pairs):
        yield f"{',' if position else ''}{_quoted(name, limit)}:", inner


def _leaf(value: Any, limit: int) -> str:
    match value:
        case str():
            return _quoted(value, limit)
        case WrittenNumber():
            return value.text
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case _:
            return number_text(value)


def number_text(value: Any) -> str:
    """A number as JSON writes it; what JSON cannot write is shown as servers write it."""
    if isinstance(value, WrittenNumber):
        return value.text
    if value != value:  # noqa: PLR0124  # so is only NaN
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def _quoted(text: str, limit: int) -> str:
    return json.dumps(text[: limit + 1], ensure_ascii=False)
