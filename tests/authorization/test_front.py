# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The front counts, and makes the mistakes that it is told to make."""

import time
from collections.abc import AsyncIterator
from itertools import repeat

import pytest

from openconnector.core.http import AsyncClient, HTTPError
from tests.authorization.asking import ask, assertion_of, fetch
from tests.authorization.clients import Clients
from tests.authorization.front import Fault, Front, dropped, edited, failing, lost, page, redirecting, refusing, slow


@pytest.fixture
async def http(front: Front) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=front.url) as client:
        yield client


async def test_it_passes_on_and_counts_token_requests_alone(http: AsyncClient, front: Front, clients: Clients) -> None:
    answer = await ask(http, clients.post, scope="api:read")
    assert (await fetch(http, answer.json()["access_token"])).status_code == 200
    assert (await http.get("/.well-known/openid-configuration")).json()["token_endpoint"] == front.token_url
    assert [request.form["scope"] for request in front.requests] == ["api:read"]


async def test_assertions_for_its_own_address_are_taken(http: AsyncClient, front: Front, clients: Clients) -> None:
    assertion = assertion_of(clients.rsa, front.token_url)
    assert (await ask(http, clients.rsa, client_assertion=assertion)).status_code == 200


async def test_each_request_meets_its_fault(http: AsyncClient, front: Front, clients: Clients) -> None:
    front.provoke(
        redirecting("/elsewhere"),
        failing(503, ("Retry-After", "1")),
        page(),
        refusing("invalid_grant"),
        edited(expires_in=0, scope=None),
    )
    redirected, failed, html, refused, expired, last = [await ask(http, clients.post) for _ in range(6)]
    assert (redirected.status_code, redirected.headers["Location"]) == (302, "/elsewhere")
    assert (failed.status_code, failed.headers["Retry-After"]) == (503, "1")
    assert html.headers["Content-Type"].startswith("text/html")
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})
    assert expired.json()["expires_in"] == 0
    assert last.json()["expires_in"] == 3600
    assert len(front.requests) == 6


async def test_it_is_slow(http: AsyncClient, front: Front, clients: Clients) -> None:
    front.provoke(slow(0.3))
    begun = time.monotonic()
    assert (await ask(http, clients.post)).status_code == 200
    assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize("fault", [dropped, lost])
async def test_it_hangs_up(http: AsyncClient, front: Front, clients: Clients, fault: Fault) -> None:
    front.faults = repeat(fault)
    with pytest.raises(HTTPError):
        await ask(http, clients.post)
    assert len(front.requests) == 1


async def test_it_goes_down_and_comes_up_at_the_same_address(http: AsyncClient, front: Front, clients: Clients) -> None:
    address = front.url
    assert (await ask(http, clients.post)).status_code == 200

    await front.go_down()
    with pytest.raises(HTTPError):
        await ask(http, clients.post)
    await front.come_up()

    assert front.url == address
    assert (await ask(http, clients.post)).status_code == 200
