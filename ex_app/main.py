# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Composes the app and serves it: `python -m ex_app.main`.

From the outside to the inside: the guard, the lifecycle paths, the static files, the engine.
"""

import asyncio
import logging
import os
import signal
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
from ex_app.journal import Secrets, configure_journal
from ex_app.lifecycle import INITIALISING_PATIENCE_SECONDS, Lifecycle
from ex_app.navigation import Navigation
from ex_app.nextcloud_log import NextcloudLog
from ex_app.notifications import NextcloudNotifier
from ex_app.observability.composition import Observability, observability_of
from ex_app.occ import OccCommands
from ex_app.settings import NextcloudSettings
from ex_app.statics import static_mounts
from ex_app.surroundings import Surroundings
from openconnector.commands.values import COMMAND_PASSPHRASE, COMMAND_SECRET
from openconnector.core.collector import settle
from openconnector.core.settings import Settings
from openconnector.core.telemetry import VitalSigns

log = structlog.get_logger(__name__)

SHUTDOWN_SECONDS = 6
"""For what is being answered when the process shall end. Docker ends it by force after ten seconds, and by then the
calls that were cut off must stand in the log."""

_BACKLOG = 2048


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
    observability = observability_of(environment.operation, environ)
    notifier = NextcloudNotifier(client, environment.app_id)
    engine = EngineRunner(partial(load_engine, _settings(environment), observability.telemetry, notifier))
    navigation = Navigation(
        client, assets=environment.assets, storage=environment.storage, version=environment.app_version
    )
    settings = NextcloudSettings(client, lambda: engine.state)
    commands = OccCommands(client, engine, _settings(environment), Surroundings(environment, client))
    lifecycle = Lifecycle(client, engine, navigation, settings=settings, commands=commands, notifier=notifier)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        relay = _relay(environment, client, _secrets(environment, environ))
        engine.start()
        warming_up = asyncio.create_task(_warm_up(engine, client, settings, notifier))
        try:
            yield
        finally:
            warming_up.cancel()
            await lifecycle.aclose()
            await settings.aclose()
            await roles.aclose()
            await engine.stop()
            await asyncio.to_thread(observability.close)
            if relay is not None:
                await relay.aclose()
            await client.aclose()

    credentials = Credentials(environment.app_id, environment.app_secret)
    return Starlette(
        routes=[
            *lifecycle.routes(),
            *commands.routes(),
            *static_mounts(PROJECT, environment.assets),
            Mount("", app=settings.around(engine)),
        ],
        middleware=[
            *_metrics(environment, observability, engine),
            Middleware(Guard, credentials=credentials, roles=roles),
        ],
        exception_handlers={HTTPException: _not_served, Exception: _fault},
        lifespan=lifespan,
    )


async def _warm_up(
    engine: EngineRunner, client: NextcloudClient, settings: NextcloudSettings, notifier: NextcloudNotifier
) -> None:
    """Import the library for Nextcloud once the engine has started, so that no user has to wait for it."""
    with suppress(EngineStartError):
        await engine.ready(INITIALISING_PATIENCE_SECONDS)
    await client.warm_up()
    settle()
    notifier.assume(is_enabled=await settings.start_where_enabled())


def _relay(environment: Environment, client: NextcloudClient, secrets: Secrets) -> NextcloudLog | None:
    """What is worth a look goes to Nextcloud's log, too, from now on."""
    level = environment.operation.nextcloud_log
    if level == "off":
        return None
    relay = NextcloudLog(client.log, logging.getLevelNamesMapping()[level.upper()], secrets=secrets)
    relay.open()
    return relay


def _metrics(environment: Environment, observability: Observability, engine: EngineRunner) -> list[Middleware]:
    metrics, token = observability.metrics, environment.operation.metrics_token
    if metrics is None or token is None:
        return []
    from ex_app.observability.endpoint import MetricsEndpoint  # noqa: PLC0415  its library is an extra

    async def signs() -> VitalSigns | None:
        state = engine.state
        if state is None:
            return None
        from openconnector.logs.vital_signs import read_vital_signs  # noqa: PLC0415  it came with the engine

        return await read_vital_signs(state.database, state.writer, state.disk)

    port = environment.operation.metrics_port
    return [Middleware(MetricsEndpoint, metrics=metrics, token=token.get_secret_value(), signs=signs, port=port)]


async def _not_served(request: Request, _error: Exception) -> Response:
    return refusal_response(UnknownPathError(), request.scope)


async def _fault(request: Request, _error: Exception) -> Response:
    return refusal_response(FaultError(), request.scope)


def _settings(environment: Environment) -> Settings:
    try:
        ports = {environment.port, environment.operation.metrics_port} - {None}
        return Settings(storage_path=environment.storage, own_ports=frozenset(ports))
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
    """The sockets to serve on: HaRP's or a port, and that of the metrics."""
    sockets = []
    if environment.unix_socket is not None:
        sockets.append(_listen_at(environment.unix_socket))
    else:
        sockets.append(_listen_on(environment.host, environment.port, "APP_PORT"))
    if environment.operation.metrics_port is not None and environment.operation.metrics_token is not None:
        sockets.append(_listen_on("0.0.0.0", environment.operation.metrics_port, "OPENCONNECTOR_METRICS_PORT"))  # noqa: S104
    return sockets


def _listen_at(path: Path) -> socket.socket:
    """A socket in the file system. One of an earlier process is in the way, and goes."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        path.chmod(0o666)  # the tunnel runs as another user; the guard asks for the secret
        listener.listen(_BACKLOG)
    except OSError as error:
        raise EnvironmentProblemError("HP_EXAPP_SOCK", f"cannot be used: {path}: {error.strerror}") from None
    return listener


def _listen_on(host: str, port: int, variable: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = error.strerror or "no such address"
        raise EnvironmentProblemError(variable, f"cannot be used: {host}:{port}: {reason}") from None
    # Inherited by each connection. The event loop does not do it for sockets that it did not make, and without
    # it the body of an answer waits 40 ms for the acknowledgement of the headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _secrets(environment: Environment, environ: Mapping[str, str]) -> Secrets:
    """What the process has got in its environment and no log may hold."""
    settings = _settings(environment)
    known = [environment.operation.metrics_token, settings.secret_key, *settings.previous_secret_keys]
    values = (one.get_secret_value() for one in known if one is not None)
    of_others = (environ.get(name) for name in ("HP_SHARED_KEY", COMMAND_SECRET, COMMAND_PASSPHRASE))
    return Secrets([environment.app_secret, *of_others, *values])


def serve(environ: Mapping[str, str]) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        EnvironmentProblemError: a variable is missing or wrong, or what it names cannot be used.
    """
    environment = Environment.read(environ)
    operation, secrets = environment.operation, _secrets(environment, environ)
    configure_journal(_settings(environment).log_level, operation.log_format, secrets)
    _prepare_storage(environment.storage)
    config = uvicorn.Config(
        create_exapp(environ),
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
        uvicorn.Server(config).run(sockets=sockets)


def main() -> int:
    """Serve what the environment of the process describes."""
    os.umask(0o077)  # the database holds what was sent and answered, and is for its owner as the key is
    # From the first moment on: the first process of a container does not hear a signal that it has no handler for. The
    # server, which sends the signal again at its end, comes here with it, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        serve(os.environ)
    except EnvironmentProblemError as problem:
        sys.stderr.write(f"open_connector cannot start: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
