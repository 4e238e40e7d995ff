# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be done with the call log."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from openconnector.core.clock import now, stopwatch
from openconnector.core.database import Database
from openconnector.core.errors import InvalidInput
from openconnector.core.paging import decode_cursor, encode_cursor
from openconnector.core.phrases import phrase
from openconnector.core.retention import Retention
from openconnector.logs import repository
from openconnector.logs.answers import TALLY_MS, Answers, Asked, Count, Found, Position, Tally
from openconnector.logs.entries import CallEntry
from openconnector.logs.hits import hit_of, texts_wanted
from openconnector.logs.keeping.policy import Policies, load
from openconnector.logs.keeping.removal import remove, unpinned
from openconnector.logs.keeping.stamp import Stamp, stamp_of
from openconnector.logs.listing import LogCount, LogFilter, LogPage, LogSort, LogTail, Neighbours, Searched
from openconnector.logs.models import CallLog
from openconnector.logs.questions.clauses import Question
from openconnector.logs.questions.filters import question_of, terms_of
from openconnector.logs.schemas import CallRead, CallSummary
from openconnector.logs.shown import show_call, show_summary
from openconnector.logs.storage.compression import Compression

FRESH_MS = 5_000
"""For which a process believes what it has read of the settings."""

STREAM_ROWS, STREAM_BYTES = 200, 4 * 1024 * 1024
"""Calls, and bytes of calls, that a stream loads at a time."""


class LogService:
    """Reads and deletes logged calls, each step in a transaction of its own. One instance serves a process."""

    def __init__(self, database: Database, compression: Compression, environment: Retention) -> None:
        self._database = database
        self._compression = compression
        self._environment = environment
        self._known: tuple[Stamp, Policies] | None = None  # together: threads set it
        self._fresh_until = 0.0
        self.answers = Answers(compression)

    async def policies(self) -> Policies:
        """What is kept how long, as the settings are now."""
        return await self._database.run(self._policies_of)

    async def recent_policies(self) -> Policies:
        """The same as it was some seconds ago at most: for what happens on every call."""
        if self._known is None or stopwatch() >= self._fresh_until:
            return await self.policies()
        return self._known[1]

    async def question(self, wanted: LogFilter) -> Question:
        """What a filter asks.

        Raises:
            InvalidInput: a part of it cannot be understood; it names the parameter.
        """
        return await question_of(self._database, wanted, at=now())

    async def page(self, wanted: LogFilter, *, sort: LogSort, cursor: str | None, limit: int) -> LogPage:
        question = await self.question(wanted)
        after = _position(cursor, sort) if cursor else None

        def work(session: Session) -> LogPage:
            asked = self.answers.ask(session, question)
            found = asked.numbers(sort=sort, after=after, limit=limit + 1)
            rows = repository.rows(session, found.numbers[:limit], with_details=bool(texts_wanted(question)))
            is_all = after is None and found.resume is None and len(found.numbers) <= limit
            count = Count(len(found.numbers), is_estimate=not asked.is_whole()) if is_all else asked.count()
            following = encode_cursor(sort, found.resume.number, None) if found.resume else None
            if len(found.numbers) > limit and rows:
                following = _cursor(rows[-1], sort)
            return LogPage(
                results=self._summaries(session, rows, question),
                total=max(count.total, len(found.numbers)),
                is_estimate=count.is_estimate,
                next_cursor=following,
                searched=_searched(session, asked, found.resume, is_descending=sort == "-time"),
                newest=repository.newest(session),
                terms=terms_of(wanted.query) if wanted.query else [],
            )

        return await self._database.run(work)

    async def tally(self, wanted: LogFilter, *, cursor: str | None) -> LogCount:
        """Count on from where the cursor says; what is not counted yet is projected.

        Raises:
            InvalidInput: a part of the filter cannot be understood, or the cursor; it names the parameter.
        """
        question = await self.question(wanted)
        before = _tally(cursor) if cursor else None

        def work(session: Session) -> LogCount:
            tally = self.answers.ask(session, question).tally(before, for_ms=TALLY_MS)
            following = tally.resume and encode_cursor("count", tally.found, tally.seen, tally.resume.number)
            return LogCount(total=tally.count.total, is_estimate=tally.count.is_estimate, next_cursor=following)

        return await self._database.run(work)

    async def tail(self, wanted: LogFilter, *, after: int, limit: int) -> LogTail:
        question = await self.question(wanted)

        def work(session: Session) -> LogTail:
            newest = repository.newest(session)
            asked = self.answers.ask(session, question)
            found = asked.numbers(limit=limit + 1, above=after) if newest > after else Found([])
            numbers, is_whole = found.numbers, found.resume is None
            rows = repository.rows(session, numbers[:limit])
            return LogTail(
                results=self._summaries(session, rows, question),
                newest=newest,
                is_complete=is_whole and len(numbers) <= limit and newest >= after,
            )

        return await self._database.run(work)

    async def read(self, call_id: UUID) -> CallRead:
        """One call with everything that is kept of it.

        Raises:
            NotFound: there is none.
        """

        def work(session: Session) -> CallRead:
            call = repository.entry(session, self._compression, repository.find(session, call_id), with_bodies=True)
            return show_call(_dated(call, self._policies_of(session)))

        return await self._database.run(work)

    async def entry(self, call_id: UUID) -> CallEntry:
        """One call with the bytes of its bodies.

        Raises:
            NotFound: there is none.
        """

        def work(session: Session) -> CallEntry:
            row = repository.find(session, call_id)
            return repository.entry(session, self._compression, row, with_bodies=True)

        return await self._database.run(work)

    async def count(self, question: Question) -> Count:
        """How many calls there are."""
        return await self._database.run(lambda session: self.answers.count(session, question))

    async def neighbours(self, call_id: UUID, wanted: LogFilter) -> Neighbours:
        """The calls beside one, among those that match.

        Raises:
            NotFound: there is no such call.
        """
        question = await self.question(wanted)

        def work(session: Session) -> Neighbours:
            here = Position(number=repository.find(session, call_id).number)
            asked = self.answers.ask(session, question)  # one that is far away, and hard to find, is not waited for
            beside = [
                repository.rows(session, asked.numbers(sort=sort, after=here, limit=1).numbers)
                for sort in ("time", "-time")
            ]
            newer, older = (rows[0].id if rows else None for rows in beside)
            return Neighbours(newer=newer, older=older)

        return await self._database.run(work)

    async def pin(self, call_id: UUID, *, is_pinned: bool) -> CallSummary:
        """Keep a call for ever, or no longer.

        Raises:
            NotFound: there is none.
        """

        def work(session: Session) -> CallSummary:
            row = repository.pin(session, call_id, is_pinned=is_pinned)
            if not is_pinned:
                unpinned(session, row.source_id)
            return show_summary(_dated(repository.summary(row), self._policies_of(session)))

        return await self._database.run(work, writes=True)

    async def delete(self, call_id: UUID) -> None:
        """Delete one call.

        Raises:
            NotFound: there is none.
        """
        await self._database.run(
            lambda session: remove(session, [repository.find(session, call_id).number], with_pinned=True), writes=True
        )

    async def delete_many(self, call_ids: Sequence[UUID]) -> int:
        """Delete these calls, pinned ones too, and tell how many there were."""

        def work(session: Session) -> int:
            return remove(session, repository.numbers_of(session, call_ids), with_pinned=True).calls

        return await self._database.run(work, writes=True)

    async def stream(self, question: Question, *, with_exchanges: bool) -> AsyncIterator[list[CallEntry]]:
        """Every call that matches now, newest first, some at a time; memory does not grow with their number."""
        after: Position | None = None
        while True:
            position = after

            def work(session: Session, position: Position | None = position) -> tuple[list[CallEntry], Position | None]:
                found = self.answers.ask(session, question).numbers(after=position, limit=STREAM_ROWS)
                there = repository.rows(session, found.numbers, with_details=with_exchanges)
                rows = _some(there)
                calls = self._streamed(session, rows, with_exchanges=with_exchanges)
                if len(rows) == len(there) and (found.resume or not found.numbers):
                    return calls, found.resume
                return calls, Position(number=rows[-1].number if rows else found.numbers[-1])

            calls, after = await self._database.run(work)
            if calls:
                yield calls
            if after is None:
                return

    def _streamed(self, session: Session, rows: Sequence[CallLog], *, with_exchanges: bool) -> list[CallEntry]:
        if with_exchanges:
            return list(repository.whole_entries(session, self._compression, rows))
        return [repository.summary(row) for row in rows]

    def _policies_of(self, session: Session) -> Policies:
        stamp, known = stamp_of(session), self._known
        if known is None or known[0] != stamp:
            known = self._known = stamp, load(session, self._environment)
        self._fresh_until = stopwatch() + FRESH_MS
        return known[1]

    def _summaries(self, session: Session, rows: Sequence[CallLog], question: Question) -> list[CallSummary]:
        policies = self._policies_of(session)
        wanted = texts_wanted(question)
        if not wanted:
            return [show_summary(_dated(repository.summary(row), policies)) for row in rows]
        calls = repository.entries(session, self._compression, rows)
        return [show_summary(_dated(call, policies), hit_of(call, wanted)) for call in calls]


def _dated(call: CallEntry, policies: Policies) -> CallEntry:
    call.expires_at = policies.expires_at(
        source_id=call.source_id, outcome=call.outcome, started_at=call.started_at, is_pinned=call.is_pinned
    )
    return call


def _some(rows: Sequence[CallLog]) -> list[CallLog]:
    """As many of the rows as may be loaded at a time; at least one of them."""
    taken: list[CallLog] = []
    size = 0
    for row in rows:
        size += max(row.stored_bytes, row.request_size + (row.response_size or 0))
        if taken and size > STREAM_BYTES:
            break
        taken.append(row)
    return taken


def _cursor(row: CallLog, sort: LogSort) -> str:
    return encode_cursor(sort, row.number, row.duration_ms if sort.endswith("duration") else None)


def _searched(session: Session, asked: Asked, place: Position | None, *, is_descending: bool) -> Searched | None:
    at = repository.started_at(session, place.number) if place else None
    return Searched(at=at, share=asked.share(place, is_descending=is_descending)) if place and at else None


def _tally(cursor: str) -> Tally:
    kind, *numbers = decode_cursor(cursor, 4)
    if kind != "count" or not all(_is_number(number) for number in numbers):
        raise InvalidInput.parameter("cursor", phrase("This cursor belongs to another list."))
    found, seen, number = numbers
    return Tally(Count(found, is_estimate=True), found, seen, Position(number=number))


def _is_number(value: object) -> bool:
    return isinstance(value, int) and 0 <= value < 2**63


def _position(cursor: str, sort: LogSort) -> Position:
    order, number, duration_ms = decode_cursor(cursor, 3)
    if order != sort or not _is_number(number) or not isinstance(duration_ms, int | float | None):
        raise InvalidInput.parameter("cursor", phrase("This cursor belongs to another list."))
    return Position(number=number, duration_ms=duration_ms)
