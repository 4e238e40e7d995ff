# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which databases are accepted, and how SQLite is set up."""

from pathlib import Path

import pytest
from sqlalchemy import text

from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError
from openconnector.core.settings import Settings


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
async def test_postgresql_is_spoken_to_by_our_driver(scheme: str, tmp_path: Path) -> None:
    settings = Settings(storage_path=tmp_path, database_url=f"{scheme}://user:pass@db.example/name")
    database = Database.from_settings(settings)
    assert database.url.drivername == "postgresql+psycopg"
    assert not database.is_sqlite
    await database.close()


@pytest.mark.parametrize("url", ["mysql://user:hunter2@db.example/name", "nonsense hunter2", "postgresql"])
def test_other_databases_are_refused_without_showing_the_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="OPENCONNECTOR_DATABASE_URL") as caught:
        Database.from_settings(Settings(storage_path=tmp_path, database_url=url))
    assert "hunter2" not in str(caught.value)


async def test_sqlite_is_durable_and_lets_readers_in(tmp_path: Path) -> None:
    database = Database.from_settings(Settings(storage_path=tmp_path))
    pragmas = {}
    async with database.read_session() as session:
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete"):
            pragmas[name] = await session.scalar(text(f"PRAGMA {name}"))
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    await database.close()
