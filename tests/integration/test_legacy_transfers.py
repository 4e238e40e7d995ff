# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Exports of the original, in each of their shapes, come in and leave again: elsewhere the same calls are made."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from tests.conftest import LOOPBACK, serve_engine
from tests.factories import test_call
from tests.integration.transfers import PASSPHRASE, Sent, done, export, upstream_server

TOKENS = b'{"access_token": "token-of-the-server", "token_type": "Bearer", "expires_in": 3600}'
OWN = {"id", "createdAt", "updatedAt", "lastCall", "rateState", "version", "health", "hostKey", "warnings"}


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[AsyncClient]:
    """Another OpenConnector, with a key and an empty database of its own."""
    directory = tmp_path / "elsewhere"
    directory.mkdir()
    async with serve_engine(Settings(storage_path=directory, background_work=False, egress_allow=LOOPBACK)) as client:
        yield client


def entity(url: str, name: str, /, configuration: Any, **more: Any) -> dict[str, Any]:
    location = f"{url}/api/{name.lower()}"
    return {"name": name, "type": "json", "location": location, "isEnabled": True, **more} | {
        "configuration": configuration
    }


def oauth(url: str) -> dict[str, Any]:
    return {
        "headers.Authorization": "Bearer {{ oauthToken(source) }}",
        "authentication": {
            "tokenUrl": f"{url}/token",
            "grant_type": "client_credentials",
            "authentication": "body",
            "client_id": "client-of-the-original",
            "client_secret": "secret-of-the-client",
            "scope": "read write",
        },
    }


def bare(url: str) -> Any:
    configuration = {
        "auth.0": "jan",
        "auth.1": "geheim-van-jan",
        "headers": {"Accept": "application/json"},
        "headers.X-Org": "gemeente",
        "headers.X-Api-Key": "key-of-a-header",
        "query": {"filter": {"status": "open"}, "api_key": "key-of-a-parameter"},
        "query.limit": 10,
        "timeout": "30",
        "verify": "false",
    }
    return entity(url, "Bare", configuration, description="A plain one")


def linked(url: str) -> Any:
    names = {"@context": {"schema": "http://schema.org"}, "@type": "source", "@id": "https://cloud.example/sources/7"}
    return entity(url, "Linked", oauth(url), uuid="5b1f7c1e-6a0f-4c1b-8d0a-2f8f4f1c9a11", **names)


def bundle(url: str) -> Any:
    user = base64.b64encode(b"jan:geheim-in-een-kop").decode()
    signed = {
        "headers": {"Authorization": "Bearer {{ jwtToken(source) }}"},
        "authentication": {
            "algorithm": "HS256",
            "secret": "secret-that-signs-the-tokens-of-it",
            "payload": '{"iss": "{{ issuer }}", "sub": "jan"}',
            "issuer": "gemeente",
        },
    }
    filled = {
        "headers": {"X-Token": "{{ source.configuration.authentication.token }}"},
        "authentication": {"token": "token-that-was-filled-in"},
        "resultsPosition": "data.items",
        "pagination": {"paginationQuery": "page"},
    }
    sources = {
        "basic": entity(url, "Basic", {"headers.Authorization": f"Basic {user}"}),
        "fixed": entity(url, "Fixed", {"headers": {"Authorization": "Bearer token-that-is-fixed"}}),
        "key": entity(url, "Key", {"headers": {"Authorization": "ApiKey key-with-a-word"}}),
        "signed": entity(url, "Signed", signed),
        "filled": entity(url, "Filled", filled),
        "off": entity(url, "Off", {}, isEnabled=False),
    }
    synchronization = {
        "name": "Open cases",
        "sourceId": "basic",
        "sourceConfig": {"endpoint": "/cases", "query": {"status": "open"}, "resultsPosition": "results"},
    }
    components = {"sources": sources, "synchronizations": {"s": synchronization}}
    return {"openapi": "3.0.0", "info": {"title": "Bundle"}, "components": components}


def objects(url: str) -> Any:
    own = {"register": "integriq", "schema": "source", "slug": "successor"}
    source = entity(url, "Successor", oauth(url), retryPolicy={"maxAttempts": 2, "baseDelayMs": 250})
    return {"components": {"objects": [{"@self": own, **source}]}}


AUTHORIZATIONS = {
    "Bare": "Basic amFuOmdlaGVpbS12YW4tamFu",
    "Linked": "Bearer token-of-the-server",
    "Basic": "Basic amFuOmdlaGVpbS1pbi1lZW4ta29w",
    "Fixed": "Bearer token-that-is-fixed",
    "Key": "ApiKey key-with-a-word",
    "Filled": None,
    "Successor": "Bearer token-of-the-server",
}


def told(sent: Sent) -> tuple[Any, ...]:
    """A request without what a clock writes: of a signed token its head and its claims, apart from the times."""
    headers = dict(sent.headers)
    kind, _, token = headers.get("authorization", "").partition(" ")
    if token.count(".") == 2:
        head, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
        timeless = {name: value for name, value in claims.items() if name not in ("iat", "exp", "nbf", "jti")}
        headers["authorization"] = json.dumps([kind, head, timeless])
    return sent.method, sent.target, headers, sent.body


async def stored(api: AsyncClient) -> list[dict[str, Any]]:
    listed = (await api.get("/api/sources", params={"sort": "name"})).json()["results"]
    return [(await api.get(f"/api/sources/{source['id']}")).json() for source in listed]


async def calls(api: AsyncClient, requests: list[Sent]) -> dict[str, list[tuple[Any, ...]]]:
    """What each source sends, with the requests for its tokens."""
    sent = {}
    for source in await stored(api):
        requests.clear()
        call = await test_call(api, source["id"], "/items", query=[{"name": "q", "value": "a b"}])
        assert call["outcome"] == ("success" if source["isEnabled"] else "refused"), call
        sent[source["name"]] = [told(one) for one in requests]
    return sent


@pytest.mark.parametrize("shape", [bare, linked, bundle, objects])
async def test_what_a_call_needs_survives_import_and_export(
    sqlite_api: AsyncClient, elsewhere: AsyncClient, shape: Any
) -> None:
    async with upstream_server() as upstream:
        upstream.answer = TOKENS
        text = json.dumps(shape(upstream.url))
        result = await done(sqlite_api, text)
        assert result["created"] == len(result["sources"])
        assert [one["missingSecrets"] for one in result["sources"]] == [[]] * result["created"]
        first = await calls(sqlite_api, upstream.requests)
        for name, requests in first.items():
            if name in AUTHORIZATIONS:
                assert requests[-1][2].get("authorization") == AUTHORIZATIONS[name]
        if shape is bare:
            method, target, headers, _ = first["Bare"][0]
            assert (method, headers["x-org"], headers["x-api-key"]) == ("GET", "gemeente", "key-of-a-header")
            assert target == "/api/bare/items?filter%5Bstatus%5D=open&api_key=key-of-a-parameter&limit=10&q=a+b"
        if shape is bundle:
            assert first["Filled"][0][2]["x-token"] == "token-that-was-filled-in"
            assert '"iss": "gemeente"' in first["Signed"][0][2]["authorization"]
            assert first["Off"] == []

        file = await export(sqlite_api, passphrase=PASSPHRASE)
        for secret in ("geheim", "secret-", "token-that", "key-of", "key-with", "amFu"):
            assert secret not in file
        moved = await done(elsewhere, file, passphrase=PASSPHRASE)
        assert [one["missingSecrets"] for one in moved["sources"]] == [[]] * result["created"]
        assert await calls(elsewhere, upstream.requests) == first
        here, there = await stored(sqlite_api), await stored(elsewhere)
        assert [{k: v for k, v in one.items() if k not in OWN} for one in there] == [
            {k: v for k, v in one.items() if k not in OWN} for one in here
        ]

        # The same document again changes nothing, here and there.
        for api in (sqlite_api, elsewhere):
            assert (await done(api, text))["unchanged"] == result["created"]
