# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Removes calls, or their bodies alone, with everything that tells of them: one short write transaction at a time.

Several processes may do so on PostgreSQL. The lock of the index comes first and the row of `log_state` behind it, as
for whoever makes blocks; whoever writes calls takes the row alone, and so is kept waiting for the bodies only.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, not_, select, true, update
from sqlalchemy.orm import Session

from openconnector.logs.keeping.index_blocks import lock_index, take_out
from openconnector.logs.keeping.models import SHARED, BodyCut
from openconnector.logs.keeping.totals import Total, taken
from openconnector.logs.models import CallBody, CallLog, LogState
from openconnector.logs.storage.bodies import unpack_ids

BATCH = 500
"""Calls that one transaction removes at most."""

BATCH_BYTES = 2 * 1024 * 1024
"""Stored bytes that one transaction removes at most, if it is more than one call: freed pages are overwritten."""


@dataclass(frozen=True, slots=True)
class Removed:
    """Calls that were removed, or lost their bodies; and the stored bytes that are gone."""

    calls: int = 0
    bytes: int = 0

    def __add__(self, other: "Removed") -> "Removed":
        return Removed(self.calls + other.calls, self.bytes + other.bytes)


def remove(session: Session, numbers: Sequence[int], *, with_pinned: bool = False) -> Removed:
    """Remove these calls; those that are gone already are passed over, and pinned ones unless they are meant.

    Of many, `fitting` says how many may go in one transaction.
    """
    if not numbers:
        return Removed()
    connection = session.connection()
    lock_index(session)
    statement = (
        delete(CallLog)
        .where(CallLog.number.in_(sorted(set(numbers))), true() if with_pinned else _IS_NOT_PINNED)
        .returning(CallLog.number, *_TAKEN)
    )
    gone = connection.execute(statement).all()
    take_out(connection, [row.number for row in gone])
    if gone:
        connection.execute(update(LogState).values(removals=LogState.removals + 1))
    sums = _sums((row.source_id, 1, row.stored_bytes) for row in gone)
    owned = sum(row.stored_bytes - row.size for row in gone)
    freed = _forget(connection, [row.bodies for row in gone], sums, owned)
    return Removed(len(gone), sum(row.size for row in gone) + freed)


def remove_bodies(session: Session, numbers: Sequence[int]) -> Removed:
    """Remove the bodies of these calls, which stay; pinned ones keep theirs."""
    if not numbers:
        return Removed()
    connection = session.connection()
    lock_index(session)  # nobody else removes these calls meanwhile
    meant = (CallLog.number.in_(sorted(set(numbers))), CallLog.bodies.is_not(None), _IS_NOT_PINNED)
    rows = connection.execute(select(CallLog.number, *_TAKEN).where(*meant).with_for_update()).all()
    if not rows:
        return Removed()
    of_rows = CallLog.number.in_([row.number for row in rows])
    connection.execute(update(CallLog).where(of_rows).values(bodies=None, stored_bytes=func.length(CallLog.details)))
    sums = _sums((row.source_id, 0, row.stored_bytes - row.size) for row in rows)
    owned = sum(row.stored_bytes - row.size for row in rows)
    return Removed(len(rows), _forget(connection, [row.bodies for row in rows], sums, owned))


def fitting(session: Session, numbers: Sequence[int], size: int = BATCH) -> list[int]:
    """As many of the first of these calls as one transaction may remove: at least one."""
    wanted = list(numbers[:size])
    statement = select(CallLog.number, CallLog.stored_bytes).where(CallLog.number.in_(wanted))
    sizes: dict[int, int] = dict(session.execute(statement).all())
    total = 0
    for count, number in enumerate(wanted):
        total += sizes.get(number, 0)
        if count and total > BATCH_BYTES:
            return wanted[:count]
    return wanted


def unpinned(session: Session, source_id: UUID) -> None:
    """A call of this source is not kept for ever any longer: the next clean-up looks at all of its bodies again."""
    session.execute(delete(BodyCut).where(BodyCut.source_id == source_id))


_IS_NOT_PINNED: ColumnElement[bool] = not_(CallLog.is_pinned)
_TAKEN: tuple[ColumnElement[Any] | Any, ...] = (
    CallLog.source_id,
    CallLog.stored_bytes,
    func.length(CallLog.details).label("size"),
    CallLog.bodies,
)


def _sums(parts: Iterable[tuple[UUID, int, int]]) -> dict[UUID, Total]:
    sums: dict[UUID, Total] = {}
    for source_id, calls, size in parts:
        sums[source_id] = sums.get(source_id, Total()) + Total(calls, size)
    return sums


def _forget(connection: Connection, packed: Iterable[bytes | None], sums: Mapping[UUID, Total], owned: int) -> int:
    """Count the uses of bodies out, and the calls out of the totals.

    Args:
        packed: the ids of the bodies of each call.
        sums: what leaves the total of each source.
        owned: bytes of the bodies that were stored for these calls.

    Returns:
        The bytes of the bodies that nobody uses any longer, and that are gone.
    """
    if connection.dialect.name == "postgresql":
        # Whoever writes calls counts uses of bodies, in an order of his own.
        connection.execute(select(LogState.id).with_for_update())
    uses = Counter(number for one in packed for number in unpack_ids(one))
    freed = _release(connection, uses)
    moved = {SHARED: Total(0, freed - owned)} if freed != owned else {}
    taken(connection, {**sums, **moved})
    return freed


def _release(connection: Connection, uses: Counter[int]) -> int:
    freed = 0
    for count in sorted(set(uses.values())):
        some = CallBody.id.in_(sorted(number for number, used in uses.items() if used == count))
        statement = delete(CallBody).where(some, CallBody.refs <= count).returning(func.length(CallBody.data))
        freed += sum(connection.scalars(statement))
        connection.execute(update(CallBody).where(some).values(refs=CallBody.refs - count))
    return freed
