# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two texts compared line by line, by the greedy algorithm of Myers ("An O(ND) Difference Algorithm", 1986).

It takes as many rounds as lines differ, so a bound on the rounds is a bound on time and memory, whatever the texts are.
That of the standard library has no such bound.
"""

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from openconnector.logs.comparison.findings import Findings
from openconnector.logs.comparison.ignoring import IgnoreList

MAX_LINES = 50_000
"""Of each text."""

MAX_ROUNDS = 1000
"""Lines that only one of the texts has. Where there are more, the rest is one removed and one added piece."""

CONTEXT = 3
"""Lines shown around each difference."""


class _Run(NamedTuple):
    """Lines from `base` up to `base_end` and from `other` up to `other_end`: they are alike, or these replace those."""

    base: int
    base_end: int
    other: int
    other_end: int
    are_alike: bool


def compare_lines(base: Sequence[str], other: Sequence[str], ignore: IgnoreList, found: Findings) -> None:
    """Note what is different between two texts, with some lines around it. Paths are `line 12`, in the other text."""
    if max(len(base), len(other)) > MAX_LINES:
        found.is_truncated = True
        base, other = base[:MAX_LINES], other[:MAX_LINES]
    runs = _runs([ignore.plain(line) for line in base], [ignore.plain(line) for line in other], found)
    for number, run in enumerate(runs):
        if run.are_alike:
            _same(run, base, other, found, is_first=number == 0, is_last=number == len(runs) - 1)
        else:
            _replaced(run, base, other, found)
        if found.is_at_end():
            return


def _same(
    run: _Run, base: Sequence[str], other: Sequence[str], found: Findings, *, is_first: bool, is_last: bool
) -> None:
    length = run.base_end - run.base
    for step in range(length):
        here, there = base[run.base + step], other[run.other + step]
        path = f"line {run.other + step + 1}"
        if here != there:
            found.add(path, "ignored", here, there)
        elif (step < CONTEXT and not is_first) or (step >= length - CONTEXT and not is_last):
            found.add(path, "same", here, there)


def _replaced(run: _Run, base: Sequence[str], other: Sequence[str], found: Findings) -> None:
    """Lines of one text in the place of lines of the other: side by side, as far as both have some."""
    for step in range(max(run.base_end - run.base, run.other_end - run.other)):
        at_base, at_other = run.base + step, run.other + step
        here = base[at_base] if at_base < run.base_end else None
        there = other[at_other] if at_other < run.other_end else None
        if found.is_at_end():
            return
        if there is None:
            found.add(f"line {at_base + 1}", "removed", here, None)
        else:
            found.add(f"line {at_other + 1}", "added" if here is None else "changed", here, there)


def _runs(base: list[str], other: list[str], found: Findings) -> list[_Run]:
    """The whole of both texts as alternating runs."""
    start = 0
    while start < min(len(base), len(other)) and base[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(base), len(other)) - start and base[-1 - end] == other[-1 - end]:
        end += 1
    base_end, other_end = len(base) - end, len(other) - end
    matches = _matches(base[start:base_end], other[start:other_end], found)
    runs = [_Run(0, start, 0, start, are_alike=True)] if start else []
    at_base, at_other = start, start
    for match_base, match_other, length in [*matches, (base_end - start, other_end - start, end)]:
        here, there = match_base + start, match_other + start
        if at_base < here or at_other < there:
            runs.append(_Run(at_base, here, at_other, there, are_alike=False))
        if length:
            runs.append(_Run(here, here + length, there, there + length, are_alike=True))
        at_base, at_other = here + length, there + length
    return runs


def _matches(base: list[str], other: list[str], found: Findings) -> list[tuple[int, int, int]]:
    """Where both have the same lines: position in each, and how many, in order. None where that takes too long."""
    numbers: dict[str, int] = {}
    first = [numbers.setdefault(line, len(numbers)) for line in base]
    second = [numbers.setdefault(line, len(numbers)) for line in other]
    rounds = min(len(first) + len(second), MAX_ROUNDS)
    furthest = array("i", [0]) * (2 * rounds + 3)
    trace: list[array[int]] = []
    for round_ in range(rounds + 1):
        # Before each round, how far every diagonal from `-round_ - 1` to `round_ + 1` had come.
        trace.append(furthest[rounds - round_ : rounds + round_ + 3])
        for diagonal in range(-round_, round_ + 1, 2):
            at = rounds + 1 + diagonal
            here = furthest[at + 1] if _goes_down(furthest, at, diagonal, round_) else furthest[at - 1] + 1
            there = here - diagonal
            while here < len(first) and there < len(second) and first[here] == second[there]:
                here, there = here + 1, there + 1
            furthest[at] = here
            if here >= len(first) and there >= len(second):
                return _traced(trace, len(first), len(second))
            if found.deadline.is_over():
                found.is_truncated = True
                return []
    found.is_truncated = True
    return []


def _goes_down(furthest: "array[int]", at: int, diagonal: int, round_: int) -> bool:
    """Whether a diagonal is reached by a line of the other text, and not by one of the base."""
    return diagonal == -round_ or (diagonal != round_ and furthest[at - 1] < furthest[at + 1])


def _traced(trace: list["array[int]"], here: int, there: int) -> list[tuple[int, int, int]]:
    """The way back through the rounds."""
    found: list[tuple[int, int, int]] = []
    for round_ in range(len(trace) - 1, -1, -1):
        furthest, diagonal = trace[round_], here - there
        at = round_ + 1 + diagonal
        goes_down = _goes_down(furthest, at, diagonal, round_)
        before = furthest[at + 1] if goes_down else furthest[at - 1]
        start = before + (not goes_down) if round_ else 0
        if here > start:
            found.append((start, start - diagonal, here - start))
        here, there = before, before - (diagonal + 1 if goes_down else diagonal - 1)
    return found[::-1]
