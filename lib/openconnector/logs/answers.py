# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers questions to the log: which calls match, in order, and how many there are.

Blocks are asked from the newest to the oldest (or back), by the algebra of bitmaps in `index/`. What bitmaps only
narrow is verified on the calls themselves, within a budget.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from pyroaring import BitMap
from sqlalchemy import select
from sqlalchemy.orm import Session

from openconnector.core.clock import stopwatch
from openconnector.core.errors import InvalidInput
from openconnector.core.phrases import phrase
from openconnector.logs.fresh import FreshCalls
from openconnector.logs.index.block import SHIFTS
from openconnector.logs.index.evaluate import (
    EncodedReader,
    Matching,
    Searchable,
    by_duration,
    is_decided,
    matching,
    verify,
    wanted_buckets,
)
from openconnector.logs.index.facts import facts_of
from openconnector.logs.index.store import Blocks
from openconnector.logs.keeping.totals import whole
from openconnector.logs.listing import LogSort
from openconnector.logs.models import CallLog, LogState
from openconnector.logs.questions.clauses import AnyOf, Clause, HasField, HasText, IsOneOf, IsPinned, Question
from openconnector.logs.repository import entries, rows
from openconnector.logs.storage.compression import Compression

COUNT_MS, PAGE_MS, TALLY_MS = 150, 1500, 2500
"""How long calls are verified for the count beside a page, for the page, and for a step of a count that is asked for
alone: what is not done then is projected, or left for the next one."""

MOST_COUNTED = 10_000
"""Calls that are counted one by one where they must be verified. How many more there are is projected."""

DURATION_MS = 10_000
"""How long calls are verified that are wanted in the order of their duration: all of them must be."""

VERIFIED_AT_ONCE = 50
OFFSETS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Count:
    """How many calls match."""

    total: int
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an order; `duration_ms` where that is the order."""

    number: int
    duration_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """A count on its way: `found` of the `seen` newest candidates match. `resume`: go on behind that place."""

    count: Count
    found: int
    seen: int
    resume: Position | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Numbers in order. `resume`: the search ended early; go on behind that place."""

    numbers: list[int]
    resume: Position | None = None


class Answers:
    """The questions of one process. Synchronous: it works within a session, in a thread.

    Args:
        count_ms: how long calls are verified for a count before the rest is projected.
    """

    def __init__(self, compression: Compression, *, count_ms: float = COUNT_MS) -> None:
        self._compression = compression
        self._count_ms = count_ms
        self._fresh = {with_texts: FreshCalls(compression, with_texts=with_texts) for with_texts in (False, True)}

    def ask(self, session: Session, question: Question) -> "Asked":
        """Ask once for pages and counts of the same question."""
        needs_texts = any(isinstance(clause, HasText | HasField) for clause in question.clauses)
        return Asked(session, self._compression, self._fresh[needs_texts], question, self._count_ms)

    def numbers(
        self,
        session: Session,
        question: Question,
        *,
        sort: LogSort = "-time",
        after: Position | None = None,
        limit: int,
    ) -> list[int]:
        """Numbers of calls that match, in order, however long it takes to verify them."""
        asked, numbers = self.ask(session, question), list[int]()
        while True:
            found = asked.numbers(sort=sort, after=after, limit=limit - len(numbers))
            numbers += found.numbers
            if found.resume is None or len(numbers) >= limit:
                return numbers
            after = found.resume

    def count(self, session: Session, question: Question) -> Count:
        """How many calls match."""
        return self.ask(session, question).count()


@dataclass(slots=True)
class _Part:
    """One block with what matches in it."""

    block: Searchable
    matched: Matching


@dataclass(slots=True)
class Asked:
    """One question as one session sees the log."""

    session: Session
    compression: Compression
    fresh: FreshCalls
    question: Question
    count_ms: float
    _blocks: Blocks | None = None
    _deadline: float = 0.0
    _memory: _Part | None = None
    _numbers: dict[str, list[int]] = field(default_factory=dict)
    _parts: dict[int, _Part] = field(default_factory=dict)

    def numbers(
        self, *, sort: LogSort = "-time", after: Position | None = None, limit: int, above: int | None = None
    ) -> Found:
        """At most `limit` numbers in order. `above`: only greater ones."""
        if sort.endswith("duration"):
            return self._by_duration(sort == "-duration", after, limit)
        is_descending = sort == "-time"
        low = (above or 0) + 1
        high = None
        if after is not None and is_descending:
            high = after.number
        elif after is not None:
            low = max(low, after.number + 1)
        if not self.question.clauses:
            return Found(self._rows_between(low, high, limit, is_descending=is_descending))
        return self._verified(self._in_order(is_descending, low, high), limit)

    def count(self) -> Count:
        """How many calls match: exact where bitmaps tell it, else projected when it takes too long."""
        return self.tally(for_ms=self.count_ms).count

    def tally(self, before: Tally | None = None, *, for_ms: float) -> Tally:
        """Count on from where `before` came to, up to `MOST_COUNTED`; some calls are verified in no time, too."""
        if not self.question.clauses:
            total = whole(self.session).calls
            return Tally(Count(total, is_estimate=False), total, total)
        self._fetch_all()
        high = before.resume.number if before and before.resume else None
        found, seen = (before.found, before.seen) if before else (0, 0)
        if all(map(is_decided, self.question.clauses)):
            total = self._candidates(high=high)
            return Tally(Count(total, is_estimate=not self.is_whole()), total, total)
        candidates = self._in_order(is_descending=True, low=0, high=high)
        deadline = stopwatch() + for_ms
        while some := list(islice(candidates, VERIFIED_AT_ONCE)):
            numbers = [number for number, _ in some]
            seen += len(numbers)
            found += len(self._verify(numbers, some[0][1]))
            is_enough = found >= MOST_COUNTED
            left = self._candidates(high=numbers[-1]) if is_enough or stopwatch() > deadline else 0
            if left:
                total = found + round(left * found / seen)
                return Tally(
                    Count(total, is_estimate=True), found, seen, None if is_enough else Position(number=numbers[-1])
                )
        return Tally(Count(found, is_estimate=not self.is_whole()), found, seen)

    def is_whole(self) -> bool:
        """Whether every call is in the index or in memory, or neither is needed."""
        if not self.question.clauses:
            return True
        state = self.session.execute(select(LogState.indexed_number, LogState.next_number)).one()
        return bool(state.next_number - state.indexed_number <= self.fresh.most)

    def share(self, place: Position, *, is_descending: bool) -> float:
        """What part of the candidates a search has looked at that came to a place: from 0 to 1."""
        number = place.number
        left = self._candidates(high=number) if is_descending else self._candidates(low=number + 1)
        return 1 - left / max(self._candidates(), 1)

    def _rows_between(self, low: int, high: int | None, limit: int, *, is_descending: bool) -> list[int]:
        """Numbers within [low, high) as the rows have them. Whoever asks for everything need not wait for the index."""
        statement = select(CallLog.number).where(CallLog.number >= low).limit(limit)
        if high is not None:
            statement = statement.where(CallLog.number < high)
        order = CallLog.number.desc() if is_descending else CallLog.number
        return list(self.session.scalars(statement.order_by(order)))

    def _candidates(self, *, low: int = 0, high: int | None = None) -> int:
        """How many there are within [low, high)."""
        return sum(len(_within(part, low, high)) for part in self._all(is_descending=True, low=low, high=high))

    def _in_order(self, is_descending: bool, low: int, high: int | None) -> Iterator[tuple[int, tuple[Clause, ...]]]:
        """Candidates within [low, high) in order, with what must be verified of them."""
        for part in self._all(is_descending=is_descending, low=low, high=high):
            first, candidates = part.block.first_number, _within(part, low, high)
            for offset in _from_the_end(candidates) if is_descending else candidates:
                yield first + offset, part.matched.unverified

    def _verified(self, candidates: Iterator[tuple[int, tuple[Clause, ...]]], limit: int) -> Found:
        found: list[int] = []
        waiting: list[int] = []
        deadline = stopwatch() + PAGE_MS
        unverified: tuple[Clause, ...] = ()
        for number, unverified in candidates:
            if not unverified:
                found.append(number)
            else:
                waiting.append(number)
                if len(waiting) >= VERIFIED_AT_ONCE:
                    found += self._verify(waiting, unverified)
                    waiting = []
                    if stopwatch() > deadline and len(found) < limit:
                        return Found(found, Position(number=number))
            if len(found) >= limit:
                return Found(found[:limit])
        if waiting:
            found += self._verify(waiting, unverified)
        return Found(found[:limit])

    def _verify(self, numbers: Sequence[int], clauses: Sequence[Clause]) -> list[int]:
        kept = []
        for call in entries(self.session, self.compression, rows(self.session, numbers)):
            facts = facts_of(call)
            if all(verify(clause, facts) for clause in clauses):
                kept.append(call.number)
        self.session.expunge_all()
        return kept

    def _by_duration(self, is_descending: bool, after: Position | None, limit: int) -> Found:
        """The longest (shortest) calls: from each block as many as may be among them, compared by their rows."""
        self._fetch_all()
        some: list[int] = []
        self._deadline = stopwatch() + DURATION_MS
        for part in self._all(is_descending=True):
            some += self._longest(part, is_descending, after, limit)
        key = dict(self._durations(some))
        ordered = sorted(key, key=lambda number: (key[number], number), reverse=is_descending)
        return Found(ordered[:limit])

    def _longest(self, part: _Part, is_descending: bool, after: Position | None, limit: int) -> list[int]:
        taken: list[int] = []
        for group in by_duration(part.block, part.matched.candidates, is_descending=is_descending):
            numbers = [part.block.first_number + offset for offset in group]
            if part.matched.unverified:
                numbers = self._verified_in_time(numbers, part.matched.unverified)
            if after is not None:
                place = (after.duration_ms or 0.0, after.number)
                numbers = [
                    number
                    for number, duration in self._durations(numbers)
                    if ((duration, number) < place) == is_descending and number != after.number
                ]
            taken += numbers
            if len(taken) >= limit:
                break
        return taken

    def _verified_in_time(self, numbers: Sequence[int], clauses: Sequence[Clause]) -> list[int]:
        kept: list[int] = []
        for start in range(0, len(numbers), VERIFIED_AT_ONCE):
            if stopwatch() > self._deadline:
                detail = phrase("Too many calls would have to be read for this order. Ask for fewer, or sort by time.")
                raise InvalidInput.parameter("sort", detail)
            kept += self._verify(numbers[start : start + VERIFIED_AT_ONCE], clauses)
        return kept

    def _durations(self, numbers: Sequence[int]) -> Iterator[tuple[int, float]]:
        for start in range(0, len(numbers), 1000):
            some = numbers[start : start + 1000]
            statement = select(CallLog.number, CallLog.duration_ms).where(CallLog.number.in_(some))
            for number, duration in self.session.execute(statement):  # noqa: UP028  # a row is a tuple by its behaviour
                yield number, duration

    def _fetch_all(self) -> None:
        """Load what all blocks are asked for in one go for each level."""
        blocks = self._seen()
        for level in {reader.level for reader in blocks.readers}:
            of_level = [reader for reader in blocks.readers if reader.level == level]
            blocks.fetch(level, wanted_buckets(self.question, of_level))

    def _all(self, *, is_descending: bool, low: int = 0, high: int | None = None) -> Iterator[_Part]:
        if self._memory is None:
            with self.fresh.lock:
                self._memory = self._asked(self.fresh.as_seen_by(self.session))
        memory = self._memory
        readers: list[EncodedReader] = self._seen().readers if is_descending else self._seen().readers[::-1]
        if is_descending:
            yield memory
        for reader in readers:
            first, size = reader.first_number, 1 << SHIFTS[reader.level]
            if first + size <= low or (high is not None and first >= high):
                continue
            if first not in self._parts:
                self._parts[first] = self._asked(reader)
            yield self._parts[first]
        if not is_descending:
            yield memory

    def _seen(self) -> Blocks:
        if self._blocks is None:
            self._blocks = Blocks(self.session)
        return self._blocks

    def _asked(self, block: Searchable) -> _Part:
        return _Part(block, matching(self.question, block, pinned=self._pinned(block), ids=self._ids(block)))

    def _pinned(self, block: Searchable) -> BitMap | None:
        if not any(isinstance(clause, IsPinned) for clause in _each(self.question.clauses)):
            return None
        if "pinned" not in self._numbers:
            statement = select(CallLog.number).where(CallLog.is_pinned).order_by(CallLog.number)
            self._numbers["pinned"] = list(self.session.scalars(statement))
        numbers, first = self._numbers["pinned"], block.first_number
        start = bisect_left(numbers, first)
        return BitMap(number - first for number in numbers[start : bisect_left(numbers, first + (1 << 31))])

    def _ids(self, block: Searchable) -> dict[str, int] | None:
        wanted = [
            value
            for clause in _each(self.question.clauses)
            if isinstance(clause, IsOneOf) and clause.field == "id"
            for value in clause.values
        ]
        if not wanted:
            return None
        found = {
            str(call_id): number
            for call_id, number in self.session.execute(
                select(CallLog.id, CallLog.number).where(CallLog.id.in_([UUID(value) for value in wanted]))
            )
        }
        first = block.first_number
        return {call_id: number - first for call_id, number in found.items() if 0 <= number - first < 1 << 31}


def _within(part: _Part, low: int, high: int | None) -> BitMap:
    """The candidates whose numbers are within [low, high), as offsets."""
    first, candidates = part.block.first_number, part.matched.candidates
    last = candidates.max() if candidates else -1
    start, end = max(low - first, 0), last + 1 if high is None else min(high - first, last + 1)
    return candidates & BitMap(range(start, max(start, end))) if start or end <= last else candidates


def _from_the_end(offsets: BitMap) -> Iterator[int]:
    """The offsets, highest first, some at a time: mostly the first few are wanted of many."""
    for end in range(len(offsets), 0, -OFFSETS_AT_ONCE):
        yield from reversed(offsets[max(0, end - OFFSETS_AT_ONCE) : end].to_array())


def _each(clauses: Iterable[Clause]) -> Iterator[Clause]:
    for clause in clauses:
        if isinstance(clause, AnyOf):
            yield from _each(clause.clauses)
        else:
            yield clause
