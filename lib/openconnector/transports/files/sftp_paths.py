# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a path of an SFTP server leads to.

OpenSSH follows links when it is asked for a real path; others only tidy the path up. So the parts of what a server
answers are looked at once more, and links among them are followed here.
"""

import asyncio
from itertools import accumulate

from openconnector.transports.files.session import FileProblem
from openconnector.transports.files.sftp_channel import SftpChannel
from openconnector.transports.files.sftp_entries import type_of

MAX_LINKS = 40
"""Links on the way of a path, as in Linux."""

MAX_PARTS = 100
"""Names in a path."""


async def real_path(channel: SftpChannel, path: str) -> str:
    """Where a path leads to when links are followed, absolute. Its last name need not be there.

    Raises:
        FileProblem: a directory on the way is not there, or there are too many links.
    """
    for _ in range(MAX_LINKS):
        real = await _told(channel, path)
        link = await _first_link(channel, real)
        if link is None:
            return real
        names = await channel.ask("readlink", link, channel.handler.readlink(channel.raw(link)))
        target = channel.name(names[0][0])
        parent = link.rpartition("/")[0]
        path = (target if target.startswith("/") else f"{parent}/{target}") + real.removeprefix(link)
    raise FileProblem("file_error", "There are too many links on the way to this path.", channel.reply)


async def _told(channel: SftpChannel, path: str) -> str:
    """What the server says. Some say nothing where the last name is not there: then it is asked for the directory."""
    try:
        return await _asked(channel, path)
    except FileProblem as problem:
        parent, _, name = path.rstrip("/").rpartition("/")
        if problem.type != "file_not_found" or name in ("", ".", ".."):
            raise
        return f"{(await _asked(channel, parent or '/')).rstrip('/')}/{name}"


async def _asked(channel: SftpChannel, path: str) -> str:
    names, _ = await channel.ask("realpath", path, channel.handler.realpath(channel.raw(path)))
    real = channel.name(names[0]) if names else ""
    if not real.startswith("/"):
        raise FileProblem("file_error", f"The server does not say where {path} leads to.", channel.reply)
    return real.rstrip("/") or "/"


async def _first_link(channel: SftpChannel, path: str) -> str | None:
    """The first part of a path that is a link. What cannot be looked at is taken for none."""
    parts = [f"/{part}" for part in path.split("/") if part]
    if len(parts) > MAX_PARTS:
        raise FileProblem("file_error", f"The path has more than {MAX_PARTS} parts.", channel.reply)
    ways = list(accumulate(parts))
    found = await asyncio.gather(*(channel.look(way) for way in ways))
    return next((way for way, seen in zip(ways, found, strict=True) if seen and type_of(seen) == "link"), None)
