# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one place that reads the time."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The current time in UTC, to the millisecond: what is stored is what is shown."""
    current = datetime.now(UTC)
    return current.replace(microsecond=current.microsecond // 1000 * 1000)


def stopwatch() -> float:
    """A monotonic reading in milliseconds; only differences mean something."""
    return time.perf_counter() * 1000
