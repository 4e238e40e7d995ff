# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the newest calls have, for completing a query: hosts, users, types of errors …"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from openconnector.logs.index.terms import host_of, path_of
from openconnector.logs.models import CallLog

NEWEST = 2000
"""Calls that are looked at."""

MOST_VALUES = 200
"""Different values that are told; the most frequent ones."""


def seen_values(session: Session, field: str) -> list[str]:
    """Values that a field of the language has in the newest calls, the most frequent first, for a thread."""
    columns = _COLUMNS.get(field)
    if columns is None:
        return []
    newest = (
        select(*(getattr(CallLog, name) for name in columns)).order_by(CallLog.number.desc()).limit(NEWEST).subquery()
    )
    counted = select(*newest.c, func.count().label("calls")).group_by(*newest.c)
    values: Counter[str] = Counter()
    for row in session.execute(counted):
        for value in _VALUES.get(field, _first)(row):
            values[value] += row.calls
    return [value for value, _ in values.most_common(MOST_VALUES)]


def _first(row: Any) -> Iterable[str]:
    return () if row[0] is None else (str(row[0]),)


def _trigger(row: Any) -> Iterable[str]:
    return () if row.trigger_id is None else (f"{row.trigger_type}:{row.trigger_id}",)


def _host(row: Any) -> Iterable[str]:
    host = host_of(row.url)
    return (host,) if host else ()


def _paths(row: Any) -> Iterable[str]:
    """The first two segments, each with everything before it: what is below them would be too many."""
    segments = path_of(row.url).split("/")[1:]
    return ["/" + "/".join(segments[:depth]) for depth in (1, 2) if segments[depth - 1 : depth] > [""]]


_COLUMNS = {
    "status": ("status_code",),
    "error": ("error_type",),
    "method": ("method",),
    "user": ("user_id",),
    "trigger": ("trigger_type", "trigger_id"),
    "triggerId": ("trigger_id",),
    "host": ("url",),
    "path": ("url",),
}
_VALUES: dict[str, Callable[[Any], Iterable[str]]] = {"trigger": _trigger, "host": _host, "path": _paths}
