# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All that was counted for one answer, and the answer."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from openconnector.logs.statistics.schemas import ErrorCount, PathCount, SourceCount, Statistics
from openconnector.logs.statistics.tally import (
    PathCounts,
    Share,
    Tally,
    heat_bounds,
    latency_of,
    moment_of,
    shown,
)

TOP = 10
"""How many sources, paths and types of errors are told."""


@dataclass(slots=True)
class Picture:
    """What was counted. `shares` and `paths` may be more than are told.

    Attributes:
        sample_size: how many calls stand for all; None: each stands for itself.
        path_sample_size: the same of `paths`.
    """

    tally: Tally
    origin: Literal["rollups", "calls", "sample"]
    shares: dict[UUID, Share] = field(default_factory=dict)
    paths: PathCounts = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    sample_size: int | None = None
    path_sample_size: int | None = None

    def top_sources(self) -> list[UUID]:
        """The sources with the most calls, those first."""
        with_calls = [source for source, share in self.shares.items() if share.calls > 0]
        return sorted(with_calls, key=lambda source: (-self.shares[source].calls, source))[:TOP]

    def statistics(self) -> Statistics:
        """The answer."""
        tally, bars, total = self.tally, self.tally.bars, self.tally.total()
        return Statistics(
            since=moment_of(bars.since),
            until=moment_of(bars.until),
            step_seconds=bars.width,
            calls=tally.calls,
            errors=tally.errors,
            bytes=tally.response_bytes,
            latency=latency_of(total),
            heat_bounds=heat_bounds(total),
            points=tally.points(),
            sources=[self._source(source) for source in self.top_sources()],
            paths=self._paths(),
            errors_by_type=[
                ErrorCount(type=error, calls=calls)
                for error, calls in sorted(tally.errors_by_type.items(), key=lambda item: (-item[1], item[0]))[:TOP]
                if calls > 0
            ],
            origin=self.origin,
            sample_size=self.sample_size,
            path_sample_size=self.path_sample_size,
        )

    def _source(self, source: UUID) -> SourceCount:
        share = self.shares[source]
        return SourceCount(
            id=source,
            name=self.names.get(source, ""),
            calls=share.calls,
            errors=share.errors,
            p95_ms=shown(share.sketch.quantile(0.95)),
        )

    def _paths(self) -> list[PathCount]:
        ranked = sorted((-calls, key) for key, (calls, _) in self.paths.items() if calls > 0)
        return [
            PathCount(source_id=key[0], method=key[1], path=key[2], calls=-calls, errors=self.paths[key][1])
            for calls, key in ranked[:TOP]
        ]
