# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one way to call a source. Test, endpoint proxy, job and synchronization all come through here, and are logged."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import structlog

from openconnector.administration.service import AdministrationService
from openconnector.calls.delivery import Attempts
from openconnector.calls.entry import Finished, entry_of
from openconnector.calls.outcome import Result, result_of
from openconnector.calls.rate_limit import RateLimited
from openconnector.calls.schemas import CallRequest, credentials_of
from openconnector.core.clock import now, stopwatch
from openconnector.core.errors import Conflict, NotFound
from openconnector.core.http import InvalidURL
from openconnector.core.settings import Settings
from openconnector.egress.origin import PathLeavesOrigin
from openconnector.egress.policy import EgressPolicy
from openconnector.logs.entries import CallEntry
from openconnector.logs.schemas import Trigger
from openconnector.logs.writer import LogWriter
from openconnector.sources.service import OpenSource
from openconnector.transports.exchange import Exchange, Failure
from openconnector.vault.redaction import Redactor

LARGE = 128 * 1024
"""Bytes of bodies above which redaction leaves the event loop."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Attempt:
    """What has happened of a call so far: its exchanges, or the reason why there is none."""

    exchanges: list[Exchange] = field(default_factory=list)
    refusal: Failure | None = None

    def end(self, failure: Failure) -> None:
        """The call ends before its time. What went wrong before stays what went wrong."""
        if not self.exchanges:
            self.refusal = failure
            return
        last = self.exchanges[-1]
        if last.failure is None or last.failure.type == "cancelled":
            last.failure = failure


@dataclass(slots=True)
class _Running:
    """A call that can be cancelled by its name."""

    task: asyncio.Task[object]
    is_cancelled: bool = False


class CallService:
    """Makes calls and keeps them. One instance serves a process."""

    def __init__(
        self, settings: Settings, attempts: Attempts, writer: LogWriter, administration: AdministrationService
    ) -> None:
        self._settings = settings
        self._attempts = attempts
        self._writer = writer
        self._administration = administration
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
        started_at, started, attempt = now(), stopwatch(), _Attempt()
        current = await self._administration.current()
        if call_id in self._running:
            raise Conflict("A call with this callId is running.")
        names = current.redaction_names
        redactor = source.redactor(credentials_of(wanted, names), names=names)
        abandoned = None
        known = self._attempts.secrets(source)  # the call may take some of them away
        try:
            await self._make(source, wanted, attempt, current.egress, redactor, call_id, is_fresh=is_fresh)
        except asyncio.CancelledError as cancellation:
            abandoned = cancellation
            attempt.end(Failure("cancelled", "The call was cancelled."))
        learned = {*known, *self._attempts.secrets(source)}
        if learned:
            redactor = source.redactor([*credentials_of(wanted, names), *learned], names=names)
        finished = self._finish(source, wanted, trigger, attempt, started_at, started)
        keeping = self._keep(finished, redactor)
        # The thread that large bodies take is waited for also when the caller is cancelled meanwhile.
        entry = await (asyncio.shield(keeping) if finished.body_bytes > LARGE else keeping)
        if abandoned is not None:
            raise abandoned
        return entry

    def cancel(self, call_id: UUID) -> None:
        """Stop a running call. It is logged as cancelled, and its caller gets that answer.

        Raises:
            NotFound: no such call is running.
        """
        running = self._running.get(call_id)
        if running is None:
            raise NotFound("This call is not running any more.")
        if not running.is_cancelled:  # a second cancellation would be taken for one of the caller
            running.is_cancelled = True
            running.task.cancel()

    async def _make(
        self,
        source: OpenSource,
        wanted: CallRequest,
        attempt: _Attempt,
        policy: EgressPolicy,
        redactor: Redactor,
        call_id: UUID | None,
        *,
        is_fresh: bool,
    ) -> None:
        if not source.is_enabled:
            attempt.refusal = Failure("source_disabled", "The source is disabled.")
            return
        running = _Running(cast("asyncio.Task[object]", asyncio.current_task()))
        if call_id is not None:
            self._running[call_id] = running
        total_ms = source.connection.total_timeout_ms
        try:
            async with asyncio.timeout(total_ms / 1000):
                await self._attempts.make(
                    source, wanted, attempt.exchanges, policy, overlap=redactor.longest, is_fresh=is_fresh
                )
        except TimeoutError:
            attempt.end(Failure("total_timeout", f"The call took longer than {total_ms} ms."))
        except asyncio.CancelledError:
            if not running.is_cancelled or running.task.uncancel():
                raise
            attempt.end(Failure("cancelled", "The call was cancelled."))
        except Exception as error:  # noqa: BLE001  # a call that was made must be found
            attempt.end(_failure_of(error))
        finally:
            if call_id is not None:
                del self._running[call_id]

    async def _keep(self, finished: Finished, redactor: Redactor) -> CallEntry:
        entry = await _entry(finished, redactor)
        await self._writer.keep(entry)
        return entry

    def _finish(
        self,
        source: OpenSource,
        wanted: CallRequest,
        trigger: Trigger,
        attempt: _Attempt,
        started_at: datetime,
        started: float,
    ) -> Finished:
        if attempt.refusal is not None:
            result = Result("refused", attempt.refusal.type)
        else:
            result = result_of(attempt.exchanges)
        return Finished(
            source=source,
            wanted=wanted,
            trigger=trigger,
            started_at=started_at,
            duration_ms=round(stopwatch() - started, 3),
            expires_at=started_at + self._retention(source, result),
            exchanges=attempt.exchanges,
            refusal=attempt.refusal,
            result=result,
        )

    def _retention(self, source: OpenSource, result: Result) -> timedelta:
        if result.outcome == "success":
            own, default = source.connection.success_retention_days, self._settings.success_retention_days
        else:
            own, default = source.connection.error_retention_days, self._settings.error_retention_days
        return timedelta(days=own or default)


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


_REFUSALS: tuple[tuple[type[Exception], str], ...] = (
    (RateLimited, "rate_limited"),
    (PathLeavesOrigin, "path_leaves_origin"),
    (InvalidURL, "invalid_request"),
    (ValueError, "invalid_request"),
)


def _failure_of(error: Exception) -> Failure:
    """Why a request was not sent. What the network does is not told here: that is in the exchanges."""
    for kind, name in _REFUSALS:
        if isinstance(error, kind):
            return Failure(name, str(error))
    log.error("the transport failed unexpectedly", error=type(error).__name__, exc_info=error)
    return Failure("internal_error", type(error).__name__)
