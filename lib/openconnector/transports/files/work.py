# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One operation on the files of a server, while it is done: over one session, or over several in a row."""

from collections.abc import AsyncIterator

from openconnector.core.clock import stopwatch
from openconnector.transports.exchange import Failure, Headers, ReceivedResponse
from openconnector.transports.files.bodies import JSON, FileBody, ListingBody, headers_of, json_of
from openconnector.transports.files.operation import FileOperation, Listing
from openconnector.transports.files.paths import absolute, check_inside
from openconnector.transports.files.session import FileAccess, FileProblem, FileSession, RemoteEntry, Reply, Sink

MAX_ENTRIES = 200_000
"""Entries of a directory that are read."""

_BROKEN = frozenset(
    {
        "transfer_aborted",
        "data_connection_failed",
        "connection_reset",
        "connection_refused",
        "connection_failed",
        "connect_timeout",
        "host_unreachable",
        "read_timeout",
        "ssh_timeout",
        "tls_timeout",
    }
)
"""What a download may be continued after, when a part of it has come."""


class Work:
    """Does an operation, and knows how far it has come.

    Attributes:
        first_at: `stopwatch()` of the first piece of the answer in this session.
        send_ms: milliseconds for which content was sent.
        listing: what `LIST` has found.
    """

    def __init__(self, operation: FileOperation, access: FileAccess, sink: Sink | None) -> None:
        self._operation = operation
        self._access = access
        self._path = "/"
        self._file = FileBody(access.limits, sink)
        self._entries = ListingBody(access.limits)
        self._entry: RemoteEntry | None = None
        self._has_changed = False
        self._is_read = False
        self.first_at: float | None = None
        self.send_ms: float | None = None
        self.listing: Listing | None = None

    async def run(self, session: FileSession) -> None:
        """Do it, or what is left of it.

        Raises:
            FileProblem, ConnectionFailed, ExchangeFailed, OSError, TimeoutError: as the session does.
            SinkFailed: the sink does not take what comes.
        """
        operation, path = self._operation, self._path
        await check_inside(session, self._access.root, path, operation.method)
        match operation.method:
            case "GET":
                await self._get(session)
            case "HEAD":
                self._entry = await session.stat(path)
            case "LIST":
                await self._list(session)
            case "PUT":
                started = stopwatch()
                await session.write(path, operation.content)
                self.send_ms = stopwatch() - started
            case "DELETE":
                await session.delete(path)
            case "MKCOL":
                await session.make_directory(path)
            case "MOVE":
                destination = absolute(self._access.root, operation.destination or "")
                await check_inside(session, self._access.root, destination, "MOVE")
                await session.rename(path, destination)

    def locate(self) -> None:
        """Look at the paths before anything is connected.

        Raises:
            FileProblem: one of them leads out of the root.
        """
        self.first_at = None
        self._path = absolute(self._access.root, self._operation.path)
        if self._operation.destination is not None:
            absolute(self._access.root, self._operation.destination)

    @property
    def has_part(self) -> bool:
        """Whether a part of a file has come."""
        return self._file.size > 0

    def may_go_on(self, failure: Failure | None) -> bool:
        """Whether another session may bring the rest."""
        return failure is not None and failure.type in _BROKEN and self.has_part and not self._has_changed

    def response(self, reply: Reply, protocol: str) -> ReceivedResponse:
        """What has come so far."""
        headers, body, size = self._answer()
        return ReceivedResponse(reply.code, reply.text, protocol, headers, body, size, size)

    def _answer(self) -> tuple[Headers, bytes, int]:
        method, entry = self._operation.method, self._entry
        if method == "GET" and entry is not None and (self.has_part or self._is_read):
            return headers_of(entry), self._file.kept, self._file.size
        if method == "HEAD" and entry is not None:
            body = json_of(entry).encode()
            return [("Content-Type", JSON), *headers_of(entry)[1:]], body, len(body)
        if method == "LIST" and self.listing is not None:
            size = self._entries.size
            return [("Content-Type", JSON), ("Content-Length", str(size))], self._entries.kept, size
        return [], b"", 0

    async def _get(self, session: FileSession) -> None:
        entry = await session.stat(self._path)
        if entry.type == "directory":
            raise FileProblem("file_is_a_directory", f"{self._operation.path} is a directory.")
        known, so_far = self._entry, self._file.size
        if known is not None and (known.size, known.modified_at) != (entry.size, entry.modified_at):
            self._has_changed = True
            raise FileProblem("transfer_aborted", "The file has changed since its transfer began.", session.reply)
        self._entry = entry
        if so_far and so_far == entry.size:
            self._is_read = True  # all of it had come, and only the reply was lost
            return
        await session.read(self._path, so_far, self._take)
        if entry.size is not None and self._file.size < entry.size:
            message = f"The server says that it has sent the file, but {self._file.size} of {entry.size} bytes came."
            raise FileProblem("transfer_aborted", message, session.reply)
        self._is_read = True

    async def _take(self, piece: bytes) -> None:
        self._note_first()
        await self._file.add(piece)

    async def _list(self, session: FileSession) -> None:
        found: list[RemoteEntry] = []
        listing = Listing(found, is_complete=True)
        entries = session.entries(self._path)
        try:
            async for entry in entries:
                if not found:
                    self._note_first()
                if len(found) == MAX_ENTRIES:
                    listing = Listing(found, is_complete=False)
                    break
                found.append(entry)
                self._entries.add(entry)
        finally:
            await _close(entries)
        self.listing = listing

    def _note_first(self) -> None:
        if self.first_at is None:
            self.first_at = stopwatch()


async def _close(entries: AsyncIterator[RemoteEntry]) -> None:
    """End a listing in the middle, and not when its generator is collected."""
    close = getattr(entries, "aclose", None)
    if close is not None:
        await close()
