# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pictures from roll-ups, and from the calls that are not in them yet: as fast for a year as for a day.

Where the time that is asked for begins or ends within a roll-up of the finest step that is kept of that time (a minute
of the last two days, an hour of the last 90, else a day), the whole of it counts. Paths have hours at best.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from openconnector.logs.answers import Answers
from openconnector.logs.questions.clauses import Question
from openconnector.logs.statistics import reading
from openconnector.logs.statistics.bars import Bars, possible_bars
from openconnector.logs.statistics.figures import figures, waiting
from openconnector.logs.statistics.known import Kind, KnownQuestion, within
from openconnector.logs.statistics.models import ALL_SOURCES, DAY, HOUR
from openconnector.logs.statistics.paths import split
from openconnector.logs.statistics.picture import TOP, Picture
from openconnector.logs.statistics.steps import PATHS_KEPT, finest_step, segments, whole
from openconnector.logs.statistics.tally import CallFigures, Share, Tally, count_paths, shares_of, weighted

_MICROSECONDS_A_ROW, _MICROSECONDS_A_BYTE, _MOST_MICROSECONDS = 4, 0.03, 25_000
"""What reading roll-ups takes, about, and may take before bars become wider so that coarser steps do."""

_FINE_PATHS = 2 * HOUR
"""For a time as short as this, whole hours would say too much about paths."""

_MOST_CALLS_FOR_PATHS = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: `question` without its times, the same as roll-ups know it, and whole steps of time."""

    question: Question
    known: KnownQuestion
    since: int
    until: int
    now: int
    bars: int


def from_rollups(session: Session, answers: Answers, asked: Asked) -> Picture:
    """The picture, with what was in the log at one moment."""
    reading.consistent(session)
    calls = [call for call in waiting(session) if _is_asked_for(asked, call)]
    picture = Picture(Tally(_bars(session, asked)), "rollups")
    _count_bars(session, asked, picture.tally)
    picture.tally.add_calls(weighted(calls))
    _count_sources(session, asked, picture, calls)
    if asked.known.kinds or asked.until - asked.since < _FINE_PATHS:
        _sample_paths(session, answers, asked, picture)
    else:
        _count_paths(session, asked, picture)
        count_paths(picture.paths, weighted(calls))
    return picture


def _is_asked_for(asked: Asked, call: CallFigures) -> bool:
    kind = Kind(call.outcome, call.error_type or "", (call.status_code or 0) // 100)
    is_within = asked.since <= call.at < asked.until
    return is_within and asked.known.is_about(call.source_id) and asked.known.admits(kind)


def _added(known: KnownQuestion) -> list[UUID]:
    """Whose roll-ups are the answer; without those of the excluded sources."""
    return [ALL_SOURCES] if known.sources is None else sorted(known.sources)


def _bars(session: Session, asked: Asked) -> Bars:
    """The narrowest bars whose roll-ups are read in time."""
    sources = [*_added(asked.known), *asked.known.excluded]
    too_fine = None
    for bars in possible_bars(asked.since, asked.until, asked.bars, finest_step(asked.since, asked.now)):
        step = bars.coarsest()
        if step == DAY:
            return bars
        if step == too_fine:
            continue
        covered = list(segments(asked.since, asked.until, step))
        rows, length = reading.size(session, covered, sources, asked.known.conditions())
        if rows * _MICROSECONDS_A_ROW + length * _MICROSECONDS_A_BYTE <= _MOST_MICROSECONDS:
            return bars
        too_fine = step
    return bars


def _count_bars(session: Session, asked: Asked, tally: Tally) -> None:
    known, bars = asked.known, tally.bars
    for sources, sign in ((_added(known), 1), (list(known.excluded), -1)):
        for segment in segments(asked.since, asked.until, bars.coarsest()) if sources else ():
            for row in reading.rollups(session, segment, sources, known.conditions()):
                index = bars.index(row.at)
                tally.add(index, row.outcome, row.error_type, sign * row.calls, sign * row.response_bytes)
                tally.sketches[index].merge_bytes(row.sketch, sign)


def _count_sources(session: Session, asked: Asked, picture: Picture, calls: Sequence[CallFigures]) -> None:
    known, covered = asked.known, list(segments(asked.since, asked.until))
    picture.names = {call.source_id: call.source_name for call in reversed(calls)}
    names = reading.names(session, asked.since, known.sources)
    picture.names = names | picture.names
    waiting_shares = shares_of(weighted(calls))
    sums = reading.sums_by_source(session, covered, [one for one in names if known.is_about(one)], known.conditions())
    for source in sums.keys() | waiting_shares.keys():
        share = picture.shares[source] = waiting_shares.get(source, Share())
        calls_before, errors_before = sums.get(source, (0, 0))
        share.calls += calls_before
        share.errors += errors_before
    if known.sources is not None and len(known.sources) == 1:
        for share in picture.shares.values():
            share.sketch = picture.tally.total()
        return
    top = [source for source in picture.top_sources() if source in sums]
    for source, sketch in reading.sketches_by_source(session, covered, top, known.conditions()).items():
        picture.shares[source].sketch.merge(sketch)


def _count_paths(session: Session, asked: Asked, picture: Picture) -> None:
    known, shares = asked.known, picture.shares
    covered = list(segments(*whole(asked.since, asked.until, asked.now, PATHS_KEPT)))
    if known.sources is None:
        _take_paths(known, picture, ALL_SOURCES, reading.paths_by_source(session, covered, [ALL_SOURCES])[ALL_SOURCES])
        return
    ranked = sorted(shares, key=lambda source: -shares[source].calls)
    for start in range(0, len(ranked), TOP):
        # A path has no more calls than its source: at some point, no other source can have one of the top.
        best = sorted((calls for calls, _ in picture.paths.values()), reverse=True)[:TOP]
        if len(best) == TOP and best[-1] >= shares[ranked[start]].calls:
            return
        some = reading.paths_by_source(session, covered, ranked[start : start + TOP])
        for source, sums in some.items():
            _take_paths(known, picture, source, sums)


def _take_paths(known: KnownQuestion, picture: Picture, source: UUID, sums: Mapping[str, Sequence[int]]) -> None:
    for name, (calls, errors) in sums.items():
        key = split(name, None if source == ALL_SOURCES else source)
        if key is not None and known.is_about(key[0]):
            picture.paths[key] = (calls, errors)


def _sample_paths(session: Session, answers: Answers, asked: Asked, picture: Picture) -> None:
    question = within(asked.question, asked.since, asked.until)
    numbers = answers.ask(session, question).numbers(limit=_MOST_CALLS_FOR_PATHS).numbers
    total = picture.tally.calls if len(numbers) == _MOST_CALLS_FOR_PATHS else None
    calls = figures(session, numbers)
    picture.path_sample_size = None if total is None else len(calls)
    count_paths(picture.paths, weighted(calls, total))
