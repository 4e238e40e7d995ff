# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A JSON parser without recursion, for trees that are deeper than the stack, and for the beginnings of texts."""

import re
from collections.abc import Callable
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]  # it has no stub
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.reading.document import TooDeep
from openconnector.reading.values import WrittenNumber

MAX_DEPTH = 20_000
"""Levels that are read."""

_LONGEST_INTEGER = 4000
"""Digits; Python converts no more than 4300 (CVE-2020-10735)."""

_SPACE = re.compile(r"[ \t\n\r]*")
_LITERAL = re.compile(
    r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?|(true)|(false)|(null)|(NaN|-?Infinity)"
)  # fmt: skip
_TAIL = re.compile(r"[-+0-9.a-zA-Z]*\Z")
_LONGEST_TAIL = 10_000
"""Characters of a literal at the end of a cut text."""

Members = Callable[[list[tuple[str, Any]]], dict[str, Any]]
Constant = Callable[[str], float]


class _Ended(Exception):
    """The text is over before its value is."""


def read_stepwise(text: str, members: Members, constant: Constant, *, is_cut: bool = False) -> Any:
    """The value of a JSON text; with `is_cut`, what there is of a value whose end is missing.

    Raises:
        JSONDecodeError: it is none.
        TooDeep: it is too deep.
    """
    return _Stepping(text, members, constant, is_cut=is_cut).read()


class _Stepping:
    """The state of one reading: the containers that are open, the innermost last, each with the name it waits for."""

    def __init__(self, text: str, members: Members, constant: Constant, *, is_cut: bool) -> None:
        self._text = text
        self._members = members
        self._constant = constant
        self._is_cut = is_cut
        self._position = 0
        self._open: list[list[Any]] = []
        self._names: list[str | None] = []
        """For each open container the name of the member that is being read; None in a list."""

    def read(self) -> Any:
        try:
            value = self._value()
        except _Ended:
            return self._closed()
        if self._space() < len(self._text):
            raise JSONDecodeError("Extra data", self._text, self._position)
        return value

    def _value(self) -> Any:
        """Read values until the outermost is complete."""
        while True:
            value, is_open = self._begin()
            if is_open:
                continue
            while True:
                if not self._open:
                    return value
                self._add(value)
                if not self._ends():
                    break
                value = self._close()

    def _begin(self) -> tuple[Any, bool]:
        """A value that is complete, or the beginning of a container, in which a value follows."""
        text, position = self._text, self._space()
        match text[position : position + 1]:
            case "{":
                return self._enter("", "}")
            case "[":
                return self._enter(None, "]")
            case '"':
                return self._string(position), False
            case _:
                return self._literal(position), False

    def _enter(self, name: str | None, closer: str) -> tuple[Any, bool]:
        if len(self._open) >= MAX_DEPTH:
            raise TooDeep(
                phrase("The tree has more than {most} levels. The body is shown as text.", most=f"{MAX_DEPTH:,}")
            )
        self._position += 1
        self._open.append([])
        self._names.append(name)
        if self._at(closer):
            return self._close(), False
        if name is not None:
            self._name()
        return None, True

    def _add(self, value: Any) -> None:
        name = self._names[-1]
        self._open[-1].append(value if name is None else (name, value))

    def _ends(self) -> bool:
        """Whether the innermost container ends here; if not, go to its next value."""
        is_list = self._names[-1] is None
        if self._at("]" if is_list else "}"):
            return True
        if not self._at(","):
            raise self._unexpected("Expecting ',' delimiter")
        self._position += 1
        if not is_list:
            self._name()
        return False

    def _close(self) -> Any:
        self._position += 1
        return self._innermost()

    def _innermost(self) -> Any:
        values = self._open.pop()
        return values if self._names.pop() is None else self._members(values)

    def _closed(self) -> Any:
        """The outermost value, with all that is open closed at the end of the text."""
        if not self._open:
            raise JSONDecodeError("Expecting value", self._text, len(self._text))
        value = self._innermost()
        while self._open:
            self._add(value)
            value = self._innermost()
        return value

    def _name(self) -> None:
        position = self._space()
        if not self._at('"'):
            raise self._unexpected("Expecting property name enclosed in double quotes")
        self._names[-1] = self._string(position)
        if not self._at(":"):
            raise self._unexpected("Expecting ':' delimiter")
        self._position += 1

    def _string(self, position: int) -> str:
        try:
            value, self._position = scanstring(self._text, position + 1, True)
        except JSONDecodeError as error:
            if self._is_cut and error.msg.startswith(("Unterminated", "Invalid \\u")):
                raise _Ended from None
            raise
        return str(value)

    def _literal(self, position: int) -> Any:
        if self._is_cut and position + _LONGEST_TAIL >= len(self._text) and _TAIL.match(self._text, position):
            raise _Ended  # it may be the beginning of something else
        match = _LITERAL.match(self._text, position)
        if match is None:
            raise self._unexpected("Expecting value")
        self._position = match.end()
        whole, fraction, exponent, true, false, null, constant = match.groups()
        if whole is not None:
            return _number(whole, match[0], is_integer=not fraction and not exponent)
        if constant is not None:
            return self._constant(constant)
        return {true: True, false: False, null: None}[match[0]]

    def _space(self) -> int:
        match = _SPACE.match(self._text, self._position)
        self._position = match.end() if match else self._position
        return self._position

    def _at(self, character: str) -> bool:
        return self._text.startswith(character, self._space())

    def _unexpected(self, message: str) -> Exception:
        if self._is_cut and self._position >= len(self._text):
            return _Ended()
        return JSONDecodeError(message, self._text, self._position)


def _number(whole: str, text: str, *, is_integer: bool) -> int | float:
    if is_integer:
        return WrittenNumber(text) if len(whole) > _LONGEST_INTEGER or text == "-0" else int(text)
    value = float(text)
    return value if repr(value) == text else WrittenNumber(text)
