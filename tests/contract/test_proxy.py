# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The habits of AppAPI's proxy: what was recorded and observed, shown by the host with a real app behind it."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from openconnector.core.http import AsyncClient, ReadError, RemoteProtocolError
from tests.contract.conftest import Nextcloud
from tests.contract.serving import Recorder, recorded, serving
from tests.upstream import serve

PROXY = "/index.php/apps/app_api/proxy/open_connector"
ALICE = {"cookie": "standalone_user=alice"}


class ProbeApp:
    """An external app that shows what reached it, and answers in odd ways."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()
        self.app = Starlette(
            routes=[
                Route("/api/headers", self.headers),
                Route("/api/redirect", self.redirect),
                Route("/api/slow", self.slow),
                Route("/api/plain", self.plain),
                Route("/{path:path}", self.anything, methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
            ]
        )

    async def anything(self, request: Request) -> Response:
        body = await request.body()
        return Response(json.dumps({"size": len(body)}), media_type="application/json")

    async def headers(self, _request: Request) -> Response:
        response = PlainTextResponse("x", headers={"EX-APP-ID": "leak", "AA-VERSION": "leak", "X-Own": "yes"})
        response.raw_headers += [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
        response.raw_headers.append((b"content-security-policy", b"default-src 'self'"))
        return response

    async def redirect(self, _request: Request) -> Response:
        return RedirectResponse("/api/plain")

    async def plain(self, request: Request) -> Response:
        kind = request.query_params.get("type", "text/plain")
        return Response("x", headers={"content-type": kind})

    async def slow(self, _request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            try:
                yield b"first\n"
                await asyncio.sleep(30)
                yield b"never\n"
            finally:
                self.closed.set()

        return StreamingResponse(pieces())


@pytest.fixture
async def probe(nextcloud: Nextcloud) -> AsyncIterator[tuple[ProbeApp, Recorder]]:
    app = ProbeApp()
    recorder = Recorder(app.app)
    async with serving(recorder, nextcloud.app.port):
        yield app, recorder


@pytest.fixture
async def browser(nextcloud: Nextcloud) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=nextcloud.url) as client:
        yield client


async def test_a_browser_request_reaches_the_app_with_the_recorded_headers(
    nextcloud: Nextcloud, probe: tuple[ProbeApp, Recorder], browser: AsyncClient
) -> None:
    lines = [line for line in recorded("nextcloud-to-exapp") if line["path"].startswith("/api/sources")]
    for line in lines:
        own = {
            name: value
            for name, value in line["headers"].items()
            if name in {"requesttoken", "content-type", "cookie", "accept", "user-agent", "content-length"}
        }
        await browser.request(line["method"], PROXY + line["path"], headers=own, content=line["body"].encode())

    for line, request in zip(lines, probe[1].requests, strict=True):
        assert request.method == line["method"]
        assert request.body.decode() == line["body"]
        assert set(request.headers) == set(line["headers"])
        for name in ("x-origin-ip", "accept-language", "authorization-app-api", "cookie"):
            assert request.headers[name] == line["headers"][name]
        assert request.headers["host"] == nextcloud.url.removeprefix("http://")


@pytest.mark.parametrize(
    ("browser_path", "app_path"),
    [
        ("/api/a%2Fb", "/api/a/b"),
        ("/api/a%20b", "/api/a%20b"),
        ("/api/sources/?q=a%26b&x=1&x=2", "/api/sources/?q=a%26b&x=2"),
        ("/api/%E2%82%AC", "/api/%E2%82%AC"),
        ("/api//double", "/api/double"),
        ("/api/trail/", "/api/trail/"),
        ("/api/x%25y", "/api/x%25y"),
        ("/api/cut%23fragment", "/api/cut"),
        ("/api/query%3Fq=1", "/api/query?q=1"),
        ("/api/names?a.b=1&c%20d=2&g", "/api/names?a_b=1&c_d=2&g="),
        ("/api/lists?a[]=1&a[]=2", "/api/lists?a%5B0%5D=1&a%5B1%5D=2"),
    ],
)
async def test_path_and_query_arrive_as_php_sends_them_on(
    probe: tuple[ProbeApp, Recorder], browser: AsyncClient, browser_path: str, app_path: str
) -> None:
    await browser.get(PROXY + browser_path)
    request = probe[1].requests[0]
    assert request.path + (f"?{request.query}" if request.query else "") == app_path


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/api/x", {}, 200),
        ("PATCH", "/api/x", {}, 405),
        ("OPTIONS", "/api/x", {}, 405),
        ("HEAD", "/api/x", {}, 404),
        ("GET", "/api/x", ALICE, 404),
        ("POST", "/api/x", ALICE, 404),
        ("GET", "/js/x.js", {}, 200),
        ("GET", "/js/x.js", ALICE, 404),
        ("GET", "/css/x.css", ALICE, 404),
        ("GET", "/img/app.svg", ALICE, 200),
        ("POST", "/img/app.svg", {}, 404),
        ("GET", "/heartbeat", {}, 404),
        ("POST", "/init", {}, 404),
        ("PUT", "/enabled?enabled=0", {}, 404),
        ("POST", "/occ/x", {}, 404),
        ("GET", "/api/a/%2e%2e/x", {}, 404),
    ],
)
async def test_verbs_routes_and_roles(
    probe: tuple[ProbeApp, Recorder],
    browser: AsyncClient,
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
) -> None:
    response = await browser.request(method, PROXY + path, headers=headers)
    assert response.status_code == status
    assert len(probe[1].requests) == (1 if status == 200 else 0)
    if status == 404:
        assert response.headers["content-type"].startswith("text/html")


async def test_a_disabled_or_unknown_app_is_a_404_page(
    nextcloud: Nextcloud, probe: tuple[ProbeApp, Recorder], browser: AsyncClient
) -> None:
    unknown = await browser.get(PROXY.replace("open_connector", "other") + "/api/x")
    nextcloud.app.enabled = False
    disabled = await browser.get(PROXY + "/api/x")
    assert [answer.status_code for answer in (unknown, disabled)] == [404, 404]
    assert not probe[1].requests


async def test_a_browser_cannot_pretend_to_be_nextcloud(probe: tuple[ProbeApp, Recorder], browser: AsyncClient) -> None:
    forged = {"EX-APP-ID": "x", "AUTHORIZATION-APP-API": "x", "AA-REQUEST-ID": "x", "X-Origin-IP": "6.6.6.6"}
    await browser.get(PROXY + "/api/x", headers=forged)
    headers = probe[1].requests[0].headers
    assert headers["ex-app-id"] == "open_connector"
    assert headers["authorization-app-api"] == "YWRtaW46MTIzNDVzZWNyZXQ="
    assert headers["x-origin-ip"] == "127.0.0.1"
    assert headers["aa-request-id"] != "x"


@pytest.mark.usefixtures("probe")
async def test_answer_headers_come_back_once_and_without_those_of_appapi(browser: AsyncClient) -> None:
    headers = (await browser.get(PROXY + "/api/headers")).headers
    assert headers.get_list("set-cookie") == ["a=1"]
    assert headers["x-own"] == "yes"
    assert headers["content-security-policy"] == "default-src 'self'"
    assert "ex-app-id" not in headers
    assert "aa-version" not in headers


@pytest.mark.usefixtures("probe")
@pytest.mark.parametrize(
    ("content_type", "caching"),
    [
        ("application/json", "no-cache, no-store, must-revalidate"),
        ("application/problem+json", "private, max-age=3600, must-revalidate"),
        ("text/plain", "private, max-age=3600, must-revalidate"),
    ],
)
async def test_what_says_nothing_about_caching_is_cached(browser: AsyncClient, content_type: str, caching: str) -> None:
    response = await browser.get(PROXY + "/api/plain", params={"type": content_type})
    assert response.headers["cache-control"] == caching
    assert response.headers["content-security-policy"].startswith("default-src 'none';base-uri 'none'")


@pytest.mark.usefixtures("probe")
async def test_redirects_end_in_the_proxy(browser: AsyncClient) -> None:
    response = await browser.get(PROXY + "/api/redirect")
    assert (response.status_code, response.text) == (200, "x")


@pytest.mark.usefixtures("probe")
async def test_large_and_chunked_bodies_pass(browser: AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"x" * 65536

    chunked = await browser.post(PROXY + "/api/x", content=pieces())
    sized = await browser.put(PROXY + "/api/x", content=b"x" * 3_000_000)
    assert chunked.json() == {"size": 64 * 65536}
    assert sized.json() == {"size": 3_000_000}


async def test_answers_stream_and_a_browser_that_leaves_frees_the_app(
    probe: tuple[ProbeApp, Recorder], browser: AsyncClient
) -> None:
    async with browser.stream("GET", PROXY + "/api/slow") as response:
        first = await asyncio.wait_for(anext(response.aiter_raw()), 5)
        assert first == b"first\n"
    await asyncio.wait_for(probe[0].closed.wait(), 5)


async def test_an_app_that_is_away_is_an_empty_500(browser: AsyncClient) -> None:
    response = await browser.get(PROXY + "/api/x")
    assert (response.status_code, response.content) == (500, b"")


async def test_an_app_that_breaks_off_breaks_the_answer_off(nextcloud: Nextcloud, browser: AsyncClient) -> None:
    async def half_an_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        await writer.drain()

    async with serve(half_an_answer, port=nextcloud.app.port):
        with pytest.raises((RemoteProtocolError, ReadError)):
            await browser.get(PROXY + "/api/x")


async def test_a_page_under_a_name_of_its_own_does_not_get_in(browser: AsyncClient) -> None:
    response = await browser.get(PROXY + "/api/x", headers={"host": "evil.example"})
    assert response.status_code == 400
