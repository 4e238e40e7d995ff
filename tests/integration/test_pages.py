# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers that go on: proposed, followed, counted, logged."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import pytest

from openconnector.core.http import AsyncClient
from tests.factories import create_source, marked, test_call
from tests.tokens import token_server
from tests.upstream import Handler, serve

RECORDS = [{"id": number, "name": f"Parcel {number}"} for number in range(1, 26)]


def paging(asked: list[str], *, pause: float = 0.0) -> Handler:
    """A server with 25 records in pages of ten, in every way of paging."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            target = head.split(" ", 2)[1]
            asked.append(target)
            await asyncio.sleep(pause)
            value, headers = _answer(target)
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            kind = "application/xml" if isinstance(value, bytes) else "application/json"
            lines = ["HTTP/1.1 200 OK", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            await writer.drain()

    return handle


def _answer(target: str) -> tuple[Any, list[str]]:
    parts = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    kind = parts.path.rpartition("/")[2]
    start = int(query.get("skip") or query.get("cursor") or query.get("$skip") or 0)
    if "page" in query:
        start = (int(query["page"]) - 1) * 10
    found = RECORDS[start : start + 10]
    following = start + 10 if start + 10 < len(RECORDS) else None
    rows = "".join(f"<item><id>{one['id']}</id></item>" for one in found)
    answers: dict[str, Any] = {
        "link": found,
        "body": {"items": found, "links": {"next": f"/v1/body?skip={following}" if following else None}},
        "cursor": {"items": found, "meta": {"next_cursor": str(following) if following else ""}},
        "odata": {"value": found} | ({"@odata.nextLink": f"odata?$skip={following}"} if following else {}),
        "xml": f"<answer><items>{rows}</items></answer>".encode(),
        "same": {"items": RECORDS[:10]},
        "pages": {"items": found, "total": len(RECORDS)},
    }
    return answers[kind], [f'Link: <?skip={following}>; rel="next"'] if kind == "link" and following else []


@pytest.fixture
async def asked() -> list[str]:
    return []


@pytest.fixture
async def location(asked: list[str]) -> AsyncIterator[str]:
    async with serve(paging(asked)) as port:
        yield f"http://127.0.0.1:{port}/v1"


async def proposed(api: AsyncClient, call: dict[str, Any]) -> list[dict[str, Any]]:
    response = await api.get(f"/api/logs/{call['logId']}/pagination")
    assert response.status_code == 200, response.text
    proposals: list[dict[str, Any]] = [one["pagination"] for one in response.json()["proposals"]]
    return proposals


@pytest.mark.parametrize(
    ("path", "position", "kind", "pages"),
    [
        ("/link", "_root", "link_header", 3),
        ("/body", "", "next_link", 3),
        ("/cursor", "", "cursor", 3),
        ("/odata", "value", "odata", 3),
        ("/pages", "", "page", 4),
    ],
)
async def test_what_is_proposed_reaches_the_last_record(
    api: AsyncClient, location: str, path: str, position: str, kind: str, pages: int
) -> None:
    source = await create_source(api, location=location, resultsPosition=position)
    first = await test_call(api, source["id"], path)
    proposals = await proposed(api, first)
    assert proposals[0]["type"] == kind
    call = await test_call(api, source["id"], path, pages=proposals[0])
    assert call["pages"] == {
        "pages": pages,
        "records": 25,
        "recordsProblem": None,
        "endedBy": "last_page",
        "detail": call["pages"]["detail"],
    }
    assert await proposed(api, call) == proposals  # those of its first page: the last one says nothing
    kinds = [exchange["kind"] for exchange in call["exchanges"]]
    assert kinds == ["request", *["page"] * (pages - 1)]
    logged = (await api.get(f"/api/logs/{call['logId']}")).json()
    assert logged["exchangeCount"] == pages
    assert [exchange["kind"] for exchange in logged["exchanges"]] == kinds


async def test_an_offset_grows_by_what_came(sqlite_api: AsyncClient, location: str, asked: list[str]) -> None:
    source = await create_source(sqlite_api, location=location)
    call = await test_call(sqlite_api, source["id"], "/pages", pages={"type": "offset", "parameter": "skip"})
    assert call["pages"]["records"] == 25
    assert asked == ["/v1/pages", "/v1/pages?skip=10", "/v1/pages?skip=20", "/v1/pages?skip=25"]


async def test_pages_of_xml(sqlite_api: AsyncClient, location: str) -> None:
    source = await create_source(sqlite_api, location=location, type="xml", resultsPosition="items.item")
    call = await test_call(sqlite_api, source["id"], "/xml", pages={"type": "page", "parameter": "page"})
    assert (call["pages"]["records"], call["pages"]["endedBy"]) == (25, "last_page")


@pytest.mark.parametrize(("charset", "kind"), [("latin-1", "iso-8859-1"), ("utf-16-le", "utf-16le")])
async def test_pages_in_other_charsets_are_proposed_and_followed(
    sqlite_api: AsyncClient, charset: str, kind: str
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            is_first = "page=é" not in unquote((await reader.readuntil(b"\r\n\r\n")).decode())
            page = {"items": ["Zoë"], "next": "?page=é"} if is_first else {"items": ["Chloë"]}
            body = json.dumps(page, ensure_ascii=False)
            lines = ["HTTP/1.1 200 OK", f"Content-Type: application/json; charset={kind}"]
            writer.write("\r\n".join([*lines, f"Content-Length: {len(body.encode(charset))}", "", ""]).encode())
            writer.write(body.encode(charset))
            await writer.drain()

    async with serve(answer) as port:
        source = await create_source(sqlite_api, location=f"http://127.0.0.1:{port}")
        proposals = await proposed(sqlite_api, await test_call(sqlite_api, source["id"]))
        assert [(one["type"], one["position"]) for one in proposals] == [("next_link", "next")]
        call = await test_call(sqlite_api, source["id"], pages=proposals[0])
    assert (call["pages"]["pages"], call["pages"]["records"], call["pages"]["endedBy"]) == (2, 2, "last_page")


async def test_pages_without_records_say_why(sqlite_api: AsyncClient, location: str) -> None:
    source = await create_source(sqlite_api, location=location, resultsPosition="data.items")
    call = await test_call(sqlite_api, source["id"], "/body", pages={"type": "next_link", "position": "links.next"})
    assert (call["pages"]["pages"], call["pages"]["records"], call["pages"]["endedBy"]) == (3, None, "last_page")
    assert call["pages"]["recordsProblem"] == "There is no `data`: the body is an object with `items`, `links`."


async def test_a_server_that_ignores_the_page_is_asked_twice(
    sqlite_api: AsyncClient, location: str, asked: list[str]
) -> None:
    source = await create_source(sqlite_api, location=location)
    call = await test_call(sqlite_api, source["id"], "/same", pages={"type": "page", "parameter": "page"})
    assert call["pages"]["endedBy"] == "loop"
    assert len(asked) == 2


async def test_the_setting_is_kept_on_the_source(api: AsyncClient, location: str) -> None:
    pagination = {"type": "page", "parameter": "page", "maxPages": 2}
    source = await create_source(api, location=location, pagination=pagination)
    assert source["pagination"]["maxPages"] == 2
    call = await test_call(api, source["id"], "/pages", pages=source["pagination"])
    assert (call["pages"]["pages"], call["pages"]["endedBy"]) == (2, "page_limit")


async def test_a_wrong_setting_names_what_is_missing(sqlite_api: AsyncClient) -> None:
    response = await sqlite_api.post(
        "/api/sources",
        json={"name": "a", "type": "json", "location": "https://a.example", "pagination": {"type": "cursor"}},
    )
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"].startswith("/pagination")


async def test_secrets_travel_with_every_page_and_are_in_no_log(sqlite_api: AsyncClient, location: str) -> None:
    source = await create_source(
        sqlite_api, location=location, query=[{"name": "key", "value": marked("page key"), "isSecret": True}]
    )
    call = await test_call(sqlite_api, source["id"], "/body", pages={"type": "next_link", "position": "links.next"})
    assert call["pages"]["pages"] == 3
    for exchange in call["exchanges"]:
        sent = {row["name"]: row["origin"] for row in exchange["request"]["parameters"]}
        assert sent["key"] == "source"
        assert marked("page key") not in exchange["request"]["url"]


async def test_a_running_call_tells_how_far_it_is_and_can_be_cancelled(sqlite_api: AsyncClient) -> None:
    asked: list[str] = []
    async with serve(paging(asked, pause=0.2)) as port:
        source = await create_source(sqlite_api, location=f"http://127.0.0.1:{port}/v1")
        call_id = str(uuid4())
        pages = {"type": "page", "parameter": "page"}
        running = asyncio.create_task(test_call(sqlite_api, source["id"], "/pages", pages=pages, callId=call_id))
        while len(asked) < 2:  # noqa: ASYNC110  # the server is one of callbacks
            await asyncio.sleep(0.02)
        progress = (await sqlite_api.get(f"/api/calls/{call_id}")).json()
        assert (progress["exchangeCount"], progress["recordCount"]) == (2, 10)
        assert (await sqlite_api.delete(f"/api/calls/{call_id}")).status_code == 204
        call = await running
    assert call["errorType"] == "cancelled"
    assert (await sqlite_api.get(f"/api/calls/{call_id}")).status_code == 404


async def test_placeholders_of_the_caller_are_filled_in_on_every_page(
    sqlite_api: AsyncClient, location: str, asked: list[str]
) -> None:
    source = await create_source(sqlite_api, location=location, name="Parcels")
    pages = {"type": "cursor", "position": "meta.next_cursor", "parameter": "cursor", "maxPages": 2}
    await test_call(sqlite_api, source["id"], "/cursor?q={{ source.slug }}", pages=pages)
    assert asked == ["/v1/cursor?q=parcels", "/v1/cursor?q=parcels&cursor=10"]


async def test_a_page_that_takes_too_long_says_so(sqlite_api: AsyncClient) -> None:
    asked: list[str] = []
    async with serve(paging(asked, pause=0.3)) as port:
        source = await create_source(
            sqlite_api, location=f"http://127.0.0.1:{port}/v1", connection={"totalTimeoutMs": 200}
        )
        call = await test_call(sqlite_api, source["id"], "/body", pages={"type": "next_link", "position": "links.next"})
    assert call["errorType"] == "total_timeout"
    assert call["exchanges"][0]["error"]["message"] == "The page took longer than 200 ms."
    assert call["pages"]["detail"] == "No page came."


async def test_pages_that_came_stay_what_they_are_when_the_rate_limit_ends_them(
    sqlite_api: AsyncClient, location: str
) -> None:
    limit = {"totalTimeoutMs": 1000, "rateLimit": {"limit": 2, "windowMs": 60_000}}
    source = await create_source(sqlite_api, location=location, connection=limit)
    call = await test_call(sqlite_api, source["id"], "/body", pages={"type": "next_link", "position": "links.next"})
    assert (call["outcome"], [one["error"] for one in call["exchanges"]]) == ("success", [None, None])
    assert (call["pages"]["pages"], call["pages"]["endedBy"]) == (2, "error")
    assert call["pages"]["detail"].startswith("Page 3 did not come. The rate limit of this source")


async def test_pages_without_a_token_fail_for_the_token(sqlite_api: AsyncClient) -> None:
    async with token_server(answer=lambda _: (401, {"error": "invalid_client"})) as server:
        source = await create_source(sqlite_api, location=server.url, authentication=server.authentication())
        call = await test_call(sqlite_api, source["id"], "/items", pages={"type": "page", "parameter": "page"})
    assert call["outcome"] == "auth_error"
    assert call["errorType"] not in ("internal_error", None)
    assert (call["pages"]["pages"], call["pages"]["endedBy"]) == (0, "error")


async def test_a_secret_in_a_link_is_not_in_the_report(sqlite_api: AsyncClient) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps({"items": [1], "next": f"https://evil.example/{marked('link key')}"}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body))
        writer.write(body)
        await writer.drain()

    async with serve(answer) as port:
        headers = [{"name": "X-Key", "value": marked("link key"), "isSecret": True}]
        source = await create_source(sqlite_api, location=f"http://127.0.0.1:{port}", headers=headers)
        call = await test_call(sqlite_api, source["id"], pages={"type": "next_link", "position": "next"})
    assert call["pages"]["detail"].startswith("The next page is at https://evil.example/")
    assert marked("link key") not in json.dumps(call)
