# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Imports and exports as the tests make them, and a server that remembers what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from openconnector.core.http import AsyncClient, Response
from tests.upstream import serve

PASSPHRASE = "correct horse battery staple"


@dataclass
class Sent:
    """A request as it came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Upstream:
    """Answers every request in the same way, and remembers it."""

    url: str = ""
    answer: bytes = b"{}"
    status: str = "200 OK"
    requests: list[Sent] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rows = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        method, target, _ = line.split(" ")
        self.requests.append(Sent(method, target, headers, body))
        head = f"HTTP/1.1 {self.status}\r\nContent-Type: application/json\r\nContent-Length: {len(self.answer)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + self.answer)
        await writer.drain()


@asynccontextmanager
async def upstream_server() -> AsyncIterator[Upstream]:
    upstream = Upstream()
    async with serve(upstream.handle) as port:
        upstream.url = f"http://127.0.0.1:{port}"
        yield upstream


async def export(api: AsyncClient, **values: Any) -> str:
    answer = await api.post("/api/export", json=values)
    assert answer.status_code == 200, answer.text
    return answer.text


async def preview(api: AsyncClient, content: str, **values: Any) -> dict[str, Any]:
    answer = await api.post("/api/import/preview", json={"content": content, **values})
    assert answer.status_code == 200, answer.text
    seen: dict[str, Any] = answer.json()
    return seen


async def take(api: AsyncClient, content: str, seen: dict[str, Any], **values: Any) -> Response:
    return await api.post("/api/import", json={"content": content, "revision": seen["revision"], **values})


async def done(api: AsyncClient, content: str, **values: Any) -> dict[str, Any]:
    answer = await take(api, content, await preview(api, content, **values), **values)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def states(seen: dict[str, Any]) -> list[str]:
    return [item["state"] for item in seen["sources"]]


def document(*sources: dict[str, Any]) -> str:
    plain = {"type": "json", "location": "https://api.zaken.example/v1"}
    return json.dumps({"format": "openconnector-sources", "version": 1, "sources": [plain | one for one in sources]})
