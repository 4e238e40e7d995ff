# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/logs/{id}/comparison`, with calls that were made to a real server."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from openconnector.core.database import Database
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.logs.comparison import service
from openconnector.logs.entries import CallEntry
from openconnector.logs.storage.compression import Compression
from openconnector.logs.writer import LogWriter
from tests.conftest import serve_engine
from tests.factories import create_source, test_call
from tests.log_entries import entry
from tests.upstream import request_head, serve


async def compared(api: AsyncClient, call: dict[str, Any], **params: str) -> dict[str, Any]:
    response = await api.get(f"/api/logs/{call['logId']}/comparison", params=params)
    assert response.status_code == 200, response.text
    comparison: dict[str, Any] = response.json()
    return comparison


def different(places: list[dict[str, Any]], *changes: str) -> dict[str, tuple[str | None, str | None]]:
    wanted = changes or ("added", "removed", "changed")
    return {place["path"]: (place["base"], place["other"]) for place in places if place["change"] in wanted}


async def write(settings: Settings, calls: Sequence[CallEntry]) -> None:
    """Put calls into the log, one after the other."""
    database = Database.from_settings(settings)
    writer = LogWriter(database, Compression(), also=lambda _session, _calls: None)
    await asyncio.gather(*(writer.keep(call) for call in calls))
    await writer.close()
    await database.close()


def calls_below(source_id: UUID, count: int) -> list[CallEntry]:
    """Successes of /items, then of paths below it, then one of /items again."""
    paths = ["items", *(f"items/{number}" for number in range(count)), "items"]
    return [entry(source_id=source_id, url=f"https://api.example/{path}") for path in paths]


async def test_the_base_is_the_previous_success_of_the_same_request(api: AsyncClient, httpbin: str) -> None:
    source = await create_source(api, location=httpbin)
    first = await test_call(api, source["id"], "/anything/a", query=[{"name": "v", "value": "1"}])
    last = await test_call(api, source["id"], "/anything/a", query=[{"name": "v", "value": "2"}])
    await test_call(api, source["id"], "/anything/a", method="POST")
    await test_call(api, source["id"], "/anything/a/below")
    call = await test_call(api, source["id"], "/anything/a", query=[{"name": "v", "value": "3"}])

    comparison = await compared(api, call)

    assert (comparison["base"]["id"], comparison["other"]["id"]) == (last["logId"], call["logId"])
    assert different(comparison["responseBody"]["differences"]) == {
        "$.args.v": ('"2"', '"3"'),
        "$.url": (f'"{httpbin}/anything/a?v=2"', f'"{httpbin}/anything/a?v=3"'),
    }
    assert comparison["responseBody"]["kind"] == "json"
    assert set(different(comparison["facts"])) <= {"url", "durationMs"}
    assert (await compared(api, call, base=first["logId"]))["base"]["id"] == first["logId"]


async def test_a_failure_is_never_the_base_and_is_compared_with_what_went_well(api: AsyncClient) -> None:
    statuses = iter([b"200 OK", b"503 Service Unavailable", b"503 Service Unavailable"])

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        writer.write(b"HTTP/1.1 %s\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi" % next(statuses))
        await writer.drain()

    async with serve(handle) as port:
        source = await create_source(api, location=f"http://127.0.0.1:{port}")
        success, _, failure = [await test_call(api, source["id"], "/a") for _ in range(3)]

    comparison = await compared(api, failure)

    assert comparison["base"]["id"] == success["logId"]
    assert different(comparison["facts"])["statusCode"] == ("200", "503")
    assert different(comparison["facts"])["outcome"] == ("success", "http_error")


async def test_of_a_soap_service_the_same_operation_is_the_base(settings: Settings) -> None:
    source_id, calls = uuid4(), []
    for action in ("urn:get", "urn:put", "urn:get"):
        call = entry(source_id=source_id, method="POST", url="https://soap.example/service")
        call.exchanges[0].request["headers"] = [{"name": "SOAPAction", "value": f'"{action}"', "origin": "request"}]
        calls.append(call)
    async with serve_engine(settings) as api:
        await write(settings, calls)

        comparison = await compared(api, {"logId": str(calls[2].id)})

    assert comparison["base"]["id"] == str(calls[0].id)


async def test_dates_and_ids_are_ignored_and_shown_as_such(api: AsyncClient, httpbin: str) -> None:
    source = await create_source(api, location=httpbin)
    await test_call(api, source["id"], "/uuid")
    call = await test_call(api, source["id"], "/uuid")

    comparison = await compared(api, call)
    assert comparison["responseBody"]["isSame"]
    assert set(different(comparison["responseBody"]["differences"], "ignored")) == {"$.uuid"}
    assert different(comparison["responseHeaders"]) == {}
    assert comparison["ignored"] == ["dates", "ids"]

    plain = await compared(api, call, ignore=",")
    assert set(different(plain["responseBody"]["differences"])) == {"$.uuid"}

    by_path = await compared(api, call, ignore="$.uuid")
    assert by_path["responseBody"]["isSame"]


async def test_bodies_and_headers_of_requests_are_compared(api: AsyncClient, httpbin: str) -> None:
    source = await create_source(api, location=httpbin)
    sent = {"method": "POST", "headers": [{"name": "X-Kind", "value": "a"}], "body": '{"n": 1}'}
    await test_call(api, source["id"], "/post", **sent)
    call = await test_call(
        api, source["id"], "/post", **sent | {"headers": [{"name": "x-kind", "value": "b"}], "body": '{"n":2}'}
    )

    comparison = await compared(api, call)

    assert different(comparison["requestBody"]["differences"]) == {"$.n": ("1", "2")}
    assert different(comparison["requestHeaders"])["x-kind"] == ("a", "b")


async def test_xml_is_compared_by_structure(api: AsyncClient, httpbin: str) -> None:
    source = await create_source(api, location=httpbin, type="xml")
    await test_call(api, source["id"], "/xml")
    call = await test_call(api, source["id"], "/xml")

    body = (await compared(api, call))["responseBody"]

    assert (body["kind"], body["isSame"], body["differences"]) == ("xml", True, [])


async def test_secrets_stay_masks(api: AsyncClient, httpbin: str) -> None:
    authentication = {"type": "basic", "username": "jan", "password": "hunter2-of-the-comparison"}
    source = await create_source(api, location=httpbin, authentication=authentication)
    await test_call(api, source["id"], "/headers")
    call = await test_call(api, source["id"], "/headers")

    response = await api.get(f"/api/logs/{call['logId']}/comparison")

    assert "hunter2" not in response.text
    assert "aHVudGVyMi" not in response.text


async def test_without_an_earlier_success_the_answer_says_so(api: AsyncClient, httpbin: str) -> None:
    source = await create_source(api, location=httpbin)
    call = await test_call(api, source["id"], "/anything/only")
    await test_call(api, source["id"], "/anything/only")

    response = await api.get(f"/api/logs/{call['logId']}/comparison")

    assert response.status_code == 404
    assert "no earlier success of GET /anything/only" in response.json()["detail"]


async def test_the_base_is_found_behind_any_number_of_calls_of_paths_below(settings: Settings) -> None:
    calls = calls_below(uuid4(), 2 * service._LOOKED_AT + 10)
    async with serve_engine(settings) as api:
        await write(settings, calls)

        comparison = await compared(api, {"logId": str(calls[-1].id)})

    assert comparison["base"]["id"] == str(calls[0].id)


async def test_a_base_that_was_not_found_in_time_is_not_denied(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SEARCH_MS", 0)
    calls = calls_below(uuid4(), service._LOOKED_AT + 10)
    async with serve_engine(settings) as api:
        await write(settings, calls)

        response = await api.get(f"/api/logs/{calls[-1].id}/comparison")

    assert response.status_code == 404
    assert "No earlier success of GET /items was found in time" in response.json()["detail"]


async def test_what_does_not_exist_and_what_cannot_be_ignored_is_refused(api: AsyncClient, httpbin: str) -> None:
    source = await create_source(api, location=httpbin)
    call = await test_call(api, source["id"], "/anything")
    url = f"/api/logs/{call['logId']}/comparison"

    assert (await api.get(f"/api/logs/{uuid4()}/comparison")).status_code == 404
    missing = await api.get(url, params={"base": str(uuid4())})
    assert (missing.status_code, "to compare with" in missing.json()["detail"]) == (404, True)
    refused = await api.get(url, params={"ignore": "$.a[?@.b]"})
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "ignore")
