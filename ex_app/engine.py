# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs the engine behind the face, and answers for it while it is not there.

AppAPI waits for the first heartbeat and asks for it again after every restart, so the app must serve at once. The
engine needs a second to be imported and to migrate its database, and cannot start at all while its database is
away. So it starts beside the face, tries again when it fails, and stops with the face.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import structlog
from fastapi import FastAPI
from starlette.datastructures import State
from starlette.types import ASGIApp, Receive, Scope, Send

from ex_app.appapi.refusals import EngineUnavailableError, refusal_response
from ex_app.environment import PROJECT
from openconnector.core.errors import ConfigurationError
from openconnector.core.languages import Languages
from openconnector.core.phrases import phrase, told
from openconnector.core.settings import Settings
from openconnector.core.telemetry import Telemetry
from openconnector.monitoring.notifier import Notifier

log = structlog.get_logger(__name__)

REQUEST_PATIENCE_SECONDS = 10.0
"""How long a request waits for an engine that is still starting."""

_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 60.0


class EngineStartError(Exception):
    """The engine could not start; `str()` is one line for the administrator."""


def load_engine(settings: Settings, telemetry: Telemetry | None = None, notifier: Notifier | None = None) -> FastAPI:
    """Import the engine and build its application, in the languages of the interface. Takes about a second at first."""
    from openconnector.app import create_app  # noqa: PLC0415  the heartbeat must not wait for this import

    return create_app(settings, telemetry, notifier, Languages(PROJECT / "l10n"))


class EngineRunner:
    """An ASGI application that stands for the engine during the whole life of the process."""

    def __init__(self, build: Callable[[], FastAPI], *, first_pause: float = _FIRST_PAUSE_SECONDS) -> None:
        """`build` makes a fresh engine for each try; the pause after a failed one doubles, up to a minute."""
        self._build = build
        self._first_pause = first_pause
        self._serving: FastAPI | None = None
        self._failure: str | None = None
        self._attempted = asyncio.Event()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: ASGIApp | None
        try:
            await self.ready(REQUEST_PATIENCE_SECONDS)
            answer = self._serving
        except EngineStartError as error:
            answer = refusal_response(EngineUnavailableError(told(error)), scope)
        if answer is None:
            answer = refusal_response(EngineUnavailableError(phrase("OpenConnector is stopping")), scope)
        await answer(scope, receive, send)

    @property
    def state(self) -> State | None:
        """What the engine that serves has opened; None: there is none."""
        return self._serving.state if self._serving is not None else None

    def start(self) -> None:
        """Start the engine in the background."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop the engine and wait until it has closed everything."""
        self._stopping.set()
        if self._task is None:
            return
        if self._serving is None:
            # Still starting: it may wait long for a database that is away.
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def ready(self, patience: float) -> None:
        """Return when the engine serves.

        Raises:
            EngineStartError: it could not start, or is still starting after `patience` seconds.
        """
        if self._serving is not None:
            return
        try:
            await asyncio.wait_for(self._attempted.wait(), patience)
        except TimeoutError:
            raise EngineStartError(phrase("OpenConnector is still starting")) from None
        if self._failure is not None:
            raise EngineStartError(self._failure)

    async def _run(self) -> None:
        pause = self._first_pause
        while not self._stopping.is_set():
            try:
                # In a thread: importing and building keep the loop from answering the heartbeat.
                engine = await asyncio.to_thread(self._build)
                await self._serve(engine, engine.router.lifespan_context(engine))
            except Exception as error:  # noqa: BLE001  whatever it is, the face must live and say so
                self._failed(error)
                await self._pause(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _serve(self, engine: FastAPI, lifespan: AbstractAsyncContextManager[object]) -> None:
        async with lifespan:
            self._serving, self._failure = engine, None
            self._attempted.set()
            log.info("engine started")
            try:
                await self._stopping.wait()
            finally:
                self._serving = None

    def _failed(self, error: Exception) -> None:
        if isinstance(error, ConfigurationError):
            log.error("engine failed", reason=str(error))
            self._failure = str(error)
        else:
            # The text of an unexpected error may hold anything, so it stays in the log.
            log.error("engine failed", exc_info=error)
            name = type(error).__name__
            self._failure = phrase("The engine cannot start ({error}); see the app's log", error=name)
        self._attempted.set()

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
