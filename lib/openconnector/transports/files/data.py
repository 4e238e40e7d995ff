# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The data connections of FTP: one for each file and each listing (RFC 959, section 3.2; RFC 2428; RFC 4217)."""

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

import aioftp

from openconnector.egress.connection import Dialer, Target
from openconnector.egress.errors import ConnectionFailed
from openconnector.egress.evidence import ConnectionEvidence, Timings
from openconnector.egress.handshake import begin_tls
from openconnector.egress.sockets import accept_from, listen_beside
from openconnector.egress.stream import Stream, stream_over
from openconnector.transports.failure import ExchangeFailed
from openconnector.transports.files.control import Answer, Control
from openconnector.transports.files.replies import problem_of
from openconnector.transports.files.session import FileAccess, FileProblem, Reply

PIECE = 64 * 1024
"""Bytes that are handed to the network at a time."""

FIRST_PORT = 1024
LAST_PORT = 65535
"""The ports that a server may name. Below are those of other services, to which nothing is sent on its word."""

_AFTERMATH_SECONDS = 2.0
"""How long a server has to say why it has cut a data connection."""


class DataConnections:
    """Opens the data connections of a session, to the address that its control connection has.

    Args:
        own: the socket of the control connection.
        address: at its other end; None behind a proxy.
        context: of TLS; None: data is sent as it is.

    Attributes:
        received, sent: bytes so far.
    """

    def __init__(
        self,
        control: Control,
        dialer: Dialer,
        access: FileAccess,
        own: socket.socket,
        address: str | None,
        context: ssl.SSLContext | None,
    ) -> None:
        self._control = control
        self._dialer = dialer
        self._access = access
        self._own = own
        self._address = address
        self._context = context
        self._has_epsv = True
        self._connect_patience = access.limits.connect_ms / 1000
        self._patience = access.limits.read_ms / 1000
        self.received = 0
        self.sent = 0

    async def receive(self, command: str, offset: int = 0) -> AsyncGenerator[bytes, None]:
        """What the server sends for a command, piece by piece.

        Raises:
            FileProblem: it refuses, or the transfer broke off.
        """
        async with self._transfer(command, offset) as stream:
            while piece := await stream.read(self._patience):
                self.received += len(piece)
                yield piece

    async def send(self, command: str, content: bytes) -> None:
        """Send the data of a command.

        Raises:
            FileProblem: the server refuses, or the transfer broke off.
        """
        async with self._transfer(command, 0) as stream:
            for start in range(0, len(content), PIECE):
                piece = content[start : start + PIECE]
                try:
                    await stream.write(piece, self._patience)
                except TimeoutError as error:
                    if error.errno is not None:
                        raise
                    message = f"The server took nothing for {self._patience:g} s."
                    raise ExchangeFailed("write_timeout", message) from None
                self.sent += len(piece)

    @asynccontextmanager
    async def _transfer(self, command: str, offset: int) -> AsyncIterator[Stream]:
        verb = command.partition(" ")[0]
        stream, answer = await self._open(command, verb, offset)
        try:
            yield stream
        except OSError as error:
            stream.abort()
            if isinstance(error, TimeoutError) and error.errno is None:
                raise
            raise await self._cut(verb, error) from error
        except BaseException:
            stream.abort()
            self._control.owes_reply = answer.is_preliminary
            raise
        stream.close()
        if answer.is_preliminary:
            try:
                answer = await self._control.hear()
            finally:
                stream.abort()  # TLS would wait for the other side to say goodbye
        if not answer.is_positive:
            raise _ended(verb, answer.reply)

    async def _open(self, command: str, verb: str, offset: int) -> tuple[Stream, Answer]:
        """The data connection of a command that the server has accepted."""
        if self._access.mode == "active":
            return await self._open_active(command, verb, offset)
        port = await self._passive_port()
        stream = await stream_over(await self._connect(port))
        try:
            answer = await self._begin(command, verb, offset)
            await self._protect(stream)
        except BaseException:
            stream.abort()
            raise
        return stream, answer

    async def _begin(self, command: str, verb: str, offset: int) -> Answer:
        if offset:
            answer = await self._control.ask(f"REST {offset}")
            if answer.code != 350:  # noqa: PLR2004  # RFC 3659, section 5
                reason = f"{answer.code} {answer.reply.text}"
                raise FileProblem("transfer_aborted", f"The server cannot continue a file: {reason}", answer.reply)
        answer = await self._control.ask(command)
        if not (answer.is_preliminary or answer.is_positive):
            raise problem_of(verb, answer.reply)
        return answer

    # Passive mode: the server names a port, and we connect to it.

    async def _passive_port(self) -> int:
        if self._has_epsv:
            answer = await self._control.ask("EPSV")
            if answer.code == 229:  # noqa: PLR2004  # RFC 2428, section 3
                return self._port(aioftp.Client.parse_epsv_response, answer)
            self._has_epsv = False
            if self._is_ipv6:
                raise problem_of("EPSV", answer.reply)
        answer = await self._control.demand("PASV")
        return self._port(aioftp.Client.parse_pasv_response, answer)

    @staticmethod
    def _port(parse: Callable[[str], tuple[object, int]], answer: Answer) -> int:
        try:
            _, port = parse(answer.lines[-1])
        except (ValueError, IndexError):
            port = 0
        if FIRST_PORT <= port <= LAST_PORT:
            return port
        message = f"The server names no port that a data connection may go to: {answer.reply.text}"
        raise FileProblem("data_connection_failed", message, answer.reply)

    async def _connect(self, port: int) -> socket.socket:
        """Whatever address the server names, the connection goes to the one that it has."""
        target = Target(self._access.target.scheme, self._access.target.host, port)
        try:
            return await self._dialer.connect(
                target,
                self._access.policy,
                self._connect_patience,
                Timings(),
                ConnectionEvidence(),
                proxy=self._access.proxy,
                address=self._address,
            )
        except ConnectionFailed as failed:
            message = f"The data connection to {self._address or target.host}, port {port}: {failed}"
            raise FileProblem("data_connection_failed", message, self._control.reply) from failed

    # Active mode: we name a port, and the server connects to it.

    async def _open_active(self, command: str, verb: str, offset: int) -> tuple[Stream, Answer]:
        if self._address is None:
            raise FileProblem("data_connection_failed", "The server cannot connect to us through a proxy.")
        try:
            listener = listen_beside(self._own)
        except OSError as error:
            raise FileProblem("data_connection_failed", f"No port to listen on: {error}") from None
        with listener:
            await self._name_port(listener)
            answer = await self._begin(command, verb, offset)
            stream = await stream_over(await self._accept(listener, self._address))
        try:
            await self._protect(stream)
        except BaseException:
            stream.abort()
            raise
        return stream, answer

    async def _name_port(self, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        host = host.partition("%")[0]
        if self._is_ipv6:
            await self._control.demand(f"EPRT |2|{host}|{port}|")
        else:
            await self._control.demand(f"PORT {host.rpartition(':')[2].replace('.', ',')},{port >> 8},{port & 255}")

    async def _accept(self, listener: socket.socket, address: str) -> socket.socket:
        try:
            return await accept_from(listener, address, self._connect_patience)
        except TimeoutError:
            message = f"The server did not open the data connection within {self._connect_patience:g} s."
            raise FileProblem("data_connection_failed", message, self._control.reply) from None
        except OSError as error:
            raise FileProblem("data_connection_failed", str(error), self._control.reply) from None

    # Both.

    @property
    def _is_ipv6(self) -> bool:
        return self._own.family == socket.AF_INET6 and self._address is not None and "." not in self._address

    async def _protect(self, stream: Stream) -> None:
        """TLS on the data connection. The session of the control connection is used again: servers ask for that."""
        if self._context is None:
            return
        control: ssl.SSLObject = self._control.wire.transport.get_extra_info("ssl_object")
        context = self._context
        if control.session is not None:
            context = aioftp.common.SSLSessionBoundContext(ssl.PROTOCOL_TLS_CLIENT, context, control.session)
        host, patience = self._access.target.host, self._connect_patience
        try:
            await begin_tls(stream, context, host, self._access.tls, patience, Timings(), ConnectionEvidence())
        except ConnectionFailed as failed:
            reply = await self._aftermath()
            says = f" The server says: {reply.code} {reply.text}" if reply else ""
            message = f"TLS on the data connection: {failed}{says}"
            raise FileProblem("data_connection_failed", message, reply or self._control.reply) from failed

    async def _cut(self, verb: str, error: OSError) -> FileProblem:
        """Why a transfer broke off: the server may have said it."""
        reply = await self._aftermath()
        if reply is not None and reply.code >= 400:  # noqa: PLR2004
            return _ended(verb, reply)
        return FileProblem("transfer_aborted", f"The data connection broke: {error}", reply or self._control.reply)

    async def _aftermath(self) -> Reply | None:
        try:
            async with asyncio.timeout(_AFTERMATH_SECONDS):
                return (await self._control.hear()).reply
        except (OSError, ExchangeFailed):
            return None


def _ended(verb: str, reply: Reply) -> FileProblem:
    """What it means that a server has refused the rest of a transfer."""
    problem = problem_of(verb, reply)
    is_passing = 400 <= reply.code < 500 and problem.type != "file_no_space"  # noqa: PLR2004
    return FileProblem("transfer_aborted", str(problem), reply) if is_passing else problem
