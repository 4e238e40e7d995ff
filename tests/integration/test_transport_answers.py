# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers as servers send them: framing, codings, and what has to have a bound."""

import asyncio
import gzip
from typing import Any

import brotli
import pytest
from backports import zstd

from openconnector.transports.http import HttpTransport
from tests.exchanges import OK, send_one
from tests.upstream import answering, serve


class TestAnswers:
    @pytest.mark.parametrize(
        ("method", "raw", "status", "body"),
        [
            ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 200, b""),
            ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
            ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", 304, b""),
            ("GET", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK, 200, b"{}"),
            ("GET", b"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, b"until the end"),
            ("GET", b"HTTP/1.0 200 OK\r\n\r\nold", 200, b"old"),
            ("GET", b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", 200, b"{}"),
            (
                "GET",
                (
                    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: z\r\n\r\n"
                ),
                200,
                b"abcde",
            ),
        ],
        ids=["head", "204", "304", "103 before", "until the end", "1.0", "line feeds", "chunked"],
    )
    async def test_are_framed_as_the_standard_says(
        self, transport: HttpTransport, method: str, raw: bytes, status: int, body: bytes
    ) -> None:
        async with serve(answering(raw)) as port:
            exchange = await send_one(transport, f"http://127.0.0.1:{port}/", method)
        assert exchange.failure is None
        assert exchange.response is not None
        assert (exchange.response.status_code, exchange.response.body) == (status, body)

    @pytest.mark.parametrize(
        ("coding", "compress"),
        [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstd.compress)],
    )
    async def test_are_decoded_and_measured(self, transport: HttpTransport, coding: str, compress: Any) -> None:
        text = b"records " * 10_000
        encoded = compress(text)
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(encoded)}\r\n\r\n".encode()
        async with serve(answering(head + encoded)) as port:
            exchange = await send_one(transport, f"http://127.0.0.1:{port}/")
        assert exchange.failure is None
        response = exchange.response
        assert response is not None
        assert response.body == text
        assert (response.size, response.encoded_size) == (len(text), len(encoded))
        assert response.wire_size == len(head) + len(encoded)

    async def test_a_large_request_is_sent_whole(self, transport: HttpTransport) -> None:
        content = b"0123456789abcdef" * 250_000

        async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            received = await reader.readexactly(len(content))
            same = b"yes" if received == content else b"no!"
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + same)
            await writer.drain()

        async with serve(count) as port:
            exchange = await send_one(transport, f"http://127.0.0.1:{port}/", "POST", content=content)
        assert exchange.response is not None
        assert exchange.response.body == b"yes"

    @pytest.mark.parametrize(
        "headers", [[(b"Content-Length", b"5")], [(b"Transfer-Encoding", b"chunked")], [(b"X-A", b"a\r\nX-B: b")]]
    )
    async def test_a_request_cannot_be_made_into_two(self, transport: HttpTransport, headers: Any) -> None:
        async with serve(answering(OK)) as port:
            exchange = await send_one(
                transport, f"http://127.0.0.1:{port}/", "POST", headers=headers, content=b"0123456789"
            )
        assert exchange.failure is not None
        assert exchange.failure.type == "invalid_request"
        assert exchange.request.wire_size is None

    @pytest.mark.parametrize("flood", [b"X-Trailer: " + b"x" * 100_000, b"X-T: y\r\n" * 10_000])
    async def test_trailers_have_a_bound(self, transport: HttpTransport, flood: bytes) -> None:
        async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n")
            while True:
                writer.write(flood)
                await writer.drain()

        async with serve(endless) as port:
            exchange = await send_one(transport, f"http://127.0.0.1:{port}/")
        assert exchange.failure is not None
        assert exchange.failure.type == "headers_too_large"

    @pytest.mark.parametrize("closes", [True, False])
    async def test_a_server_that_refuses_a_large_request_is_heard(
        self, transport: HttpTransport, *, closes: bool
    ) -> None:
        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.3 if closes else 3600)

        async with serve(refuse) as port:
            content = b"x" * 20_000_000
            exchange = await send_one(transport, f"http://127.0.0.1:{port}/", "POST", content=content)
        assert exchange.response is not None
        assert exchange.response.status_code == 413
