# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads and writes whole files over SFTP, with many requests on their way at once."""

import secrets
from contextlib import suppress

import asyncssh
from asyncssh.constants import FXF_CREAT, FXF_EXCL, FXF_READ, FXF_TRUNC, FXF_WRITE
from asyncssh.sftp import SFTPAttrs

from openconnector.egress.errors import ConnectionFailed
from openconnector.transports.files import sftp_status
from openconnector.transports.files.session import FileProblem, Sink
from openconnector.transports.files.sftp_channel import SftpChannel
from openconnector.transports.files.sftp_entries import type_of

PIECE = 64 * 1024
PIECES_AHEAD = 32
"""Bytes that are asked for at once, and how many such requests are on their way: 2 MiB fill most lines."""

MAX_NAME = 200
"""Bytes of a name that a temporary name is made of: 255 are the most that file systems take."""


async def read_file(channel: SftpChannel, path: str, attributes: SFTPAttrs, offset: int, sink: Sink) -> None:
    """Give the bytes of a file from `offset` on to `sink`, in their order.

    Args:
        attributes: of the file, links followed.

    Raises:
        FileProblem: there is no such file, it may not be read, or it became shorter meanwhile.
    """
    _refuse_unreadable(channel, path, attributes)
    size = attributes.size or 0
    handle = await channel.ask("open", path, channel.handler.open(channel.raw(path), FXF_READ, SFTPAttrs()))
    channel.say(f"read {path} from {offset}")
    at = offset
    try:
        length = min(PIECE, channel.handler.limits.max_read_len)
        # A file that is made while it is read, such as those in /proc, has a size of nothing.
        begins = range(offset, size, length) if size else range(offset, 2**63, length)
        pieces = (_piece(channel, handle, begin, min(length, size - begin) if size else length) for begin in begins)
        async for piece in channel.ahead(pieces, path, PIECES_AHEAD if size else 1):
            if not piece:
                break
            at += len(piece)
            await sink(piece)
            if len(piece) < length:
                break
        channel.said(sftp_status.status(sftp_status.OK), f"{at - offset} bytes, ")
    finally:
        await channel.put_back(handle)
    if at < size:
        raise FileProblem("transfer_aborted", f"The file became shorter while it was read: {at} of {size} bytes came.")


async def write_file(channel: SftpChannel, path: str, content: bytes) -> None:
    """Put a file, in place of the one that may be there.

    Where the server replaces a file in one step, others see the former or the new one, and never a part of it.

    Raises:
        FileProblem: it may not be written, there is no such directory, or no space.
    """
    former = await channel.entry_at(path)
    if former is not None and type_of(former) == "directory":
        raise channel.problem("file_is_a_directory", path)
    if channel.handler._supports_posix_rename and await _replace(channel, path, content, former):  # noqa: SLF001
        return
    await _put(channel, path, content, FXF_WRITE | FXF_CREAT | FXF_TRUNC)


async def _replace(channel: SftpChannel, path: str, content: bytes, former: SFTPAttrs | None) -> bool:
    """Write to a temporary name and rename; False: the user may not write other names, or not rename."""
    parent, _, name = path.rpartition("/")
    stem = channel.text(channel.raw(name)[:MAX_NAME]).rstrip("\ufffd")
    temporary = f"{parent}/.{stem}.{secrets.token_hex(4)}.part"
    handler = channel.handler
    try:
        await _put(channel, temporary, content, FXF_WRITE | FXF_CREAT | FXF_EXCL, former)
        request = handler.posix_rename(channel.raw(temporary), channel.raw(path))
        await channel.ask("posix-rename@openssh.com", temporary, request, more=f" to {path}")
    except BaseException as error:
        await channel.quietly(handler.remove(channel.raw(temporary)))
        if isinstance(error, FileProblem) and error.type in ("file_permission_denied", "file_operation_unsupported"):
            return False
        raise
    return True


async def _put(channel: SftpChannel, path: str, content: bytes, flags: int, former: SFTPAttrs | None = None) -> None:
    """Write a file, with the permissions of the one whose place it takes."""
    handler = channel.handler
    handle = await channel.ask("open", path, handler.open(channel.raw(path), flags, SFTPAttrs()), more=" for writing")
    try:
        if former is not None and former.permissions is not None:
            wanted = SFTPAttrs(permissions=former.permissions & 0o777)
            await channel.quietly(handler.fsetstat(handle, wanted))
        channel.say(f"write {path}")
        length = min(PIECE, handler.limits.max_write_len)
        pieces = (handler.write(handle, at, content[at : at + length]) for at in range(0, len(content), length))
        try:
            async for _ in channel.ahead(pieces, path, PIECES_AHEAD):
                pass
        except FileProblem as problem:
            if problem.type == "file_error" and await _is_full(channel, handle):
                raise channel.problem("file_no_space", path) from None
            raise
        channel.said(sftp_status.status(sftp_status.OK), f"{len(content)} bytes, ")
    except BaseException:
        await channel.put_back(handle)
        raise
    await channel.ask("close", path, handler.close(handle))  # some servers notice only now that a disk is full


async def _is_full(channel: SftpChannel, handle: bytes) -> bool:
    """Whether nothing is left on the file system: version 3 has no status that says so."""
    with suppress(asyncssh.Error, OSError):
        found = await channel.within(channel.handler.fstatvfs(handle))
        return not found.bavail
    return False


async def _piece(channel: SftpChannel, handle: bytes, at: int, length: int) -> bytes:
    """`length` bytes, or what there is. A server may give less than it was asked for."""
    piece = b""
    while len(piece) < length:
        try:
            more, _ = await channel.handler.read(handle, at + len(piece), length - len(piece))
        except asyncssh.SFTPEOFError:
            break
        if not more or len(more) > length - len(piece):
            raise ConnectionFailed("ssh_error", "The server sends another number of bytes than it was asked for.")
        piece += more
    return piece


def _refuse_unreadable(channel: SftpChannel, path: str, attributes: SFTPAttrs) -> None:
    kind = type_of(attributes)
    if kind == "directory":
        raise channel.problem("file_is_a_directory", path)
    if kind != "file":
        raise FileProblem("file_operation_unsupported", f"{path} is neither a file nor a directory.", channel.reply)
