# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every request that a real Nextcloud sent to an app, sent to ours."""

import asyncio
import json
import time
from typing import Any

import pytest
from starlette.applications import Starlette

from openconnector.core.http import AsyncClient, Response
from tests.contract.conftest import APP_ID, Nextcloud
from tests.contract.serving import RECORDED_SECRET, recorded, serving

RECORDED = recorded("nextcloud-to-exapp")


def name_of(line: dict[str, Any]) -> str:
    query = f"?{line['query']}" if line["query"] else ""
    csrf = " with token" if "requesttoken" in line["headers"] else ""
    return f"{line['method']} {line['path']}{query}{csrf}"


async def send(client: AsyncClient, line: dict[str, Any], **changed: str | None) -> Response:
    """Send a recorded request; `changed` replaces headers, and None removes one."""
    headers = {**line["headers"], "ex-app-id": APP_ID} if "ex-app-id" in line["headers"] else dict(line["headers"])
    for name, value in changed.items():
        header = name.replace("_", "-")
        headers.pop(header, None)
        if value is not None:
            headers[header] = value
    headers.pop("content-length", None)
    url = line["path"] + (f"?{line['query']}" if line["query"] else "")
    return await client.request(line["method"], url, headers=headers, content=line["body"].encode())


def expected_status(line: dict[str, Any]) -> set[int]:
    """What our app answers. The probe that was recorded had other paths behind the same prefix."""
    method, path = line["method"], line["path"]
    if path in {"/heartbeat", "/init", "/enabled"}:
        return {200}
    if path.startswith("/occ/"):
        return {200}  # what is wrong with the probe's values is said in words
    if method != "GET" and "requesttoken" not in line["headers"]:
        return {403}
    if path == "/api/sources":
        return {"GET": {200}, "POST": {422}}.get(method, {405})
    if path == "/api/import":
        return {422}  # the probe's body is a form
    return {404, 405}


@pytest.mark.parametrize("line", RECORDED, ids=name_of)
async def test_our_app_answers_each_recorded_request(to_exapp: AsyncClient, line: dict[str, Any]) -> None:
    response = await send(to_exapp, line)

    assert response.status_code in expected_status(line)
    assert response.headers["cache-control"] == "no-store"
    if line["path"].startswith("/occ/"):
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        return
    kind = "application/json" if response.is_success else "application/problem+json"
    assert response.headers["content-type"].startswith(kind)
    assert response.headers["content-length"] == str(len(response.content))


@pytest.mark.parametrize(
    ("path", "answer"), [("/heartbeat", {"status": "ok"}), ("/init", {}), ("/enabled", {"error": ""})]
)
async def test_lifecycle_calls_are_answered_as_appapi_reads_them(
    to_exapp: AsyncClient, path: str, answer: dict[str, str]
) -> None:
    for line in RECORDED:
        if line["path"] == path:
            assert (await send(to_exapp, line)).json() == answer


async def test_init_answers_before_the_initialisation_is_done(to_exapp: AsyncClient) -> None:
    line = next(line for line in RECORDED if line["path"] == "/init")
    await to_exapp.get("/heartbeat")
    started = time.perf_counter()
    response = await send(to_exapp, line)

    assert response.status_code == 200
    assert time.perf_counter() - started < 5


async def test_a_whole_installation_ends_enabled_with_menu_page_and_state(
    nextcloud: Nextcloud, exapp: Starlette
) -> None:
    line = next(line for line in RECORDED if line["path"] == "/init")
    async with serving(exapp, nextcloud.app.port) as url, AsyncClient(base_url=url) as client:
        await send(client, line)
        await asyncio.wait_for(nextcloud.app.settled.wait(), 20)

    app = nextcloud.app
    assert (app.progress, app.error, app.enabled) == (100, "", True)
    assert [(entry.display_name, entry.icon, entry.admin_required) for entry in app.menu.values()] == [
        ("OpenConnector", "img/app.svg", True)
    ]
    assert app.scripts == {("top_menu", "main"): ["js/open_connector-main-Ab12Cd34"]}
    assert app.styles == {("top_menu", "main"): ["css/open_connector-main-Ef56Gh78"]}
    assert app.states == {("top_menu", "main"): {"open_connector-config": {"version": "0.1.0"}}}


async def test_enabling_again_changes_nothing(nextcloud: Nextcloud, to_exapp: AsyncClient) -> None:
    line = next(line for line in RECORDED if line["query"] == "enabled=1")
    assert (await send(to_exapp, line)).json() == {"error": ""}
    before = (dict(nextcloud.app.menu), dict(nextcloud.app.scripts), dict(nextcloud.app.styles))
    assert (await send(to_exapp, line)).json() == {"error": ""}
    assert (nextcloud.app.menu, nextcloud.app.scripts, nextcloud.app.styles) == before


async def test_enabling_tells_when_nextcloud_refuses_the_menu(nextcloud: Nextcloud, to_exapp: AsyncClient) -> None:
    nextcloud.app.enabled = False
    line = next(line for line in RECORDED if line["query"] == "enabled=1")
    error = (await send(to_exapp, line)).json()["error"]
    assert error.startswith("Nextcloud did not register the page")
    assert RECORDED_SECRET not in error


FORGERIES: dict[str, dict[str, str | None]] = {
    "wrong secret": {"authorization_app_api": "YWRtaW46d3Jvbmc="},
    "secret without user separator": {"authorization_app_api": "MTIzNDVzZWNyZXQ="},
    "longer secret": {"authorization_app_api": "YWRtaW46MTIzNDVzZWNyZXQx"},
    "no base64": {"authorization_app_api": "%%%"},
    "no UTF-8": {"authorization_app_api": "//86MTIzNDVzZWNyZXQ="},
    "empty proof": {"authorization_app_api": ""},
    "no proof": {"authorization_app_api": None},
    "other app": {"ex_app_id": "openconnector"},
    "no app": {"ex_app_id": None},
    "no version": {"ex_app_version": None},
    "empty version": {"ex_app_version": ""},
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
async def test_a_forged_request_is_refused_without_a_word(
    to_exapp: AsyncClient,
    forgery: dict[str, str | None],
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    for line in RECORDED:
        if line["path"] == "/heartbeat":
            continue
        response = await send(to_exapp, line, **forgery)
        assert response.status_code == 401
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["cache-control"] == "no-store"
        problem = response.json()
        assert problem["title"] == problem["detail"] == "The request is not authenticated"

    captured = capfd.readouterr()
    for secret in (RECORDED_SECRET, "YWRtaW46", "MTIzNDVzZWNyZXQ"):
        assert secret not in captured.out + captured.err + caplog.text


async def test_lifecycle_calls_in_the_name_of_a_user_are_refused(to_exapp: AsyncClient) -> None:
    for line in RECORDED:
        if line["path"] in {"/init", "/enabled"} or line["path"].startswith("/occ/"):
            response = await send(to_exapp, line, authorization_app_api="YWRtaW46MTIzNDVzZWNyZXQ=")
            assert response.status_code == 403


async def test_the_api_is_closed_to_ordinary_users_and_to_nobody(to_exapp: AsyncClient) -> None:
    line = next(line for line in RECORDED if line["path"] == "/api/sources" and line["method"] == "GET")
    alice = await send(to_exapp, line, authorization_app_api="YWxpY2U6MTIzNDVzZWNyZXQ=")
    nobody = await send(to_exapp, line, authorization_app_api="OjEyMzQ1c2VjcmV0")
    assert (alice.status_code, nobody.status_code) == (403, 401)
    assert alice.json()["type"] == "urn:openconnector:problem:administrator-required"


async def test_nextcloud_is_asked_once_for_the_role_of_a_user(nextcloud: Nextcloud, to_exapp: AsyncClient) -> None:
    line = next(line for line in RECORDED if line["path"] == "/api/sources" and line["method"] == "GET")
    answers = await asyncio.gather(*(send(to_exapp, line) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    asked = [request for request in nextcloud.recorder.requests if request.path == "/ocs/v2.php/cloud/user"]
    assert len(asked) == 1
    assert asked[0].headers["aa-request-id"] == line["headers"]["aa-request-id"]


@pytest.mark.parametrize("header", ["requesttoken", "x_requested_with"])
async def test_a_write_needs_a_header_that_other_sites_cannot_set(to_exapp: AsyncClient, header: str) -> None:
    line = next(line for line in RECORDED if line["body"] == '{"a":1}' and "requesttoken" not in line["headers"])
    refused = await send(to_exapp, line)
    empty = await send(to_exapp, line, **{header: ""})
    passed = await send(to_exapp, line, **{header: "anything"})
    assert (refused.status_code, empty.status_code, passed.status_code) == (403, 403, 422)
    assert refused.json()["type"] == "urn:openconnector:problem:csrf"


async def test_a_user_whose_role_nextcloud_does_not_tell_is_asked_to_come_back(to_exapp: AsyncClient) -> None:
    line = next(line for line in RECORDED if line["path"] == "/api/sources" and line["method"] == "GET")
    refused = await send(to_exapp, line, authorization_app_api="bm9ib2R5OjEyMzQ1c2VjcmV0")
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "5"
    assert json.loads(refused.content)["type"] == "urn:openconnector:problem:nextcloud-unavailable"
