# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Errors for people: one sentence, and one line for each key or option that it is about."""

from openconnector.commands.styled import Block, Cell, bad, strong
from openconnector.core.errors import FieldError, OpenConnectorError


def lines_of_error(error: OpenConnectorError) -> list[Block]:
    """Why something could not be done."""
    named: list[list[Cell]] = [[strong(f"{name}: "), one.detail] for one in error.errors if (name := _name_of(one))]
    if named and len(error.errors) == 1 and str(error) == error.errors[0].detail:
        return [[bad("Error: "), *named[0]]]
    return [[bad("Error: "), str(error)], *([" ", *line] for line in named)]


def dotted(pointer: str) -> str:
    """A JSON pointer as a key: `/connection/totalTimeoutMs` is `connection.totalTimeoutMs`."""
    return pointer.removeprefix("/").replace("/", ".").replace("~1", "/").replace("~0", "~")


def _name_of(error: FieldError) -> str:
    return dotted(error.pointer) if error.pointer is not None else error.parameter or ""
