# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a cron expression is due: five fields, or six with seconds first, in UTC, as the scheduler reads it."""

from datetime import UTC, datetime

from croniter import CroniterError, croniter  # type: ignore[import-untyped]


def ever_due(expression: str) -> bool:
    """Whether it is a cron expression, and one that is due again some day."""
    try:
        croniter(expression, datetime.now(UTC), second_at_beginning=True).get_next()
    except CroniterError:
        return False
    return True


def last_due(expression: str, before: datetime) -> datetime | None:
    """When it was due the last time before `before`, which is in UTC; None: never yet."""
    try:
        moment: datetime = croniter(expression, before, second_at_beginning=True).get_prev(datetime)
    except CroniterError:
        return None
    return moment
