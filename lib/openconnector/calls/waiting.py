# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tells in words when a server wants to be asked again."""

from datetime import datetime

from openconnector.calls.certificates import day
from openconnector.calls.observed import Observed
from openconnector.calls.retry import retry_after
from openconnector.core.phrases import phrase

_UNITS = (
    (86_400, phrase("in {number} days")),
    (3_600, phrase("in {number} hours")),
    (60, phrase("in {number} minutes")),
)


def wait_of(observed: Observed) -> str | None:
    """What `Retry-After` of the last answer says, for example `in 90 seconds (at 14:03 UTC)`; None without one."""
    response, since = observed.response, observed.ended_at
    until = retry_after(response.headers, since) if response and since else None
    return in_words(until, since) if until and since else None


def in_words(until: datetime, since: datetime) -> str:
    """How long it is from `since` until `until`, and which time that is."""
    seconds = round((until - since).total_seconds())
    if seconds <= 0:
        return phrase("at once")
    duration, time = _duration(seconds), f"{until:%H:%M}"
    if until.date() == since.date():
        return phrase("{duration} (at {time} UTC)", duration=duration, time=time)
    return phrase("{duration} (at {time} UTC on {day})", duration=duration, time=time, day=day(until))


def _duration(seconds: int) -> str:
    """In the largest unit of which there are at least two."""
    for size, words in _UNITS:
        if seconds >= 2 * size:
            return words.filled(number=round(seconds / size))
    return phrase("in 1 second") if seconds == 1 else phrase("in {number} seconds", number=seconds)
