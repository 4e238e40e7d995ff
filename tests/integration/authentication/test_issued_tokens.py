# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Self-issued JWTs against Authlib's resource protector: 200, and 401 when the key is another."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from authlib.integrations.flask_oauth2 import ResourceProtector
from authlib.oauth2.rfc7523 import JWTBearerTokenValidator
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from flask import Flask, jsonify
from joserfc.jwk import ECKey, OctKey, RSAKey
from werkzeug.serving import make_server

from openconnector.core.http import AsyncClient
from tests.factories import create_source, marked, test_call

CLAIMS = {"client_id": "gemeente", "grant_type": "jwt", "iss": "gemeente", "sub": "{{ source.slug }}"}
SECRET = marked("a-shared-secret-of-sufficient-length")


@contextmanager
def protected(key: OctKey | RSAKey | ECKey) -> Iterator[str]:
    """A resource that wants a JWT that is signed with this key."""
    app, protector = Flask("protected"), ResourceProtector()
    protector.register_token_validator(JWTBearerTokenValidator(key, issuer="gemeente"))

    @app.get("/resource")
    @protector()
    def resource() -> Any:
        from authlib.integrations.flask_oauth2 import current_token  # noqa: PLC0415  # it is there within a request

        return jsonify(sub=current_token["sub"])

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def pair(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> tuple[str, str]:
    """Private and public half in PEM."""
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


async def called(api: AsyncClient, url: str, **scheme: Any) -> dict[str, Any]:
    authentication = {"type": "jwt", "claims": json.dumps(CLAIMS)} | scheme
    source = await create_source(api, slug=None, location=url, authentication=authentication)
    return await test_call(api, source["id"], "/resource")


async def test_a_shared_secret(sqlite_api: AsyncClient) -> None:
    with protected(OctKey.import_key(SECRET)) as url:
        good = await called(sqlite_api, url, algorithm="HS256", secret=SECRET)
        bad = await called(sqlite_api, url, algorithm="HS256", secret=SECRET[:-1] + "x")
    assert (good["statusCode"], bad["statusCode"]) == (200, 401)
    assert json.loads(good["exchanges"][0]["response"]["body"]["content"]) == {"sub": "zaaksysteem"}
    assert bad["diagnosis"]["title"] == "The token is not valid"


@pytest.mark.parametrize(
    ("algorithm", "kind", "made"),
    [
        ("RS256", RSAKey, lambda: rsa.generate_private_key(65537, 2048)),
        ("ES256", ECKey, lambda: ec.generate_private_key(ec.SECP256R1())),
    ],
)
async def test_a_private_key(sqlite_api: AsyncClient, algorithm: str, kind: Any, made: Any) -> None:
    (private, public), (other, _) = pair(made()), pair(made())
    with protected(kind.import_key(public)) as url:
        good = await called(sqlite_api, url, algorithm=algorithm, key={"privateKey": private})
        bad = await called(sqlite_api, url, algorithm=algorithm, key={"privateKey": other})
    assert (good["statusCode"], bad["statusCode"]) == (200, 401)
    assert bad["diagnosis"]["title"] == "The token is not valid"
    sent = {row["name"].lower(): row["value"] for row in good["exchanges"][0]["request"]["headers"]}
    assert sent["authorization"] == "Bearer REDACTED"


async def test_a_template_puts_it_into_another_header(sqlite_api: AsyncClient, httpbin: str) -> None:
    source = await create_source(
        sqlite_api,
        location=httpbin,
        authentication={"type": "jwt", "secret": SECRET, "claims": "{}", "in": "none"},
        headers=[{"name": "X-Token", "value": "{{ jwtToken(source) }}", "isSecret": False}],
    )
    call = await test_call(sqlite_api, source["id"], "/headers")
    said = json.loads(call["exchanges"][0]["response"]["body"]["content"])["headers"]
    assert (said["X-Token"], "Authorization" in said) == ("REDACTED", False)


async def test_claims_that_hold_the_token_itself_are_refused(sqlite_api: AsyncClient, httpbin: str) -> None:
    source = await create_source(
        sqlite_api,
        location=httpbin,
        authentication={"type": "jwt", "secret": SECRET, "claims": '{"self": "{{ jwtToken(source) }}"}'},
    )
    call = await test_call(sqlite_api, source["id"], "/headers")
    assert (call["outcome"], call["exchanges"]) == ("refused", [])
