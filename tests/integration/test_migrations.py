# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The database comes into its form by itself, once, whatever started at the same time."""

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncssh
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import JSON, DateTime, Uuid, column, insert, inspect, table, text
from sqlalchemy.engine import Connection
from sqlalchemy.types import NullType, TypeEngine

from openconnector.core.database import Base, Database
from openconnector.core.errors import ConfigurationError
from openconnector.core.ids import new_id
from openconnector.core.settings import Settings
from openconnector.migrations.names import is_of_a_model
from openconnector.migrations.upgrade import alembic_config, newest_revision, upgrade
from tests.conftest import serve_engine
from tests.factories import create_source, test_call


async def test_the_migrations_make_what_the_models_describe(settings: Settings) -> None:
    database = Database.from_settings(settings)
    await upgrade(database)
    async with database.writer.begin() as connection:
        assert await connection.run_sync(_differences) == []
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == newest_revision()
    await database.close()


async def test_a_draft_sees_every_table(sqlite_settings: Settings) -> None:
    """In a process of its own: here, tests have imported whatever they need."""
    code = (
        "import json\n"
        "from openconnector.core.database import Base\n"
        "from openconnector.migrations.draft import import_models\n"
        "import_models()\n"
        "print(json.dumps(sorted(Base.metadata.tables)))\n"
    )
    done = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], capture_output=True, check=True)
    database = Database.from_settings(sqlite_settings)
    await upgrade(database)
    async with database.writer.begin() as connection:
        names = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    await database.close()
    assert set(json.loads(done.stdout)) == names - {"alembic_version"}


async def test_processes_that_start_together_migrate_once(settings: Settings) -> None:
    databases = [Database.from_settings(settings) for _ in range(4)]
    await asyncio.gather(*(upgrade(database) for database in databases))
    for database in databases:
        await database.close()


async def test_what_was_made_can_be_taken_back(settings: Settings) -> None:
    database = Database.from_settings(settings)
    await upgrade(database)
    async with database.writer.begin() as connection:
        await connection.run_sync(_go_back_to, "base")
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


@pytest.mark.parametrize(("followed", "redirects"), [(True, "all"), (False, "never")])
async def test_what_0_1_0_has_stored_is_read_and_can_be_taken_back(
    settings: Settings, followed: bool, redirects: str
) -> None:
    database = Database.from_settings(settings)
    former = {"connectTimeoutMs": 1234, "verifyTls": False, "followRedirects": followed, "errorRetentionDays": 7}
    async with database.writer.begin() as connection:
        await connection.run_sync(_go_to, "0001")
        await connection.run_sync(_store_as_0_1_0, former)
    for _ in range(2):
        await upgrade(database)
        async with serve_engine(settings) as api:
            source = (await api.get("/api/sources/old")).json()
            kept = {name: source["connection"][name] for name in ("connectTimeoutMs", "verifyTls")}
            assert kept == {"connectTimeoutMs": 1234, "verifyTls": False}
            assert source["connection"]["retention"]["errorDays"] == 7
            assert (source["connection"]["redirects"], source["rateState"]) == (redirects, None)
            # What a form sends back has all the new members; taken back, they go.
            stored = (await api.put("/api/sources/old", json=source)).json()
            assert stored["connection"]["redirects"] == redirects
            (listed,) = (await api.get("/api/logs")).json()["results"]
            (exchange,) = (await api.get(f"/api/logs/{listed['id']}")).json()["exchanges"]
            assert exchange["request"]["headers"] == [{"name": "Accept", "value": "*/*", "origin": None}]
            assert (exchange["delayMs"], exchange["connection"], exchange["response"]["statusCode"]) == (0, None, 204)
            assert set(exchange["timings"].values()) == {None}
        async with database.writer.begin() as connection:
            await connection.run_sync(_go_back_to, "0001")
            raw = await connection.scalar(text("SELECT connection FROM sources"))
        left = json.loads(raw) if isinstance(raw, str) else raw
        assert former.items() <= left.items()
        assert "redirects" not in left
        assert not {"caCertificates", "http2", "proxy", "retry", "rateLimit", "keepCookies", "maxRedirects"} & set(left)
    await database.close()


async def test_what_an_earlier_version_does_not_know_is_switched_off_there(settings: Settings) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    async with serve_engine(settings) as api:
        for name, location, authentication in (
            ("soap", "https://soap.example/service", {"type": "none"}),
            ("ftp", "sftp://files.example/in", {"type": "ssh_key", "username": "courier", "privateKey": key}),
            ("json", "https://api.example", {"type": "none"}),
        ):
            await create_source(api, name=name, type=name, location=location, authentication=authentication)
    database = Database.from_settings(settings)
    async with database.writer.begin() as connection:
        await connection.run_sync(_go_back_to, "0003")
        rows = await connection.execute(text("SELECT name, type, is_enabled, authentication, connection FROM sources"))
        left = {row.name: (row.type, bool(row.is_enabled), _json(row.authentication)["type"]) for row in rows}
    assert left == {"soap": ("xml", False, "none"), "ftp": ("xml", False, "none"), "json": ("json", True, "none")}
    await upgrade(database)
    await database.close()
    async with serve_engine(settings) as api:
        assert {one["name"] for one in (await api.get("/api/sources")).json()["results"]} == {"soap", "ftp", "json"}


async def test_calls_of_kinds_that_an_earlier_version_does_not_know_are_forgotten_there(
    settings: Settings, httpbin: str
) -> None:
    async with serve_engine(settings) as api:
        web = await create_source(api, name="web", location=httpbin, resultsPosition="_root")
        kept = await test_call(api, web["id"], "/json")
        await test_call(api, web["id"], "/uuid", pages={"type": "offset", "parameter": "skip"})
        paged = await test_call(api, web["id"], "/cookies", pages={"type": "next_link", "position": "x"})
        files = await create_source(api, name="files", type="ftp", location="ftp://127.0.0.1:1")
        await test_call(api, files["id"], "/", method="LIST")
        described = kept["exchanges"][0]["response"]["body"]["charsetFrom"]
    assert described is not None
    database = Database.from_settings(settings)
    async with database.writer.begin() as connection:
        await connection.run_sync(_go_back_to, "0003")
        rows = await connection.execute(text("SELECT method FROM call_logs"))
        assert {row.method for row in rows} == {"GET"}
        responses = [
            _json(row.response) for row in await connection.execute(text("SELECT response FROM call_exchanges"))
        ]
        assert not any("charsetFrom" in (response["body"] or {}) for response in responses if response)
    await upgrade(database)
    await database.close()
    async with serve_engine(settings) as api:
        for call in (kept, paged):
            entry = (await api.get(f"/api/logs/{call['logId']}")).json()
            for exchange, former in zip(entry["exchanges"], call["exchanges"], strict=True):
                assert exchange["request"]["url"] == former["request"]["url"]
                assert exchange["startedAt"] == former["startedAt"]


def _json(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str) else stored


def _store_as_0_1_0(connection: Connection, former: dict[str, Any]) -> None:
    """A source and the log of a call as the first version has written them."""
    at, source_id, call_id = datetime(2026, 11, 23, tzinfo=UTC), new_id(), new_id()
    rows: dict[str, dict[str, Any]] = {
        "sources": {
            "id": source_id,
            "slug": "old",
            "name": "Old",
            "description": "",
            "location": "https://old.example",
            "type": "json",
            "is_enabled": True,
            "headers": [],
            "query": [],
            "authentication": {"type": "none"},
            "connection": former,
            "version": 1,
            "created_at": at,
            "updated_at": at,
        },
        "call_logs": {
            "id": call_id,
            "source_id": source_id,
            "source_name": "Old",
            "trigger_type": "test",
            "method": "GET",
            "url": "https://old.example/x",
            "started_at": at,
            "duration_ms": 12.5,
            "status_code": 204,
            "outcome": "success",
            "request_size": 0,
            "exchange_count": 1,
            "expires_at": datetime(2126, 1, 1, tzinfo=UTC),
        },
        "call_exchanges": {
            "call_id": call_id,
            "position": 0,
            "kind": "request",
            "started_at": at,
            "duration_ms": 12.5,
            "request": {
                "method": "GET",
                "url": "https://old.example/x",
                "headers": [{"name": "Accept", "value": "*/*"}],
                "body": None,
            },
            "response": {"statusCode": 204, "reason": "", "httpVersion": "HTTP/1.1", "headers": [], "body": None},
        },
    }
    for name, row in rows.items():
        columns = [column(key, _type_of(value)) for key, value in row.items()]
        connection.execute(insert(table(name, *columns)).values(row))


def _type_of(value: object) -> TypeEngine[Any]:
    if isinstance(value, UUID):
        return Uuid()
    if isinstance(value, datetime):
        return DateTime(timezone=True)
    return JSON() if isinstance(value, dict | list) else NullType()


def _go_to(connection: Connection, revision: str) -> None:
    command.upgrade(_config(connection), revision)


def _go_back_to(connection: Connection, revision: str) -> None:
    command.downgrade(_config(connection), revision)


def _config(connection: Connection) -> Config:
    config = alembic_config()
    config.attributes["connection"] = connection
    return config


def _differences(connection: Connection) -> list[object]:
    return compare_metadata(
        MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_of_a_model}),
        Base.metadata,
    )


async def test_a_database_that_is_away_is_told_in_one_line(tmp_path: Path) -> None:
    settings = Settings(storage_path=tmp_path, database_url="postgresql://user:hunter2@127.0.0.1:9/name")
    database = Database.from_settings(settings)
    with pytest.raises(ConfigurationError, match=r"The database cannot be used: .*refused") as caught:
        await upgrade(database)
    assert "hunter2" not in str(caught.value)
    await database.close()
