# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks sources that are watched: hands out what is due, makes the calls, and keeps what came of them.

A watch is due by its row, so that a source and its timetable come and go in one transaction, and a thousand watches
need no thousand timers. Who checks a source has claimed its row; a claim of somebody who died expires, and the check is
handed out again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from openconnector.administration.service import AdministrationService
from openconnector.calls.opening import open_to_call
from openconnector.calls.schemas import CallRequest
from openconnector.calls.service import CallService
from openconnector.core.clock import now, stopwatch
from openconnector.core.database import Database
from openconnector.core.errors import StorageFull
from openconnector.logs.schemas import Trigger
from openconnector.monitoring.deliveries import Deliveries
from openconnector.monitoring.findings import Finding, finding_of
from openconnector.monitoring.memory import Memory, advance
from openconnector.monitoring.models import WatchNotification
from openconnector.monitoring.notifier import Notifier
from openconnector.monitoring.repository import (
    CLOCK_STEP,
    Claim,
    claim_due,
    forget_old,
    held_watch,
    make_due_again,
    renew,
    source_to_check,
    watch_of,
)
from openconnector.monitoring.schemas import Expiry, WatchSettings
from openconnector.monitoring.timetable import next_check
from openconnector.monitoring.wording import content_of
from openconnector.sources.models import Source
from openconnector.sources.sealing import masked_authentication, masked_connection
from openconnector.sources.warnings import ends_of
from openconnector.transports.soap.endpoint import wsdl_path_of
from openconnector.vault.encryption import Vault

BATCH = 10
"""Watches that are handed out, and checked, together."""

PATIENCE_SECONDS = 30.0
"""How long a batch waits for the slowest of its checks. What takes longer goes on, and others have their turn."""

MAX_SLOW = 40
"""Checks that go on so. Where there are more, batches wait for theirs."""

MAX_DUE = 500
"""Watches that are handed out at a time. What is due beyond that waits for the next time."""

IN_QUEUE = timedelta(minutes=10)
"""How long a check may wait for its turn before it is handed out again."""

MARGIN = timedelta(seconds=10)
"""What a check may take beside its call."""

Enqueue = Callable[[list[list[str]]], Awaitable[object]]
"""Puts a batch into the queue that all processes share."""

log = structlog.get_logger()


class Checks:
    """Makes the checks of watches. One instance serves a process."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        administration: AdministrationService,
        calls: CallService,
        deliveries: Deliveries,
        notifier: Notifier | None = None,
    ) -> None:
        self._database = database
        self._vault = vault
        self._administration = administration
        self._calls = calls
        self._deliveries = deliveries
        self._notifier = notifier
        self._seen: tuple[datetime, float] | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._slow: set[asyncio.Task[None]] = set()

    async def hand_out(self, enqueue: Enqueue) -> None:
        """Put what is due into the queue, and deliver what is left to be told."""
        if self._is_paused:
            return
        at = now()
        if self._is_clock_new(at):
            await self._database.run(partial(make_due_again, at=at), writes=True)
        claims = await self._database.run(partial(claim_due, at=at, until=at + IN_QUEUE, limit=MAX_DUE), writes=True)
        for batch in _batches([[str(one.source_id), one.until.isoformat()] for one in claims]):
            await enqueue(batch)
        await self._deliveries.run()

    async def run_batch(self, batch: list[list[str]]) -> None:
        """Check a batch from the queue. It may be an old one, that somebody else has done meanwhile."""
        if self._is_paused:
            return  # the claims expire
        claims = [Claim(UUID(source_id), datetime.fromisoformat(until)) for source_id, until in batch]
        making = {asyncio.create_task(self._check_safely(one)) for one in claims}
        for task in making:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        _, slow = await asyncio.wait(making, timeout=PATIENCE_SECONDS)
        if len(self._slow) + len(slow) > MAX_SLOW:
            await asyncio.wait(slow)
        else:
            for task in slow:
                self._slow.add(task)
                task.add_done_callback(self._slow.discard)
        await self._deliveries.run()

    async def close(self) -> None:
        """Stop what is being checked. Its claims expire."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def check(self, held: Claim, *, user_id: str | None = None) -> None:
        """Check a claimed source and keep what came of it.

        Raises:
            StorageFull: it could not be logged, so it was not made.
        """
        found = await self._database.run(partial(_find, held=held))
        if found is None:
            return
        source, settings, version = found
        current: Claim | None = held
        try:
            opened = open_to_call(source, self._vault, (await self._administration.current()).defaults)
            until = now() + timedelta(milliseconds=opened.timeouts.total_ms) + MARGIN
            current = await self._database.run(partial(renew, held=held, until=until), writes=True)
            if current is None:
                return
            trigger = Trigger(type="job", id=str(source.id), user_id=user_id)
            call = await self._calls.call(opened, _request(source, settings), trigger)
        except Exception:
            # What could not be called says nothing about the source; it is due again at its next time.
            await self._database.run(partial(_put_off, held=current or held), writes=True)
            raise
        finding = finding_of(call, settings, is_file_server=source.type == "ftp")
        keep = partial(_keep, held=current, version=version, finding=finding, ends=_expiries(source))
        await self._database.run(keep, writes=True)

    async def deliver(self) -> None:
        """Tell what is to be told now."""
        await self._deliveries.run()

    @property
    def _is_paused(self) -> bool:
        return self._notifier is not None and self._notifier.is_paused

    def _is_clock_new(self, at: datetime) -> bool:
        """Whether the clock is looked at for the first time, or has been put back since it was."""
        seen, self._seen = self._seen, (at, stopwatch())
        if seen is None:
            return True
        return at - seen[0] < timedelta(milliseconds=self._seen[1] - seen[1]) - CLOCK_STEP

    async def _check_safely(self, held: Claim) -> None:
        try:
            await self.check(held)
        except StorageFull as error:
            log.warning("a source was not checked", source=str(held.source_id), error=str(error))
        except Exception:  # one source that cannot be checked must not stop the others
            log.exception("a source could not be checked", source=str(held.source_id))


def _find(session: Session, held: Claim) -> tuple[Source, WatchSettings, int] | None:
    """What is to be checked, how, and the version of its watch; None: the source or its watch is gone."""
    source, watch = source_to_check(session, held.source_id), watch_of(session, held.source_id)
    if source is None or watch is None:
        return None
    return source, WatchSettings.model_validate(watch.content), watch.version


def _keep(session: Session, held: Claim, version: int, finding: Finding, ends: list[Expiry]) -> None:
    """Write down a check, and what is to be told of it, together."""
    watch = held_watch(session, held)
    source = source_to_check(session, held.source_id)
    if watch is None or source is None:
        return
    watch.claimed_until = None
    if watch.version != version:  # somebody wants something else to be checked by now, and that at once
        return
    at, settings = now(), WatchSettings.model_validate(watch.content)
    step = advance(Memory.model_validate(watch.memory), settings, finding, ends, at)
    if step.state != watch.state:
        watch.state, watch.state_since = step.state, at
    watch.memory, watch.checked_at = step.memory.to_json(), finding.check.at
    if watch.due_at is not None:
        due_at = next_check(source.id, settings.interval_seconds, at)
        watch.due_at = due_at if step.tell_at is None else min(due_at, step.tell_at)
    for news in step.news:
        content = content_of(news, source.name, finding.check.log_id)
        session.add_all(
            WatchNotification(source_id=source.id, user_id=user, content=content, created_at=at, due_at=at)
            for user in settings.notify
        )
    if step.news:
        forget_old(session, source.id, at)


def _put_off(session: Session, held: Claim) -> None:
    """Give a claim back. What it was for is due again at the next time of its source."""
    watch = held_watch(session, held)
    if watch is None:
        return
    settings = WatchSettings.model_validate(watch.content)
    watch.claimed_until = None
    if watch.due_at is not None:
        watch.due_at = next_check(held.source_id, settings.interval_seconds, now())


def _request(source: Source, settings: WatchSettings) -> CallRequest:
    if source.type == "ftp":
        return CallRequest(method=settings.method or "LIST", path=settings.path)
    # To a GET, a service that works mostly answers 405, or nothing: it is asked for its WSDL.
    asks_for_wsdl = source.type == "soap" and not settings.path
    return CallRequest(
        method=settings.method or "GET", path=wsdl_path_of(source.location) if asks_for_wsdl else settings.path
    )


def _expiries(source: Source) -> list[Expiry]:
    """What of the configuration of a source ends, and when."""
    scheme, connection = masked_authentication(source.authentication), masked_connection(source.connection)
    return [Expiry(type=kind, expires_at=at) for kind, at, _ in ends_of(scheme, connection, source.token_state)]


def _batches(items: list[list[str]]) -> Iterator[list[list[str]]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
