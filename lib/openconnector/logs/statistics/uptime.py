# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a single source did, day by day."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from openconnector.core.errors import NotFound
from openconnector.core.phrases import phrase
from openconnector.logs.questions.sources import SOURCES
from openconnector.logs.statistics import reading
from openconnector.logs.statistics.figures import waiting
from openconnector.logs.statistics.models import DAY
from openconnector.logs.statistics.schemas import Uptime, UptimeDay
from openconnector.logs.statistics.steps import Segment
from openconnector.logs.statistics.tally import CallFigures, Share, latency_of, moment_of, shares_of, weighted


def uptime(session: Session, source: UUID, count: int, at: datetime) -> Uptime:
    """How a source did on each of `count` days (UTC), of which the last is that of `at`.

    Raises:
        NotFound: there is no such source, and there never was one that was called.
    """
    reading.consistent(session)
    today = int(at.timestamp()) // DAY * DAY
    since = today - (count - 1) * DAY
    calls = [call for call in waiting(session) if call.source_id == source]
    if not calls and not _exists(session, source):
        raise NotFound(phrase("This source does not exist."))
    sums = reading.sums_by_day(session, source, since)
    sketch = reading.sketches_by_source(session, [Segment(DAY, since, today + DAY)], [source])[source]
    days = []
    for day in range(since, today + DAY, DAY):
        share = _share([call for call in calls if day <= call.at < day + DAY])
        counted, failed = sums.get(day, (0, 0))
        sketch.merge(share.sketch)
        name = moment_of(day).date().isoformat()
        days.append(UptimeDay(day=name, calls=counted + share.calls, errors=failed + share.errors))
    total, errors = sum(day.calls for day in days), sum(day.errors for day in days)
    return Uptime(
        source_id=source,
        days=days,
        calls=total,
        errors=errors,
        error_rate=errors / total if total else None,
        latency=latency_of(sketch),
    )


def _exists(session: Session, source: UUID) -> bool:
    if reading.is_known(session, source):
        return True
    return session.scalar(select(SOURCES.c.id).where(SOURCES.c.id == source)) is not None


def _share(calls: Sequence[CallFigures]) -> Share:
    return next(iter(shares_of(weighted(calls)).values()), Share())
