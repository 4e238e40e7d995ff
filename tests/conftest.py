# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What tests of all kinds stand on: databases, the engine with a face, and real servers on the other side."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import hypothesis
import pytest
import structlog
from starlette.types import Receive, Scope, Send

from ex_app.environment import PROJECT
from openconnector.app import create_app, engine
from openconnector.core.http import ASGITransport, AsyncClient
from openconnector.core.languages import Languages
from openconnector.core.principal import SCOPE_KEY, Principal
from openconnector.core.settings import Settings
from tests.leaks import (
    pytest_runtest_logreport,
    pytest_sessionfinish,
    pytest_testnodedown,
    search,
    search_answer,
    search_log,
)
from tests.postgres import PostgresServer
from tests.upstream import HttpbinServer

# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])

LOOPBACK = ["127.0.0.0/8", "::1"]
"""What tests talk to."""

ADMIN = Principal("admin", is_admin=True)

# The hooks of the search for marked secrets.
__all__ = ["pytest_runtest_logreport", "pytest_sessionfinish", "pytest_testnodedown"]


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Command lines set the mask of new files, for a process that is theirs; here they run within this one."""
    former = os.umask(0o022)
    yield
    os.umask(former)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of our own, on a free port."""
    with PostgresServer() as server:
        yield server
        server.stop()
        search(server.directory)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with a database that nothing has been written to; a test runs once for each kind of database."""
    if request.param == "sqlite":
        return Settings(storage_path=tmp_path, background_work=False, egress_allow=LOOPBACK)
    server: PostgresServer = request.getfixturevalue("postgres")
    return Settings(
        storage_path=tmp_path, background_work=False, egress_allow=LOOPBACK, database_url=server.create_database()
    )


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    return Settings(storage_path=tmp_path, background_work=False, egress_allow=LOOPBACK)


@asynccontextmanager
async def serve_engine(settings: Settings, principal: Principal | None = ADMIN) -> AsyncIterator[AsyncClient]:
    """The engine behind a face that has authenticated `principal`."""
    app = create_app(settings, languages=Languages(PROJECT / "l10n"))

    async def face(scope: Scope, receive: Receive, send: Send) -> None:
        if principal is not None:
            scope[SCOPE_KEY] = principal
        await app(scope, receive, send)

    async with (
        engine(app, settings),
        AsyncClient(
            transport=ASGITransport(face),
            base_url="http://engine",
            timeout=60,
            event_hooks={"response": [search_answer]},
        ) as client,
    ):
        yield client
        await search_log(app)


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[AsyncClient]:
    """The API as an administrator uses it, on SQLite and on PostgreSQL."""
    async with serve_engine(settings) as client:
        yield client


@pytest.fixture
async def sqlite_api(sqlite_settings: Settings) -> AsyncIterator[AsyncClient]:
    """The API on SQLite, for what does not depend on the database."""
    async with serve_engine(sqlite_settings) as client:
        yield client


@pytest.fixture(scope="session")
def httpbin() -> Iterator[str]:
    """The base URL of httpbin on a real port."""
    with HttpbinServer() as server:
        yield server.url
