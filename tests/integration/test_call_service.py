# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The call service at its edges: calls that are stopped twice, named twice, or answered with what cannot be kept."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from openconnector.app import create_app, engine
from openconnector.authentication.anonymous import NoAuthentication
from openconnector.calls import service
from openconnector.calls.entry import entry_of
from openconnector.calls.schemas import CallRequest
from openconnector.calls.service import CallService
from openconnector.core.database import Database
from openconnector.core.errors import Conflict
from openconnector.core.settings import Settings
from openconnector.logs.entries import CallEntry
from openconnector.logs.models import CallLog
from openconnector.logs.schemas import Trigger
from openconnector.sources.connection import Connection, Retry
from openconnector.sources.opened import OpenSource
from tests.upstream import answering, hang, request_head, serve

TEST = Trigger(type="test")


@dataclass
class Engine:
    """The service of a running engine, and what it keeps."""

    calls: CallService
    database: Database

    async def logged(self) -> list[str | None]:
        """The error types of all calls in the log."""
        return await self.database.run(lambda session: list(session.scalars(select(CallLog.error_type))))


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Engine]:
    app = create_app(settings)
    async with engine(app, settings):
        yield Engine(app.state.calls, app.state.database)


def opened(port: int, **connection: Any) -> OpenSource:
    return OpenSource(
        id=uuid4(),
        version=1,
        slug="source",
        name="Zaaksysteem",
        location=f"http://127.0.0.1:{port}",
        type="json",
        is_enabled=True,
        headers=[],
        query=[],
        authentication=NoAuthentication(),
        connection=Connection(**connection),
        rate_state=None,
    )


async def test_a_call_that_is_cancelled_twice_is_cancelled(sqlite_settings: Settings) -> None:
    call_id = uuid4()
    async with running(sqlite_settings) as engine, serve(hang) as port:
        call = asyncio.create_task(engine.calls.call(opened(port), CallRequest(), TEST, call_id=call_id))
        await asyncio.sleep(0.3)
        engine.calls.cancel(call_id)
        engine.calls.cancel(call_id)
        entry = await call
        assert entry.error_type == "cancelled"
        assert await engine.logged() == ["cancelled"]


async def test_of_two_calls_that_begin_together_with_one_name_one_is_made(sqlite_settings: Settings) -> None:
    call_id = uuid4()
    async with running(sqlite_settings) as engine, serve(hang) as port:
        source = opened(port, read_timeout_ms=200)
        made = (engine.calls.call(source, CallRequest(), TEST, call_id=call_id) for _ in range(2))
        found = await asyncio.gather(*made, return_exceptions=True)
        assert {type(result) for result in found} == {CallEntry, Conflict}
        assert await engine.logged() == ["read_timeout"]


async def test_a_large_answer_is_logged_also_when_the_caller_leaves_meanwhile(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, made = threading.Event(), entry_of

    def slow(*arguments: Any) -> CallEntry:
        began.set()
        time.sleep(0.3)
        return made(*arguments)

    monkeypatch.setattr(service, "entry_of", slow)
    size = 2 * service.LARGE
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size
    async with running(sqlite_settings) as engine, serve(answering(raw)) as port:
        call = asyncio.create_task(engine.calls.call(opened(port), CallRequest(), TEST))
        assert await asyncio.to_thread(began.wait, 10)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.sleep(1)
        assert await engine.logged() == [None]


async def test_a_post_is_not_made_again_when_its_redirect_is_lost(sqlite_settings: Settings) -> None:
    servers: list[asyncio.Server] = []

    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        writer.write(b"HTTP/1.1 303 See Other\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n")
        await request_head(reader)
        servers[0].close()  # it goes away for good: the lost request is refused when it is sent again
        writer.close()

    server = await asyncio.start_server(redirect, "127.0.0.1", 0)
    servers.append(server)
    async with running(sqlite_settings) as engine:
        source = opened(server.sockets[0].getsockname()[1], retry=Retry(max_retries=1, backoff_ms=1))
        entry = await engine.calls.call(source, CallRequest(method="POST"), TEST)
    sent = [(exchange.request["method"], exchange.kind) for exchange in entry.exchanges]
    assert sent == [("POST", "request"), ("GET", "redirect"), ("GET", "retry")]
    assert entry.error_type == "connection_refused"


async def test_words_beside_the_status_that_no_database_keeps_do_not_lose_the_call(settings: Settings) -> None:
    raw = b"HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n"
    async with running(settings) as engine, serve(answering(raw)) as port:
        entry = await engine.calls.call(opened(port), CallRequest(), TEST)
        assert entry.reason == "O\N{REPLACEMENT CHARACTER}K"
        assert await engine.logged() == [None]
