# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Opens FTP sessions: TLS where the scheme says so, login, and what the server can do.

This loads aioftp: import it where a source speaks FTP, and not at the top of a module.
"""

import socket
import ssl
from dataclasses import replace

from openconnector.egress.connection import Dialer
from openconnector.egress.errors import ConnectionFailed
from openconnector.egress.evidence import ConnectionEvidence, Timings
from openconnector.egress.handshake import begin_tls, usable_context
from openconnector.egress.sockets import peer_of
from openconnector.egress.stream import stream_over
from openconnector.egress.tls import TlsContexts
from openconnector.transports.files.control import Control
from openconnector.transports.files.data import DataConnections
from openconnector.transports.files.ftp import FtpSession
from openconnector.transports.files.replies import problem_of
from openconnector.transports.files.session import FileAccess, FileProblem
from openconnector.transports.files.trace import Trace

_ANONYMOUS = "anonymous"
ALPN = "ftp"
"""Registered with IANA. A server that hears another name takes the client for one of another protocol (ALPACA)."""


async def open_ftp(
    access: FileAccess,
    connected: socket.socket,
    dialer: Dialer,
    contexts: TlsContexts,
    trace: Trace,
    timings: Timings,
    evidence: ConnectionEvidence,
) -> FtpSession:
    """A session over a connected socket, after the login. The socket is closed where that fails.

    Raises:
        FileProblem: `login_refused`, `tls_required`, or the server refuses something else.
        ConnectionFailed: TLS does not come about.
        OSError, TimeoutError: the connection breaks, or nothing comes.
    """
    access = replace(access, tls=replace(access.tls, protocol=ALPN, http2=False))
    address = peer_of(connected) if access.proxy is None else None
    wire = await stream_over(connected)
    try:
        control = Control(wire, access.encoding, access.limits.read_ms / 1000, trace)
        context = await usable_context(contexts, access.tls) if access.target.scheme != "ftp" else None
        opening = _Opening(access, control, context, timings, evidence)
        await opening.greet()
        await opening.log_in()
        features = await opening.ask_features()
    except BaseException:
        wire.abort()
        raise
    return FtpSession(control, DataConnections(control, dialer, access, connected, address, context), features)


class _Opening:
    """The steps until files can be asked for."""

    def __init__(
        self,
        access: FileAccess,
        control: Control,
        context: ssl.SSLContext | None,
        timings: Timings,
        evidence: ConnectionEvidence,
    ) -> None:
        self._access = access
        self._control = control
        self._context = context
        self._timings = timings
        self._evidence = evidence

    async def greet(self) -> None:
        """Hear what the server says first, and begin TLS before or after it."""
        is_implicit = self._access.target.scheme == "ftps"
        if is_implicit and self._context is not None:
            await self._begin_tls(self._context)
        greeting = await self._control.hear()
        while greeting.is_preliminary:  # 120: in so many minutes
            greeting = await self._control.hear()
        if not greeting.is_positive:
            raise problem_of("", greeting.reply)
        if not is_implicit and self._context is not None:
            await self._upgrade(self._context)

    async def log_in(self) -> None:
        """Say who asks."""
        username, password = self._access.username or _ANONYMOUS, self._access.password
        if not self._access.username and not password:
            password = "anonymous@"  # noqa: S105  # RFC 1635
        if any(letter in username + password for letter in "\r\n\0"):
            raise FileProblem("login_refused", "User name or password contain a line break, which FTP cannot transfer.")
        await self._protect()
        answer = await self._control.ask(f"USER {username}")
        if answer.code == 331:  # noqa: PLR2004  # RFC 959, section 4.2
            answer = await self._control.ask(f"PASS {password}")
        if not answer.is_positive:
            raise problem_of("PASS", answer.reply)

    async def ask_features(self) -> dict[str, str]:
        """What the server can do (RFC 2389), and how its names are written (RFC 2640)."""
        answer = await self._control.ask("FEAT")
        features = {}
        if answer.is_positive:
            for line in answer.lines[1:-1]:
                name, _, more = line.strip().partition(" ")
                features[name.upper()] = more
        if "UTF8" in features and self._access.encoding == "utf-8":
            await self._control.ask("OPTS UTF8 ON")
        await self._control.demand("TYPE I")
        return features

    async def _upgrade(self, context: ssl.SSLContext) -> None:
        answer = await self._control.ask("AUTH TLS")
        if answer.code != 234:  # noqa: PLR2004  # RFC 4217, section 4
            reason = f"The server does not begin TLS: {answer.code} {answer.reply.text}"
            raise FileProblem("tls_required", reason, answer.reply)
        await self._begin_tls(context)

    async def _begin_tls(self, context: ssl.SSLContext) -> None:
        if self._control.has_unread:
            raise ConnectionFailed("tls_not_spoken", "The other side did not wait for the TLS handshake.")
        access, patience = self._access, self._access.limits.connect_ms / 1000
        wire, host = self._control.wire, access.target.host
        try:
            await begin_tls(wire, context, host, access.tls, patience, self._timings, self._evidence)
        finally:
            self._timings.connect_ms = (self._timings.connect_ms or 0) + (self._timings.tls_ms or 0)

    async def _protect(self) -> None:
        """Data is sent through TLS as well (RFC 4217, section 9)."""
        if self._context is None:
            return
        await self._control.ask("PBSZ 0")
        answer = await self._control.ask("PROT P")
        # Behind a handshake (990) data is always protected, and there are servers that do not know the command.
        if not answer.is_positive and self._access.target.scheme == "ftpes":
            reason = f"The server does not protect data: {answer.code} {answer.reply.text}"
            raise FileProblem("tls_required", reason, answer.reply)
