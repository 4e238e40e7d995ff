# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The control connection of FTP (RFC 959, section 2.3): commands and replies, one after the other."""

from dataclasses import dataclass

import aioftp

from openconnector.egress.stream import Stream
from openconnector.transports.failure import ExchangeFailed
from openconnector.transports.files.replies import problem_of
from openconnector.transports.files.session import FileProblem, Reply
from openconnector.transports.files.trace import Trace

MAX_LINE = 16 * 1024
MAX_LINES = 2000
"""Bytes of a line, and lines of a reply."""

MAX_TEXT = 1000
"""Characters of a reply that are kept as its text."""

FAREWELL_SECONDS = 0.5

_CODE_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole reply.

    Attributes:
        lines: what stands behind the codes. Bytes that are not of the encoding are lone surrogates (PEP 383).
    """

    reply: Reply
    lines: list[str]

    @property
    def code(self) -> int:
        return self.reply.code

    @property
    def is_preliminary(self) -> bool:
        return self.code < 200  # noqa: PLR2004  # RFC 959, section 4.2

    @property
    def is_positive(self) -> bool:
        return 200 <= self.code < 300  # noqa: PLR2004


class Control(aioftp.Client):
    """Says commands and hears replies. aioftp reads what some of them say.

    Attributes:
        wire: the connection; TLS may begin on it.
        reply: what the server said last.
        sent, received: bytes so far.
        owes_reply: the server has still to say what became of a transfer that nobody waited for.
    """

    def __init__(self, wire: Stream, encoding: str, patience: float, trace: Trace) -> None:
        super().__init__(encoding=encoding)
        self.wire = wire
        self.reply: Reply | None = None
        self.sent = 0
        self.received = 0
        self.owes_reply = False
        self._patience = patience
        self._trace = trace
        self._buffer = b""

    @property
    def has_unread(self) -> bool:
        """Whether something has come that nobody asked for."""
        return bool(self._buffer) or self.wire.has_unread

    async def ask(self, command: str) -> Answer:
        """Say a command and wait for its reply.

        Raises:
            TimeoutError, OSError: there is none.
            ExchangeFailed: what comes is no reply.
        """
        await self.say(command)
        return await self.hear()

    async def demand(self, command: str, *more: int) -> Answer:
        """The same, for a command that must succeed.

        Args:
            more: codes that are good, beside those of completion (2xx).

        Raises:
            FileProblem: the server refuses.
        """
        answer = await self.ask(command)
        if answer.is_positive or answer.code in more:
            return answer
        raise problem_of(command.partition(" ")[0], answer.reply)

    async def say(self, command: str) -> None:
        """Send a command."""
        if any(letter in command for letter in "\r\n\0"):  # which would begin another command
            raise FileProblem("file_error", "A command of FTP cannot contain a line break.")
        if self.owes_reply:
            self.owes_reply = False
            await self.hear()
        self._trace.note(True, self.shown(command))
        line = self._encoded(command) + b"\r\n"
        self.sent += len(line)
        await self.wire.write(line, self._patience)

    async def hear(self, patience: float | None = None) -> Answer:
        """Wait for a reply, which may have many lines."""
        first = await self._line(patience)
        code = first[:_CODE_DIGITS]
        if not (code.isascii() and code.isdigit()) or first[_CODE_DIGITS : _CODE_DIGITS + 1] not in ("", " ", "-"):
            raise ExchangeFailed("ftp_not_spoken", f"It says: {first[:200]!a}.")
        lines = [first[_CODE_DIGITS + 1 :]]
        if first[_CODE_DIGITS:].startswith("-"):
            while not (line := await self._line(patience)).startswith(f"{code} ") and line != code:
                lines.append(line.removeprefix(f"{code}-"))
                if len(lines) > MAX_LINES:
                    raise ExchangeFailed("ftp_not_spoken", f"A reply of the server has more than {MAX_LINES} lines.")
            lines.append(line[_CODE_DIGITS + 1 :])
        text = " ".join(self.shown(line).strip() for line in lines[:20])
        self.reply = Reply(int(code), text[:MAX_TEXT].strip())
        return Answer(self.reply, lines)

    async def goodbye(self) -> None:
        """End the session. What the server says to that is not waited for long."""
        self.owes_reply = False
        try:
            await self.say("QUIT")
            while not (await self.hear(FAREWELL_SECONDS)).is_positive:
                pass
        except (OSError, ExchangeFailed):
            pass
        finally:
            self.wire.abort()

    def shown(self, text: str) -> str:
        """A text for people: what is not of the encoding becomes U+FFFD."""
        return text if text.isascii() else self.raw(text).decode(self.encoding, "replace")

    def raw(self, text: str) -> bytes:
        """The bytes that a text of the server was made of."""
        return text.encode(self.encoding, "surrogateescape")

    def _encoded(self, command: str) -> bytes:
        try:
            return self.raw(command)
        except UnicodeEncodeError:  # Latin-1 has no such letter
            return command.encode(errors="surrogateescape")

    async def _line(self, patience: float | None) -> str:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > MAX_LINE:
                raise ExchangeFailed("ftp_not_spoken", f"A line of the server is longer than {MAX_LINE} bytes.")
            piece = await self.wire.read(patience or self._patience)
            if not piece:
                raise ConnectionResetError("The server closed the control connection.")
            self.received += len(piece)
            self._buffer += piece
        raw, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
        line = raw.rstrip(b"\r").decode(self.encoding, "surrogateescape")
        self._trace.note(False, self.shown(line))
        return line
