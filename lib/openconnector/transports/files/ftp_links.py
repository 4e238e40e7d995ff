# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where links on an FTP server lead to. FTP has no word for that: it is pieced together from what servers show."""

import posixpath
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from openconnector.core.clock import now
from openconnector.transports.files.control import Control
from openconnector.transports.files.lines import Line, listed_lines
from openconnector.transports.files.paths import followed, name_of, parent_of
from openconnector.transports.files.session import FileProblem

MAX_LINKS = 16
"""Links on the way of a path."""

_PLAIN_NAME = re.compile(r"[\w.][\w.-]*", re.ASCII)
"""A name that LIST takes for a name: not for an option, not for a pattern."""


class FtpLinks:
    """Follows the links of a path.

    Args:
        facts: what MLST says of a path; None where the server does not know it.
        blocks: the lines that a command gives.
    """

    def __init__(
        self,
        control: Control,
        facts: Callable[[str], Awaitable[Line | None]] | None,
        blocks: Callable[[str], AsyncGenerator[str, None]],
    ) -> None:
        self._control = control
        self._facts = facts
        self._blocks = blocks
        self._unlinked = {"/"}

    async def real_path(self, path: str) -> str:
        """Where an absolute path leads to, as far as the server tells.

        It tells by how it calls the directory that it has changed to, and by how it describes a link.

        Raises:
            FileProblem: it does not say where a link leads; or there are too many.
        """
        return await self._real(path, MAX_LINKS)

    async def _real(self, path: str, remaining: int) -> str:
        if path in self._unlinked:
            return path
        if remaining == 0:
            message = "There are too many links on the way to this path."
            raise FileProblem("file_error", message, self._control.reply)
        directory = await self._directory(path)
        if directory is not None and directory != path:
            return directory
        if directory is None:
            parent = await self._real(parent_of(path), remaining)
            path = posixpath.join(parent, name_of(path))
            link = await self._link_at(path)
        else:
            link = await self._link_on(path)
        if link is None:
            return path
        at, target = link
        return await self._real(followed(at, target) + path[len(at) :], remaining - 1)

    async def _directory(self, path: str) -> str | None:
        """How the server calls a directory that it has changed to; None: it is none."""
        if not (await self._control.ask(f"CWD {path}")).is_positive:
            return None
        answer = await self._control.demand("PWD")
        said = str(self._control.parse_directory_response(answer.lines[-1]))
        return posixpath.normpath("/" + said.lstrip("/"))

    async def _link_on(self, path: str) -> tuple[str, str] | None:
        """The first link on the way to a directory, and its target, where the server describes links."""
        names = path.strip("/").split("/") if self._facts else []
        for count in range(1, len(names) + 1):
            prefix = "/" + "/".join(names[:count])
            if prefix not in self._unlinked:
                link = await self._link_at(prefix)
                if link is not None:
                    return link
                self._unlinked.add(prefix)
        return None

    async def _link_at(self, path: str) -> tuple[str, str] | None:
        """The path with its target, if it is a link itself."""
        line = await self._described(path) if self._facts else await self._listed(path)
        if line is None or line.entry.type != "link":
            return None
        if line.target is None:  # MLST need not tell it, where LIST does
            line = await self._listed(path) or line
        if line.target is None:
            raise FileProblem("file_path_leaves_root", f"{path} is a link, and the server does not say where it leads.")
        return path, line.target

    async def _described(self, path: str) -> Line | None:
        try:
            return await self._facts(path) if self._facts else None
        except FileProblem:
            return None  # there is nothing

    async def _listed(self, path: str) -> Line | None:
        """The line of LIST for a path; None where there is none."""
        name = name_of(path)
        await self._control.demand(f"CWD {parent_of(path)}")
        if _PLAIN_NAME.fullmatch(name):
            try:
                line = await self._line_of(f"LIST {name}", name)
            except FileProblem as problem:
                if problem.type == "file_not_found":
                    return None
                line = None
            if line is not None:
                return line
        # vsftpd shows links in a directory, and none that is asked for by its name.
        return await self._line_of("LIST -a" if name.startswith(".") else "LIST", name)

    async def _line_of(self, command: str, name: str) -> Line | None:
        async with aclosing(self._blocks(command)) as blocks:
            async for block in blocks:
                for line in listed_lines(block, now()):
                    if line.entry.name == name:
                        return line
        return None
