# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Real servers on real sockets for the contract tests."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

RECORDINGS = Path(__file__).parent / "recordings"
RECORDED_APP = "openconnector"
RECORDED_SECRET = "12345secret"


def recorded(name: str) -> list[dict[str, Any]]:
    """The lines of a recording."""
    return [json.loads(line) for line in (RECORDINGS / f"{name}.jsonl").read_text("utf-8").splitlines()]


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(app: ASGIApp, port: int = 0, *, lifespan: str = "off") -> AsyncIterator[str]:
    """Serve an ASGI application on loopback; gives its address without a trailing slash."""
    listener = socket.create_server(("127.0.0.1", port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        ws="none",
        lifespan=lifespan,  # type: ignore[arg-type]
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as an application received it."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Recorder:
    """Remembers every request that passes through to `app`."""

    app: ASGIApp
    requests: list[ReceivedRequest] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = bytearray()

        async def receive_and_note() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        try:
            await self.app(scope, receive_and_note, send)
        finally:
            self.requests.append(
                ReceivedRequest(
                    scope["method"],
                    (scope.get("raw_path") or scope["path"].encode()).decode(),
                    scope["query_string"].decode(),
                    {name.decode(): value.decode("latin-1") for name, value in scope["headers"]},
                    bytes(body),
                )
            )


class Answering:
    """An application that gives the same answer to every request."""

    def __init__(self, status: int, headers: dict[str, str], body: str) -> None:
        self._status = status
        self._headers = headers
        self._body = body

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        headers = [(name.encode(), value.encode()) for name, value in self._headers.items()]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": self._body.encode()})
