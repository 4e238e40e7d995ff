# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The OCS calls of our client against those that were recorded, and the host's answers against Nextcloud's."""

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from starlette.types import Receive, Scope, Send

from ex_app.appapi.client import LogLevel, NextcloudClient
from ex_app.appapi.errors import (
    NextcloudAnswerError,
    NextcloudError,
    NextcloudNotFoundError,
    NextcloudRefusedError,
    NextcloudTimeoutError,
    NextcloudUnreachableError,
)
from ex_app.environment import Environment
from ex_app.standalone.registry import MenuEntry
from openconnector.core.http import AsyncClient
from tests.contract.conftest import APP_ID, Nextcloud
from tests.contract.serving import RECORDED_SECRET, Answering, free_port, recorded, serving

RECORDED = recorded("exapp-to-nextcloud")
API = "/ocs/v1.php/apps/app_api/api/v1"

CALLS: dict[tuple[str, str], Callable[[NextcloudClient], Awaitable[object]]] = {
    ("DELETE", f"{API}/ui/script"): lambda client: client.remove_script("sources", "js/main"),
    ("POST", f"{API}/ui/initial-state"): lambda client: client.set_initial_state(
        "sources", "config", {"hello": "world"}
    ),
    ("POST", f"{API}/ui/script"): lambda client: client.register_script("sources", "js/main"),
    ("POST", f"{API}/ui/style"): lambda client: client.register_style("sources", "css/style"),
    ("POST", f"{API}/ui/top-menu"): lambda client: client.register_top_menu(
        "sources", "Connector", "img/app.svg", admin_required=True
    ),
    ("POST", f"{API}/log"): lambda client: client.log(LogLevel.WARNING, "enabled"),
    ("PUT", "/ocs/v1.php/apps/app_api/ex-app/status"): lambda client: client.report_progress(100),
}
NOT_OFFERED = {
    f"{API}/ui/settings": "declarative settings came with Nextcloud 29; the recorded 27 answers 501",
}


def key(line: dict[str, Any]) -> tuple[str, str]:
    return line["request"]["method"], line["request"]["path"]


def name_of(line: dict[str, Any]) -> str:
    return " ".join(key(line))


@pytest.fixture
async def client(environment: Environment) -> AsyncIterator[NextcloudClient]:
    nextcloud_client = NextcloudClient(environment)
    yield nextcloud_client
    await nextcloud_client.aclose()


@pytest.mark.parametrize("line", [line for line in RECORDED if key(line) in CALLS], ids=name_of)
async def test_our_client_calls_as_recorded(
    nextcloud: Nextcloud, client: NextcloudClient, line: dict[str, Any]
) -> None:
    try:
        await CALLS[key(line)](client)
    except NextcloudNotFoundError:
        assert '"statuscode":404' in line["response"]["body"]

    sent, expected = nextcloud.recorder.requests[0], line["request"]
    assert (sent.method, sent.path) == key(line)
    assert dict(parse_qsl(sent.query)) == dict(parse_qsl(expected["query"]))
    assert sent.body.decode() == expected["body"]
    assert set(sent.headers) == set(expected["headers"])
    same = {"accept", "content-type", "content-length", "ocs-apirequest", "aa-version", "authorization-app-api"}
    for name in same & set(expected["headers"]):
        assert sent.headers[name] == expected["headers"][name]
    assert sent.headers["ex-app-id"] == APP_ID


@pytest.mark.parametrize("line", [line for line in RECORDED if key(line)[1] not in NOT_OFFERED], ids=name_of)
async def test_the_host_answers_as_recorded(nextcloud: Nextcloud, line: dict[str, Any]) -> None:
    nextcloud.app.menu["sources"] = MenuEntry("sources", "Connector", "img/app.svg", admin_required=True)
    nextcloud.app.config["k"] = "v"
    nextcloud.app.progress = 100  # what comes then is ignored, as it was for the recorded app
    request, expected = line["request"], line["response"]
    headers = {**request["headers"], "ex-app-id": APP_ID}
    del headers["host"]
    async with AsyncClient(base_url=nextcloud.url) as browser:
        response = await browser.request(
            request["method"], f"{request['path']}?{request['query']}", headers=headers, content=request["body"]
        )

    assert response.status_code == expected["status"]
    for name in ("content-type", "cache-control", "content-security-policy", "x-frame-options", "feature-policy"):
        assert response.headers[name] == expected["headers"][name]
    got, recorded_body = response.json()["ocs"], json.loads(expected["body"])["ocs"]
    assert got["meta"] == recorded_body["meta"]
    if request["path"].endswith("/capabilities"):
        assert set(got["data"]["version"]) == set(recorded_body["data"]["version"])
        assert "app_api" in got["data"]["capabilities"]
    else:
        assert json.dumps(got["data"]) == json.dumps(recorded_body["data"]).replace("openconnector", APP_ID)


@pytest.mark.parametrize(
    "changed",
    [
        {"ex-app-id": "other"},
        {"ex-app-version": ""},
        {"authorization-app-api": "Ondyb25n"},
        {"authorization-app-api": "bm9ib2R5OjEyMzQ1c2VjcmV0"},
    ],
    ids=["other app", "no version", "wrong secret", "unknown user"],
)
async def test_the_host_refuses_who_is_not_the_app(nextcloud: Nextcloud, changed: dict[str, str]) -> None:
    headers = {**RECORDED[1]["request"]["headers"], "ex-app-id": APP_ID, **changed}
    del headers["host"]
    async with AsyncClient(base_url=nextcloud.url) as browser:
        app_api = await browser.get("/ocs/v1.php/apps/app_api/ex-app/state?format=json", headers=headers)
        user = await browser.get("/ocs/v2.php/cloud/user?format=json", headers=headers)
    assert [answer.status_code for answer in (app_api, user)] == [401, 401]
    assert app_api.json()["ocs"]["meta"]["statuscode"] == 997
    assert app_api.json()["ocs"]["meta"]["message"] == "AppAPI authentication failed"
    assert user.json()["ocs"]["meta"]["message"] == "Current user is not logged in"


async def test_a_disabled_app_may_only_ask_for_its_state(nextcloud: Nextcloud, client: NextcloudClient) -> None:
    assert await client.is_enabled() is True
    nextcloud.app.enabled = False
    assert await client.is_enabled() is False
    with pytest.raises(NextcloudRefusedError):
        await client.register_script("main", "js/x")


async def test_the_role_is_asked_in_the_name_of_the_user_and_of_nobody_else(
    nextcloud: Nextcloud, client: NextcloudClient
) -> None:
    answers = await asyncio.gather(*(client.is_admin(uid) for uid in ("admin", "alice", "admin", "alice")))
    await client.is_enabled()

    assert answers == [True, False, True, False]
    *asked, system = nextcloud.recorder.requests
    assert {request.path for request in asked} == {"/ocs/v2.php/cloud/user"}
    speakers = sorted(b64decode(request.headers["authorization-app-api"]).partition(b":")[0] for request in asked)
    assert speakers == [b"admin", b"admin", b"alice", b"alice"]
    assert b64decode(system.headers["authorization-app-api"]).startswith(b":")
    assert all("cookie" not in request.headers for request in nextcloud.recorder.requests)


REPLAYS: list[tuple[str, Callable[[NextcloudClient], Awaitable[object]], type[NextcloudError] | None]] = [
    (f"DELETE {API}/ui/script", lambda client: client.remove_script("sources", "js/main"), NextcloudNotFoundError),
    (f"POST {API}/ui/script", lambda client: client.register_script("sources", "js/main"), None),
    (f"POST {API}/ui/settings", lambda client: client.register_style("sources", "css/a"), NextcloudAnswerError),
    ("GET /ocs/v1.php/cloud/users/admin", lambda client: client.is_admin("admin"), NextcloudRefusedError),
    ("GET /ocs/v1.php/cloud/capabilities", lambda client: client.is_admin("admin"), NextcloudAnswerError),
]


@pytest.mark.parametrize(("name", "call", "error"), REPLAYS, ids=[name for name, _, _ in REPLAYS])
async def test_our_client_understands_recorded_answers(
    environment: Environment,
    name: str,
    call: Callable[[NextcloudClient], Awaitable[object]],
    error: type[NextcloudError] | None,
) -> None:
    response = next(line for line in RECORDED if name_of(line) == name)["response"]
    headers = {name: response["headers"][name] for name in ("content-type", "content-length", "cache-control")}
    headers["set-cookie"] = "oc_sessionPassphrase=x; path=/"
    async with serving(Answering(response["status"], headers, response["body"])) as url:
        client = NextcloudClient(replace(environment, nextcloud_url=url))
        try:
            if error is None:
                await call(client)
            else:
                with pytest.raises(error) as caught:
                    await call(client)
                assert RECORDED_SECRET not in str(caught.value)
        finally:
            await client.aclose()


async def test_an_answer_that_is_no_ocs_answer_is_an_error(environment: Environment) -> None:
    async with serving(Answering(200, {"content-type": "text/html"}, "<html>maintenance</html>")) as url:
        client = NextcloudClient(replace(environment, nextcloud_url=url))
        with pytest.raises(NextcloudAnswerError):
            await client.is_enabled()
        await client.aclose()


async def test_a_nextcloud_that_is_away_is_unreachable(environment: Environment) -> None:
    client = NextcloudClient(replace(environment, nextcloud_url=f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(NextcloudUnreachableError):
        await client.is_enabled()
    await client.aclose()


async def test_a_timeout_on_the_last_report_is_unknown_and_no_error(environment: Environment) -> None:
    release = asyncio.Event()

    async def hanging(_scope: Scope, _receive: Receive, send: Send) -> None:
        await release.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async with serving(hanging) as url:
        client = NextcloudClient(replace(environment, nextcloud_url=url), read_seconds=0.2, enabling_read_seconds=0.3)
        assert await client.report_progress(100) is False
        with pytest.raises(NextcloudTimeoutError):
            await client.report_progress(50)
        release.set()
        await client.aclose()
