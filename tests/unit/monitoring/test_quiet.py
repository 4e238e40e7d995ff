# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, datetime

import pytest

from openconnector.monitoring.quiet import quiet_until
from openconnector.monitoring.schemas import QuietHours

AMSTERDAM = "Europe/Amsterdam"
NIGHTS = QuietHours(begin="22:00", end="07:00", time_zone=AMSTERDAM)
WEEKEND = QuietHours(begin="00:00", end="00:00", time_zone=AMSTERDAM, weekdays=["sat", "sun"])
FRIDAY_NIGHT = QuietHours(begin="22:00", end="07:00", time_zone=AMSTERDAM, weekdays=["fri"])
LUNCH = QuietHours(begin="12:00", end="13:00", time_zone="UTC")
ALWAYS = QuietHours(begin="00:00", end="00:00", time_zone="UTC")


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        (None, "2026-11-27T02:00", None),
        (LUNCH, "2026-11-27T11:59", None),
        (LUNCH, "2026-11-27T12:00", "2026-11-27T13:00"),
        (LUNCH, "2026-11-27T13:00", None),
        # In winter Amsterdam is an hour ahead of UTC.
        (NIGHTS, "2026-11-27T20:59", None),
        (NIGHTS, "2026-11-27T21:00", "2026-11-28T06:00"),
        (NIGHTS, "2026-11-28T05:59", "2026-11-28T06:00"),
        (NIGHTS, "2026-11-28T06:00", None),
        # In the night to 29 March 2026 an hour is left out, in that to 25 October one comes twice.
        (NIGHTS, "2026-03-28T23:00", "2026-03-29T05:00"),
        (NIGHTS, "2026-10-25T01:30", "2026-10-25T06:00"),
        # 27 November 2026 is a Friday. The night belongs to the day on which it begins.
        (FRIDAY_NIGHT, "2026-11-27T01:00", None),
        (FRIDAY_NIGHT, "2026-11-28T01:00", "2026-11-28T06:00"),
        (FRIDAY_NIGHT, "2026-11-28T22:00", None),
        # Two whole days are one span.
        (WEEKEND, "2026-11-28T10:00", "2026-11-29T23:00"),
        (WEEKEND, "2026-11-29T23:00", None),
    ],
)
def test_quiet_hours_end_when_the_clock_on_the_wall_says_so(
    hours: QuietHours | None, at: str, until: str | None
) -> None:
    expected = None if until is None else datetime.fromisoformat(until).replace(tzinfo=UTC)
    assert quiet_until(hours, datetime.fromisoformat(at).replace(tzinfo=UTC)) == expected


def test_quiet_for_ever_has_an_end_that_is_looked_at_again() -> None:
    at = datetime(2026, 11, 27, tzinfo=UTC)
    until = quiet_until(ALWAYS, at)
    assert until is not None
    assert (until - at).days >= 7


@pytest.mark.parametrize("change", [{"begin": "24:00"}, {"end": "7:00"}, {"time_zone": "Mars"}, {"weekdays": []}])
def test_what_is_no_time_and_no_zone_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="QuietHours"):
        QuietHours.model_validate({"time_zone": AMSTERDAM, **change})
