# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A question asked of one block: which of its calls match, by algebra on bitmaps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyroaring import BitMap

from openconnector.logs.index.block import bucket_of
from openconnector.logs.index.leaves import equals
from openconnector.logs.index.readers import EncodedReader, MemoryBlock, Searchable
from openconnector.logs.index.terms import CallFacts, leaf_term, normal_path, path_term, term, word_term
from openconnector.logs.index.truth import verify
from openconnector.logs.questions.clauses import (
    AnyOf,
    Clause,
    HasField,
    HasText,
    IsBetween,
    IsOneOf,
    IsPinned,
    Question,
)

__all__ = [
    "CallFacts",
    "EncodedReader",
    "Matching",
    "MemoryBlock",
    "Searchable",
    "by_duration",
    "matching",
    "verify",
    "wanted_buckets",
]


@dataclass(frozen=True, slots=True)
class Matching:
    """`candidates` hold every clause that is not in `unverified`, and no call that matches is missing.

    `unverified` are for `verify`: phrases, comparisons of fields other than with `=` and `exists`, and those of one
    item of an array.
    """

    candidates: BitMap
    unverified: tuple[Clause, ...]


def matching(
    question: Question, block: Searchable, *, pinned: BitMap | None = None, ids: Mapping[str, int] | None = None
) -> Matching:
    """Which calls of a block match.

    `pinned`: the offsets of calls that are kept for ever; `ids`: the offset of each call in the block that the question
    names by its id.
    """
    candidates = block.present
    for clause in question.clauses:
        if not candidates:
            break
        if is_decided(clause) or not _is_negated(clause):
            candidates = candidates & _found(clause, block, pinned or BitMap(), ids or {})
    return Matching(candidates, tuple(clause for clause in question.clauses if not is_decided(clause)))


def _is_negated(clause: Clause) -> bool:
    return not isinstance(clause, IsPinned | AnyOf) and clause.is_negated


def _found(clause: Clause, block: Searchable, pinned: BitMap, ids: Mapping[str, int]) -> BitMap:
    """The calls for which a clause holds, or may hold where bitmaps do not decide it."""
    match clause:
        case AnyOf(clauses):
            return BitMap().union(*(_found(one, block, pinned, ids) for one in clauses))
        case IsPinned():
            found = pinned
        case IsBetween(column, low, high):
            found = block.between(column, low, high)
        case IsOneOf("id", values):
            found = BitMap([ids[value] for value in values if value in ids])
        case _:
            found = _with_terms(clause, block)
    is_negated = not clause.is_pinned if isinstance(clause, IsPinned) else clause.is_negated
    return block.present - found if is_negated else found


def is_decided(clause: Clause) -> bool:
    """Whether bitmaps answer a clause; otherwise they give candidates at most."""
    match clause:
        case HasText(is_phrase=True, words=words):
            return len(words) <= 1
        case HasField(operator=operator, items=items):
            return operator in ("=", "exists") and not items
        case _:
            return True


def _with_terms(clause: IsOneOf | HasText | HasField, block: Searchable) -> BitMap:
    found = block.present
    for some in _terms(clause):
        if not found:
            break
        found = found & BitMap().union(*map(block.find, some))
    return found


def _terms(clause: IsOneOf | HasText | HasField) -> Iterator[list[int]]:
    """What a clause looks for: of each list, a call has one term at least."""
    match clause:
        case IsOneOf("path", values):
            yield [term("path", normal_path(value)) for value in values]
        case IsOneOf(field, values):
            yield [term(field, value) for value in values]
        case HasText(words=words):
            for word in dict.fromkeys(words):
                yield [word_term(word)]
        case HasField(path, "=", value):
            yield [leaf_term(path, text) for text in equals(value)]
        case HasField(path):
            yield [path_term(path)]


def wanted_buckets(question: Question, blocks: Sequence[EncodedReader]) -> set[int]:
    """The parts that `matching` reads of these blocks, which are all of one level: to fetch them in one go."""
    buckets: set[int] = set()
    for clause in question.clauses if blocks else ():
        buckets |= _wanted(clause, blocks)
    return buckets


def _wanted(clause: Clause, blocks: Sequence[EncodedReader]) -> set[int]:
    match clause:
        case AnyOf(clauses):
            return set().union(*(_wanted(one, blocks) for one in clauses))
        case IsBetween(column, low, high):
            return set().union(*(block.wanted(column, low, high) for block in blocks))
        case IsPinned() | IsOneOf("id"):
            return set()
        case _ if clause.is_negated and not is_decided(clause):
            return set()
        case _:
            return {bucket_of(wanted, blocks[0].level) for some in _terms(clause) for wanted in some}


def by_duration(block: Searchable, matched: BitMap, *, is_descending: bool) -> Iterator[BitMap]:
    """Calls of `matched` in groups of similar duration, the longest (shortest) first; empty groups are left out.

    Within a group the order is not known; no call of a group belongs behind one of the next.
    """
    for group in block.by_duration(is_descending=is_descending):
        found = group & matched
        if found:
            yield found
