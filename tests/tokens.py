# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An authorization server and the system behind it on one port, to count and to disturb what the token engine does.

What grants and client authentications must look like, servers of others tell: see `tests/authorization`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.factories import marked
from tests.upstream import request_head, serve

Answer = tuple[int, dict[str, Any]]


@dataclass
class TokenServer:
    """`/token` gives tokens, everything else wants the latest one.

    Attributes:
        forms: the fields of each token request.
        calls: the value of `Authorization` of each other request.
        delay: seconds that a token request takes.
        discovery: members of the discovery document; None: there is none.
        answer: makes the answer to a token request; the default gives a new token each time.
    """

    port: int = 0
    lifetime: int | None = 3600
    delay: float = 0.0
    rotates: bool = False
    forms: list[dict[str, str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    valid: set[str] = field(default_factory=set)
    refresh_token: str = field(default_factory=lambda: marked("refresh-0"))
    discovery: dict[str, Any] | None = None
    answer: Callable[[dict[str, str]], Answer] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def authentication(self, **values: Any) -> dict[str, Any]:
        """The scheme of a source that gets its tokens here."""
        return {
            "type": "oauth2",
            "grant": {"type": "client_credentials"},
            "clientId": "client",
            "client": {"method": "client_secret_post", "secret": marked("client-secret")},
            "tokenUrl": f"{self.url}/token",
            **values,
        }

    def give(self, form: dict[str, str]) -> Answer:
        """A new token, with a refresh token where tokens are rotated. A refresh token is good for one use."""
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != self.refresh_token:
                return 400, {"error": "invalid_grant"}
            self.refresh_token = marked(f"refresh-{len(self.forms)}")
        token = marked(f"access-{len(self.forms)}")
        self.valid.add(token)
        document: dict[str, Any] = {"access_token": token, "token_type": "Bearer"}
        if self.lifetime is not None:
            document["expires_in"] = self.lifetime
        if self.rotates:
            document["refresh_token"] = self.refresh_token
        return 200, document

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await request_head(reader)).decode()
            path = head.split(" ", 2)[1]
            headers = {
                name.lower(): value.strip()
                for line in head.split("\r\n")[1:]
                for name, _, value in [line.partition(":")]
                if value
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            status, document = 404, {}
            if path.startswith("/.well-known/"):
                if self.discovery is not None and path.endswith("/oauth-authorization-server"):
                    status, document = 200, {"issuer": self.url, "token_endpoint": f"{self.url}/token"} | self.discovery
            elif path.startswith("/token"):
                form = dict(parse_qsl(body.decode()))
                self.forms.append(form)
                await asyncio.sleep(self.delay)
                status, document = (self.answer or self.give)(form)
            else:
                sent = headers.get("authorization", "")
                self.calls.append(sent)
                status, document = (200 if sent.removeprefix("Bearer ") in self.valid else 401), {}
            content = json.dumps(document).encode()
            writer.write(
                b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                % (status, len(content), content)
            )
            await writer.drain()


@asynccontextmanager
async def token_server(**values: Any) -> AsyncIterator[TokenServer]:
    """A token server on a free port."""
    server = TokenServer(**values)
    async with serve(server.handle) as port:
        server.port = port
        yield server
