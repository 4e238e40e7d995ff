# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A server that authenticates connections by NTLM or Negotiate, as IIS does. The tokens are checked by pyspnego."""

import asyncio
import base64
import os
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import spnego
from spnego._ntlm_raw.crypto import lmowfv1, ntowfv1
from spnego.channel_bindings import GssChannelBindings

from tests.upstream import serve


@dataclass
class Seen:
    """One request as it came."""

    connection: int
    method: str
    path: str
    scheme: str
    token: bytes
    body: bytes
    content_length: str | None
    status: int = 0


@dataclass
class NtlmServer:
    """What the server does beside checking tokens, and what it has seen.

    Attributes:
        bindings: the channel binding that clients must prove to see (extended protection).
        closes_after_challenge: as servers and proxies do that do not keep connections open.
        says_so: it announces that with `Connection: close`.
        users: who was let in, one entry for each answer of 200.
        workstations: what clients called themselves.
    """

    protocol: Literal["ntlm", "negotiate"] = "ntlm"
    bindings: GssChannelBindings | None = None
    closes_after_challenge: bool = False
    says_so: bool = True
    port: int = 0
    connections: int = 0
    seen: list[Seen] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    tokens: list[bytes] = field(default_factory=list)

    @asynccontextmanager
    async def serving(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
        """The port that it listens on."""
        async with serve(self._connected, tls=tls) as self.port:
            yield self.port

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = self.connections
        self.connections += 1
        context: spnego.ContextProxy | None = None
        user: str | None = None
        while True:
            request = await _request(reader, number)
            self.seen.append(request)
            challenge, closes = b"", False
            if request.scheme:
                if context is None or context.complete:
                    context, user = self._context(), None
                challenge = self._step(context, request)
                user = context.client_principal if context.complete else None
                closes = self.closes_after_challenge and bool(challenge) and user is None
                if not challenge and user is None:
                    context = None
            request.status = self._status(request, user)
            writer.write(self._answer(request, user, challenge, is_last=closes and self.says_so))
            await writer.drain()
            if closes:
                return

    def _context(self) -> spnego.ContextProxy:
        kind = spnego.NegotiateOptions
        return spnego.server(
            protocol=self.protocol,
            options=kind.use_ntlm if self.protocol == "ntlm" else kind.use_negotiate,
            channel_bindings=self.bindings,
        )

    def _step(self, context: spnego.ContextProxy, request: Seen) -> bytes:
        assert request.scheme.lower() == self.protocol
        self.tokens.append(request.token)
        try:
            return context.step(request.token) or b""
        except Exception:  # noqa: BLE001  # what it makes of a wrong token has many names
            return b""

    def _status(self, request: Seen, user: str | None) -> int:
        if user is None:
            return 401
        self.users.append(user)
        return 302 if request.path.startswith("/moved") else 200

    def _answer(self, request: Seen, user: str | None, challenge: bytes, *, is_last: bool) -> bytes:
        name = {"ntlm": "NTLM", "negotiate": "Negotiate"}[self.protocol]
        headers = ["Connection: close"] if is_last else []
        if request.status == 401 or challenge:
            headers.append(f"WWW-Authenticate: {name} {base64.b64encode(challenge).decode()}".rstrip())
        if request.status == 302:
            headers.append("Location: /here")
        body = f"{user} sent {len(request.body)}".encode() if user else b"who are you?"
        reason = {200: "OK", 302: "Found", 401: "Unauthorized"}[request.status]
        head = [f"HTTP/1.1 {request.status} {reason}", f"Content-Length: {len(body)}", *headers, "", ""]
        return "\r\n".join(head).encode() + body


async def _request(reader: asyncio.StreamReader, connection: int) -> Seen:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return Seen(connection, method, path, scheme, base64.b64decode(token), body, headers.get("content-length"))


@contextmanager
def accounts(directory: Path, passwords: dict[str, str]) -> Iterator[None]:
    r"""The accounts that servers of this process know, as hashes: `DOMAIN\user` or `user`, and the password."""
    lines = [
        f"{name}:1000:{lmowfv1(password).hex()}:{ntowfv1(password).hex()}:[U]:LCT-0"
        for name, password in passwords.items()
    ]
    path = directory / "accounts"
    path.write_text("\n".join(lines))
    os.environ["NTLM_USER_FILE"] = str(path)
    try:
        yield
    finally:
        del os.environ["NTLM_USER_FILE"]
