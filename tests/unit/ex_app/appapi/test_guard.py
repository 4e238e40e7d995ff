# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from ex_app.appapi.client import request_id
from ex_app.appapi.guard import Credentials, Guard
from ex_app.appapi.roles import AdminRoles
from openconnector.core.http import ASGITransport, AsyncClient
from openconnector.core.principal import SCOPE_KEY, Principal

SECRET = "s3cret:with colon"


class Behind:
    """What stands behind the guard: notes what reaches it."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.request_ids: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        self.request_ids.append(request_id.get())
        answer = PlainTextResponse("body{}") if scope["path"].startswith("/css") else JSONResponse({})
        answer.headers["Cache-Control"] = "public, max-age=5"
        await answer(scope, receive, send)


async def only_admin(uid: str) -> bool:
    return uid == "admin"


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def guard(behind: Behind) -> Guard:
    return Guard(behind, credentials=Credentials("open_connector", SECRET), roles=AdminRoles(only_admin))


@pytest.fixture
async def client(guard: Guard) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(guard), base_url="http://app") as http:
        yield http


def signed(uid: str = "admin", **more: str) -> dict[str, str]:
    proof = b64encode(f"{uid}:{SECRET}".encode()).decode()
    return {"EX-APP-ID": "open_connector", "EX-APP-VERSION": "0.1.0", "AUTHORIZATION-APP-API": proof, **more}


async def test_nothing_that_proves_who_somebody_is_gets_through(client: AsyncClient, behind: Behind) -> None:
    private = {
        "Cookie": "nc_session=1",
        "Authorization": "Basic YTpi",
        "Proxy-Authorization": "Basic YTpi",
        "harp-shared-key": "k",
        "ex-app-port": "1",
        "ex-app-host": "h",
        "AA-VERSION": "32",
        "AA-REQUEST-ID": "id-1",
        "requesttoken": "t",
    }
    await client.post("/api/sources", headers=signed(**private, **{"X-Origin-IP": "10.0.0.1"}))

    names = {name.decode() for name, _ in behind.scopes[0]["headers"]}
    assert names.isdisjoint(name.lower() for name in (*private, *signed()))
    assert "x-origin-ip" in names
    assert behind.request_ids == ["id-1"]


async def test_the_acting_administrator_is_in_the_scope(client: AsyncClient, behind: Behind) -> None:
    await client.get("/api/sources", headers=signed())
    assert behind.scopes[0][SCOPE_KEY] == Principal("admin", is_admin=True)


@pytest.mark.parametrize(
    ("method", "path", "uid", "status"),
    [
        ("GET", "/heartbeat", None, 200),
        ("HEAD", "/heartbeat", None, 401),
        ("POST", "/heartbeat", None, 401),
        ("GET", "/api/sources", None, 401),
        ("GET", "/api/sources", "", 401),
        ("GET", "/api/sources", "alice", 403),
        ("GET", "/api/sources", "admin", 200),
        ("PATCH", "/api/sources", "admin", 405),
        ("OPTIONS", "/api/sources", "admin", 405),
        ("HEAD", "/api/sources", "admin", 405),
        ("GET", "/img/app.svg", "alice", 200),
        ("GET", "/img/app.svg", "", 401),
        ("GET", "/js/x.js", "alice", 403),
        ("POST", "/img/app.svg", "alice", 405),
        ("GET", "/openapi.json", "admin", 404),
        ("GET", "/api", "admin", 404),
        ("GET", "/API/sources", "admin", 404),
        ("GET", "//api/sources", "admin", 404),
        ("GET", "/css/../api/sources", "alice", 404),
        ("GET", "/xapi/sources", "admin", 404),
        ("POST", "/init", "", 200),
        ("GET", "/init", "", 405),
        ("POST", "/init", "admin", 403),
        ("PUT", "/enabled", "", 200),
        ("PUT", "/enabled", "admin", 403),
        ("POST", "/occ/source/list", "", 200),
        ("POST", "/occ/source/list", "admin", 403),
    ],
)
async def test_verbs_and_roles(
    guard: Guard, behind: Behind, method: str, path: str, uid: str | None, status: int
) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [] if uid is None else [(k.lower().encode(), v.encode()) for k, v in signed(uid).items()]
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": headers,
        "http_version": "1.1",
    }  # the path as it is: a client would tidy it up
    await guard(scope, receive, send)

    assert sent[0]["status"] == status
    assert bool(behind.scopes) is (status == 200)
    if status == 405:
        assert b"allow" in dict(sent[0]["headers"])


async def test_api_answers_are_never_stored_and_assets_keep_their_own_word(client: AsyncClient) -> None:
    api = await client.get("/api/sources", headers=signed())
    beat = await client.get("/heartbeat")
    css = await client.get("/css/x.css", headers=signed())
    assert [answer.headers["cache-control"] for answer in (api, beat, css)] == [
        "no-store",
        "no-store",
        "public, max-age=5",
    ]


async def test_two_proofs_are_no_proof(client: AsyncClient) -> None:
    headers = [*signed().items(), ("AUTHORIZATION-APP-API", "YWRtaW46eA==")]
    assert (await client.get("/api/sources", headers=headers)).status_code == 401


async def test_a_websocket_is_closed(guard: Guard, behind: Behind) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await guard({"type": "websocket", "path": "/api/x", "headers": []}, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]
    assert not behind.scopes


async def test_a_principal_in_the_scope_from_elsewhere_does_not_count(guard: Guard, behind: Behind) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(name.lower().encode(), value.encode()) for name, value in signed("alice").items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/img/app.svg",
        "query_string": b"",
        "headers": headers,
        SCOPE_KEY: Principal("root", is_admin=True),
    }
    await guard(scope, receive, send)
    assert SCOPE_KEY not in behind.scopes[0]
