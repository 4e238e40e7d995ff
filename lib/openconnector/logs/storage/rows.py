# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes calls into their tables, some at a time, and gives them their numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from openconnector.logs.entries import CallEntry
from openconnector.logs.insertion import row_insert
from openconnector.logs.models import CallLog
from openconnector.logs.storage.bodies import BodyStore, PackedBody, pack_ids
from openconnector.logs.storage.compression import Compression
from openconnector.logs.storage.details import encode
from openconnector.logs.storage.partitions import Partitions

# Whoever takes numbers holds this row until the commit, so the numbers of the log appear in their order.
_TAKE_NUMBERS = text(
    "UPDATE log_state SET next_number = next_number + :calls, next_body = next_body + :bodies WHERE id = 1 "
    "RETURNING next_number - :calls, next_body - :bodies"
)

_STORED = {"number", "stored_bytes", "details", "bodies"}
_columns_of = attrgetter(*(column.key for column in CallLog.__table__.columns if column.key not in _STORED))


@dataclass(frozen=True, slots=True)
class Packed:
    """A call that is ready to be stored."""

    call: CallEntry
    details: bytes
    bodies: list[PackedBody]


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written, and is in the log with the commit."""

    first_number: int
    stored_bytes: list[int]
    bodies: list[PackedBody]
    ids: list[int]


class RowStore:
    """Writes the calls of one process, one batch after the other."""

    def __init__(self, compression: Compression, *, is_sqlite: bool) -> None:
        self._compression = compression
        self._bodies = BodyStore(compression)
        self._partitions = Partitions(is_sqlite=is_sqlite)

    def pack(self, call: CallEntry) -> Packed:
        """Compress a call, and learn of it how many values are hidden. This takes no lock."""
        details, bodies, call.redacted_count = encode(call)
        call.has_bodies = call.has_bodies and bool(bodies)
        return Packed(
            call,
            self._compression.compress(details, call.source_id, "details"),
            [self._bodies.pack(body, call.source_id) for body in bodies] if call.has_bodies else [],
        )

    def store(self, session: Session, packed: Sequence[Packed]) -> Stored:
        """Insert the rows of at least one call, within the transaction of the session."""
        connection = session.connection()
        bodies = [body for one in packed for body in one.bodies]
        taken = {"calls": len(packed), "bodies": len(bodies)}
        first, first_body = connection.execute(_TAKE_NUMBERS, taken).one()
        ends = {"call_logs": (first, first + len(packed))}
        if bodies:
            ends["call_bodies"] = (first_body, first_body + len(bodies))
        self._partitions.prepare(connection, ends)
        ids, sizes = self._bodies.store(connection, bodies, first_body)
        rows = list(_rows(packed, first, ids, sizes))
        _insert(connection, rows)
        return Stored(first, [row[_BYTES] for row in rows], bodies, ids)

    def committed(self, packed: Sequence[Packed], stored: Stored) -> None:
        """The transaction of `store` is committed: the calls know their numbers."""
        for number, one in enumerate(packed, start=stored.first_number):
            one.call.number = number
        self._bodies.remember(stored.bodies, stored.ids)
        self._partitions.committed()

    def forget(self) -> None:
        """The transaction of `store` failed: believe nothing that was known before it."""
        self._partitions.forget()


_BYTES = [column.key for column in CallLog.__table__.columns].index("stored_bytes")


def _rows(packed: Sequence[Packed], first: int, ids: Sequence[int], sizes: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    start = 0
    for number, one in enumerate(packed, start=first):
        end = start + len(one.bodies)
        stored_bytes = len(one.details) + sum(sizes[start:end])
        yield (number, stored_bytes, *_columns_of(one.call), one.details, pack_ids(ids[start:end]))
        start = end


def _insert(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    row_insert(CallLog.__table__, connection.dialect).execute(connection, rows)
