# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All SQL about watches. The functions are for a thread (`Database.run`), each for a short transaction of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session, joinedload, undefer

from openconnector.monitoring.models import WatchNotification
from openconnector.sources.models import Source, Watch
from openconnector.sources.repository import find_blocking

KEPT = timedelta(days=90)
"""For which notifications are kept that are not to be delivered any more."""

MAX_KEPT = 200
"""Of those of one source."""

LONGEST_CLAIM = timedelta(minutes=30)
"""No claim is for longer: one that is was made before the clock was put back."""

LONGEST_PAUSE = timedelta(hours=7)
"""No notification waits longer for its next attempt; see `timetable.backoff`."""

CLOCK_STEP = timedelta(minutes=1)
"""By which the clocks of two processes may differ, or one may be corrected."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to check a source. It ends at `until`, which also tells it from other claims on the same source."""

    source_id: UUID
    until: datetime


def find_watch(session: Session, reference: str, *, lock: bool = False) -> tuple[Source, Watch | None]:
    """A source by its id or slug, and its watch.

    Raises:
        NotFound: there is no such source.
    """
    source = find_blocking(session, reference)
    return source, watch_of(session, source.id, lock=lock)


def watch_of(session: Session, source_id: UUID, *, lock: bool = False) -> Watch | None:
    """The watch of a source, with everything that it remembers."""
    statement = select(Watch).where(Watch.source_id == source_id).options(undefer(Watch.content), undefer(Watch.memory))
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def drop_watch(session: Session, source_id: UUID) -> None:
    """Remove a watch with all that it has told."""
    session.execute(delete(Watch).where(Watch.source_id == source_id))


def source_to_check(session: Session, source_id: UUID) -> Source | None:
    """A source with the states that a check needs."""
    states = (joinedload(Source.rate_state), joinedload(Source.host_key), joinedload(Source.token_state))
    return session.scalars(select(Source).where(Source.id == source_id).options(*states)).one_or_none()


def claim_due(session: Session, at: datetime, until: datetime, limit: int) -> list[Claim]:
    """Claim watches that are due, the longest overdue first. What others have claimed is theirs until it expires."""
    due = (
        select(Watch.source_id)
        .join(Source, Source.id == Watch.source_id)
        .where(Source.is_enabled, Watch.due_at <= at, _is_free(at))
        .order_by(Watch.due_at)
        .limit(limit)
        .with_for_update(of=Watch, skip_locked=True)
    )
    found = list(session.scalars(due))
    if found:
        session.execute(update(Watch).where(Watch.source_id.in_(found)).values(claimed_until=until))
    return [Claim(source_id, until) for source_id in found]


def count_due(session: Session, at: datetime) -> int:
    """Watches that were due at `at` and have not been checked since, claimed or not. None of them is paused."""
    watches = select(func.count()).select_from(Watch).join(Source, Source.id == Watch.source_id)
    return session.scalar(watches.where(Source.is_enabled, Watch.due_at <= at)) or 0


def make_due_again(session: Session, at: datetime) -> None:
    """Make due what was checked in the future: the clock has been put back since, and nobody shall wait for it."""
    was_ahead = (Watch.due_at > at, Watch.checked_at > at + CLOCK_STEP)
    session.execute(update(Watch).where(*was_ahead).values(due_at=at))


def claim(session: Session, source_id: UUID, at: datetime, until: datetime) -> Claim | None:
    """Claim one watch, whether it is due or not; None: somebody is checking it."""
    statement = update(Watch).where(Watch.source_id == source_id, _is_free(at)).values(claimed_until=until)
    return Claim(source_id, until) if session.connection().execute(statement).rowcount else None


def _is_free(at: datetime) -> ColumnElement[bool]:
    expires_at = Watch.claimed_until
    return or_(expires_at.is_(None), expires_at <= at, expires_at > at + LONGEST_CLAIM)


def renew(session: Session, held: Claim, until: datetime) -> Claim | None:
    """Go on with a claim; None: it has expired, and the watch is somebody else's, or nobody's any more."""
    mine = (Watch.source_id == held.source_id, Watch.claimed_until == held.until)
    statement = update(Watch).where(*mine).values(claimed_until=until)
    return Claim(held.source_id, until) if session.connection().execute(statement).rowcount else None


def held_watch(session: Session, held: Claim) -> Watch | None:
    """The watch of a claim, locked, if the claim still holds."""
    watch = watch_of(session, held.source_id, lock=True)
    return watch if watch is not None and watch.claimed_until == held.until else None


def forget_old(session: Session, source_id: UUID, at: datetime) -> None:
    """Remove what was told long ago, and what is too much."""
    settled = (WatchNotification.source_id == source_id, WatchNotification.due_at.is_(None))
    session.execute(delete(WatchNotification).where(*settled, WatchNotification.created_at < at - KEPT))
    newest = select(WatchNotification.id).where(*settled).order_by(WatchNotification.created_at.desc())
    too_many = session.scalars(newest.offset(MAX_KEPT)).all()
    if too_many:
        session.execute(delete(WatchNotification).where(WatchNotification.id.in_(too_many)))


def latest_notifications(session: Session, source_id: UUID, limit: int) -> Sequence[WatchNotification]:
    """What was told of a source, the newest first."""
    mine = select(WatchNotification).where(WatchNotification.source_id == source_id)
    newest = mine.order_by(WatchNotification.created_at.desc(), WatchNotification.id.desc())
    return session.scalars(newest.limit(limit)).all()


def take_undelivered(session: Session, at: datetime, until: datetime, limit: int) -> Sequence[WatchNotification]:
    """Notifications to be delivered now, the oldest first. Until `until` nobody else takes them."""
    is_due = or_(WatchNotification.due_at <= at, WatchNotification.due_at > at + LONGEST_PAUSE)
    due = select(WatchNotification).where(is_due).order_by(WatchNotification.created_at)
    taken = session.scalars(due.limit(limit).with_for_update(skip_locked=True)).all()
    for notification in taken:
        notification.due_at = until
        notification.attempts += 1
    return taken


def set_delivered(session: Session, notification_id: UUID, at: datetime) -> None:
    """A notification has arrived."""
    values = {"delivered_at": at, "due_at": None, "error": None}
    session.execute(update(WatchNotification).where(WatchNotification.id == notification_id).values(values))


def set_failed(session: Session, notification_id: UUID, error: str, again_at: datetime | None) -> None:
    """A notification has not arrived; None: it is not tried again."""
    values = {"due_at": again_at, "error": error[:500]}
    session.execute(update(WatchNotification).where(WatchNotification.id == notification_id).values(values))
