# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for the calls of sources that say nothing themselves."""

import asyncio
from typing import Any

from openconnector.core.http import AsyncClient
from tests.factories import create_source, test_call
from tests.upstream import answering, hang, serve

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{}"


async def set_defaults(api: AsyncClient, **values: Any) -> None:
    answer = await api.put("/api/settings", json={"version": 0, **values})
    assert answer.status_code == 200, answer.text


async def test_a_source_without_timeouts_has_those_of_the_settings(api: AsyncClient) -> None:
    await set_defaults(api, timeouts={"totalMs": 300})
    async with serve(hang) as port:
        location = f"http://127.0.0.1:{port}"
        plain = await create_source(api, location=location)
        own = await create_source(api, location=location, connection={"readTimeoutMs": 100, "totalTimeoutMs": 5000})
        assert plain["connection"]["totalTimeoutMs"] is None
        first, second = await asyncio.gather(test_call(api, plain["id"]), test_call(api, own["id"]))
    assert first["errorType"] == "total_timeout"
    assert "300 ms" in first["exchanges"][-1]["error"]["message"]
    assert second["errorType"] == "read_timeout"


async def test_a_source_without_a_rate_limit_has_that_of_the_settings(api: AsyncClient) -> None:
    await set_defaults(api, limits={"requestsPerMinute": 3}, timeouts={"totalMs": 2000})
    async with serve(answering(OK)) as port:
        location = f"http://127.0.0.1:{port}"
        plain = await create_source(api, location=location)
        own = await create_source(api, location=location, connection={"rateLimit": {"limit": 100}})
        of_plain = await asyncio.gather(*(test_call(api, plain["id"]) for _ in range(6)))
        of_own = await asyncio.gather(*(test_call(api, own["id"]) for _ in range(6)))
    assert sorted(call["outcome"] for call in of_plain) == ["refused"] * 3 + ["success"] * 3
    refused = next(call for call in of_plain if call["outcome"] == "refused")
    assert refused["errorType"] == "rate_limited"
    assert "that the settings give to every source" in refused["diagnosis"]["detail"]
    assert {call["outcome"] for call in of_own} == {"success"}


async def test_no_more_calls_of_a_source_run_at_once_than_the_settings_allow(api: AsyncClient) -> None:
    await set_defaults(api, limits={"concurrentCalls": 2})
    running, most = 0, 0

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.03)
        running -= 1
        await answering(OK)(reader, writer)

    async with serve(slow) as port:
        source = await create_source(api, location=f"http://127.0.0.1:{port}")
        calls = await asyncio.gather(*(test_call(api, source["id"]) for _ in range(8)))
    assert {call["outcome"] for call in calls} == {"success"}
    assert most == 2
    assert max(call["exchanges"][0]["delayMs"] for call in calls) >= 30


async def test_a_call_that_finds_no_place_in_its_time_is_refused(sqlite_api: AsyncClient) -> None:
    await set_defaults(sqlite_api, limits={"concurrentCalls": 1})
    async with serve(hang) as port:
        source = await create_source(
            sqlite_api, location=f"http://127.0.0.1:{port}", connection={"totalTimeoutMs": 300}
        )
        calls = await asyncio.gather(*(test_call(sqlite_api, source["id"]) for _ in range(2)))
    assert sorted(call["errorType"] for call in calls) == ["rate_limited", "total_timeout"]
