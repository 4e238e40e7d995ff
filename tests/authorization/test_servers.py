# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""npm's oidc-provider, as the tests use it, does what it is there for. Asked by a client that is not ours."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import trustme

from openconnector.core.http import AsyncClient
from tests.authorization.asking import ask, assertion_of, fetch
from tests.authorization.clients import OTHER_RESOURCE, RESOURCE, Clients
from tests.authorization.key_material import certified_key, rsa_key
from tests.authorization.provider import OidcProvider

BY_SECRET = ["basic", "post", "secret_jwt"]
BY_KEY = ["rsa", "pss", "ec", "ec_521", "ed25519", "certificate"]


@pytest.fixture
async def http(oidc: OidcProvider) -> AsyncIterator[AsyncClient]:
    async with oidc.http() as client:
        yield client


@pytest.mark.parametrize("name", [*BY_SECRET, *BY_KEY])
async def test_a_client_that_proves_who_it_is_gets_a_token_that_the_resource_takes(
    http: AsyncClient, clients: Clients, name: str
) -> None:
    client = getattr(clients, name)

    answer = await ask(http, client, scope="api:read")

    assert answer.status_code == 200, answer.text
    assert answer.json()["expires_in"] == 3600
    resource = await fetch(http, answer.json()["access_token"])
    assert resource.status_code == 200
    assert resource.json()["client_id"] == client.id
    assert resource.json()["scope"] == "api:read"


@pytest.mark.parametrize("name", BY_SECRET)
async def test_a_wrong_secret_is_refused(http: AsyncClient, clients: Clients, name: str) -> None:
    client = getattr(clients, name)
    answer = await ask(http, client, secret=client.secret[:-1] + "!")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("name", "key"), [("rsa", rsa_key("rsa-2026")), ("pss", rsa_key("pss-2026")), ("rsa", rsa_key("another-kid"))]
)
async def test_a_strange_key_is_refused(http: AsyncClient, clients: Clients, name: str, key: Any) -> None:
    answer = await ask(http, getattr(clients, name), key=key)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "values",
    [
        {"header": {"kid": "another"}},
        {"expires_in": -1},
        {"claims": {"nbf": 4102444800}},
        {"audience": "https://another.example.org/token"},
    ],
    ids=["wrong kid", "expired", "not yet valid", "wrong audience"],
)
async def test_a_wrong_assertion_is_refused(
    http: AsyncClient, oidc: OidcProvider, clients: Clients, values: dict[str, Any]
) -> None:
    wrong = assertion_of(clients.rsa, values.pop("audience", oidc.token_url), **values)
    answer = await ask(http, clients.rsa, client_assertion=wrong)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_an_assertion_is_good_for_one_use(http: AsyncClient, oidc: OidcProvider, clients: Clients) -> None:
    assertion = assertion_of(clients.rsa, oidc.issuer)
    answers = [await ask(http, clients.rsa, client_assertion=assertion) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 401]


@pytest.mark.parametrize(
    ("names", "status"), [(["x5t"], 200), (["x5t#S256"], 200), ([], 401), (["x5t", "x5t#S256"], 200)]
)
async def test_a_certificate_is_known_by_its_thumbprints(
    http: AsyncClient, oidc: OidcProvider, clients: Clients, names: list[str], status: int
) -> None:
    assert clients.certificate.key is not None
    header = {name: clients.certificate.key.thumbprints()[name] for name in names}
    assertion = assertion_of(clients.certificate, oidc.token_url, header=header)
    answer = await ask(http, clients.certificate, client_assertion=assertion)
    assert answer.status_code == status


async def test_a_strange_thumbprint_is_refused(http: AsyncClient, oidc: OidcProvider, clients: Clients) -> None:
    strange = certified_key(trustme.CA(), "certificate.example.org").thumbprints()
    assertion = assertion_of(clients.certificate, oidc.token_url, header=strange)
    answer = await ask(http, clients.certificate, client_assertion=assertion)
    assert answer.status_code == 401


async def test_the_keys_of_a_client_can_be_replaced(http: AsyncClient, oidc: OidcProvider, clients: Clients) -> None:
    old, new = rsa_key("2025"), rsa_key("2026")
    registered = await oidc.register(
        grant_types=["client_credentials"], token_endpoint_auth_method="private_key_jwt", jwks=old.jwks()
    )
    client = replace(clients.rsa, id=registered.id, key=old)
    assert (await ask(http, client)).status_code == 200

    await oidc.change(registered, jwks=new.jwks())

    assert (await ask(http, client)).status_code == 401
    assert (await ask(http, client, key=new)).status_code == 200


@pytest.mark.parametrize("name", ["tls", "bound"])
async def test_a_client_is_known_by_its_certificate(tls_oidc: OidcProvider, clients: Clients, name: str) -> None:
    client = getattr(clients, name)
    async with tls_oidc.http(client.key) as own, tls_oidc.http(clients.certificate.key) as other:
        assert (await ask(other, client)).status_code == 401
        answer = await ask(own, client, scope="api:read")
        assert answer.status_code == 200, answer.text
        token = answer.json()["access_token"]
        assert (await fetch(own, token)).status_code == 200
        assert (await fetch(other, token)).status_code == (401 if name == "bound" else 200)


async def test_without_its_certificate_or_with_one_of_a_stranger_a_client_is_refused(
    tls_oidc: OidcProvider, clients: Clients
) -> None:
    strange = certified_key(trustme.CA(), "tls.example.org")
    async with tls_oidc.http() as nobody, tls_oidc.http(strange) as stranger:
        for http in (nobody, stranger):
            answer = await ask(http, clients.tls)
            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("document", ["openid-configuration", "oauth-authorization-server"])
async def test_both_discovery_documents_name_the_endpoints(
    http: AsyncClient, oidc: OidcProvider, document: str
) -> None:
    found = (await http.get(f"/.well-known/{document}")).json()
    assert found["issuer"] == oidc.issuer
    assert found["token_endpoint"] == oidc.token_url
    assert found["authorization_endpoint"] == oidc.authorization_url


async def test_a_token_for_a_resource_is_good_there_alone(http: AsyncClient, clients: Clients) -> None:
    for resource, status in ((RESOURCE, 200), (OTHER_RESOURCE, 401)):
        token = (await ask(http, clients.post, scope="api:read", resource=resource)).json()["access_token"]
        assert token.count(".") == 2
        answer = await fetch(http, token)
        assert answer.status_code == status
    assert 'Bearer realm="' in answer.headers["WWW-Authenticate"]
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"scope": "api:write"}, "invalid_scope"),
        ({"resource": "https://unknown.example.org/"}, "invalid_target"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "none"}, "invalid_request"),
    ],
)
async def test_what_is_not_allowed_is_refused(
    http: AsyncClient, clients: Clients, form: dict[str, Any], error: str
) -> None:
    answer = await ask(http, clients.post, **form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_a_token_comes_to_its_end(http: AsyncClient, clients: Clients) -> None:
    answer = (await ask(http, clients.brief)).json()
    assert answer["expires_in"] == 2
    assert (await fetch(http, answer["access_token"])).status_code == 200
    await asyncio.sleep(2.1)
    assert (await fetch(http, answer["access_token"])).status_code == 401


async def test_a_revoked_token_is_good_for_nothing(http: AsyncClient, clients: Clients) -> None:
    token = (await ask(http, clients.post)).json()["access_token"]
    client = {"client_id": clients.post.id, "client_secret": clients.post.secret}

    async def is_active() -> bool:
        told = await http.post("/token/introspection", data={"token": token, **client})
        active: bool = told.json()["active"]
        return active

    assert await is_active()
    assert (await http.post("/token/revocation", data={"token": token, **client})).status_code == 200
    assert not await is_active()
    assert (await fetch(http, token)).status_code == 401
