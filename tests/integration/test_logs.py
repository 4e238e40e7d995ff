# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/logs` as its users see it, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from openconnector.core.database import Database
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.logs.storage.compression import Compression
from openconnector.logs.writer import LogWriter
from tests.conftest import serve_engine
from tests.factories import create_source, test_call
from tests.log_entries import START, entry


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[tuple[AsyncClient, LogWriter, Database]]:
    """The API, and a writer beside it that puts entries into its log."""
    async with serve_engine(settings) as api:
        database = Database.from_settings(settings)
        writer = LogWriter(database, Compression(), also=lambda _session, _calls: None)
        yield api, writer, database
        await writer.close()
        await database.close()


async def found(api: AsyncClient, **params: str) -> list[str]:
    """The URLs' last segments of all entries that match."""
    response = await api.get("/api/logs", params=params)
    assert response.status_code == 200, response.text
    page = response.json()
    assert page["total"] == len(page["results"])
    return sorted(row["url"].rsplit("/", 1)[1] for row in page["results"])


class TestFilter:
    async def test_every_filter_matches_what_it_says_and_all_are_joined_with_and(
        self, store: tuple[AsyncClient, LogWriter, Database]
    ) -> None:
        api, writer, _ = store
        other = uuid4()
        rows = {
            "ok": {"source_id": other},
            "missing": {"source_id": other, "status_code": 404, "outcome": "http_error", "error_type": "404"},
            "denied": {"status_code": 401, "outcome": "auth_error", "method": "POST", "trigger_type": "job"},
            "broken": {"status_code": 503, "outcome": "http_error", "duration_ms": 2500.0},
            "gone": {"status_code": None, "outcome": "transport_error", "error_type": "connect_timeout"},
            "old": {"started_at": START - timedelta(hours=5), "status_code": 204},
            "100%_": {},
        }
        for name, values in rows.items():
            await writer.keep(entry(url=f"https://x.example/{name}", **values))
        assert await found(api) == sorted(rows)
        assert await found(api, source=str(other)) == ["missing", "ok"]
        assert await found(api, status="404") == ["missing"]
        assert await found(api, status="4xx,503") == ["broken", "denied", "missing"]
        assert await found(api, status="none") == ["gone"]
        assert await found(api, status="error") == ["broken", "denied", "gone", "missing"]
        assert await found(api, status="success") == ["100%_", "ok", "old"]
        assert await found(api, outcome="auth_error,transport_error") == ["denied", "gone"]
        assert await found(api, method="post") == ["denied"]
        assert await found(api, trigger="job") == ["denied"]
        assert await found(api, minDurationMs="2000") == ["broken"]
        assert await found(api, q="X.EXAMPLE/OLD") == ["old"]
        assert await found(api, q="100%_") == ["100%_"]
        assert await found(api, q="x.example") == sorted(rows)
        assert await found(api, query="-status:2xx host:x.example") == ["broken", "denied", "gone", "missing"]
        assert await found(api, until=(START - timedelta(hours=1)).isoformat()) == ["old"]
        assert "old" not in await found(api, since=(START - timedelta(hours=1)).isoformat())
        assert await found(api, source=str(other), status="error") == ["missing"]
        assert await found(api, source=str(other), status="error", method="PUT") == []
        assert await found(api, source="no-such-slug") == []

    async def test_a_slug_is_accepted_where_an_id_is(self, api: AsyncClient, httpbin: str) -> None:
        source = await create_source(api, location=httpbin, slug="by-slug")
        await test_call(api, source["slug"], "/get")
        await test_call(api, (await create_source(api, location=httpbin))["id"], "/get")
        assert (await api.get("/api/logs", params={"source": "by-slug"})).json()["total"] == 1

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("status", "9xx"),
            ("outcome", "odd"),
            ("trigger", "wish"),
            ("since", "yesterday"),
            ("until", "0000"),
            ("minDurationMs", "-1"),
            ("limit", "1000"),
            ("cursor", "bad"),
            ("colour", "red"),
        ],
    )
    async def test_bad_parameters_are_named(self, sqlite_api: AsyncClient, name: str, value: str) -> None:
        response = await sqlite_api.get("/api/logs", params={name: value})
        assert response.status_code == 422
        assert [error["parameter"] for error in response.json()["errors"]] == [name]


class TestPaging:
    async def test_pages_cover_everything_once_newest_first(
        self, store: tuple[AsyncClient, LogWriter, Database]
    ) -> None:
        api, writer, _ = store
        # Several calls of the same millisecond stand on both sides of a page's edge.
        for number in range(11):
            await writer.keep(entry(started_at=START + timedelta(seconds=number // 4)))
        seen: list[tuple[str, int]] = []
        cursor = None
        while True:
            params = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
            page = (await api.get("/api/logs", params=params)).json()
            seen += [(row["startedAt"], row["number"]) for row in page["results"]]
            assert page["total"] == 11
            cursor = page["nextCursor"]
            if cursor is None:
                break
        assert seen == sorted(seen, reverse=True)
        assert len(set(seen)) == 11


class TestDelete:
    async def test_one(self, store: tuple[AsyncClient, LogWriter, Database]) -> None:
        api, writer, _ = store
        call = entry()
        await writer.keep(call)
        assert (await api.get(f"/api/logs/{call.id}")).status_code == 200
        assert (await api.delete(f"/api/logs/{call.id}")).status_code == 204
        assert (await api.get(f"/api/logs/{call.id}")).status_code == 404
        assert (await api.delete(f"/api/logs/{call.id}")).status_code == 404

    async def test_some(self, store: tuple[AsyncClient, LogWriter, Database]) -> None:
        api, writer, _ = store
        calls = [entry() for _ in range(4)]
        for call in calls:
            await writer.keep(call)
        answer = await api.post("/api/logs/delete", json={"ids": [str(calls[0].id), str(uuid4())]})
        assert answer.json() == {"deleted": 1}
        assert (await api.get("/api/logs")).json()["total"] == 3

    async def test_says_what_it_wants(self, sqlite_api: AsyncClient) -> None:
        for body in ({}, {"ids": "all"}, {"ids": ["1"]}, {"ids": [], "filter": {}}):
            assert (await sqlite_api.post("/api/logs/delete", json=body)).status_code == 422


class TestRetention:
    async def test_a_source_may_set_its_own_time(self, api: AsyncClient, httpbin: str) -> None:
        async def days(path: str, **connection: Any) -> float:
            source = await create_source(api, location=httpbin, connection=connection)
            call = await test_call(api, source["id"], path)
            logged = (await api.get(f"/api/logs/{call['id']}")).json()
            kept = datetime.fromisoformat(logged["expiresAt"]) - datetime.fromisoformat(logged["startedAt"])
            return kept / timedelta(days=1)

        assert (await days("/get"), await days("/status/500")) == (30, 90)
        own = {"retention": {"successDays": 2, "errorDays": 3}}
        assert (await days("/get", **own), await days("/status/500", **own)) == (2, 3)
