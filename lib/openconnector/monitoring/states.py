# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the state of a watched source follows from its checks. Nothing here knows a clock or a database.

    unknown ──► healthy ◄──► degraded ◄──► failing

A source that is watched for the first time is unknown until a check has passed, or enough of them have failed.
"""

from dataclasses import dataclass, replace

from openconnector.monitoring.schemas import State, Verdict, WatchSettings


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a source stands.

    Attributes:
        failures: failed checks in a row.
        answers: checks in a row that came out as expected, slow ones included.
        slow: slow checks in a row.
        passed: good checks in a row: as expected, and not slow.
    """

    state: State = "unknown"
    failures: int = 0
    answers: int = 0
    slow: int = 0
    passed: int = 0


def next_standing(standing: Standing, verdict: Verdict, settings: WatchSettings) -> Standing:
    """Where a source stands after one more check."""
    if verdict == "skipped":
        return standing
    if verdict == "failed":
        counted = Standing(standing.state, failures=standing.failures + 1)
    else:
        slow, passed = (standing.slow + 1, 0) if verdict == "slow" else (0, standing.passed + 1)
        counted = Standing(standing.state, answers=standing.answers + 1, slow=slow, passed=passed)
    return replace(counted, state=_state(counted, settings))


def _state(counted: Standing, settings: WatchSettings) -> State:
    was = counted.state
    if counted.failures:
        if counted.failures >= settings.failing_after:
            return "failing"
        return "degraded" if counted.failures >= settings.degraded_after and was != "failing" else was
    if was in ("unknown", "healthy"):
        return "degraded" if counted.slow >= settings.degraded_after else "healthy"
    if counted.passed >= settings.recovered_after:
        return "healthy"
    # It answers again, but not fast, or not fast for long enough.
    return "degraded" if counted.answers >= settings.recovered_after else was
