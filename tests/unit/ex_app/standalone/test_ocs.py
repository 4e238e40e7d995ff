# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette

from ex_app.environment import PROJECT
from ex_app.standalone.manifest import read_manifest
from ex_app.standalone.ocs import OcsApi
from ex_app.standalone.registry import InstalledApp
from openconnector.core.http import ASGITransport, AsyncClient, Response

STATUS = "apps/app_api/ex-app/status"
SCRIPT = "apps/app_api/api/v1/ui/script"
A_SCRIPT = {"type": "top_menu", "name": "main", "path": "js/a"}


class Host:
    """The OCS side of the host, and whether it has enabled the app."""

    def __init__(self) -> None:
        self.app = InstalledApp(read_manifest(PROJECT / "appinfo" / "info.xml"), "secret", 9031, enabled=True)
        self.progress_when_enabled: list[int] = []
        self.asgi = Starlette(routes=[*OcsApi(self.app, self.enable).routes()])

    async def enable(self) -> None:
        self.progress_when_enabled.append(self.app.progress)


class Caller:
    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def __call__(
        self, method: str, call: str, body: object = None, *, uid: str = "", version: int = 1
    ) -> Response:
        headers = {
            "OCS-APIRequest": "true",
            "EX-APP-ID": "open_connector",
            "EX-APP-VERSION": "0.1.0",
            "AUTHORIZATION-APP-API": b64encode(f"{uid}:secret".encode()).decode(),
        }
        more: dict[str, Any] = {} if body is None else {"json": body}
        return await self._client.request(method, f"/ocs/v{version}.php/{call}", headers=headers, **more)


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
async def call(host: Host) -> AsyncIterator[Caller]:
    async with AsyncClient(transport=ASGITransport(host.asgi), base_url="http://x") as client:
        yield Caller(client)


async def test_the_report_of_100_is_answered_after_the_app_was_enabled(host: Host, call: Caller) -> None:
    await call("PUT", STATUS, {"progress": 40, "error": ""})
    assert not host.app.settled.is_set()
    await call("PUT", STATUS, {"progress": 100, "error": ""})
    assert host.app.settled.is_set()
    await call("PUT", STATUS, {"progress": 10, "error": "too late"})
    assert (host.app.progress, host.app.error, host.progress_when_enabled) == (100, "", [100])


async def test_an_error_ends_the_initialisation(host: Host, call: Caller) -> None:
    await call("PUT", STATUS, {"progress": 10, "error": "The database is away"})
    assert host.app.settled.is_set()
    assert (host.app.error, host.progress_when_enabled) == ("The database is away", [])


async def test_registering_twice_is_registering_once(host: Host, call: Caller) -> None:
    for _ in range(2):
        assert (await call("POST", SCRIPT, A_SCRIPT)).json()["ocs"]["meta"]["statuscode"] == 100
    assert host.app.scripts == {("top_menu", "main"): ["js/a"]}


async def test_registrations_are_cumulative_until_removed(host: Host, call: Caller) -> None:
    await call("POST", SCRIPT, A_SCRIPT)
    await call("POST", SCRIPT, {**A_SCRIPT, "path": "js/b"})
    await call("DELETE", f"{SCRIPT}?type=top_menu&name=main&path=js%2Fa")
    assert host.app.scripts == {("top_menu", "main"): ["js/b"]}


@pytest.mark.parametrize(("version", "http", "code"), [(1, 200, 404), (2, 404, 404)])
async def test_a_missing_thing_is_told_in_the_way_of_each_version(
    call: Caller, version: int, http: int, code: int
) -> None:
    answer = await call("DELETE", f"{SCRIPT}?type=top_menu&name=main&path=js%2Fa", version=version)
    assert (answer.status_code, answer.json()["ocs"]["meta"]["statuscode"]) == (http, code)
    assert answer.json()["ocs"]["meta"]["message"] == "No such Script"


async def test_an_unknown_call_is_a_404_in_both_versions(call: Caller) -> None:
    for path in ("apps/app_api/api/v1/nothing", "apps/other/x", "nothing"):
        answer = await call("GET", path)
        assert (answer.status_code, answer.json()["ocs"]["meta"]["statuscode"]) == (404, 998)


@pytest.mark.parametrize("body", [{"progress": "100"}, [], {"progress": 1, "error": None}])
async def test_a_report_that_makes_no_sense_is_refused(host: Host, call: Caller, body: object) -> None:
    assert (await call("PUT", STATUS, body)).json()["ocs"]["meta"]["statuscode"] == 400
    assert host.app.progress == 0


async def test_an_initial_state_must_be_an_object(call: Caller) -> None:
    body = {"type": "top_menu", "name": "main", "key": "k", "value": "text"}
    answer = await call("POST", "apps/app_api/api/v1/ui/initial-state", body)
    assert answer.json()["ocs"]["meta"]["statuscode"] == 400


async def test_users_see_themselves_and_administrators_see_all(call: Caller) -> None:
    assert (await call("GET", "cloud/user", uid="alice", version=2)).json()["ocs"]["data"]["groups"] == []
    assert (await call("GET", "cloud/users/alice", uid="admin")).json()["ocs"]["data"]["id"] == "alice"
    assert (await call("GET", "cloud/users/admin", uid="alice")).json()["ocs"]["meta"]["statuscode"] == 404
    assert (await call("GET", "apps/app_api/api/v1/users")).json()["ocs"]["data"] == ["admin", "alice"]


async def test_a_call_without_the_ocs_header_is_no_ocs_call(host: Host) -> None:
    async with AsyncClient(transport=ASGITransport(host.asgi), base_url="http://x") as client:
        answer = await client.get("/ocs/v2.php/cloud/capabilities")
    assert answer.status_code == 412
