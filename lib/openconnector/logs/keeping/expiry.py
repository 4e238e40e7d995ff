# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which calls the policies let go: questions to the log. Calls that are kept for ever are in none of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from openconnector.logs.keeping.policy import Policies
from openconnector.logs.models import microseconds
from openconnector.logs.questions.clauses import Clause, IsBetween, IsOneOf, IsPinned, Question


@dataclass(frozen=True, slots=True)
class Group:
    """Calls for which the same holds: those of these sources, successful ones or all others, for so many days.

    `sources` are the only ones, or where `is_rest` all but these.
    """

    sources: tuple[UUID, ...]
    is_rest: bool
    is_success: bool
    days: int

    def question(self, at: datetime) -> Question:
        """The calls whose time is over."""
        return asked(
            self.sources, is_success=self.is_success, is_rest=self.is_rest, before=at - timedelta(days=self.days)
        )


def groups_by_age(table: Policies) -> Iterator[Group]:
    """Of each age the calls that it lets go; all sources that say nothing of their own are one group."""
    for is_success in (True, False):
        own: defaultdict[int | None, list[UUID]] = defaultdict(list)
        for source_id in table.own:
            own[table.of(source_id).days(is_success=is_success)].append(source_id)
        common = table.whole.days(is_success=is_success)
        own.pop(common, None)
        for days, sources in own.items():
            if days is not None:
                yield Group(tuple(sources), False, is_success, days)
        if common is not None:
            yield Group(tuple(source for sources in own.values() for source in sources), True, is_success, common)


def asked(
    sources: Iterable[UUID] = (),
    *,
    is_rest: bool = False,
    is_success: bool | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
) -> Question:
    """The calls of these sources (or of all but these) that are not kept for ever, with such an outcome and start."""
    clauses: list[Clause] = [IsPinned(is_pinned=False)]
    names = tuple(str(source) for source in sources)
    if names:
        clauses.append(IsOneOf("source", names, is_negated=is_rest))
    if is_success is not None:
        clauses.append(IsOneOf("outcome", ("success",), is_negated=not is_success))
    if since is not None or before is not None:
        low, high = (None if bound is None else microseconds(bound) for bound in (since, before))
        clauses.append(IsBetween("time", low, high))
    return Question(tuple(clauses))


def without_pinned(question: Question) -> Question:
    """The question without the calls that are kept for ever."""
    return Question((*question.clauses, IsPinned(is_pinned=False)))
