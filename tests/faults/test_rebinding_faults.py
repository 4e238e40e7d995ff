# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names whose addresses change between the check and the connection (DNS rebinding).

The answers of the DNS are the one fake of these tests; the servers behind the addresses are real.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from tests.conftest import serve_engine
from tests.factories import create_source, test_call
from tests.faults.servers import answer, json_answer
from tests.upstream import Handler, request_head, serve

NAME = "rebinding.example.org"


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[AsyncClient]:
    """An engine that may call 127.0.0.2, and nothing else of this machine."""
    settings = Settings(storage_path=tmp_path, background_work=False, egress_allow=["127.0.0.2"])
    async with serve_engine(settings) as client:
        yield client


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the DNS says of `NAME`, one list of addresses for each question; the last one stays."""
    waiting: list[list[str]] = []
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *arguments: Any, **values: Any) -> Any:
        if host != NAME:
            return real(host, port, *arguments, **values)
        addresses = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return waiting


@asynccontextmanager
async def pair(raw: bytes, seen: list[str]) -> AsyncIterator[int]:
    """Two servers on one port: that on 127.0.0.2 may be called, that on 127.0.0.1 may not. `seen` tells who was."""

    def handler(address: str) -> Handler:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen.append(address)
            await request_head(reader)
            writer.write(raw)
            await writer.drain()

        return handle

    async with (
        # In this order: a port that is free on 127.0.0.1, which all tests use, is free on the other address, too.
        serve(handler("127.0.0.1"), host="127.0.0.1") as port,
        serve(handler("127.0.0.2"), host="127.0.0.2", port=port),
    ):
        yield port


async def test_faults_the_connection_goes_to_the_address_that_was_checked(
    api: AsyncClient, answers: list[list[str]]
) -> None:
    answers += [["127.0.0.2"], ["127.0.0.1"]]
    seen: list[str] = []
    async with pair(json_answer(b"{}"), seen) as port:
        source = await create_source(api, location=f"http://{NAME}:{port}")
        call = await test_call(api, source["id"])
    assert (call["statusCode"], seen) == (200, ["127.0.0.2"])
    assert call["exchanges"][0]["connection"]["address"] == "127.0.0.2"
    assert len(answers) == 1  # asked once


async def test_faults_egress_denied_when_one_of_several_addresses_is(
    api: AsyncClient, answers: list[list[str]]
) -> None:
    answers += [["127.0.0.2", "127.0.0.1"]]
    seen: list[str] = []
    async with pair(json_answer(b"{}"), seen) as port:
        source = await create_source(api, location=f"http://{NAME}:{port}")
        call = await test_call(api, source["id"])
    assert (call["errorType"], call["outcome"], seen) == ("egress_denied", "refused", [])


async def test_faults_egress_denied_at_the_hop_whose_name_has_moved(api: AsyncClient, answers: list[list[str]]) -> None:
    answers += [["127.0.0.2"], ["127.0.0.1"]]
    seen: list[str] = []
    async with pair(answer("302 Found", [("Location", "/next"), ("Connection", "close")]), seen) as port:
        source = await create_source(api, location=f"http://{NAME}:{port}")
        call = await test_call(api, source["id"])
    assert (call["errorType"], call["outcome"], call["exchangeCount"]) == ("egress_denied", "refused", 2)
    assert seen == ["127.0.0.2"]


async def test_faults_dns_timeout(api: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    real, done = socket.getaddrinfo, asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(host: Any, *arguments: Any, **values: Any) -> Any:
        if host == NAME:
            asyncio.run_coroutine_threadsafe(done.wait(), loop).result(timeout=10)
            raise socket.gaierror(socket.EAI_AGAIN, "too late")
        return real(host, *arguments, **values)

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    source = await create_source(api, location=f"http://{NAME}", connection={"connectTimeoutMs": 300})
    call = await test_call(api, source["id"])
    done.set()
    assert (call["errorType"], call["diagnosis"]["phase"]) == ("dns_timeout", "dns")
    assert call["durationMs"] < 5000
