# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The clean-up: removes what the policies let go, in small steps. Stopped at any moment, the next one goes on."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.retention import Retention
from openconnector.logs.answers import Answers, Found, Position
from openconnector.logs.keeping import totals
from openconnector.logs.keeping.expiry import asked, groups_by_age
from openconnector.logs.keeping.giving_back import checkpoint, give_back
from openconnector.logs.keeping.index_blocks import sweep
from openconnector.logs.keeping.models import BodyCut
from openconnector.logs.keeping.pace import Pace, Removing
from openconnector.logs.keeping.policy import Policies, load
from openconnector.logs.keeping.preview import Preview, with_settings
from openconnector.logs.keeping.removal import Removed, remove, remove_bodies
from openconnector.logs.keeping.schemas import CleanUpPreview
from openconnector.logs.keeping.totals import Total
from openconnector.logs.models import CallLog, microseconds, moment
from openconnector.logs.questions.clauses import Question
from openconnector.logs.repository import newest

CHUNK = 2_000
"""Numbers that are asked for at a time."""

CHECKPOINT_CALLS = 4_000
"""Calls after which SQLite's write-ahead log is moved into its file, so that no writer finds it full and has to."""

CLEAN_UP_LOCK = 0x6F63_6C6F_675F_6375
"""PostgreSQL's advisory lock of the process that cleans up."""

log = structlog.get_logger()

Watch = Callable[[Removed], None]


class CleanUp:
    """The clean-up of one process. Only one runs at a time, among all processes of a database.

    Args:
        environment: what the environment says; see `policy.environment_of`.
    """

    def __init__(self, database: Database, answers: Answers, environment: Retention) -> None:
        self._database = database
        self._answers = answers
        self._environment = environment
        self._running = asyncio.Lock()

    async def run(self, watch: Watch = lambda _: None) -> Removed:
        """Remove what need not be kept any longer, and give its disk back.

        Args:
            watch: gets what each step has removed.

        Returns:
            What was removed: calls, and bytes of them and of bodies; nothing where a clean-up is running already.
        """
        if self._running.locked():
            return Removed()
        async with self._running, _alone(self._database) as is_alone:
            if not is_alone:
                return Removed()
            return await self._run(watch)

    @property
    def is_running(self) -> bool:
        """Whether this process is cleaning up."""
        return self._running.locked()

    async def expected(self) -> int:
        """How many calls a clean-up would remove now for their age."""
        at = now()

        def work(session: Session) -> int:
            groups = groups_by_age(load(session, self._environment))
            return sum(self._answers.count(session, group.question(at)).total for group in groups)

        return await self._database.run(work)

    async def preview(self, wanted: Retention, source_id: UUID | None) -> CleanUpPreview:
        """What would be removed if these were the settings of all, or of one source."""
        at = now()

        def work(session: Session) -> CleanUpPreview:
            table = with_settings(load(session, self._environment), wanted, source_id)
            return Preview(session, self._answers, table, at).read(source_id)

        return await self._database.run(work)

    async def _run(self, watch: Watch) -> Removed:
        at = now()
        table = await self._database.run(lambda session: load(session, self._environment))
        work = Sweeper(self._database, self._answers, watch)
        for group in groups_by_age(table):
            await work.remove_all(group.question(at))
        expired = work.removed
        work.removed = Removed()
        await self._bodies(work, table, at)
        bodies = work.removed
        work.removed = Removed()
        await self._limits(work, table)
        limited = work.removed
        given = await work.finish()
        calls, size = expired.calls + limited.calls, expired.bytes + bodies.bytes + limited.bytes
        if calls or bodies.calls:
            log.info("the log was cleaned up", calls=calls, bodies=bodies.calls, bytes=size, given_back=given)
        return Removed(calls, size)

    async def _bodies(self, work: "Sweeper", table: Policies, at: datetime) -> None:
        """Remove bodies that go before their call."""
        sources = await self._database.run(totals.by_source)
        for is_success in (True, False):
            by_days: defaultdict[int, list[UUID]] = defaultdict(list)
            for source_id in sources:
                days = table.of(source_id).body_days(is_success=is_success)
                if days is not None:
                    by_days[days].append(source_id)
            for days, some in by_days.items():
                await self._bodies_of(work, some, is_success=is_success, before=at - timedelta(days=days))

    async def _bodies_of(self, work: "Sweeper", sources: Sequence[UUID], *, is_success: bool, before: datetime) -> None:
        cuts, last = await self._database.run(lambda session: (_cuts(session, sources, is_success), newest(session)))
        new = [source_id for source_id in sources if source_id not in cuts]
        if new:
            await work.remove_all(asked(new, is_success=is_success, before=before), remove_bodies)
        if cuts:
            done = moment(min(cut.before_at for cut in cuts.values()))
            since = asked(cuts, is_success=is_success, since=done, before=before)
            await work.remove_all(since, remove_bodies)
            # What came since, and began before: hardly anything, if the log is not filled from elsewhere.
            come = asked(cuts, is_success=is_success, before=min(done, before))
            await work.remove_all(come, remove_bodies, after=min(cut.number for cut in cuts.values()))
        await self._database.run(lambda session: _reach(session, sources, is_success, before, last), writes=True)

    async def _limits(self, work: "Sweeper", table: Policies) -> None:
        """Remove the oldest calls of sources that have too many, and of the whole log."""
        for source_id in await self._database.run(totals.by_source):
            policy = table.of(source_id)
            await self._limit(work, policy.max_calls, policy.max_bytes, source_id)
        await self._limit(work, table.whole.max_calls, table.whole.max_bytes, None)

    async def _limit(
        self, work: "Sweeper", max_calls: int | None, max_bytes: int | None, source_id: UUID | None
    ) -> None:
        if max_calls is None and max_bytes is None:
            return
        question = asked([source_id] if source_id else [])
        after = 0
        while True:
            total = await self._database.run(lambda session: _total(session, source_id))
            excess = _excess(total, max_calls, max_bytes)
            if excess == Total():
                return
            numbers = await work.numbers(question, after)
            if not numbers:
                return  # the others are kept for ever
            numbers = await self._database.run(partial(_enough, numbers=numbers, excess=excess))
            after = numbers[-1]
            await work.remove_some(numbers)


class Sweeper:
    """Removes the calls of questions, oldest first, and knows how many there were."""

    def __init__(self, database: Database, answers: Answers, watch: Watch = lambda _: None) -> None:
        self._database = database
        self._answers = answers
        self._pace = Pace(database)
        self._watch = watch
        self._moved = 0
        self.removed = Removed()

    async def numbers(self, question: Question, after: int, limit: int = CHUNK) -> list[int]:
        """The oldest calls behind a number that match."""
        found = Found([], Position(number=after))
        numbers: list[int] = []
        while found.resume is not None and len(numbers) < limit:
            some = partial(self._some, question, found.resume, limit - len(numbers))
            found = await self._database.run(some)
            numbers += found.numbers
            if found.resume is not None:  # nothing was removed for a while: it may not be wanted any more
                self._watch(Removed())
        return numbers

    def _some(self, question: Question, after: Position, limit: int, session: Session) -> Found:
        return self._answers.ask(session, question).numbers(sort="time", after=after, limit=limit)

    async def remove_all(
        self, question: Question, removing: Removing = remove, *, after: int = 0, up_to: int | None = None
    ) -> None:
        """Remove every call that matches, behind one number and up to another."""
        while numbers := await self.numbers(question, after):
            after = numbers[-1]
            await self.remove_some([number for number in numbers if up_to is None or number <= up_to], removing)
            if up_to is not None and after >= up_to:
                return

    async def remove_some(self, numbers: Sequence[int], removing: Removing = remove) -> None:
        """Remove these calls, or what `removing` removes of them."""
        async with aclosing(self._pace.remove(numbers, removing)) as steps:
            async for step in steps:
                self.removed += step
                self._watch(step)
        self._moved += len(numbers)
        if self._moved >= CHECKPOINT_CALLS:
            self._moved = 0
            await checkpoint(self._database, "PASSIVE")

    async def finish(self) -> int:
        """Take away blocks without calls, and give the disk back; tell how many bytes SQLite's file lost."""
        while await self._pace.step(sweep):
            pass
        return await give_back(self._database)


def _total(session: Session, source_id: UUID | None) -> Total:
    if source_id is None:
        return totals.whole(session)
    return totals.by_source(session).get(source_id, Total())


def _excess(total: Total, max_calls: int | None, max_bytes: int | None) -> Total:
    return Total(
        0 if max_calls is None else max(0, total.calls - max_calls),
        0 if max_bytes is None else max(0, total.bytes - max_bytes),
    )


def _enough(session: Session, numbers: Sequence[int], excess: Total) -> list[int]:
    """As many of the first of these calls as bring the log below its limits."""
    statement = select(CallLog.number, CallLog.stored_bytes).where(CallLog.number.in_(numbers))
    sizes = dict(session.execute(statement).all())
    taken = Total()
    for count, number in enumerate(numbers):
        if taken.calls >= excess.calls and taken.bytes >= excess.bytes:
            return list(numbers[: max(count, 1)])
        taken += Total(1, sizes.get(number, 0))
    return list(numbers)


def _cuts(session: Session, sources: Sequence[UUID], is_success: bool) -> dict[UUID, BodyCut]:
    statement = select(BodyCut).where(BodyCut.is_success == is_success)
    return {cut.source_id: cut for cut in session.scalars(statement) if cut.source_id in sources}


def _reach(session: Session, sources: Sequence[UUID], is_success: bool, before: datetime, last: int) -> None:
    for source_id in sources:
        cut = session.get(BodyCut, (source_id, is_success))
        if cut is None:
            cut = BodyCut(source_id=source_id, is_success=is_success, before_at=0)
            session.add(cut)
        cut.before_at, cut.number = max(cut.before_at, microseconds(before)), last


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[bool]:
    """Whether no other process cleans up this database, for as long as it takes."""
    if database.is_sqlite:
        yield True
        return
    async with database.engine.connect() as plain:
        # Not in a transaction: it would stay open for as long as the clean-up takes.
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        key = {"key": CLEAN_UP_LOCK}
        is_alone = bool(await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key))
        try:
            yield is_alone
        finally:
            if is_alone:
                await connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
