# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pictures of what roll-ups do not know, such as a path or a word: from the calls that are kept.

Of more calls than can be read in time, some of each bar are, at even distances, and stand for the others: the index
tells how many there are in each bar. Where only the calls themselves tell whether they match, the newest stand for all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from openconnector.logs.answers import Answers
from openconnector.logs.questions.clauses import Question
from openconnector.logs.statistics.bars import Bars, possible_bars
from openconnector.logs.statistics.counting import BarCalls, calls_by_bar
from openconnector.logs.statistics.figures import figures
from openconnector.logs.statistics.known import within
from openconnector.logs.statistics.picture import Picture
from openconnector.logs.statistics.reading import consistent
from openconnector.logs.statistics.tally import CallFigures, Tally, count_paths, shares_of, weighted

MOST_CALLS = 5000
"""Calls that are read for one picture."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Calls of one time, and for how many they stand; None: each for itself."""

    calls: list[CallFigures]
    total: int | None


def from_calls(
    session: Session, answers: Answers, question: Question, since: float, until: float, most: int
) -> Picture:
    """The picture of a question about the time from `since` until before `until` (seconds since 1970)."""
    consistent(session)
    bars = next(possible_bars(int(since), -int(-until // 1), most, 1))
    asked = answers.ask(session, within(question, since, until))
    found = asked.numbers(limit=MOST_CALLS + 1)
    if found.resume is not None:
        strata = [Stratum(figures(session, found.numbers), asked.count().total)]
    elif len(found.numbers) <= MOST_CALLS:
        strata = [Stratum(figures(session, found.numbers), None)]
    elif (by_bar := calls_by_bar(asked, bars)) is not None:
        strata = _some_of_each(session, by_bar, bars)
    else:
        strata = [Stratum(figures(session, found.numbers), asked.count().total)]
    calls = [each for stratum in strata for each in weighted(stratum.calls, stratum.total)]
    picture = Picture(Tally(bars), "sample" if any(stratum.total for stratum in strata) else "calls")
    if picture.origin == "sample":
        picture.sample_size = picture.path_sample_size = sum(len(stratum.calls) for stratum in strata)
    picture.tally.add_calls(calls)
    picture.shares = shares_of(calls)
    count_paths(picture.paths, calls)
    for call, _ in calls:
        picture.names.setdefault(call.source_id, call.source_name)
    return picture


def _some_of_each(session: Session, by_bar: Sequence[BarCalls], bars: Bars) -> list[Stratum]:
    counts = [bar.count for bar in by_bar]
    total = sum(counts)
    # Even a bar with few calls has some that stand for them.
    numbers = [bar.some(-(-MOST_CALLS * count // total)) for bar, count in zip(by_bar, counts, strict=True) if count]
    picked: list[list[CallFigures]] = [[] for _ in by_bar]
    for call in figures(session, [number for some in numbers for number in some]):
        picked[bars.index(call.at)].append(call)
    return [Stratum(calls, count) for calls, count in zip(picked, counts, strict=True) if calls]
