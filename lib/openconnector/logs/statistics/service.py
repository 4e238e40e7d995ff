# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The log in pictures: what was called when, how it went, and how long it took."""

from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy.orm import Session

from openconnector.core.database import Database
from openconnector.logs.answers import Answers
from openconnector.logs.questions.clauses import Question
from openconnector.logs.statistics.from_calls import from_calls
from openconnector.logs.statistics.from_rollups import Asked, from_rollups
from openconnector.logs.statistics.known import known, times_of
from openconnector.logs.statistics.models import DAY
from openconnector.logs.statistics.schemas import Statistics, Uptime
from openconnector.logs.statistics.steps import KEPT, whole
from openconnector.logs.statistics.uptime import uptime

_UNLESS_SAID = timedelta(hours=24)
_FUTURE = timedelta(days=366)
_SECOND = 1_000_000


class StatisticsService:
    """Answers in pictures. `answers` is asked which calls match, where roll-ups do not know it."""

    def __init__(self, database: Database, answers: Answers) -> None:
        self._database = database
        self._answers = answers

    async def statistics(self, question: Question, *, bars: int, at: datetime) -> Statistics:
        """The calls that match, in at most so many bars; of a question without a beginning, 24 hours up to its end.

        What roll-ups know comes from them, and whole steps count at both ends: see `from_rollups`. Anything else comes
        from the calls that are kept: see `from_calls`.
        """
        (low, high), others = times_of(question)
        since, until = _bounded(low, high, at)
        asked = known(others)

        def work(session: Session) -> Statistics:
            if asked is None:
                return from_calls(session, self._answers, others, since, until, bars).statistics()
            now = int(at.timestamp())
            first, last = whole(int(since), ceil(until), now)
            return from_rollups(session, self._answers, Asked(others, asked, first, last, now, bars)).statistics()

        return await self._database.run(work)

    async def uptime(self, source: UUID, *, days: int, at: datetime) -> Uptime:
        """How a source did on each of the last `days`, in UTC; the last one is today.

        Raises:
            NotFound: there is no such source, and there never was one that was called.
        """
        return await self._database.run(lambda session: uptime(session, source, days, at))


def _bounded(low: int | None, high: int | None, at: datetime) -> tuple[float, float]:
    """From when until when, in seconds since 1970, within what there may be calls of."""
    now = at.timestamp()
    latest = now + _FUTURE.total_seconds()
    until = now if high is None else min(high / _SECOND, latest)
    since = until - _UNLESS_SAID.total_seconds() if low is None else low / _SECOND
    since = min(max(since, now - KEPT[DAY]), latest)
    return since, max(until, since)
