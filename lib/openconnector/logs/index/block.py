# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Blocks of the index: 2^8, 2^12 or 2^16 aligned numbers, with what is known of their calls, as they are stored."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter

from pyroaring import BitMap

from openconnector.logs.index.columns import ALL, EXACT, MEASURES, Summary, bucket_of_decade, place_of, value_of
from openconnector.logs.index.keys import KEY_BITS
from openconnector.logs.index.parts import FEW, Postings, encode
from openconnector.logs.index.parts import find as find_key
from openconnector.logs.index.terms import CallFacts
from openconnector.logs.index.values import SIXTEENTHS, encode_values
from openconnector.logs.index.vocabulary import Offsets, Vocabulary
from openconnector.logs.questions.clauses import Column

SHIFTS = (8, 12, 16)
"""Of each level: `number >> shift` is the block."""

BUCKET_BITS = (2, 6, 10)
"""Of each level: the highest bits of a term that are its bucket."""

KNOWN_BITS = 42
"""The highest bits of a term that are kept: those of its bucket, and its key."""


def bucket_of(term: int, level: int) -> int:
    """The bucket in which a term stands."""
    return term >> (64 - BUCKET_BITS[level])


def key_of(term: int, level: int) -> int:
    """What stands for a term within its bucket."""
    return (term >> (64 - KNOWN_BITS)) & ((1 << KEY_BITS[level]) - 1)


def lookup(part: bytes, term: int, level: int) -> BitMap:
    """The offsets of a term in the part of its bucket; now and then also those of a term with the same key."""
    return find_key(part, key_of(term, level), level)


@dataclass(frozen=True, slots=True)
class EncodedBlock:
    """A block as it is stored: the fields of `LogBlock`, and its parts by bucket (below zero: columns)."""

    level: int
    block: int
    live: int
    first_at: int
    last_at: int
    present: bytes
    summary: bytes
    parts: dict[int, bytes]


def serialised(offsets: BitMap) -> bytes:
    """A bitmap in as few bytes as it takes."""
    offsets.run_optimize()
    return offsets.serialize()


class BlockBuilder:
    """Makes a block from its calls, in any order. Numbers that are not added do not exist."""

    def __init__(self, level: int, block: int) -> None:
        self._level, self._block = level, block
        self._vocabulary = Vocabulary()
        self._values: dict[Column, dict[int, int]] = {column: {} for column in EXACT}
        self._present = BitMap()

    def add(self, facts: CallFacts) -> None:
        """Take a call in, once. Its number lies in the block."""
        offset = facts.number - (self._block << SHIFTS[self._level])
        if not 0 <= offset < 1 << SHIFTS[self._level]:
            raise ValueError(f"call {facts.number} is not in block {self._block} of level {self._level}.")
        self._present.add(offset)
        self._vocabulary.add(facts, offset)
        for column, values in self._values.items():
            value = value_of(facts, column)
            if value is not None:
                values[offset] = value

    def build(self) -> EncodedBlock:
        """The block; at least one call was added."""
        starts = self._values["time"]
        parts = self._terms() | columns_of(self._values, self._level)
        return EncodedBlock(
            level=self._level,
            block=self._block,
            live=len(self._present),
            first_at=min(starts.values()),
            last_at=max(starts.values()),
            present=serialised(self._present),
            summary=summary_of(self._values, self._level).encode(),
            parts=parts,
        )

    def _terms(self) -> dict[int, bytes]:
        level = self._level
        postings = split(self._postings(), KEY_BITS[level], 1 << BUCKET_BITS[level])
        return {bucket: encode(some, level) for bucket, some in enumerate(postings) if some}

    def _postings(self) -> Postings:
        few: list[list[int]] = [[] for _ in range(FEW)]
        lists: list[tuple[int, BitMap]] = []
        single = few[0]
        # In the order in which they were made, and sorted afterwards: so they are read from memory one after the other.
        for term, offsets in self._offsets():
            if isinstance(offsets, int):
                single.append(term << 16 | offsets)
            elif len(offsets) == 1:
                single.append(term << 16 | offsets[0])
            elif len(found := BitMap(offsets)) > FEW:
                lists.append((term, found))
            else:
                few[len(found) - 1] += [term << 16 | offset for offset in found]
        for entries in few:
            entries.sort()
        lists.sort(key=itemgetter(0))
        return Postings(few, lists)

    def _offsets(self) -> Iterable[tuple[int, Offsets]]:
        """What is known of each term, once, and where it occurs."""
        terms, found = self._vocabulary.postings()
        known = [term >> (64 - KNOWN_BITS) for term in terms]
        if len(set(known)) == len(known):
            return zip(known, found, strict=True)
        together: dict[int, list[int]] = {}
        for term, offsets in zip(known, found, strict=True):
            together.setdefault(term, []).extend([offsets] if isinstance(offsets, int) else offsets)
        return together.items()


def split(postings: Postings, bits: int, count: int) -> Iterable[Postings]:
    """Postings by the highest bits of their keys, which keep their last `bits`: `count` of them, some perhaps empty."""
    mask = (1 << bits) - 1
    entry_mask = mask << 16 | 0xFFFF
    starts = [0] * (FEW + 1)
    for bucket in range(count):
        end = (bucket + 1) << bits
        some = Postings()
        for at, entries in enumerate(postings.few):
            stop = bisect_left(entries, end << 16, starts[at])
            some.few[at] = [entry & entry_mask for entry in entries[starts[at] : stop]]
            starts[at] = stop
        stop = bisect_left(postings.lists, end, starts[FEW], key=lambda known: known[0])
        some.lists = [(key & mask, offsets) for key, offsets in postings.lists[starts[FEW] : stop]]
        starts[FEW] = stop
        yield some


def columns_of(values: Mapping[Column, Mapping[int, int]], level: int) -> dict[int, bytes]:
    """The parts of the columns of a block: decades of measures, and exact values."""
    parts: dict[int, bytes] = {}
    for measure in MEASURES:
        decades: dict[int, dict[int, list[int]]] = {}
        for offset, value in values[measure].items():
            decade, key = place_of(value)
            decades.setdefault(decade, {}).setdefault(key, []).append(offset)
        for decade, keys in decades.items():
            postings = Postings()
            for key, offsets in sorted(keys.items()):
                postings.add(key, BitMap(offsets))
            postings.add(ALL, BitMap().union(*(BitMap(offsets) for offsets in keys.values())))
            parts[bucket_of_decade(measure, decade)] = encode(postings, level)
    for column, bucket in EXACT.items():
        if values[column]:
            parts[bucket] = encode_values(values[column], 1 << SHIFTS[level], is_growing=column == "time")
    return parts


def summary_of(values: Mapping[Column, Mapping[int, int]], level: int) -> Summary:
    """What is known of a block whose calls have these values by offset; each has a time."""
    summary = Summary(len(values["time"]), starts=_spans(values["time"], 1 << SHIFTS[level]))
    for measure in MEASURES:
        summary.decades[measure] = dict(Counter(place_of(value)[0] for value in values[measure].values()))
    return summary


def _spans(starts: Mapping[int, int], size: int) -> list[tuple[int, int] | None]:
    """The earliest and latest start in each sixteenth of a block of `size` numbers."""
    found: list[tuple[int, int] | None] = [None] * SIXTEENTHS
    for offset, start in starts.items():
        at = offset * SIXTEENTHS // size
        known = found[at] or (start, start)
        found[at] = min(start, known[0]), max(start, known[1])
    return found
