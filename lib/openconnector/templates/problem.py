# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be wrong with a template, in words for an administrator."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple, Self

LITERALLY = "If the braces belong to the text, write {{ '{{' }} for the two that open."
IN_JSON = "Inside of JSON, write ' in place of \\\"."

MAX_NAME = 40
MAX_NAMES = 30
"""Bounds for what an error repeats."""


class Place(NamedTuple):
    """Where a placeholder begins. Both count from 1, the column in characters."""

    line: int
    column: int


class TemplateProblem(ValueError):
    """A text whose placeholders cannot be filled in.

    The message names functions, filters and fields. It never repeats what stands in quotation marks or what a field
    holds, since both may be secret.
    """

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place

    def __str__(self) -> str:
        if self.place is None:
            return self.message
        return f"{self.message} (Line {self.place.line}, column {self.place.column}.)"

    def at(self, place: Place) -> Self:
        """The same, with its place, unless it has one: that of a template within this one is the nearer."""
        if self.place is None:
            self.place = place
        return self


class FieldMissing(TemplateProblem):
    """The source has no such field."""


def quoted(name: str) -> str:
    """A name as an error shows it."""
    return f"“{name if len(name) <= MAX_NAME else name[:MAX_NAME] + '…'}”"


def known(name: str, names: Iterable[str]) -> str:
    """What could have been meant, and what there is."""
    names = sorted(names)
    folded = {candidate.lower(): candidate for candidate in names}
    near = get_close_matches(name[:MAX_NAME].lower(), folded, n=1)
    meant = f"Did you mean {quoted(folded[near[0]])}? " if near else ""
    listed = ", ".join(names[:MAX_NAMES]) + (", …" if len(names) > MAX_NAMES else "")
    return f"{meant}Known are: {listed}." if names else "There is none."
