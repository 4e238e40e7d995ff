# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sources with OAuth 2.0, as a test of them writes them down."""

from typing import Any

from openconnector.core.http import AsyncClient
from tests.authorization.clients import SCOPE, Client
from tests.authorization.provider import OidcProvider
from tests.factories import create_source, test_call


def oauth2(server_url: str, of: Client, /, **values: Any) -> dict[str, Any]:
    """The authentication of a source for a client; `client` and `grant` follow from how it is registered."""
    return {
        "type": "oauth2",
        "clientId": of.id,
        "client": proof_of(of),
        "tokenUrl": f"{server_url}/token",
    } | values


def proof_of(client: Client) -> dict[str, Any]:
    """How a client proves who it is."""
    if client.method == "private_key_jwt":
        assert client.key is not None
        algorithm = client.metadata.get("token_endpoint_auth_signing_alg", "RS256")
        key = {"privateKey": client.key.pem, "kid": client.key.kid, "certificate": client.key.certificate or ""}
        return {"method": "private_key_jwt", "algorithm": algorithm, "key": key}
    if client.method in ("none", "tls_client_auth"):
        return {"method": client.method}
    return {"method": client.method, "secret": client.secret}


async def called(api: AsyncClient, location: str, authentication: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A test call of `/resource` with a new source."""
    source = await create_source(api, location=location, authentication=authentication, **values)
    return await test_call(api, source["id"], "/resource")


async def called_at(api: AsyncClient, server: OidcProvider, of: Client, /, **values: Any) -> dict[str, Any]:
    """The same at npm's oidc-provider."""
    return await called(api, server.url, oauth2(server.url, of, **values))


__all__ = ["SCOPE", "called", "called_at", "oauth2", "proof_of"]
