# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one way to call a source. Test, endpoint proxy, job and synchronization all come through here, and are logged."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import structlog

from openconnector.calls.defaults import build_request, insist
from openconnector.calls.entry import Finished, entry_of
from openconnector.calls.outcome import Result, result_of
from openconnector.calls.schemas import CallRequest, credentials_of
from openconnector.core.clock import now, stopwatch
from openconnector.core.errors import Conflict, NotFound
from openconnector.core.http import InvalidURL, Request
from openconnector.core.ids import new_id
from openconnector.core.settings import Settings
from openconnector.egress.origin import PathLeavesOrigin
from openconnector.logs.models import CallLog
from openconnector.logs.schemas import Trigger
from openconnector.logs.writer import LogWriter
from openconnector.sources.service import OpenSource
from openconnector.transports.exchange import Exchange, Failure, Limits
from openconnector.transports.http import HttpTransport, sent_request
from openconnector.vault.redaction import Redactor

MAX_REDIRECTS = 10

LARGE = 128 * 1024
"""Bytes of bodies above which redaction leaves the event loop."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Attempt:
    """What has happened of a call so far: its exchanges, or the reason why there is none."""

    exchanges: list[Exchange] = field(default_factory=list)
    refusal: Failure | None = None


class CallService:
    """Makes calls and keeps them. One instance serves a process."""

    def __init__(self, settings: Settings, transport: HttpTransport, writer: LogWriter) -> None:
        self._settings = settings
        self._transport = transport
        self._writer = writer
        self._running: dict[UUID, asyncio.Task[None]] = {}

    async def call(
        self, source: OpenSource, wanted: CallRequest, trigger: Trigger, *, call_id: UUID | None = None
    ) -> CallLog:
        """Make a call, and return when it is in the log. No transaction may be open meanwhile.

        Whatever the network does is an outcome and not an exception. `call_id` is the client's name for the call while
        it runs; `cancel` takes it. When the caller itself is cancelled, the request is stopped, and logged as such.

        Raises:
            Conflict: a call with this `call_id` is running.
        """
        if call_id in self._running:
            raise Conflict("A call with this callId is running.")
        started_at, started = now(), stopwatch()
        redactor, attempt = source.redactor(credentials_of(wanted)), _Attempt()
        abandoned = None
        try:
            await self._make(source, wanted, attempt, redactor, call_id or new_id())
        except asyncio.CancelledError as cancellation:
            abandoned = cancellation
        result = Result("refused", attempt.refusal.type) if attempt.refusal else result_of(attempt.exchanges)
        finished = Finished(
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
        entry = await _entry(finished, redactor)
        await self._writer.keep(entry)
        if abandoned is not None:
            raise abandoned
        return entry

    def cancel(self, call_id: UUID) -> None:
        """Stop a running call. It is logged as cancelled, and its caller gets that answer.

        Raises:
            NotFound: no such call is running.
        """
        task = self._running.get(call_id)
        if task is None:
            raise NotFound("This call is not running any more.")
        task.cancel()

    async def _make(
        self, source: OpenSource, wanted: CallRequest, attempt: _Attempt, redactor: Redactor, key: UUID
    ) -> None:
        if not source.is_enabled:
            attempt.refusal = Failure("source_disabled", "The source is disabled.")
            return
        try:
            request = build_request(source, wanted)
            source.authentication.sign(request)
            insist(request, wanted)
        except PathLeavesOrigin as error:
            attempt.refusal = Failure("path_leaves_origin", str(error))
        except (InvalidURL, ValueError) as error:
            attempt.refusal = Failure("invalid_request", str(error))
        else:
            await self._send(request, source, attempt, redactor, key)

    async def _send(
        self, request: Request, source: OpenSource, attempt: _Attempt, redactor: Redactor, key: UUID
    ) -> None:
        connection, exchanges = source.connection, attempt.exchanges
        limits = Limits(
            connect_ms=connection.connect_timeout_ms,
            read_ms=connection.read_timeout_ms,
            total_ms=connection.total_timeout_ms,
            body_bytes=connection.max_body_bytes,
            overlap=redactor.longest,
            redirects=MAX_REDIRECTS if connection.follow_redirects else 0,
        )
        started_at = now()
        sending = self._transport.send(request, limits, verify_tls=connection.verify_tls, exchanges=exchanges)
        task = self._running[key] = asyncio.create_task(sending)
        try:
            await asyncio.wait([task])
        finally:
            # When the caller goes away, the request must not go on without anybody who waits for it.
            task.cancel()
            await asyncio.wait([task])
            del self._running[key]
            failure = _failure_of(task)
            if failure is not None:
                if not exchanges:
                    exchanges.append(Exchange("request", started_at, sent_request(request)))
                exchanges[-1].failure = exchanges[-1].failure or failure

    def _retention(self, source: OpenSource, result: Result) -> timedelta:
        if result.outcome == "success":
            own, default = source.connection.success_retention_days, self._settings.success_retention_days
        else:
            own, default = source.connection.error_retention_days, self._settings.error_retention_days
        return timedelta(days=own or default)


async def _entry(finished: Finished, redactor: Redactor) -> CallLog:
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


def _failure_of(sending: asyncio.Task[None]) -> Failure | None:
    """Why the transport did not come to its end. What the network does is not told here: that is in the exchanges."""
    if sending.cancelled():
        return Failure("cancelled", "The call was cancelled.")
    error = sending.exception()
    if error is None:
        return None
    log.error("the transport failed unexpectedly", error=type(error).__name__, exc_info=error)
    return Failure("internal_error", type(error).__name__)
