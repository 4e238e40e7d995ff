# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ex_app.environment import PROJECT
from ex_app.standalone.driver import Driver, DriverError
from ex_app.standalone.manifest import read_manifest
from ex_app.standalone.registry import InstalledApp
from openconnector.core.http import ASGITransport, AsyncClient


class App:
    """An external app that answers as told."""

    def __init__(self) -> None:
        self.heartbeats: list[Response] = []
        self.init_answer: Response = JSONResponse({})
        self.enabled_answer: Response = JSONResponse({"error": ""})
        self.switches: list[str] = []
        self.asgi = Starlette(
            routes=[
                Route("/heartbeat", self.heartbeat),
                Route("/init", self.init, methods=["POST"]),
                Route("/enabled", self.enabled, methods=["PUT"]),
            ]
        )

    async def heartbeat(self, _request: Request) -> Response:
        return self.heartbeats.pop(0) if self.heartbeats else JSONResponse({"status": "ok"})

    async def init(self, _request: Request) -> Response:
        return self.init_answer

    async def enabled(self, request: Request) -> Response:
        self.switches.append(request.query_params["enabled"])
        return self.enabled_answer


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def installed() -> InstalledApp:
    return InstalledApp(read_manifest(PROJECT / "appinfo" / "info.xml"), "secret", 9031)


@pytest.fixture
def driver(app: App, installed: InstalledApp) -> Driver:
    return Driver(installed, AsyncClient(transport=ASGITransport(app.asgi)))


async def test_the_heartbeat_must_say_ok(app: App, driver: Driver) -> None:
    app.heartbeats = [
        JSONResponse({"status": "starting"}),
        PlainTextResponse("ok"),
        JSONResponse(["ok"]),
        JSONResponse({"status": "ok"}, 500),
    ]
    await driver.wait_for_heartbeat(5)
    assert not app.heartbeats


async def test_a_heartbeat_that_does_not_come_is_an_error(app: App, driver: Driver) -> None:
    app.heartbeats = [JSONResponse({}) for _ in range(100)]
    with pytest.raises(DriverError, match="no heartbeat"):
        await driver.wait_for_heartbeat(0.1)


@pytest.mark.parametrize("status", [404, 501])
async def test_an_app_without_init_is_enabled_at_once(
    app: App, driver: Driver, installed: InstalledApp, status: int
) -> None:
    app.init_answer = Response(status_code=status)
    await driver.init()
    await driver.settled(1)
    assert (installed.progress, installed.enabled, app.switches) == (100, True, ["1"])


async def test_another_refusal_of_init_is_an_error(app: App, driver: Driver) -> None:
    app.init_answer = Response(status_code=500)
    with pytest.raises(DriverError, match="/init answered 500"):
        await driver.init()


async def test_an_error_text_keeps_the_app_disabled(app: App, driver: Driver, installed: InstalledApp) -> None:
    app.enabled_answer = JSONResponse({"error": "No menu"})
    assert await driver.enable() == "No menu"
    assert not installed.enabled


async def test_the_status_of_enabled_is_not_looked_at(app: App, driver: Driver, installed: InstalledApp) -> None:
    app.enabled_answer = PlainTextResponse("Unauthorized", 401)
    assert await driver.enable() == ""
    assert installed.enabled


async def test_disabling_disables_whatever_the_app_says(app: App, driver: Driver, installed: InstalledApp) -> None:
    installed.enabled = True
    app.enabled_answer = JSONResponse({"error": "I want to stay"})
    assert await driver.disable() == "I want to stay"
    assert (installed.enabled, app.switches) == (False, ["0"])
