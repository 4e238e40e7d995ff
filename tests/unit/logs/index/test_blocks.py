# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Questions asked of blocks of every kind, against what the clauses mean."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from openconnector.logs.index.block import SHIFTS, BlockBuilder, EncodedBlock, bucket_of
from openconnector.logs.index.evaluate import (
    EncodedReader,
    MemoryBlock,
    Searchable,
    by_duration,
    matching,
    verify,
    wanted_buckets,
)
from openconnector.logs.index.merge import merge
from openconnector.logs.index.terms import CallFacts, term
from openconnector.logs.questions.clauses import Clause, HasText, IsBetween, IsOneOf, Question
from tests.unit.logs.index.calls import clauses, facts, questions

BLOCK = 5


@st.composite
def numbered(draw: st.DrawFn, first: int, size: int) -> list[CallFacts]:
    """Calls at some of the numbers of a block."""
    kinds = draw(st.lists(facts(), min_size=1, max_size=4))
    offsets = draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=12, unique=True))
    if draw(st.booleans()):
        start = draw(st.integers(0, size - 20))
        offsets = list(dict.fromkeys([*offsets, *range(start, start + 20)]))
    return [
        replace(draw(st.sampled_from(kinds)), number=first + offset, id=f"id-{first + offset}", started_at=offset * 7)
        if offset % 3
        else replace(draw(st.sampled_from(kinds)), number=first + offset, id=f"id-{first + offset}")
        for offset in sorted(offsets)
    ]


def built(level: int, block: int, calls: Iterable[CallFacts]) -> EncodedBlock:
    builder = BlockBuilder(level, block)
    for call in calls:
        builder.add(call)
    return builder.build()


def reader(block: EncodedBlock, present: BitMap | None = None) -> EncodedReader:
    return EncodedReader(
        block.level,
        block.block,
        first_at=block.first_at,
        last_at=block.last_at,
        present=block.present if present is None else present,
        summary=block.summary,
        part=block.parts.get,
    )


def asked(question: Question, block: Searchable, calls: Sequence[CallFacts]) -> set[int]:
    """The numbers that the block gives, with the clauses verified that it leaves open."""
    first = block.first_number
    pinned = BitMap([call.number - first for call in calls if call.is_pinned])
    found = matching(question, block, pinned=pinned, ids={call.id: call.number - first for call in calls})
    by_offset = {call.number - first: call for call in calls}
    return {
        first + offset
        for offset in found.candidates
        if all(verify(clause, by_offset[offset]) for clause in found.unverified)
    }


def expected(question: Question, calls: Iterable[CallFacts]) -> set[int]:
    return {call.number for call in calls if all(verify(clause, call) for clause in question.clauses)}


@settings(deadline=None)
@given(numbered(1000, 256), questions)
def test_calls_in_memory_answer_as_the_clauses_say(calls: list[CallFacts], question: Question) -> None:
    block = MemoryBlock(1000)
    for call in calls:
        block.add(call)
    gone = calls.pop()
    block.discard(gone.number)
    assert asked(question, block, calls) == expected(question, calls)


@pytest.mark.parametrize("level", [0, 1, 2])
@settings(deadline=None)
@given(data=st.data(), question=questions)
def test_a_stored_block_answers_as_the_clauses_say(level: int, data: st.DataObject, question: Question) -> None:
    calls = data.draw(numbered(BLOCK << SHIFTS[level], 1 << SHIFTS[level]))
    block = built(level, BLOCK, calls)
    assert block.live == len(calls)
    assert asked(question, reader(block), calls) == expected(question, calls)


@pytest.mark.parametrize("level", [0, 1])
@settings(max_examples=60, deadline=None)
@given(data=st.data(), some=st.lists(clauses, min_size=1, max_size=8))
def test_a_merged_block_answers_for_the_calls_that_are_left(
    level: int, data: st.DataObject, some: list[Clause]
) -> None:
    places = data.draw(st.lists(st.integers(0, 15), min_size=1, max_size=4, unique=True))
    children, left = [], []
    for place in sorted(places):
        number = BLOCK << 4 | place
        calls = data.draw(numbered(number << SHIFTS[level], 1 << SHIFTS[level]))
        child = built(level, number, calls)
        kept = [call for call in calls if data.draw(st.booleans())]
        present = BitMap([call.number - (number << SHIFTS[level]) for call in kept])
        children.append(replace(child, present=present.serialize(), live=len(kept)))
        left += kept
    parent = merge(children)
    assert parent.live == len(left)
    if not left:
        assert parent.parts == {}
        return
    assert parent == built(level + 1, BLOCK, left)
    for clause in some:
        question = Question((clause,))
        assert asked(question, reader(parent), left) == expected(question, left)


@settings(deadline=None)
@given(data=st.data())
def test_merging_and_building_give_the_same_block(data: st.DataObject) -> None:
    calls = data.draw(numbered(BLOCK << 12, 1 << 12))
    children: dict[int, list[CallFacts]] = {}
    for call in calls:
        children.setdefault(call.number >> 8, []).append(call)
    assert merge([built(0, number, some) for number, some in children.items()]) == built(1, BLOCK, calls)


@settings(max_examples=40, deadline=None)
@given(numbered(BLOCK << 12, 1 << 12), questions)
def test_nothing_is_read_that_was_not_said_before(calls: list[CallFacts], question: Question) -> None:
    block = built(1, BLOCK, calls)
    wanted = wanted_buckets(question, [reader(block)])
    read: set[int] = set()

    def part(bucket: int) -> bytes | None:
        read.add(bucket)
        return block.parts.get(bucket)

    asking = reader(block)
    asking._part = part
    matching(question, asking)
    assert read <= wanted


@settings(deadline=None)
@given(numbered(BLOCK << 8, 256), st.booleans())
def test_groups_by_duration_are_in_order_and_complete(calls: list[CallFacts], is_descending: bool) -> None:
    memory = MemoryBlock(BLOCK << 8)
    for call in calls:
        memory.add(call)
    durations = {call.number - (BLOCK << 8): min(max(call.duration, 0), 10**15) for call in calls}
    matched = BitMap(list(durations)[::2])
    for block in (memory, reader(built(0, BLOCK, calls))):
        groups = list(by_duration(block, matched, is_descending=is_descending))
        assert BitMap().union(*groups) == matched
        assert sum(map(len, groups)) == len(matched)
        for group, after in pairwise(groups):
            if is_descending:
                assert min(durations[at] for at in group) >= max(durations[at] for at in after)
            else:
                assert max(durations[at] for at in group) <= min(durations[at] for at in after)


def like(number: int, **changes: object) -> CallFacts:
    call = CallFacts(
        number=number,
        id=str(number),
        source="s",
        status=200,
        outcome="success",
        error=None,
        method="GET",
        trigger="job",
        trigger_id=None,
        user=None,
        url="https://a.example/b",
        started_at=number,
        duration=1000,
        size=10,
        texts=["same words everywhere"],
    )
    return replace(call, **changes)  # type: ignore[arg-type]


def test_calls_that_are_all_the_same_take_few_bytes() -> None:
    block = built(0, 0, [like(number) for number in range(256)])
    parts = sum(len(data) for bucket, data in block.parts.items() if bucket >= 0)
    terms = 3 + 1 + 2 + 1 + 1 + 1 + 1 + 2  # words; source, status and class, outcome, method, trigger, host, paths
    assert parts < terms * 40 + 4 * 60
    assert reader(block).find(term("status", "2xx")) == BitMap(range(256))


def test_calls_that_are_all_different_are_found_each() -> None:
    calls = [like(number, user=f"u{number}", duration=number**6, texts=[f"word{number}"]) for number in range(256)]
    block = reader(built(0, 0, calls))
    for number in range(256):
        for clause in (
            IsOneOf("user", (f"u{number}",)),
            HasText(f"word{number}", (f"word{number}",)),
            IsBetween("duration", number**6, (number + 1) ** 6),
            IsBetween("time", number, number + 1),
        ):
            assert list(matching(Question((clause,)), block).candidates) == [number]


def blocks_of(calls: list[CallFacts]) -> list[Searchable]:
    memory = MemoryBlock(0)
    for call in calls:
        memory.add(call)
    return [memory, reader(built(0, 0, calls)), reader(merge([built(0, 0, calls)]))]


def test_bounds_are_exact_beside_every_key() -> None:
    edges = [0, 1, 9, 10, 11, 99, 100, 101, 109, 110, 111, 999, 1000, 1299, 1300, 1301, 9999, 10_000, 10**6, 10**15]
    calls = [like(number, duration=edge, size=edge) for number, edge in enumerate(edges * 2)]
    for block in blocks_of(calls):
        for low in [None, *edges]:
            for high in [None, *edges]:
                for column in ("duration", "size"):
                    clause = IsBetween(column, low, high)
                    assert asked(Question((clause,)), block, calls) == expected(Question((clause,)), calls), clause


def test_words_of_a_phrase_in_another_order_are_no_phrase() -> None:
    texts = [["it timed out"], ["out timed"], ["timed", "out"], ["timed"], []]
    calls = [like(number, texts=some) for number, some in enumerate(texts)]
    for block in blocks_of(calls):
        for is_negated, found in ((False, {0}), (True, {1, 2, 3, 4})):
            phrase = HasText("timed out", ("timed", "out"), is_phrase=True, is_negated=is_negated)
            assert asked(Question((phrase,)), block, calls) == found
        assert asked(Question((HasText("timed out", ("timed", "out")),)), block, calls) == {0, 1, 2}


def test_a_block_takes_no_call_of_another() -> None:
    with pytest.raises(ValueError, match="not in block 1"):
        BlockBuilder(0, 1).add(like(255))


def test_terms_at_the_borders_have_buckets() -> None:
    assert [bucket_of(0, level) for level in (0, 1, 2)] == [0, 0, 0]
    assert [bucket_of(2**64 - 1, level) for level in (0, 1, 2)] == [3, 63, 1023]
