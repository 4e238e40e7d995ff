# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Composes the engine: routers, error handlers, and the life of what they share."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from openconnector import __version__
from openconnector.calls.router import router as calls_router
from openconnector.calls.service import CallService
from openconnector.core import problems
from openconnector.core.database import Database
from openconnector.core.settings import Settings
from openconnector.logs.models import CallLog
from openconnector.logs.router import router as logs_router
from openconnector.logs.writer import LogWriter
from openconnector.migrations.upgrade import upgrade
from openconnector.sources.models import LastCall
from openconnector.sources.router import router as sources_router
from openconnector.sources.service import SourceService
from openconnector.transports.http import HttpTransport
from openconnector.vault.encryption import Vault
from openconnector.vault.keys import load_key

DESCRIPTION = "Configure connections to other systems, test them from the server, and find every call in the logs."


def create_app(settings: Settings) -> FastAPI:
    """The engine as an ASGI application.

    It authenticates nobody: a face must put a `Principal` into the scope of each request, else the API answers 401.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with engine(app, settings):
            yield

    app = FastAPI(
        title="OpenConnector",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=True,
    )
    problems.install(app)
    for router in (calls_router, sources_router, logs_router):
        app.include_router(router)
    return app


@asynccontextmanager
async def engine(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Open what requests share, and close it in the reverse order."""
    vault = Vault(load_key(settings))
    database = Database.from_settings(settings)
    await upgrade(database)
    transport = HttpTransport(ca_file=settings.ca_file)

    async def remember(session: AsyncSession, calls: Sequence[CallLog]) -> None:
        await SourceService(session, vault).remember([_last_call(call) for call in calls])

    writer = LogWriter(database, also=remember)
    app.state.vault = vault
    app.state.database = database
    app.state.calls = CallService(settings, transport, writer)
    try:
        yield
    finally:
        await transport.close()
        await writer.close()
        await database.close()


def _last_call(call: CallLog) -> LastCall:
    return LastCall(
        source_id=call.source_id,
        log_id=call.id,
        at=call.started_at,
        status_code=call.status_code,
        outcome=call.outcome,
        error_type=call.error_type,
    )
