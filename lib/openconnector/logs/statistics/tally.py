# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Counts for the pictures: from roll-ups and from single calls alike."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple, get_args
from uuid import UUID

from openconnector.core.outcome import Outcome
from openconnector.logs.statistics.bars import Bars
from openconnector.logs.statistics.paths import path_of
from openconnector.logs.statistics.schemas import Latency, StatisticsPoint
from openconnector.logs.statistics.sketch import VALUES, Sketch

HEAT_BOUNDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000)
"""Upper bounds of all rows of the heat map but the last, in milliseconds."""

_LAST_BOUND = 3_600_000
_CUTS = (0, *(bisect_right(VALUES, bound) for bound in HEAT_BOUNDS), len(VALUES))
_ROWS = [slice(low, high) for low, high in pairwise(_CUTS)]
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


class CallFigures(NamedTuple):
    """Of a call, what the statistics need."""

    at: float
    """Seconds since 1970."""
    duration_ms: float
    outcome: str
    error_type: str | None
    status_code: int | None
    response_size: int | None
    source_id: UUID
    source_name: str
    method: str
    url: str


class Share:
    """What one source, or one path of it, has of the calls."""

    __slots__ = ("calls", "errors", "sketch")

    def __init__(self) -> None:
        self.calls = 0
        self.errors = 0
        self.sketch = Sketch()


Weighted = Iterable[tuple[CallFigures, int]]
"""Calls, and for how many each stands."""


def weighted(calls: Sequence[CallFigures], total: int | None = None) -> Iterator[tuple[CallFigures, int]]:
    """Calls that stand for `total` together, as evenly as whole numbers can be; or else each for itself."""
    n = len(calls)
    for index, call in enumerate(calls):
        yield call, 1 if total is None else total * (index + 1) // n - total * index // n


class Tally:
    """The counts for some bars."""

    def __init__(self, bars: Bars) -> None:
        self.bars = bars
        self.response_bytes = 0
        self.errors_by_type: Counter[str] = Counter()
        self.sketches = [Sketch() for _ in range(bars.count)]
        self._outcomes: list[dict[str, int]] = [{} for _ in range(bars.count)]

    def add(self, index: int, outcome: str, error_type: str | None, calls: int, response_bytes: int) -> None:
        """Count calls of one kind in one bar. Their durations go into its sketch."""
        outcomes = self._outcomes[index]
        outcomes[outcome] = outcomes.get(outcome, 0) + calls
        self.response_bytes += response_bytes
        if error_type:
            self.errors_by_type[error_type] += calls

    def add_calls(self, calls: Weighted) -> None:
        """Count single calls."""
        for call, weight in calls:
            index = self.bars.index(call.at)
            self.add(index, call.outcome, call.error_type, weight, (call.response_size or 0) * weight)
            self.sketches[index].add(call.duration_ms, weight)

    @property
    def calls(self) -> int:
        return sum(sum(outcomes.values()) for outcomes in self._outcomes)

    @property
    def errors(self) -> int:
        return self.calls - sum(outcomes.get("success", 0) for outcomes in self._outcomes)

    def total(self) -> Sketch:
        """The durations of all bars."""
        total = Sketch()
        for sketch in self.sketches:
            total.merge(sketch)
        return total

    def points(self) -> list[StatisticsPoint]:
        """The bars, oldest first; those without calls are there too."""
        return [
            StatisticsPoint(
                at=moment_of(self.bars.start + index * self.bars.width),
                outcomes={outcome: n for outcome in _OUTCOMES if (n := outcomes.get(outcome))},
                latency=latency_of(sketch),
                heat=[sum(sketch.counts[row]) for row in _ROWS],
            )
            for index, (outcomes, sketch) in enumerate(zip(self._outcomes, self.sketches, strict=True))
        ]


def shares_of(calls: Weighted) -> dict[UUID, Share]:
    """What each source has of these calls."""
    shares: dict[UUID, Share] = {}
    for call, weight in calls:
        share = shares.setdefault(call.source_id, Share())
        share.calls += weight
        share.errors += weight * (call.outcome != "success")
        share.sketch.add(call.duration_ms, weight)
    return shares


PathCounts = dict[tuple[UUID, str, str], tuple[int, int]]
"""(source, method, path) → (calls, errors)."""


def count_paths(counts: PathCounts, calls: Weighted) -> None:
    """Add the paths of these calls."""
    for call, weight in calls:
        key = (call.source_id, call.method, path_of(call.url))
        before = counts.get(key, (0, 0))
        counts[key] = before[0] + weight, before[1] + weight * (call.outcome != "success")


def latency_of(sketch: Sketch) -> Latency:
    """The percentiles that the API shows."""
    p50, p95, p99 = (shown(value) for value in sketch.quantiles(0.5, 0.95, 0.99))
    return Latency(p50_ms=p50, p95_ms=p95, p99_ms=p99)


def shown(duration_ms: float | None) -> float | None:
    """With four digits, more than which a sketch does not know."""
    return None if duration_ms is None else float(f"{duration_ms:.4g}")


def heat_bounds(total: Sketch) -> list[float]:
    """The upper bounds of the rows. The last: one hour, or the longest duration where that is more."""
    longest = next((VALUES[bucket] for bucket in range(len(VALUES) - 1, -1, -1) if total.counts[bucket]), 0)
    return [*HEAT_BOUNDS, max(_LAST_BOUND, longest)]


def moment_of(at: int) -> datetime:
    """The time that so many seconds since 1970 are."""
    return datetime.fromtimestamp(at, UTC)
