# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stands before a real authorization server, counts its token requests, and makes mistakes that servers make.

Everything is passed on, unless a fault was provoked. `Host` stays what it was, so the server takes its front for
itself: its discovery document has the front's addresses, but its own issuer.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl

from openconnector.core.http import AsyncClient
from tests.upstream import request_head, serve

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-encoding", "content-length"}


@dataclass(frozen=True)
class TokenRequest:
    """A request to the token endpoint. The names of its headers are in lower case."""

    path: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def forms(self) -> list[tuple[str, str]]:
        """Its fields in order, with those that stand twice."""
        return parse_qsl(self.body.decode(), keep_blank_values=True)


@dataclass(frozen=True)
class Answer:
    """What the client gets."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = field(repr=False)

    def raw(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} X", *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "", ""]).encode() + self.body


PassOn = Callable[[], Awaitable[Answer]]
Fault = Callable[[PassOn], Awaitable[Answer | None]]
"""Makes the answer to a token request in place of the server, which it may ask first. None: it hangs up."""


def slow(seconds: float) -> Fault:
    """The server answers, but late."""

    async def fault(pass_on: PassOn) -> Answer:
        await asyncio.sleep(seconds)
        return await pass_on()

    return fault


async def dropped(_pass_on: PassOn) -> None:
    """The connection is closed without an answer; the server has never seen the request."""


async def lost(pass_on: PassOn) -> None:
    """The server has answered, but the answer got lost: a refresh token may have been used up."""
    await pass_on()


def redirecting(location: str, status: int = 302) -> Fault:
    """The server sends the client elsewhere."""
    return answering(Answer(status, [("Location", location)], b""))


def failing(status: int = 503, *headers: tuple[str, str], body: bytes = b"") -> Fault:
    """The server fails, with `Retry-After` and the like where they are given."""
    return answering(Answer(status, list(headers), body))


def page(status: int = 200, text: str = "<!DOCTYPE html><title>Sign in</title><p>Please sign in.") -> Fault:
    """A login page, or that of a firewall, stands where the token endpoint should be."""
    return answering(Answer(status, [("Content-Type", "text/html; charset=utf-8")], text.encode()))


def refusing(error: str, description: str = "", status: int = 400) -> Fault:
    """An error of RFC 6749, section 5.2, that the server itself would not give now."""
    document = {"error": error} | ({"error_description": description} if description else {})
    return answering(Answer(status, [("Content-Type", "application/json")], json.dumps(document).encode()))


def answering(answer: Answer) -> Fault:
    """The answer is this one; the server is not asked."""

    async def fault(_pass_on: PassOn) -> Answer:
        return answer

    return fault


def edited(**members: Any) -> Fault:
    """The server's own answer with other members, such as `expires_in=0`. None takes a member away."""

    async def fault(pass_on: PassOn) -> Answer:
        answer = await pass_on()
        document = json.loads(answer.body) | members
        kept = {name: value for name, value in document.items() if value is not None}
        return Answer(answer.status, answer.headers, json.dumps(kept).encode())

    return fault


class Front:
    """What is between a client and an authorization server, while the context is open.

    Attributes:
        requests: to the token endpoint, in order, with those that no answer was given to.
        faults: the fault of each token request to come. `repeat(fault)` for all of them.
    """

    def __init__(self, upstream: str, *, token_path: str = "/token") -> None:
        """Stand before the server with this URL."""
        self.requests: list[TokenRequest] = []
        self.faults: Iterator[Fault | None] = iter(())
        self._upstream = upstream
        self._token_path = token_path
        self._port = 0
        self._serving = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._http = AsyncClient(base_url=self._upstream, timeout=30)
        await self.come_up()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.go_down()
        await self._http.aclose()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def token_url(self) -> str:
        return f"{self.url}{self._token_path}"

    @property
    def resource_url(self) -> str:
        return f"{self.url}/resource"

    def provoke(self, *faults: Fault | None) -> None:
        """The next token requests meet these, one each; those after them are passed on."""
        self.faults = iter(faults)

    async def go_down(self) -> None:
        """Connections break, and new ones are refused."""
        await self._serving.aclose()

    async def come_up(self) -> None:
        """Be there, at the port of before."""
        self._port = await self._serving.enter_async_context(serve(self._connected, port=self._port))

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (answer := await self._answer(reader)) is not None:
            writer.write(answer.raw())
            await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader) -> Answer | None:
        first, *lines = (await request_head(reader)).decode().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if value}
        body = await reader.readexactly(int(headers.get("content-length", "0")))

        async def pass_on() -> Answer:
            kept = {name: value for name, value in headers.items() if name not in HOP_BY_HOP}
            answer = await self._http.request(method, target, headers=kept, content=body)
            passed = [(name, value) for name, value in answer.headers.multi_items() if name not in HOP_BY_HOP]
            return Answer(answer.status_code, passed, answer.content)

        if target.partition("?")[0] != self._token_path:
            return await pass_on()
        self.requests.append(TokenRequest(target, headers, body))
        fault = next(self.faults, None)
        return await (fault(pass_on) if fault else pass_on())
