# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads calls for the index and the roll-ups, by the shortest way: the values of columns as the driver gives them."""

from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from openconnector.logs.entries import CallEntry
from openconnector.logs.index.facts import Said, facts_of, texts_in
from openconnector.logs.index.terms import CallFacts
from openconnector.logs.models import CallLog
from openconnector.logs.repository import by_bodies, details_of
from openconnector.logs.statistics.gathering import figures_of
from openconnector.logs.statistics.tally import CallFigures
from openconnector.logs.storage.bodies import read_beginnings, unpack_ids
from openconnector.logs.storage.compression import Compression


class Read(NamedTuple):
    """A call as the index takes it (without its id, which is not indexed here), and as the roll-ups do."""

    facts: CallFacts
    figures: CallFigures


def _raw(*columns: Any) -> Select[Any]:
    as_it_comes: list[ColumnElement[Any]] = [type_coerce(column, NullType()).label(column.key) for column in columns]
    return select(*as_it_comes).order_by(CallLog.number)


_NARROW = (
    CallLog.number,
    CallLog.source_id,
    CallLog.source_name,
    CallLog.trigger_type,
    CallLog.trigger_id,
    CallLog.user_id,
    CallLog.method,
    CallLog.url,
    CallLog.started_at,
    CallLog.duration_ms,
    CallLog.status_code,
    CallLog.outcome,
    CallLog.error_type,
    CallLog.response_size,
)
_narrow_of = itemgetter(slice(len(_NARROW)))
_READ = {False: _raw(*_NARROW), True: _raw(*_NARROW, CallLog.details, CallLog.bodies)}


def read(
    session: Session, compression: Compression, first: int, end: int, *, with_texts: bool = True
) -> Iterator[Read]:
    """The calls with numbers from `first` on and before `end` that exist. Without texts it takes a tenth as long."""
    rows = session.execute(_READ[with_texts].where(CallLog.number >= first, CallLog.number < end)).all()
    if not with_texts:
        for row in rows:
            yield _read(row, [], [])
        return
    for some in by_bodies(rows):
        ids = [unpack_ids(row.bodies) for row in some]
        contents = read_beginnings(session, compression, [number for of_row in ids for number in of_row])
        for row, of_row in zip(some, ids, strict=True):
            diagnosis, described = details_of(session, compression, row)
            bodies = [contents.get(number) for number in of_row]
            said = (Said.in_details(exchange, bodies) for exchange in described)
            yield _read(row, *texts_in(row.url, said, diagnosis))


def _read(row: Any, texts: list[str], documents: list[str | bytes]) -> Read:
    number, source_id, name, trigger, trigger_id, user, method, url, at, duration_ms, status, outcome, error, size = (
        _narrow_of(row)
    )
    source, source_text = _source(source_id)
    facts = CallFacts(
        number=number,
        source=source_text,
        status=status,
        outcome=outcome,
        error=error,
        method=method,
        trigger=trigger,
        trigger_id=trigger_id,
        user=user,
        url=url,
        started_at=at,
        duration=round(duration_ms * 1000),
        size=size,
        texts=texts,
        documents=documents,
    )
    figures = CallFigures(at / 1_000_000, duration_ms, outcome, error, status, size, source, name, method, url)
    return Read(facts, figures)


@lru_cache(maxsize=4096)
def _source(source_id: UUID | bytes) -> tuple[UUID, str]:
    source = UUID(bytes=source_id) if isinstance(source_id, bytes) else source_id
    return source, str(source)


def read_from(call: CallEntry) -> Read:
    """The same of a call that is in memory, with its number."""
    return Read(facts_of(call), figures_of(call))
