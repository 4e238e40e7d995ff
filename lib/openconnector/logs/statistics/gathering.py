# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sums of calls in memory, before they go into the roll-ups."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from openconnector.logs.entries import CallEntry
from openconnector.logs.statistics.additions import Row
from openconnector.logs.statistics.models import ALL_SOURCES, DAY, HOUR, MINUTE
from openconnector.logs.statistics.paths import name_among_all, name_of, pack_paths
from openconnector.logs.statistics.sketch import bucket_of, pack
from openconnector.logs.statistics.steps import PATHS_KEPT, kept_from
from openconnector.logs.statistics.tally import CallFigures


def figures_of(call: CallEntry) -> CallFigures:
    """Of a call, what is summed up."""
    return CallFigures(
        at=call.started_at.timestamp(),
        duration_ms=call.duration_ms,
        outcome=call.outcome,
        error_type=call.error_type,
        status_code=call.status_code,
        response_size=call.response_size,
        source_id=call.source_id,
        source_name=call.source_name,
        method=call.method,
        url=call.url,
    )


class _Cell:
    """The sums of one roll-up."""

    __slots__ = ("buckets", "calls", "response_bytes")

    def __init__(self) -> None:
        self.calls = 0
        self.response_bytes = 0
        self.buckets: dict[int, int] = {}

    def add(self, other: "_Cell") -> None:
        self.calls += other.calls
        self.response_bytes += other.response_bytes
        buckets = self.buckets
        for bucket, count in other.buckets.items():
            buckets[bucket] = buckets.get(bucket, 0) + count

    def sketch(self) -> bytes:
        return pack(sorted(self.buckets.items()))


# Sources are numbers in here: the hash of a UUID object is computed in Python, and each call has an object of its own.
_Series = tuple[int, str, str, int]
_Cells = dict[tuple[int, _Series], _Cell]
_TWO_32 = 2**32
_ONE_ERROR = 1 + _TWO_32
_PathSums = dict[tuple[int, int], dict[str, int]]
"""(at, source) → name → calls, and errors times 2^32: one number is counted faster than two."""


class Gathered:
    """The sums of some calls: minutes, hours and days, as far as those are kept at `now` (seconds since 1970)."""

    def __init__(self, calls: Sequence[CallFigures], now: int) -> None:
        self._names: dict[int, tuple[int, str]] = {}
        self._cells: dict[int, _Cells] = {MINUTE: {}, HOUR: {}, DAY: {}}
        self._paths: dict[int, _PathSums] = {HOUR: {}, DAY: {}}
        self._minutes_from, self._hours_from, self._days_from = (kept_from(step, now) for step in (MINUTE, HOUR, DAY))
        self._path_hours_from = kept_from(HOUR, now, PATHS_KEPT)
        self._count(calls)
        self._add_up(MINUTE, HOUR)
        self._add_up(HOUR, DAY)
        self._add_up_paths()
        for cells in self._cells.values():
            _add_all_sources(cells)

    def _count(self, calls: Sequence[CallFigures]) -> None:
        names, minutes, hours, days = self._names, *self._cells.values()
        for call in calls:
            at, source, outcome = int(call.at), call.source_id.int, call.outcome
            if at < self._days_from:
                continue
            step, cells = (MINUTE, minutes) if at >= self._minutes_from else (HOUR, hours)
            if at < self._hours_from:
                step, cells = DAY, days
            key = (at - at % step, (source, outcome, call.error_type or "", (call.status_code or 0) // 100))
            cell = cells.get(key)
            if cell is None:
                cell = cells[key] = _Cell()
            cell.calls += 1
            cell.response_bytes += call.response_size or 0
            bucket = bucket_of(call.duration_ms)
            cell.buckets[bucket] = cell.buckets.get(bucket, 0) + 1
            step = HOUR if at >= self._path_hours_from else DAY
            place, path = (at - at % step, source), name_of(call.method, call.url)
            paths = self._paths[step].setdefault(place, {})
            paths[path] = paths.get(path, 0) + (1 if outcome == "success" else _ONE_ERROR)
            known = names.get(source)
            if known is None or known[0] <= at:
                names[source] = (at, call.source_name)

    def _add_up(self, finer: int, coarser: int) -> None:
        sums = self._cells[coarser]
        for (at, series), cell in self._cells[finer].items():
            key = (at - at % coarser, series)
            sum_ = sums.get(key)
            if sum_ is None:
                sum_ = sums[key] = _Cell()
            sum_.add(cell)

    def _add_up_paths(self) -> None:
        for (at, source), paths in self._paths[HOUR].items():
            sums = self._paths[DAY].setdefault((at - at % DAY, source), {})
            for path, count in paths.items():
                sums[path] = sums.get(path, 0) + count
        for sums_ in self._paths.values():
            _add_all_paths(sums_)

    def rows(self) -> Iterator[Row]:
        """The rows for `log_rollups`, in one order always, so that two who write them never wait for one another."""
        ids = {source: UUID(int=source) for source in self._names} | {ALL_SOURCES.int: ALL_SOURCES}
        for step, cells in self._cells.items():
            for at, (source, outcome, error, status) in sorted(cells):
                cell = cells[at, (source, outcome, error, status)]
                yield step, ids[source], at, outcome, error, status, cell.calls, cell.response_bytes, cell.sketch()

    def path_rows(self) -> Iterator[Row]:
        """The rows for `log_path_rollups`, in one order too."""
        for step, sums in self._paths.items():
            for at, source in sorted(sums):
                paths = sums[at, source].items()
                counts = {path: (count % _TWO_32, count // _TWO_32) for path, count in paths}
                yield step, UUID(int=source), at, pack_paths(counts)

    def source_rows(self) -> list[dict[str, object]]:
        """The rows for `log_sources`."""
        names = sorted(self._names.items())
        return [{"source_id": UUID(int=source), "name": name, "last_at": at} for source, (at, name) in names]


def _add_all_sources(cells: _Cells) -> None:
    sums: _Cells = {}
    for (at, (_, outcome, error, status)), cell in cells.items():
        key = (at, (ALL_SOURCES.int, outcome, error, status))
        sum_ = sums.get(key)
        if sum_ is None:
            sum_ = sums[key] = _Cell()
        sum_.add(cell)
    cells.update(sums)


def _add_all_paths(sums: _PathSums) -> None:
    every: _PathSums = {}
    for (at, source), paths in sums.items():
        names = every.setdefault((at, ALL_SOURCES.int), {})
        for name, count in paths.items():
            names[name_among_all(source, name)] = count
    sums.update(every)
