# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stores bodies compressed. One that is identical to a recent one is not stored again: both calls refer to the same.

Which bodies are recent is known to the process alone: an index of digests in the database would have to be written at
a place of its own for each body, and cost more than it saves.
"""

import struct
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from sqlalchemy import BigInteger, Column, Connection, Integer, Table, any_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from openconnector.core.lists import listed, lists_of
from openconnector.logs.insertion import row_insert
from openconnector.logs.models import CallBody
from openconnector.logs.storage.compression import LARGEST, Compression

RECENT = 10_000
"""Bodies of which a process remembers the digests."""

ID_BYTES = 8
"""Of the id of a body in the row of its call."""

_TABLE: Table = CallBody.__table__  # type: ignore[assignment]  # a mapped class has a table

_LONGEST_FRAME = LARGEST + LARGEST // 128
"""Bytes of a frame whose content does not compress."""

_USES = listed((Column("number", BigInteger), Column("more", Integer)))
_COUNT_LISTED = (
    update(_TABLE)
    # The list beside the join lets PostgreSQL see which partitions it needs.
    .where(CallBody.id == any_(bindparam("number", type_=ARRAY(BigInteger))), CallBody.id == _USES.c.number)
    .values(refs=CallBody.refs + _USES.c.more)
    .returning(CallBody.id)
)

BodyRow = tuple[int, int, int, int, bytes | None, bytes]
"""The columns of `CallBody`: id, digest, refs, size, frames, data."""


@dataclass(frozen=True, slots=True)
class PackedBody:
    """A body that is ready to be stored. `data` is empty where an identical one is thought to be there already."""

    key: tuple[int, int]
    raw: bytes
    source_id: UUID
    frames: bytes | None = None
    data: bytes = b""


class BodyStore:
    """Writes the bodies of one process. Only one thread uses it at a time: the one that writes the log."""

    def __init__(self, compression: Compression) -> None:
        self._compression = compression
        self._recent: OrderedDict[tuple[int, int], int] = OrderedDict()

    def pack(self, raw: bytes, source_id: UUID) -> PackedBody:
        """Compress a body, unless an identical one was stored a while ago."""
        key = (int.from_bytes(blake2b(raw, digest_size=8).digest(), "little", signed=True), len(raw))
        if key in self._recent:
            return PackedBody(key, raw, source_id)
        return self._compressed(key, raw, source_id)

    def _compressed(self, key: tuple[int, int], raw: bytes, source_id: UUID) -> PackedBody:
        if len(raw) <= LARGEST:
            return PackedBody(key, raw, source_id, None, self._compression.compress(raw, source_id, "bodies"))
        pieces = [
            self._compression.compress(raw[start : start + LARGEST], source_id, "bodies")
            for start in range(0, len(raw), LARGEST)
        ]
        lengths = struct.pack(f"<{len(pieces)}I", *map(len, pieces))
        return PackedBody(key, raw, source_id, lengths, b"".join(pieces))

    def store(self, connection: Connection, packed: Sequence[PackedBody], first_id: int) -> tuple[list[int], list[int]]:
        """Store bodies, or count one more use of those that are there.

        Returns:
            Their ids, which begin at `first_id` for new ones; and the bytes that each took, 0 for one that was there.
        """
        uses = Counter(body.key for body in packed)
        there = self._count_uses(connection, {key: self._recent[key] for key in uses if key in self._recent}, uses)
        ids: list[int] = []
        sizes: list[int] = []
        rows: list[BodyRow] = []
        for body in packed:
            number, taken = there.get(body.key), 0
            if number is None:
                number = first_id + len(rows)
                whole = body if body.data else self._compressed(body.key, body.raw, body.source_id)
                digest, size = body.key
                rows.append((number, digest, uses[body.key], size, whole.frames, whole.data))
                there[body.key], taken = number, len(whole.data)
            ids.append(number)
            sizes.append(taken)
        if rows:
            row_insert(CallBody.__table__, connection.dialect).execute(connection, rows)
        return ids, sizes

    def remember(self, packed: Iterable[PackedBody], ids: Iterable[int]) -> None:
        """Know these bodies from now on: they are committed."""
        for body, number in zip(packed, ids, strict=True):
            self._recent[body.key] = number
            self._recent.move_to_end(body.key)
        while len(self._recent) > RECENT:
            self._recent.popitem(last=False)

    def _count_uses(
        self, connection: Connection, known: dict[tuple[int, int], int], uses: Counter[tuple[int, int]]
    ) -> dict[tuple[int, int], int]:
        """Count the uses of `known`, and return those that are still there."""
        more = {number: uses[key] for key, number in known.items()}
        if connection.dialect.name == "postgresql" and more:
            counted = set(connection.scalars(_COUNT_LISTED, lists_of(("number", "more"), sorted(more.items()))))
        else:
            counted = set()
            for count in sorted(set(more.values())):
                some = CallBody.id.in_(sorted(number for number in more if more[number] == count))
                statement = update(CallBody).where(some).values(refs=CallBody.refs + count).returning(CallBody.id)
                counted.update(connection.scalars(statement))
        for key in [key for key, number in known.items() if number not in counted]:
            del self._recent[key], known[key]  # it was removed with the last call that had it
        return known


def read_whole(session: Session, compression: Compression, number: int) -> bytes | None:
    """A body; None: it was removed."""
    row = session.execute(select(CallBody.frames, CallBody.data).where(CallBody.id == number)).one_or_none()
    return None if row is None else _joined(session, compression, row.frames, row.data)


def read_many(session: Session, compression: Compression, numbers: Iterable[int]) -> dict[int, bytes]:
    """Bodies by their ids, without those that were removed or are damaged."""
    statement = select(CallBody.id, CallBody.frames, CallBody.data).where(CallBody.id.in_(set(numbers)))
    found = {}
    for number, frames, data in session.execute(statement):
        with suppress(LookupError):
            found[number] = _joined(session, compression, frames, data)
    return found


def read_beginnings(session: Session, compression: Compression, numbers: Iterable[int]) -> dict[int, bytes]:
    """The first frame of bodies by their ids, without those that were removed or are damaged."""
    first = func.substr(CallBody.data, 1, _LONGEST_FRAME)
    statement = select(CallBody.id, CallBody.frames, first).where(CallBody.id.in_(set(numbers)))
    found = {}
    for number, frames, data in session.execute(statement):
        with suppress(LookupError):
            found[number] = compression.decompress(session, data if frames is None else data[: _first_length(frames)])
    return found


def _first_length(frames: bytes) -> int:
    (length,) = struct.unpack_from("<I", frames)
    return int(length)


def _joined(session: Session, compression: Compression, frames: bytes | None, data: bytes) -> bytes:
    if frames is None:
        return compression.decompress(session, data)
    pieces, start = [], 0
    for (length,) in struct.iter_unpack("<I", frames):
        pieces.append(compression.decompress(session, data[start : start + length]))
        start += length
    return b"".join(pieces)


def pack_ids(ids: Sequence[int]) -> bytes | None:
    """The ids of a call's bodies as its row has them; None where it has none."""
    return struct.pack(f"<{len(ids)}Q", *ids) if ids else None


def unpack_ids(packed: bytes | None) -> list[int]:
    """The ids that `pack_ids` was given."""
    return list(struct.unpack(f"<{len(packed) // ID_BYTES}Q", packed)) if packed else []
