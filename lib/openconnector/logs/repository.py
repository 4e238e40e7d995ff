# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All SQL about the call log."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, column, delete, false, func, or_, select, table, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from openconnector.core.errors import InvalidInput, NotFound
from openconnector.core.outcome import Outcome
from openconnector.core.paging import aware, decode_cursor, encode_cursor
from openconnector.logs.models import CallLog
from openconnector.logs.schemas import LogFilter, TriggerType

# The log does not import the slice of sources. Like a foreign key, a slug is looked up by the name of the table.
_SOURCES = table("sources", column("id", CallLog.source_id.type), column("slug"))

_STATUS_CLASS = re.compile(r"[1-5]xx")


class LogRepository:
    """Reads and removes logged calls within the transaction of its session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, call_id: UUID) -> CallLog:
        """The call with its exchanges.

        Raises:
            NotFound: there is none.
        """
        statement = select(CallLog).options(selectinload(CallLog.exchanges)).where(CallLog.id == call_id)
        call = (await self._session.scalars(statement)).one_or_none()
        if call is None:
            raise NotFound("This log entry does not exist. It may have been deleted, or have expired.")
        return call

    async def page(self, wanted: LogFilter, *, cursor: str | None, limit: int) -> tuple[Sequence[CallLog], str | None]:
        """One page, newest first, and the next cursor."""
        statement = select(CallLog).where(*conditions(wanted))
        if cursor:
            started_at, last_id = decode_cursor(cursor, 2)
            try:
                position = (aware(started_at), UUID(last_id))
            except (AttributeError, OverflowError, TypeError, ValueError):
                raise InvalidInput.parameter("cursor", "This cursor belongs to another list.") from None
            types = (CallLog.started_at.type, CallLog.id.type)
            statement = statement.where(tuple_(CallLog.started_at, CallLog.id) < tuple_(*position, types=types))
        statement = statement.order_by(CallLog.started_at.desc(), CallLog.id.desc()).limit(limit + 1)
        calls = (await self._session.scalars(statement)).all()
        if len(calls) <= limit:
            return calls, None
        last = calls[limit - 1]
        return calls[:limit], encode_cursor(last.started_at.isoformat(), str(last.id))

    async def count(self, wanted: LogFilter) -> int:
        statement = select(func.count()).select_from(CallLog).where(*conditions(wanted))
        return (await self._session.scalar(statement)) or 0

    async def remove(self, ids: Sequence[UUID]) -> int:
        """Delete these calls, and tell how many there were. The database deletes their exchanges with them."""
        result = await self._session.execute(delete(CallLog).where(CallLog.id.in_(ids)))
        return int(getattr(result, "rowcount", 0))

    async def some_ids(self, condition: Sequence[ColumnElement[bool]], limit: int) -> Sequence[UUID]:
        """The ids of at most `limit` calls that match."""
        return (await self._session.scalars(select(CallLog.id).where(*condition).limit(limit))).all()


def expired(moment: datetime) -> ColumnElement[bool]:
    """The calls that need not be kept any longer."""
    return CallLog.expires_at <= moment


def conditions(wanted: LogFilter) -> list[ColumnElement[bool]]:
    """What every call of a filtered list fulfils.

    Raises:
        InvalidInput: a value is not one that the filter knows; it names the parameter.
    """
    return [build(value) for name, build in _CONDITIONS.items() if (value := getattr(wanted, name)) not in (None, "")]


def _of_sources(references: Sequence[str]) -> ColumnElement[bool]:
    ids, slugs = [], []
    for reference in references:
        try:
            ids.append(UUID(reference))
        except ValueError:
            slugs.append(reference)
    of_slugs = select(_SOURCES.c.id).where(_SOURCES.c.slug.in_(slugs))
    return or_(CallLog.source_id.in_(ids), CallLog.source_id.in_(of_slugs)) if slugs else CallLog.source_id.in_(ids)


def _status(part: str) -> ColumnElement[bool]:
    if part == "none":
        return CallLog.status_code.is_(None)
    if part == "success":
        return CallLog.outcome == "success"
    if part == "error":
        return CallLog.outcome != "success"
    if _STATUS_CLASS.fullmatch(part):
        lowest = int(part[0]) * 100
        return and_(CallLog.status_code >= lowest, CallLog.status_code < lowest + 100)
    if re.fullmatch(r"\d{3}", part):
        return CallLog.status_code == int(part)
    raise InvalidInput.parameter("status", f"“{part}” is no status: use 404, 4xx, success, error or none.")


def _parts(text: str) -> list[str]:
    return [part for raw in text.split(",") if (part := raw.strip())]


def _known(text: str, name: str, allowed: Any) -> list[str]:
    parts = _parts(text)
    for part in parts:
        if part not in allowed.__args__:
            raise InvalidInput.parameter(name, f"“{part}” is not one of {', '.join(allowed.__args__)}.")
    return parts


def _time(text: str, name: str) -> datetime:
    try:
        # A plus sign that nobody encoded arrives as a space.
        moment = datetime.fromisoformat(text.strip().replace(" ", "+" if "T" in text else "T"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput.parameter(name, "This is not a time in ISO 8601, such as 2026-11-23T14:02:11Z.") from None


_CONDITIONS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "source": lambda text: _of_sources(_parts(text)),
    "status": lambda text: or_(false(), *(_status(part) for part in _parts(text))),
    "outcome": lambda text: CallLog.outcome.in_(_known(text, "outcome", Outcome)),
    "method": lambda text: CallLog.method.in_([method.upper() for method in _parts(text)]),
    "trigger": lambda text: CallLog.trigger_type.in_(_known(text, "trigger", TriggerType)),
    "since": lambda text: CallLog.started_at >= _time(text, "since"),
    "until": lambda text: CallLog.started_at < _time(text, "until"),
    "q": lambda text: CallLog.url.icontains(text, autoescape=True),
    "min_duration_ms": lambda least: CallLog.duration_ms >= least,
}
