# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The host as a whole: the small Nextcloud, the app behind it and the sample API beside it."""

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ex_app.environment import PROJECT
from ex_app.standalone.children import Child, ChildError, app_environment
from ex_app.standalone.console import Console
from ex_app.standalone.driver import Driver, DriverError
from ex_app.standalone.envelopes import not_found_page
from ex_app.standalone.manifest import ManifestError, read_manifest
from ex_app.standalone.ocs import OcsApi
from ex_app.standalone.page import Pages
from ex_app.standalone.proxy import Proxy
from ex_app.standalone.registry import InstalledApp
from ex_app.standalone.settings_page import SettingsPage
from openconnector.core.http import AsyncClient, Limits

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8080
LAST_PORT = 65535
DEFAULT_DATA = PROJECT / ".standalone"
INFO_XML = PROJECT / "appinfo" / "info.xml"

APP_PORTS = range(23000, 24000)
HEARTBEAT_SECONDS = 60.0
INIT_SECONDS = 120.0
SHUTDOWN_SECONDS = 2

_OF_SAMPLE_API = ("httpbin", "waitress")
"""What the sample API stands on: there for development, and not where the package is installed by itself."""

_PROXY = "/index.php/apps/app_api/proxy/{app_id}/{other:path}"


class HostError(Exception):
    """The host cannot start or go on; `str()` is one line for whoever started it."""


def host_application(app: InstalledApp, client: AsyncClient) -> Starlette:
    """The small Nextcloud as an ASGI application, around an app that somebody else runs."""
    driver = Driver(app, client)
    return Starlette(
        routes=[
            *OcsApi(app, driver.enable).routes(),
            Route(_PROXY, Proxy(app, client)),
            *Pages(app).routes(),
            *SettingsPage(app).routes(),
            *Console(app, client).routes(),
        ],
        # Nextcloud's trusted domains. Here they keep web pages out that reach loopback under a name of their own.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"])],
        exception_handlers={404: _not_found, 405: _not_found},
    )


def new_client() -> AsyncClient:
    """A client for requests to the app; a connection each, as PHP makes them, and no proxy in between."""
    return AsyncClient(follow_redirects=True, trust_env=False, limits=Limits(max_keepalive_connections=0))


class StandaloneHost:
    """Runs everything: use it with `async with`, or call `start`, `wait` and `stop`.

    With port 0 it takes a free port; `url` tells it once the host has started. `sample_url` is empty where there is no
    sample API. `interpreter` runs the app, where it shall be another one than ours.
    """

    def __init__(
        self,
        *,
        port: int = DEFAULT_PORT,
        data: Path = DEFAULT_DATA,
        quiet: bool = False,
        sample_api: bool = True,
        interpreter: str = sys.executable,
    ) -> None:
        self._port = port
        self._data = data
        self._quiet = quiet
        self._with_sample_api = sample_api and all(find_spec(name) for name in _OF_SAMPLE_API)
        self._interpreter = interpreter
        self._client = new_client()
        self._children: list[Child] = []
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self.url = ""
        self.sample_url = ""

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start everything and install the app.

        Raises:
            HostError: something is missing or did not start.
        """
        try:
            manifest = read_manifest(INFO_XML)
        except ManifestError as error:
            raise HostError(str(error)) from None
        listener = _listen(self._port)
        self.url = f"http://{LOOPBACK}:{listener.getsockname()[1]}/"
        self.app = InstalledApp(manifest, secrets.token_urlsafe(96), _free_port())
        self._serve(listener)
        try:
            await _all(self._start_sample_api(), self._start_app())
        except (ChildError, DriverError) as error:
            raise HostError(str(error)) from None

    async def wait(self) -> None:
        """Run until something ends that should not.

        Raises:
            HostError: a process ended.
        """
        try:
            await _first(*(child.ended() for child in self._children))
        except ChildError as error:
            raise HostError(str(error)) from None

    async def stop(self) -> None:
        """End everything."""
        if self._server is not None:
            self._server.should_exit = True
        await asyncio.gather(*(child.stop() for child in self._children))
        if self._serving is not None:
            with suppress(asyncio.CancelledError):
                await self._serving
        await self._client.aclose()

    def _serve(self, listener: socket.socket) -> None:
        config = uvicorn.Config(
            host_application(self.app, self._client),
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            lifespan="off",
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))

    async def _start_sample_api(self) -> None:
        if not self._with_sample_api:
            return
        environ = app_environment(self.app, nextcloud_url="", storage=self._data)
        del environ["APP_SECRET"]
        # The port beside ours, so that a source which names it still works after the next start.
        environ["SAMPLE_API_PORT"] = str(self._port + 1 if 0 < self._port < LAST_PORT else 0)
        child = Child("The sample API", "ex_app.standalone.sample_api", environ=environ, quiet=self._quiet)
        self._children.append(child)
        await child.start()
        self.sample_url = f"http://{LOOPBACK}:{int(await child.first_line())}/"

    async def _start_app(self) -> None:
        storage = (self._data / "storage").resolve()
        try:
            storage.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise HostError(f"The data directory {storage} cannot be made: {error.strerror}") from None
        environ = app_environment(self.app, nextcloud_url=self.url, storage=storage)
        child = Child("OpenConnector", "ex_app.main", environ=environ, quiet=self._quiet, interpreter=self._interpreter)
        self._children.append(child)
        await child.start()
        await _first(child.ended(), self._install())

    async def _install(self) -> None:
        driver = Driver(self.app, self._client)
        await driver.wait_for_heartbeat(HEARTBEAT_SECONDS)
        await driver.init()
        await driver.settled(INIT_SECONDS)


class _Server(uvicorn.Server):
    """A server that leaves the signals to whoever runs the host."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _all(*waits: Coroutine[Any, Any, None]) -> None:
    """Wait for several to end; the first error of one ends the others and is raised."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        await asyncio.gather(*tasks)
    finally:
        await _cancelled(tasks)


async def _first(*waits: Coroutine[Any, Any, None]) -> None:
    """Wait for the first of several to end, and end the others; an error of it is raised."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await _cancelled(tasks)


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _listen(port: int) -> socket.socket:
    try:
        listener = socket.create_server((LOOPBACK, port), backlog=512)
    except (OSError, OverflowError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "no such port"
        raise HostError(f"Port {port} on {LOOPBACK} cannot be used: {reason}. Choose another one.") from None
    # asyncio does this only for sockets made with an explicit protocol; without it each answer waits 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _free_port() -> int:
    """A port for the app from AppAPI's range, which is none that the system gives to somebody else meanwhile."""
    for port in secrets.SystemRandom().sample(APP_PORTS, len(APP_PORTS)):
        with suppress(OSError), socket.create_server((LOOPBACK, port)):
            return port
    raise HostError(f"No port from {APP_PORTS[0]} to {APP_PORTS[-1]} is free for the app")


async def _not_found(_request: Request, _error: Exception) -> Response:
    return not_found_page()
