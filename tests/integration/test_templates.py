# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Placeholders in what an administrator writes: filled in when a call is made, and previewed without secrets."""

import base64
import json
from typing import Any

import pytest

from openconnector.calls.schemas import CallRequest
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.logs.schemas import Trigger
from tests.database import stored_bytes
from tests.factories import MARK, create_source, marked, test_call
from tests.factories import source as source_body
from tests.integration.test_call_service import opened, running
from tests.tokens import token_server


def echoed(call: dict[str, Any]) -> Any:
    """What httpbin's /anything says that it was sent."""
    return json.loads(call["exchanges"][-1]["response"]["body"]["content"])


async def test_headers_query_path_and_body_are_filled_in(sqlite_api: AsyncClient, httpbin: str) -> None:
    source = await create_source(
        sqlite_api,
        name="Parcels",
        location=f"{httpbin}/anything",
        headers=[{"name": "X-Source", "value": "{{ source.name }} of {{ source.type }}", "isSecret": False}],
        query=[{"name": "day", "value": "{{ now('%Y') }}", "isSecret": False}],
    )
    call = await test_call(
        sqlite_api,
        source["id"],
        "/{{ 'a' ~ 'b' }}",
        method="POST",
        headers=[{"name": "X-Hash", "value": "{{ hash('abc', 'sha256') }}"}],
        body='{"id": "{{ uuid() }}", "slug": "{{ source.slug }}"}',
    )
    said = echoed(call)
    assert said["headers"]["X-Source"] == "Parcels of json"
    assert said["headers"]["X-Hash"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert said["args"]["day"].startswith("20")
    assert said["url"].partition("?")[0].endswith("/anything/ab")
    assert said["json"]["slug"] == source["slug"]
    assert len(said["json"]["id"]) == 36


async def test_a_token_is_put_where_a_template_asks_for_it(api: AsyncClient) -> None:
    async with token_server() as server:
        source = await create_source(
            api,
            location=server.url,
            authentication=server.authentication(**{"in": "none"}),
            headers=[{"name": "Authorization", "value": "Bearer {{ oauthToken(source) }}", "isSecret": False}],
        )
        call = await test_call(api, source["id"], "/")
        assert call["statusCode"] == 200
        assert server.calls == [f"Bearer {next(iter(server.valid))}"]
        assert MARK not in json.dumps(call)


async def test_a_placeholder_that_cannot_be_filled_in_names_its_place(sqlite_api: AsyncClient, httpbin: str) -> None:
    source = await create_source(sqlite_api, location=httpbin)
    call = await test_call(
        sqlite_api, source["id"], "/get", headers=[{"name": "X-Id", "value": "{{ oauthToken(source) }}"}]
    )
    assert (call["outcome"], call["errorType"], call["exchanges"]) == ("refused", "invalid_template", [])
    assert "In the header X-Id" in call["diagnosis"]["detail"]


async def test_a_placeholder_that_nobody_knows_is_told_when_it_is_saved(sqlite_api: AsyncClient) -> None:
    rows = [{"name": "X-Id", "value": "{{ uid() }}", "isSecret": False}]
    answer = await sqlite_api.post("/api/sources", json=source_body(headers=rows))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/headers/0/value"
    assert "uuid" in error["detail"]


@pytest.mark.parametrize(
    "text", ["{{ ''.__class__ }}", "{{ source.__class__ }}", "{{ 'a' * 1000000000 }}", "{{ [].append }}"]
)
async def test_nothing_but_the_language_is_run(sqlite_api: AsyncClient, httpbin: str, text: str) -> None:
    source = await create_source(sqlite_api, location=httpbin)
    call = await test_call(sqlite_api, source["id"], "/anything", method="POST", body=text)
    assert call["errorType"] == "invalid_template"


async def test_a_line_break_in_a_header_is_refused(sqlite_api: AsyncClient, httpbin: str) -> None:
    source = await create_source(sqlite_api, location=httpbin)
    value = '{{ "YQ0KWC1FdmlsOiAx"|b64dec }}'
    call = await test_call(sqlite_api, source["id"], "/get", headers=[{"name": "X-A", "value": value}])
    assert (call["outcome"], call["errorType"], call["exchanges"]) == ("refused", "invalid_template", [])
    assert "In the header X-A: A header value is one line" in call["diagnosis"]["detail"]
    assert "Evil" not in json.dumps(call)


async def test_what_is_passed_on_for_somebody_else_is_not_filled_in(sqlite_settings: Settings, httpbin: str) -> None:
    port = int(httpbin.rpartition(":")[2])
    async with running(sqlite_settings) as engine:
        wanted = CallRequest(method="POST", path="/anything", body="{{ source.name }}")
        entry = await engine.calls.call(opened(port), wanted, Trigger(type="endpoint"))
        assert json.loads(entry.exchanges[0].response_body or b"")["data"] == "{{ source.name }}"


async def test_what_is_computed_from_a_secret_is_a_secret(settings: Settings, api: AsyncClient, httpbin: str) -> None:
    secret = marked("signing")
    source = await create_source(
        api,
        location=f"{httpbin}/anything",
        authentication={"type": "basic", "username": "user", "password": secret},
        headers=[
            {"name": "X-Proof", "value": "{{ hash(source.authentication.password, 'sha256') }}", "isSecret": False}
        ],
    )
    call = await test_call(api, source["id"], "/proof")
    assert echoed(call)["headers"]["X-Proof"] == "REDACTED"
    assert MARK.encode() not in await stored_bytes(settings)


async def test_a_preview_shows_masks_and_problems(sqlite_api: AsyncClient) -> None:
    secret = marked("preview")
    source = await create_source(
        sqlite_api, authentication={"type": "basic", "username": "user", "password": secret}, name="Preview"
    )
    texts = [
        {"place": "a", "text": "{{ source.name }}"},
        {"place": "b", "text": "{{ source.authentication.password }}"},
        {"place": "c", "text": "{{ base64(source.authentication.password) }}"},
        {"place": "d", "text": "{{ nothing }}"},
    ]
    answer = await sqlite_api.post(f"/api/sources/{source['id']}/templates/preview", json={"texts": texts})
    results = answer.json()["results"]
    assert [row["after"] for row in results] == [
        "Preview",
        "•" * 8,
        base64.b64encode(("•" * 8).encode()).decode(),
        None,
    ]
    assert "nothing" in results[3]["problem"]


async def test_what_is_wrong_with_a_placeholder_is_told_in_dutch_with_its_place(sqlite_api: AsyncClient) -> None:
    body = source_body(headers=[{"name": "X-Now", "value": "at {{ noww() }}", "isSecret": False}])
    response = await sqlite_api.post("/api/sources", json=body, headers={"Accept-Language": "nl"})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["pointer"] == "/headers/0/value"
    assert error["detail"].startswith("Er is geen functie “noww”. Bedoelde je “now”? Bekend zijn: base64, ")
    assert error["detail"].endswith("voor de twee die openen. (Regel 1, kolom 4.)")
