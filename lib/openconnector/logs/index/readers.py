# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Blocks that can be asked: one that is stored, and one of calls that are not indexed yet."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from copy import copy
from itertools import groupby
from operator import itemgetter
from typing import Protocol

from pyroaring import BitMap

from openconnector.logs.index.block import SHIFTS, bucket_of, lookup
from openconnector.logs.index.columns import ALL, EXACT, Cut, Measure, Summary, bucket_of_decade, cut, value_of
from openconnector.logs.index.parts import decode, find_any
from openconnector.logs.index.terms import CallFacts, terms_of
from openconnector.logs.index.values import SIXTEENTHS, values_of
from openconnector.logs.questions.clauses import Column


class Searchable(Protocol):
    """A block that can be asked. Bitmaps are of offsets from its first number; those given out are not changed."""

    @property
    def first_number(self) -> int:
        """The number whose offset is 0."""

    @property
    def present(self) -> BitMap:
        """The calls that exist."""

    def find(self, term: int) -> BitMap:
        """Calls with a term. They may include calls that exist no more."""

    def between(self, column: Column, low: int | None, high: int | None) -> BitMap:
        """Calls whose value is at least `low` and below `high`. They may include calls that exist no more."""

    def by_duration(self, *, is_descending: bool) -> Iterator[BitMap]:
        """All calls in groups of similar duration: each group lies wholly above (or below) the next."""


class EncodedReader:
    """A stored block.

    `part(bucket)` gives the data of a part, or None where there is none. It is called when a part is needed, so it may
    look into what was fetched for many blocks before (`wanted_buckets`).
    """

    def __init__(
        self,
        level: int,
        block: int,
        *,
        first_at: int,
        last_at: int,
        present: bytes | BitMap,
        summary: bytes,
        part: Callable[[int], bytes | None],
    ) -> None:
        self.level, self.block, self.first_at, self.last_at = level, block, first_at, last_at
        self.first_number = block << SHIFTS[level]
        self._part = part
        self._present = present
        self._summary: bytes | Summary = summary

    @property
    def present(self) -> BitMap:
        """The calls that exist."""
        if isinstance(self._present, bytes):
            self._present = BitMap.deserialize(self._present)
        return self._present

    @property
    def summary(self) -> Summary:
        """What is known before parts are read."""
        if isinstance(self._summary, bytes):
            self._summary = Summary.decode(self._summary)
        return self._summary

    def find(self, term: int) -> BitMap:
        """Calls with a term; they may include calls that exist no more."""
        part = self._part(bucket_of(term, self.level))
        return BitMap() if part is None else lookup(part, term, self.level)

    def between(self, column: Column, low: int | None, high: int | None) -> BitMap:
        """Calls whose value is at least `low` and below `high`; they may include calls that exist no more."""
        if column == "time":
            return self._started(low, high)
        if self._is_better_outside(column, low, high):
            below = self._measured(column, None, low) if low is not None else BitMap()
            above = self._measured(column, high, None) if high is not None else BitMap()
            return self.present - below - above
        return self._measured(column, low, high)

    def wanted(self, column: Column, low: int | None, high: int | None) -> set[int]:
        """The buckets that `between` reads."""
        if column == "time":
            is_cut = any(self._is_cut(span, low, high) for span in self.summary.starts)
            return {EXACT["time"]} if is_cut else set()
        if not self._is_better_outside(column, low, high):
            cuts = list(self._cuts(column, low, high))
        else:
            cuts = [*self._cuts(column, None, low)] if low is not None else []
            cuts += [*self._cuts(column, high, None)] if high is not None else []
        buckets = {bucket_of_decade(column, found.decade) for found in cuts}
        return buckets | {EXACT[column]} if any(found.partial for found in cuts) else buckets

    def _is_better_outside(self, measure: Measure, low: int | None, high: int | None) -> bool:
        # Every call has a duration, so what lies inside is what does not lie outside. Not so with sizes.
        if measure != "duration" or (low is not None and high is not None and low >= high):
            return False
        counts = self.summary.decades[measure]
        return 2 * sum(counts[found.decade] for found in self._cuts(measure, low, high)) > self.summary.count

    def _cuts(self, measure: Measure, low: int | None, high: int | None) -> Iterator[Cut]:
        for decade in self.summary.decades[measure]:
            found = cut(decade, low, high)
            if found is not None:
                yield found

    def _measured(self, measure: Measure, low: int | None, high: int | None) -> BitMap:
        found = BitMap()
        for piece in self._cuts(measure, low, high):
            part = self._part(bucket_of_decade(measure, piece.decade))
            if part is None:
                continue
            if 2 * len(piece.whole) > len(piece.keys):
                without = [key for key in piece.keys if key not in piece.whole]
                found |= find_any(part, (ALL,), self.level) - find_any(part, without, self.level)
            else:
                found |= find_any(part, piece.whole, self.level)
            if piece.partial:
                doubtful = find_any(part, piece.partial, self.level)
                found |= self._exactly(measure, doubtful, low, high)
        return found

    def _exactly(self, column: Column, doubtful: BitMap, low: int | None, high: int | None) -> BitMap:
        """Those of which the value itself lies between the bounds."""
        found = BitMap()
        part = self._part(EXACT[column])
        size = (1 << SHIFTS[self.level]) // SIXTEENTHS
        for sixteenth in range(SIXTEENTHS):
            if part is None or not doubtful.range_cardinality(sixteenth * size, (sixteenth + 1) * size):
                continue
            found |= values_of(part, sixteenth).between(doubtful, low, high)
        return found

    def _started(self, low: int | None, high: int | None) -> BitMap:
        whole, doubtful = BitMap(), BitMap()
        size = (1 << SHIFTS[self.level]) // SIXTEENTHS
        for sixteenth, span in enumerate(self.summary.starts):
            if self._is_cut(span, low, high):
                doubtful.add_range(sixteenth * size, (sixteenth + 1) * size)
            elif span is not None and (low is None or span[0] >= low) and (high is None or span[0] < high):
                whole.add_range(sixteenth * size, (sixteenth + 1) * size)
        return whole | self._exactly("time", doubtful, low, high) if doubtful else whole

    @staticmethod
    def _is_cut(span: tuple[int, int] | None, low: int | None, high: int | None) -> bool:
        """Whether only some of the calls between two times lie between the bounds, or none, or all: not known yet."""
        if span is None:
            return False
        first, last = span
        is_outside = (low is not None and last < low) or (high is not None and first >= high)
        is_inside = (low is None or first >= low) and (high is None or last < high)
        return not is_outside and not is_inside

    def by_duration(self, *, is_descending: bool) -> Iterator[BitMap]:
        """Calls with the same two digits of their duration."""
        for decade in sorted(self.summary.decades["duration"], reverse=is_descending):
            part = self._part(bucket_of_decade("duration", decade))
            if part is not None:
                known = [(key, offsets) for key, offsets in decode(part, self.level).all() if key != ALL]
                yield from (offsets for _, offsets in sorted(known, key=itemgetter(0), reverse=is_descending))


class MemoryBlock:
    """Calls that are not indexed yet: any count of them, added one by one; numbers may lack."""

    def __init__(self, first_number: int) -> None:
        self.first_number = first_number
        self.present = BitMap()
        self._offsets: dict[int, int | list[int]] = {}
        self._values: dict[Column, list[tuple[int, int]]] = {column: [] for column in EXACT}

    def add(self, facts: CallFacts) -> None:
        """Take a call in, once (number >= first_number)."""
        offset = facts.number - self.first_number
        self.present.add(offset)
        for term in terms_of(facts):
            known = self._offsets.setdefault(term, offset)
            if isinstance(known, list):
                known.append(offset)
            elif known != offset:
                self._offsets[term] = [known, offset]
        for column, values in self._values.items():
            value = value_of(facts, column)
            if value is not None:
                insort(values, (value, offset))

    def discard(self, number: int) -> None:
        """The call was deleted."""
        self.present.discard(number - self.first_number)

    def limited_to(self, offsets: BitMap) -> "MemoryBlock":
        """As if of the calls only these existed. Its `present` does not change when this block does."""
        limited = copy(self)
        limited.present = self.present & offsets
        return limited

    def find(self, term: int) -> BitMap:
        """Calls with a term; they may include calls that exist no more."""
        known = self._offsets.get(term, [])
        return BitMap(known if isinstance(known, list) else (known,))

    def between(self, column: Column, low: int | None, high: int | None) -> BitMap:
        """Calls whose value is at least `low` and below `high`; they may include calls that exist no more."""
        values = self._values[column]
        start = 0 if low is None else bisect_left(values, (low, -1))
        end = len(values) if high is None else bisect_left(values, (high, -1))
        return BitMap([offset for _, offset in values[start:end]])

    def by_duration(self, *, is_descending: bool) -> Iterator[BitMap]:
        """Calls with the same duration."""
        values = list(self._values["duration"])  # others may add calls meanwhile
        for _, some in groupby(reversed(values) if is_descending else values, itemgetter(0)):
            yield BitMap([offset for _, offset in some])
