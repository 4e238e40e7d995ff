# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Continues the index behind the calls that are written: complete blocks, their merges, and the roll-ups.

What takes long is computed outside of write transactions. What is written checks that nobody else did it meanwhile, so
several processes may try, and one that is killed loses nothing: the next one goes on from `log_state`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pyroaring import BitMap
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from openconnector.core.database import Database
from openconnector.logs.entries import CallEntry
from openconnector.logs.index.block import SHIFTS, BlockBuilder, EncodedBlock
from openconnector.logs.index.merge import Merge, Merged
from openconnector.logs.index.reading import Read, read, read_from
from openconnector.logs.index.store import (
    children,
    drop_heads,
    drop_some_parts,
    first_block,
    parts_of,
    save,
    save_head,
    save_parts,
)
from openconnector.logs.keeping.index_blocks import lock_index, take_out
from openconnector.logs.models import CallLog, LogBlock, LogState
from openconnector.logs.statistics import rollups
from openconnector.logs.statistics.tally import CallFigures
from openconnector.logs.storage.compression import Compression
from openconnector.logs.storage.learning import keep, learn

BLOCK = 1 << SHIFTS[0]
LARGE_BLOCK = 1 << SHIFTS[1]
LARGEST_BLOCK = 1 << SHIFTS[2]

PARTS_AT_ONCE = 100
"""Parts that one transaction writes or removes: short enough that a call which waits to be logged does not notice."""


@dataclass(frozen=True, slots=True)
class _Step:
    """Calls that became a block."""

    start: int
    end: int
    block: EncodedBlock | None
    numbers: Sequence[int]
    figures: Sequence[CallFigures]


class Indexer:
    """Works in threads, within sessions of its own.

    Args:
        at_hand: calls by their numbers that need not be read back; it may change between two blocks.
    """

    def __init__(
        self, database: Database, compression: Compression, at_hand: Mapping[int, CallEntry] | None = None
    ) -> None:
        self._database = database
        self._compression = compression
        self._at_hand: Mapping[int, CallEntry] = {} if at_hand is None else at_hand

    async def catch_up(self, on_block: Callable[[], None] = lambda: None) -> None:
        """Index every complete block of calls, and merge what can be merged. `on_block` is told of each."""
        await self._mend()
        while True:
            end = await self._index_some()
            if end is None:
                return
            for level in (0, 1):
                if end % (1 << SHIFTS[level + 1]) == 0:
                    await self._merge(level, (end >> SHIFTS[level + 1]) - 1)
            await self._train(end)
            on_block()

    async def _mend(self) -> None:
        """Do what a process that was killed has not done any more: merges, and the removal of what was merged."""
        for level in (0, 1):
            for parent in await self._database.run(partial(_unmerged, level=level)):
                await self._merge(level, parent)
            first = await self._database.run(partial(first_block, level=level))
            await self._drop_parts(level, 0, first)

    async def _drop_parts(self, level: int, first: int, last: int) -> None:
        while await self._database.run(
            lambda session: drop_some_parts(session, level, first, last, PARTS_AT_ONCE), writes=True
        ):
            pass

    async def _index_some(self) -> int | None:
        """Make one block; the number behind it, or None where there is no complete block left."""
        step = await self._database.run(self._prepared)
        if step is None or not await self._database.run(lambda session: _commit(session, step), writes=True):
            return None
        return step.end

    def _prepared(self, session: Session) -> _Step | None:
        state = session.execute(select(LogState.indexed_number, LogState.next_number)).one()
        start, newest = state.indexed_number, state.next_number
        size, level = BLOCK, 0
        if start % LARGE_BLOCK == 0 and newest >= start + LARGE_BLOCK:
            size, level = LARGE_BLOCK, 1
        if newest < start + size:
            return None
        end = start + size
        builder = BlockBuilder(level, start >> SHIFTS[level])
        numbers: list[int] = []
        figures: list[CallFigures] = []
        for first in range(start, end, BLOCK):
            for facts, of_call in self._read(session, first, first + BLOCK):
                builder.add(facts)
                numbers.append(facts.number)
                figures.append(of_call)
        return _Step(start, end, builder.build() if numbers else None, numbers, figures)

    def _read(self, session: Session, first: int, end: int) -> Iterable[Read]:
        at_hand = [self._at_hand.get(number) for number in range(first or 1, end)]  # there is no call 0
        if None not in at_hand:
            return map(read_from, filter(None, at_hand))
        return read(session, self._compression, first, end)

    async def _train(self, end: int) -> None:
        """Let zstd learn of the sources of which it knows nothing yet."""
        learned = await self._database.run(lambda session: learn(session, self._compression, end))
        if learned:
            await self._database.run(lambda session: keep(session, learned, end), writes=True)
            await self._database.run(self._compression.refresh)

    async def _merge(self, level: int, parent: int) -> None:
        """Make one block of sixteen, which are complete."""
        first = parent << (SHIFTS[level + 1] - SHIFTS[level])
        last = first + (1 << (SHIFTS[level + 1] - SHIFTS[level]))
        some = await self._database.run(lambda session: children(session, level, first, last))
        if not some:
            return
        merge = Merge(level + 1, parent, some, _loader(self._database, level, first, last))
        parts = merge.parts()
        while piece := await self._database.run(lambda _: _take(parts)):
            save = partial(_save_unmerged, piece, level=level, first=first, last=last)
            if not await self._database.run(save, writes=True):
                return
        head = merge.head()
        await self._database.run(lambda session: _publish(session, head, level, first, last), writes=True)
        await self._drop_parts(level, first, last)


def _loader(database: Database, level: int, first: int, last: int) -> Callable[[int], dict[int, bytes]]:
    def load(bucket: int) -> dict[int, bytes]:
        with database.reading() as session:
            return parts_of(session, level, bucket, first, last)

    return load


def _take(parts: Iterator[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    taken = []
    for part in parts:
        taken.append(part)
        if len(taken) >= PARTS_AT_ONCE:
            break
    return taken


def _commit(session: Session, step: _Step) -> bool:
    """Write a block and its roll-ups, unless somebody else has done so; some of its calls may be gone by now."""
    lock_index(session)
    moved: Any = session.execute(
        update(LogState).where(LogState.indexed_number == step.start).values(indexed_number=step.end)
    )
    if not moved.rowcount:
        return False
    if step.block is not None:
        save(session, step.block)
        of_step = (CallLog.number >= step.start, CallLog.number < step.end)
        gone = set(step.numbers).difference(session.scalars(select(CallLog.number).where(*of_step)))
        take_out(session.connection(), sorted(gone))
    rollups.add(session, step.figures)
    return True


def _save_unmerged(parts: list[tuple[int, bytes]], session: Session, *, level: int, first: int, last: int) -> bool:
    """Store parts of a parent; False: another process has made it of these children, and removes what we read."""
    lock_index(session)
    if not children(session, level, first, last):
        return False
    save_parts(session, level + 1, first >> (SHIFTS[level + 1] - SHIFTS[level]), parts)
    return True


def _unmerged(session: Session, level: int) -> list[int]:
    """The parents whose children are complete, and still there."""
    indexed = session.scalar(select(LogState.indexed_number)) or 0
    ratio = 1 << (SHIFTS[level + 1] - SHIFTS[level])
    statement = select(LogBlock.block).where(
        LogBlock.level == level, LogBlock.block < (indexed >> SHIFTS[level + 1]) * ratio
    )
    return sorted({block // ratio for block in session.scalars(statement)})


def _publish(session: Session, head: Merged, level: int, first: int, last: int) -> None:
    """Let the parent take the place of its children, without what was removed since they were read."""
    lock_index(session)
    now = children(session, level, first, last)
    if not now:
        return  # another process was faster
    present = BitMap()
    for child in now:
        present |= BitMap.deserialize(child.present).shift((child.block - first) << SHIFTS[level])
    if present:
        save_head(session, replace(head, live=len(present), present=present.serialize()))
    drop_heads(session, level, range(first, last))
