# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tells in words when a server wants to be asked again."""

from datetime import datetime

from openconnector.calls.certificates import day
from openconnector.calls.observed import Observed
from openconnector.calls.retry import retry_after

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def wait_of(observed: Observed) -> str | None:
    """What `Retry-After` of the last answer says, for example `in 90 seconds (at 14:03 UTC)`; None without one."""
    response, since = observed.response, observed.ended_at
    until = retry_after(response.headers, since) if response and since else None
    return in_words(until, since) if until and since else None


def in_words(until: datetime, since: datetime) -> str:
    """How long it is from `since` until `until`, and which time that is."""
    seconds = round((until - since).total_seconds())
    if seconds <= 0:
        return "at once"
    on = "" if until.date() == since.date() else f" on {day(until)}"
    return f"in {_duration(seconds)} (at {until:%H:%M} UTC{on})"


def _duration(seconds: int) -> str:
    """The largest unit of which there are at least two."""
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= 2 * size), (1, "second"))
    number = round(seconds / size)
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
