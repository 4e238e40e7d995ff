# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Redirects that lead round in circles, away, or nowhere."""

import asyncio
from collections.abc import AsyncIterator

from tests.factories import marked
from tests.faults.fault import Call, Provoked, World, evidence_of, fault
from tests.faults.servers import answer, json_answer, routing
from tests.upstream import answering, request_head, serve

KEY = {"type": "apiKey", "in": "header", "name": "X-Key", "value": marked("k3y")}


def moved(target: str, status: str = "302 Found") -> bytes:
    """An answer that sends the call elsewhere."""
    return answer(status, [("Location", target)])


@fault("redirect_loop", "response", case="one_host")
async def loop_on_one_host(_: World) -> AsyncIterator[Provoked]:
    def check(call: Call) -> None:
        assert call["exchangeCount"] == 2
        assert {"Hop 1", "Hop 2"} <= set(evidence_of(call))

    async with serve(routing({"/a": moved("/b"), "/b": moved("/a")})) as port:
        yield Provoked(f"http://127.0.0.1:{port}", "/a", check=check)


@fault("redirect_loop", "response", case="two_hosts")
async def loop_between_hosts(_: World) -> AsyncIterator[Provoked]:
    ports: list[int] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await request_head(reader)
        other = "localhost" if b"Host: 127.0.0.1" in head else "127.0.0.1"
        writer.write(moved(f"http://{other}:{ports[0]}/a"))
        await writer.drain()

    async with serve(handle) as port:
        ports.append(port)
        yield Provoked(f"http://127.0.0.1:{port}", "/a", connection={"redirects": "all"})


@fault("too_many_redirects", "response")
async def too_many(_: World) -> AsyncIterator[Provoked]:
    def check(call: Call) -> None:
        assert call["exchangeCount"] == 4

    async with serve(routing({f"/{number}": moved(f"/{number + 1}") for number in range(50)})) as port:
        yield Provoked(f"http://127.0.0.1:{port}", "/0", connection={"maxRedirects": 3}, check=check)


@fault("invalid_redirect", "response", case="no_http")
async def to_no_http(_: World) -> AsyncIterator[Provoked]:
    async with serve(answering(moved("mailto:somebody@example.org"))) as port:
        yield Provoked(f"http://127.0.0.1:{port}")


@fault("invalid_redirect", "response", case="no_url")
async def to_no_url(_: World) -> AsyncIterator[Provoked]:
    async with serve(answering(moved("http://[::1/x"))) as port:
        yield Provoked(f"http://127.0.0.1:{port}")


@fault("invalid_redirect", "response", case="no_name")
async def to_no_name(_: World) -> AsyncIterator[Provoked]:
    async with serve(answering(moved("http://xn--/x"))) as port:
        yield Provoked(f"http://127.0.0.1:{port}", connection={"redirects": "all"})


@fault("egress_denied", "egress", "refused", case="redirect")
async def to_a_denied_address(_: World) -> AsyncIterator[Provoked]:
    def check(call: Call) -> None:
        assert call["exchangeCount"] == 2
        assert call["exchanges"][1]["error"]["type"] == "egress_denied"
        assert "169.254.169.254" in evidence_of(call)["Address"]

    async with serve(answering(moved("http://169.254.169.254/latest/meta-data"))) as port:
        yield Provoked(f"http://127.0.0.1:{port}", connection={"redirects": "all"}, check=check)


@fault("401", "authentication", "auth_error", case="redirect_to_another_origin")
async def credentials_do_not_cross(_: World) -> AsyncIterator[Provoked]:
    seen: list[bytes] = []
    refused = answer("401 Unauthorized", [("WWW-Authenticate", "Bearer")])
    async with serve(routing({"/there": refused}, seen)) as other:
        target = f"http://localhost:{other}/there"

        def check(call: Call) -> None:
            assert call["exchangeCount"] == 2
            assert len(seen) == 1
            assert b"x-key" not in seen[0].lower()
            assert KEY["value"].encode() not in seen[0]
            assert "do not go" in call["diagnosis"]["title"]

        async with serve(answering(moved(target))) as port:
            yield Provoked(
                f"http://127.0.0.1:{port}",
                source={"authentication": KEY},
                connection={"redirects": "all"},
                check=check,
            )


@fault("redirect_to_other_origin", "response", "success")
async def to_another_origin(_: World) -> AsyncIterator[Provoked]:
    def check(call: Call) -> None:
        assert evidence_of(call)["Redirected to"] == "http://login.example.org"
        assert call["exchangeCount"] == 1

    async with serve(answering(moved("http://login.example.org/sign-in"))) as port:
        yield Provoked(f"http://127.0.0.1:{port}", check=check)


@fault("redirect_to_other_origin", "response", "success", case="with_a_body")
async def body_does_not_cross(_: World) -> AsyncIterator[Provoked]:
    async with serve(routing({})) as other:
        to = f"http://localhost:{other}/"
        async with serve(answering(moved(to, "307 Temporary Redirect"))) as port:
            request = {"method": "POST", "body": "{}"}
            yield Provoked(f"http://127.0.0.1:{port}", connection={"redirects": "all"}, request=request)


@fault("redirect_not_followed", "response", "success")
async def not_followed(_: World) -> AsyncIterator[Provoked]:
    async with serve(routing({"/health": moved("/v2"), "/v2": json_answer(b"{}")})) as port:
        yield Provoked(f"http://127.0.0.1:{port}", connection={"redirects": "never"})
