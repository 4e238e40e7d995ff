# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fetches a WSDL and all that it imports. Together they are one call in the log, with an exchange for each request."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from openconnector.calls.attempts import Attempts
from openconnector.calls.documents import DocumentCalls, DocumentRequests, DocumentUnavailable
from openconnector.calls.recording import redacted_text
from openconnector.calls.service import CallService
from openconnector.core.phrases import phrase, told
from openconnector.logs.entries import CallEntry
from openconnector.sources.opened import OpenSource
from openconnector.transports.http import HttpTransport

MAX_DOCUMENTS = 100
MAX_DOCUMENT_BYTES = 5 * 1024 * 1024
MAX_BYTES = 20 * 1024 * 1024
"""Of all documents together."""

ACCEPT = "text/xml, application/xml, application/wsdl+xml, */*;q=0.5"
_MIB = 1024 * 1024


@dataclass(slots=True)
class Loaded:
    """What has come of an attempt to load a description.

    Attributes:
        documents: the texts by their addresses, the WSDL first; empty where there was a `problem`.
        entry: the call that was made; None where none had to be.
    """

    documents: dict[str, str] = field(default_factory=dict)
    problem: str | None = None
    entry: CallEntry | None = None


class DescriptionLoader:
    """Loads service descriptions. One instance serves a process."""

    def __init__(self, calls: CallService, attempts: Attempts, transport: HttpTransport) -> None:
        self._calls = DocumentCalls(calls, attempts, transport, accept=ACCEPT, max_bytes=MAX_DOCUMENT_BYTES)

    async def fetch(self, source: OpenSource, url: str, user_id: str | None) -> Loaded:
        """Load the WSDL at `url` and what it imports, in one call. Whatever goes wrong is a `problem`."""
        collection = Collection()
        collection.want(url)
        return await self._fetch_rest(source, collection, user_id)

    async def complete(
        self, source: OpenSource, url: str, content: str, imports: Mapping[str, str], user_id: str | None
    ) -> Loaded:
        """Take an uploaded WSDL, and fetch what it imports and has not brought along: in one call, if there is any.

        Args:
            url: what relative locations are relative to.
            imports: texts by the locations that are written in the documents.
        """
        collection = Collection(imports)
        collection.redact = source.redactor().text
        try:
            await collection.take(url, content, url)
        except DocumentUnavailable as error:
            return Loaded(problem=told(error))
        if not collection.wanted:
            return Loaded(collection.documents)
        return await self._fetch_rest(source, collection, user_id)

    async def _fetch_rest(self, source: OpenSource, collection: "Collection", user_id: str | None) -> Loaded:
        loaded = Loaded()

        async def work(requests: DocumentRequests) -> None:
            collection.redact = requests.redactor.text
            try:
                while collection.wanted:
                    address = collection.wanted.popleft()
                    fetched = await requests.fetch(address)
                    await collection.take(address, fetched.content, fetched.base)
            except DocumentUnavailable as error:
                loaded.problem = redacted_text(told(error), requests.redactor)
            else:
                loaded.documents = collection.documents

        loaded.entry = await self._calls.make(source, user_id, work)
        if not loaded.documents and loaded.problem is None:
            loaded.problem = _problem_of(loaded.entry)
        return loaded


class Collection:
    """The documents of one description: those that are there, and the addresses of those that are still wanted."""

    def __init__(self, provided: Mapping[str, str] | None = None) -> None:
        self.documents: dict[str, str] = {}
        self.wanted: deque[str] = deque()
        self.redact: Callable[[str], str] = str
        self._provided = provided or {}
        self._known: set[str] = set()
        self._bytes = 0

    def want(self, address: str) -> None:
        """Ask for the document at an address, once."""
        if address not in self._known:
            self._known.add(address)
            self.wanted.append(address)

    async def take(self, address: str, content: bytes | str, base: str) -> None:
        """Add a document, with what was provided of its imports.

        Raises:
            DocumentUnavailable: it cannot be used, or there are too many.
        """
        # lxml takes 5 MiB, which a process without SOAP does not need.
        from openconnector.transports.soap.documents import (  # noqa: PLC0415
            UnusableDocument,
            read_document,
            shown_address,
        )
        from openconnector.transports.soap.well_known import well_known  # noqa: PLC0415

        waiting = deque([(address, content, base)])
        self._known.add(address)
        while waiting:
            address, content, base = waiting.popleft()
            self._count(content)
            try:
                is_root, redact = not self.documents, self.redact
                read = await asyncio.to_thread(
                    read_document, content, address, base=base, is_root=is_root, redact=redact
                )
            except UnusableDocument as error:
                raise DocumentUnavailable(told(error)) from None
            self.documents[shown_address(address, self.redact)] = read.text
            for reference in read.references:
                text = self._provided_for(reference.written)
                if reference.address in self._known or well_known(reference.address) is not None:
                    continue
                if text is None:
                    self.want(reference.address)
                else:
                    self._known.add(reference.address)
                    waiting.append((reference.address, text, reference.address))

    def _count(self, content: bytes | str) -> None:
        self._bytes += len(content)
        if len(self.documents) >= MAX_DOCUMENTS:
            raise DocumentUnavailable(phrase("The WSDL imports more than {limit} documents.", limit=MAX_DOCUMENTS))
        if self._bytes > MAX_BYTES:
            words = phrase("The WSDL and its imports have more than {limit} MiB.", limit=MAX_BYTES // _MIB)
            raise DocumentUnavailable(words)

    def _provided_for(self, written: str) -> str | None:
        """What was uploaded for a location: under the location itself, else under its file name."""
        if written in self._provided:
            return self._provided[written]
        return self._provided.get(written.partition("?")[0].rpartition("/")[2] or written)


def _problem_of(entry: CallEntry) -> str:
    """Why there is nothing, where the call says it better: it was refused, timed out, or got no token."""
    if entry.diagnosis is None:
        return phrase("The WSDL could not be fetched. The call has failed.")
    title, detail = entry.diagnosis["title"], entry.diagnosis["detail"]
    return phrase("The WSDL could not be fetched. {title}. {detail}", title=title, detail=detail)
