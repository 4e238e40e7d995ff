# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fetches what describes a source: one call in the log, with an exchange for each document that is asked for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from openconnector.calls.attempts import Attempts
from openconnector.calls.defaults import USER_AGENT
from openconnector.calls.delivery import delivery_of
from openconnector.calls.progress import TO_AUTHORIZE, Progress
from openconnector.calls.schemas import CallRequest
from openconnector.calls.service import CallService
from openconnector.core.http import URL, InvalidURL, Request
from openconnector.core.phrases import phrase, told
from openconnector.core.rows import HeaderRow
from openconnector.egress.origin import origin_of
from openconnector.egress.policy import EgressPolicy
from openconnector.logs.entries import CallEntry
from openconnector.logs.schemas import Trigger
from openconnector.sources.opened import OpenSource
from openconnector.transports.decoding import ACCEPT_ENCODING
from openconnector.transports.exchange import Exchange
from openconnector.transports.http import HttpTransport
from openconnector.vault.redaction import Redactor

_OK = 200
_MIB = 1024 * 1024
_FINAL = frozenset({401, 407, 429, 503})
"""Answers after which no other place needs to be tried: they are about who asks, or how often."""


class DocumentUnavailable(Exception):
    """There is no usable document; `told()` is a sentence.

    Attributes:
        is_final: asking at another address of the same server would not help.
    """

    def __init__(self, sentence: str, *, is_final: bool = False) -> None:
        super().__init__(sentence)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """A document as it came, and where it was in the end: what it refers to is relative to that."""

    content: bytes
    base: str


@dataclass(frozen=True, slots=True)
class DocumentRequests:
    """The requests of one call.

    Attributes:
        accept: the header of that name.
        max_bytes: of one document.
    """

    attempts: Attempts
    transport: HttpTransport
    source: OpenSource
    progress: Progress
    policy: EgressPolicy
    redactor: Redactor
    accept: str
    max_bytes: int

    async def fetch(self, address: str) -> FetchedDocument:
        """The document at an address. The source's own origin gets what its calls send; others get nothing of it.

        Raises:
            DocumentUnavailable: there is none.
        """
        try:
            url = URL(address)
        except InvalidURL as error:
            sentence = phrase("{address} is no address: {reason}.", address=address, reason=told(error))
            raise DocumentUnavailable(sentence) from None
        if url.scheme not in ("http", "https") or not url.host:
            sentence = phrase("{address} is no address that begins with http:// or https://.", address=address)
            raise DocumentUnavailable(sentence)
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
        return self._content_of(exchanges[-1], address)

    async def _fetch_own(self, address: str) -> None:
        """As any call of the source, with its authentication and its retries."""
        connection = self.source.connection.model_copy(update={"max_body_bytes": self.max_bytes})
        there = replace(self.source, location=address, type="xml", connection=connection)  # a location as it is
        wanted = CallRequest(method="GET", headers=[HeaderRow(name="Accept", value=self.accept)])
        await self.attempts.make(
            there, wanted, self.progress, self.policy, overlap=self.redactor.longest, is_fresh=False
        )

    async def _fetch_other(self, url: URL) -> None:
        """Without anything that proves or names the source."""
        headers = [("Accept", self.accept), ("Accept-Encoding", ACCEPT_ENCODING), ("User-Agent", USER_AGENT)]
        delivery = replace(
            delivery_of(self.source, self.policy, body_bytes=self.max_bytes),
            redirects="never" if self.source.connection.redirects == "never" else "all",
            max_redirects=self.source.connection.max_redirects,
        )
        await self.transport.send(Request("GET", url, headers=headers), delivery, self.progress.exchanges)

    def _content_of(self, exchange: Exchange, address: str) -> FetchedDocument:
        response, failure = exchange.response, exchange.failure
        if failure is not None:
            sentence = phrase("{address} could not be fetched: {reason}", address=address, reason=failure.message)
            raise DocumentUnavailable(sentence, is_final=True)
        if response is None or exchange.kind in TO_AUTHORIZE:  # what an authorization server answers is no document
            sentence = phrase("{address} could not be fetched: there was no answer.", address=address)
            raise DocumentUnavailable(sentence, is_final=True)
        if response.status_code != _OK:
            answer = f"{response.status_code} {response.reason}".strip()
            sentence = phrase("{address} could not be fetched: the answer is {answer}.", address=address, answer=answer)
            raise DocumentUnavailable(sentence, is_final=response.status_code in _FINAL)
        if response.size > self.max_bytes:
            sentence = phrase("{address} has more than {limit} MiB.", address=address, limit=self.max_bytes // _MIB)
            raise DocumentUnavailable(sentence)
        return FetchedDocument(response.body, exchange.request.url if exchange.kind == "redirect" else address)


class DocumentCalls:
    """Makes calls for the documents of one kind of description. One instance serves a process."""

    def __init__(
        self, calls: CallService, attempts: Attempts, transport: HttpTransport, *, accept: str, max_bytes: int
    ) -> None:
        self._calls = calls
        self._attempts = attempts
        self._transport = transport
        self._accept = accept
        self._max_bytes = max_bytes

    async def make(
        self, source: OpenSource, user_id: str | None, work: Callable[[DocumentRequests], Awaitable[None]]
    ) -> CallEntry:
        """Make one call with all requests that `work` makes, and log it."""

        async def requests(progress: Progress, policy: EgressPolicy, redactor: Redactor) -> None:
            made = (self._attempts, self._transport, source, progress, policy, redactor)
            await work(DocumentRequests(*made, self._accept, self._max_bytes))

        trigger = Trigger(type="description", user_id=user_id)
        return await self._calls.log(source, CallRequest(method="GET"), trigger, requests)
