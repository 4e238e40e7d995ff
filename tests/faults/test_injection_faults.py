# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Line breaks in values, from us or from the other side, never become headers or requests of their own (CWE-113)."""

from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from tests.factories import create_source, source, test_call
from tests.faults.servers import answer, json_answer, routing
from tests.upstream import serve

EVIL = "a\r\nX-Evil: 1"


def injected(seen: list[bytes]) -> list[bytes]:
    """The lines of all requests that a value has added."""
    return [line for head in seen for line in head.split(b"\r\n") if line.lower().startswith(b"x-evil")]


@pytest.mark.parametrize(
    "fields",
    [
        {"headers": [{"name": "X-A", "value": EVIL}]},
        {"headers": [{"name": "X-A\r\nX-Evil", "value": "1"}]},
        {"headers": [{"name": "X-A", "value": "a\nX-Evil: 1"}]},
        {"headers": [{"name": "X-A", "value": "a\x00"}]},
        {"authentication": {"type": "apiKey", "in": "header", "name": "X-A\r\nX-Evil", "value": "1"}},
        {"location": "http://127.0.0.1:1/\r\nX-Evil: 1"},
    ],
)
async def test_faults_values_of_a_source_are_refused(api: AsyncClient, fields: dict[str, Any]) -> None:
    response = await api.post("/api/sources", json=source(**fields))
    assert response.status_code == 422
    assert response.json()["errors"]


@pytest.mark.parametrize(
    "request_",
    [
        {"path": f"/{EVIL}"},
        {"path": "/a%0d%0aX-Evil:%201"},
        {"path": "/a?b=c%0d%0aX-Evil:%201"},
        {"path": "/", "query": [{"name": "q", "value": EVIL}]},
        {"path": "/", "query": [{"name": EVIL, "value": "1"}]},
        {"path": "/", "method": "POST", "body": EVIL},
    ],
)
@pytest.mark.parametrize(
    "authentication",
    [
        {"type": "none"},
        {"type": "basic", "username": EVIL, "password": f"p4ssword-{EVIL}"},
        {"type": "bearer", "token": f"t0ken-{EVIL}"},
        {"type": "apiKey", "in": "header", "name": "X-Key", "value": f"k3y-{EVIL}"},
        {"type": "apiKey", "in": "query", "name": "key", "value": f"k3y-{EVIL}"},
        {"type": "apiKey", "in": "header", "name": "X-Key", "value": "k3y-1", "prefix": EVIL},
    ],
    ids=lambda fields: "-".join(str(fields.get(name, "")) for name in ("type", "in")),
)
async def test_faults_values_of_a_request_stay_values(
    api: AsyncClient, request_: dict[str, Any], authentication: dict[str, Any]
) -> None:
    seen: list[bytes] = []
    anything = _Anything(json_answer(b"{}"))
    async with serve(routing(anything, seen)) as port:
        created = await api.post(
            "/api/sources", json=source(location=f"http://127.0.0.1:{port}", authentication=authentication)
        )
        if created.status_code == 422:
            return
        answered = await api.post(f"/api/sources/{created.json()['id']}/test", json=request_)
    assert answered.status_code in (200, 422)
    assert injected(seen) == []
    assert len(seen) <= 1


class _Anything(dict[str, bytes]):
    """The same answer for every path."""

    def __init__(self, raw: bytes) -> None:
        super().__init__()
        self._raw = raw

    def __missing__(self, _: str) -> bytes:
        return self._raw


@pytest.mark.parametrize(
    "target",
    ["/b%0d%0aX-Evil:%201", "/b\tX-Evil: 1", "/b X-Evil: 1", "/b\x0bX-Evil", "/b\x85X-Evil: 1", "/b?c=%0aX-Evil:1"],
)
async def test_faults_a_redirect_adds_no_header(api: AsyncClient, target: str) -> None:
    seen: list[bytes] = []
    moved = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    answers = _Anything(json_answer(b"{}"))
    answers["/a"] = moved
    async with serve(routing(answers, seen)) as port:
        created = await create_source(api, location=f"http://127.0.0.1:{port}")
        call = await test_call(api, created["id"], "/a")
    assert injected(seen) == []
    assert len(seen) <= 2
    assert (await api.get(f"/api/logs/{call['id']}")).json() | {"pages": None} == call


async def test_faults_a_kept_cookie_adds_no_header(api: AsyncClient) -> None:
    seen: list[bytes] = []
    cookies = [("Set-Cookie", "a=b\tX-Evil: 1"), ("Set-Cookie", "c=d%0d%0aX-Evil:%201")]
    async with serve(routing(_Anything(answer(headers=cookies)), seen)) as port:
        created = await create_source(api, location=f"http://127.0.0.1:{port}", connection={"keepCookies": True})
        for _ in range(2):
            await test_call(api, created["id"], "/")
    assert injected(seen) == []
    assert len(seen) == 2
