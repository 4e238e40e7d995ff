# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Into which bars a time is cut. All in seconds since 1970, UTC."""

from collections.abc import Iterator
from dataclasses import dataclass

from openconnector.logs.statistics.models import DAY, HOUR, MINUTE

_SECONDS = (1, 5, 15, 30)
_MINUTES = (1, 2, 5, 10, 15, 30)
_HOURS = (1, 2, 3, 6, 12)
_DAYS = (1, 2, 7, 14, 28, 91, 182, 364)
WIDTHS = (*_SECONDS, *(n * MINUTE for n in _MINUTES), *(n * HOUR for n in _HOURS), *(n * DAY for n in _DAYS))

_MONDAY = 4 * DAY
"""1970-01-05: from there bars are counted, so that weeks begin on Mondays."""


@dataclass(frozen=True, slots=True)
class Bars:
    """`count` bars of `width` from `start`. What is asked for is `since` to `until`, within them."""

    since: int
    until: int
    start: int
    width: int
    count: int

    def index(self, at: float) -> int:
        """The bar of a time that is asked for."""
        return int(at - self.start) // self.width

    def coarsest(self) -> int:
        """The coarsest step of roll-ups of which each lies in one bar."""
        if self.count <= 1:
            return DAY
        return next(step for step in (DAY, HOUR, MINUTE, 1) if self.width % step == 0)


def possible_bars(since: int, until: int, most: int, least: int) -> Iterator[Bars]:
    """Bars from the narrowest to the widest: at most `most`, and none narrower than `least`."""
    for width in WIDTHS:
        start = (since - _MONDAY) // width * width + _MONDAY
        count = -(-(until - start) // width)
        if width >= least and count <= most:
            yield Bars(since, until, start, width, count)
    yield Bars(since, until, since, max(until - since, 1), int(until > since))
