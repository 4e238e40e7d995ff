# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Quiet hours: local times of the day, whatever the clocks do in spring and autumn."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from openconnector.monitoring.schemas import QuietHours

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def quiet_until(hours: QuietHours | None, at: datetime) -> datetime | None:
    """When the quiet that holds at a time ends, in UTC; None: it is not quiet then.

    Spans that touch, such as whole days in a row, are one.
    """
    if hours is None:
        return None
    ends_at: datetime | None = None
    # Eight days: after a week of whole days there is nothing to find but more of the same.
    for _ in range(8):
        found = _span_around(hours, ends_at or at)
        if found is None or found == ends_at:
            break
        ends_at = found
    return ends_at


def _span_around(hours: QuietHours, at: datetime) -> datetime | None:
    today = at.astimezone(ZoneInfo(hours.time_zone)).date()
    for day in (today, today - timedelta(days=1)):
        begins_at, ends_at = _span_of(hours, day)
        if _WEEKDAYS[day.weekday()] in hours.weekdays and begins_at <= at < ends_at:
            return ends_at
    return None


def _span_of(hours: QuietHours, day: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(hours.time_zone)
    last = day if hours.ends > hours.begins else day + timedelta(days=1)
    return (
        datetime.combine(day, hours.begins, zone).astimezone(UTC),
        datetime.combine(last, hours.ends, zone).astimezone(UTC),
    )
