# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The differences of one comparison as they are found: so many, and no longer than it may take."""

import time

from openconnector.logs.comparison.schemas import Change, Difference

MAX_DIFFERENCES = 2000
"""In one body."""

MAX_SHOWN = 2000
"""Characters of one value."""

_MAX_UNIMPORTANT = 500
"""Of `MAX_DIFFERENCES`, those that are ignored or the same: they must not keep the others out."""

_CLOCK_EVERY = 256


class Deadline:
    """The moment until when everything has to be compared."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._count = 0
        self._has_passed = False

    def is_over(self) -> bool:
        """Whether it is too late; cheap enough to be asked at every step."""
        self._count += 1
        if self._count % _CLOCK_EVERY == 0 and not self._has_passed:
            self._has_passed = time.monotonic() > self._until
        return self._has_passed


class Findings:
    """Differences in the order in which they were found.

    Attributes:
        is_truncated: not everything was compared, or not everything is shown.
        is_same: nothing was found but what is ignored.
    """

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.differences: list[Difference] = []
        self.is_truncated = False
        self.is_same = True
        self._unimportant = 0

    def is_at_end(self) -> bool:
        """Whether to stop: there is no room for more, or no time."""
        if len(self.differences) >= MAX_DIFFERENCES or self.deadline.is_over():
            self.is_truncated = True
            return True
        return False

    def has_room(self, *, is_ignored: bool) -> bool:
        """Whether such a place can be noted; if not, that is noted. Asked before its path is written out."""
        if not is_ignored or self._unimportant < _MAX_UNIMPORTANT:
            return True
        self.is_truncated = True
        return False

    def add(self, path: str, change: Change, base: str | None, other: str | None) -> None:
        """Note a place. Values are cut."""
        if change in ("same", "ignored"):
            self._unimportant += 1
        else:
            self.is_same = False
        is_full = self._unimportant > _MAX_UNIMPORTANT and change in ("same", "ignored")
        if is_full or len(self.differences) >= MAX_DIFFERENCES:
            self.is_truncated = True
            return
        difference = Difference(path=path, change=change, base=shortened(base), other=shortened(other))
        self.differences.append(difference)


def shortened(text: str | None) -> str | None:
    """At most `MAX_SHOWN` characters of a value, with dots in the place of the rest."""
    return text if text is None or len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
