# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a source is looked at next."""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from uuid import UUID


def next_check(source_id: UUID, interval_seconds: int, after: datetime) -> datetime:
    """The time of the source's own grid that comes next, at least half an interval after the last check.

    The grid of each source lies elsewhere within the interval, so that a thousand watches which were made by one
    script, or were all due while the machine was off, do not go on in step. However many times were missed, the next
    one is a single time.
    """
    shift = int.from_bytes(blake2b(source_id.bytes, digest_size=8).digest()) % interval_seconds
    passed = int((after.timestamp() + interval_seconds / 2 - shift) // interval_seconds)
    return datetime.fromtimestamp((passed + 1) * interval_seconds + shift, UTC)


def backoff(attempts: int) -> timedelta:
    """The pause after so many attempts to deliver something: half a minute, doubled each time, six hours at most."""
    return timedelta(seconds=min(30 << min(attempts, 12), 6 * 3600))
