# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads roll-ups."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, Row, Select, and_, case, func, select, type_coerce
from sqlalchemy.orm import Session

from openconnector.logs.statistics.models import DAY, LogSource, PathRollup, Rollup
from openconnector.logs.statistics.paths import unpack_paths
from openconnector.logs.statistics.sketch import Sketch
from openconnector.logs.statistics.steps import Segment

_T, _P = Rollup.__table__.c, PathRollup.__table__.c
_ERRORS = func.sum(case((_T.outcome != "success", _T.calls), else_=0))

Conditions = Sequence[ColumnElement[bool]]
"""What roll-ups must be about, beside time and source."""


def consistent(session: Session) -> None:
    """Let all that this session reads be of one moment. To be called before it reads anything.

    Between two statements the indexer may take calls into the roll-ups: they must be seen there, or as waiting, but not
    in both places or in none. On SQLite it is so anyway.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


class RollupFigures(NamedTuple):
    """Of a roll-up, what the bars need."""

    at: int
    outcome: str
    error_type: str
    calls: int
    response_bytes: int
    sketch: bytes


def names(session: Session, since: int, sources: Iterable[UUID] | None = None) -> dict[UUID, str]:
    """The sources that were called since, with their latest names."""
    statement = select(LogSource.source_id, LogSource.name).where(LogSource.last_at >= since)
    if sources is not None:
        statement = statement.where(LogSource.source_id.in_(list(sources)))
    return {row.source_id: row.name for row in session.execute(statement)}


def is_known(session: Session, source: UUID) -> bool:
    """Whether the source was ever called."""
    return session.get(LogSource, source) is not None


def rollups(
    session: Session, segment: Segment, sources: Sequence[UUID], conditions: Conditions = ()
) -> Iterator[RollupFigures]:
    """The roll-ups of these sources in this time."""
    columns = (_T.at, _T.outcome, _T.error_type, _T.calls, _T.response_bytes, _T.sketch)
    return map(RollupFigures._make, _read(session, select(*columns).where(_is_in(_T, segment, sources), *conditions)))


def size(
    session: Session, segments: Iterable[Segment], sources: Sequence[UUID], conditions: Conditions = ()
) -> tuple[int, int]:
    """How many roll-ups there are, and how many bytes of sketches."""
    statement = select(func.count(), func.sum(func.length(_T.sketch)))
    rows, length = 0, 0
    for segment in segments:
        for count, bytes_ in _read(session, statement.where(_is_in(_T, segment, sources), *conditions)):
            rows, length = rows + count, length + int(bytes_ or 0)
    return rows, length


def sums_by_source(
    session: Session, segments: Iterable[Segment], sources: Sequence[UUID], conditions: Conditions = ()
) -> dict[UUID, tuple[int, int]]:
    """Calls and errors of each source that has any."""
    statement = select(_T.source_id, func.sum(_T.calls), _ERRORS).group_by(_T.source_id)
    sums: dict[UUID, tuple[int, int]] = {}
    for segment in segments:
        for source, calls, errors in _read(session, statement.where(_is_in(_T, segment, sources), *conditions)):
            before = sums.get(source, (0, 0))
            sums[source] = before[0] + int(calls), before[1] + int(errors)
    return sums


def sketches_by_source(
    session: Session, segments: Iterable[Segment], sources: Sequence[UUID], conditions: Conditions = ()
) -> dict[UUID, Sketch]:
    """The durations of each of these sources."""
    column: ColumnElement[Any] = _T.source_id
    keys: dict[Any, UUID] = {source: source for source in sources}
    if session.get_bind().dialect.name == "sqlite":
        # The bytes as they are stored: making UUIDs of them takes as long as all the rest.
        column, keys = type_coerce(column, LargeBinary()), {source.bytes: source for source in sources}
    sketches = {key: Sketch() for key in keys}
    for segment in segments:
        statement = select(column, _T.sketch).where(_is_in(_T, segment, sources), *conditions)
        for key, sketch in _read(session, statement):
            sketches[key].merge_bytes(sketch)
    return {source: sketches[key] for key, source in keys.items()}


def sums_by_day(session: Session, source: UUID, since: int) -> dict[int, tuple[int, int]]:
    """Calls and errors of a source, by the second at which a day begins."""
    statement = select(_T.at, func.sum(_T.calls), _ERRORS).group_by(_T.at)
    found = _read(session, statement.where(_T.step == DAY, _T.source_id == source, _T.at >= since))
    return {at: (int(calls), int(errors)) for at, calls, errors in found}


def paths_by_source(
    session: Session, segments: Iterable[Segment], sources: Sequence[UUID]
) -> dict[UUID, dict[str, list[int]]]:
    """Of each source, the name of a path → [calls, errors]."""
    sums: dict[UUID, dict[str, list[int]]] = {source: {} for source in sources}
    for segment in segments:
        for source, paths in _read(session, select(_P.source_id, _P.paths).where(_is_in(_P, segment, sources))):
            unpack_paths(paths, sums[source])
    return sums


def _is_in(columns: Any, segment: Segment, sources: Sequence[UUID]) -> ColumnElement[bool]:
    return and_(
        columns.step == segment.step,
        columns.source_id.in_(sources),
        columns.at >= segment.since,
        columns.at < segment.until,
    )


def _read(session: Session, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
    # Past the mapper, which has a share of its own for each row.
    return session.connection().execute(statement).all()
