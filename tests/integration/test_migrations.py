# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The database comes into its form by itself, once, whatever started at the same time."""

import asyncio
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from openconnector.core.database import Base, Database
from openconnector.core.errors import ConfigurationError
from openconnector.core.settings import Settings
from openconnector.migrations.upgrade import alembic_config, newest_revision, upgrade


async def test_the_migrations_make_what_the_models_describe(settings: Settings) -> None:
    database = Database.from_settings(settings)
    await upgrade(database)
    async with database.writer.begin() as connection:
        assert await connection.run_sync(_differences) == []
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == newest_revision()
    await database.close()


async def test_processes_that_start_together_migrate_once(settings: Settings) -> None:
    databases = [Database.from_settings(settings) for _ in range(4)]
    await asyncio.gather(*(upgrade(database) for database in databases))
    for database in databases:
        await database.close()


async def test_what_was_made_can_be_taken_back(settings: Settings) -> None:
    database = Database.from_settings(settings)
    await upgrade(database)
    async with database.writer.begin() as connection:
        await connection.run_sync(_downgrade)
        names = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    assert names == {"alembic_version"}
    await upgrade(database)
    await database.close()


async def test_a_database_of_a_later_version_is_left_alone(settings: Settings) -> None:
    database = Database.from_settings(settings)
    await upgrade(database)
    async with database.writer.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="does not fit this version"):
        await upgrade(database)
    await database.close()


def _differences(connection: Connection) -> list[object]:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)


def _downgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.downgrade(config, "base")


async def test_a_database_that_is_away_is_told_in_one_line(tmp_path: Path) -> None:
    settings = Settings(storage_path=tmp_path, database_url="postgresql://user:hunter2@127.0.0.1:9/name")
    database = Database.from_settings(settings)
    with pytest.raises(ConfigurationError, match=r"The database cannot be used: .*refused") as caught:
        await upgrade(database)
    assert "hunter2" not in str(caught.value)
    await database.close()
