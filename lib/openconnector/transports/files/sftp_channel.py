# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The requests and answers of one SFTP session: bounded in time, written down, and with our names for what fails.

This loads megabytes: import it where a source speaks SFTP, and not at the top of a module.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import asyncssh
from asyncssh.sftp import SFTPAttrs, SFTPClientHandler, SFTPName

from openconnector.egress.errors import ConnectionFailed
from openconnector.transports.files import sftp_status
from openconnector.transports.files.session import FileAccess, FileProblem, Reply
from openconnector.transports.files.ssh_failure import failure_of_ssh, printable
from openconnector.transports.files.ssh_login import Note

Answer = TypeVar("Answer")

VERSION = 3
"""Of SFTP. It is what OpenSSH, and nearly everything else, speaks."""

_CLOSING_SECONDS = 1.0

_WORDS = {
    "file_not_found": "There is no {path}.",
    "file_permission_denied": "The user may not do that with {path}.",
    "file_operation_unsupported": "The server cannot do that with {path}.",
    "file_exists": "There is a {path} already.",
    "file_no_space": "There is no space left for {path}.",
    "file_directory_not_empty": "The directory {path} is not empty.",
    "file_not_a_directory": "{path} is not a directory.",
    "file_is_a_directory": "{path} is a directory.",
    "file_error": "The server could not do that with {path}, and does not say why.",
}


class SftpChannel:
    """Where requests go, and answers come from.

    Attributes:
        reply: the status of the last operation.
    """

    handler: SFTPClientHandler

    def __init__(self, connection: asyncssh.SSHClientConnection, access: FileAccess, note: Note) -> None:
        self._connection = connection
        self._patience = access.limits.read_ms / 1000
        self._encoding = access.encoding
        self._note = note
        self.reply: Reply | None = None

    async def begin(self) -> None:
        """Start SFTP on the connection that is logged in.

        Raises:
            FileProblem: the user may not use SFTP, or the server has none.
        """
        self.say("subsystem sftp")
        try:
            async with asyncio.timeout(self._patience):
                writer, reader, _ = await self._connection.open_session(subsystem="sftp", encoding=None)
                loop = asyncio.get_running_loop()
                self.handler = SFTPClientHandler(loop, "replace", reader, writer, VERSION)
                await self.handler.start()
                self._connection.create_task(self.handler.recv_packets(), self.handler.logger)
                await self.handler.request_limits()
        except (asyncssh.ChannelOpenError, asyncssh.SFTPError) as error:
            self._note(False, printable(str(error)))
            sentence = "The login was accepted, but the server gives this user no SFTP."
            if isinstance(error, asyncssh.SFTPBadMessage):
                sentence += " What it sends is something else: the login script of the user may print a text."
            raise FileProblem("file_operation_unsupported", sentence) from None
        except (asyncssh.Error, OSError, EOFError) as error:
            raise failure_of_ssh(error) from error
        self._note(False, f"SSH_FXP_VERSION {self.handler.version}")

    async def ask(self, verb: str, path: str, request: Awaitable[Answer], *, more: str = "") -> Answer:
        """Send one request and wait for its answer.

        Args:
            more: what stands behind the path in the trace.

        Raises:
            FileProblem: the server says no.
            ConnectionFailed: the connection broke.
            TimeoutError: there is no answer.
        """
        self.say(f"{verb} {path}{more}")
        try:
            with self.named(path):
                answer = await self.within(request)
        except asyncssh.SFTPEOFError as error:
            self.said(sftp_status.status(error.code, error.reason))
            raise self.problem("file_error", path) from None
        self.said(sftp_status.status(sftp_status.OK))
        return answer

    async def entry_at(self, path: str) -> SFTPAttrs | None:
        """What is at a path, without following it; None where nothing is. It is written down as `ask` does.

        Raises:
            FileProblem: the server says no.
        """
        try:
            return await self.ask("lstat", path, self.handler.lstat(self.raw(path), 0))
        except FileProblem as problem:
            if problem.type == "file_not_found":
                return None
            raise

    async def look(self, path: str) -> SFTPAttrs | None:
        """What is at a path, without following it; None where that is not to be seen. It leaves no trace."""
        try:
            with self.named(path, is_quiet=True):
                return await self.within(self.handler.lstat(self.raw(path), 0))
        except (FileProblem, asyncssh.SFTPEOFError):
            return None

    async def within(self, request: Awaitable[Answer]) -> Answer:
        """The answer, if it comes in time."""
        async with asyncio.timeout(self._patience):
            return await request

    async def quietly(self, request: Awaitable[object]) -> None:
        """Ask for what need not succeed. It does not raise, leaves no trace, and does not wait long."""
        with suppress(asyncssh.Error, OSError):
            async with asyncio.timeout(min(_CLOSING_SECONDS, self._patience)):
                await request

    async def ahead(
        self, requests: Iterator[Coroutine[Any, Any, Answer]], path: str, depth: int
    ) -> AsyncIterator[Answer]:
        """The answers to requests in their order, of which `depth` are on their way at once. It ends at SSH_FX_EOF."""
        waiting: deque[asyncio.Task[Answer]] = deque()
        try:
            with self.named(path):
                while True:
                    while len(waiting) < depth and (request := next(requests, None)) is not None:
                        waiting.append(asyncio.create_task(request))
                    if not waiting:
                        return
                    yield await self.within(waiting.popleft())
        except asyncssh.SFTPEOFError:
            return
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def put_back(self, handle: bytes) -> None:
        """Close a handle. It does not raise, and does not wait long."""
        await self.quietly(self.handler.close(handle))

    async def close(self) -> None:
        """End the connection. It does not raise, and does not wait long."""
        self._connection.close()
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._connection.wait_closed()
        except (TimeoutError, asyncssh.Error, OSError):
            self._connection.abort()

    def raw(self, path: str) -> bytes:
        """A path in the encoding of the server's names.

        Raises:
            FileProblem: it cannot be written in it.
        """
        try:
            raw = path.encode(self._encoding)
        except UnicodeEncodeError:
            raise FileProblem("file_not_found", f"The name {printable(path)} has characters that the encoding of names "
                              f"({self._encoding}) does not have.") from None  # fmt: skip
        if b"\0" in raw:
            raise FileProblem("file_not_found", "A name has no character of the value zero.")
        return raw

    def text(self, raw: bytes) -> str:
        """A name or a path as text. Bytes that are no UTF-8 become U+FFFD; with Latin-1 there are no such bytes."""
        return raw.decode(self._encoding, "replace")

    def name(self, name: SFTPName) -> str:
        """The name that the server gives."""
        raw = name.filename
        return self.text(raw) if isinstance(raw, bytes) else raw

    def say(self, text: str) -> None:
        """Write down what is asked."""
        self._note(True, printable(text))

    def said(self, reply: Reply, before: str = "") -> None:
        """Keep and write down what was answered."""
        self.reply = reply
        self._note(False, f"{before}{reply.text}")

    def problem(self, type_: str, path: str) -> FileProblem:
        """A problem in words, with what the server said last."""
        text = _WORDS[type_].format(path=printable(path))
        if type_ == "file_not_found" and "\ufffd" in path:
            text += " If names on this server are in Latin-1, say so under Files."
        return FileProblem(type_, text, self.reply)

    @contextmanager
    def named(self, path: str, *, is_quiet: bool = False) -> Iterator[None]:
        """Give our names to what asyncssh raises. The end of a file or directory goes through."""
        try:
            yield
        except asyncssh.SFTPEOFError:
            raise
        except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection) as error:
            raise failure_of_ssh(error) from error
        except asyncssh.SFTPBadMessage as error:
            raise self._of_bad_message(error, path) from error
        except asyncssh.SFTPError as error:
            if not is_quiet:
                self.said(sftp_status.status(error.code, error.reason))
            raise self.problem(sftp_status.problem_type(error.code), path) from None
        except (asyncssh.Error, EOFError) as error:
            raise failure_of_ssh(error) from error

    def _of_bad_message(self, error: asyncssh.SFTPBadMessage, path: str) -> Exception:
        """OpenSSH says so of names that are too long; asyncssh, of answers that are none."""
        if self._connection.is_closed():
            return ConnectionFailed("ssh_error", printable(str(error)))
        self.said(sftp_status.status(error.code, error.reason))
        return self.problem("file_error", path)
