# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeps the roll-ups of the log: adds calls to them, and drops what has got old.

A call goes into its minute, its hour and its day at once, each only while that step is kept (`steps.py`): so it lands
right however late it is added, and nothing is carried from one step to the next, which might happen twice or never.
Whoever adds calls does it once for each, in the transaction that remembers that it did.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import Table, and_, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from openconnector.core.clock import now as current_time
from openconnector.core.database import Database
from openconnector.logs.statistics.additions import Additions
from openconnector.logs.statistics.gathering import Gathered
from openconnector.logs.statistics.models import ALL_SOURCES, DAY, HOUR, LogSource, PathRollup, Rollup
from openconnector.logs.statistics.paths import merge_paths, path_pieces_in
from openconnector.logs.statistics.sketch import Sketch, pieces_in
from openconnector.logs.statistics.steps import KEPT, PATHS_KEPT, kept_from
from openconnector.logs.statistics.tally import CallFigures

FOLD_BATCH = 2000
MERGE_BATCH = 300
"""Rows that one transaction drops or merges: so few that a call which waits to be logged does not notice."""

_WORTH_MERGING, _SHORT = 8, 40
"""Pieces of a sketch, above which its readers notice; bytes that hold fewer pieces than that."""


def _merged(sketch: bytes) -> bytes:
    return Sketch.from_bytes(sketch).to_bytes()


_ROLLUPS: Table = Rollup.__table__  # type: ignore[assignment]  # a mapped class has a table
_PATHS: Table = PathRollup.__table__  # type: ignore[assignment]
_TO_ROLLUPS = Additions(_ROLLUPS, merge=_merged, longest=1024)
_TO_PATHS = Additions(_PATHS, merge=merge_paths, longest=16_384)


def add(session: Session, calls: Sequence[CallFigures]) -> None:
    """Add these calls to the roll-ups, within the transaction of the session.

    It pays to hand over many at a time: rows are written for each source and minute, however many calls they had.
    """
    gathered = Gathered(calls, int(current_time().timestamp()))
    _TO_ROLLUPS.write(session, list(gathered.rows()))
    _TO_PATHS.write(session, list(gathered.path_rows()))
    if sources := gathered.source_rows():
        session.connection().execute(_naming(session.connection().dialect.name), sources)


@lru_cache(maxsize=2)
def _naming(dialect: str) -> Any:
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(LogSource)
    latest = {"name": insert.excluded.name, "last_at": insert.excluded.last_at}
    return insert.on_conflict_do_update(
        index_elements=["source_id"], set_=latest, where=insert.excluded.last_at >= LogSource.last_at
    )


def fold(session: Session, now: datetime) -> int:
    """Drop roll-ups that have got old, and merge the pieces of those to which nothing more will come; once an hour.

    Returns how many rows that were, a bounded number in one transaction: call it again until it says 0.
    """
    at = int(now.timestamp())
    sources = [ALL_SOURCES, *session.scalars(select(LogSource.source_id))]
    for table, kept in ((_ROLLUPS, KEPT), (_PATHS, PATHS_KEPT)):
        for step in kept:
            if dropped := _drop(session, table, sources, step, kept_from(step, at, kept)):
                return dropped
    session.execute(delete(LogSource).where(LogSource.last_at < kept_from(DAY, at)))
    return sum(
        _merge_ended(session, additions, pieces, sources, step, at)
        for additions, pieces in ((_TO_ROLLUPS, pieces_in), (_TO_PATHS, path_pieces_in))
        for step in (HOUR, DAY)
    )


def _drop(session: Session, table: Table, sources: Sequence[UUID], step: int, before: int) -> int:
    columns = table.c
    # With the sources named, this reads the beginning of each in the key, and not all of the step.
    old = and_(columns.step == step, columns.source_id.in_(sources), columns.at < before)
    keys = list(table.primary_key.columns)
    found = session.execute(select(*keys).where(old).limit(FOLD_BATCH)).all()
    if found:
        places = [{f"key_{column.key}": value for column, value in zip(keys, row, strict=True)} for row in found]
        is_row = and_(*(column == bindparam(f"key_{column.key}") for column in keys))
        session.connection().execute(delete(table).where(is_row), places)
    return len(found)


def _merge_ended(
    session: Session, kind: Additions, pieces: Callable[[bytes], int], sources: Sequence[UUID], step: int, now: int
) -> int:
    """Merge what ended since the day before yesterday. Later than that few calls come, and each adds a piece."""
    table, data = kind.table, kind.data
    is_of = and_(table.c.step == step, table.c.source_id.in_(sources))
    has_ended = and_(table.c.at >= now - 2 * DAY, table.c.at < now - step, func.length(data) > _SHORT)
    rows = session.execute(select(*table.primary_key.columns, data).where(is_of, has_ended))
    long = sorted((-n, key) for *key, packed in rows if (n := pieces(packed)) > _WORTH_MERGING)
    return kind.merge_pieces(session, [tuple(key) for _, key in long[:MERGE_BATCH]])


async def fold_all(database: Database) -> None:
    """Remove what is finer than anybody asks for any longer, in short transactions."""
    while await database.run(partial(fold, now=current_time()), writes=True):
        pass
