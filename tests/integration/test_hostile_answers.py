# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers, redirects and paths that are made to do harm: no memory, no secret and no log entry is lost to them."""

import gzip
import json
import resource

import pytest

from openconnector.core.http import AsyncClient
from tests.factories import create_source, test_call
from tests.upstream import answering, serve


class TestHostileAnswers:
    async def test_a_decompression_bomb_takes_neither_memory_nor_more_than_its_time(
        self, sqlite_api: AsyncClient
    ) -> None:
        bomb = gzip.compress(bytes(200 * 1024**2), 9)
        for coding, body in (("gzip", bomb), ("gzip, gzip", gzip.compress(bomb))):
            head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
            async with serve(answering(head.encode() + body)) as port:
                source = await create_source(
                    sqlite_api, location=f"http://127.0.0.1:{port}", connection={"maxBodyBytes": 1000}
                )
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                call = await test_call(sqlite_api, source["id"])
                grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            assert call["errorType"] in (None, "undecodable_body")
            assert grown < 64 * 1024  # KiB

    @pytest.mark.parametrize("charset", ["base64", "zlib", "undefined", "utf-7"])
    async def test_an_odd_charset_does_not_lose_the_call(self, sqlite_api: AsyncClient, charset: str) -> None:
        raw = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset={charset}\r\nContent-Length: 3\r\n\r\nabc"
        async with serve(answering(raw.encode())) as port:
            source = await create_source(sqlite_api, location=f"http://127.0.0.1:{port}")
            call = await test_call(sqlite_api, source["id"])
        assert call["exchanges"][0]["response"]["body"]["content"] == "abc"

    @pytest.mark.parametrize("target", ["myapp://cb?access_token=their-token", "mailto:x@y.example", "http://xn--/"])
    async def test_a_redirect_to_nowhere_is_an_answer_unless_it_is_followed(
        self, sqlite_api: AsyncClient, target: str
    ) -> None:
        raw = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
        async with serve(answering(raw.encode())) as port:
            for follow, outcome in ((False, "success"), (True, "transport_error")):
                source = await create_source(
                    sqlite_api, location=f"http://127.0.0.1:{port}", connection={"followRedirects": follow}
                )
                call = await test_call(sqlite_api, source["id"])
                assert (call["outcome"], call["statusCode"]) == (outcome, 302)
                assert "their-token" not in json.dumps(call)  # no id can contain it by chance

    async def test_a_body_does_not_go_to_another_origin(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        other = httpbin.replace("127.0.0.1", "localhost")
        source = await create_source(sqlite_api, location=httpbin, connection={"followRedirects": True})
        path = f"/redirect-to?status_code=307&url={other}/anything"
        call = await test_call(sqlite_api, source["id"], path, method="POST", body="{}")
        assert (call["statusCode"], len(call["exchanges"])) == (307, 1)
        assert call["diagnosis"]["type"] == "redirect_not_followed"

    async def test_a_partial_secret_does_not_slide_across_the_cut(self, sqlite_api: AsyncClient) -> None:
        token = "tok_abcdefghijklmnopqrstuvwxyz0123456789"
        body = ",".join([token] * 50).encode()
        raw = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        async with serve(answering(raw)) as port:
            source = await create_source(
                sqlite_api,
                location=f"http://127.0.0.1:{port}",
                authentication={"type": "bearer", "token": token},
                connection={"maxBodyBytes": 180},
            )
            call = await test_call(sqlite_api, source["id"])
        assert "tok_" not in json.dumps(call)
        assert call["exchanges"][0]["response"]["body"]["isTruncated"] is True

    @pytest.mark.parametrize("path", ["//[evil", "//\u2100/", "http://[::1/", "//a]b/"])
    async def test_a_hostile_path_is_refused_and_logged(self, sqlite_api: AsyncClient, httpbin: str, path: str) -> None:
        source = await create_source(sqlite_api, location=httpbin)
        call = await test_call(sqlite_api, source["id"], path)
        assert call["outcome"] == "refused"
        assert (await sqlite_api.get(f"/api/logs/{call['id']}")).status_code == 200
