# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people are told, and when. Nothing here knows a database.

What counts is the difference between how a source is and what people were last told of it. What came and went in
quiet hours, or within an hour of the same news, makes no difference any more and is never told.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from openconnector.monitoring.schemas import Expiry, Kind, State

SAME_NEWS = timedelta(hours=1)
"""Within this time nobody is told the same state of a source again."""

_LAST_DAY = timedelta(days=1)

_REMEMBERED = timedelta(days=30)
"""For which it is known, after its end, what was told of a thing that is not seen any more."""

_MAX_REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class Told:
    """What people know of a source.

    Attributes:
        state: the last that they were told; healthy before anything was told.
        at: when they were last told each state.
        expiries: how urgent the warning about each thing that ends was; see `_urgency`.
    """

    state: State = "healthy"
    at: dict[State, datetime] = field(default_factory=dict)
    expiries: dict[str, int] = field(default_factory=dict)


def news_of(told: Told, state: State, at: datetime) -> tuple[Kind | None, Told]:
    """What there is to tell of a state now, and what is known afterwards. Not to be asked in quiet hours."""
    if state in ("unknown", told.state):
        return None, told
    last = told.at.get(state)
    if last is not None and abs(at - last) < SAME_NEWS:  # the clock may have been put back
        return None, told
    kind: Kind = "recovered" if state == "healthy" else state  # type: ignore[assignment]  # unknown is no news
    return kind, Told(state, {**told.at, state: at}, told.expiries)


def ending(told: Told, expiries: Iterable[Expiry], days: int, at: datetime) -> tuple[list[Expiry], Told]:
    """What ends within so many days and was not told yet, or becomes urgent, and what is known afterwards.

    Each thing is told twice: when its time comes, and on its last day. What was renewed is another thing, unless it
    is renewed long before its end each time, as tokens and short-lived certificates are: that needs nobody.
    """
    seen = {_key(expiry): expiry for expiry in expiries}
    gone = {key: urgency for key, urgency in told.expiries.items() if key not in seen}
    news, known = [], {}
    for key, expiry in seen.items():
        urgency = _urgency(expiry, days, at)
        before = told.expiries.get(key) or max((gone[old] for old in gone if _is_renewal(old, expiry, at)), default=0)
        if urgency > before:
            news.append(expiry)
        if urgency or key in told.expiries:
            known[key] = max(urgency, before)
    # Of what is not seen it may be seen again: behind one name several servers may be, each with its certificate.
    kept = sorted((key for key in gone if at - _end_of(key) < _REMEMBERED), key=_end_of)[-_MAX_REMEMBERED:]
    return news, Told(told.state, told.at, {key: gone[key] for key in kept} | known)


def _key(expiry: Expiry) -> str:
    return f"{expiry.type} {expiry.expires_at.isoformat()}"


def _end_of(key: str) -> datetime:
    return datetime.fromisoformat(key.partition(" ")[2])


def _is_renewal(old: str, expiry: Expiry, at: datetime) -> bool:
    """Whether something has taken the place of what had more than a quarter of the time left that it has itself."""
    left = _end_of(old) - at
    return old.partition(" ")[0] == expiry.type and timedelta(0) < expiry.expires_at - at < 4 * left


def _urgency(expiry: Expiry, days: int, at: datetime) -> int:
    left = expiry.expires_at - at
    if days == 0 or left >= timedelta(days=days):
        return 0
    return 2 if left < _LAST_DAY else 1
