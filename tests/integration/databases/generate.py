# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes what a version of OpenConnector stores: `PYTHONPATH=lib python tests/integration/databases/generate.py FILE`.

Run with the code of a version, checked out elsewhere, it fills a database through the API and dumps all rows as JSON,
with bytes in base64. Do so once for each migration, with the last code before the next one; the file is named for the
migration.
"""

import asyncio
import base64
import json
import sqlite3
import sys
import tempfile
from collections.abc import Awaitable
from contextlib import closing
from pathlib import Path
from typing import Any

from openconnector.app import create_app, engine
from openconnector.core.http import ASGITransport, AsyncClient
from openconnector.core.principal import SCOPE_KEY, Principal
from openconnector.core.settings import Settings

KEY = base64.b64encode(bytes(range(32))).decode()
"""The key of the secrets in these files. It protects nothing."""

NOT_FOUND = 404

SOURCES: list[dict[str, Any]] = [
    {
        "name": "Zaken",
        "type": "json",
        "description": "Kept through all versions",
        "headers": [{"name": "X-Open", "value": "open"}, {"name": "X-Key", "value": "header-secret", "isSecret": True}],
        "query": [{"name": "version", "value": "1"}],
        "authentication": {"type": "basic", "username": "u", "password": "password-secret"},
    },
    {"name": "Register", "type": "xml", "isEnabled": True, "authentication": {"type": "none"}},
]

CALLS = (
    {"path": "/zaken/1"},
    {"path": "/missing"},
    {"path": "/zaken", "method": "POST", "body": '{"naam": "Aanvraag"}'},
)


WATCH = {"path": "/missing", "degradedAfter": 1, "failingAfter": 1, "notify": ["admin"]}
"""Of the first source, since migration 0006."""

DESCRIPTION = {
    "openapi": "3.1.0",
    "info": {"title": "Zaken", "version": "2"},
    "paths": {"/zaken": {"get": {"summary": "List cases", "parameters": [{"name": "page", "in": "query"}]}}},
}
"""Of the API of the first source, since migration 0007."""


class Listener:
    """Takes every notification."""

    is_paused = False

    async def notify(self, user_id: str, notification: Any) -> None:
        """Tell nobody."""

    async def unknown(self, user_ids: Any) -> list[str]:  # noqa: ARG002
        """Of the users, everybody is known."""
        return []


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers with JSON, and with 404 where the path says so."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = b"404 Not Found" if b"/missing" in head.partition(b"\r\n")[0] else b"200 OK"
    body = json.dumps({"results": [{"id": number, "omschrijving": "zaak " * 20} for number in range(5)]}).encode()
    writer.write(b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % (status, len(body)))
    writer.write(b"Connection: close\r\n\r\n" + body)
    await writer.drain()
    writer.close()


async def fill(storage: Path) -> None:
    """Store sources, and make calls."""
    settings = Settings(
        storage_path=storage,
        secret_key=KEY,
        background_work=False,
        egress_allow=["127.0.0.0/8"],
    )
    app = create_app(settings)
    app.state.notifier = Listener()

    async def face(scope: Any, receive: Any, send: Any) -> None:
        scope[SCOPE_KEY] = Principal("admin", is_admin=True)
        await app(scope, receive, send)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    location = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with engine(app, settings), AsyncClient(transport=ASGITransport(face), base_url="http://engine") as api:
        for source in SOURCES:
            made = await api.post("/api/sources", json={**source, "location": location})
            for call in CALLS:
                done = await api.post(f"/api/sources/{made.json()['id']}/test", json=call)
                done.raise_for_status()
        first = "/api/sources/zaken"
        await where_known(api.put(f"{first}/watch", json=WATCH))
        await where_known(api.post(f"{first}/watch/check"))
        await where_known(api.put(f"{first}/api-description", json={"content": json.dumps(DESCRIPTION)}))
    server.close()


async def where_known(request: Awaitable[Any]) -> None:
    """Wait for a request that earlier versions do not know."""
    answered = await request
    if answered.status_code != NOT_FOUND:
        answered.raise_for_status()


def dump(storage: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables that are not SQLite's or Alembic's."""
    with closing(sqlite3.connect(storage / "openconnector.sqlite3")) as connection:
        connection.row_factory = sqlite3.Row
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall()
        return {
            name: [
                {key: plain(value) for key, value in dict(row).items()}
                for row in connection.execute(f"SELECT * FROM {name}")
            ]
            for (name,) in names
            if not name.startswith(("sqlite_", "alembic_"))
        }


def plain(value: Any) -> Any:
    """A value of SQLite as JSON has it."""
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(fill(Path(directory)))
        rows = {name: found for name, found in dump(Path(directory)).items() if found}
    Path(sys.argv[1]).write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")
