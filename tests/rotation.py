# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`openconnector secret:rotate` as a process of its own, and sources with a secret in every place there is."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import select, update

from openconnector.core.database import Database
from openconnector.core.settings import Settings
from openconnector.migrations.upgrade import upgrade
from openconnector.sources.models import Source
from openconnector.sources.opened import OpenSource, open_source
from openconnector.sources.repository import find_blocking
from openconnector.sources.schemas import SourceCreate
from openconnector.sources.sealing import Sealer
from openconnector.sources.service import SourceService
from openconnector.vault.encryption import Vault
from openconnector.vault.keys import KeyFile, open_ring
from tests.factories import marked, source

PROXY = {"url": "http://127.0.0.1:9", "username": "user", "password": marked("proxy")}


def secrets_of(number: int) -> dict[str, Any]:
    """The members of a source that hold a secret in every place there is."""
    return {
        "headers": [
            {"name": "X-Open", "value": "open", "isSecret": False},
            {"name": "X-Key", "value": marked(f"header {number}"), "isSecret": True},
        ],
        "query": [{"name": "key", "value": marked(f"query {number}"), "isSecret": True}],
        "authentication": {"type": "basic", "username": "user", "password": marked(f"password {number}")},
    }


async def fill(settings: Settings, count: int) -> None:
    """Put sources into the database, past the API: a proxy that does not answer may stand there, too."""
    database, vault = Database.from_settings(settings), Vault(open_ring(settings))
    await upgrade(database)
    async with database.write_session() as session:
        sources = SourceService(session, vault)
        for number in range(count):
            body = source(name=f"Source {number}", slug=f"source-{number}", **secrets_of(number))
            await sources.create(SourceCreate.model_validate(body | {"connection": {"proxy": PROXY}}))
    await database.close()


@asynccontextmanager
async def rotation(settings: Settings, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command in a process of its own; it is gone in the end."""
    environment = os.environ | {"OPENCONNECTOR_STORAGE_PATH": str(settings.storage_path)}
    keys = [settings.secret_key, *settings.previous_secret_keys]
    if settings.secret_key is not None:
        current, *previous = [key.get_secret_value() for key in keys if key]
        environment |= {
            "OPENCONNECTOR_SECRET_KEY": current,
            "OPENCONNECTOR_PREVIOUS_SECRET_KEYS": ",".join(previous),
        }
    if settings.database_url is not None:
        environment["OPENCONNECTOR_DATABASE_URL"] = settings.database_url.get_secret_value()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "openconnector.cli", "secret:rotate", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def rotate(settings: Settings, *options: str) -> tuple[int | None, dict[str, Any], str]:
    """Run the command to its end: its exit code, its JSON document, and what it said meanwhile."""
    async with rotation(settings, "--json", "--grace", "0.3", *options) as process:
        output, said = await process.communicate()
    return process.returncode, json.loads(output or b"{}"), said.decode()


async def heard(process: asyncio.subprocess.Process, words: str) -> None:
    """Wait until the command says this."""
    assert process.stderr is not None
    while line := await process.stderr.readline():
        if words in line.decode():
            return
    pytest.fail(f"the command never said {words!r}")


def ring_of(settings: Settings) -> list[bytes]:
    return list(KeyFile(settings.storage_path).ring())


async def opened(settings: Settings, *references: str) -> list[OpenSource]:
    """Sources as a process that starts now reads them."""
    database, vault = Database.from_settings(settings), Vault(open_ring(settings))

    def read(session: Any) -> list[OpenSource]:
        return [open_source(find_blocking(session, reference), vault) for reference in references]

    try:
        return await database.run(read)
    finally:
        await database.close()


def assert_secrets(found: OpenSource, number: int) -> None:
    wanted, proxy = secrets_of(number), found.connection.proxy
    assert [row.value for row in found.headers] == [row["value"] for row in wanted["headers"]]
    assert [row.value for row in found.query] == [row["value"] for row in wanted["query"]]
    assert wanted["authentication"]["password"] in list(found.authentication.credentials())
    assert proxy is not None
    assert proxy.password.get_secret_value() == PROXY["password"]


async def save_under(key: bytes, settings: Settings, slug: str, password: str, place: str = "password") -> None:
    """What a process does that took the key before it was changed, and commits only now."""
    database = Database.from_settings(settings)
    async with database.write_session() as session:
        row = (await session.scalars(select(Source).where(Source.slug == slug))).one()
        sealed = Sealer(Vault(lambda: (key,)), row.id).seal(password, f"authentication/{place}")
        changed = row.authentication | {"password": sealed}
        await session.execute(update(Source).where(Source.id == row.id).values(authentication=changed))
    await database.close()
