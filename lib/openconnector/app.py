# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Composes the engine: routers, error handlers, and the life of what they share."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import structlog
from fastapi import FastAPI
from sqlalchemy.orm import Session

from openconnector import __version__
from openconnector.administration.router import router as administration_router
from openconnector.administration.service import AdministrationService
from openconnector.calls.attempts import Attempts
from openconnector.calls.cookies import CookieStore
from openconnector.calls.rate_limit import RateLimiter
from openconnector.calls.router import router as calls_router
from openconnector.calls.service import CallService
from openconnector.calls.tokens.authorizations import Authorizations
from openconnector.calls.tokens.engine import TokenEngine
from openconnector.calls.tokens.fetching import TokenFetcher
from openconnector.calls.tokens.router import router as authorization_router
from openconnector.core import problems
from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError
from openconnector.core.settings import Settings
from openconnector.egress.tls import TlsOptions, create_context
from openconnector.logs.entries import CallEntry
from openconnector.logs.retention import remove_expired
from openconnector.logs.router import router as logs_router
from openconnector.logs.writer import LogWriter
from openconnector.migrations.upgrade import upgrade
from openconnector.sources.repository import remember_blocking
from openconnector.sources.router import router as sources_router
from openconnector.transports.http import HttpTransport
from openconnector.vault.encryption import Vault
from openconnector.vault.keys import open_ring

DESCRIPTION = "Configure connections to other systems, test them from the server, and find every call in the logs."


POSTGRESQL_PORT = 5432

SCHEDULER_PAUSE_SECONDS = 30
"""Between two attempts to start scheduled work, while the database is away."""

log = structlog.get_logger()


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
        max_body_size=problems.MAX_BODY_BYTES,
        separate_input_output_schemas=True,
    )
    problems.install(app)
    for router in (calls_router, authorization_router, sources_router, logs_router, administration_router):
        app.include_router(router)
    return app


@asynccontextmanager
async def engine(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Open what requests share, and close it in the reverse order."""
    vault = Vault(open_ring(settings))
    if settings.ca_file is not None:
        create_context(TlsOptions(), settings.ca_file)  # better refused now than at the first call
    database = Database.from_settings(settings)
    try:
        administration = AdministrationService(_with_own_ports(settings, database), database)
        await upgrade(database)
    except BaseException:
        await database.close()
        raise
    transport = HttpTransport(ca_file=settings.ca_file)

    writer = LogWriter(database, also=_remember)
    app.state.vault = vault
    app.state.database = database
    app.state.administration = administration
    limiter = RateLimiter(database)
    fetcher = TokenFetcher(transport)
    tokens = TokenEngine(database, vault, fetcher)
    attempts = Attempts(transport, limiter, CookieStore(), tokens)
    app.state.calls = calls = CallService(settings, attempts, writer, administration)
    tokens.on_orphan = calls.log_exchanges
    app.state.tokens = tokens
    app.state.authorizations = Authorizations(database, vault, fetcher, tokens)
    background = asyncio.create_task(_run_background(settings, database)) if settings.background_work else None
    try:
        yield
    finally:
        if background is not None:
            background.cancel()
            await asyncio.wait([background])
        try:
            await tokens.close()
            transport.close()
            await limiter.close()
            await writer.close()
        finally:
            await database.close()


def _with_own_ports(settings: Settings, database: Database) -> Settings:
    """The settings with the port of the database among those that no call may reach."""
    if database.is_sqlite:
        return settings
    return settings.model_copy(update={"own_ports": settings.own_ports | {database.url.port or POSTGRESQL_PORT}})


async def _run_background(settings: Settings, database: Database) -> None:
    """Scheduled work. It begins behind the first request, because its library takes its time to load."""
    from openconnector.core.durable import Job, Scheduler  # noqa: PLC0415  # 0.2 s that a heartbeat need not wait for

    scheduler = Scheduler(settings, database)
    clean_up = Job("log-clean-up", settings.clean_up_cron, partial(remove_expired, database))
    while True:
        try:
            await scheduler.open([clean_up])
            await asyncio.Event().wait()
        except ConfigurationError as error:
            log.error("there is no scheduled work", error=str(error))  # noqa: TRY400  # it says all there is to say
            return
        except Exception:
            log.exception("scheduled work cannot start yet")
        finally:
            await scheduler.close()
        await asyncio.sleep(SCHEDULER_PAUSE_SECONDS)


def _remember(session: Session, calls: Sequence[CallEntry]) -> None:
    """What the list of sources shows of their latest calls is true together with the log."""
    remember_blocking(
        session,
        [
            {
                "source_id": call.source_id,
                "log_id": call.id,
                "at": call.started_at,
                "status_code": call.status_code,
                "outcome": call.outcome,
                "error_type": call.error_type,
            }
            for call in calls
        ],
    )
