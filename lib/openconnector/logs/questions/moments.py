# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Times as they stand in a query: ISO 8601, or relative to now. In UTC, unless they carry a zone."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from openconnector.core.phrases import phrase
from openconnector.logs.models import microseconds
from openconnector.logs.questions.scanning import Value

_UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), timedelta(seconds=1)),
    **dict.fromkeys(("m", "min", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(weeks=1)),
}
_DAYS_OF_OTHERS = {"mo": 30, "month": 30, "months": 30, "y": 365, "year": 365, "years": 365}
_SPAN = re.compile(r"-?([0-9]{1,9})\s*([a-z]*)(?:\s+ago)?", re.IGNORECASE)
_DAYS = 7
"""A number without a unit up to which days were rather meant than hours."""
_LONGEST_SPAN = timedelta(days=36500)
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-./]([0-9]{1,2})[-./]([0-9]{4})(?:[T ]([0-9:]+))?")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})(?:[-./]([0-9]{1,2}))?(?:[T ]([0-9:]+))?")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?")


def moment_of(value: Value, at: datetime) -> int:
    """The time that a value names, in microseconds since 1970; `24h` is so long before `at`.

    Raises:
        QueryError: it names none.
    """
    text = value.value.strip()
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    named = {"now": at, "today": midnight, "yesterday": midnight - timedelta(days=1)}.get(text.lower())
    if named is not None:
        return microseconds(named)
    if _SPAN.fullmatch(text) and not re.fullmatch(r"[0-9]{8}", text):  # 20261123 is a date
        return microseconds(at - _span_of(value, text))
    found = iso_moment(text)
    if found is None:
        message = phrase(
            "“{value}” is no time: write 2026-11-23, 2026-11-23T14:02:11Z, 24h, 7d, today or yesterday.",
            value=value.shown,
        )
        raise value.wrong(message, _meant(text, at))
    return microseconds(found)


def iso_moment(text: str) -> datetime | None:
    """The time in UTC that an ISO 8601 text names; None: it names none."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def span_of(value: Value) -> timedelta:
    """How long `last:…` looks back.

    Raises:
        QueryError: it is no span.
    """
    return _span_of(value, value.value.strip())


def _span_of(value: Value, text: str) -> timedelta:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise value.wrong(phrase("“{value}” is no span of time: write 30m, 24h, 7d or 2w.", value=value.shown))
    count, unit = int(match[1]), match[2].lower()
    if not unit:
        raise value.wrong(
            phrase("“{value}” lacks a unit: m (minutes), h, d or w.", value=value.shown),
            f"{count}{'d' if count <= _DAYS else 'h'}",
        )
    if unit not in _UNITS:
        days = _DAYS_OF_OTHERS.get(unit)
        message = phrase("“{unit}” is no unit of time here: use s, m (minutes), h, d or w.", unit=match[2][:20])
        raise value.wrong(message, f"{count * days}d" if days else None)
    span = _UNITS[unit] * count if count <= _LONGEST_SPAN / _UNITS[unit] else None
    if span is None:
        raise value.wrong(phrase("“{value}” is longer than a hundred years.", value=value.shown), "36500d")
    return span


def _meant(text: str, at: datetime) -> str | None:
    """The date in ISO 8601 that was meant by `23-11-2026`, `11/23/2026`, `2026-11` or `14:02`."""
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        return _iso(f"{at.year}", f"{at.month}", f"{at.day}", text)
    match = _DAY_FIRST.fullmatch(text)
    if match is not None:
        day, month, year, time = match.groups()
        return _iso(year, month, day, time) or _iso(year, day, month, time)
    match = _YEAR_FIRST.fullmatch(text)
    return _iso(match[1], match[2], match[3] or "1", match[4]) if match else None


def _iso(year: str, month: str, day: str, time: str | None) -> str | None:
    with suppress(ValueError):
        hours = "T" + ":".join(part.zfill(2) for part in time.split(":")) if time else ""
        text = f"{year.zfill(4)}-{month.zfill(2)}-{day.zfill(2)}{hours}"
        return text if iso_moment(text) else None
    return None
