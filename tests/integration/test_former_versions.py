# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each former version has stored is there after an upgrade, and after the way back.

The rows in `databases/` were written by those versions themselves; `databases/generate.py` says how.
"""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import MetaData, Table, func, insert, inspect, select
from sqlalchemy import types as kinds
from sqlalchemy.engine import Connection

from openconnector.authentication.basic import BasicAuthentication
from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.migrations.downgrade import downgrade
from openconnector.migrations.upgrade import alembic_config, upgrade
from tests.conftest import serve_engine
from tests.integration.databases.generate import CALLS, DESCRIPTION, KEY, SOURCES, WATCH
from tests.rotation import opened

DATABASES = Path(__file__).parent / "databases"
VERSIONS = sorted(path.stem for path in DATABASES.glob("*.json"))

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"secret_key": SecretStr(KEY)})


def config_on(connection: Connection) -> Config:
    config = alembic_config()
    config.attributes["connection"] = connection
    return config


def real(value: Any, kind: kinds.TypeEngine[Any]) -> Any:
    """A value of SQLite, as the column of any database takes it."""
    if isinstance(value, dict):
        raw = base64.b64decode(value["base64"])
        return UUID(bytes=raw) if isinstance(kind, kinds.Uuid) else raw
    if value is None:
        return None
    if isinstance(kind, kinds.Uuid):
        return UUID(str(value))
    if isinstance(kind, kinds.DateTime):
        return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
    if isinstance(kind, kinds.JSON):
        return json.loads(value)
    return bool(value) if isinstance(kind, kinds.Boolean) else value


def store(connection: Connection, version: str, rows: Rows) -> None:
    """Bring an empty database to a version, and put its rows there."""
    command.upgrade(config_on(connection), version)
    known = MetaData()
    known.reflect(connection, only=list(rows))
    for table in known.sorted_tables:
        if connection.dialect.name == "sqlite":
            _store_as_they_are(connection, table, rows[table.name])
            continue
        connection.execute(table.delete())  # what the migration has put there is among the rows
        for row in rows[table.name]:
            values = {name: real(value, table.c[name].type) for name, value in row.items()}
            connection.execute(insert(table).values(values))


def _store_as_they_are(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    connection.exec_driver_sql(f"DELETE FROM {table.name}")
    for row in rows:
        values = tuple(base64.b64decode(one["base64"]) if isinstance(one, dict) else one for one in row.values())
        places = ", ".join("?" * len(values))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(row)}) VALUES ({places})", values)


def count(connection: Connection) -> dict[str, int]:
    """How many sources, calls and exchanges there are, where each has a row."""
    names = {"sources", "call_logs", "call_exchanges"} & set(inspect(connection).get_table_names())
    known = MetaData()
    known.reflect(connection, only=list(names))
    counts = ((name, select(func.count()).select_from(known.tables[name])) for name in names)
    return {name: connection.scalar(statement) or 0 for name, statement in counts}


async def look(settings: Settings, version: str) -> None:
    """Everything that was stored is shown, and its secrets can be read."""
    async with serve_engine(settings) as api:
        sources = {one["name"]: one for one in (await api.get("/api/sources")).json()["results"]}
        assert set(sources) == {source["name"] for source in SOURCES}
        calls = (await api.get("/api/logs?limit=50&trigger=test")).json()["results"]
        assert len(calls) == len(SOURCES) * len(CALLS)
        for call in calls:
            entry = (await api.get(f"/api/logs/{call['id']}")).json()
            (exchange,) = entry["exchanges"]
            assert exchange["response"]["statusCode"] == call["statusCode"]
            assert "omschrijving" in json.dumps(exchange["response"]["body"])
        assert {call["statusCode"] for call in calls} == {200, 404}
        if version >= "0006":
            await look_at_watch(api)
        if version >= "0007":
            await look_at_description(api)
    (zaken,) = await opened(settings, "zaken")
    assert isinstance(zaken.authentication, BasicAuthentication)
    assert zaken.authentication.password.get_secret_value() == "password-secret"
    assert [(row.name, row.value) for row in zaken.headers] == [("X-Open", "open"), ("X-Key", "header-secret")]
    assert [(row.name, row.value) for row in zaken.query] == [("version", "1")]


async def look_at_watch(api: AsyncClient) -> None:
    watch = (await api.get("/api/sources/zaken/watch")).json()
    assert watch.items() >= WATCH.items()
    assert (watch["state"], watch["version"]) == ("failing", 1)
    (check,), (told,) = watch["checks"], watch["notifications"]
    assert (check["verdict"], check["statusCode"], told["userId"]) == ("failed", 404, "admin")
    assert told["deliveredAt"]
    assert "Zaken" in told["subject"]
    assert (await api.get(f"/api/logs/{check['logId']}")).json()["trigger"]["type"] == "job"
    (health,) = (source["health"] for source in (await api.get("/api/sources?search=zaken")).json()["results"])
    assert health["state"] == "failing"


async def look_at_description(api: AsyncClient) -> None:
    found = (await api.get("/api/sources/zaken/operations")).json()
    assert found["description"]["title"] == DESCRIPTION["info"]["title"]
    (operation,) = found["results"]
    assert (operation["method"], operation["path"]) == ("GET", "/zaken")
    read = (await api.get(f"/api/sources/zaken/operations/{operation['key']}")).json()
    assert [parameter["name"] for parameter in read["parameters"]] == ["page"]


@pytest.mark.parametrize("version", VERSIONS)
async def test_what_a_version_has_stored_outlives_an_upgrade_and_the_way_back(settings: Settings, version: str) -> None:
    rows: Rows = json.loads((DATABASES / f"{version}.json").read_text("utf-8"))
    database = Database.from_settings(settings)
    async with database.writer.begin() as connection:
        await connection.run_sync(store, version, rows)
        stored = await connection.run_sync(count)
    await upgrade(database)
    await look(settings, version)
    await downgrade(database, version)
    async with database.writer.begin() as connection:
        assert await connection.run_sync(count) == stored
    with pytest.raises(ConfigurationError, match="cannot be taken back to 4711"):
        await downgrade(database, "4711")
    await upgrade(database)
    await database.close()
    await look(settings, version)


def test_each_migration_has_rows_that_were_written_with_it() -> None:
    """Whoever adds a migration keeps what is stored before it."""
    revisions = {one.revision for one in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    assert revisions == set(VERSIONS)
