# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each way for a client to prove who it is, against servers that check it: 200, and the diagnosis when it is wrong."""

import json
from dataclasses import replace
from typing import Any

import pytest
import trustme

from openconnector.core.http import AsyncClient
from tests.authorization.clients import RESOURCE, Client, Clients
from tests.authorization.key_material import KeyPair, rsa_key
from tests.authorization.provider import OidcProvider
from tests.authorization.sources import called, called_at, oauth2, proof_of

WAYS = ["basic", "post", "secret_jwt", "rsa", "pss", "ec", "ec_521", "ed25519", "certificate"]
REJECTED = "The authorization server does not accept the client"


def of(clients: Clients, way: str) -> Client:
    client: Client = getattr(clients, way)
    return client


def wrong(client: Client) -> dict[str, Any]:
    """The same proof with one byte of the secret, or the key, changed."""
    if client.secret:
        secret = client.secret[:-1] + ("x" if client.secret[-1] != "x" else "y")
        return proof_of(replace(client, secret=secret))
    assert client.key is not None
    kinds = {"RSA": lambda: rsa_key(client.key.kid)}  # type: ignore[union-attr]
    proof = proof_of(client)
    if proof["algorithm"][:2] in ("RS", "PS"):
        proof["key"] |= {"privateKey": kinds["RSA"]().pem, "certificate": ""}
    else:
        proof["key"] |= {"kid": "another-kid"}
    return proof


@pytest.mark.parametrize("way", WAYS)
async def test_the_right_proof_gives_a_token_that_is_taken(
    sqlite_api: AsyncClient, oidc: OidcProvider, clients: Clients, way: str
) -> None:
    call = await called_at(sqlite_api, oidc, of(clients, way), resource=[RESOURCE])
    assert call["statusCode"] == 200, call["diagnosis"]
    assert [exchange["kind"] for exchange in call["exchanges"]] == ["token", "request"]


@pytest.mark.parametrize("way", WAYS)
async def test_a_wrong_proof_is_told(sqlite_api: AsyncClient, oidc: OidcProvider, clients: Clients, way: str) -> None:
    call = await called_at(sqlite_api, oidc, of(clients, way), client=wrong(of(clients, way)))
    assert (call["outcome"], call["errorType"]) == ("auth_error", "oauth_invalid_client")
    assert call["diagnosis"]["title"] == REJECTED
    assert call["diagnosis"]["remedies"][0]["link"] == "configuration/authentication"


@pytest.mark.parametrize("thumbprints", [["x5t"], ["x5t#S256"], ["x5t", "x5t#S256"]])
async def test_a_certificate_is_named_by_its_thumbprints(
    sqlite_api: AsyncClient, oidc: OidcProvider, clients: Clients, thumbprints: list[str]
) -> None:
    proof = proof_of(clients.certificate)
    proof["key"] |= {"thumbprints": thumbprints, "kid": ""}
    call = await called_at(sqlite_api, oidc, clients.certificate, client=proof, resource=[RESOURCE])
    assert call["statusCode"] == 200, call["diagnosis"]


async def test_a_jwk_is_taken_as_it_is(sqlite_api: AsyncClient, oidc: OidcProvider, clients: Clients) -> None:
    assert clients.ec.key is not None
    proof = proof_of(clients.ec)
    proof["key"] = {"privateKey": json.dumps(clients.ec.key.private_jwk())}
    call = await called_at(sqlite_api, oidc, clients.ec, client=proof, resource=[RESOURCE])
    assert call["statusCode"] == 200, call["diagnosis"]


async def test_keys_that_were_rotated_there_are_told_and_the_new_one_works(
    sqlite_api: AsyncClient, oidc: OidcProvider
) -> None:
    former, new = rsa_key("former"), rsa_key("new")
    registered = await oidc.register(
        grant_types=["client_credentials"], token_endpoint_auth_method="private_key_jwt", jwks=former.jwks()
    )

    def client(key: KeyPair) -> Client:
        return Client(registered.id, "private_key_jwt", key=key)

    assert (await called_at(sqlite_api, oidc, client(former), resource=[RESOURCE]))[
        "errorType"
    ] != "oauth_invalid_client"
    await oidc.change(registered, jwks=new.jwks())
    assert (await called_at(sqlite_api, oidc, client(former)))["errorType"] == "oauth_invalid_client"
    assert (await called_at(sqlite_api, oidc, client(new)))["errorType"] != "oauth_invalid_client"


def with_certificate(authority: trustme.CA, key: KeyPair | None) -> dict[str, Any]:
    """The connection of a source that trusts the server, and shows a certificate."""
    connection: dict[str, Any] = {"caCertificates": authority.cert_pem.bytes().decode()}
    if key is not None:
        connection["clientCertificate"] = {"certificates": key.certificate, "privateKey": key.pem}
    return connection


@pytest.mark.parametrize("way", ["tls", "bound"])
async def test_a_client_certificate_is_shown_at_the_token_endpoint_and_at_the_resource(
    sqlite_api: AsyncClient, tls_oidc: OidcProvider, clients: Clients, client_authority: trustme.CA, way: str
) -> None:
    client = of(clients, way)
    call = await called(
        sqlite_api,
        tls_oidc.url,
        oauth2(tls_oidc.url, client, resource=[RESOURCE]),
        connection=with_certificate(client_authority, client.key),
    )
    assert call["statusCode"] == 200, call["diagnosis"]


async def test_another_certificate_or_none_is_not_the_client(
    sqlite_api: AsyncClient, tls_oidc: OidcProvider, clients: Clients, client_authority: trustme.CA
) -> None:
    for key in (clients.bound.key, None):
        call = await called(
            sqlite_api,
            tls_oidc.url,
            oauth2(tls_oidc.url, clients.tls),
            connection=with_certificate(client_authority, key),
        )
        assert (call["outcome"], call["errorType"]) == ("auth_error", "oauth_invalid_client")
