# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Counts the calls of each bar by the bitmaps of the index, and picks some of each: exact counts at any size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pyroaring import BitMap

from openconnector.logs.answers import Asked
from openconnector.logs.index.evaluate import EncodedReader, Searchable, matching, wanted_buckets
from openconnector.logs.index.store import Blocks
from openconnector.logs.questions.clauses import AnyOf, Clause, IsOneOf, IsPinned
from openconnector.logs.statistics.bars import Bars

_SECOND = 1_000_000


@dataclass(slots=True)
class BarCalls:
    """The calls of one bar: for some blocks, the first number and the offsets."""

    parts: list[tuple[int, BitMap]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(len(offsets) for _, offsets in self.parts)

    def some(self, n: int) -> list[int]:
        """`n` of the numbers at most, at even distances."""
        total, numbers, before = self.count, [], 0
        n = min(n, total)
        wanted = [(2 * index + 1) * total // (2 * n) for index in range(n)]
        for first, offsets in self.parts:
            end = before + len(offsets)
            numbers += [first + offsets[place - before] for place in wanted if before <= place < end]
            before = end
        return numbers


def calls_by_bar(asked: Asked, bars: Bars) -> list[BarCalls] | None:
    """The calls that match, by bar. None: bitmaps do not tell which ones match."""
    if not all(map(_is_in_bitmaps, asked.question.clauses)):
        return None
    found = [BarCalls() for _ in range(bars.count)]
    with asked.fresh.lock:
        is_decided = _count(asked, asked.fresh.as_seen_by(asked.session), bars, found)
    readers = _readers(asked, bars)
    return found if is_decided and all(_count(asked, reader, bars, found) for reader in readers) else None


def _is_in_bitmaps(clause: Clause) -> bool:
    if isinstance(clause, AnyOf):
        return all(map(_is_in_bitmaps, clause.clauses))
    return not isinstance(clause, IsPinned) and not (isinstance(clause, IsOneOf) and clause.field == "id")


def _readers(asked: Asked, bars: Bars) -> Sequence[EncodedReader]:
    """The stored blocks with calls of this time, with what will be asked of them."""
    blocks = Blocks(asked.session)
    readers = [reader for reader in blocks.readers if list(_bars_of(reader, bars))]
    for level in {reader.level for reader in readers}:
        some = [reader for reader in readers if reader.level == level]
        buckets = wanted_buckets(asked.question, some)
        for reader in some:
            for _, since, until in _bars_of(reader, bars):
                buckets |= reader.wanted("time", since, until)
        blocks.fetch(level, buckets)
    return readers


def _bars_of(block: Searchable, bars: Bars) -> Iterator[tuple[int, int, int]]:
    """The bars in which a block may have calls, with their ends in microseconds."""
    first, last = 0, bars.count - 1
    if isinstance(block, EncodedReader):
        first = max(bars.index(block.first_at / _SECOND), first)
        last = min(bars.index(block.last_at / _SECOND), last)
    for index in range(first, last + 1):
        since = (bars.start + index * bars.width) * _SECOND
        yield index, since, since + bars.width * _SECOND


def _count(asked: Asked, block: Searchable, bars: Bars, found: list[BarCalls]) -> bool:
    """Add the calls of a block; whether bitmaps told which ones match."""
    matched = matching(asked.question, block)
    if matched.unverified and matched.candidates:
        return False
    for index, since, until in _bars_of(block, bars) if matched.candidates else ():
        offsets = matched.candidates & block.between("time", since, until)
        if offsets:
            found[index].parts.append((block.first_number, offsets))
    return True
