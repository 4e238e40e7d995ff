# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Composes the engine: routers, error handlers, and the life of what they share."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields
from functools import partial

import structlog
from fastapi import FastAPI
from sqlalchemy.orm import Session

from openconnector import __version__
from openconnector.administration.router import router as administration_router
from openconnector.administration.service import AdministrationService
from openconnector.calls.attempts import Attempts
from openconnector.calls.cookies import CookieStore
from openconnector.calls.files.attempts import FileAttempts
from openconnector.calls.files.router import router as files_router
from openconnector.calls.files.service import FileService
from openconnector.calls.pages.router import router as pages_router
from openconnector.calls.pages.service import PageService
from openconnector.calls.rate_limit import RateLimiter
from openconnector.calls.router import router as calls_router
from openconnector.calls.service import CallService
from openconnector.calls.soap.loading import DescriptionLoader
from openconnector.calls.soap.router import router as soap_router
from openconnector.calls.soap.service import SoapDescriptions
from openconnector.calls.tokens.authorizations import Authorizations
from openconnector.calls.tokens.engine import TokenEngine
from openconnector.calls.tokens.fetching import TokenFetcher
from openconnector.calls.tokens.router import router as authorization_router
from openconnector.core import problems
from openconnector.core.database import Database
from openconnector.core.diskspace import WritesNeedRoom
from openconnector.core.languages import Languages, SpeaksLanguages
from openconnector.core.settings import Settings
from openconnector.core.telemetry import Telemetry
from openconnector.egress.connection import Dialer
from openconnector.egress.tls import TlsContexts, TlsOptions, create_context
from openconnector.logs.bodies_router import router as bodies_router
from openconnector.logs.comparison.router import router as comparison_router
from openconnector.logs.entries import CallEntry
from openconnector.logs.exports.router import router as exports_router
from openconnector.logs.keeping.router import router as keeping_router
from openconnector.logs.opening import OpenLog, open_log
from openconnector.logs.questions.router import router as questions_router
from openconnector.logs.router import router as logs_router
from openconnector.logs.statistics.rollups import fold_all
from openconnector.logs.statistics.router import router as statistics_router
from openconnector.logs.views.router import router as views_router
from openconnector.migrations.upgrade import upgrade
from openconnector.monitoring.checks import Checks
from openconnector.monitoring.deliveries import Deliveries
from openconnector.monitoring.notifier import Notifier
from openconnector.monitoring.router import router as monitoring_router
from openconnector.monitoring.service import WatchService
from openconnector.reading.readers import Readers
from openconnector.sources.repository import remember_blocking
from openconnector.sources.resealing import holds_secrets
from openconnector.sources.router import router as sources_router
from openconnector.transfer.exporting import SourceExports
from openconnector.transfer.fetching import DocumentFetcher
from openconnector.transfer.openapi.loading import DescriptionFetcher
from openconnector.transfer.openapi.router import router as api_descriptions_router
from openconnector.transfer.openapi.service import ApiDescriptions
from openconnector.transfer.router import router as transfer_router
from openconnector.transfer.service import Imports
from openconnector.transports.files.transport import FileTransport
from openconnector.transports.http import HttpTransport
from openconnector.vault.encryption import Vault
from openconnector.vault.keys import open_ring

DESCRIPTION = "Configure connections to other systems, test them from the server, and find every call in the logs."


POSTGRESQL_PORT = 5432

SCHEDULER_PAUSE_SECONDS = 30
"""Between two attempts to start scheduled work, while the database is away."""

ROLL_UPS_CRON = "17 * * * *"
"""When roll-ups that are finer than anybody asks for are removed."""

WATCHES = "watches"
"""The checks of sources that are watched."""

_ROUTERS = (
    calls_router,
    pages_router,
    files_router,
    soap_router,
    api_descriptions_router,
    transfer_router,
    authorization_router,
    monitoring_router,
    sources_router,
    statistics_router,
    views_router,
    questions_router,
    exports_router,
    keeping_router,
    comparison_router,
    logs_router,
    bodies_router,
    administration_router,
)

log = structlog.get_logger()


def create_app(
    settings: Settings,
    telemetry: Telemetry | None = None,
    notifier: Notifier | None = None,
    languages: Languages | None = None,
) -> FastAPI:
    """The engine as an ASGI application. Without languages it speaks English.

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
        # The framework's own would send what requests hold, secrets included. What is told is in core/telemetry.py.
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
    )
    app.state.telemetry = telemetry
    app.state.notifier = notifier
    problems.install(app)
    app.add_middleware(WritesNeedRoom)
    if languages is not None:
        app.add_middleware(SpeaksLanguages, languages=languages)
    for router in _ROUTERS:
        app.include_router(router)
    return app


@asynccontextmanager
async def engine(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Open what requests share, and close it in the reverse order."""
    if settings.ca_file is not None:
        create_context(TlsOptions(), settings.ca_file)  # better refused now than at the first call
    database = Database.from_settings(settings)
    try:
        administration = AdministrationService(_with_own_ports(settings, database), database)
        await upgrade(database)
        vault = Vault(await asyncio.to_thread(open_ring, settings, partial(holds_secrets, database)))
    except BaseException:
        await database.close()
        raise
    app.state.vault = vault
    app.state.database = database
    app.state.administration = administration
    try:
        async with open_log(database, settings, _remember) as opened:
            for part in fields(opened):
                setattr(app.state, part.name, getattr(opened, part.name))
            async with _calling(app, settings, opened):
                yield
    finally:
        await database.close()


@asynccontextmanager
async def _calling(app: FastAPI, settings: Settings, opened: OpenLog) -> AsyncIterator[None]:
    """What makes calls and writes them into the open log, and the work in the background."""
    vault, database = app.state.vault, app.state.database
    transport = HttpTransport(ca_file=settings.ca_file)
    app.state.readers = readers = Readers()
    limiter = RateLimiter(database)
    fetcher = TokenFetcher(transport)
    tokens = TokenEngine(database, vault, fetcher)
    attempts = Attempts(transport, limiter, CookieStore(), tokens)
    contexts = TlsContexts(settings.ca_file)
    files = FileAttempts(FileTransport(Dialer(contexts), contexts), limiter, database)
    app.state.calls = calls = CallService(attempts, files, opened, app.state.administration, app.state.telemetry)
    app.state.files = FileService(calls, files)
    app.state.pages = PageService(calls, attempts)
    app.state.imports = Imports(database, vault, app.state.administration)
    app.state.source_exports = SourceExports(database, vault, app.state.administration)
    app.state.import_fetcher = DocumentFetcher(calls, attempts)
    app.state.soap = SoapDescriptions(database, DescriptionLoader(calls, attempts, transport))
    fetching = DescriptionFetcher(calls, attempts, transport)
    app.state.api_descriptions = ApiDescriptions(database, fetching, app.state.administration)
    tokens.on_orphan = calls.log_exchanges
    app.state.tokens = tokens
    app.state.authorizations = Authorizations(database, vault, fetcher, tokens)
    notifier = app.state.notifier
    checks = Checks(database, vault, app.state.administration, calls, Deliveries(database, notifier), notifier)
    app.state.watches = WatchService(database, checks, notifier)
    work = _run_background(settings, database, opened, checks) if settings.background_work else None
    background = None if work is None else asyncio.create_task(work)
    try:
        yield
    finally:
        if background is not None:
            background.cancel()
            await asyncio.wait([background])
        await checks.close()
        await readers.close()
        await tokens.close()
        transport.close()
        await limiter.close()


def _with_own_ports(settings: Settings, database: Database) -> Settings:
    """The settings with the port of the database among those that no call may reach."""
    if database.is_sqlite:
        return settings
    return settings.model_copy(update={"own_ports": settings.own_ports | {database.url.port or POSTGRESQL_PORT}})


async def _run_background(settings: Settings, database: Database, opened: OpenLog, checks: Checks) -> None:
    """Scheduled work. It begins behind the first request, because its library takes its time to load."""
    from openconnector.core.durable import Job, Scheduler, Task  # noqa: PLC0415  # 0.2 s that a heartbeat need not wait for

    scheduler = Scheduler(settings, database)
    clean_up = Job("log-clean-up", settings.clean_up_cron, opened.clean_up.run)
    roll_ups = Job("log-roll-ups", ROLL_UPS_CRON, partial(fold_all, database))
    watches = Job(WATCHES, settings.watch_cron, partial(checks.hand_out, partial(scheduler.enqueue, WATCHES)))
    while True:
        try:
            await scheduler.open([clean_up, roll_ups, watches], [Task(WATCHES, checks.run_batch)])
            await asyncio.Event().wait()
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
