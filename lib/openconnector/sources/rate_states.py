# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All SQL about rate limits: places that are taken, and what other sides announce. All workers of a database share it.

The functions are for a thread (`Database.run`), each for a short transaction of its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, exists, func, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from openconnector.core.clock import now
from openconnector.core.database import UtcDateTime
from openconnector.sources.connection import RateLimit
from openconnector.sources.models import RateState, Source
from openconnector.sources.schemas import RateStateRead

MAX_AHEAD = timedelta(days=1)
"""As far ahead as an announcement is believed, and as long as one without an end is shown."""

_TABLE = RateState.__table__.c
_TIME = UtcDateTime()


@dataclass(frozen=True, slots=True)
class Announcement:
    """What an answer says about the rate limit of the other side. What it does not say is None.

    Attributes:
        limit, remaining: requests in the present window.
        resets_at: when that window ends.
        blocked_until: no request may be sent before.
    """

    observed_at: datetime
    limit: int | None = None
    remaining: int | None = None
    resets_at: datetime | None = None
    blocked_until: datetime | None = None


def take_place(session: Session, source_id: UUID, rate_limit: RateLimit, at: datetime) -> datetime | None:
    """Take one place in the present window; None: it is taken. Else nothing is left, and that is when it ends.

    A window begins with the first request after the one before has ended. Nothing else decides than one statement,
    so that the limit holds for any number of processes.
    """
    window = timedelta(milliseconds=rate_limit.window_ms)
    values = {"id": source_id, "at": at, "oldest": at - window, "newest": at + window, "limit": rate_limit.limit}
    connection = session.connection()
    if connection.execute(_TAKE[connection.dialect.name], values).one_or_none() is not None:
        return None
    started_at = session.scalar(select(RateState.window_started_at).where(RateState.source_id == source_id))
    return None if started_at is None else started_at + window  # a source that is gone has no limit


def keep_announcement(session: Session, source_id: UUID, announcement: Announcement) -> None:
    """Keep what was announced last; a block stays until it is over. A source that is gone is passed over."""
    connection = session.connection()
    values = {
        "id": source_id,
        "at": announcement.observed_at,
        "announced_limit": announcement.limit,
        "announced_remaining": announcement.remaining,
        "resets_at": announcement.resets_at,
        "blocked_until": announcement.blocked_until,
    }
    connection.execute(_KEEP[connection.dialect.name], values)


def rate_state_of(row: RateState | None, rate_limit: RateLimit | None) -> RateStateRead | None:
    """What is left of the rate limit of a source: the configured one, else the announced one; None: none is known."""
    at = now()
    blocked_until = row.blocked_until if row and row.blocked_until and row.blocked_until > at else None
    if rate_limit is not None:
        window = timedelta(milliseconds=rate_limit.window_ms)
        ends_at = row.window_started_at + window if row and row.window_started_at else at
        is_running = at < ends_at
        return RateStateRead(
            origin="configured",
            limit=rate_limit.limit,
            remaining=max(0, rate_limit.limit - (row.used if row and is_running else 0)),
            resets_at=ends_at if is_running else None,
            blocked_until=blocked_until,
            observed_at=row.observed_at if row else at,
        )
    if row is None or (blocked_until is None and _is_over(row, at)):
        return None
    return RateStateRead(
        origin="announced",
        limit=row.announced_limit,
        remaining=row.announced_remaining,
        resets_at=row.resets_at,
        blocked_until=blocked_until,
        observed_at=row.observed_at,
    )


def _is_over(row: RateState, at: datetime) -> bool:
    """Whether nothing was announced, or only for a window that has ended."""
    if row.announced_limit is None and row.announced_remaining is None:
        return True
    return (row.resets_at or row.observed_at + MAX_AHEAD) <= at


def _insert(dialect: ModuleType, **values: Any) -> Any:
    """The insertion of a row for a source that exists, so that one that is gone is no error."""
    source_id = bindparam("id", type_=RateState.source_id.type)
    row = select(source_id, *values.values()).where(exists().where(Source.id == source_id))
    return dialect.insert(RateState).from_select(["source_id", *values], row)


def _take(dialect: ModuleType) -> Any:
    at = bindparam("at", type_=_TIME)
    started_at, used = _TABLE.window_started_at, _TABLE.used
    is_over = or_(
        started_at.is_(None),
        started_at <= bindparam("oldest", type_=_TIME),
        started_at > bindparam("newest", type_=_TIME),  # somebody has set the clock back
    )
    insert = _insert(dialect, window_started_at=at, used=literal(1), observed_at=at)
    return insert.on_conflict_do_update(
        index_elements=["source_id"],
        set_={
            "window_started_at": case((is_over, at), else_=started_at),
            "used": case((is_over, 1), else_=used + 1),
            "observed_at": at,
        },
        where=or_(is_over, used < bindparam("limit")),
    ).returning(used)


def _keep(dialect: ModuleType) -> Any:
    columns = ("announced_limit", "announced_remaining", "resets_at", "blocked_until")
    announced = {name: bindparam(name, type_=_TABLE[name].type) for name in columns}
    insert = _insert(dialect, used=literal(0), observed_at=bindparam("at", type_=_TIME), **announced)
    new, old = insert.excluded, _TABLE
    changed = {name: new[name] for name in ("observed_at", *columns)}
    is_longer = old.blocked_until > func.coalesce(new.blocked_until, new.observed_at)
    changed["blocked_until"] = case((is_longer, old.blocked_until), else_=new.blocked_until)
    return insert.on_conflict_do_update(index_elements=["source_id"], set_=changed)


_TAKE = {"sqlite": _take(sqlite), "postgresql": _take(postgresql)}
_KEEP = {"sqlite": _keep(sqlite), "postgresql": _keep(postgresql)}
