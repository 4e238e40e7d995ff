# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Directories that were read, kept for a while, so that another part of one needs no call."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from openconnector.calls.schemas import FileEntry, ListingRequest
from openconnector.core.clock import stopwatch
from openconnector.core.ids import new_id
from openconnector.sources.opened import OpenSource
from openconnector.transports.files.operation import Listing
from openconnector.transports.files.session import RemoteEntry

MAX_LISTINGS = 8
MAX_AGE_MS = 10 * 60 * 1000
MAX_ENTRIES = 400_000
"""Entries of all listings together."""


@dataclass(frozen=True, slots=True)
class _Kept:
    source: tuple[UUID, int]
    path: str
    listing: Listing
    at: float


class Listings:
    """The listings that a process keeps. They belong to one version of one source."""

    def __init__(self) -> None:
        self._of: OrderedDict[UUID, _Kept] = OrderedDict()

    def keep(self, source: OpenSource, path: str, listing: Listing) -> UUID:
        """Keep a listing under a name of its own."""
        listing_id = new_id()
        self._of[listing_id] = _Kept((source.id, source.version), path, listing, stopwatch())
        # Nobody may ever ask again, and what is kept takes 150 MiB.
        asyncio.get_running_loop().call_later(MAX_AGE_MS / 1000, self._of.pop, listing_id, None)
        while len(self._of) > 1 and (len(self._of) > MAX_LISTINGS or self._count() > MAX_ENTRIES):
            self._of.popitem(last=False)
        return listing_id

    def find(self, listing_id: UUID, source: OpenSource, path: str) -> Listing | None:
        """The listing, while it is kept."""
        kept = self._of.get(listing_id)
        if kept is None or kept.source != (source.id, source.version) or kept.path != path:
            return None
        if stopwatch() - kept.at > MAX_AGE_MS:
            del self._of[listing_id]
            return None
        self._of.move_to_end(listing_id)
        return kept.listing

    def _count(self) -> int:
        return sum(len(kept.listing.entries) for kept in self._of.values())


def part_of(entries: Sequence[RemoteEntry], wanted: ListingRequest) -> tuple[list[FileEntry], int]:
    """The entries that were asked for, directories first, and how many match in all."""
    text = wanted.search.casefold()
    found = [entry for entry in entries if text in entry.name.casefold()] if text else list(entries)
    key, is_descending = wanted.sort.removeprefix("-"), wanted.sort.startswith("-")
    found.sort(key=lambda entry: (entry.name.casefold(), entry.name), reverse=is_descending and key == "name")
    if key == "size":
        found.sort(key=lambda entry: -1 if entry.size is None else entry.size, reverse=is_descending)
    elif key == "modifiedAt":
        found.sort(key=lambda entry: entry.modified_at.timestamp() if entry.modified_at else 0, reverse=is_descending)
    found.sort(key=lambda entry: entry.type != "directory")
    page = found[wanted.offset : wanted.offset + wanted.limit]
    return [FileEntry.model_validate(entry) for entry in page], len(found)
