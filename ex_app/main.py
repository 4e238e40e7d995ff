# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Composes the app and serves it: `python -m ex_app.main`.

From the outside to the inside: the guard, the lifecycle paths, the static files, the engine.
"""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import structlog
import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from ex_app.appapi.client import NextcloudClient
from ex_app.appapi.guard import Credentials, Guard
from ex_app.appapi.refusals import FaultError, UnknownPathError, refusal_response
from ex_app.appapi.roles import AdminRoles
from ex_app.engine import EngineRunner, EngineStartError, load_engine
from ex_app.environment import PROJECT, Environment, EnvironmentProblemError
from ex_app.journal import configure_journal
from ex_app.lifecycle import INITIALISING_PATIENCE_SECONDS, Lifecycle
from ex_app.navigation import Navigation
from ex_app.statics import static_mounts
from openconnector.core.collector import settle
from openconnector.core.settings import Settings

log = structlog.get_logger(__name__)

SHUTDOWN_SECONDS = 10


def create_exapp(environ: Mapping[str, str]) -> Starlette:
    """The whole app as Nextcloud sees it.

    Args:
        environ: the variables that AppAPI sets. The engine's own settings (`OPENCONNECTOR_…`) come from the
            environment of the process.

    Raises:
        EnvironmentProblemError: a variable is missing or wrong.
    """
    environment = Environment.read(environ)
    client = NextcloudClient(environment)
    roles = AdminRoles(client.is_admin)
    engine = EngineRunner(partial(load_engine, _settings(environment)))
    navigation = Navigation(
        client, assets=environment.assets, storage=environment.storage, version=environment.app_version
    )
    lifecycle = Lifecycle(client, engine, navigation)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        engine.start()
        warming_up = asyncio.create_task(_warm_up(engine, client))
        try:
            yield
        finally:
            warming_up.cancel()
            await lifecycle.aclose()
            await roles.aclose()
            await engine.stop()
            await client.aclose()

    credentials = Credentials(environment.app_id, environment.app_secret)
    return Starlette(
        routes=[
            *lifecycle.routes(),
            *static_mounts(PROJECT, environment.assets),
            Mount("", app=engine),
        ],
        middleware=[Middleware(Guard, credentials=credentials, roles=roles)],
        exception_handlers={HTTPException: _not_served, Exception: _fault},
        lifespan=lifespan,
    )


async def _warm_up(engine: EngineRunner, client: NextcloudClient) -> None:
    """Import the library for Nextcloud once the engine has started, so that no user has to wait for it."""
    with suppress(EngineStartError):
        await engine.ready(INITIALISING_PATIENCE_SECONDS)
    await client.warm_up()
    settle()


async def _not_served(_request: Request, _error: Exception) -> Response:
    return refusal_response(UnknownPathError())


async def _fault(_request: Request, _error: Exception) -> Response:
    return refusal_response(FaultError())


def _settings(environment: Environment) -> Settings:
    try:
        return Settings(storage_path=environment.storage, own_ports=frozenset({environment.port}))
    except ValidationError as error:
        # Only the first, and without its input: a value may be a password.
        first = error.errors(include_input=False, include_url=False)[0]
        name = "OPENCONNECTOR_" + "_".join(str(part) for part in first["loc"]).upper()
        raise EnvironmentProblemError(name, f"cannot be used: {first['msg']}") from None


def _prepare_storage(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = os.access(path, os.R_OK | os.W_OK | os.X_OK)
    except OSError:
        usable = False
    if not usable:
        raise EnvironmentProblemError("APP_PERSISTENT_STORAGE", f"names a directory that cannot be written: {path}")


def _listen(environment: Environment) -> list[socket.socket]:
    """The socket to serve on; behind HaRP uvicorn makes its own."""
    if environment.unix_socket is not None:
        return []
    family = socket.AF_INET6 if ":" in environment.host else socket.AF_INET
    try:
        listener = socket.create_server((environment.host, environment.port), family=family, backlog=2048)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "no such address"
        raise EnvironmentProblemError(
            "APP_PORT", f"cannot be used: {environment.host}:{environment.port}: {reason}"
        ) from None
    # Inherited by each connection. The event loop does not do it for sockets that it did not make, and without
    # it the body of an answer waits 40 ms for the acknowledgement of the headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return [listener]


def serve(environ: Mapping[str, str]) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        EnvironmentProblemError: a variable is missing or wrong, or what it names cannot be used.
    """
    environment = Environment.read(environ)
    configure_journal(_settings(environment).log_level)
    _prepare_storage(environment.storage)
    config = uvicorn.Config(
        create_exapp(environ),
        uds=str(environment.unix_socket) if environment.unix_socket else None,
        log_config=None,
        # An access log would hold the queries of the users; the log of Nextcloud has the requests anyway.
        access_log=False,
        server_header=False,
        # The address of the user comes from Nextcloud in a signed request, never from X-Forwarded-For.
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    sockets = _listen(environment)
    place = str(environment.unix_socket or f"{environment.host}:{environment.port}")
    log.info("serving", app=environment.app_id, version=environment.app_version, place=place)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=sockets or None)


def main() -> int:
    """Serve what the environment of the process describes."""
    try:
        serve(os.environ)
    except EnvironmentProblemError as problem:
        sys.stderr.write(f"open_connector cannot start: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
