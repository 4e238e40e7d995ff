# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each grant against a server that others wrote: a token that its resource takes, and the words when it gives none."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from openconnector.core.http import AsyncClient
from tests.authorization.authlib_server import PASSWORD, USER, AuthlibServer
from tests.authorization.clients import RESOURCE, AuthlibClients, Clients
from tests.authorization.conftest import REDIRECT_URI
from tests.authorization.exchange_server import ExchangeServer
from tests.authorization.login import log_in
from tests.authorization.provider import OidcProvider
from tests.authorization.sources import called, called_at, oauth2
from tests.factories import create_source, marked, test_call


def kinds(call: dict[str, Any]) -> list[str]:
    return [exchange["kind"] for exchange in call["exchanges"]]


async def test_endpoints_are_found_from_the_issuer(
    sqlite_api: AsyncClient, oidc: OidcProvider, clients: Clients
) -> None:
    call = await called_at(sqlite_api, oidc, clients.post, tokenUrl="", issuer=oidc.issuer, resource=[RESOURCE])
    assert call["statusCode"] == 200, call["diagnosis"]
    assert kinds(call) == ["discovery", "token", "request"]


async def test_get_token_shows_the_claims_of_a_jwt(
    sqlite_api: AsyncClient, oidc: OidcProvider, clients: Clients
) -> None:
    scheme = oauth2(oidc.url, clients.post, resource=[RESOURCE], scope="api:read")
    source = await create_source(sqlite_api, location=oidc.url, authentication=scheme)
    token = (await sqlite_api.post(f"/api/sources/{source['id']}/token", json={})).json()["token"]
    assert token["issuer"] == oidc.issuer
    assert token["scope"] == "api:read"
    assert token["jwt"]["claims"]["aud"] == RESOURCE


async def test_a_token_for_another_resource_is_told(
    sqlite_api: AsyncClient, oidc: OidcProvider, clients: Clients
) -> None:
    call = await called_at(
        sqlite_api, oidc, clients.post, resource=["https://api.example.org/documenten"], scope="api:read"
    )
    assert call["statusCode"] == 401
    assert call["diagnosis"]["title"] == "The access token is for somebody else"
    assert "https://api.example.org/documenten" in call["diagnosis"]["detail"]


async def test_a_scope_that_is_not_allowed_is_told(
    sqlite_api: AsyncClient, oidc: OidcProvider, clients: Clients
) -> None:
    call = await called_at(sqlite_api, oidc, clients.post, resource=[RESOURCE], scope="api:write")
    assert call["errorType"] == "oauth_invalid_scope", call["exchanges"][0]["response"]


async def test_a_resource_that_nobody_knows_is_told(
    sqlite_api: AsyncClient, oidc: OidcProvider, clients: Clients
) -> None:
    call = await called_at(sqlite_api, oidc, clients.post, resource=["https://unknown.example/"])
    assert call["errorType"] == "oauth_invalid_target"


class TestPassword:
    def scheme(self, server: AuthlibServer, clients: AuthlibClients, password: str) -> dict[str, Any]:
        grant = {"type": "password", "username": USER, "password": password}
        return oauth2(server.url, clients.basic, grant=grant)

    async def test_gives_a_token(
        self, sqlite_api: AsyncClient, authlib_server: AuthlibServer, authlib_clients: AuthlibClients
    ) -> None:
        scheme = self.scheme(authlib_server, authlib_clients, PASSWORD)
        call = await called(sqlite_api, authlib_server.url, scheme)
        assert call["statusCode"] == 200, call["diagnosis"]

    async def test_a_wrong_one_is_told(
        self, sqlite_api: AsyncClient, authlib_server: AuthlibServer, authlib_clients: AuthlibClients
    ) -> None:
        scheme = self.scheme(authlib_server, authlib_clients, PASSWORD + "x")
        call = await called(sqlite_api, authlib_server.url, scheme)
        assert call["outcome"] == "auth_error"
        assert call["errorType"] in ("oauth_invalid_grant", "oauth_invalid_request")

    async def test_goes_on_with_its_refresh_token_when_the_access_token_is_withdrawn(
        self, sqlite_api: AsyncClient, authlib_server: AuthlibServer, authlib_clients: AuthlibClients
    ) -> None:
        scheme = self.scheme(authlib_server, authlib_clients, PASSWORD)
        source = await create_source(sqlite_api, location=authlib_server.url, authentication=scheme)
        await test_call(sqlite_api, source["id"], "/resource")
        authlib_server.revoke_access_tokens()
        call = await test_call(sqlite_api, source["id"], "/resource")
        assert (kinds(call), call["statusCode"]) == (["request", "token", "authentication"], 200)


class TestJwtBearer:
    def scheme(self, server: AuthlibServer, clients: AuthlibClients, **grant: Any) -> dict[str, Any]:
        client = clients.assertion
        assert client.key is not None
        key = {"privateKey": client.key.pem, "kid": client.key.kid}
        wanted = {"type": "jwt_bearer", "key": key, "issuer": client.id, "subject": USER} | grant
        return {"type": "oauth2", "grant": wanted, "tokenUrl": f"{server.url}/token"}

    async def test_gives_a_token(
        self, sqlite_api: AsyncClient, authlib_server: AuthlibServer, authlib_clients: AuthlibClients
    ) -> None:
        call = await called(sqlite_api, authlib_server.url, self.scheme(authlib_server, authlib_clients))
        assert call["statusCode"] == 200, call["exchanges"][0]["response"]

    @pytest.mark.parametrize(
        "grant", [{"audience": "https://evil.example/token"}, {"claims": '{"exp": 1000000000}'}], ids=["aud", "exp"]
    )
    async def test_a_statement_for_somebody_else_or_of_yesterday_is_told(
        self,
        sqlite_api: AsyncClient,
        authlib_server: AuthlibServer,
        authlib_clients: AuthlibClients,
        grant: dict[str, str],
    ) -> None:
        scheme = self.scheme(authlib_server, authlib_clients, **grant)
        call = await called(sqlite_api, authlib_server.url, scheme)
        assert (call["outcome"], call["errorType"]) == ("auth_error", "oauth_invalid_grant"), call["exchanges"]


class TestTokenExchange:
    def scheme(self, server: ExchangeServer, subject: str) -> dict[str, Any]:
        grant = {"type": "token_exchange", "subjectToken": subject}
        return oauth2(server.url, server.client, grant=grant, audience=RESOURCE, resource=[RESOURCE], scope="api:read")

    async def test_gives_a_token_for_a_token(self, sqlite_api: AsyncClient, exchange_server: ExchangeServer) -> None:
        scheme = self.scheme(exchange_server, exchange_server.subject_token())
        call = await called(sqlite_api, exchange_server.url, scheme)
        assert call["statusCode"] == 200, call["exchanges"][0]["response"]

    async def test_a_token_that_nobody_gave_is_told(
        self, sqlite_api: AsyncClient, exchange_server: ExchangeServer
    ) -> None:
        call = await called(sqlite_api, exchange_server.url, self.scheme(exchange_server, marked("nobodys-token")))
        assert call["outcome"] == "auth_error"


class TestAuthorizationCode:
    async def source(self, api: AsyncClient, server_url: str, clients: Clients, name: str, **values: Any) -> str:
        client = getattr(clients, name)
        grant = {"type": "authorization_code", "prompt": "consent"}
        scheme = oauth2(
            server_url, client, grant=grant, issuer=server_url, tokenUrl="", scope="openid offline_access", **values
        )
        return str((await create_source(api, location=server_url, authentication=scheme))["id"])

    async def connected(self, api: AsyncClient, server: OidcProvider, source: str, *, consents: bool = True) -> Any:
        """Go the way of the browser: log in at the provider's own pages, and hand over what it sends back."""
        begun = await api.post(f"/api/sources/{source}/authorization", json={"redirectUri": REDIRECT_URI})
        assert begun.status_code == 200, begun.text
        async with server.http() as browser:
            back = await log_in(browser, begun.json()["authorizationUrl"], consents=consents)
        sent = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
        if "error_description" in sent:
            sent["errorDescription"] = sent.pop("error_description")
        answer = await api.post("/api/authorizations", json=sent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @pytest.mark.parametrize("name", ["web", "public"])
    async def test_a_person_logs_in_and_calls_go_on_from_there(
        self, sqlite_api: AsyncClient, oidc: OidcProvider, clients: Clients, name: str
    ) -> None:
        source = await self.source(sqlite_api, oidc.url, clients, name)
        read = await self.connected(sqlite_api, oidc, source)
        assert read["token"]["canRefresh"] is True, read["call"]["diagnosis"]
        call = await test_call(sqlite_api, source, "/me")
        assert (kinds(call), call["statusCode"]) == (["request"], 200)
        for _ in range(2):  # a refresh token is rotated each time
            renewed = (await sqlite_api.post(f"/api/sources/{source}/token", json={})).json()
            assert renewed["token"] is not None, renewed["call"]["diagnosis"]
        assert (await test_call(sqlite_api, source, "/me"))["statusCode"] == 200

    async def test_a_person_who_presses_cancel_is_told(
        self, sqlite_api: AsyncClient, oidc: OidcProvider, clients: Clients
    ) -> None:
        source = await self.source(sqlite_api, oidc.url, clients, "public")
        read = await self.connected(sqlite_api, oidc, source, consents=False)
        assert (read["token"], read["call"]["errorType"]) == (None, "authorization_denied")
