# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Logins at a provider: whom a `state` belongs to, how long it is good, and what comes back instead of a code."""

import asyncio
import base64
import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from openconnector.calls.tokens import authorizations
from openconnector.core.http import AsyncClient
from openconnector.core.principal import Principal
from openconnector.core.settings import Settings
from tests.conftest import serve_engine
from tests.database import stored_bytes
from tests.factories import MARK, create_source, marked, test_call
from tests.tokens import TokenServer, token_server

REDIRECT_URI = "https://cloud.example/index.php/apps/app_api/embedded/open_connector/main/connect"


async def source_of(api: AsyncClient, server: TokenServer, **values: Any) -> str:
    grant = {"type": "authorization_code", "authorizationUrl": f"{server.url}/authorize?tenant=a"}
    scheme = server.authentication(grant=grant, scope="openid offline_access", **values)
    return str((await create_source(api, location=server.url, authentication=scheme))["id"])


async def begun(api: AsyncClient, source: str) -> dict[str, str]:
    """The query of the URL that a person is sent to."""
    answer = await api.post(f"/api/sources/{source}/authorization", json={"redirectUri": REDIRECT_URI})
    assert answer.status_code == 200, answer.text
    url = urlsplit(answer.json()["authorizationUrl"])
    return {name: values[-1] for name, values in parse_qs(url.query).items()}


async def returned(api: AsyncClient, state: str, **values: str) -> dict[str, Any]:
    answer = await api.post("/api/authorizations", json={"state": state} | (values or {"code": marked("code")}))
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


async def test_a_login_gives_a_token_that_calls_send(api: AsyncClient) -> None:
    async with token_server(rotates=True) as server:
        source = await source_of(api, server)
        asked = await begun(api, source)
        assert asked["tenant"] == "a"
        assert asked["redirect_uri"] == REDIRECT_URI
        assert asked["scope"] == "openid offline_access"
        read = await returned(api, asked["state"])
        assert read["token"]["canRefresh"] is True
        assert (read["call"]["outcome"], read["call"]["method"]) == ("success", "POST")
        form = server.forms[0]
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        assert (asked["code_challenge"], asked["code_challenge_method"]) == (challenge.rstrip("="), "S256")
        assert form["redirect_uri"] == REDIRECT_URI
        call = await test_call(api, source, "/")
        assert [exchange["kind"] for exchange in call["exchanges"]] == ["request"]
        assert call["statusCode"] == 200


async def test_a_source_that_nobody_has_connected_says_so(api: AsyncClient) -> None:
    async with token_server() as server:
        call = await test_call(api, await source_of(api, server), "/")
        assert (call["outcome"], call["errorType"]) == ("auth_error", "not_connected")
        assert server.forms == []


async def test_a_state_is_good_for_one_return(api: AsyncClient) -> None:
    async with token_server() as server:
        asked = await begun(api, await source_of(api, server))
        await returned(api, asked["state"])
        again = await api.post("/api/authorizations", json={"state": asked["state"], "code": "x"})
        assert again.status_code == 404


async def test_a_state_is_good_for_the_one_who_has_begun_alone(settings: Settings) -> None:
    other = Principal("somebody-else", is_admin=True)
    async with token_server() as server, serve_engine(settings) as api, serve_engine(settings, other) as theirs:
        asked = await begun(api, await source_of(api, server))
        stolen = await theirs.post("/api/authorizations", json={"state": asked["state"], "code": "x"})
        assert stolen.status_code == 404
        assert server.forms == []
        assert (await returned(api, asked["state"]))["token"] is not None


async def test_a_login_that_takes_too_long_has_ended(api: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorizations, "VALID_FOR", timedelta(seconds=0.05))
    async with token_server() as server:
        asked = await begun(api, await source_of(api, server))
        await asyncio.sleep(0.1)
        answer = await api.post("/api/authorizations", json={"state": asked["state"], "code": "x"})
        assert answer.status_code == 404


async def test_of_many_logins_the_oldest_make_place(api: AsyncClient) -> None:
    async with token_server() as server:
        source = await source_of(api, server)
        states = [(await begun(api, source))["state"] for _ in range(25)]
        codes = [
            (await api.post("/api/authorizations", json={"state": state, "code": "x"})).status_code
            for state in (states[0], states[-1])
        ]
        assert codes == [404, 200]


async def test_a_source_that_was_changed_meanwhile_does_not_take_the_login(api: AsyncClient) -> None:
    async with token_server() as server:
        source = await source_of(api, server)
        asked = await begun(api, source)
        stored = (await api.get(f"/api/sources/{source}")).json()
        stored["authentication"]["clientId"] = "another"
        assert (await api.put(f"/api/sources/{source}", json=stored)).status_code == 200
        read = await returned(api, asked["state"])
        assert (read["token"], read["call"]["errorType"]) == (None, "authorization_outdated")
        assert server.forms == []


@pytest.mark.parametrize(
    ("error", "type_"), [("access_denied", "authorization_denied"), ("invalid_scope", "authorization_failed")]
)
async def test_what_the_provider_says_instead_of_a_code_is_told(api: AsyncClient, error: str, type_: str) -> None:
    async with token_server() as server:
        asked = await begun(api, await source_of(api, server))
        read = await returned(api, asked["state"], error=error, errorDescription="because")
        assert (read["token"], read["call"]["errorType"]) == (None, type_)
        assert {"name": "Reported", "value": f"{error}: because"} in read["call"]["diagnosis"]["evidence"]


async def test_an_answer_of_another_issuer_is_refused(api: AsyncClient) -> None:
    async with token_server(discovery={}) as server:
        source = await source_of(api, server, issuer=server.url, tokenUrl="")
        asked = await begun(api, source)
        read = await returned(api, asked["state"], code="x", iss="https://evil.example")
        assert (read["token"], read["call"]["errorType"]) == (None, "authorization_mixed_up")
        assert server.forms == []


async def test_a_login_that_has_ended_says_to_connect_again(api: AsyncClient) -> None:
    async with token_server(lifetime=1, rotates=True) as server:
        source = await source_of(api, server)
        await returned(api, (await begun(api, source))["state"])
        server.refresh_token = "withdrawn"
        await asyncio.sleep(1)
        call = await test_call(api, source, "/")
        assert (call["outcome"], call["errorType"]) == ("auth_error", "oauth_login_expired")
        assert call["diagnosis"]["remedies"][0]["text"].startswith("Press Connect")


async def test_a_refresh_token_that_ends_soon_is_a_warning_on_the_source(api: AsyncClient) -> None:
    async with token_server() as server:
        server.answer = lambda _: (
            200,
            {"access_token": marked("a"), "expires_in": 60, "refresh_token": "r", "refresh_expires_in": 86400 * 10},
        )
        source = await source_of(api, server)
        await returned(api, (await begun(api, source))["state"])
        (warning,) = (await api.get(f"/api/sources/{source}")).json()["warnings"]
        assert (warning["type"], warning["daysLeft"]) == ("refresh_token", 9)
        (listed,) = (await api.get("/api/sources")).json()["results"]
        assert listed["warnings"] == [warning]


async def test_nothing_of_a_login_stands_in_clear(settings: Settings) -> None:
    async with token_server(rotates=True) as server, serve_engine(settings) as api:
        source = await source_of(api, server)
        pending = await begun(api, source)
        asked = await begun(api, source)
        read = await returned(api, asked["state"])
        stored = await stored_bytes(settings)
        for secret in (pending["state"], asked["state"], server.forms[0]["code_verifier"]):
            assert secret.encode() not in stored
            assert secret not in str(read)
        assert MARK.encode() not in stored


async def test_endpoints_are_found_from_the_issuer_once(api: AsyncClient) -> None:
    async with token_server(discovery={}) as server:
        scheme = server.authentication(issuer=server.url, tokenUrl="")
        source = (await create_source(api, location=server.url, authentication=scheme))["id"]
        call = await test_call(api, source, "/")
        assert [exchange["kind"] for exchange in call["exchanges"]] == ["discovery", "discovery", "token", "request"]
        server.valid.clear()
        call = await test_call(api, source, "/")
        assert [exchange["kind"] for exchange in call["exchanges"]] == ["request", "token", "authentication"]


@pytest.mark.parametrize("discovery", [None, {"issuer": "https://evil.example"}, {"token_endpoint": "ftp://x/"}])
async def test_a_document_that_cannot_be_used_is_told(api: AsyncClient, discovery: dict[str, str] | None) -> None:
    async with token_server(discovery=discovery) as server:
        scheme = server.authentication(issuer=server.url, tokenUrl="")
        source = (await create_source(api, location=server.url, authentication=scheme))["id"]
        call = await test_call(api, source, "/")
        assert (call["outcome"], call["errorType"]) == ("auth_error", "discovery_failed")
        assert server.forms == []


async def test_what_a_login_asks_before_it_begins_is_in_the_log(api: AsyncClient) -> None:
    async with token_server(discovery={"authorization_endpoint": "https://login.example/authorize"}) as server:
        scheme = server.authentication(issuer=server.url, tokenUrl="", grant={"type": "authorization_code"})
        source = (await create_source(api, location=server.url, authentication=scheme))["id"]
        answer = await api.post(f"/api/sources/{source}/authorization", json={"redirectUri": REDIRECT_URI})
        assert answer.json()["authorizationUrl"].startswith("https://login.example/authorize?")
        (entry,) = (await api.get("/api/logs?trigger=authorization")).json()["results"]
        assert (entry["method"], entry["statusCode"], entry["trigger"]["userId"]) == ("GET", 200, "admin")
        server.discovery = None
        stored = (await api.get(f"/api/sources/{source}")).json()
        stored["authentication"]["issuer"] = f"{server.url}/other"
        stored["authentication"]["client"]["secret"] = marked("again")
        assert (await api.put(f"/api/sources/{source}", json=stored)).status_code == 200
        answer = await api.post(f"/api/sources/{source}/authorization", json={"redirectUri": REDIRECT_URI})
        assert answer.status_code == 409
        assert (await api.get("/api/logs?trigger=authorization")).json()["total"] == 2


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://[::1", "data:text/html,x"])
async def test_a_browser_is_sent_to_web_addresses_alone(api: AsyncClient, url: str) -> None:
    async with token_server() as server:
        scheme = server.authentication(grant={"type": "authorization_code", "authorizationUrl": url})
        body = {"name": "x", "location": server.url, "type": "json", "authentication": scheme}
        answer = await api.post("/api/sources", json=body)
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/authentication/grant/authorizationUrl"]


async def test_an_issuer_beside_a_token_url_gives_the_authorization_url(api: AsyncClient) -> None:
    async with token_server(discovery={"authorization_endpoint": "https://login.example/authorize"}) as server:
        scheme = server.authentication(issuer=server.url, grant={"type": "authorization_code"})
        source = (await create_source(api, location=server.url, authentication=scheme))["id"]
        assert (await begun(api, source))["response_type"] == "code"
