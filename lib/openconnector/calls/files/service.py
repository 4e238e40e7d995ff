# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads directories and files for people: a part of a directory at a time, a file as a download."""

import asyncio
import tempfile
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from openconnector.calls.files.attempts import FileAttempts, is_directory
from openconnector.calls.files.listings import Listings, part_of
from openconnector.calls.progress import Progress
from openconnector.calls.schemas import CallRequest, ListingRead, ListingRequest
from openconnector.calls.service import CallService
from openconnector.core.errors import Conflict, InvalidInput
from openconnector.core.phrases import Phrase, phrase
from openconnector.egress.policy import EgressPolicy
from openconnector.logs.entries import CallEntry
from openconnector.logs.schemas import Trigger
from openconnector.logs.shown import show_call
from openconnector.sources.opened import OpenSource
from openconnector.transports.files.operation import Listing
from openconnector.vault.redaction import Redactor

MAX_DOWNLOAD = 2 * 1024**3
"""Bytes of a file that is downloaded through OpenConnector."""

MANY_ENTRIES = 5000
"""Entries above which sorting leaves the event loop."""


@dataclass(slots=True)
class Download:
    """A file that has been read, on the disk of this machine until it is closed."""

    file: IO[bytes]
    size: int


class _TooLargeError(OSError):
    """The file is larger than what is passed on."""


class FileService:
    """One instance serves a process."""

    def __init__(self, calls: CallService, attempts: FileAttempts) -> None:
        self._calls = calls
        self._attempts = attempts
        self._listings = Listings()

    async def list(self, source: OpenSource, wanted: ListingRequest, trigger: Trigger) -> ListingRead:
        """A part of a directory. A call is made unless the listing is kept that the request names.

        Raises:
            Conflict: the source has no files.
        """
        _check_type(source)
        kept = self._listings.find(wanted.listing_id, source, wanted.path) if wanted.listing_id else None
        if kept is not None:
            return await _read(kept, wanted, wanted.listing_id, None)
        entry, listing = await self._call(source, wanted, trigger)
        if listing is None or entry.outcome != "success":
            return await _read(Listing([], is_complete=False), wanted, None, entry)
        return await _read(listing, wanted, self._listings.keep(source, wanted.path, listing), entry)

    async def download(
        self, source: OpenSource, path: str, trigger: Trigger, *, call_id: UUID | None = None
    ) -> Download:
        """The whole file.

        Args:
            call_id: the client's name for the call while the file is read.

        Raises:
            Conflict: it could not be read, and the log entry of the call says why; or a call with this `call_id` runs.
            InvalidInput: the path is that of a directory.
        """
        _check_type(source)
        if is_directory(path):
            raise InvalidInput.parameter("path", phrase("This is a directory. Name a file in it."))
        wanted = CallRequest(method="GET", path=path)
        download = Download(await asyncio.to_thread(tempfile.TemporaryFile), 0)

        async def sink(piece: bytes) -> None:
            download.size += len(piece)
            if download.size > MAX_DOWNLOAD:
                raise _TooLargeError(phrase("The file is larger than {limit} GiB.", limit=MAX_DOWNLOAD // 1024**3))
            await asyncio.to_thread(download.file.write, piece)

        async def work(progress: Progress, policy: EgressPolicy, redactor: Redactor) -> None:
            await self._attempts.make(source, wanted, progress, policy, overlap=redactor.longest, sink=sink)

        try:
            entry = await self._calls.log(source, wanted, trigger, work, call_id=call_id)
        except BaseException:
            download.file.close()
            raise
        if entry.outcome != "success":
            download.file.close()
            raise Conflict(_why(entry))
        download.file.seek(0)
        return download

    async def _call(
        self, source: OpenSource, wanted: ListingRequest, trigger: Trigger
    ) -> tuple[CallEntry, Listing | None]:
        listing: Listing | None = None
        request = CallRequest(method="LIST", path=wanted.path)

        async def work(progress: Progress, policy: EgressPolicy, redactor: Redactor) -> None:
            nonlocal listing
            listing = await self._attempts.make(source, request, progress, policy, overlap=redactor.longest)

        entry = await self._calls.log(source, request, trigger, work, call_id=wanted.call_id)
        return entry, listing


async def _read(
    listing: Listing, wanted: ListingRequest, listing_id: UUID | None, entry: CallEntry | None
) -> ListingRead:
    if len(listing.entries) > MANY_ENTRIES:
        entries, total = await asyncio.to_thread(part_of, listing.entries, wanted)
    else:
        entries, total = part_of(listing.entries, wanted)
    return ListingRead(
        call=None if entry is None else show_call(entry),
        listing_id=listing_id,
        entries=entries,
        total=total,
        is_complete=listing.is_complete,
    )


def _check_type(source: OpenSource) -> None:
    if source.type != "ftp":
        raise Conflict(phrase("The source is of type {type}, and has no files.", type=source.type))


def _why(entry: CallEntry) -> str:
    if entry.diagnosis is None:
        return phrase("The file could not be read.")
    return Phrase("{title}. {detail}", {name: entry.diagnosis[name] for name in ("title", "detail")})
