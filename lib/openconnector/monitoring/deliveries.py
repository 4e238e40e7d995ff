# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Brings notifications to their users. They are in the database until that has worked, so none is lost on the way.

While nobody can be told they wait, but not for ever: after some days they are no news any more.

Who dies between telling and noting it down tells it once more: better twice than never.
"""

from asyncio import Lock
from datetime import timedelta
from functools import partial

import structlog

from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.monitoring.models import WatchNotification
from openconnector.monitoring.notifier import NobodyListens, NobodyThere, NotDelivered, Notifier
from openconnector.monitoring.repository import set_delivered, set_failed, take_undelivered
from openconnector.monitoring.timetable import backoff
from openconnector.monitoring.wording import notification_of

BATCH = 10

MAX_BATCHES = 20
"""In a row. What is due beyond that waits for the next time."""

GIVE_UP_AFTER = timedelta(days=3)
"""After which what could not be delivered is not tried again. The page of the source shows it."""

TAKEN_FOR = timedelta(minutes=15)
"""For which a batch belongs to who took it: longer than its deliveries can take."""

log = structlog.get_logger()


class Deliveries:
    """Delivers what is due. One instance serves a process."""

    def __init__(self, database: Database, notifier: Notifier | None) -> None:
        """Without a notifier everything stays where it is; the page of the source shows it."""
        self._database = database
        self._notifier = notifier
        self._delivering = Lock()

    async def run(self) -> int:
        """Deliver what is due now, and return how many have arrived. What fails is tried again later.

        While it is at work, more calls do nothing: what is due by then is delivered the next time.
        """
        if self._notifier is None or self._notifier.is_paused or self._delivering.locked():
            return 0
        arrived = 0
        async with self._delivering:
            for _ in range(MAX_BATCHES):
                delivered = await self._deliver(self._notifier)
                arrived += delivered
                if delivered < BATCH:
                    break
        return arrived

    async def _deliver(self, notifier: Notifier) -> int:
        at, arrived = now(), 0
        nobody: NobodyListens | None = None
        take = partial(take_undelivered, at=at, until=at + TAKEN_FOR, limit=BATCH)
        for row in await self._database.run(take, writes=True):
            error = nobody or await self._tell(notifier, row)
            if error is None:
                arrived += 1
                await self._database.run(partial(set_delivered, notification_id=row.id, at=now()), writes=True)
            else:
                await self._put_off(row, error)
                nobody = error if isinstance(error, NobodyListens) else None
        return arrived

    async def _tell(self, notifier: Notifier, row: WatchNotification) -> NotDelivered | None:
        try:
            await notifier.notify(row.user_id, notification_of(row))
        except NotDelivered as error:
            log.warning("a notification was not delivered", error=str(error))
            return error
        return None

    async def _put_off(self, row: WatchNotification, error: NotDelivered) -> None:
        """Note down why, and when it is tried again, if it is."""
        again_at = now() + backoff(row.attempts - 1)
        is_last = isinstance(error, NobodyThere) or again_at - row.created_at > GIVE_UP_AFTER
        failed = partial(set_failed, notification_id=row.id, error=str(error), again_at=None if is_last else again_at)
        await self._database.run(failed, writes=True)
