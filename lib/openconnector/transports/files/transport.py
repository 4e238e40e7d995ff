# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""FTP and SFTP: does one operation on the files of a server, and writes down every exchange.

Like `transports/http.py`, with a connection for each operation. aioftp and asyncssh are loaded by the first one.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from openconnector.core.clock import now, stopwatch
from openconnector.egress.connection import Dialer
from openconnector.egress.errors import ConnectionFailed
from openconnector.egress.evidence import ConnectionEvidence, Timings
from openconnector.egress.policy import EgressDenied
from openconnector.egress.tls import TlsContexts
from openconnector.transports.exchange import Exchange, ExchangeKind, Failure, SentRequest
from openconnector.transports.failure import ExchangeFailed, failure_of
from openconnector.transports.files.bodies import SinkFailed
from openconnector.transports.files.operation import FileOperation, Listing
from openconnector.transports.files.session import FileAccess, FileProblem, FileSession, HostKeyPin, Sink
from openconnector.transports.files.trace import Trace
from openconnector.transports.files.work import Work

MAX_SESSIONS = 64
"""Sessions at the same time, of all sources: each is a file descriptor or two."""

MAX_RESUMES = 3
RESUME_PAUSE_MS = 500
"""Before the first of them, and that much more before each other."""

_MAY_REFUSE_CLIENT = frozenset({"connection_reset", "tls_error"})

Shown = Callable[[HostKeyPin], Awaitable[None] | None]
"""Takes the key that an SSH server has shown."""


class FileTransport:
    """The transport of a process for files."""

    def __init__(self, dialer: Dialer, contexts: TlsContexts) -> None:
        self._dialer = dialer
        self._contexts = contexts
        self._places = asyncio.Semaphore(MAX_SESSIONS)

    async def perform(
        self,
        operation: FileOperation,
        access: FileAccess,
        exchanges: list[Exchange],
        *,
        url: str,
        sink: Sink | None = None,
        shown: Shown = lambda _: None,
    ) -> Listing | None:
        """Do an operation and put every exchange into `exchanges` as it happens; the last one tells how it ended.

        What fails is part of its exchange; it is not raised. What is raised is cancellation, and what the sink has
        raised, after the exchange has been marked with it. Every wait has a bound, but all of them together have none
        here. A download that breaks off is continued in an exchange of its own, which answers with the whole file.

        Args:
            url: of what is operated on, for those who read the exchange.
            sink: takes the bytes of a file that is read, piece by piece, each byte once.
            shown: takes the key of an SSH server, before anything is authenticated.

        Returns:
            What a directory holds, for `LIST` that went well; else None.
        """
        work = Work(operation, access, sink)
        deadline = stopwatch() + access.limits.total_ms
        kind: ExchangeKind = "request"
        pause = 0.0
        for resume in range(1, MAX_RESUMES + 2):
            exchange = Exchange(kind, now(), _request(operation, url), delay_ms=pause)
            exchanges.append(exchange)
            await self._exchange(work, access, exchange, shown)
            kind, pause = "retry", float(RESUME_PAUSE_MS * resume)
            if not work.may_go_on(exchange.failure) or stopwatch() + pause >= deadline or resume > MAX_RESUMES:
                break
            await asyncio.sleep(pause / 1000)
        return work.listing

    async def _exchange(self, work: Work, access: FileAccess, exchange: Exchange, shown: Shown) -> None:
        started = stopwatch()
        trace = Trace(exchange.trace, started, access.password)
        try:
            work.locate()
            async with _place(self._places, access.limits.connect_ms / 1000, exchange.timings):
                await self._work(work, access, exchange, trace, shown, started)
        except asyncio.CancelledError:
            exchange.failure = Failure("cancelled", "The call was cancelled.")
            raise
        except SinkFailed as failed:
            exchange.failure = Failure("cancelled", "What takes the file has stopped to take it.")
            raise failed.__cause__ or failed from None
        except FileProblem as problem:
            exchange.failure = Failure(problem.type, str(problem))
            if exchange.response is None and problem.reply is not None:
                exchange.response = work.response(problem.reply, _protocol_of(access))
        except (ExchangeFailed, ConnectionFailed, EgressDenied, OSError) as error:
            exchange.failure = _failure_of(error, access)
            await self._look_closer(access, exchange)
        finally:
            exchange.duration_ms = stopwatch() - started

    async def _look_closer(self, access: FileAccess, exchange: Exchange) -> None:
        """FTP servers hang up on who shows no certificate. A handshake tells."""
        failure, connection = exchange.failure, exchange.connection
        if failure is None or failure.type not in _MAY_REFUSE_CLIENT or exchange.response is not None:
            return
        if access.target.scheme not in ("ftps", "ftpes") or connection is None or connection.tls is None:
            return
        from openconnector.transports.files.ftp_probe import refuses_client  # noqa: PLC0415  # loads aioftp

        try:
            connected = await self._connect(access, Timings(), ConnectionEvidence())
            refused = await refuses_client(access, connected, self._contexts)
        except (ConnectionFailed, EgressDenied, OSError):
            return
        if refused is not None:
            exchange.failure = Failure(refused, "The server asked for a client certificate and hung up.")

    async def _connect(self, access: FileAccess, timings: Timings, evidence: ConnectionEvidence) -> socket.socket:
        patience = access.limits.connect_ms / 1000
        return await self._dialer.connect(access.target, access.policy, patience, timings, evidence, proxy=access.proxy)

    async def _work(
        self, work: Work, access: FileAccess, exchange: Exchange, trace: Trace, shown: Shown, started: float
    ) -> None:
        session = await self._open(access, exchange, trace, shown)
        reply = None
        try:
            await work.run(session)
            reply = session.reply
        except FileProblem as problem:
            reply = problem.reply
            raise
        finally:
            _measure(exchange.timings, work, started)
            reply = reply or (session.reply if work.has_part else None)
            if reply is not None:
                exchange.response = work.response(reply, session.protocol)
                exchange.response.wire_size = getattr(session, "received", None)  # an SSH connection counts nothing
            exchange.request.wire_size = getattr(session, "sent", None)
            await session.close()

    async def _open(self, access: FileAccess, exchange: Exchange, trace: Trace, shown: Shown) -> FileSession:
        evidence = exchange.connection = ConnectionEvidence()
        connected = await self._connect(access, exchange.timings, evidence)
        if access.target.scheme == "sftp":
            from openconnector.transports.files.sftp import open_sftp  # noqa: PLC0415  # loads asyncssh

            return await open_sftp(access, connected, trace.note, shown)
        from openconnector.transports.files.ftp_login import open_ftp  # noqa: PLC0415  # loads aioftp

        return await open_ftp(access, connected, self._dialer, self._contexts, trace, exchange.timings, evidence)


@asynccontextmanager
async def _place(places: asyncio.Semaphore, patience: float, timings: Timings) -> AsyncIterator[None]:
    """A place among those who have a session."""
    started = stopwatch()
    try:
        async with asyncio.timeout(patience):
            await places.acquire()
    except TimeoutError:
        raise ConnectionFailed("pool_timeout", f"{MAX_SESSIONS} file transfers of all sources are running.") from None
    finally:
        timings.blocked_ms = stopwatch() - started
    try:
        yield
    finally:
        places.release()


def _request(operation: FileOperation, url: str) -> SentRequest:
    headers = [] if operation.destination is None else [("Destination", operation.destination)]
    return SentRequest(operation.method, url, headers, operation.content or None)


def _measure(timings: Timings, work: Work, started: float) -> None:
    """What is not connecting, sending and receiving is waiting: for the login, and for what was asked."""
    ended = stopwatch()
    first = work.first_at or ended
    before = sum(part or 0.0 for part in (timings.blocked_ms, timings.dns_ms, timings.connect_ms, work.send_ms))
    timings.send_ms = work.send_ms
    timings.wait_ms = max(0.0, first - started - before)
    timings.receive_ms = ended - first


def _failure_of(error: Exception, access: FileAccess) -> Failure:
    if isinstance(error, TimeoutError) and error.errno is None:
        return Failure("read_timeout", str(error) or f"Nothing came for {access.limits.read_ms / 1000:g} s.")
    return failure_of(error, has_identity=access.tls.client is not None)


def _protocol_of(access: FileAccess) -> str:
    return "SFTP" if access.target.scheme == "sftp" else "FTP"
