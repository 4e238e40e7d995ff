# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sixteen blocks of a level become one of the next, without the calls."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, groupby
from operator import eq

from pyroaring import BitMap

from openconnector.logs.index.block import (
    BUCKET_BITS,
    SHIFTS,
    EncodedBlock,
    columns_of,
    serialised,
    split,
    summary_of,
)
from openconnector.logs.index.columns import EXACT, Summary
from openconnector.logs.index.keys import KEY_BITS
from openconnector.logs.index.parts import FEW, Postings, decode, encode
from openconnector.logs.index.values import all_values
from openconnector.logs.questions.clauses import Column


@dataclass(frozen=True, slots=True)
class Child:
    """A block that is merged, without its parts. `present` may have lost calls since it was made."""

    block: int
    present: bytes
    summary: bytes


@dataclass(frozen=True, slots=True)
class Merged:
    """The head of the new block. `live` is 0 when nothing is left: then no block is stored."""

    level: int
    block: int
    live: int
    first_at: int
    last_at: int
    present: bytes
    summary: bytes


_key_of = (16).__rrshift__  # of an entry of postings: `entry >> 16`, without a function of Python's own


class Merge:
    """Children of one level become their parent, bucket by bucket: only few parts are in memory at a time.

    `level` and `block` are the parent's. `load(bucket)` gives the parts of one bucket of the children by their block
    (`{block: data}`; blocks without such a part are left out). First go through `parts()`, which loads and yields;
    `head()` is ready when it has ended.
    """

    def __init__(
        self, level: int, block: int, children: Sequence[Child], load: Callable[[int], Mapping[int, bytes]]
    ) -> None:
        self._level, self._block, self._load = level, block, load
        self._shift_of = {child.block: (child.block & 15) << SHIFTS[level - 1] for child in children}
        present = [BitMap.deserialize(child.present) for child in children]
        counts = [Summary.decode(child.summary).count for child in children]
        self._present = BitMap().union(
            *(offsets.shift(self._shift_of[child.block]) for child, offsets in zip(children, present, strict=True))
        )
        self._has_lost = [len(offsets) for offsets in present] != counts
        self._head: Merged | None = None

    def parts(self) -> Iterator[tuple[int, bytes]]:
        """Bucket and data of each part of the parent, as they get ready."""
        if not self._present:
            self._head = Merged(self._level, self._block, 0, 0, 0, serialised(BitMap()), Summary().encode())
            return
        yield from self._columns()
        each = 1 << (BUCKET_BITS[self._level] - BUCKET_BITS[self._level - 1])
        for bucket in range(1 << BUCKET_BITS[self._level - 1]):
            postings = self._postings(self._load(bucket))
            for at, some in enumerate(split(postings, KEY_BITS[self._level], each)):
                if some:
                    yield bucket * each + at, encode(some, self._level)

    def head(self) -> Merged:
        """What is stored beside the parts."""
        if self._head is None:
            raise RuntimeError("The parts have not been made yet.")
        return self._head

    def _postings(self, parts: Mapping[int, bytes]) -> Postings:
        """The postings of one bucket of all children, with offsets of the parent, and keys of the children."""
        entries: list[int] = []
        bitmaps: dict[int, list[BitMap]] = {}
        for block, part in parts.items():
            shift = self._shift_of[block]
            known = decode(part, self._level - 1, shift)
            for few in known.few:
                entries += few
            for key, offsets in known.lists:
                bitmaps.setdefault(key, []).append(offsets)
        if self._has_lost:
            present = self._present
            entries = [entry for entry in entries if (entry & 0xFFFF) in present]
        entries.sort()
        return self._grouped(entries, bitmaps)

    def _grouped(self, entries: list[int], bitmaps: dict[int, list[BitMap]]) -> Postings:
        left: list[int] = []
        at = 0
        for key in sorted(bitmaps):
            start = bisect_left(entries, key << 16, at)
            left += entries[at:start]
            at = bisect_left(entries, (key + 1) << 16, start)
            if start < at:
                bitmaps[key].append(BitMap([entry & 0xFFFF for entry in entries[start:at]]))
        left += entries[at:]
        few: list[list[int]] = [[] for _ in range(FEW)]
        few[0], others = _apart(left)
        for key, group in groupby(others, _key_of):
            found = list(group)
            if len(found) <= FEW:
                few[len(found) - 1] += found
            else:
                bitmaps[key] = [BitMap([entry & 0xFFFF for entry in found])]
        postings = Postings(few)
        for key, some in sorted(bitmaps.items()):
            offsets = BitMap().union(*some)
            postings.add(key, offsets & self._present if self._has_lost else offsets)
        if self._has_lost:  # lists may have become so short that they stand behind larger keys now
            for some_entries in few:
                some_entries.sort()
        return postings

    def _columns(self) -> Iterator[tuple[int, bytes]]:
        """The columns are made anew from the exact values; the head is known then."""
        values: dict[Column, dict[int, int]] = {column: {} for column in EXACT}
        for column, bucket in EXACT.items():
            mine = values[column]
            for block, part in sorted(self._load(bucket).items()):
                shift = self._shift_of[block]
                mine.update((offset + shift, value) for offset, value in all_values(part))
            if self._has_lost:
                values[column] = {offset: value for offset, value in mine.items() if offset in self._present}
        parts = columns_of(values, self._level)
        starts = values["time"]
        self._head = Merged(
            self._level,
            self._block,
            len(self._present),
            min(starts.values()),
            max(starts.values()),
            serialised(self._present),
            summary_of(values, self._level).encode(),
        )
        yield from parts.items()


def _apart(entries: Sequence[int]) -> tuple[list[int], Iterable[int]]:
    """Sorted entries whose key occurs once, and the others."""
    keys = list(map(_key_of, entries))
    is_as_next = bytes(map(eq, keys, keys[1:]))
    is_shared = int.from_bytes(is_as_next + b"\0") | int.from_bytes(b"\0" + is_as_next)
    shared = is_shared.to_bytes(len(is_as_next) + 1)
    return list(compress(entries, shared.translate(_NEGATED))), compress(entries, shared)


_NEGATED = bytes(not value for value in range(256))


def merge(children: Sequence[EncodedBlock]) -> EncodedBlock:
    """The parent of blocks that are all in memory (at least one, all of one level and one parent)."""
    first = children[0]
    heads = [Child(child.block, child.present, child.summary) for child in children]
    merging = Merge(
        first.level + 1,
        first.block >> 4,
        heads,
        lambda bucket: {child.block: child.parts[bucket] for child in children if bucket in child.parts},
    )
    parts = dict(merging.parts())
    head = merging.head()
    return EncodedBlock(
        head.level, head.block, head.live, head.first_at, head.last_at, head.present, head.summary, parts
    )
