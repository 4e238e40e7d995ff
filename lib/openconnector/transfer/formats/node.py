# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A document while it is read: what nobody has taken from it is found at the end, so that nothing is lost unseen."""

import math
from collections.abc import Iterator
from typing import Any

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})


class Node:
    """A value of a document, with the place where it stands.

    Reading a value takes it. Documents of PHP write `[]` for an empty object and numbers as texts; both are understood.
    A part that is not there is a node too, which says nothing.
    """

    __slots__ = ("_is_made", "_is_taken", "_parts", "_value", "pointer")

    def __init__(self, value: Any, pointer: str = "") -> None:
        self.pointer = pointer
        self._value = value
        self._parts: dict[str, Node] | None = None
        self._is_taken = False
        self._is_made = False

    @classmethod
    def of_parts(cls, parts: "dict[str, Node]", pointer: str) -> "Node":
        """An object that is put together of parts of a document, which keep their places."""
        node = cls({}, pointer)
        node._parts, node._is_made = parts, True
        return node

    @property
    def parts(self) -> "dict[str, Node]":
        """Members by name, or entries by position."""
        if self._parts is None:
            values = self._value
            if isinstance(values, list):
                values = {str(position): value for position, value in enumerate(values)}
            pairs = values.items() if isinstance(values, dict) else ()
            self._parts = {str(name): Node(value, below(self.pointer, str(name))) for name, value in pairs}
        return self._parts

    @property
    def is_object(self) -> bool:
        return isinstance(self._value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self._value, list)

    @property
    def is_text(self) -> bool:
        return isinstance(self._value, str)

    @property
    def name(self) -> str:
        """The last step of the pointer, as people write it."""
        return self.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")

    @property
    def says_something(self) -> bool:
        """Whether there is a value in it that is not null, an empty text, or an empty object or list."""
        if self.is_object or self.is_list:
            return any(part.says_something for part in self.parts.values())
        return self._value is not None and self._value != ""

    def __getitem__(self, name: str) -> "Node":
        return self.parts.get(name) or Node(None, below(self.pointer, name))

    def first(self, *names: str) -> "Node":
        """The first of these members that says something."""
        return next((self[name] for name in names if self[name].says_something), self[names[0]])

    def members(self) -> list[tuple[str, "Node"]]:
        """The members of an object, also where PHP has begun it as an empty list; of anything else none."""
        is_object = self.is_object or (self.is_list and not all(name.isdigit() for name in self.parts))
        return list(self.parts.items()) if is_object else []

    def entries(self) -> list["Node"]:
        """The entries of a list, also where PHP has written it as an object with positions; of anything else none."""
        if self.is_list or (self.is_object and all(name.isdigit() for name in self.parts)):
            return list(self.parts.values())
        return []

    def peek(self) -> str:
        """A text, number or truth value as text, without taking it."""
        if isinstance(self._value, bool):
            return "true" if self._value else "false"
        return str(self._value) if isinstance(self._value, str | int | float) else ""

    def text(self) -> str:
        """A text, number or truth value as text; empty where it is something else, which is then not taken."""
        if not (self.is_object or self.is_list):
            self._is_taken = True
        return self.peek()

    def flag(self) -> bool | None:
        """A truth value, also where it is written as text or number; None where it is none, and then not taken."""
        word = self.peek().strip().lower()
        if word not in _TRUE and word not in _FALSE:
            return None
        self._is_taken = True
        return word in _TRUE

    def number(self) -> float | None:
        """A finite number, also where it is written as text; None where it is none, and then not taken."""
        if isinstance(self._value, bool):
            return None
        try:
            number = float(self.peek().strip())
        except (ValueError, OverflowError):
            return None
        if not math.isfinite(number):
            return None
        self._is_taken = True
        return number

    def take(self) -> Any:
        """The value with all that is below it."""
        self._is_taken = True
        if self._parts is None:
            return self._value
        values = {name: part.take() for name, part in self._parts.items()}
        return list(values.values()) if self.is_list else values

    def leftovers(self) -> Iterator["Node"]:
        """What says something and was not taken: the largest parts of which nothing was."""
        if self._is_taken or not self.says_something:
            return
        is_one = self._parts is None or not (self.is_object or self.is_list) or self._is_untouched()
        if is_one and not self._is_made:
            yield self
            return
        for part in self.parts.values():
            yield from part.leftovers()

    def places(self) -> Iterator[str]:
        """Where it stands: its pointer, and those of parts that stand elsewhere in the document."""
        if not self._is_made:
            yield self.pointer
        for part in self.parts.values():
            if not self._is_made and part.pointer.startswith(f"{self.pointer}/"):
                yield from (place for place in part.places() if place != part.pointer)
            elif part.says_something:
                yield from part.places()

    def _is_untouched(self) -> bool:
        return not self._is_taken and all(part._is_untouched() for part in (self._parts or {}).values())  # noqa: SLF001


def below(pointer: str, name: str | int) -> str:
    """The JSON pointer (RFC 6901) of a member or an entry."""
    return f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
