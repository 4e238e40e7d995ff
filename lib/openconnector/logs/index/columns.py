# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Durations and sizes as keys of two digits, in decades; and what is known of a block before its parts are read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from openconnector.logs.index.terms import CallFacts
from openconnector.logs.questions.clauses import Column

Measure = Literal["duration", "size"]
MEASURES: tuple[Measure, ...] = ("duration", "size")

EXACT: dict[Column, int] = {"duration": -1, "size": -2, "time": -3}
"""The buckets of the exact values of a column (`index.values`)."""

_DECADES = {"duration": -100, "size": -200}
LARGEST = 10**15
"""Larger values count as this one."""

_LAST_MOMENT = 1 << 60
ALL = 100
"""The key of all calls of a decade, behind those of two digits."""


def value_of(facts: CallFacts, column: Column) -> int | None:
    """What a call has in a column: microseconds, bytes, or microseconds since 1970; within what the index can hold."""
    match column:
        case "duration":
            return min(max(facts.duration, 0), LARGEST)
        case "size":
            return None if facts.size is None else min(max(facts.size, 0), LARGEST)
        case "time":
            return min(max(facts.started_at, -_LAST_MOMENT), _LAST_MOMENT)


def bucket_of_decade(measure: Measure, decade: int) -> int:
    """The bucket of the values with `decade + 1` digits."""
    return _DECADES[measure] - decade


def place_of(value: int) -> tuple[int, int]:
    """Decade and key of a value: its digits less one, and the first two of them (below ten the value itself)."""
    text = str(value)
    return len(text) - 1, int(text[:2])


def width_of(decade: int) -> int:
    """How many values share a key."""
    return int(10 ** max(decade - 1, 0))


@dataclass(slots=True)
class Summary:
    """What a question must know of a block before it reads parts.

    `count`: calls when it was made. `decades`: how many of them have a value in each decade, of each measure.
    `starts`: the earliest and the latest start in each sixteenth of the block (None: no calls).
    """

    count: int = 0
    decades: dict[Measure, dict[int, int]] = field(default_factory=lambda: {"duration": {}, "size": {}})
    starts: Sequence[tuple[int, int] | None] = ()

    def encode(self) -> bytes:
        """As it is stored."""
        decades = {measure: list(map(list, counts.items())) for measure, counts in self.decades.items()}
        known = {"count": self.count, "decades": decades, "starts": self.starts}
        return json.dumps(known, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, data: bytes) -> "Summary":
        """From what `encode` gave."""
        known = json.loads(data)
        decades: Mapping[Measure, list[tuple[int, int]]] = known["decades"]
        return cls(
            known["count"],
            {measure: dict(counts) for measure, counts in decades.items()},
            [None if span is None else (span[0], span[1]) for span in known["starts"]],
        )


@dataclass(frozen=True, slots=True)
class Cut:
    """What of a decade lies between two bounds: the keys that do wholly, and those of which only some values do."""

    decade: int
    whole: range
    partial: tuple[int, ...]

    @property
    def keys(self) -> range:
        """All keys of the decade."""
        return range(10) if self.decade == 0 else range(10, 100)


def cut(decade: int, low: int | None, high: int | None) -> Cut | None:
    """How `low` <= value < `high` cuts a decade; None: not at all."""
    first, last = (0, 9) if decade == 0 else (10, 99)
    width = width_of(decade)
    low = first * width if low is None else max(low, first * width)
    high = (last + 1) * width if high is None else min(high, (last + 1) * width)
    if low >= high:
        return None
    start, end = -(-low // width), high // width
    if start > end:  # both within one key
        return Cut(decade, range(0), (end,))
    partial = [low // width] * (low % width > 0) + [end] * (high % width > 0)
    return Cut(decade, range(start, end), tuple(dict.fromkeys(partial)))
