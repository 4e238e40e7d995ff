# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Marked secrets are sent in every way a source knows, echoed back by the other side, and then searched for.

What is searched are the raw bytes: of the database, of every answer, and of what the process says.
"""

import asyncio
import base64
import json
import logging
from urllib.parse import quote

import pytest

from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from tests.conftest import serve_engine
from tests.database import stored_bytes
from tests.factories import create_source, marked, test_call
from tests.upstream import request_head, serve

SECRETS = {
    "bearer": marked("bearer-tökén/1+2=3"),
    "password": marked('pass"word\\ &?'),
    "header": marked("header-value-4711"),
    "query": marked("query/välue&4712"),
    "header_key": marked("key-in-header"),
    "query_key": marked("key in query"),
    "cookie_key": marked("key-in-cookie"),
}


def forms_of(secret: str) -> set[bytes]:
    """The forms in which a reader could still recognise a secret."""
    raw = secret.encode()
    return {
        raw,
        json.dumps(secret)[1:-1].encode(),
        quote(secret, safe="").encode(),
        quote(secret).encode(),
        base64.b64encode(raw).rstrip(b"=")[:-1],
        base64.b64encode(b"u" + raw)[2:-4],
        base64.b64encode(b"uu" + raw)[3:-4],
    }


def leaks(haystack: bytes) -> set[str]:
    """The names of the secrets that stand in these bytes."""
    return {name for name, secret in SECRETS.items() for form in forms_of(secret) if form in haystack}


async def use_every_secret(api: AsyncClient, httpbin: str) -> bytes:
    """Everything that the API answers while sources with secrets are made, read, changed, called and logged."""
    answers = []
    schemes: list[dict[str, str]] = [
        {"type": "bearer", "token": SECRETS["bearer"]},
        {"type": "basic", "username": "user", "password": SECRETS["password"]},
        {"type": "apiKey", "in": "header", "name": "X-Own-Key", "value": SECRETS["header_key"]},
        {"type": "apiKey", "in": "query", "name": "own", "value": SECRETS["query_key"]},
        {"type": "apiKey", "in": "cookie", "name": "session", "value": SECRETS["cookie_key"]},
    ]
    for scheme in schemes:
        source = await create_source(
            api,
            location=httpbin,
            authentication=scheme,
            headers=[{"name": "X-Tenant", "value": SECRETS["header"], "isSecret": True}],
            query=[{"name": "tenant", "value": SECRETS["query"], "isSecret": True}],
        )
        answers.append(json.dumps(source))
        for path in ("/anything", "/bearer", "/headers", "/cookies", "/redirect-to?url=/anything", "/status/401"):
            call = await test_call(api, source["id"], path)
            answers.append(json.dumps(call))
            answers.append((await api.get(f"/api/logs/{call['id']}")).text)
        own = next(value for value in reversed(scheme.values()))  # the secret stands last
        echoed = [own, base64.b64encode(b"x" + own.encode()).decode(), SECRETS["header"]]
        answers.append(
            json.dumps(await test_call(api, source["id"], "/anything", method="POST", body=json.dumps(echoed)))
        )
        answers.append((await api.put(f"/api/sources/{source['id']}", json=source)).text)
        answers.append((await api.post(f"/api/sources/{source['id']}/duplicate")).text)
        refused = source | {"authentication": scheme, "location": "nonsense"}
        answers.append((await api.put(f"/api/sources/{source['id']}", json=refused)).text)
    answers.append((await api.get("/api/sources")).text)
    answers.append((await api.get("/api/logs")).text)
    return "\n".join(answers).encode()


async def test_no_secret_is_found_in_database_answers_or_output(
    settings: Settings, httpbin: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with serve_engine(settings) as api:
        bearer = await create_source(
            api, location=httpbin, authentication={"type": "bearer", "token": SECRETS["bearer"]}
        )
        proof = json.dumps(await test_call(api, bearer["id"], "/anything")).encode()
        assert b"Bearer REDACTED" in proof
        answers = await use_every_secret(api, httpbin)
    assert leaks(b"\n".join(SECRETS[name].encode() for name in SECRETS)) == set(SECRETS)
    assert leaks(answers) == set()
    output = capfd.readouterr()
    assert leaks((output.out + output.err + caplog.text).encode()) == set()
    assert leaks(await stored_bytes(settings)) == set()


async def test_a_bearer_token_is_found_nowhere_although_the_other_side_echoes_it(
    settings: Settings, httpbin: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async with serve_engine(settings) as api:
        scheme = {"type": "bearer", "token": SECRETS["bearer"]}
        source = await create_source(api, location=httpbin, authentication=scheme)
        calls = [await test_call(api, source["id"], path) for path in ("/bearer", "/anything", "/headers")]
        inline = base64.b64encode(SECRETS["bearer"].encode()).decode()
        calls.append(await test_call(api, source["id"], f"/base64/{quote(inline, safe='')}"))
        calls.append(await test_call(api, source["id"], "/anything", method="POST", body=SECRETS["bearer"]))
        calls.append(await test_call(api, source["id"], f"/anything/{quote(SECRETS['bearer'], safe='')}"))
    assert {call["statusCode"] for call in calls} <= {200, 404}
    output = capfd.readouterr()
    everything = [json.dumps(calls).encode(), (output.out + output.err).encode(), await stored_bytes(settings)]
    assert [leaks(haystack) for haystack in everything] == [set(), set(), set()]


async def test_what_is_named_like_a_credential_is_found_nowhere_although_nobody_called_it_secret(
    sqlite_api: AsyncClient, httpbin: str
) -> None:
    secret = "Q7-typed/odd&value"
    coded = quote(secret, safe="")
    plain = await create_source(sqlite_api, location=httpbin)
    typed = [
        await test_call(sqlite_api, plain["id"], f"/anything?page=2&access_token={coded}"),
        await test_call(sqlite_api, plain["id"], "/anything", query=[{"name": "api_key", "value": secret}]),
        await test_call(sqlite_api, plain["id"], "/cookies", headers=[{"name": "Cookie", "value": f"sid={coded}"}]),
        await test_call(
            sqlite_api, plain["id"], "/headers", headers=[{"name": "Authorization", "value": f"Bearer {secret}"}]
        ),
    ]
    echoes = [call["exchanges"][0]["response"]["body"]["content"] for call in typed]
    assert '"page": "2"' in echoes[0]
    assert all("REDACTED" in echo for echo in echoes)
    assert not [call for call in typed if secret in json.dumps(call) or coded in json.dumps(call)]
    # In a configuration it stands as it was entered, and in the log of its calls it does not.
    for configuration in (
        {"location": f"{httpbin}/anything?token={coded}"},
        {"headers": [{"name": "Authorization", "value": f"Bearer {secret}"}]},
        {"query": [{"name": "token", "value": secret}]},
    ):
        source = await create_source(sqlite_api, **{"location": f"{httpbin}/anything", **configuration})
        call = json.dumps(await test_call(sqlite_api, source["id"]))
        assert "REDACTED" in call
        assert secret not in call
        assert coded not in call
        await sqlite_api.delete(f"/api/sources/{source['id']}")


async def test_a_kept_cookie_is_hidden_in_the_answer_that_takes_it_away(sqlite_api: AsyncClient) -> None:
    secret = "session-0123456789"

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await request_head(reader)).decode()
        cookie = "sid=; Max-Age=0" if secret in head else f"sid={secret}"
        body = json.dumps({"head": head})
        writer.write(
            f"HTTP/1.1 200 OK\r\nSet-Cookie: {cookie}\r\nConnection: close\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        await writer.drain()

    async with serve(handle) as port:
        source = await create_source(sqlite_api, location=f"http://127.0.0.1:{port}", connection={"keepCookies": True})
        await test_call(sqlite_api, source["id"])
        last = json.dumps(await test_call(sqlite_api, source["id"]))
    assert "Cookie: sid=REDACTED" in last
    assert secret not in last
