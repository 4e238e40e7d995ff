# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sessions straight to an SFTP server, without the transport around them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from openconnector.egress.connection import Dialer, Target
from openconnector.egress.evidence import ConnectionEvidence, Timings
from openconnector.egress.tls import TlsContexts
from openconnector.transports.exchange import TraceEntry
from openconnector.transports.files.session import FileAccess, HostKeyPin, RemoteEntry
from openconnector.transports.files.sftp import SftpSession, open_sftp
from openconnector.transports.files.ssh_login import Shown
from openconnector.transports.files.trace import Trace
from tests.exchanges import LIMITS, LOOPBACK
from tests.sftp_server import FileServer, PasswordServer, text_of


@dataclass
class Seen:
    """What a session has left behind."""

    lines: list[TraceEntry] = field(default_factory=list)
    pins: list[HostKeyPin] = field(default_factory=list)

    @property
    def trace(self) -> list[str]:
        return [("> " if line.is_sent else "< ") + line.text for line in self.lines]


def access_to(server: FileServer | PasswordServer | int, **values: Any) -> FileAccess:
    """How a server of the tests is reached, with its key where it has one for us."""
    port = server if isinstance(server, int) else server.port
    given: dict[str, Any] = {"target": Target("sftp", "127.0.0.1", port), "limits": LIMITS, "policy": LOOPBACK}
    if not isinstance(server, int):
        given["username"] = server.username
    if isinstance(server, FileServer):
        given["private_key"] = text_of(server.key)
    if isinstance(server, PasswordServer) and "private_key" not in values:
        given["password"] = server.password
    return FileAccess(**given | values)


async def open_session(access: FileAccess, seen: Seen | None = None, shown: Shown | None = None) -> SftpSession:
    """A session that is logged in."""
    seen = Seen() if seen is None else seen
    patience = access.limits.connect_ms / 1000
    connected = await Dialer(TlsContexts()).connect(
        access.target, access.policy, patience, Timings(), ConnectionEvidence()
    )
    return await open_sftp(access, connected, Trace(seen.lines, 0.0).note, shown or seen.pins.append)


@asynccontextmanager
async def session_to(
    server: FileServer | PasswordServer | int, seen: Seen | None = None, **values: Any
) -> AsyncIterator[SftpSession]:
    """A session that is closed in the end."""
    session = await open_session(access_to(server, **values), seen)
    try:
        yield session
    finally:
        await session.close()


async def listed(session: SftpSession, path: str) -> dict[str, RemoteEntry]:
    """The entries of a directory by their names."""
    return {entry.name: entry async for entry in session.entries(path)}


async def content_of(session: SftpSession, path: str, offset: int = 0) -> bytes:
    """The bytes of a file."""
    pieces: list[bytes] = []

    async def sink(piece: bytes) -> None:
        pieces.append(piece)

    await session.read(path, offset, sink)
    return b"".join(pieces)
