# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers that are made to take all the memory or all the time of the server."""

import time
from collections.abc import Callable

import pytest

from openconnector.core.http import AsyncClient
from tests.factories import create_source, test_call
from tests.faults import bombs
from tests.faults.memory import growth_of
from tests.faults.servers import answer, endless, json_answer
from tests.upstream import Handler, answering, serve

BOUND = 48 * 1024**2
"""Bytes; engine, client and the other side are one process here."""

CHUNK = b"40000\r\n" + b"x" * 0x40000 + b"\r\n"


async def grown_by(api: AsyncClient, handler: Handler, total_ms: int = 60_000) -> tuple[dict, int]:
    """The call to a server, and what it took of memory. A call before it loads what any call loads."""
    async with serve(answering(json_answer(b"{}"))) as port:
        await test_call(api, (await create_source(api, location=f"http://127.0.0.1:{port}"))["id"])
    async with serve(handler) as port:
        source = await create_source(
            api, location=f"http://127.0.0.1:{port}", connection={"maxBodyBytes": 1024, "totalTimeoutMs": total_ms}
        )
        return await growth_of(test_call(api, source["id"]))


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", bombs.gzip_bomb),
        ("deflate", bombs.deflate_bomb),
        ("zstd", bombs.zstd_bomb),
        ("br", bombs.brotli_bomb),
    ],
    ids=["body_too_large-gzip", "body_too_large-deflate", "body_too_large-zstd", "body_too_large-brotli"],
)
async def test_faults_bomb(api: AsyncClient, coding: str, bomb: Callable[[], bytes]) -> None:
    raw = answer(headers=[("Content-Encoding", coding)], body=bomb())
    started = time.monotonic()
    call, growth = await grown_by(api, answering(raw))
    assert (call["errorType"], call["outcome"]) == ("body_too_large", "transport_error")
    assert call["exchanges"][0]["response"]["body"]["isTruncated"] is True
    assert growth < BOUND
    assert time.monotonic() - started < 30
    assert (await api.get(f"/api/logs/{call['id']}")).json() | {"pages": None} == call


async def test_faults_several_codings(api: AsyncClient) -> None:
    raw = answer(headers=[("Content-Encoding", "gzip, gzip")], body=bombs.gzip_bomb())
    call, growth = await grown_by(api, answering(raw))
    assert call["errorType"] == "undecodable_body"
    assert growth < BOUND


@pytest.mark.parametrize(
    ("head", "piece"),
    [(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 0x40000), (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", CHUNK)],
    ids=["body_too_large-until_the_end", "body_too_large-chunked"],
)
async def test_faults_endless_body(api: AsyncClient, head: bytes, piece: bytes) -> None:
    call, growth = await grown_by(api, endless(head, piece))
    assert call["errorType"] in ("body_too_large", "total_timeout")
    assert call["responseSize"] > 256 * 1024**2
    assert growth < BOUND


@pytest.mark.parametrize(
    "piece",
    [b"X-A: a\r\n" * 1000, b"a" * 65536, b"X-A: a\r\n b\r\n" * 1000],
    ids=["headers_too_large-many", "headers_too_large-one", "folded"],
)
async def test_faults_endless_headers(api: AsyncClient, piece: bytes) -> None:
    call, growth = await grown_by(api, endless(b"HTTP/1.1 200 OK\r\nX-B: ", piece))
    assert call["errorType"] in ("headers_too_large", "protocol_error")
    assert call["durationMs"] < 10_000
    assert growth < BOUND


@pytest.mark.parametrize(
    "piece", [b"1;" + b"x" * 65536, b"0\r\n" + b"X-T: a\r\n" * 8000], ids=["extension", "trailers"]
)
async def test_faults_endless_framing(api: AsyncClient, piece: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    call, growth = await grown_by(api, endless(head, piece), total_ms=2000)
    assert call["outcome"] == "transport_error"
    assert growth < BOUND
