# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Processes share the checks that are due, and one that is killed at work loses none."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import func, select, text, update

from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.durable import AT_ONCE
from openconnector.core.settings import Settings
from openconnector.monitoring.checks import BATCH
from openconnector.monitoring.memory import Memory
from openconnector.monitoring.schemas import DAY_SECONDS, WatchSettings
from openconnector.sources.models import Source, Watch
from tests.conftest import LOOPBACK, serve_engine
from tests.upstream import request_head, serve

BATCHES = AT_ONCE + 2
"""More than one process takes at a time, so that two have to share."""

SOURCES = BATCH * BATCHES
PATIENCE_SECONDS = 40


@dataclass
class SlowUpstream:
    """A server that keeps everybody waiting, until it is told not to."""

    asked: Counter[str] = field(default_factory=Counter)
    is_open: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked[(await request_head(reader)).decode().split(" ")[1]] += 1
        await self.is_open.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()


@asynccontextmanager
async def process(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    environ = {
        **os.environ,
        "OPENCONNECTOR_STORAGE_PATH": str(settings.storage_path),
        "OPENCONNECTOR_EGRESS_ALLOW": ",".join(LOOPBACK),
        "OPENCONNECTOR_WATCH_CRON": "* * * * * *",
    }
    if settings.database_url is not None:
        environ["OPENCONNECTOR_DATABASE_URL"] = settings.database_url.get_secret_value()
    program = (sys.executable, "-m", "tests.integration.watch_process")
    child = await asyncio.create_subprocess_exec(*program, env=environ, stdout=asyncio.subprocess.PIPE)
    try:
        assert child.stdout is not None
        assert await child.stdout.readline() == b"open\n"
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def watch_sources(database: Database, location: str) -> None:
    """Sources with watches that are due now, each with a path of its own."""
    async with database.write_session() as session:
        for number in range(SOURCES):
            source = Source(
                slug=f"source-{number}",
                name=f"Source {number}",
                location=f"{location}/{number}",
                type="json",
                authentication={"type": "none"},
                connection={"totalTimeoutMs": 4000, "rateLimit": None},
            )
            session.add(source)
            await session.flush()
            content = WatchSettings(interval_seconds=DAY_SECONDS, notify=["admin"]).to_json()
            session.add(Watch(source_id=source.id, content=content, memory=Memory().to_json(), due_at=now()))


async def until(upstream: SlowUpstream, requests: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while upstream.asked.total() < requests:  # noqa: ASYNC110  # the requests come from another process
            await asyncio.sleep(0.1)


async def until_all_are_checked(database: Database) -> None:
    unchecked = select(func.count()).select_from(Watch).where(Watch.checked_at.is_(None))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await database.run(lambda session: session.scalar(unchecked)):  # noqa: ASYNC110  # see above
            await asyncio.sleep(0.2)


async def test_the_checks_of_a_killed_process_are_made_by_another_one(settings: Settings) -> None:
    upstream, database = SlowUpstream(), Database.from_settings(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serve_engine(settings))
        port = await stack.enter_async_context(serve(upstream.answer))
        # On SQLite, one process works at a time; the next one comes after a restart.
        first = await stack.enter_async_context(process(settings))
        if not database.is_sqlite:
            await stack.enter_async_context(process(settings))
        await watch_sources(database, f"http://127.0.0.1:{port}")
        await until(upstream, BATCH if database.is_sqlite else SOURCES)
        first.kill()
        await first.wait()
        upstream.is_open.set()
        if database.is_sqlite:
            # As if it had been restarted some minutes later.
            await database.run(lambda session: session.execute(update(Watch).values(claimed_until=now())), writes=True)
            await stack.enter_async_context(process(settings))
        await until_all_are_checked(database)
    if not database.is_sqlite:
        shares = text("SELECT count(DISTINCT executor_id) FROM dbos.workflow_status WHERE name = 'openconnector.task'")
        assert await database.run(lambda session: session.scalar(shares)) == 2
    # What the one that was killed had begun is checked a second time, and nothing more often than that.
    assert len(upstream.asked) == SOURCES
    assert max(upstream.asked.values()) == 2
    await database.close()
