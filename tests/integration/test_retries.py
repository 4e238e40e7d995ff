# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A call that is made again by itself: every attempt is an exchange of it, with the pause before."""

import asyncio
from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from tests.factories import create_source, test_call
from tests.upstream import Handler, serve

UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
ASKS_TO_WAIT = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def one_after_the_other(*answers: bytes | None) -> Handler:
    """Answers the first request with the first answer, and so on; None is silence."""
    waiting = list(answers)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if b"Content-Length: 2" in head:
                await reader.readexactly(2)
            answer = waiting.pop(0)
            if answer is None:
                await asyncio.sleep(3600)
            writer.write(answer or b"")
            await writer.drain()

    return handle


async def call_of(api: AsyncClient, answers: list[bytes | None], method: str = "GET", **connection: Any) -> Any:
    """A call to a server with these answers."""
    async with serve(one_after_the_other(*answers)) as port:
        source = await create_source(api, location=f"http://127.0.0.1:{port}", connection=connection)
        body = {"body": "{}"} if method == "POST" else {}
        return await test_call(api, source["id"], "/x", method=method, **body)


def attempts_of(call: dict[str, Any]) -> list[tuple[str, int | None]]:
    return [
        (exchange["kind"], exchange["response"] and exchange["response"]["statusCode"])
        for exchange in call["exchanges"]
    ]


async def test_an_answer_that_may_pass_is_asked_for_again(sqlite_api: AsyncClient) -> None:
    retry = {"maxRetries": 2, "backoffMs": 40}
    call = await call_of(sqlite_api, [UNAVAILABLE, UNAVAILABLE, OK], retry=retry)
    assert attempts_of(call) == [("request", 503), ("retry", 503), ("retry", 200)]
    assert (call["statusCode"], call["outcome"], call["exchangeCount"]) == (200, "success", 3)
    first, second, third = (exchange["delayMs"] for exchange in call["exchanges"])
    assert first == 0
    assert 20 <= second <= 40
    assert 40 <= third <= 80
    assert (await sqlite_api.get(f"/api/logs/{call['id']}")).json() | {"pages": None} == call


async def test_the_last_attempt_decides(sqlite_api: AsyncClient) -> None:
    retry = {"maxRetries": 1, "backoffMs": 1}
    call = await call_of(sqlite_api, [UNAVAILABLE, UNAVAILABLE, OK], retry=retry)
    assert (call["statusCode"], call["errorType"], call["exchangeCount"]) == (503, "503", 2)


async def test_the_other_side_says_how_long_to_wait(sqlite_api: AsyncClient) -> None:
    call = await call_of(sqlite_api, [ASKS_TO_WAIT, OK], retry={"maxRetries": 1, "backoffMs": 1})
    assert attempts_of(call) == [("request", 429), ("retry", 200)]
    assert call["exchanges"][1]["delayMs"] >= 900


async def test_a_wait_that_does_not_fit_is_not_begun(sqlite_api: AsyncClient) -> None:
    retry = {"maxRetries": 1, "backoffMs": 1}
    call = await call_of(sqlite_api, [ASKS_TO_WAIT, OK], retry=retry, totalTimeoutMs=900)
    assert (call["statusCode"], call["exchangeCount"]) == (429, 1)
    assert call["durationMs"] < 900


@pytest.mark.parametrize(("all_methods", "attempts"), [(False, 1), (True, 2)])
async def test_what_may_take_effect_twice_is_repeated_only_when_asked(
    sqlite_api: AsyncClient, *, all_methods: bool, attempts: int
) -> None:
    retry = {"maxRetries": 1, "backoffMs": 1, "allMethods": all_methods}
    call = await call_of(sqlite_api, [UNAVAILABLE, OK], method="POST", retry=retry)
    assert call["exchangeCount"] == attempts


async def test_an_attempt_that_the_total_timeout_ends_is_still_a_retry(sqlite_api: AsyncClient) -> None:
    retry = {"maxRetries": 1, "backoffMs": 1}
    call = await call_of(sqlite_api, [UNAVAILABLE, None], retry=retry, totalTimeoutMs=500)
    assert call["errorType"] == "total_timeout"
    assert attempts_of(call) == [("request", 503), ("retry", None)]
    assert call["durationMs"] < 5000
