# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads logged calls by their ids and numbers. Which numbers a question has is told in `answers.py`."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session, defer

from openconnector.core.errors import NotFound
from openconnector.core.phrases import phrase
from openconnector.logs.entries import CallEntry
from openconnector.logs.models import CallLog, LogState
from openconnector.logs.storage.bodies import ID_BYTES, read_beginnings, read_many, unpack_ids
from openconnector.logs.storage.compression import Compression
from openconnector.logs.storage.details import decode, exchange

log = structlog.get_logger()

_Row = TypeVar("_Row", bound=Any)
_Read = Callable[[Session, Compression, Sequence[int]], dict[int, bytes]]

BODIES_AT_ONCE = 256
"""Bodies after which what was read is given out: a call may have thousands, and each may be large."""

GONE = phrase("This log entry does not exist. It may have been deleted, or have expired.")


def find(session: Session, call_id: UUID) -> CallLog:
    """The row of a call.

    Raises:
        NotFound: there is none.
    """
    row = session.scalars(select(CallLog).where(CallLog.id == call_id)).first()
    if row is None:
        raise NotFound(GONE)
    return row


def rows(session: Session, numbers: Sequence[int], *, with_details: bool = True) -> list[CallLog]:
    """The rows of these calls in the same order, without those that are gone."""
    if not numbers:
        return []
    statement = select(CallLog).where(CallLog.number.in_(numbers))
    if not with_details:
        statement = statement.options(defer(CallLog.details, raiseload=True))
    found = {row.number: row for row in session.scalars(statement)}
    return [found[number] for number in numbers if number in found]


def numbers_of(session: Session, call_ids: Sequence[UUID]) -> list[int]:
    """The numbers of these calls, of those that exist."""
    return list(session.scalars(select(CallLog.number).where(CallLog.id.in_(call_ids)))) if call_ids else []


def newest(session: Session) -> int:
    """The number that was given last; 0 where nothing was logged yet."""
    return (session.scalar(select(LogState.next_number).where(LogState.id == 1)) or 1) - 1


def started_at(session: Session, number: int) -> datetime | None:
    """When a call started; None where it is gone."""
    return session.scalar(select(CallLog.started_at).where(CallLog.number == number))


def pin(session: Session, call_id: UUID, *, is_pinned: bool) -> CallLog:
    """Keep a call for ever, or no longer.

    Raises:
        NotFound: there is none.
    """
    row = find(session, call_id)
    session.execute(update(CallLog).where(CallLog.number == row.number).values(is_pinned=is_pinned))
    session.refresh(row)
    return row


def entry(session: Session, compression: Compression, row: CallLog, *, with_bodies: bool) -> CallEntry:
    """A call with its exchanges; without bodies, what describes them is there all the same."""
    return next(_entries(session, compression, [row], read_many if with_bodies else _no_bodies))


def whole_entries(session: Session, compression: Compression, some: Sequence[CallLog]) -> Iterator[CallEntry]:
    """Calls with their exchanges and whole bodies. As many as fit into memory."""
    return _entries(session, compression, some, read_many)


def entries(session: Session, compression: Compression, some: Sequence[CallLog]) -> Iterator[CallEntry]:
    """Calls with their exchanges, and of each body the beginning: what is searched. As many as fit into memory."""
    return _entries(session, compression, some, read_beginnings)


def _entries(session: Session, compression: Compression, some: Sequence[CallLog], read: _Read) -> Iterator[CallEntry]:
    for together in by_bodies(some):
        yield from _together(session, compression, together, read)


def by_bodies(some: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """Rows with `bodies`, as many at a time as have `BODIES_AT_ONCE` of them together."""
    start, count = 0, 0
    for end, row in enumerate(some, 1):
        count += len(row.bodies or b"") // ID_BYTES
        if count >= BODIES_AT_ONCE or end == len(some):
            yield some[start:end]
            start, count = end, 0


def _together(session: Session, compression: Compression, some: Sequence[CallLog], read: _Read) -> Iterator[CallEntry]:
    ids = [unpack_ids(row.bodies) for row in some]
    contents = read(session, compression, [number for of_row in ids for number in of_row])
    for row, of_row in zip(some, ids, strict=True):
        call = summary(row)
        call.diagnosis, described = details_of(session, compression, row)
        bodies = [contents.get(number) for number in of_row]
        call.exchanges = [exchange(one, position, call.started_at, bodies) for position, one in enumerate(described)]
        yield call


def details_of(
    session: Session, compression: Compression, row: Any
) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """The diagnosis and the exchanges of a row with `number`, `url` and `details`, as `decode` gives them."""
    try:
        return decode(compression.decompress(session, row.details), row.url)
    except LookupError as error:  # one damaged call must not take the log with it
        log.error("the details of a call cannot be read", number=row.number, error=str(error))  # noqa: TRY400
        return None, []


def _no_bodies(_session: Session, _compression: Compression, _numbers: Sequence[int]) -> dict[int, bytes]:
    return {}


def summary(row: CallLog) -> CallEntry:
    """A call as its row tells, without diagnosis and exchanges."""
    return CallEntry(
        id=row.id,
        source_id=row.source_id,
        source_name=row.source_name,
        trigger_type=row.trigger_type,
        trigger_id=row.trigger_id,
        user_id=row.user_id,
        method=row.method,
        url=row.url,
        started_at=row.started_at,
        duration_ms=row.duration_ms,
        status_code=row.status_code,
        reason=row.reason,
        outcome=row.outcome,
        error_type=row.error_type,
        request_size=row.request_size,
        response_size=row.response_size,
        exchange_count=row.exchange_count,
        diagnosis=None,
        number=row.number,
        is_pinned=row.is_pinned,
        redacted_count=row.redacted_count,
        has_bodies=row.bodies is not None,
    )
