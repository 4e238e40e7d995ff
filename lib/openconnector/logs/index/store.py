# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The blocks of the index in the database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from openconnector.logs.index.block import SHIFTS, EncodedBlock
from openconnector.logs.index.evaluate import EncodedReader
from openconnector.logs.index.merge import Child
from openconnector.logs.models import LogBlock, LogBlockPart, LogState

PARTS_AT_ONCE = 64


class Blocks:
    """The blocks that a session sees, newest first, with the parts that were fetched of them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._parts: defaultdict[int, dict[tuple[int, int], bytes]] = defaultdict(dict)
        self._fetched: defaultdict[int, set[int]] = defaultdict(set)
        readers = [self._reader(row) for row in session.execute(_HEADS)]
        self.readers = sorted(readers, key=lambda reader: reader.first_number, reverse=True)

    def fetch(self, level: int, buckets: Collection[int]) -> None:
        """Load these parts of all blocks of a level in one go."""
        missing = sorted(set(buckets) - self._fetched[level])
        for start in range(0, len(missing), PARTS_AT_ONCE):
            some = missing[start : start + PARTS_AT_ONCE]
            statement = select(LogBlockPart.bucket, LogBlockPart.block, LogBlockPart.data).where(
                LogBlockPart.level == level, LogBlockPart.bucket.in_(some)
            )
            for bucket, block, data in self._session.execute(statement):
                self._parts[level][bucket, block] = data
        self._fetched[level].update(missing)

    def _reader(self, row: Any) -> EncodedReader:
        level, block = row.level, row.block

        def part(bucket: int) -> bytes | None:
            if bucket not in self._fetched[level]:
                return self._one(level, bucket, block)
            return self._parts[level].get((bucket, block))

        return EncodedReader(
            level,
            block,
            first_at=row.first_at,
            last_at=row.last_at,
            present=row.present,
            summary=row.summary,
            part=part,
        )

    def _one(self, level: int, bucket: int, block: int) -> bytes | None:
        statement = select(LogBlockPart.data).where(
            LogBlockPart.level == level, LogBlockPart.bucket == bucket, LogBlockPart.block == block
        )
        return self._session.scalar(statement)


_HEADS = select(
    LogBlock.level,
    LogBlock.block,
    LogBlock.first_at,
    LogBlock.last_at,
    LogBlock.present,
    LogBlock.summary,
).where(LogBlock.live > 0)


def save(session: Session, block: EncodedBlock) -> None:
    """Store a block with its parts."""
    save_parts(session, block.level, block.block, block.parts.items())
    save_head(session, block)


def save_parts(session: Session, level: int, block: int, parts: Iterable[tuple[int, bytes]]) -> None:
    """Store parts of a block; those that an interrupted attempt left are replaced. Without a head nobody reads them."""
    rows = [{"level": level, "bucket": bucket, "block": block, "data": data} for bucket, data in parts]
    if rows:
        _upsert(session, LogBlockPart, rows, ("level", "bucket", "block"))


def save_head(session: Session, head: Any) -> None:
    """Store what makes a block visible: anything with the columns of `LogBlock`."""
    names = ("level", "block", "live", "first_at", "last_at", "present", "summary")
    _upsert(session, LogBlock, [{name: getattr(head, name) for name in names}], ("level", "block"))


def children(session: Session, level: int, first: int, end: int) -> list[Child]:
    """The blocks of a level from `first` up to `end`, as a merge takes them."""
    statement = (
        select(LogBlock.block, LogBlock.present, LogBlock.summary)
        .where(LogBlock.level == level, LogBlock.block >= first, LogBlock.block < end)
        .order_by(LogBlock.block)
    )
    return [Child(row.block, row.present, row.summary) for row in session.execute(statement)]


def first_block(session: Session, level: int) -> int:
    """The lowest block of a level that is there, or may come of those below; without any, the one behind the index."""
    lowest = session.scalar(select(LogState.indexed_number)) or 0
    for below in range(level + 1):
        block = session.scalar(select(func.min(LogBlock.block)).where(LogBlock.level == below))
        lowest = lowest if block is None else min(lowest, block << SHIFTS[below])
    return lowest >> SHIFTS[level]


def parts_of(session: Session, level: int, bucket: int, first: int, end: int) -> dict[int, bytes]:
    """One bucket of the blocks of a level from `first` up to `end`."""
    statement = select(LogBlockPart.block, LogBlockPart.data).where(
        LogBlockPart.level == level,
        LogBlockPart.bucket == bucket,
        LogBlockPart.block >= first,
        LogBlockPart.block < end,
    )
    return {row.block: row.data for row in session.execute(statement)}


def drop_heads(session: Session, level: int, blocks: Sequence[int]) -> None:
    """Nobody sees these blocks any more."""
    session.execute(delete(LogBlock).where(LogBlock.level == level, LogBlock.block.in_(blocks)))


def drop_some_parts(session: Session, level: int, first: int, end: int, limit: int) -> int:
    """Remove at most `limit` parts of the blocks of a level from `first` up to `end`, and tell how many there were."""
    key = (LogBlockPart.level, LogBlockPart.bucket, LogBlockPart.block)
    some = session.execute(
        select(*key)
        .where(LogBlockPart.level == level, LogBlockPart.block >= first, LogBlockPart.block < end)
        .limit(limit)
    ).all()
    if some:
        session.execute(delete(LogBlockPart).where(tuple_(*key).in_([tuple(row) for row in some])))
    return len(some)


def _upsert(session: Session, model: type[Any], rows: list[dict[str, Any]], key: tuple[str, ...]) -> None:
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(model)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=changed), rows)
