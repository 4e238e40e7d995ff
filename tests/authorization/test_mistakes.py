# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What goes wrong between us and a real authorization server, and what is made of it."""

import asyncio
from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from tests.authorization.authlib_server import PASSWORD, USER
from tests.authorization.clients import RESOURCE, AuthlibClients, Clients
from tests.authorization.front import (
    Fault,
    Front,
    dropped,
    edited,
    failing,
    lost,
    page,
    redirecting,
    refusing,
    slow,
)
from tests.authorization.sources import oauth2
from tests.factories import create_source, test_call


async def source_behind(api: AsyncClient, front: Front, clients: Clients, **values: Any) -> str:
    """A source whose token requests pass the front."""
    scheme = oauth2(front.url, clients.post, resource=[RESOURCE])
    return str((await create_source(api, location=front.url, authentication=scheme, **values))["id"])


@pytest.mark.parametrize(
    ("fault", "outcome", "error_type"),
    [
        (dropped, "transport_error", "empty_reply"),
        (page(), "auth_error", "token_not_json"),
        (page(404), "auth_error", "token_refused"),
        (failing(503), "auth_error", "token_endpoint_failed"),
        (redirecting("https://login.example.org/token"), "auth_error", "token_redirected"),
        (refusing("invalid_client", "Unknown client.", 401), "auth_error", "oauth_invalid_client"),
        (refusing("temporarily_unavailable"), "auth_error", "token_refused"),
        (edited(access_token=None), "auth_error", "token_missing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_mistake_has_a_name_and_is_not_kept(
    sqlite_api: AsyncClient, front: Front, clients: Clients, fault: Fault, outcome: str, error_type: str
) -> None:
    source = await source_behind(sqlite_api, front, clients)
    front.provoke(fault)
    call = await test_call(sqlite_api, source, "/resource")
    assert (call["outcome"], call["errorType"], call["statusCode"]) == (outcome, error_type, None)
    assert [exchange["kind"] for exchange in call["exchanges"]] == ["token"]
    assert call["diagnosis"]["remedies"]
    call = await test_call(sqlite_api, source, "/resource")
    assert call["statusCode"] == 200, "the failure was kept"


async def test_a_server_that_is_down_and_comes_back(sqlite_api: AsyncClient, front: Front, clients: Clients) -> None:
    source = await source_behind(sqlite_api, front, clients)
    await front.go_down()
    call = await test_call(sqlite_api, source, "/resource")
    assert call["errorType"] == "connection_refused"
    assert call["diagnosis"]["title"] == "No access token: The connection was refused"
    await front.come_up()
    assert (await test_call(sqlite_api, source, "/resource"))["statusCode"] == 200


async def test_a_server_that_is_too_slow(sqlite_api: AsyncClient, front: Front, clients: Clients) -> None:
    source = await source_behind(sqlite_api, front, clients, connection={"readTimeoutMs": 300})
    front.provoke(slow(2))
    call = await test_call(sqlite_api, source, "/resource")
    assert (call["errorType"], call["outcome"]) == ("read_timeout", "transport_error")


async def test_a_hundred_calls_meet_a_slow_server_once(sqlite_api: AsyncClient, front: Front, clients: Clients) -> None:
    source = await source_behind(sqlite_api, front, clients)
    front.provoke(slow(0.5))
    calls = await asyncio.gather(*(test_call(sqlite_api, source, "/resource") for _ in range(100)))
    assert {call["statusCode"] for call in calls} == {200}
    assert len(front.requests) == 1


async def test_a_token_that_is_over_at_once_is_used_and_not_kept(
    sqlite_api: AsyncClient, front: Front, clients: Clients
) -> None:
    source = await source_behind(sqlite_api, front, clients)
    front.provoke(edited(expires_in=0), edited(expires_in=0))
    for _ in range(2):
        assert (await test_call(sqlite_api, source, "/resource"))["statusCode"] == 200
    assert len(front.requests) == 2


async def test_a_token_that_nobody_gives_a_lifetime_is_used_until_it_is_refused(
    sqlite_api: AsyncClient, front: Front, clients: Clients
) -> None:
    source = await source_behind(sqlite_api, front, clients)
    front.provoke(edited(expires_in=None))
    for _ in range(3):
        assert (await test_call(sqlite_api, source, "/resource"))["statusCode"] == 200
    assert len(front.requests) == 1


async def test_a_token_that_lives_two_seconds_is_renewed(
    sqlite_api: AsyncClient, front: Front, clients: Clients
) -> None:
    scheme = oauth2(front.url, clients.brief, resource=[RESOURCE])
    source = (await create_source(sqlite_api, location=front.url, authentication=scheme))["id"]
    for _ in range(3):
        assert (await test_call(sqlite_api, source, "/resource"))["statusCode"] == 200
        await asyncio.sleep(1.9)
    assert len(front.requests) == 3


async def test_an_answer_to_a_refresh_that_gets_lost_gives_way_to_the_grant(
    sqlite_api: AsyncClient, authlib_front: Front, authlib_clients: AuthlibClients
) -> None:
    grant = {"type": "password", "username": USER, "password": PASSWORD}
    scheme = oauth2(authlib_front.url, authlib_clients.basic, grant=grant)
    source = (await create_source(sqlite_api, location=authlib_front.url, authentication=scheme))["id"]
    assert (await test_call(sqlite_api, source, "/resource"))["statusCode"] == 200
    authlib_front.provoke(lost)
    first = (await sqlite_api.post(f"/api/sources/{source}/token", json={})).json()
    assert first["call"]["errorType"] == "empty_reply"
    again = (await sqlite_api.post(f"/api/sources/{source}/token", json={})).json()
    assert again["token"] is not None, again["call"]["diagnosis"]
    kinds = [request.form["grant_type"] for request in authlib_front.requests]
    assert kinds[:3] == ["password", "refresh_token", "refresh_token"]
