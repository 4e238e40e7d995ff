# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a question asks, as far as roll-ups can tell: times, sources, outcomes, error types and classes of statuses."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, not_, or_

from openconnector.logs.questions.clauses import AnyOf, Clause, IsBetween, IsOneOf, Question
from openconnector.logs.statistics.models import Rollup

_STATUS_CLASSES = {"none": 0} | {f"{digit}xx": digit for digit in range(1, 6)}


@dataclass(frozen=True, slots=True)
class Kind:
    """What tells apart the roll-ups of one source and time."""

    outcome: str
    error_type: str
    status_class: int


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question about roll-ups.

    Args:
        sources: only those; None: all of them.
        excluded: but not those.
        kinds: clauses about outcome, type of error or class of status.
    """

    sources: frozenset[UUID] | None
    excluded: frozenset[UUID]
    kinds: tuple[IsOneOf | AnyOf, ...]

    def is_about(self, source: UUID) -> bool:
        return source not in self.excluded and (self.sources is None or source in self.sources)

    def admits(self, kind: Kind) -> bool:
        return all(_holds(clause, kind) for clause in self.kinds)

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same about kinds, in SQL."""
        return [_condition(clause) for clause in self.kinds]


def times_of(question: Question) -> tuple[tuple[int | None, int | None], Question]:
    """From when until when a question asks, in microseconds since 1970, and what else it asks."""
    low, high = None, None
    others: list[Clause] = []
    for clause in question.clauses:
        if isinstance(clause, IsBetween) and clause.column == "time" and not clause.is_negated:
            low = max((bound for bound in (low, clause.low) if bound is not None), default=None)
            high = min((bound for bound in (high, clause.high) if bound is not None), default=None)
        else:
            others.append(clause)
    return (low, high), Question(tuple(others))


def known(question: Question) -> KnownQuestion | None:
    """The question without its times, or None where roll-ups cannot answer it."""
    sources: frozenset[UUID] | None = None
    excluded: frozenset[UUID] = frozenset()
    kinds: list[IsOneOf | AnyOf] = []
    for clause in question.clauses:
        if isinstance(clause, IsOneOf) and clause.field == "source":
            ids = frozenset(map(UUID, clause.values))
            if clause.is_negated:
                excluded |= ids
            else:
                sources = ids if sources is None else sources & ids
        elif isinstance(clause, IsOneOf | AnyOf) and _is_of_kinds(clause):
            kinds.append(clause)
        else:
            return None
    if sources is not None:
        sources, excluded = sources - excluded, frozenset()
    return KnownQuestion(sources, excluded, tuple(kinds))


def within(question: Question, since: float, until: float) -> Question:
    """The question about calls that started from `since` until before `until`, in seconds since 1970."""
    return Question((*question.clauses, IsBetween("time", int(since * 1_000_000), int(until * 1_000_000))))


def _is_of_kinds(clause: IsOneOf | AnyOf) -> bool:
    if isinstance(clause, AnyOf):
        return all(map(_is_of_kinds, clause.clauses))
    if clause.field == "status":
        return all(value in _STATUS_CLASSES for value in clause.values)
    return clause.field in ("outcome", "error")


def _holds(clause: IsOneOf | AnyOf, kind: Kind) -> bool:
    if isinstance(clause, AnyOf):
        return any(_holds(one, kind) for one in clause.clauses)
    match clause.field:
        case "status":
            found = kind.status_class in _classes(clause.values)
        case "outcome":
            found = kind.outcome in clause.values
        case _:
            found = kind.error_type in clause.values
    return found is not clause.is_negated


def _condition(clause: IsOneOf | AnyOf) -> ColumnElement[bool]:
    if isinstance(clause, AnyOf):
        return or_(*map(_condition, clause.clauses))
    match clause.field:
        case "status":
            found = Rollup.status_class.in_(_classes(clause.values))
        case "outcome":
            found = Rollup.outcome.in_(clause.values)
        case _:
            found = Rollup.error_type.in_(clause.values)
    return not_(found) if clause.is_negated else found


def _classes(values: Sequence[str]) -> list[int]:
    return [_STATUS_CLASSES[value] for value in values]
