# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Saved views of the log, on SQLite and on PostgreSQL."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from openconnector.core.http import AsyncClient
from openconnector.core.principal import Principal
from openconnector.core.settings import Settings
from openconnector.logs.views.schemas import MOST_VIEWS
from tests.conftest import serve_engine


def view(name: str, query: str = "status:5xx", **values: Any) -> dict[str, Any]:
    return {"name": name, "query": query, **values}


async def created(api: AsyncClient, name: str, query: str = "status:5xx", **values: Any) -> dict[str, Any]:
    response = await api.post("/api/logs/views", json=view(name, query, **values))
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


async def names(api: AsyncClient) -> list[str]:
    return [row["name"] for row in (await api.get("/api/logs/views")).json()["results"]]


async def test_a_view_is_saved_changed_and_deleted(api: AsyncClient) -> None:
    saved = await created(api, "  Failures   of the CRM ", 'source:crm status:5xx "time out"', sort="-duration")
    assert saved["name"] == "Failures of the CRM"
    assert saved["query"] == 'source:crm status:5xx "time out"'
    assert (saved["sort"], saved["createdBy"]) == ("-duration", "admin")
    assert (await api.get("/api/logs/views")).json() == {"results": [saved]}
    path = f"/api/logs/views/{saved['id']}"
    changed = (await api.put(path, json=view("Slow", "duration:>2s"))).json()
    assert changed == saved | {
        "name": "Slow",
        "query": "duration:>2s",
        "sort": "-time",
        "updatedAt": changed["updatedAt"],
    }
    assert changed["updatedAt"] >= saved["updatedAt"]
    assert (await api.delete(path)).status_code == 204
    assert await names(api) == []


async def test_views_are_shared_by_administrators_and_hidden_from_others(sqlite_settings: Settings) -> None:
    async with serve_engine(sqlite_settings) as api:
        await created(api, "Mine")
    async with serve_engine(sqlite_settings, Principal("other", is_admin=True)) as api:
        await created(api, "Theirs")
        results = (await api.get("/api/logs/views")).json()["results"]
        assert [(row["name"], row["createdBy"]) for row in results] == [("Mine", "admin"), ("Theirs", "other")]
    async with serve_engine(sqlite_settings, Principal("user", is_admin=False)) as api:
        assert (await api.get("/api/logs/views")).status_code == 403
        assert (await api.post("/api/logs/views", json=view("No"))).status_code == 403


async def test_views_are_listed_by_name_whatever_its_case(api: AsyncClient) -> None:
    for name in ("b", "A", "c", "Äpfel"):
        await created(api, name)
    assert await names(api) == ["A", "b", "c", "Äpfel"]


@pytest.mark.parametrize("name", ["Slow Äpfel", "slow äPFEL", " SLOW  ÄPFEL", "Slow A\u0308pfel"])
async def test_no_two_views_have_the_same_name(api: AsyncClient, name: str) -> None:
    await created(api, "Slow Äpfel")
    other = await created(api, "Other")
    for response in (
        await api.post("/api/logs/views", json=view(name)),
        await api.put(f"/api/logs/views/{other['id']}", json=view(name)),
    ):
        assert response.status_code == 409
        assert [error["pointer"] for error in response.json()["errors"]] == ["/name"]
        assert "already" in response.json()["detail"]
    assert await names(api) == ["Other", "Slow Äpfel"]


async def test_a_view_may_keep_its_name_in_another_case(api: AsyncClient) -> None:
    saved = await created(api, "slow")
    response = await api.put(f"/api/logs/views/{saved['id']}", json=view("Slow"))
    assert (response.status_code, response.json()["name"]) == (200, "Slow")


async def test_of_many_that_save_the_same_name_at_once_one_succeeds(api: AsyncClient) -> None:
    answers = await asyncio.gather(*(api.post("/api/logs/views", json=view("Same")) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_a_query_that_does_not_parse_is_refused_with_its_place(sqlite_api: AsyncClient) -> None:
    saved = await created(sqlite_api, "Good")
    for response in (
        await sqlite_api.post("/api/logs/views", json=view("Bad", "a stauts:404")),
        await sqlite_api.put(f"/api/logs/views/{saved['id']}", json=view("Bad", "a stauts:404")),
    ):
        problem = response.json()
        assert response.status_code == 422
        assert [error["pointer"] for error in problem["errors"]] == ["/query"]
        assert (problem["start"], problem["end"], problem["suggestion"]) == (2, 8, "a status:404")
        assert "Did you mean “status”?" in problem["detail"]
    assert await names(sqlite_api) == ["Good"]


async def test_a_view_may_ask_for_everything_and_for_sources_that_are_gone(sqlite_api: AsyncClient) -> None:
    await created(sqlite_api, "All", "", sort="-duration")
    await created(sqlite_api, "Gone", "source:no-such-source")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (view(""), "/name"),
        (view("  \t "), "/name"),
        (view("a\0b"), "/name"),
        (view("x" * 101), "/name"),
        (view("x", "y" * 4001), "/query"),
        (view("x", sort="name"), "/sort"),
        (view("x", colour="red"), "/colour"),
        ({"name": "x"}, "/query"),
    ],
)
async def test_bad_fields_are_named(sqlite_api: AsyncClient, body: dict[str, Any], pointer: str) -> None:
    response = await sqlite_api.post("/api/logs/views", json=body)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


async def test_a_view_that_is_gone_is_not_found(api: AsyncClient) -> None:
    path = f"/api/logs/views/{uuid4()}"
    assert (await api.delete(path)).status_code == 404
    response = await api.put(path, json=view("x"))
    assert response.status_code == 404
    assert "deleted" in response.json()["detail"]


async def test_there_is_room_for_a_number_of_views(sqlite_api: AsyncClient) -> None:
    for number in range(MOST_VIEWS):
        await created(sqlite_api, f"View {number}")
    response = await sqlite_api.post("/api/logs/views", json=view("One more"))
    assert response.status_code == 409
    assert str(MOST_VIEWS) in response.json()["detail"]
    assert len(await names(sqlite_api)) == MOST_VIEWS
