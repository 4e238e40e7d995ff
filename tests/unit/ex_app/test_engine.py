# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from ex_app.engine import EngineRunner, EngineStartError
from openconnector.core.errors import ConfigurationError
from openconnector.core.http import ASGITransport, AsyncClient


def engine(events: list[str], fail: Callable[[], Exception | None] = lambda: None) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        error = fail()
        if error is not None:
            raise error
        events.append("opened")
        yield
        events.append("closed")

    app = FastAPI(lifespan=lifespan)

    @app.get("/api/x")
    async def answer() -> str:
        return "served"

    return app


async def test_requests_wait_for_an_engine_that_is_starting() -> None:
    events: list[str] = []
    runner = EngineRunner(lambda: engine(events))
    async with AsyncClient(transport=ASGITransport(runner), base_url="http://x") as client:
        request = asyncio.create_task(client.get("/api/x"))
        await asyncio.sleep(0.01)
        runner.start()
        assert (await request).json() == "served"
    await runner.stop()
    assert events == ["opened", "closed"]


async def test_an_engine_that_cannot_start_is_told_and_tried_again() -> None:
    events: list[str] = []
    errors: list[Exception] = [ConfigurationError("The database is away"), RuntimeError("postgresql://u:p@h")]

    runner = EngineRunner(lambda: engine(events, lambda: errors.pop(0) if errors else None), first_pause=0.01)
    runner.start()
    with pytest.raises(EngineStartError, match="The database is away"):
        await runner.ready(5)
    async with AsyncClient(transport=ASGITransport(runner), base_url="http://x") as client:
        response = await client.get("/api/x")
        if response.status_code != 200:
            assert response.status_code == 503
            assert response.headers["retry-after"]
            assert response.headers["content-type"] == "application/problem+json"
            assert "u:p@h" not in response.text
        while not events:  # noqa: ASYNC110  the third try is the good one
            await asyncio.sleep(0.01)
        assert (await client.get("/api/x")).json() == "served"
    await runner.stop()
    assert events == ["opened", "closed"]


async def test_an_unexpected_error_keeps_its_text_to_the_log() -> None:
    runner = EngineRunner(lambda: engine([], lambda: RuntimeError("postgresql://u:p@h")))
    runner.start()
    with pytest.raises(EngineStartError, match=r"^The engine cannot start \(RuntimeError\)"):
        await runner.ready(5)
    async with AsyncClient(transport=ASGITransport(runner), base_url="http://x") as client:
        said = (await client.get("/api/x", headers={"Accept-Language": "nl"})).json()
    assert said["title"] == "OpenConnector is niet gereed"
    assert said["detail"] == "OpenConnector kan niet starten (RuntimeError); zie het logboek van de app"
    await runner.stop()


async def test_stopping_does_not_wait_for_a_start_that_hangs() -> None:
    @asynccontextmanager
    async def hanging(_app: FastAPI) -> AsyncIterator[None]:
        await asyncio.sleep(60)
        yield

    runner = EngineRunner(lambda: FastAPI(lifespan=hanging))
    runner.start()
    with pytest.raises(EngineStartError, match="still starting"):
        await runner.ready(0.05)
    await asyncio.wait_for(runner.stop(), 10)
