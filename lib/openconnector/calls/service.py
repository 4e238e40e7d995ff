# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one way to call a source. Test, endpoint proxy, job and synchronization all come through here, and are logged."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import cast
from uuid import UUID

import structlog

from openconnector.administration.service import AdministrationService
from openconnector.calls.attempts import Attempts
from openconnector.calls.entry import Finished, entry_of
from openconnector.calls.files.attempts import FileAttempts
from openconnector.calls.files.refusal import refuse_file_method
from openconnector.calls.outcome import Result, refused, result_of
from openconnector.calls.progress import TO_AUTHORIZE, Progress
from openconnector.calls.recording import content_type
from openconnector.calls.refusals import failure_of, refusal_of
from openconnector.calls.schemas import CallRequest, credentials_of
from openconnector.calls.told import call_told
from openconnector.core.clock import now, stopwatch
from openconnector.core.errors import Conflict, NotFound
from openconnector.core.phrases import phrase
from openconnector.core.telemetry import Telemetry
from openconnector.egress.policy import EgressPolicy
from openconnector.logs.entries import CallEntry
from openconnector.logs.keeping.policy import Keeping, Policy, effective, keeps_bodies
from openconnector.logs.opening import OpenLog
from openconnector.logs.schemas import Trigger
from openconnector.sources.opened import OpenSource
from openconnector.transports.exchange import Exchange, Failure
from openconnector.transports.soap.faults import SoapFault, fault_of
from openconnector.vault.redaction import Redactor

_CANCELLED = phrase("The call was cancelled.")
_NOT_RUNNING = phrase("This call is not running any more.")

LARGE = 128 * 1024
"""Bytes of bodies above which redaction leaves the event loop."""

log = structlog.get_logger()


Work = Callable[[Progress, EgressPolicy, Redactor], Awaitable[None]]
"""Makes the exchanges of a call, and puts them into its progress."""


@dataclass(slots=True)
class _Running:
    """A call that can be cancelled by its name."""

    task: asyncio.Task[object]
    progress: Progress
    is_cancelled: bool = False


class CallService:
    """Makes calls and keeps them. One instance serves a process."""

    def __init__(
        self,
        attempts: Attempts,
        files: FileAttempts,
        log: OpenLog,
        administration: AdministrationService,
        telemetry: Telemetry | None = None,
    ) -> None:
        self._attempts = attempts
        self._files = files
        self._log = log
        self._administration = administration
        self._telemetry = telemetry
        self._running: dict[UUID, _Running] = {}

    async def call(
        self,
        source: OpenSource,
        wanted: CallRequest,
        trigger: Trigger,
        *,
        call_id: UUID | None = None,
        is_fresh: bool = False,
    ) -> CallEntry:
        """Make a call, and return when it is in the log. No transaction may be open meanwhile.

        Whatever the network does is an outcome and not an exception. When the caller itself is cancelled, the request
        is stopped, and logged as such.

        Args:
            call_id: the client's name for the call while it runs; `cancel` takes it.
            is_fresh: go over a new connection, so that every step of the way is seen.

        Raises:
            Conflict: a call with this `call_id` is running.
        """

        async def work(progress: Progress, policy: EgressPolicy, redactor: Redactor) -> None:
            refuse_file_method(source.type, wanted.method)
            if source.type == "ftp":
                await self._files.make(source, wanted, progress, policy, overlap=redactor.longest)
            else:
                await self._attempts.make(source, wanted, progress, policy, overlap=redactor.longest, is_fresh=is_fresh)

        return await self.log(source, wanted, trigger, work, call_id=call_id)

    async def log(
        self,
        source: OpenSource,
        wanted: CallRequest,
        trigger: Trigger,
        work: Work,
        *,
        call_id: UUID | None = None,
        total_ms: int | None = None,
    ) -> CallEntry:
        """Do what makes exchanges with or for a source, and return when it is in the log.

        Args:
            total_ms: how long all of it may take; None: the total timeout of the source.

        Raises:
            Conflict: a call with this `call_id` is running.
        """
        with nullcontext() if self._telemetry is None else self._telemetry.call():
            return await self._logged(source, wanted, trigger, work, call_id, total_ms)

    async def _logged(
        self,
        source: OpenSource,
        wanted: CallRequest,
        trigger: Trigger,
        work: Work,
        call_id: UUID | None,
        total_ms: int | None,
    ) -> CallEntry:
        await self._log.disk.require_writable()  # what is called must be found in the log
        started_at, started, progress = now(), stopwatch(), Progress()
        current, policy = await self._administration.current(), await self._policy(source)
        if call_id in self._running:
            raise Conflict(phrase("A call with this callId is running."))
        names = current.redaction_names
        known = [*credentials_of(wanted, names), *self._attempts.secrets(source)]  # the call may take some away
        redactor = source.redactor(known, names=names)
        abandoned = None
        try:
            making = partial(work, progress, current.egress, redactor)
            await self._make(source, progress, making, call_id, total_ms or source.timeouts.total_ms)
        except asyncio.CancelledError as cancellation:
            abandoned = cancellation
            progress.end(Failure("cancelled", _CANCELLED))
        learned = {*progress.learned, *self._attempts.secrets(source)}.difference(known)
        if learned:
            redactor = source.redactor([*known, *learned], names=names)
        finished = _finish(source, wanted, trigger, progress, started_at, started, policy)
        keeping = self._keep(finished, redactor)
        # The thread that large bodies take is waited for also when the caller is cancelled meanwhile.
        entry = await (asyncio.shield(keeping) if finished.body_bytes > LARGE else keeping)
        if abandoned is not None:
            raise abandoned
        return entry

    async def log_exchanges(
        self, source: OpenSource, exchanges: Sequence[Exchange], secrets: Sequence[str], user_id: str | None = None
    ) -> None:
        """Keep what was asked of an authorization server when no call is there that it belongs to."""

        async def work(progress: Progress, _policy: EgressPolicy, _redactor: Redactor) -> None:
            progress.exchanges += exchanges
            progress.learned += secrets

        await self.log(source, CallRequest(method="POST"), Trigger(type="authorization", user_id=user_id), work)

    def cancel(self, call_id: UUID) -> None:
        """Stop a running call. It is logged as cancelled, and its caller gets that answer.

        Raises:
            NotFound: no such call is running.
        """
        running = self._running.get(call_id)
        if running is None:
            raise NotFound(_NOT_RUNNING)
        if not running.is_cancelled:  # a second cancellation would be taken for one of the caller
            running.is_cancelled = True
            running.task.cancel()

    def progress(self, call_id: UUID) -> Progress:
        """What has happened of a running call so far.

        Raises:
            NotFound: no such call is running.
        """
        running = self._running.get(call_id)
        if running is None:
            raise NotFound(_NOT_RUNNING)
        return running.progress

    async def _make(
        self,
        source: OpenSource,
        progress: Progress,
        work: Callable[[], Awaitable[None]],
        call_id: UUID | None,
        total_ms: int,
    ) -> None:
        progress.refusal = refusal_of(source)
        if progress.refusal is not None:
            return
        running = _Running(cast("asyncio.Task[object]", asyncio.current_task()), progress)
        if call_id is not None:
            self._running[call_id] = running
        try:
            async with asyncio.timeout(total_ms / 1000):
                await work()
        except TimeoutError:
            progress.end(Failure("total_timeout", phrase("The call took longer than {limit} ms.", limit=total_ms)))
        except asyncio.CancelledError:
            if not running.is_cancelled or running.task.uncancel():
                raise
            progress.end(Failure("cancelled", _CANCELLED))
        except Exception as error:  # noqa: BLE001  # a call that was made must be found
            progress.end(failure_of(error))
        finally:
            if call_id is not None:
                del self._running[call_id]

    async def _keep(self, finished: Finished, redactor: Redactor) -> CallEntry:
        entry = await _entry(finished, redactor)
        await self._log.writer.keep(entry)
        if self._telemetry is not None:
            self._telemetry.ended(call_told(entry, finished.source.type))
        return entry

    async def _policy(self, source: OpenSource) -> Policy:
        """How long the calls of a source are kept, as it says itself now."""
        policies = await self._log.logs.recent_policies()
        own = Keeping(source.connection.retention, source.connection.bodies)
        return effective(policies.environment, policies.wide, own)


def _finish(
    source: OpenSource,
    wanted: CallRequest,
    trigger: Trigger,
    progress: Progress,
    started_at: datetime,
    started: float,
    policy: Policy,
) -> Finished:
    fault = _fault_in(source, progress)
    result = refused(progress.refusal) if progress.refusal is not None else result_of(progress.exchanges, fault)
    days = policy.days(is_success=result.outcome == "success")
    return Finished(
        source=source,
        wanted=wanted,
        trigger=trigger,
        started_at=started_at,
        duration_ms=round(stopwatch() - started, 3),
        expires_at=None if days is None else started_at + timedelta(days=days),
        keeps_bodies=keeps_bodies(policy, result.outcome, started_at),
        exchanges=progress.exchanges,
        refusal=progress.refusal,
        token=progress.token,
        fault=fault,
        result=result,
    )


async def _entry(finished: Finished, redactor: Redactor) -> CallEntry:
    """The log entry; that of large bodies is made in a thread, so that nobody waits for the search in them."""
    try:
        if finished.body_bytes > LARGE:
            return await asyncio.to_thread(entry_of, finished, redactor)
        return entry_of(finished, redactor)
    except Exception:
        # A call that was made must be found, though nothing but the fact can be told of it.
        log.exception("the log entry of a call could not be made")
        bare = replace(finished, exchanges=[], refusal=None, result=Result("transport_error", "internal_error"))
        return entry_of(bare, redactor)


def _fault_in(source: OpenSource, progress: Progress) -> SoapFault | None:
    """What a SOAP service says went wrong with the call."""
    last = progress.exchanges[-1] if progress.exchanges and source.type == "soap" else None
    if last is None or last.response is None or last.failure is not None or last.kind in TO_AUTHORIZE:
        return None
    try:
        return fault_of(last.response.body, *content_type(last.response.headers))
    except Exception:
        log.exception("the fault of a SOAP service could not be read")  # the call must be found all the same
        return None
