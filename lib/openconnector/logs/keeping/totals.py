# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Running totals of the log: nobody has to look at ten million rows to say what they take.

All stored bytes are those of the sources and `SHARED`: what a call stored is counted for its source while the call is
there. A body that others still use when it goes is counted as shared, until the last of them goes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from openconnector.core.lists import listed, lists_of
from openconnector.logs.keeping.models import SHARED, LogTotal


@dataclass(frozen=True, slots=True)
class Total:
    """Calls, and the bytes that are stored for them."""

    calls: int = 0
    bytes: int = 0

    def __add__(self, other: "Total") -> "Total":
        return Total(self.calls + other.calls, self.bytes + other.bytes)


def added(connection: Connection, sizes: Iterable[tuple[UUID, int]]) -> None:
    """Count calls in, within the transaction that writes them.

    Args:
        sizes: of each call its source and its `stored_bytes`.
    """
    sums: dict[UUID, list[int]] = {}
    for source_id, size in sizes:
        total = sums.setdefault(source_id, [0, 0])
        total[0] += 1
        total[1] += size
    if sums:
        _add(connection, [(key, *sums[key]) for key in sorted(sums)])


def taken(connection: Connection, sums: Mapping[UUID, Total]) -> None:
    """Count calls and bytes out, within the transaction that removes them; negative bytes come in."""
    rows = [{"key": key, "less": sums[key].calls, "less_bytes": sums[key].bytes} for key in sorted(sums)]
    if not rows:
        return
    if SHARED in sums:
        _add(connection, [(SHARED, 0, 0)])
    connection.execute(_TAKE, rows)
    connection.execute(delete(LogTotal).where(LogTotal.source_id.in_(sums), LogTotal.calls <= 0, LogTotal.bytes == 0))


def by_source(session: Session) -> dict[UUID, Total]:
    """The totals of the sources that have calls, of deleted ones too."""
    statement = select(LogTotal.source_id, LogTotal.calls, LogTotal.bytes).where(LogTotal.calls > 0)
    return {row.source_id: Total(row.calls, row.bytes) for row in session.execute(statement)}


def whole(session: Session) -> Total:
    """The totals of the whole log."""
    calls, size = session.execute(select(func.sum(LogTotal.calls), func.sum(LogTotal.bytes))).one()
    return Total(int(calls or 0), int(size or 0))


def _add(connection: Connection, rows: Sequence[Sequence[object]]) -> None:
    """Add to the totals: source, calls, bytes. Sources come in order, so that no two processes wait for each other."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ADD_LISTED, lists_of(_NAMES, rows))
    else:
        connection.execute(_ADD_EACH, [dict(zip(_NAMES, row, strict=True)) for row in rows])


def _adding(statement: Any) -> Any:
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[LogTotal.source_id],
        set_={"calls": LogTotal.calls + new.calls, "bytes": LogTotal.bytes + new.bytes},
    )


_TABLE: Table = LogTotal.__table__  # type: ignore[assignment]  # a mapped class has a table
_NAMES = ("source_id", "calls", "bytes")
_ADD_EACH = _adding(sqlite.insert(LogTotal))
_ADD_LISTED = _adding(
    postgresql.insert(LogTotal).from_select(_NAMES, select(listed(_TABLE.columns[name] for name in _NAMES)))
)
_TAKE = (
    update(_TABLE)
    .where(LogTotal.source_id == bindparam("key"))
    .values(calls=LogTotal.calls - bindparam("less"), bytes=LogTotal.bytes - bindparam("less_bytes"))
)
