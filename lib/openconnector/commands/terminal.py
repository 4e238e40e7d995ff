# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The output of a terminal, or of what stands in its place."""

import os
import sys
from collections.abc import Sequence
from typing import Any

from openconnector.commands.complaints import lines_of_error
from openconnector.commands.rendering import as_document, coloured, plain, rendered
from openconnector.commands.styled import Block
from openconnector.core.errors import OpenConnectorError


class Terminal:
    """Results go to the standard output, as words or as one JSON document; the way to them goes beside it.

    Colours are for terminals alone, and not where NO_COLOR is set (no-color.org) or the terminal is a dumb one.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        is_plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        self._out = plain if is_plain or not sys.stdout.isatty() else coloured
        self._beside = plain if is_plain or not sys.stderr.isatty() else coloured

    def progress(self, text: str) -> None:
        sys.stderr.write(rendered(text, self._beside))
        sys.stderr.flush()

    def result(self, text: str | Sequence[Block], /, **members: Any) -> None:
        sys.stdout.write(as_document(members) + "\n" if self._as_json else rendered(text, self._out))
        sys.stdout.flush()

    async def piece(self, piece: bytes, *, is_json: bool = False) -> None:  # noqa: ARG002  # a terminal takes all
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()

    def failed(self, error: OpenConnectorError) -> None:
        """Say why nothing has come of it."""
        if self._as_json:
            self.result("", **error.problem())
        else:
            sys.stderr.write(rendered(lines_of_error(error), self._beside))

    def leave(self) -> None:
        """Nobody reads the standard output any more: what is left in it must not complain at the end."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
