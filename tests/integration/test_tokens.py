# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tokens: fetched once for all, kept encrypted, renewed in time, and shared by the workers of a database."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from openconnector.calls.tokens import shelf
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from tests.conftest import serve_engine
from tests.database import stored_bytes
from tests.factories import MARK, create_source, marked, test_call
from tests.tokens import TokenServer, token_server


async def source_of(api: AsyncClient, server: TokenServer, **values: Any) -> str:
    """A source with OAuth 2.0, by its id."""
    authentication = server.authentication(**values.pop("authentication", {}))
    created = await create_source(api, location=server.url, authentication=authentication, **values)
    return str(created["id"])


def kinds(call: dict[str, Any]) -> list[tuple[str, int | None]]:
    """The exchanges of a call: what they were, and the status that came."""
    return [
        (exchange["kind"], exchange["response"]["statusCode"] if exchange["response"] else None)
        for exchange in call["exchanges"]
    ]


@pytest.fixture
def looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept token is looked up in the database on every call."""
    monkeypatch.setattr(shelf, "LOOK_MS", 0)


async def test_a_token_is_fetched_once_and_shown_as_an_exchange_of_the_first_call(api: AsyncClient) -> None:
    async with token_server() as server:
        source = await source_of(api, server)
        first = await test_call(api, source, "/health")
        second = await test_call(api, source, "/health")
        assert kinds(first) == [("token", 200), ("request", 200)]
        assert kinds(second) == [("request", 200)]
        assert first["url"] == second["url"] == f"{server.url}/health"
        assert len(server.forms) == 1
        assert server.forms[0]["grant_type"] == "client_credentials"


async def test_a_hundred_first_calls_ask_for_one_token(api: AsyncClient) -> None:
    async with token_server(delay=0.3) as server:
        source = await source_of(api, server)
        calls = await asyncio.gather(*(test_call(api, source, "/") for _ in range(100)))
        assert {call["statusCode"] for call in calls} == {200}
        assert len(server.forms) == 1
        assert sum(kind == "token" for call in calls for kind, _ in kinds(call)) == 1


async def test_two_workers_ask_for_one_token(settings: Settings) -> None:
    async with token_server(delay=0.5) as server, serve_engine(settings) as one, serve_engine(settings) as other:
        source = await source_of(one, server)
        calls = await asyncio.gather(*(test_call(worker, source, "/") for worker in (one, other) for _ in range(10)))
        assert {call["statusCode"] for call in calls} == {200}
        assert len(server.forms) == 1


async def test_a_token_outlives_a_restart(settings: Settings) -> None:
    async with token_server() as server:
        async with serve_engine(settings) as api:
            source = await source_of(api, server)
            await test_call(api, source, "/")
        async with serve_engine(settings) as api:
            assert kinds(await test_call(api, source, "/")) == [("request", 200)]
        assert len(server.forms) == 1


async def test_a_token_is_renewed_before_its_end_and_a_rotated_refresh_token_is_kept(api: AsyncClient) -> None:
    async with token_server(lifetime=1, rotates=True) as server:
        source = await source_of(api, server)
        for _ in range(3):
            assert (await test_call(api, source, "/"))["statusCode"] == 200
            await asyncio.sleep(1)
        assert [form["grant_type"] for form in server.forms] == ["client_credentials", "refresh_token", "refresh_token"]


async def test_a_refresh_token_that_is_not_taken_any_more_gives_way_to_the_grant(api: AsyncClient) -> None:
    async with token_server(lifetime=1, rotates=True) as server:
        source = await source_of(api, server)
        await test_call(api, source, "/")
        server.refresh_token = "another"
        await asyncio.sleep(1)
        call = await test_call(api, source, "/")
        assert kinds(call) == [("token", 400), ("token", 200), ("request", 200)]


async def test_a_kept_token_that_is_refused_is_replaced_once(api: AsyncClient) -> None:
    async with token_server() as server:
        source = await source_of(api, server)
        await test_call(api, source, "/")
        server.valid.clear()
        call = await test_call(api, source, "/", method="POST", body="{}")
        assert kinds(call) == [("request", 401), ("token", 200), ("authentication", 200)]
        assert call["outcome"] == "success"


async def test_a_new_token_that_is_refused_is_not_asked_for_again(api: AsyncClient) -> None:
    async with token_server() as server:
        server.answer = lambda _: (200, {"access_token": "unknown-there", "expires_in": 60})
        call = await test_call(api, await source_of(api, server), "/")
        assert kinds(call) == [("token", 200), ("request", 401)]
        assert call["diagnosis"]["title"] == "The access token was not accepted"


async def test_a_token_without_time_left_is_told(api: AsyncClient) -> None:
    async with token_server() as server:
        server.answer = lambda _: (200, {"access_token": "unknown-there", "expires_in": 0})
        source = await source_of(api, server)
        call = await test_call(api, source, "/")
        assert call["diagnosis"]["title"] == "The access token had expired when it came"
        await test_call(api, source, "/")
        assert len(server.forms) == 2


async def test_a_failure_is_not_kept(api: AsyncClient) -> None:
    async with token_server() as server:
        server.answer = lambda _: (401, {"error": "invalid_client", "error_description": "no such client"})
        source = await source_of(api, server)
        call = await test_call(api, source, "/health")
        assert (call["outcome"], call["errorType"], call["statusCode"]) == ("auth_error", "oauth_invalid_client", None)
        assert call["url"] == f"{server.url}/health"
        assert {"name": "Reported", "value": "invalid_client: no such client"} in call["diagnosis"]["evidence"]
        assert server.calls == []
        server.answer = None
        assert (await test_call(api, source, "/health"))["statusCode"] == 200


async def test_another_scope_has_another_token(api: AsyncClient) -> None:
    async with token_server() as server:
        source = await source_of(api, server)
        await test_call(api, source, "/")
        stored = (await api.get(f"/api/sources/{source}")).json()
        stored["authentication"]["scope"] = "write"
        assert (await api.put(f"/api/sources/{source}", json=stored)).status_code == 200
        await test_call(api, source, "/")
        assert [form.get("scope") for form in server.forms] == [None, "write"]


async def test_another_name_keeps_the_token(api: AsyncClient) -> None:
    async with token_server() as server:
        source = await source_of(api, server)
        await test_call(api, source, "/")
        stored = (await api.get(f"/api/sources/{source}")).json()
        assert (await api.put(f"/api/sources/{source}", json=stored | {"name": "Renamed"})).status_code == 200
        await test_call(api, source, "/")
        assert len(server.forms) == 1


@pytest.mark.usefixtures("looks_at_once")
async def test_a_token_that_one_worker_forgets_is_forgotten_by_all(settings: Settings) -> None:
    async with token_server() as server, serve_engine(settings) as one, serve_engine(settings) as other:
        source = await source_of(one, server)
        await test_call(one, source, "/")
        await test_call(other, source, "/")
        assert (await one.get(f"/api/sources/{source}/token")).json()["token"]["tokenType"] == "Bearer"
        assert (await one.delete(f"/api/sources/{source}/token")).status_code == 204
        assert (await other.get(f"/api/sources/{source}/token")).json() == {"token": None}
        await test_call(other, source, "/")
        assert len(server.forms) == 2


async def test_get_token_fetches_another_one_and_is_in_the_log(api: AsyncClient) -> None:
    async with token_server() as server:
        source = await source_of(api, server)
        fetched = [(await api.post(f"/api/sources/{source}/token", json={})).json() for _ in range(2)]
        assert [entry["token"]["canRefresh"] for entry in fetched] == [False, False]
        assert len(server.forms) == 2
        logged = (await api.get("/api/logs?trigger=authorization")).json()["results"]
        assert [(entry["method"], entry["url"], entry["statusCode"]) for entry in logged] == [
            ("POST", f"{server.url}/token", 200)
        ] * 2


async def test_get_token_says_why_there_is_none(api: AsyncClient) -> None:
    async with token_server() as server:
        server.answer = lambda _: (400, {"error": "invalid_scope"})
        source = await source_of(api, server)
        fetched = (await api.post(f"/api/sources/{source}/token", json={})).json()
        assert fetched["token"] is None
        assert fetched["call"]["errorType"] == "oauth_invalid_scope"


async def test_a_token_request_whose_callers_have_gone_comes_to_its_end_and_is_logged(api: AsyncClient) -> None:
    async with token_server(delay=0.6) as server:
        source, call_id = await source_of(api, server), str(uuid4())
        calling = asyncio.create_task(test_call(api, source, "/", callId=call_id))
        await asyncio.sleep(0.3)
        assert (await api.delete(f"/api/calls/{call_id}")).status_code == 204
        assert (await calling)["errorType"] == "cancelled"
        await asyncio.sleep(1)
        logged = (await api.get("/api/logs?trigger=authorization")).json()["results"]
        assert [entry["statusCode"] for entry in logged] == [200]
        assert kinds(await test_call(api, source, "/")) == [("request", 200)]


async def test_a_token_url_that_redirects_gets_no_credentials_followed(api: AsyncClient) -> None:
    async with token_server() as server, token_server() as other:
        source = await source_of(api, server, authentication={"tokenUrl": f"{server.url}/token"})
        server.answer = lambda _: (307, {})
        call = await test_call(api, source, "/")
        assert call["errorType"] == "token_redirected"
        assert other.forms == []


async def test_the_token_endpoint_is_under_the_egress_policy(api: AsyncClient) -> None:
    async with token_server() as server:
        source = await source_of(api, server, authentication={"tokenUrl": "http://192.0.2.1/token"})
        call = await test_call(api, source, "/")
        assert (call["outcome"], call["errorType"]) == ("refused", "egress_denied")
        assert call["exchanges"][0]["kind"] == "token"


async def test_a_token_endpoint_that_is_down_is_told_as_such(api: AsyncClient) -> None:
    async with token_server() as server:
        source = await source_of(api, server, authentication={"tokenUrl": "http://127.0.0.1:9/token"})
        call = await test_call(api, source, "/")
        assert call["errorType"] == "connection_refused"
        assert call["diagnosis"]["title"] == "No access token: The connection was refused"
        assert call["diagnosis"]["remedies"][0]["link"] == "configuration/authentication"


async def test_tokens_stand_nowhere_in_clear(settings: Settings) -> None:
    async with token_server(lifetime=1, rotates=True) as server:
        async with serve_engine(settings) as api:
            source = await source_of(api, server)
            for _ in range(2):
                call = await test_call(api, source, "/")
                assert call["statusCode"] == 200
                await asyncio.sleep(1)
            logged = (await api.get(f"/api/logs/{call['id']}")).text
        assert MARK.encode() not in await stored_bytes(settings)
        assert MARK not in logged
        assert all(MARK in form["client_secret"] for form in server.forms)


async def test_another_token_url_asks_for_the_secret_again(api: AsyncClient) -> None:
    async with token_server() as server, token_server() as other:
        source = await source_of(api, server)
        stored = (await api.get(f"/api/sources/{source}")).json()
        stored["authentication"]["tokenUrl"] = f"{other.url}/token"
        answer = await api.put(f"/api/sources/{source}", json=stored)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/authentication/client/secret", "secret_origin_changed")


async def test_another_location_keeps_the_client_secret_and_not_the_token(api: AsyncClient) -> None:
    async with token_server() as server, token_server() as other:
        source = await source_of(api, server)
        await test_call(api, source, "/")
        stored = (await api.get(f"/api/sources/{source}")).json()
        stored["location"] = other.url
        assert (await api.put(f"/api/sources/{source}", json=stored)).status_code == 200
        await test_call(api, source, "/")
        assert len(server.forms) == 2


async def test_a_token_is_sent_in_the_query_or_in_a_header_of_its_own(api: AsyncClient) -> None:
    async with token_server() as server:
        source = await source_of(api, server, authentication={"in": "query", "name": "access_token"})
        sent = (await test_call(api, source, "/"))["exchanges"][-1]["request"]
        assert sent["parameters"] == [{"name": "access_token", "value": "REDACTED", "origin": "authentication"}]
        source = await source_of(api, server, authentication={"name": "X-Token", "prefix": ""})
        sent = (await test_call(api, source, "/"))["exchanges"][-1]["request"]
        assert {"name": "x-token", "value": "REDACTED", "origin": "authentication"} in [
            row | {"name": row["name"].lower()} for row in sent["headers"]
        ]


async def test_who_presses_get_token_twice_gets_the_same_answer_twice(api: AsyncClient) -> None:
    async with token_server(delay=0.3) as server:
        source = await source_of(api, server)
        answers = await asyncio.gather(*(api.post(f"/api/sources/{source}/token", json={}) for _ in range(2)))
        assert [answer.status_code for answer in answers] == [200, 200]
        assert all(answer.json()["token"] for answer in answers)
        assert len(server.forms) == 1


@pytest.mark.parametrize("strange", ["\ud800", "\0"])
async def test_what_nobody_can_store_does_not_lose_the_call(api: AsyncClient, strange: str) -> None:
    async with token_server() as server:
        source = await source_of(api, server)
        server.answer = lambda _: (400, {"error": "invalid_scope", "error_description": f"a{strange}b"})
        assert (await test_call(api, source, "/"))["errorType"] == "oauth_invalid_scope"
        server.answer = lambda _: (
            200,
            {"access_token": "long-enough-token", "scope": strange, "refresh_token": strange},
        )
        assert (await api.post(f"/api/sources/{source}/token", json={})).json()["token"] is not None


async def test_a_token_where_nobody_looks_for_it_is_not_logged(settings: Settings, api: AsyncClient) -> None:
    async with token_server() as server:
        source = await source_of(api, server)
        server.answer = lambda _: (200, {"result": {"value": marked("a-live-token")}})
        assert (await test_call(api, source, "/"))["errorType"] == "token_missing"
        assert MARK.encode() not in await stored_bytes(settings)


async def test_a_token_request_is_logged_also_when_its_token_cannot_be_stored(
    api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> bool:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(shelf, "keep_token", fail)
    async with token_server() as server:
        call = await test_call(api, await source_of(api, server), "/")
        assert call["errorType"] == "internal_error"
        assert kinds(call) == [("token", 200)]
