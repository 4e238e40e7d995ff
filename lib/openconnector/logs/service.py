# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be done with the call log."""

import base64
from typing import Any
from uuid import UUID

from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.paging import Page
from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.logs.models import CallLog, LoggedExchange
from openconnector.logs.repository import LogRepository, conditions
from openconnector.logs.schemas import CallRead, CallSummary, ExchangeRead, LogDelete, LogFilter

DELETE_BATCH = 500
"""Entries that one transaction deletes: short enough that a call which waits to be logged does not notice."""


class LogService:
    """Reads and deletes logged calls, each step in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, wanted: LogFilter, *, cursor: str | None, limit: int) -> Page[CallSummary]:
        async with self._database.read_session() as session:
            repository = LogRepository(session)
            calls, following = await repository.page(wanted, cursor=cursor, limit=limit)
            total = await repository.count(wanted)
        return Page[CallSummary](
            results=[CallSummary(**_summary(call)) for call in calls], total=total, next_cursor=following
        )

    async def read(self, call_id: UUID) -> CallRead:
        async with self._database.read_session() as session:
            return read_call(await LogRepository(session).get(call_id))

    async def delete(self, call_id: UUID) -> None:
        async with self._database.write_session() as session:
            repository = LogRepository(session)
            await repository.get(call_id)
            await repository.remove([call_id])

    async def delete_many(self, wanted: LogDelete) -> int:
        """Delete by ids or by filter, and tell how many entries there were."""
        if wanted.filter is None:
            async with self._database.write_session() as session:
                return await LogRepository(session).remove(wanted.ids or [])
        # What arrives while the deletion runs was not meant.
        return await self.delete_where([*conditions(wanted.filter), CallLog.started_at <= now()])

    async def delete_where(self, condition: Any) -> int:
        """Delete everything that matches, in batches, so that no writer waits long."""
        deleted = 0
        while True:
            async with self._database.write_session() as session:
                repository = LogRepository(session)
                ids = await repository.some_ids(condition, DELETE_BATCH)
                deleted += await repository.remove(ids) if ids else 0
            if len(ids) < DELETE_BATCH:
                return deleted


def read_call(call: CallLog | CallEntry) -> CallRead:
    """A logged call as the API shows it."""
    return CallRead(
        **_summary(call),
        log_id=call.id,
        diagnosis=call.diagnosis,
        exchanges=[_exchange(exchange) for exchange in call.exchanges],
    )


def _summary(call: CallLog | CallEntry) -> dict[str, Any]:
    columns = ("id", "source_id", "source_name", "method", "url", "started_at", "duration_ms", "status_code")
    more = (
        "reason",
        "outcome",
        "error_type",
        "request_size",
        "response_size",
        "exchange_count",
        "expires_at",
    )
    values = {name: getattr(call, name) for name in (*columns, *more)}
    return values | {"trigger": {"type": call.trigger_type, "id": call.trigger_id, "userId": call.user_id}}


def _exchange(exchange: LoggedExchange | ExchangeEntry) -> ExchangeRead:
    return ExchangeRead.model_validate(
        {
            "position": exchange.position,
            "kind": exchange.kind,
            "startedAt": exchange.started_at,
            "durationMs": exchange.duration_ms,
            "delayMs": exchange.delay_ms,
            "timings": exchange.timings,
            "connection": exchange.connection,
            "request": exchange.request | {"body": _body(exchange.request, exchange.request_body)},
            "response": exchange.response
            and exchange.response | {"body": _body(exchange.response, exchange.response_body)},
            "error": exchange.error,
        }
    )


def _body(message: dict[str, Any], raw: bytes | None) -> dict[str, Any] | None:
    """The stored description of a body with its bytes, which are UTF-8 where it is text."""
    described: dict[str, Any] | None = message.get("body")
    if described is None:
        return None
    raw = raw or b""
    is_text = described["encoding"] == "text"
    return described | {"content": raw.decode() if is_text else base64.b64encode(raw).decode()}
