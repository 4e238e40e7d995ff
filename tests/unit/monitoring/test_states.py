# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from openconnector.monitoring.schemas import State, Verdict, WatchSettings
from openconnector.monitoring.states import Standing, next_standing

_VERDICTS: dict[str, Verdict] = {"+": "passed", "~": "slow", "-": "failed", ".": "skipped"}
_STATES: dict[str, State] = {"U": "unknown", "H": "healthy", "D": "degraded", "F": "failing"}


def states(checks: str, settings: WatchSettings, start: State = "unknown") -> str:
    standing, found = Standing(start), ""
    for check in checks:
        standing = next_standing(standing, _VERDICTS[check], settings)
        found += next(letter for letter, state in _STATES.items() if state == standing.state)
    return found


@pytest.mark.parametrize(
    ("start", "checks", "expected"),
    [
        ("unknown", "+++", "HHH"),
        ("unknown", "---", "UDF"),
        ("unknown", "~", "H"),  # it answers
        ("unknown", "~~", "HD"),
        ("unknown", "..+", "UUH"),
        ("healthy", "-+-+-+", "HHHHHH"),  # no two in a row
        ("healthy", "--+", "HDD"),
        ("healthy", "--++", "HDDH"),
        ("healthy", "----", "HDFF"),
        ("healthy", "---+-", "HDFFF"),
        ("healthy", "---++", "HDFFH"),
        ("healthy", "-.-", "HHD"),  # what was not asked says nothing
        ("healthy", "~~~", "HDD"),
        ("healthy", "~+~", "HHH"),
        ("healthy", "~-~-", "HHHH"),
        ("failing", "~~", "FD"),  # it answers again, but not fast
        ("failing", "+~", "FD"),
        ("failing", "~++", "FDH"),
        ("failing", "+-+-", "FFFF"),
        ("degraded", "+-+-", "DDDD"),
        ("degraded", "~~~~", "DDDD"),
        ("degraded", "---", "DDF"),
    ],
)
def test_states_follow_from_checks(start: State, checks: str, expected: str) -> None:
    settings = WatchSettings(degraded_after=2, failing_after=3, recovered_after=2)
    assert states(checks, settings, start) == expected


def test_one_check_is_enough_where_nobody_wants_to_wait() -> None:
    settings = WatchSettings(degraded_after=1, failing_after=1, recovered_after=1)
    assert states("-+-~+", settings) == "FHFDH"


def test_failing_cannot_come_before_degraded() -> None:
    with pytest.raises(ValueError, match="cannot be failing before"):
        WatchSettings(degraded_after=3, failing_after=2)
