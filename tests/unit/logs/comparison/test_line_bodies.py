# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two texts, line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.logs.comparison.findings import Deadline, Findings
from openconnector.logs.comparison.ignoring import IgnoreList
from openconnector.logs.comparison.line_bodies import _runs, compare_lines

LINES = st.lists(st.sampled_from("abcd"), max_size=30)


def compared(base: str, other: str, ignore: str = "") -> list[tuple[str, str, str | None, str | None]]:
    found = Findings(Deadline(5))
    compare_lines(base.split(), other.split(), IgnoreList(ignore), found)
    return [(one.path, one.change, one.base, one.other) for one in found.differences]


def test_a_replaced_line_stands_beside_the_new_one_with_lines_around() -> None:
    assert compared("1 2 3 4 5 x 6 7 8 9 0", "1 2 3 4 5 y 6 7 8 9 0") == [
        ("line 3", "same", "3", "3"),
        ("line 4", "same", "4", "4"),
        ("line 5", "same", "5", "5"),
        ("line 6", "changed", "x", "y"),
        ("line 7", "same", "6", "6"),
        ("line 8", "same", "7", "7"),
        ("line 9", "same", "8", "8"),
    ]


def test_lines_that_were_put_in_do_not_change_the_others() -> None:
    assert [one for one in compared("a b c", "new a b c end") if one[1] != "same"] == [
        ("line 1", "added", None, "new"),
        ("line 5", "added", None, "end"),
    ]


def test_lines_that_differ_in_a_date_are_ignored() -> None:
    assert compared("x 2026-11-27T12:00:00Z y", "x 2026-11-28T12:00:00Z y", "dates") == [
        ("line 2", "ignored", "2026-11-27T12:00:00Z", "2026-11-28T12:00:00Z")
    ]


@given(LINES, LINES)
def test_the_runs_make_both_texts(base: list[str], other: list[str]) -> None:
    runs = _runs(base, other, Findings(Deadline(5)))

    assert [line for run in runs for line in base[run.base : run.base_end]] == base
    assert [line for run in runs for line in other[run.other : run.other_end]] == other
    for run in runs:
        assert run.are_alike == (base[run.base : run.base_end] == other[run.other : run.other_end])


@given(LINES, LINES)
def test_no_more_lines_differ_than_have_to(base: list[str], other: list[str]) -> None:
    runs = _runs(base, other, Findings(Deadline(5)))
    alike = sum(run.base_end - run.base for run in runs if run.are_alike)

    assert alike == _longest_common(base, other)


def _longest_common(base: list[str], other: list[str]) -> int:
    row = [0] * (len(other) + 1)
    for here in base:
        before = row
        row = [0]
        for at, there in enumerate(other):
            row.append(before[at] + 1 if here == there else max(before[at + 1], row[-1]))
    return row[-1]


@pytest.mark.timeout(60)
def test_texts_without_a_line_in_common_take_no_longer() -> None:
    found = Findings(Deadline(2))
    compare_lines([f"a{n}" for n in range(50_000)], [f"b{n}" for n in range(50_000)], IgnoreList(""), found)

    assert found.is_truncated
    assert len(found.differences) == 2000
