# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a clean-up would remove, if other settings held. Calls are counted; bytes are projected from averages.

A limit is looked at as an age: the log is in the order of time, so what exceeds it began before some moment. That
moment is searched by counting.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from openconnector.core.clock import stopwatch
from openconnector.core.retention import Retention
from openconnector.logs.answers import Answers
from openconnector.logs.keeping import totals
from openconnector.logs.keeping.expiry import asked
from openconnector.logs.keeping.models import BodyCut
from openconnector.logs.keeping.policy import NOTHING_SAID, Policies, Policy
from openconnector.logs.keeping.schemas import CleanUpPreview, SourceRemoval
from openconnector.logs.keeping.totals import Total
from openconnector.logs.models import CallLog, moment

BUDGET_MS = 400
"""How long sources are told one by one, beginning with those that have the most calls. The sums are of all of them."""

STEPS = 16
"""Halvings of the search for a moment: a year, to within ten minutes."""

SAMPLE = 100
"""Calls that are looked at for what their bodies take on average."""


@dataclass(frozen=True, slots=True)
class Removal:
    """Calls that would go, calls that would lose their bodies, and the bytes of both."""

    calls: int = 0
    bodies: int = 0
    bytes: int = 0

    def __add__(self, other: "Removal") -> "Removal":
        return Removal(self.calls + other.calls, self.bodies + other.bodies, self.bytes + other.bytes)


@dataclass(frozen=True, slots=True)
class _Group:
    """Sources for which the same holds. What began before `limit` exceeds a limit."""

    sources: tuple[UUID, ...]
    policy: Policy
    total: Total
    limit: datetime | None = None

    def cut(self, at: datetime, *, is_success: bool) -> datetime | None:
        """What began before goes; None: nothing goes."""
        days = self.policy.days(is_success=is_success)
        by_age = None if days is None else at - timedelta(days=days)
        return max((cut for cut in (by_age, self.limit) if cut is not None), default=None)


def with_settings(table: Policies, wanted: Retention, source_id: UUID | None) -> Policies:
    """The table as if these settings were those of all, or of one source."""
    if source_id is None:
        return replace(table, wide=replace(table.wide, retention=wanted))
    own = replace(table.own.get(source_id, NOTHING_SAID), retention=wanted)
    return replace(table, own={**table.own, source_id: own})


class Preview:
    """Looks at the log of one session, for a clean-up at one moment."""

    def __init__(self, session: Session, answers: Answers, table: Policies, at: datetime) -> None:
        self._session = session
        self._answers = answers
        self._table = table
        self._at = at
        self._totals = totals.by_source(session)
        self._cuts = {(cut.source_id, cut.is_success): cut for cut in session.scalars(select(BodyCut))}
        self._body_bytes: dict[tuple[UUID, ...], int] = {}

    def read(self, only: UUID | None = None) -> CleanUpPreview:
        """What would be removed, of all sources or of one."""
        groups = [group for group in self._limited(self._groups()) if only is None or group.sources == (only,)]
        removals = [(group, self._removal(group)) for group in groups]
        whole = sum((removal for _, removal in removals), Removal())
        return CleanUpPreview(
            calls=whole.calls,
            bodies=whole.bodies,
            bytes=whole.bytes,
            oldest_kept_at=min((kept for group in groups if (kept := self._oldest_kept(group))), default=None),
            sources=self._each(removals),
        )

    def _groups(self) -> list[_Group]:
        together: defaultdict[tuple[Policy, UUID | None], list[UUID]] = defaultdict(list)
        for source_id in self._totals:
            policy = self._table.of(source_id)
            is_alone = source_id in self._table.own
            together[policy, source_id if is_alone else None].append(source_id)
        return [
            _Group(tuple(sources), policy, sum((self._totals[one] for one in sources), Total()))
            for (policy, _), sources in together.items()
        ]

    def _limited(self, groups: list[_Group]) -> list[_Group]:
        """The groups with what the limits let go: first those of sources, then those of the whole log."""
        limited = []
        for group in groups:
            limit = self._limit([group], group.total, group.policy)
            limited.append(replace(group, limit=limit))
        limit = self._limit(limited, totals.whole(self._session), self._table.whole)
        if limit is None:
            return limited
        return [replace(group, limit=max(group.limit or limit, limit)) for group in limited]

    def _limit(self, groups: list[_Group], total: Total, policy: Policy) -> datetime | None:
        """Before which moment calls must go, beside those that go for their age, to keep the limits of a policy."""
        if (policy.max_calls is None and policy.max_bytes is None) or not total.calls:
            return None
        gone = self._calls(groups)
        average = total.bytes / total.calls
        by_calls = 0 if policy.max_calls is None else total.calls - policy.max_calls
        by_bytes = 0 if policy.max_bytes is None else (total.bytes - policy.max_bytes) / average if average else 0
        wanted = max(by_calls, by_bytes)
        if wanted <= gone:
            return None
        low, high = self._oldest(), self._at + timedelta(seconds=1)
        for _ in range(STEPS):
            middle = low + (high - low) / 2
            if self._calls([replace(group, limit=max(group.limit or middle, middle)) for group in groups]) < wanted:
                low = middle
            else:
                high = middle
        return high

    def _calls(self, groups: list[_Group]) -> int:
        return sum(self._gone(group, is_success=is_success) for group in groups for is_success in (True, False))

    def _gone(self, group: _Group, *, is_success: bool) -> int:
        cut = group.cut(self._at, is_success=is_success)
        if cut is None:
            return 0
        return self._count(group, is_success, None, cut)

    def _count(self, group: _Group, is_success: bool, since: datetime | None, before: datetime) -> int:
        if since is not None and since >= before:
            return 0
        question = asked(group.sources, is_success=is_success, since=since, before=before)
        return self._answers.count(self._session, question).total

    def _removal(self, group: _Group) -> Removal:
        calls, bodies = 0, 0
        for is_success in (True, False):
            calls += self._gone(group, is_success=is_success)
            days = group.policy.body_days(is_success=is_success)
            if days is not None:
                cuts = [self._cuts.get((source_id, is_success)) for source_id in group.sources]
                done = min((moment(cut.before_at) if cut else _BEGINNING for cut in cuts), default=_BEGINNING)
                cut = group.cut(self._at, is_success=is_success) or _BEGINNING
                bodies += self._count(group, is_success, max(cut, done), self._at - timedelta(days=days))
        size = round(calls * group.total.bytes / group.total.calls) if group.total.calls else 0
        return Removal(calls, bodies, size + bodies * (self._bytes_of_bodies(group) if bodies else 0))

    def _bytes_of_bodies(self, group: _Group) -> int:
        """What bodies take of a call, on average over some of the latest."""
        if group.sources not in self._body_bytes:
            numbers = self._answers.numbers(self._session, asked(group.sources), limit=SAMPLE)
            of_bodies = func.avg(CallLog.stored_bytes - func.length(CallLog.details))
            average = self._session.scalar(
                select(of_bodies).where(CallLog.number.in_(numbers), CallLog.bodies.is_not(None))
            )
            self._body_bytes[group.sources] = round(average or 0)
        return self._body_bytes[group.sources]

    def _each(self, removals: list[tuple[_Group, Removal]]) -> list[SourceRemoval]:
        """The sources that would lose something, the largest first, as many as can be looked at in time."""
        deadline = stopwatch() + BUDGET_MS
        found = []
        affected = [
            (group, source_id) for group, removal in removals if removal != Removal() for source_id in group.sources
        ]
        for group, source_id in sorted(affected, key=lambda one: -self._totals[one[1]].calls):
            if stopwatch() > deadline:
                break
            alone = replace(group, sources=(source_id,), total=self._totals[source_id])
            removal = self._removal(alone)
            if removal != Removal():
                found.append((source_id, removal))
        names = self._names([source_id for source_id, _ in found])
        return [
            SourceRemoval(
                source_id=source_id,
                source_name=names.get(source_id, ""),
                calls=removal.calls,
                bodies=removal.bodies,
                bytes=removal.bytes,
            )
            for source_id, removal in sorted(found, key=lambda one: -one[1].bytes)
        ]

    def _names(self, sources: list[UUID]) -> dict[UUID, str]:
        """The names as the latest calls of the sources have them."""
        names = {}
        for source_id in sources:
            latest = self._answers.numbers(self._session, asked([source_id]), limit=1)
            name = self._session.scalar(select(CallLog.source_name).where(CallLog.number.in_(latest)))
            names[source_id] = name or ""
        return names

    def _oldest(self) -> datetime:
        first = self._session.scalar(select(CallLog.started_at).order_by(CallLog.number).limit(1))
        return min(first or self._at, self._at - timedelta(days=366))

    def _oldest_kept(self, group: _Group) -> datetime | None:
        kept: list[datetime] = []
        for is_success in (True, False):
            question = asked(group.sources, is_success=is_success, since=group.cut(self._at, is_success=is_success))
            numbers = self._answers.numbers(self._session, question, sort="time", limit=1)
            kept += self._session.scalars(select(CallLog.started_at).where(CallLog.number.in_(numbers)))
        return min(kept, default=None)


_BEGINNING = moment(0)
