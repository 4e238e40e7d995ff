# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads single calls, as narrow as statistics need them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, func, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from openconnector.logs.models import CallLog, LogState
from openconnector.logs.statistics.tally import CallFigures

MOST_WAITING = 20_000
"""Calls that are not in the roll-ups yet are some hundred, unless something keeps the index from going on."""

_FIGURES = select(
    type_coerce(CallLog.started_at, BigInteger),
    CallLog.duration_ms,
    CallLog.outcome,
    CallLog.error_type,
    CallLog.status_code,
    CallLog.response_size,
    CallLog.source_id,
    CallLog.source_name,
    CallLog.method,
    CallLog.url,
)


def figures(session: Session, numbers: Sequence[int]) -> list[CallFigures]:
    """Of these calls, those that exist, the newest first."""
    return _read(session, _FIGURES.where(_is_one_of(session, numbers)))


def waiting(session: Session) -> list[CallFigures]:
    """The calls that are not in the roll-ups yet, the newest first."""
    indexed = select(LogState.indexed_number).where(LogState.id == 1).scalar_subquery()
    return _read(session, _FIGURES.where(CallLog.number >= func.coalesce(indexed, 0)).limit(MOST_WAITING))


def _read(session: Session, statement: Select[*tuple[Any, ...]]) -> list[CallFigures]:
    rows = session.execute(statement.order_by(CallLog.number.desc()))
    return [CallFigures(at / 1_000_000, *others) for at, *others in rows]


def _is_one_of(session: Session, numbers: Sequence[int]) -> ColumnElement[bool]:
    # One parameter: with one for each number, building the statement would take longer than reading.
    if session.connection().dialect.name == "sqlite":
        listed = func.json_each("[" + ",".join(map(str, numbers)) + "]").table_valued("value")
        return CallLog.number.in_(select(listed.c.value))
    return CallLog.number == func.any(bindparam("numbers", list(numbers), type_=ARRAY(BigInteger)))
