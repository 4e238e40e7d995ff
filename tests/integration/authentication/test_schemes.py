# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each scheme against a server that checks it and that we have not written: 200, and 401 when one byte is wrong."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import APIKeyCookie, APIKeyHeader, APIKeyQuery
from standardwebhooks import Webhook, WebhookVerificationError

from openconnector.core.http import AsyncClient
from tests.factories import create_source, marked, test_call
from tests.integration.authentication.aws_server import AwsServer, serve_aws
from tests.integration.authentication.ntlm_server import NtlmServer, accounts
from tests.integration.authentication.serving import served

WEBHOOK_SECRET = "bWFya2VkLXNlY3JldC1vZi10aGUtd2ViaG9vaw=="
KEY = marked("api-key")


def guarded() -> FastAPI:
    """Routes behind FastAPI's own API key schemes, and one that verifies Standard Webhooks."""
    app = FastAPI()

    def check(given: str) -> None:
        if given != KEY:
            raise HTTPException(401, headers={"WWW-Authenticate": "APIKey"})

    @app.get("/header")
    async def header(key: Annotated[str, Depends(APIKeyHeader(name="X-API-Key"))]) -> None:
        check(key)

    @app.get("/query")
    async def query(key: Annotated[str, Depends(APIKeyQuery(name="api_key"))]) -> None:
        check(key)

    @app.get("/cookie")
    async def cookie(key: Annotated[str, Depends(APIKeyCookie(name="session"))]) -> None:
        check(key)

    @app.post("/webhook")
    async def webhook(request: Request) -> None:
        try:
            Webhook(WEBHOOK_SECRET).verify(await request.body(), dict(request.headers))
        except WebhookVerificationError:
            raise HTTPException(401) from None

    return app


@pytest.fixture(scope="module")
def guard() -> Iterator[str]:
    with served(guarded()) as url:
        yield url


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsServer]:
    with serve_aws(marked("aws-secret")) as server:
        yield server


def one_byte_off(secret: str) -> str:
    """The secret with its last letter changed."""
    return secret[:-1] + ("a" if secret[-1] != "a" else "b")


async def call_with(api: AsyncClient, url: str, authentication: dict[str, Any], path: str, **values: Any) -> Any:
    source = await create_source(api, location=url, authentication=authentication)
    return await test_call(api, source["id"], path, **values)


async def test_basic(sqlite_api: AsyncClient, httpbin: str) -> None:
    scheme = {"type": "basic", "username": "user", "password": "pa55-word"}
    good = await call_with(sqlite_api, httpbin, scheme, "/basic-auth/user/pa55-word")
    bad = await call_with(sqlite_api, httpbin, scheme | {"password": "pa55-worE"}, "/basic-auth/user/pa55-word")
    assert (good["statusCode"], bad["statusCode"]) == (200, 401)
    assert bad["diagnosis"]["title"] == "The credentials were not accepted"


async def test_bearer(sqlite_api: AsyncClient, httpbin: str) -> None:
    good = await call_with(sqlite_api, httpbin, {"type": "bearer", "token": marked("t")}, "/bearer")
    bad = await call_with(sqlite_api, httpbin, {"type": "none"}, "/bearer")
    assert (good["statusCode"], bad["statusCode"]) == (200, 401)
    assert bad["diagnosis"]["title"] == "The other system asks for credentials"


@pytest.mark.parametrize(("place", "name"), [("header", "X-API-Key"), ("query", "api_key"), ("cookie", "session")])
async def test_api_key(sqlite_api: AsyncClient, guard: str, place: str, name: str) -> None:
    scheme = {"type": "apiKey", "in": place, "name": name, "value": KEY}
    good = await call_with(sqlite_api, guard, scheme, f"/{place}")
    bad = await call_with(sqlite_api, guard, scheme | {"value": one_byte_off(KEY)}, f"/{place}")
    assert (good["statusCode"], bad["statusCode"]) == (200, 401)
    assert bad["diagnosis"]["title"] == "The credentials were not accepted"


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256", "SHA-512"])
@pytest.mark.parametrize("qop", ["auth", "auth-int"])
async def test_digest(sqlite_api: AsyncClient, httpbin: str, algorithm: str, qop: str) -> None:
    scheme = {"type": "digest", "username": "user", "password": "pa55-word"}
    path = f"/digest-auth/{qop}/user/pa55-word/{algorithm}"
    source = await create_source(sqlite_api, location=httpbin, authentication=scheme)
    good, again = [await test_call(sqlite_api, source["id"], path) for _ in range(2)]
    assert [exchange["kind"] for exchange in good["exchanges"]] == ["request", "authentication"]
    assert (good["statusCode"], again["statusCode"]) == (200, 200)
    assert len(again["exchanges"]) == 1, "the challenge was not kept"
    origins = {row["name"].lower(): row["origin"] for row in again["exchanges"][0]["request"]["headers"]}
    assert origins["authorization"] == "authentication"
    bad = await call_with(sqlite_api, httpbin, scheme | {"password": "pa55-worE"}, path)
    assert (bad["statusCode"], len(bad["exchanges"])) == (401, 2)
    assert bad["diagnosis"]["title"] == "The credentials were not accepted"


async def test_digest_where_something_else_is_wanted(sqlite_api: AsyncClient, httpbin: str) -> None:
    scheme = {"type": "digest", "username": "user", "password": "pa55-word"}
    call = await call_with(sqlite_api, httpbin, scheme, "/basic-auth/user/pa55-word")
    assert call["diagnosis"]["title"] == "The other system wants another scheme"
    assert "Basic" in call["diagnosis"]["detail"]


@pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
async def test_ntlm(sqlite_api: AsyncClient, tmp_path: Path, protocol: Literal["ntlm", "negotiate"]) -> None:
    password, server = marked("ntlm-password"), NtlmServer(protocol=protocol)
    scheme = {"type": "ntlm", "protocol": protocol, "username": "svc", "domain": "EXAMPLE", "password": password}
    with accounts(tmp_path, {"EXAMPLE\\svc": password}):
        async with server.serving() as port:
            url = f"http://127.0.0.1:{port}"
            source = await create_source(sqlite_api, location=url, authentication=scheme)
            good, again = [await test_call(sqlite_api, source["id"], "/x", method="POST", body="{}") for _ in range(2)]
            bad = await call_with(sqlite_api, url, scheme | {"password": one_byte_off(password)}, "/x")
    assert [exchange["kind"] for exchange in good["exchanges"]] == ["request", "authentication", "authentication"]
    assert (good["statusCode"], again["statusCode"], bad["statusCode"]) == (200, 200, 401)
    assert len(again["exchanges"]) == 1, "the authenticated connection was not used again"
    assert bad["diagnosis"]["title"] == "The credentials were not accepted"


async def test_ntlm_behind_a_proxy_that_keeps_no_connections(sqlite_api: AsyncClient, tmp_path: Path) -> None:
    password, server = marked("ntlm-password"), NtlmServer(closes_after_challenge=True)
    with accounts(tmp_path, {"svc": password}):
        async with server.serving() as port:
            scheme = {"type": "ntlm", "username": "svc", "password": password}
            call = await call_with(sqlite_api, f"http://127.0.0.1:{port}", scheme, "/x")
    assert call["errorType"] == "connection_not_kept"
    assert call["diagnosis"]["remedies"]


async def test_aws_signature(sqlite_api: AsyncClient, aws: AwsServer) -> None:
    scheme = aws.authentication("s3")
    good = await call_with(sqlite_api, aws.url, scheme, "/bucket", method="PUT")
    wrong = scheme | {"secretAccessKey": one_byte_off(aws.secret_access_key)}
    bad = await call_with(sqlite_api, aws.url, wrong, "/bucket", method="PUT")
    assert (good["statusCode"], bad["statusCode"]) == (200, 403)
    assert "SignatureDoesNotMatch" in bad["exchanges"][0]["response"]["body"]["content"]
    assert bad["outcome"] == "auth_error"
    assert bad["diagnosis"]["title"] == "The signature does not match"
    unknown = await call_with(sqlite_api, aws.url, scheme | {"accessKeyId": "AKIAUNKNOWN"}, "/bucket", method="PUT")
    assert unknown["diagnosis"]["title"] == "The access key is not known"


async def test_hmac(sqlite_api: AsyncClient, guard: str) -> None:
    scheme = {
        "type": "hmac",
        "secret": WEBHOOK_SECRET,
        "secretEncoding": "base64",
        "algorithm": "sha256",
        "encoding": "base64",
        "parts": ["nonce", "timestamp", "body"],
        "separator": ".",
        "header": "webhook-signature",
        "template": "v1,{signature}",
        "timestampHeader": "webhook-timestamp",
        "timestampFormat": "unix",
        "nonceHeader": "webhook-id",
    }
    body = json.dumps({"event": "created"})
    good = await call_with(sqlite_api, guard, scheme, "/webhook", method="POST", body=body)
    bad = await call_with(sqlite_api, guard, scheme | {"separator": ":"}, "/webhook", method="POST", body=body)
    assert (good["statusCode"], bad["statusCode"]) == (200, 401), good
    assert bad["diagnosis"]["title"] == "The credentials were not accepted"
    signature = next(
        row["value"] for row in good["exchanges"][0]["request"]["headers"] if row["name"].lower() == "webhook-signature"
    )
    assert signature == "REDACTED"
