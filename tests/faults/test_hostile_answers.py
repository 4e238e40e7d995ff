# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers, redirects and paths that are made to do harm: no secret and no log entry is lost to them."""

import json

import pytest

from openconnector.core.http import AsyncClient
from tests.factories import create_source, marked, test_call
from tests.upstream import answering, serve


@pytest.mark.parametrize("charset", ["base64", "zlib", "undefined", "utf-7"])
async def test_an_odd_charset_does_not_lose_the_call(api: AsyncClient, charset: str) -> None:
    raw = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset={charset}\r\nContent-Length: 3\r\n\r\nabc"
    async with serve(answering(raw.encode())) as port:
        source = await create_source(api, location=f"http://127.0.0.1:{port}")
        call = await test_call(api, source["id"])
    assert call["exchanges"][0]["response"]["body"]["content"] == "abc"


@pytest.mark.parametrize("target", ["myapp://cb?access_token=their-token", "mailto:x@y.example", "http://xn--/"])
async def test_a_redirect_to_nowhere_is_an_answer_unless_it_is_followed(api: AsyncClient, target: str) -> None:
    raw = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
    async with serve(answering(raw.encode())) as port:
        for redirects, outcome in (("never", "success"), ("all", "transport_error")):
            source = await create_source(api, location=f"http://127.0.0.1:{port}", connection={"redirects": redirects})
            call = await test_call(api, source["id"])
            assert (call["outcome"], call["statusCode"]) == (outcome, 302)
            assert "their-token" not in json.dumps(call)  # no id can contain it by chance


async def test_a_partial_secret_does_not_slide_across_the_cut(api: AsyncClient) -> None:
    token = marked("tok_abcdefghijklmnopqrstuvwxyz0123456789")
    body = ",".join([token] * 50).encode()
    raw = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    async with serve(answering(raw)) as port:
        source = await create_source(
            api,
            location=f"http://127.0.0.1:{port}",
            authentication={"type": "bearer", "token": token},
            connection={"maxBodyBytes": 180},
        )
        call = await test_call(api, source["id"])
    assert "tok_" not in json.dumps(call)
    assert call["exchanges"][0]["response"]["body"]["isTruncated"] is True


@pytest.mark.parametrize("path", ["//[evil", "//\u2100/", "http://[::1/", "//a]b/"])
async def test_a_hostile_path_is_refused_and_logged(api: AsyncClient, httpbin: str, path: str) -> None:
    source = await create_source(api, location=httpbin)
    call = await test_call(api, source["id"], path)
    assert call["outcome"] == "refused"
    assert (await api.get(f"/api/logs/{call['id']}")).status_code == 200


async def test_a_path_that_makes_no_url_is_logged(api: AsyncClient, httpbin: str) -> None:
    source = await create_source(api, location=httpbin)
    for path in ("x" * 8192, "[::1]", "%zz%"):
        call = await test_call(api, source["id"], path)
        assert (await api.get(f"/api/logs/{call['id']}")).status_code == 200
