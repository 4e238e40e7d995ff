# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The steps of the roll-ups, how long each is kept, and how a time is covered by them. In seconds since 1970, UTC."""

from collections.abc import Iterator
from dataclasses import dataclass

from openconnector.logs.statistics.models import DAY, HOUR, MINUTE

KEPT = {MINUTE: 2 * DAY, HOUR: 90 * DAY, DAY: 3653 * DAY}
"""For so long before now the roll-ups of a step are complete."""

PATHS_KEPT = {HOUR: 8 * DAY, DAY: 3653 * DAY}
"""The same for paths, which take more room."""

_SLACK = {MINUTE: HOUR, HOUR: DAY, DAY: DAY}
"""Kept for so much longer: a question reads while what is old is dropped, and clocks of machines differ."""


def kept_from(step: int, now: int, kept: dict[int, int] = KEPT) -> int:
    """Roll-ups of this step that began before are dropped, and no longer made."""
    return (now - kept[step] - _SLACK[step]) // step * step


def complete_from(step: int, now: int, kept: dict[int, int] = KEPT) -> int:
    """From then on the roll-ups of this step are complete."""
    return -(-(now - kept[step]) // step) * step


def finest_step(at: int, now: int, kept: dict[int, int] = KEPT) -> int:
    """The finest step that there is of a time."""
    return next((step for step in kept if at >= complete_from(step, now, kept)), DAY)


@dataclass(frozen=True, slots=True)
class Segment:
    """All roll-ups of one step that begin at `since` or later and before `until`."""

    step: int
    since: int
    until: int


def whole(since: int, until: int, now: int, kept: dict[int, int] = KEPT) -> tuple[int, int]:
    """The time that is covered instead of `since` to `until`: wider at both ends by less than the finest step there."""
    first, last = finest_step(since, now, kept), finest_step(until, now, kept)
    return since // first * first, -(-until // last) * last


def segments(since: int, until: int, coarsest: int = DAY) -> Iterator[Segment]:
    """Covers a time, whose ends are multiples of a step, with the coarsest steps that there is room for."""
    if since >= until:
        return
    first, last = -(-since // coarsest) * coarsest, until // coarsest * coarsest
    finer = {DAY: HOUR, HOUR: MINUTE}.get(coarsest)
    if finer is None:
        yield Segment(MINUTE, since, until)
    elif first >= last:
        yield from segments(since, until, finer)
    else:
        yield from segments(since, first, finer)
        yield Segment(coarsest, first, last)
        yield from segments(last, until, finer)
