# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""FTP, and FTP over TLS (RFC 959, RFC 2389, RFC 3659, RFC 4217): the files of a server that has been logged in to.

This loads aioftp: import it where a source speaks FTP, and not at the top of a module.
"""

import asyncio
import posixpath
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from openconnector.core.clock import now
from openconnector.transports.files.control import Control
from openconnector.transports.files.data import DataConnections
from openconnector.transports.files.ftp_links import FtpLinks
from openconnector.transports.files.lines import (
    FactLines,
    Line,
    bytes_of,
    is_name,
    listed_lines,
    moment,
    own_facts_line,
)
from openconnector.transports.files.paths import name_of
from openconnector.transports.files.replies import problem_of
from openconnector.transports.files.session import FileProblem, RemoteEntry, Reply, Sink

MAX_LINE = 16 * 1024
"""Bytes of a line of a listing. What is longer is none."""

_REPLACEMENT = "\ufffd"
_FACTS = ("type", "size", "modify", "unix.mode")
_NOT_KNOWN = frozenset({500, 501, 502, 504})


class FtpSession:
    """An open connection to an FTP server: a `FileSession`.

    Names that are not of the encoding are shown with U+FFFD, and found again by what they are shown as.
    """

    protocol = "FTP"

    def __init__(self, control: Control, data: DataConnections, features: dict[str, str]) -> None:
        self._control = control
        self._data = data
        self._features = features
        self._has_facts = "MLST" in features or "MLSD" in features
        self._are_facts_chosen = False
        self._links = FtpLinks(control, self._facts_of if "MLST" in features else None, self._blocks)

    @property
    def reply(self) -> Reply | None:
        """What the server said last."""
        return self._control.reply

    @property
    def sent(self) -> int:
        """Bytes that were sent, of commands and of data."""
        return self._control.sent + self._data.sent

    @property
    def received(self) -> int:
        """Bytes that came, of replies and of data."""
        return self._control.received + self._data.received

    async def entries(self, path: str) -> AsyncGenerator[RemoteEntry, None]:
        """The entries of a directory, as they come, without `.` and `..`."""
        async with aclosing(self._batches(await self._located(path))) as batches:
            async for batch in batches:
                for entry in batch:
                    if entry.name.isascii():
                        yield entry
                    else:
                        yield replace(entry, name=self._control.shown(entry.name))

    async def stat(self, path: str) -> RemoteEntry:
        """One file or directory; links are followed, where the server follows them."""
        path = await self._located(path)
        name = self._control.shown(name_of(path)) or "/"
        line = await self._facts_of(path)
        if line is not None and line.entry.type != "link":
            return replace(line.entry, name=name)
        return await self._sized(path, name)

    async def real_path(self, path: str) -> str:
        """Where a path leads to when links are followed, as far as the server tells.

        It tells by the name of the directory that it has changed to, and by how it describes a link. There are servers
        that do neither: they show what a link leads to as if it were there.
        """
        return self._control.shown(await self._links.real_path(await self._located(path)))

    async def read(self, path: str, offset: int, sink: Sink) -> None:
        """Give the bytes of a file from `offset` on to `sink`, piece by piece."""
        path = await self._located(path)
        async with aclosing(self._data.receive(f"RETR {path}", offset)) as pieces:
            async for piece in pieces:
                await sink(piece)

    async def write(self, path: str, content: bytes) -> None:
        """Put a file, in place of the one that may be there."""
        await self._data.send(f"STOR {await self._located(path)}", content)

    async def delete(self, path: str) -> None:
        """Remove a file, or an empty directory."""
        path = await self._located(path)
        line = await self._facts_of(path)
        is_directory = line.entry.type == "directory" if line else await self._is_directory(path)
        if not is_directory:
            await self._control.demand(f"DELE {path}")
            return
        try:
            await self._control.demand(f"RMD {path}")
        except FileProblem as problem:
            if problem.type == "file_error" and await self._has_entries(path):
                raise FileProblem("file_directory_not_empty", str(problem), problem.reply) from None
            raise

    async def make_directory(self, path: str) -> None:
        """Make a directory."""
        path = await self._located(path)
        try:
            await self._control.demand(f"MKD {path}")
        except FileProblem as problem:
            if problem.type == "file_error" and await self._exists(path):
                raise FileProblem("file_exists", str(problem), problem.reply) from None
            raise

    async def rename(self, path: str, destination: str) -> None:
        """Give a file or directory another path. What is there already is not replaced."""
        destination = await self._located(destination)
        if await self._exists(destination):
            raise FileProblem("file_exists", f"There is a {self._control.shown(destination)} already.")
        await self._control.demand(f"RNFR {await self._located(path)}", 350)
        await self._control.demand(f"RNTO {destination}")

    async def close(self) -> None:
        """Say goodbye, and close. It does not raise, and does not wait long."""
        await self._control.goodbye()

    # Directories.

    async def _batches(self, path: str) -> AsyncGenerator[list[RemoteEntry], None]:
        """The entries of a directory with their names as the server writes them, as many at a time as come."""
        if self._has_facts:
            try:
                await self._choose_facts()
                reader = FactLines()
                async with aclosing(self._blocks(f"MLSD {path}")) as blocks:
                    async for block in blocks:
                        yield reader.entries(block)
            except FileProblem as problem:
                if problem.reply is None or problem.reply.code not in (500, 502):
                    raise
                self._has_facts = False
            else:
                return
        await self._control.demand(f"CWD {path}")  # a path behind LIST would be read as a pattern, or as options
        async with aclosing(self._blocks("LIST")) as blocks:
            async for block in blocks:
                yield [line.entry for line in listed_lines(block, now()) if is_name(line.entry.name)]

    async def _blocks(self, command: str) -> AsyncGenerator[str, None]:
        """What a command gives, in whole lines, without the end of the last one."""
        rest, encoding = b"", self._control.encoding
        async with aclosing(self._data.receive(command)) as pieces:
            async for piece in pieces:
                whole, end, rest = (rest + piece).rpartition(b"\n")
                if end:
                    yield whole.decode(encoding, "surrogateescape")
                elif len(rest) > MAX_LINE:
                    rest = b""
                await asyncio.sleep(0)  # others wait for the loop
        if rest:
            yield rest.decode(encoding, "surrogateescape")

    async def _choose_facts(self) -> None:
        """Ask for the facts that are shown, where the server has them and would not give them (RFC 3659, 7.9)."""
        offered = [fact for fact in self._features.get("MLST", "").lower().split(";") if fact]
        if self._are_facts_chosen or "unix.mode" not in offered:
            return
        self._are_facts_chosen = True
        chosen = [fact for fact in _FACTS if fact in offered or f"{fact}*" in offered]
        await self._control.ask(f"OPTS MLST {';'.join(chosen)};")

    # Single files.

    async def _facts_of(self, path: str) -> Line | None:
        """What MLST says of a path, without following it; None where the server has no MLST."""
        if "MLST" not in self._features:
            return None
        await self._choose_facts()
        answer = await self._control.ask(f"MLST {path}")
        if answer.code in _NOT_KNOWN:
            return None
        if not answer.is_positive:
            raise problem_of("MLST", answer.reply)
        for text in answer.lines[1:-1]:
            line = own_facts_line(text.removeprefix(" "))
            if line is not None:
                return line
        return None

    async def _sized(self, path: str, name: str) -> RemoteEntry:
        """What can be found without MLST."""
        size = await self._control.ask(f"SIZE {path}")
        if not size.is_positive and await self._is_directory(path):
            return RemoteEntry(name, "directory")
        if not size.is_positive and size.code not in _NOT_KNOWN:
            raise problem_of("SIZE", size.reply)
        time = await self._control.ask(f"MDTM {path}")
        modified_at = moment(time.lines[-1].strip()) if time.is_positive else None
        length = bytes_of(size.lines[-1].strip()) if size.is_positive else None
        return RemoteEntry(name, "file", length, modified_at)

    async def _is_directory(self, path: str) -> bool:
        return (await self._control.ask(f"CWD {path}")).is_positive

    async def _has_entries(self, path: str) -> bool:
        async with aclosing(self._batches(path)) as batches:
            async for batch in batches:
                if batch:
                    return True
        return False

    async def _exists(self, path: str) -> bool:
        try:
            found = await self.stat(path)
        except FileProblem as problem:
            if problem.type in ("file_not_found", "file_not_a_directory"):
                return False
            raise
        return found.type == "directory" or found.size is not None or found.modified_at is not None

    # Names.

    async def _located(self, path: str) -> str:
        """The path as the server has it: names that were shown with U+FFFD are looked up."""
        if _REPLACEMENT not in path:
            return path
        found = "/"
        for name in path.strip("/").split("/"):
            found = posixpath.join(found, await self._own_name(found, name) if _REPLACEMENT in name else name)
        return found

    async def _own_name(self, directory: str, shown: str) -> str:
        names = set()
        async with aclosing(self._batches(directory)) as batches:
            async for batch in batches:
                names |= {entry.name for entry in batch if self._control.shown(entry.name) == shown}
        if len(names) > 1:
            raise FileProblem("file_not_found", f"{len(names)} names are shown as {shown}. Rename them on the server.")
        return names.pop() if names else shown
