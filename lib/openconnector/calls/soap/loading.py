# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fetches a WSDL and all that it imports. Together they are one call in the log, with an exchange for each request."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from openconnector.calls.attempts import Attempts
from openconnector.calls.defaults import USER_AGENT
from openconnector.calls.delivery import delivery_of
from openconnector.calls.progress import Progress
from openconnector.calls.recording import redacted_text
from openconnector.calls.schemas import CallRequest
from openconnector.calls.service import CallService, Work
from openconnector.core.http import URL, InvalidURL, Request
from openconnector.core.phrases import phrase, told
from openconnector.core.rows import HeaderRow
from openconnector.egress.origin import origin_of
from openconnector.egress.policy import EgressPolicy
from openconnector.logs.entries import CallEntry
from openconnector.logs.schemas import Trigger
from openconnector.sources.service import OpenSource
from openconnector.transports.decoding import ACCEPT_ENCODING
from openconnector.transports.exchange import Exchange
from openconnector.transports.http import HttpTransport
from openconnector.vault.redaction import Redactor

MAX_DOCUMENTS = 100
MAX_DOCUMENT_BYTES = 5 * 1024 * 1024
MAX_BYTES = 20 * 1024 * 1024
"""Of all documents together."""

ACCEPT = "text/xml, application/xml, application/wsdl+xml, */*;q=0.5"
_OK = 200
_MIB = 1024 * 1024


class DescriptionUnavailable(Exception):
    """There is no usable description; `str()` is a sentence."""


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


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as it came, and where it was in the end: what it imports is relative to that."""

    content: bytes
    base: str


Fetch = Callable[[str], Awaitable[Fetched]]


class DescriptionLoader:
    """Loads service descriptions. One instance serves a process."""

    def __init__(self, calls: CallService, attempts: Attempts, transport: HttpTransport) -> None:
        self._calls = calls
        self._attempts = attempts
        self._transport = transport

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
        except DescriptionUnavailable as error:
            return Loaded(problem=told(error))
        if not collection.wanted:
            return Loaded(collection.documents)
        return await self._fetch_rest(source, collection, user_id)

    async def _fetch_rest(self, source: OpenSource, collection: "Collection", user_id: str | None) -> Loaded:
        loaded = Loaded()

        async def work(progress: Progress, policy: EgressPolicy, redactor: Redactor) -> None:
            collection.redact = redactor.text
            fetching = _Fetching(self._attempts, self._transport, source, progress, policy, redactor)
            try:
                while collection.wanted:
                    address = collection.wanted.popleft()
                    fetched = await fetching.fetch(address)
                    await collection.take(address, fetched.content, fetched.base)
            except DescriptionUnavailable as error:
                loaded.problem = redacted_text(told(error), redactor)
            else:
                loaded.documents = collection.documents

        loaded.entry = await self._log(source, work, user_id)
        if not loaded.documents and loaded.problem is None:
            loaded.problem = _problem_of(loaded.entry)
        return loaded

    async def _log(self, source: OpenSource, work: Work, user_id: str | None) -> CallEntry:
        return await self._calls.log(
            source, CallRequest(method="GET"), Trigger(type="description", user_id=user_id), work
        )


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
            DescriptionUnavailable: it cannot be used, or there are too many.
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
                raise DescriptionUnavailable(told(error)) from None
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
            raise DescriptionUnavailable(phrase("The WSDL imports more than {limit} documents.", limit=MAX_DOCUMENTS))
        if self._bytes > MAX_BYTES:
            words = phrase("The WSDL and its imports have more than {limit} MiB.", limit=MAX_BYTES // _MIB)
            raise DescriptionUnavailable(words)

    def _provided_for(self, written: str) -> str | None:
        """What was uploaded for a location: under the location itself, else under its file name."""
        if written in self._provided:
            return self._provided[written]
        return self._provided.get(written.partition("?")[0].rpartition("/")[2] or written)


@dataclass(slots=True)
class _Fetching:
    """Fetches the documents of one call."""

    attempts: Attempts
    transport: HttpTransport
    source: OpenSource
    progress: Progress
    policy: EgressPolicy
    redactor: Redactor

    async def fetch(self, address: str) -> Fetched:
        """The document at an address. The source's own origin gets what its calls send; others get nothing of it.

        Raises:
            DescriptionUnavailable: there is none.
        """
        try:
            url = URL(address)
        except InvalidURL as error:
            words = phrase("{address} is no address: {reason}.", address=address, reason=told(error))
            raise DescriptionUnavailable(words) from None
        if url.scheme not in ("http", "https") or not url.host:
            words = phrase("{address} is no address that begins with http:// or https://.", address=address)
            raise DescriptionUnavailable(words)
        exchanges = self.progress.exchanges
        first = len(exchanges)
        try:
            if origin_of(url) == origin_of(URL(self.source.location)):
                await self._fetch_own(address)
            else:
                await self._fetch_other(url)
        finally:
            for exchange in exchanges[first:]:
                exchange.kind = "description" if exchange.kind == "request" else exchange.kind
        return _content_of(exchanges[-1], address)

    async def _fetch_own(self, address: str) -> None:
        """As any call of the source, with its authentication and its retries."""
        connection = self.source.connection.model_copy(update={"max_body_bytes": MAX_DOCUMENT_BYTES})
        there = replace(self.source, location=address, type="xml", connection=connection)
        wanted = CallRequest(method="GET", headers=[HeaderRow(name="Accept", value=ACCEPT)])
        await self.attempts.make(
            there, wanted, self.progress, self.policy, overlap=self.redactor.longest, is_fresh=False
        )

    async def _fetch_other(self, url: URL) -> None:
        """Without anything that proves or names the source."""
        headers = [("Accept", ACCEPT), ("Accept-Encoding", ACCEPT_ENCODING), ("User-Agent", USER_AGENT)]
        delivery = replace(
            delivery_of(self.source, self.policy, body_bytes=MAX_DOCUMENT_BYTES),
            redirects="never" if self.source.connection.redirects == "never" else "all",
            max_redirects=self.source.connection.max_redirects,
        )
        await self.transport.send(Request("GET", url, headers=headers), delivery, self.progress.exchanges)


def _content_of(exchange: Exchange, address: str) -> Fetched:
    response, failure = exchange.response, exchange.failure
    if failure is not None:
        words = phrase("{address} could not be fetched: {reason}", address=address, reason=failure.message)
        raise DescriptionUnavailable(words)
    if response is None:
        raise DescriptionUnavailable(phrase("{address} could not be fetched: there was no answer.", address=address))
    if response.status_code != _OK:
        answer = f"{response.status_code} {response.reason}".strip()
        words = phrase("{address} could not be fetched: the answer is {answer}.", address=address, answer=answer)
        raise DescriptionUnavailable(words)
    if response.size > MAX_DOCUMENT_BYTES:
        words = phrase("{address} has more than {limit} MiB.", address=address, limit=MAX_DOCUMENT_BYTES // _MIB)
        raise DescriptionUnavailable(words)
    base = exchange.request.url if exchange.kind == "redirect" else address
    return Fetched(response.body, base)


def _problem_of(entry: CallEntry) -> str:
    """Why there is nothing, where the call says it better: it was refused, timed out, or got no token."""
    if entry.diagnosis is None:
        return phrase("The WSDL could not be fetched. The call has failed.")
    title, detail = entry.diagnosis["title"], entry.diagnosis["detail"]
    return phrase("The WSDL could not be fetched. {title}. {detail}", title=title, detail=detail)
