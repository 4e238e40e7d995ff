# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""SFTP (draft-ietf-secsh-filexfer-02): the files of an SSH server.

This loads megabytes: import it where a source speaks SFTP, and not at the top of a module.
"""

import socket
from collections.abc import AsyncIterator
from contextlib import suppress

from asyncssh.sftp import SFTPAttrs

from openconnector.transports.files import sftp_status
from openconnector.transports.files.session import FileAccess, FileProblem, HostKeyPin, RemoteEntry, Reply, Sink
from openconnector.transports.files.sftp_channel import SftpChannel
from openconnector.transports.files.sftp_entries import entry_of, type_of
from openconnector.transports.files.sftp_paths import real_path
from openconnector.transports.files.sftp_transfer import read_file, write_file
from openconnector.transports.files.ssh import open_connection
from openconnector.transports.files.ssh_login import Note, Shown

LISTS_AHEAD = 4
"""Pieces of a directory that are asked for at once. Most servers put a hundred names into each."""


async def open_sftp(access: FileAccess, connected: socket.socket, note: Note, shown: Shown) -> "SftpSession":
    """A session over a connected socket, after the login. The socket is closed where that fails.

    Args:
        note: takes the lines of the trace.
        shown: takes the key of the server, before a credential is sent. What it raises ends the session.

    Raises:
        FileProblem: `host_key_changed`, `login_refused`, or there is no SFTP.
        ConnectionFailed: the other side speaks no SSH, or hangs up.
        TimeoutError: nothing comes in time.
    """
    keys: list[HostKeyPin] = []

    async def keep(pin: HostKeyPin) -> None:
        keys.append(pin)
        told = shown(pin)
        if told is not None:
            await told

    connection = await open_connection(access, connected, note, keep)
    channel = SftpChannel(connection, access, note)
    try:
        await channel.begin()
    except BaseException:
        await channel.close()
        raise
    return SftpSession(channel, keys[-1])


class SftpSession:
    """An open connection to an SFTP server: a `FileSession`.

    Attributes:
        host_key: what the server has shown.
    """

    def __init__(self, channel: SftpChannel, host_key: HostKeyPin) -> None:
        self._channel = channel
        self._handler = channel.handler
        self._looked_at: tuple[str, SFTPAttrs] | None = None
        self.host_key = host_key
        self.protocol = f"SFTP/{channel.handler.version}"

    @property
    def reply(self) -> Reply | None:
        """The status of the last operation."""
        return self._channel.reply

    async def entries(self, path: str) -> AsyncIterator[RemoteEntry]:
        """The entries of a directory, as they come, without `.` and `..`. Where links lead to is not looked at."""
        channel, count = self._channel, 0
        try:
            handle = await channel.ask("opendir", path, self._handler.opendir(channel.raw(path)))
        except FileProblem as problem:
            raise await self._not_listed(path, problem) from None
        channel.say(f"readdir {path}")
        try:
            pieces = (self._handler.readdir(handle) for _ in iter(int, 1))
            async for names, _ in channel.ahead(pieces, path, LISTS_AHEAD):
                for name in names:
                    if name.filename not in (b".", b".."):
                        count += 1
                        yield entry_of(channel.name(name), name.attrs)
            channel.said(sftp_status.status(sftp_status.OK), f"{count} names, ")
        except FileProblem as problem:
            raise await self._not_listed(path, problem) from None
        finally:
            await channel.put_back(handle)

    async def stat(self, path: str) -> RemoteEntry:
        """One file or directory; links are followed."""
        attributes = await self._attributes(path)
        self._looked_at = (path, attributes)
        return entry_of(path.rstrip("/").rpartition("/")[2] or "/", attributes)

    async def real_path(self, path: str) -> str:
        """Where a path leads to when links are followed, absolute. Its last name need not be there."""
        return await real_path(self._channel, path)

    async def read(self, path: str, offset: int, sink: Sink) -> None:
        """Give the bytes of a file from `offset` on to `sink`, piece by piece."""
        known, self._looked_at = self._looked_at, None
        attributes = known[1] if known is not None and known[0] == path else await self._attributes(path)
        await read_file(self._channel, path, attributes, offset, sink)

    async def write(self, path: str, content: bytes) -> None:
        """Put a file, in place of the one that may be there."""
        await write_file(self._channel, path, content)

    async def delete(self, path: str) -> None:
        """Remove a file, a link or an empty directory."""
        channel, raw = self._channel, self._channel.raw(path)
        attributes = await channel.ask("lstat", path, self._handler.lstat(raw, 0))
        if type_of(attributes) != "directory":
            await channel.ask("remove", path, self._handler.remove(raw))
            return
        try:
            await channel.ask("rmdir", path, self._handler.rmdir(raw))
        except FileProblem as problem:
            if problem.type == "file_error" and await self._has_entries(path):
                raise self._better(problem, "file_directory_not_empty", path) from None
            raise

    async def make_directory(self, path: str) -> None:
        """Make a directory."""
        channel = self._channel
        try:
            await channel.ask("mkdir", path, self._handler.mkdir(channel.raw(path), SFTPAttrs()))
        except FileProblem as problem:
            if problem.type == "file_error" and await channel.look(path) is not None:
                raise self._better(problem, "file_exists", path) from None
            raise

    async def rename(self, path: str, destination: str) -> None:
        """Give a file or directory another path. What is there already is not replaced, whatever the server does."""
        channel = self._channel
        if await channel.entry_at(destination) is not None:
            raise channel.problem("file_exists", destination)
        request = self._handler.rename(channel.raw(path), channel.raw(destination), 0)
        await channel.ask("rename", path, request, more=f" to {destination}")

    async def close(self) -> None:
        """Say goodbye, and close. It does not raise, and does not wait long."""
        await self._channel.close()

    async def _attributes(self, path: str) -> SFTPAttrs:
        return await self._channel.ask("stat", path, self._handler.stat(self._channel.raw(path), 0))

    async def _has_entries(self, path: str) -> bool:
        with suppress(FileProblem):
            async for _ in self.entries(path):
                return True
        return False

    async def _not_listed(self, path: str, problem: FileProblem) -> FileProblem:
        """OpenSSH says that a file does not exist where it is no directory."""
        if problem.type in ("file_not_found", "file_error"):
            with suppress(FileProblem):
                if type_of(await self._attributes(path)) != "directory":
                    return self._better(problem, "file_not_a_directory", path)
        self._channel.reply = problem.reply
        return problem

    def _better(self, problem: FileProblem, type_: str, path: str) -> FileProblem:
        """The same answer of the server under a name that says more."""
        self._channel.reply = problem.reply
        return self._channel.problem(type_, path)
