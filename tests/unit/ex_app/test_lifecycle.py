# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette

from ex_app.appapi.client import LogLevel, NextcloudClient
from ex_app.appapi.errors import NextcloudError, NextcloudRefusedError, NextcloudUnreachableError
from ex_app.engine import EngineRunner, EngineStartError
from ex_app.lifecycle import Lifecycle
from ex_app.navigation import InterfaceMissingError, Navigation
from openconnector.core.http import ASGITransport, AsyncClient


class Nextcloud(NextcloudClient):
    """Takes reports; `failures` are raised first, one for each report of 100."""

    def __init__(self) -> None:
        self.reports: list[tuple[int, str]] = []
        self.logged: list[str] = []
        self.failures: list[NextcloudError] = []
        self.finished = asyncio.Event()

    async def report_progress(self, percent: int, error: str = "") -> bool:
        self.reports.append((percent, error))
        if percent == 100 and self.failures:
            raise self.failures.pop(0)
        if percent == 100:
            self.finished.set()
        return True

    async def log(self, level: LogLevel, message: str) -> None:
        self.logged.append(f"{level.name} {message}")
        self.finished.set()


class Engine(EngineRunner):
    """An engine that is ready, or fails with `error`."""

    error: EngineStartError | None = None

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()

    async def ready(self, patience: float) -> None:
        await asyncio.wait_for(self.gate.wait(), patience)
        if self.error is not None:
            raise self.error


class Menu(Navigation):
    """Counts registrations, or fails with `error`."""

    error: Exception | None = None

    def __init__(self) -> None:
        self.registered = 0

    async def register(self) -> None:
        if self.error is not None:
            raise self.error
        self.registered += 1


class Parts:
    def __init__(self) -> None:
        self.nextcloud, self.engine, self.menu = Nextcloud(), Engine(), Menu()
        self.lifecycle = Lifecycle(self.nextcloud, self.engine, self.menu, pauses=(0.0, 0.0))


@pytest.fixture
async def parts() -> AsyncIterator[Parts]:
    made = Parts()
    yield made
    await made.lifecycle.aclose()


@pytest.fixture
async def client(parts: Parts) -> AsyncIterator[AsyncClient]:
    app = Starlette(routes=[*parts.lifecycle.routes()])
    async with AsyncClient(transport=ASGITransport(app), base_url="http://x") as http:
        yield http


async def test_init_answers_at_once_and_reports_in_the_background(parts: Parts, client: AsyncClient) -> None:
    parts.engine.gate.clear()
    assert (await client.post("/init")).json() == {}
    parts.engine.gate.set()
    await asyncio.wait_for(parts.nextcloud.finished.wait(), 10)
    assert parts.nextcloud.reports == [(10, ""), (90, ""), (100, "")]


async def test_a_second_init_joins_the_first(parts: Parts, client: AsyncClient) -> None:
    parts.engine.gate.clear()
    await client.post("/init")
    await client.post("/init")
    parts.engine.gate.set()
    await asyncio.wait_for(parts.nextcloud.finished.wait(), 10)
    assert len(parts.nextcloud.reports) == 3


async def test_a_failed_start_is_reported_with_its_reason(parts: Parts, client: AsyncClient) -> None:
    parts.engine.error = EngineStartError("The database is away")
    await client.post("/init")
    await asyncio.wait_for(parts.nextcloud.finished.wait(), 10)
    assert parts.nextcloud.reports == [(10, ""), (10, "The database is away")]
    assert parts.nextcloud.logged == ["ERROR OpenConnector: The database is away"]


async def test_a_nextcloud_that_is_away_for_a_moment_is_told_again(parts: Parts, client: AsyncClient) -> None:
    parts.nextcloud.failures = [NextcloudUnreachableError("away"), NextcloudUnreachableError("away")]
    await client.post("/init")
    await asyncio.wait_for(parts.nextcloud.finished.wait(), 10)
    assert [percent for percent, _ in parts.nextcloud.reports] == [10, 90, 100, 100, 100]


async def test_a_refusal_is_not_repeated(parts: Parts, client: AsyncClient) -> None:
    parts.nextcloud.failures = [NextcloudRefusedError("no")]
    await client.post("/init")
    await asyncio.sleep(0.05)
    assert [percent for percent, _ in parts.nextcloud.reports] == [10, 90, 100]


@pytest.mark.parametrize("switch", ["1", "0"])
async def test_the_switch_is_answered_with_an_empty_error(parts: Parts, client: AsyncClient, switch: str) -> None:
    assert (await client.put(f"/enabled?enabled={switch}")).json() == {"error": ""}
    assert parts.menu.registered == int(switch)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (InterfaceMissingError("The interface is not built"), "The interface is not built"),
        (NextcloudRefusedError("POST x: 401"), "Nextcloud did not register the page: POST x: 401"),
        (OSError(28, "No space left on device"), "The persistent storage cannot be written: No space left on device"),
    ],
)
async def test_what_keeps_the_app_from_being_enabled_is_told(
    parts: Parts, client: AsyncClient, error: Exception, text: str
) -> None:
    parts.menu.error = error
    assert (await client.put("/enabled?enabled=1")).json() == {"error": text}


async def test_an_engine_that_does_not_start_keeps_the_app_disabled(parts: Parts, client: AsyncClient) -> None:
    parts.engine.error = EngineStartError("The database is away")
    assert (await client.put("/enabled?enabled=1")).json() == {"error": "The database is away"}
    assert (await client.put("/enabled?enabled=0")).json() == {"error": ""}


@pytest.mark.parametrize("query", ["", "?enabled=", "?enabled=true"])
async def test_another_switch_is_refused(client: AsyncClient, query: str) -> None:
    assert (await client.put(f"/enabled{query}")).status_code == 400
