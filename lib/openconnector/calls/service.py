# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one way to call a source. Test, endpoint proxy, job and synchronization all come through here, and are logged."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from openconnector.calls.defaults import build_request, insist
from openconnector.calls.diagnosis import Observed, diagnose
from openconnector.calls.outcome import Result, result_of
from openconnector.calls.recording import RecordedBody, record_body, redact
from openconnector.calls.schemas import CallRequest
from openconnector.core.clock import now, stopwatch
from openconnector.core.errors import Conflict, NotFound
from openconnector.core.http import Request
from openconnector.core.ids import new_id
from openconnector.core.settings import Settings
from openconnector.egress.origin import PathLeavesOrigin
from openconnector.logs.models import CallLog, LoggedExchange
from openconnector.logs.schemas import Diagnosis, Trigger
from openconnector.logs.writer import LogWriter
from openconnector.sources.service import OpenSource
from openconnector.transports.exchange import Exchange, Failure, Limits
from openconnector.transports.http import HttpTransport
from openconnector.vault.redaction import Redactor

MAX_REDIRECTS = 10


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
        it runs; `cancel` takes it.

        Raises:
            Conflict: a call with this `call_id` is running.
        """
        started_at, started = now(), stopwatch()
        redactor = source.redactor()
        exchanges: list[Exchange] = []
        refusal = _refusal_of(source)
        url = redactor.url(source.location)
        if refusal is None:
            try:
                request = build_request(source, wanted)
            except PathLeavesOrigin as error:
                refusal = Failure("path_leaves_origin", str(error))
            else:
                url = redactor.url(str(request.url))
                await self._send(source, request, wanted, redactor, exchanges, call_id)
        result = result_of(exchanges) if refusal is None else Result("refused", refusal.type)
        kept = redact(exchanges, redactor)
        observed = Observed(
            source.location,
            source.type,
            redactor.text(wanted.path),
            result,
            kept,
            refusal,
            source.authentication.type,
        )
        call = CallLog(
            id=new_id(),
            source_id=source.id,
            source_name=source.name,
            trigger_type=trigger.type,
            trigger_id=trigger.id,
            user_id=trigger.user_id,
            method=wanted.method,
            url=kept[0].request.url if kept else url,
            started_at=started_at,
            duration_ms=round(stopwatch() - started, 3),
            outcome=result.outcome,
            error_type=result.error_type,
            expires_at=started_at + self._retention(source, result),
            **_measures(exchanges, kept),
        )
        call.diagnosis = _to_json(diagnose(observed))
        call.exchanges = [
            _logged(exchange, index, source.connection.max_body_bytes) for index, exchange in enumerate(kept)
        ]
        await self._writer.keep(call)
        return call

    def cancel(self, call_id: UUID) -> None:
        """Stop a running call. It is logged as cancelled, and its caller gets that answer.

        Raises:
            NotFound: no such call is running.
        """
        task = self._running.get(call_id)
        if task is None:
            raise NotFound("This call is not running any more.")
        task.cancel()

    async def _send(
        self,
        source: OpenSource,
        request: Request,
        wanted: CallRequest,
        redactor: Redactor,
        exchanges: list[Exchange],
        call_id: UUID | None,
    ) -> None:
        connection = source.connection
        limits = Limits(
            connect_ms=connection.connect_timeout_ms,
            read_ms=connection.read_timeout_ms,
            total_ms=connection.total_timeout_ms,
            body_bytes=connection.max_body_bytes,
            overlap=redactor.longest,
            redirects=MAX_REDIRECTS if connection.follow_redirects else 0,
        )
        signed = next(source.authentication.flow(request))
        insist(signed, wanted)
        sending = self._transport.send(signed, limits, verify_tls=connection.verify_tls, exchanges=exchanges)
        key = call_id or new_id()
        if key in self._running:
            sending.close()
            raise Conflict("A call with this callId is running.")
        task = asyncio.create_task(sending)
        self._running[key] = task
        try:
            await asyncio.wait([task])
        finally:
            # When the caller itself goes away, the request must not go on without anybody who waits for it.
            task.cancel()
            del self._running[key]
        if not task.cancelled():
            task.result()

    def _retention(self, source: OpenSource, result: Result) -> timedelta:
        if result.outcome == "success":
            own, default = source.connection.success_retention_days, self._settings.success_retention_days
        else:
            own, default = source.connection.error_retention_days, self._settings.error_retention_days
        return timedelta(days=own or default)


def _refusal_of(source: OpenSource) -> Failure | None:
    if not source.is_enabled:
        return Failure("source_disabled", "The source is disabled.")
    return None


def _measures(exchanges: Sequence[Exchange], kept: Sequence[Exchange]) -> dict[str, object]:
    """The columns that the list shows of the last response."""
    response = kept[-1].response if kept else None
    return {
        "status_code": response and response.status_code,
        "reason": response and response.reason[:255],
        "request_size": sum(len(exchange.request.body or b"") for exchange in exchanges),
        "response_size": response and response.size,
        "exchange_count": len(kept),
    }


def _to_json(diagnosis: Diagnosis | None) -> dict[str, object] | None:
    return None if diagnosis is None else diagnosis.to_json()


def _logged(exchange: Exchange, position: int, limit: int) -> LoggedExchange:
    sent, received = exchange.request, exchange.response
    request_body = record_body(sent.body, sent.headers, size=len(sent.body or b""), limit=limit)
    response_body = None
    if received is not None:
        response_body = record_body(received.body, received.headers, size=received.size, limit=limit)
    return LoggedExchange(
        position=position,
        kind=exchange.kind,
        started_at=exchange.started_at,
        duration_ms=round(exchange.duration_ms, 3),
        request={"method": sent.method, "url": sent.url, **_message(sent.headers, request_body)},
        request_body=request_body and request_body.raw,
        response=received
        and {
            "statusCode": received.status_code,
            "reason": received.reason,
            "httpVersion": received.http_version,
            **_message(received.headers, response_body),
        },
        response_body=response_body and response_body.raw,
        error=exchange.failure and {"type": exchange.failure.type, "message": exchange.failure.message},
    )


def _message(headers: Sequence[tuple[str, str]], body: RecordedBody | None) -> dict[str, object]:
    return {
        "headers": [{"name": name, "value": value} for name, value in headers],
        "body": body and body.description,
    }
