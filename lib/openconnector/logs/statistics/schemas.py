# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the statistics of the log look like in the API."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from openconnector.core.outcome import Outcome
from openconnector.core.schema import Schema, UtcTime


class Latency(Schema):
    """Percentiles of durations, in milliseconds, within 2 percent; null where there was no call."""

    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


class StatisticsPoint(Schema):
    """One bar: the calls that started from `at` until the next one."""

    at: UtcTime
    outcomes: Annotated[dict[Outcome, int], Field(description="Calls by outcome; one without calls is left out.")]
    latency: Latency
    heat: Annotated[list[int], Field(description="Calls for each row of `heatBounds`.")]


class SourceCount(Schema):
    """A source with its share."""

    id: UUID
    name: str
    calls: int
    errors: int
    p95_ms: float | None


class PathCount(Schema):
    """A path with its share; what changes in it, such as a number or a UUID, is `{id}`."""

    source_id: UUID
    method: str
    path: str
    calls: int
    errors: int


class ErrorCount(Schema):
    """A type of error with its share."""

    type: str
    calls: int


class Statistics(Schema):
    """The calls of a time, in pictures."""

    since: UtcTime
    until: UtcTime
    step_seconds: Annotated[int, Field(description="Width of a bar.")]
    calls: int
    errors: int
    bytes: Annotated[int, Field(description="Bytes of all responses.")]
    latency: Latency
    heat_bounds: Annotated[list[float], Field(description="Upper bounds of the rows of the heat map, in milliseconds.")]
    points: list[StatisticsPoint]
    sources: Annotated[list[SourceCount], Field(description="The ten with the most calls.")]
    paths: Annotated[list[PathCount], Field(description="The ten with the most calls.")]
    errors_by_type: Annotated[list[ErrorCount], Field(description="The ten most frequent.")]
    origin: Annotated[
        Literal["rollups", "calls", "sample"],
        Field(
            description="`rollups`: also of calls that were removed since. `calls`: of those that are kept, because "
            "the filter asks for more than roll-ups know. `sample`: projected from some of those."
        ),
    ]
    sample_size: Annotated[
        int | None, Field(description="Calls that `sample` was projected from; null where each was counted.")
    ] = None
    path_sample_size: Annotated[
        int | None, Field(description="Calls that `paths` were projected from; null where each was counted.")
    ] = None


class UptimeDay(Schema):
    """One day of a source, in UTC."""

    day: Annotated[str, Field(description="ISO 8601, for example `2026-11-23`.")]
    calls: int
    errors: int


class Uptime(Schema):
    """How a source did, oldest day first; days without calls are there with zeros."""

    source_id: UUID
    days: list[UptimeDay]
    calls: int
    errors: int
    error_rate: Annotated[float | None, Field(description="0 to 1; null where there was no call.")]
    latency: Latency
