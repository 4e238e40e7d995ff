# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What sources show of their latest calls, beside those who change and delete sources, on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from openconnector.core import database as core_database
from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.ids import new_id
from openconnector.core.settings import Settings
from openconnector.sources.models import LastCall
from openconnector.sources.repository import SourceRepository, remember_blocking
from tests.conftest import LOOPBACK, serve_engine
from tests.factories import create_source
from tests.postgres import PostgresServer


@pytest.fixture
def settings(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        storage_path=tmp_path_factory.mktemp("storage"),
        background_work=False,
        egress_allow=LOOPBACK,
        database_url=postgres.create_database(),
    )


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database.from_settings(settings)
    yield database
    await database.close()


def call_of(source_id: UUID) -> dict[str, Any]:
    values = {"log_id": new_id(), "at": now(), "status_code": 200, "outcome": "success", "error_type": None}
    return {"source_id": source_id} | values


async def remember(database: Database, sources: Sequence[UUID]) -> None:
    await database.run(partial(remember_blocking, calls=[call_of(source) for source in sources]), writes=True)


async def remembered(database: Database) -> set[UUID]:
    return await database.run(lambda session: set(session.scalars(select(LastCall.source_id))))


def _execute(session: Session, statement: str) -> None:
    session.execute(text(statement))


async def test_a_source_that_is_being_deleted_is_waited_for_and_passed_over(
    settings: Settings, database: Database
) -> None:
    async with serve_engine(settings) as api:
        kept, deleted = [UUID((await create_source(api, name=name))["id"]) for name in ("Kept", "Deleted")]
        async with database.write_session() as session:
            repository = SourceRepository(session)
            await repository.remove(await repository.get(str(deleted), lock=True))
            await session.flush()
            writing = asyncio.create_task(remember(database, [deleted, kept, new_id()]))
            done, _ = await asyncio.wait([writing], timeout=0.3)
            assert not done
        await writing
        assert await remembered(database) == {kept}


async def test_whoever_changes_several_sources_in_their_order_is_waited_for(
    settings: Settings, database: Database
) -> None:
    async with serve_engine(settings) as api:
        sources = sorted([UUID((await create_source(api, name=f"S{number}"))["id"]) for number in range(20)])
        async with database.write_session() as session:
            repository = SourceRepository(session)
            await repository.get(str(sources[0]), lock=True)
            writing = asyncio.create_task(remember(database, sources[::-1]))
            done, _ = await asyncio.wait([writing], timeout=0.3)
            assert not done
            for source in sources[1:]:  # the writer has none of these: two that wait for each other would be stopped
                await repository.get(str(source), lock=True)
        await writing
        assert await remembered(database) == set(sources)


async def test_connections_that_the_server_has_closed_are_made_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_database, "REST_MS", 0)

    async def both() -> None:
        assert await database.run(lambda session: session.scalar(text("SELECT 1"))) == 1
        async with database.read_session() as session:
            assert await session.scalar(text("SELECT 1")) == 1

    await both()
    other = Database(database.url)
    others = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    await other.run(partial(_execute, statement=f"SELECT pg_terminate_backend(pid) FROM {others}"))
    await other.close()
    await both()
