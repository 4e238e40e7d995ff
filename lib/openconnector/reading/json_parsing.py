# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads JSON texts (RFC 8259), JSON lines and JSON text sequences (RFC 7464), with what is odd about them.

The parser of the standard library is fast, and gives up a thousand levels down. From there `json_stepping` goes on.
"""

import json
import re
from json.decoder import JSONDecodeError
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.reading.document import Unreadable, line_and_column
from openconnector.reading.json_stepping import read_stepwise
from openconnector.reading.schemas import Finding
from openconnector.reading.values import RepeatedMembers, WrittenNumber

_SPACE = re.compile(r"[ \t\n\r\x1e]*")
_NEXT_TEXT = re.compile(r"[ \t\r]*[\n\x1e]")


class JsonReading:
    """One reading of one text.

    Attributes:
        repeated: whether a name occurs more than once in an object, which is a `RepeatedMembers` then.
        constants: NaN and infinities that were read, although JSON has none.
        findings: what else is odd.
    """

    def __init__(self) -> None:
        self.repeated = False
        self.constants: set[str] = set()
        self.findings: list[Finding] = []

    def read(self, raw: bytes, *, is_cut: bool = False) -> Any:
        """The value of a text in UTF-8; a list of the values where there are several.

        Raises:
            Unreadable: it is no JSON; says where it stops being it.
        """
        text = raw.decode("utf-8", "replace").removeprefix("\ufeff")
        if not text.strip(" \t\r\n\x1e"):
            raise Unreadable(phrase("There is nothing in the body but white space."))
        if is_cut:
            return self._beginning(text)
        try:
            return self._decoder().decode(text)
        except JSONDecodeError as error:
            return self._sequence(text, error)
        except (ValueError, RecursionError):  # an integer of more digits than are converted, or too many levels
            return self._stepwise(text)

    def constant(self, text: str) -> float:
        """NaN or an infinity."""
        self.constants.add(text)
        return float(text)

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object of these members."""
        value = dict(pairs)
        if len(value) == len(pairs):
            return value
        self.repeated = True
        return RepeatedMembers(pairs)

    def _decoder(self) -> json.JSONDecoder:
        return json.JSONDecoder(
            object_pairs_hook=self.members, parse_float=_decimal, parse_constant=self.constant, strict=True
        )

    def _stepwise(self, text: str, *, is_cut: bool = False) -> Any:
        try:
            return read_stepwise(text, self.members, self.constant, is_cut=is_cut)
        except JSONDecodeError as error:
            raise _unreadable(error) from None

    def _beginning(self, text: str) -> Any:
        """What the beginning of a text has; what is open at its end is closed."""
        from pydantic_core import from_json  # noqa: PLC0415  # only cut bodies need it

        try:
            return from_json(text, allow_partial=True)
        except ValueError:
            return self._stepwise(text, is_cut=True)

    def _sequence(self, text: str, error: JSONDecodeError) -> Any:
        """Several texts behind each other: a line each, or each behind a record separator."""
        if error.msg != "Extra data" and not text.lstrip(" \t\r\n").startswith("\x1e"):
            raise _unreadable(error)
        values: list[Any] = []
        position, scan = _behind_space(text, 0), self._decoder().raw_decode
        while position < len(text):
            try:
                value, end = scan(text, position)
            except (ValueError, RecursionError) as broken:
                self._broken(text, position, broken, error, values)
                break
            values.append(value)
            position = _behind_space(text, end)
            if position < len(text) and not _NEXT_TEXT.match(text, end):
                raise _unreadable(error)
        return values

    def _broken(self, text: str, position: int, broken: Exception, first: JSONDecodeError, values: list[Any]) -> None:
        if len(values) < 2:  # noqa: PLR2004  # one value with something behind it is a broken text, and no sequence
            raise _unreadable(first)
        at = broken.pos if isinstance(broken, JSONDecodeError) else position
        line = text.count("\n", 0, at) + 1
        message = phrase("Line {line} is not JSON. It and what follows is left out.", line=line)
        self.findings.append(
            Finding(type="not_well_formed", message=message, location=phrase("line {line}", line=line))
        )


def _decimal(text: str) -> float:
    """A number with a fraction or an exponent, that is shown as it was written."""
    value = float(text)
    return value if repr(value) == text else WrittenNumber(text)


def _behind_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _unreadable(error: JSONDecodeError) -> Unreadable:
    where = line_and_column(error.lineno, error.colno)
    problem = error.msg[:1].lower() + error.msg[1:]
    return Unreadable(phrase("This is not JSON: {problem} at {place}.", problem=problem, place=where), where)
