# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What AppAPI calls when it installs, updates, enables and disables the app.

    GET  /heartbeat           every second after the start, without authentication
    POST /init                once for each installation and update; answered at once, done in the background
    PUT  /enabled?enabled=1   after initialisation has reported 100, and whenever an administrator switches

AppAPI enables the app inside the request that reports 100, before it answers it. Therefore that report is never
awaited while something of AppAPI waits for this process.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ex_app.appapi.client import FINISHED, LogLevel, NextcloudClient
from ex_app.appapi.errors import NextcloudError, NextcloudUnreachableError
from ex_app.engine import EngineRunner, EngineStartError
from ex_app.navigation import InterfaceMissingError, Navigation
from ex_app.notifications import NextcloudNotifier
from ex_app.occ import OccCommands
from ex_app.settings import NextcloudSettings

log = structlog.get_logger(__name__)

INITIALISING_PATIENCE_SECONDS = 600.0
ENABLING_PATIENCE_SECONDS = 15.0
"""AppAPI gives `/enabled` 30 s in all."""

_STARTED, _ENGINE_READY = 10, 90
_PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0)


class Lifecycle:
    """The three paths that AppAPI itself calls, and the work behind them."""

    def __init__(
        self,
        client: NextcloudClient,
        engine: EngineRunner,
        navigation: Navigation,
        *,
        settings: NextcloudSettings | None = None,
        commands: OccCommands | None = None,
        notifier: NextcloudNotifier | None = None,
        pauses: Sequence[float] = _PAUSES_SECONDS,
    ) -> None:
        """`pauses` are the seconds before each further try to report that the initialisation is done."""
        self._settings = settings
        self._commands = commands
        self._notifier = notifier
        self._client = client
        self._engine = engine
        self._navigation = navigation
        self._pauses = pauses
        self._initialising: asyncio.Task[None] | None = None
        self._switching = asyncio.Lock()

    def routes(self) -> list[Route]:
        """The routes to serve."""
        return [
            Route("/heartbeat", self.heartbeat, methods=["GET"]),
            Route("/init", self.init, methods=["POST"]),
            Route("/enabled", self.enabled, methods=["PUT"]),
        ]

    async def aclose(self) -> None:
        """Give up an initialisation that is under way."""
        if self._commands is not None:
            await self._commands.aclose()
        if self._initialising is not None:
            self._initialising.cancel()
            await asyncio.gather(self._initialising, return_exceptions=True)

    async def heartbeat(self, _request: Request) -> Response:
        """Say that the process lives. It looks at nothing else: a database that is away is no reason to be killed."""
        return JSONResponse({"status": "ok"})

    async def init(self, _request: Request) -> Response:
        """Begin the initialisation. Safe to be called again at any time."""
        if self._initialising is None or self._initialising.done():
            self._initialising = asyncio.create_task(self._initialise())
        return JSONResponse({})

    async def enabled(self, request: Request) -> Response:
        """Take the switch of the administrator; a text in `error` makes AppAPI refuse to enable the app."""
        switch = request.query_params.get("enabled")
        if switch not in {"0", "1"}:
            return JSONResponse({"error": "enabled must be 0 or 1"}, 400)
        async with self._switching:
            error = await self._enable() if switch == "1" else ""
            if self._commands is not None and not error:
                await (self._commands.register() if switch == "1" else self._commands.remove())
            if self._settings is not None:
                self._settings.start() if switch == "1" and not error else self._settings.stop()
            if self._notifier is not None:
                self._notifier.switch(is_enabled=switch == "1" and not error)
        log.info("enabled" if switch == "1" else "disabled", error=error)
        return JSONResponse({"error": error})

    async def _enable(self) -> str:
        try:
            await self._engine.ready(ENABLING_PATIENCE_SECONDS)
            await self._navigation.register()
        except (EngineStartError, InterfaceMissingError) as error:
            return str(error)
        except NextcloudError as error:
            return f"Nextcloud did not register the page: {error}"
        except OSError as error:
            return f"The persistent storage cannot be written: {error.strerror or type(error).__name__}"
        return ""

    async def _initialise(self) -> None:
        try:
            await self._report(_STARTED)
            await self._engine.ready(INITIALISING_PATIENCE_SECONDS)
            await self._report(_ENGINE_READY)
            await self._finish()
        except EngineStartError as error:
            await self._report(_STARTED, str(error))
            with suppress(NextcloudError):
                await self._client.log(LogLevel.ERROR, f"OpenConnector: {error}")
        except NextcloudError as error:
            log.error("initialisation could not be reported", error=str(error))  # noqa: TRY400  the text says it all

    async def _report(self, percent: int, error: str = "") -> None:
        """Report on the way; the initialisation does not depend on it."""
        try:
            await self._client.report_progress(percent, error)
        except NextcloudError as problem:
            log.warning("progress not reported", percent=percent, error=str(problem))

    async def _finish(self) -> None:
        """Report 100. Without it the app stays unusable, so a Nextcloud that is away for a moment is asked again."""
        for pause in (*self._pauses, None):
            try:
                confirmed = await self._client.report_progress(FINISHED)
            except NextcloudUnreachableError:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
            else:
                log.info("initialised", confirmed=confirmed)
                return
