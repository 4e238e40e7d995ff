# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The percentile sketch against the durations themselves."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openconnector.logs.statistics.sketch import BUCKETS, RELATIVE_ERROR, VALUES, Sketch, bucket_of, pieces_in

durations = st.floats(min_value=0.01, max_value=86_400_000)
some = st.lists(durations, min_size=1, max_size=300)
counts = st.dictionaries(st.integers(0, BUCKETS - 1), st.integers(1, 10**9), max_size=BUCKETS)


def sketch_of(values: list[float]) -> Sketch:
    sketch = Sketch()
    for value in values:
        sketch.add(value)
    return sketch


def sketch_with(numbers: dict[int, int]) -> Sketch:
    return Sketch([numbers.get(bucket, 0) for bucket in range(BUCKETS)])


@given(durations)
@example(0.01)
@example(86_400_000.0)
def test_a_duration_is_taken_for_one_within_two_percent(duration: float) -> None:
    assert VALUES[bucket_of(duration)] == pytest.approx(duration, rel=RELATIVE_ERROR * 1.0001)


@given(some, st.floats(0, 1))
def test_a_quantile_is_within_two_percent_of_the_exact_one(values: list[float], quantile: float) -> None:
    exact = sorted(values)[int(quantile * (len(values) - 1))]
    assert sketch_of(values).quantile(quantile) == pytest.approx(exact, rel=RELATIVE_ERROR * 1.0001)


@pytest.mark.parametrize("duration", [0, -1, 1e-9, float("nan"), float("inf"), 1e300])
def test_what_is_no_duration_does_not_stop_the_count(duration: float) -> None:
    assert bucket_of(duration) == (BUCKETS - 1 if duration > 1 else 0)


@given(some, some)
def test_merging_is_the_same_as_adding_everything_to_one(first: list[float], second: list[float]) -> None:
    merged = sketch_of(first)
    merged.merge(sketch_of(second))
    assert merged.counts == sketch_of(first + second).counts
    assert merged.total == len(first) + len(second)


@given(counts)
@example(dict.fromkeys(range(BUCKETS), 255))
@example(dict.fromkeys(range(BUCKETS), 256))
@example({0: 2**40, 300: 1, BUCKETS - 1: 2**16})
def test_bytes_become_the_same_sketch_again(numbers: dict[int, int]) -> None:
    sketch = sketch_with(numbers)
    assert Sketch.from_bytes(sketch.to_bytes()).counts == sketch.counts


@given(st.lists(counts, max_size=5))
def test_bytes_joined_are_the_sum(sketches: list[dict[int, int]]) -> None:
    joined = b"".join(sketch_with(one).to_bytes() for one in sketches)
    sums = [sum(one.get(bucket, 0) for one in sketches) for bucket in range(BUCKETS)]
    assert Sketch.from_bytes(joined).counts == sums
    assert pieces_in(joined) == sum(pieces_in(sketch_with(one).to_bytes()) for one in sketches)


@given(counts, counts)
def test_what_was_added_can_be_taken_away(first: dict[int, int], second: dict[int, int]) -> None:
    sketch = sketch_with(first)
    sketch.merge_bytes(sketch_with(second).to_bytes())
    sketch.merge_bytes(sketch_with(first).to_bytes(), -1)
    assert sketch.counts == sketch_with(second).counts


def test_an_empty_sketch_has_no_bytes_and_no_quantile() -> None:
    assert Sketch().to_bytes() == b""
    assert Sketch().quantiles(0, 0.5, 1) == [None, None, None]


def test_a_call_takes_five_bytes_and_ten_thousand_take_some_hundred() -> None:
    assert len(sketch_of([17.0]).to_bytes()) == 5
    assert len(sketch_of([1.001**n for n in range(10_000)]).to_bytes()) < 1200


@given(st.binary(min_size=1, max_size=60))
def test_other_bytes_are_a_sketch_or_are_refused(data: bytes) -> None:
    try:
        sketch = Sketch.from_bytes(data)
    except ValueError:
        return
    assert min(sketch.counts) >= 0


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_sketch_that_was_cut_off_is_refused(cut: int) -> None:
    data = sketch_of([1.0, 2.0, 4.0]).to_bytes()
    assert len(data) == 9
    with pytest.raises(ValueError, match="no sketch"):
        Sketch.from_bytes(data[:-cut])
