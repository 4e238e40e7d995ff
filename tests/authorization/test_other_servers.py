# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""authlib's and idpyoidc's servers, as the tests use them, do what they are there for."""

from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from tests.authorization.asking import ask, fetch, grant_assertion
from tests.authorization.authlib_server import AuthlibServer
from tests.authorization.clients import JWT_BEARER, PASSWORD, RESOURCE, TOKEN_EXCHANGE, USER, AuthlibClients
from tests.authorization.exchange_server import ExchangeServer
from tests.authorization.key_material import rsa_key

BY_PASSWORD: dict[str, Any] = {"grant_type": "password", "username": USER, "password": PASSWORD, "scope": "api:read"}
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@pytest.mark.parametrize("name", ["basic", "post", "public"])
async def test_a_password_gives_a_token_and_its_refresh_token_another(
    authlib_server: AuthlibServer, authlib_clients: AuthlibClients, name: str
) -> None:
    client = getattr(authlib_clients, name)
    async with AsyncClient(base_url=authlib_server.url) as http:
        first = (await ask(http, client, **BY_PASSWORD)).json()
        assert (first["expires_in"], first["scope"]) == (3600, "api:read")
        told = await fetch(http, first["access_token"])
        assert (told.status_code, told.json()["sub"]) == (200, USER)

        again: dict[str, Any] = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = (await ask(http, client, **again)).json()
        assert (await fetch(http, second["access_token"])).status_code == 200
        assert second["refresh_token"] != first["refresh_token"]

        used = await ask(http, client, **again)
        assert (used.status_code, used.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("form", "secret", "status", "error"),
    [
        ({"password": "wrong"}, "", 400, "invalid_request"),
        ({"scope": "unknown"}, "", 400, "invalid_scope"),
        ({}, "wrong", 401, "invalid_client"),
    ],
)
async def test_authlib_refuses_what_is_wrong(
    authlib_server: AuthlibServer,
    authlib_clients: AuthlibClients,
    form: dict[str, Any],
    secret: str,
    status: int,
    error: str,
) -> None:
    async with AsyncClient(base_url=authlib_server.url) as http:
        answer = await ask(http, authlib_clients.basic, secret=secret, **(BY_PASSWORD | form))
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize("name", ["assertion", "assertion_ec"])
@pytest.mark.parametrize("whom", ["a person", "itself"])
async def test_an_assertion_is_a_grant(
    authlib_server: AuthlibServer, authlib_clients: AuthlibClients, name: str, whom: str
) -> None:
    client = getattr(authlib_clients, name)
    subject = USER if whom == "a person" else client.id
    assertion = grant_assertion(client, authlib_server.token_url, subject=subject)
    async with AsyncClient(base_url=authlib_server.url) as http:
        answer = await http.post("/token", data={"grant_type": JWT_BEARER, "assertion": assertion, "scope": "api:read"})
        assert answer.status_code == 200, answer.text
        told = await fetch(http, answer.json()["access_token"])
    assert told.json() == {"client_id": client.id, "sub": subject, "scope": "api:read"}


@pytest.mark.parametrize(
    "values",
    [
        {"exp": 1},
        {"aud": "https://another.example.org/token"},
        {"iss": "nobody@project.example.org"},
        {"sub": "somebody"},
        {"key": rsa_key("robot-2026")},
        {"key": rsa_key("another-kid")},
    ],
    ids=["expired", "wrong audience", "unknown issuer", "unknown subject", "strange key", "unknown kid"],
)
async def test_a_wrong_assertion_is_no_grant(
    authlib_server: AuthlibServer, authlib_clients: AuthlibClients, values: dict[str, Any]
) -> None:
    assertion = grant_assertion(authlib_clients.assertion, authlib_server.token_url, subject=USER, **values)
    async with AsyncClient(base_url=authlib_server.url) as http:
        answer = await http.post("/token", data={"grant_type": JWT_BEARER, "assertion": assertion})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_the_keys_for_assertions_can_be_replaced(
    authlib_server: AuthlibServer, authlib_clients: AuthlibClients
) -> None:
    client, new = authlib_clients.assertion, rsa_key("robot-2027")
    authlib_server.replace_keys(client.id, new.jwks())
    async with AsyncClient(base_url=authlib_server.url) as http:
        for key, status in ((client.key, 400), (new, 200)):
            assertion = grant_assertion(client, authlib_server.token_url, subject=USER, key=key)
            answer = await http.post("/token", data={"grant_type": JWT_BEARER, "assertion": assertion})
            assert answer.status_code == status


async def test_authlib_takes_tokens_back(authlib_server: AuthlibServer, authlib_clients: AuthlibClients) -> None:
    async with AsyncClient(base_url=authlib_server.url) as http:
        token = (await ask(http, authlib_clients.post, **BY_PASSWORD)).json()

        authlib_server.revoke_access_tokens()

        refused = await fetch(http, token["access_token"])
        assert refused.status_code == 401
        assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
        again: dict[str, Any] = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
        assert (await ask(http, authlib_clients.post, **again)).status_code == 200


async def test_a_token_is_exchanged_for_one_that_the_resource_takes(exchange_server: ExchangeServer) -> None:
    subject_token = exchange_server.subject_token()
    async with AsyncClient(base_url=exchange_server.url) as http:
        assert (await fetch(http, subject_token)).status_code == 401

        answer = await exchange(http, exchange_server, subject_token=subject_token, audience=RESOURCE)

        assert answer.status_code == 200, answer.text
        assert answer.json()["issued_token_type"] == ACCESS_TOKEN
        told = await fetch(http, answer.json()["access_token"])
    assert told.status_code == 200
    assert (told.json()["client_id"], told.json()["aud"]) == (exchange_server.client.id, [RESOURCE])


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"subject_token": "unknown"}, 400, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"}, 400, "invalid_request"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:jwt"}, 400, "invalid_request"),
        ({"audience": "https://another.example.org/"}, 400, "invalid_target"),
        ({"scope": "api:write"}, 400, "invalid_scope"),
        ({"secret": "wrong"}, 401, "invalid_client"),
    ],
)
async def test_what_may_not_be_exchanged_is_refused(
    exchange_server: ExchangeServer, form: dict[str, Any], status: int, error: str
) -> None:
    async with AsyncClient(base_url=exchange_server.url) as http:
        answer = await exchange(http, exchange_server, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_an_expired_token_is_not_exchanged(exchange_server: ExchangeServer) -> None:
    async with AsyncClient(base_url=exchange_server.url) as http:
        answer = await exchange(http, exchange_server, subject_token=exchange_server.subject_token(lifetime=-1))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def exchange(http: AsyncClient, server: ExchangeServer, **form: Any) -> Any:
    """Ask for an exchange (RFC 8693, section 2.1)."""
    wanted: dict[str, Any] = {"grant_type": TOKEN_EXCHANGE, "subject_token_type": ACCESS_TOKEN, **form}
    wanted.setdefault("subject_token", server.subject_token())
    return await ask(http, server.client, **wanted)
