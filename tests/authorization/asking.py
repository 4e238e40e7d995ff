# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Token requests of an independent client: httpx, with assertions that authlib makes. Proves the servers, not us."""

import time
import warnings
from typing import Any
from urllib.parse import quote_plus

from authlib.oauth2.rfc7523 import JWTBearerGrant, client_secret_jwt_sign, private_key_jwt_sign
from joserfc.errors import SecurityWarning
from joserfc.jwk import OctKey

from openconnector.core.http import AsyncClient, Response
from tests.authorization.clients import Client
from tests.authorization.key_material import KeyPair

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def assertion_of(client: Client, audience: str, *, key: KeyPair | None = None, **values: Any) -> str:
    """A client assertion (RFC 7523, section 2.2).

    Args:
        key: in place of the client's own.
        values: `header`, further `claims`, `expires_in` and the like, as authlib takes them.
    """
    if client.method == "client_secret_jwt":
        secret: str = client_secret_jwt_sign(OctKey.import_key(client.secret), client.id, audience, **values)
        return secret
    pair = key or client.key
    assert pair is not None
    values.setdefault("header", {"kid": pair.kid} if pair.kid else pair.thumbprints())
    algorithm = client.metadata.get("token_endpoint_auth_signing_alg", "RS256")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # EdDSA has got a narrower name, which few servers know
        signed: str = private_key_jwt_sign(pair.signing_key(), client.id, audience, alg=algorithm, **values)
    return signed


async def ask(
    http: AsyncClient, client: Client, *, secret: str = "", key: KeyPair | None = None, **form: Any
) -> Response:
    """Ask for a token, by client credentials unless the form says otherwise.

    Args:
        http: knows the URL of the server.
        secret, key: in place of the client's own.
    """
    form = {"grant_type": "client_credentials", **form}
    proof = secret or client.secret
    match client.method:
        case "client_secret_basic":
            return await http.post("/token", data=form, auth=(quote_plus(client.id), quote_plus(proof)))
        case "client_secret_post":
            form |= {"client_id": client.id, "client_secret": proof}
        case "client_secret_jwt" | "private_key_jwt" if "client_assertion" not in form:
            signed = assertion_of(_with_secret(client, proof), str(http.base_url.join("/token")), key=key)
            form |= {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}
        case "private_key_jwt":
            form |= {"client_assertion_type": ASSERTION_TYPE}
        case _:
            form |= {"client_id": client.id}
    return await http.post("/token", data=form)


async def fetch(http: AsyncClient, token: str, path: str = "/resource") -> Response:
    """Call with a token."""
    return await http.get(path, headers={"Authorization": f"Bearer {token}"})


def grant_assertion(client: Client, audience: str, *, subject: str, key: KeyPair | None = None, **claims: Any) -> str:
    """An assertion as a grant (RFC 7523, section 2.1)."""
    pair = key or client.key
    assert pair is not None
    algorithm = "ES256" if pair.kty == "EC" else "RS256"
    issued = int(time.time())
    signed: str = JWTBearerGrant.sign(
        pair.signing_key(),
        client.id,
        audience,
        subject,
        issued,
        claims=claims,
        header={"alg": algorithm, "kid": pair.kid},
    )
    return signed


def _with_secret(client: Client, secret: str) -> Client:
    return Client(client.id, client.method, secret, client.key, client.metadata)
