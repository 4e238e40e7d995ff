# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be wrong with a template, in words for an administrator."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple, Self

from openconnector.core.phrases import phrase

LITERALLY = phrase("If the braces belong to the text, write {{ '{{' }} for the two that open.")
IN_JSON = phrase("Inside of JSON, write ' in place of \\\".")

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
        super().__init__(message if place is None else _with_place(message, place))
        self.message = message
        self.place = place

    def at(self, place: Place) -> Self:
        """The same, with its place, unless it has one: that of a template within this one is the nearer."""
        return type(self)(self.message, place) if self.place is None else self


class FieldMissing(TemplateProblem):
    """The source has no such field."""


def shown(name: str) -> str:
    """A name as an error shows it, not too long."""
    return name if len(name) <= MAX_NAME else name[:MAX_NAME] + "…"


def _with_place(message: str, place: Place) -> str:
    return phrase("{problem} (Line {line}, column {column}.)", problem=message, line=place.line, column=place.column)


def known(name: str, names: Iterable[str]) -> str:
    """What could have been meant, and what there is."""
    names = sorted(names)
    folded = {candidate.lower(): candidate for candidate in names}
    near = get_close_matches(name[:MAX_NAME].lower(), folded, n=1)
    listed = ", ".join(names[:MAX_NAMES]) + (", …" if len(names) > MAX_NAMES else "")
    if near:
        return phrase("Did you mean “{meant}”? Known are: {names}.", meant=shown(folded[near[0]]), names=listed)
    return phrase("Known are: {names}.", names=listed) if names else phrase("There is none.")
