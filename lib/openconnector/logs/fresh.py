# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The calls that no block of the index holds yet, in memory: the newest of the log."""

from threading import Lock

from pyroaring import BitMap
from sqlalchemy import select
from sqlalchemy.orm import Session

from openconnector.logs.index.evaluate import MemoryBlock
from openconnector.logs.index.reading import read
from openconnector.logs.models import CallLog, LogState
from openconnector.logs.storage.compression import Compression

ROWS_AT_ONCE = 256

MOST = {False: 65_536, True: 4096}
"""Calls that are held in memory, without and with their texts. Where more wait to be indexed, because the worker is
lost or thousands of calls come each second, the oldest are found when the index has come to them."""

FEW = 512
"""Calls that are read anew when the index was continued. Of more, those that are in blocks by now are passed over."""


class FreshCalls:
    """What this process has read of them, and goes on to read when somebody asks. Threads share it under its lock.

    Args:
        with_texts: also what stands in URLs, headers and bodies. Without them a call is read twenty times as fast.
    """

    def __init__(self, compression: Compression, *, with_texts: bool) -> None:
        self._compression = compression
        self._with_texts = with_texts
        self.most = MOST[with_texts]
        self._block = MemoryBlock(0)
        self._end = 0
        self._is_cut = False
        self._removals = 0
        self.lock = Lock()

    def as_seen_by(self, session: Session) -> MemoryBlock:
        """The calls behind the index as this session sees both. The lock is held as long as they are used."""
        state = session.execute(select(LogState.indexed_number, LogState.next_number, LogState.removals)).one()
        first, end = max(state.indexed_number, state.next_number - self.most), state.next_number
        if first < self._block.first_number and not self._is_cut:
            # This session began before the index was continued: what it misses in the blocks is read for it alone.
            return self._grown(session, MemoryBlock(first), first, end)
        if first > self._block.first_number and (end - first <= FEW or end - self._block.first_number > 2 * self.most):
            self._block, self._end, self._is_cut = MemoryBlock(first), first, first > state.indexed_number
        self._block = self._grown(session, self._block, max(self._end, first), end)
        self._end = max(self._end, end)
        if state.removals != self._removals:
            self._without_deleted(session, end)
            self._removals = max(self._removals, state.removals)
        # Others go on with the block: it may hold calls that this session does not see, and those of a block by now.
        start = self._block.first_number
        seen = BitMap(range(max(state.indexed_number - start, 0), max(end - start, 0)))
        return self._block.limited_to(seen)

    def _grown(self, session: Session, block: MemoryBlock, start: int, end: int) -> MemoryBlock:
        for first in range(start, end, ROWS_AT_ONCE):
            last = min(first + ROWS_AT_ONCE, end)
            for call in read(session, self._compression, first, last, with_texts=self._with_texts):
                block.add(call.facts)
        return block

    def _without_deleted(self, session: Session, end: int) -> None:
        """Forget what was deleted. Of calls from `end` on, which came later, the session knows nothing."""
        first = self._block.first_number
        of_block = (CallLog.number >= first, CallLog.number < end)
        present = self._block.present & BitMap(range(max(end - first, 0)))
        there = BitMap([number - first for number in session.scalars(select(CallLog.number).where(*of_block))])
        for offset in present - there:
            self._block.discard(first + offset)
