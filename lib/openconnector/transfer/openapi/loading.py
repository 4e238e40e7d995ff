# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fetches descriptions. What is asked for one is a call in the log, with an exchange for each request."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from openconnector.calls.attempts import Attempts
from openconnector.calls.defaults import USER_AGENT
from openconnector.calls.delivery import delivery_of
from openconnector.calls.progress import Progress
from openconnector.calls.schemas import CallRequest
from openconnector.calls.service import CallService
from openconnector.core.http import URL, InvalidURL, Request
from openconnector.core.phrases import Phrase, phrase
from openconnector.core.rows import HeaderRow
from openconnector.egress.origin import origin_of
from openconnector.egress.policy import EgressPolicy
from openconnector.logs.entries import CallEntry
from openconnector.logs.schemas import Trigger
from openconnector.sources.service import OpenSource
from openconnector.transfer.drafts import Unreadable
from openconnector.transfer.openapi.described import Understood, understand, wrong_with
from openconnector.transfer.openapi.schemas import MAX_DESCRIPTION
from openconnector.transports.decoding import ACCEPT_ENCODING
from openconnector.transports.exchange import Exchange
from openconnector.transports.http import HttpTransport
from openconnector.vault.redaction import Redactor

USUAL_PLACES = ("openapi.json", "swagger.json", "v3/api-docs", "swagger/v1/swagger.json", "openapi.yaml")
"""Where frameworks serve their description."""

ACCEPT = "application/openapi+json, application/json, application/yaml, text/yaml, */*;q=0.5"

_OK = 200
_STOP = frozenset({401, 407, 429, 503})
"""Answers after which no other place is tried: they are about who asks, or how often."""


@dataclass(slots=True)
class Fetched:
    """What has come of an attempt. `understood` is None where there is a `problem`."""

    understood: Understood | None = None
    problem: str | None = None
    entry: CallEntry | None = None


def whole_url(location: str, url: str) -> str:
    """The URL that is meant beside a location: `/openapi.json` is at its host, `openapi.json` below it."""
    try:
        return urljoin(f"{location.partition('?')[0].rstrip('/')}/", url.strip())
    except ValueError:
        return url


def usual_urls(location: str) -> list[str]:
    """Where a description may be: below the location, then at its host."""
    below = [whole_url(location, place) for place in USUAL_PLACES]
    return list(dict.fromkeys([*below, *(whole_url(location, f"/{place}") for place in USUAL_PLACES)]))


class DescriptionFetcher:
    """Fetches descriptions. One instance serves a process."""

    def __init__(self, calls: CallService, attempts: Attempts, transport: HttpTransport) -> None:
        self._calls = calls
        self._attempts = attempts
        self._transport = transport

    async def fetch(self, source: OpenSource, urls: Sequence[str], user_id: str | None) -> Fetched:
        """Ask for one URL after the other until one has a description. Whatever goes wrong is a `problem`."""
        fetched = Fetched()

        async def work(progress: Progress, policy: EgressPolicy, redactor: Redactor) -> None:
            asking = _Asking(self._attempts, self._transport, source, progress, policy, redactor)
            for url in urls:
                fetched.understood = await asking.ask(url)
                if fetched.understood is not None or asking.is_over:
                    break
            if fetched.understood is None:
                fetched.problem = _without_secrets(asking.problem, redactor)

        trigger = Trigger(type="description", user_id=user_id)
        fetched.entry = await self._calls.log(source, CallRequest(method="GET"), trigger, work)
        if fetched.understood is None and fetched.problem is None:
            fetched.problem = _problem_of(fetched.entry)
        return fetched


@dataclass(slots=True)
class _Asking:
    """The requests of one call.

    Attributes:
        problem: why the last URL had no description.
        is_over: asking at another place would not help.
    """

    attempts: Attempts
    transport: HttpTransport
    source: OpenSource
    progress: Progress
    policy: EgressPolicy
    redactor: Redactor
    problem: str = field(default="")
    is_over: bool = field(default=False)

    async def ask(self, address: str) -> Understood | None:
        """The description at a URL. The source's own origin gets what its calls send; others get nothing of it."""
        try:
            url = URL(address)
        except InvalidURL:
            self.problem = phrase("{url} is no URL.", url=address)
            return None
        exchanges = self.progress.exchanges
        first = len(exchanges)
        try:
            if origin_of(url) == origin_of(URL(self.source.location)):
                await self._ask_own(address)
            else:
                await self._ask_other(url)
        finally:
            for exchange in exchanges[first:]:
                exchange.kind = "description" if exchange.kind == "request" else exchange.kind
        return await self._read(exchanges[-1], address)

    async def _ask_own(self, address: str) -> None:
        """As any call of the source, with its authentication and its retries."""
        connection = self.source.connection.model_copy(update={"max_body_bytes": MAX_DESCRIPTION})
        there = replace(self.source, location=address, connection=connection)
        wanted = CallRequest(method="GET", headers=[HeaderRow(name="Accept", value=ACCEPT)])
        await self.attempts.make(
            there, wanted, self.progress, self.policy, overlap=self.redactor.longest, is_fresh=False
        )

    async def _ask_other(self, url: URL) -> None:
        """Without anything that proves or names the source."""
        headers = [("Accept", ACCEPT), ("Accept-Encoding", ACCEPT_ENCODING), ("User-Agent", USER_AGENT)]
        delivery = replace(
            delivery_of(self.source, self.policy, body_bytes=MAX_DESCRIPTION),
            redirects="never" if self.source.connection.redirects == "never" else "all",
            max_redirects=self.source.connection.max_redirects,
        )
        await self.transport.send(Request("GET", url, headers=headers), delivery, self.progress.exchanges)

    async def _read(self, exchange: Exchange, address: str) -> Understood | None:
        response, failure = exchange.response, exchange.failure
        if failure is not None or response is None:
            self.is_over = True
            reason = failure.message if failure else phrase("there was no answer.")
            self.problem = phrase("{url} could not be fetched: {reason}", url=address, reason=reason)
        elif response.status_code != _OK:
            self.is_over = response.status_code in _STOP
            answer = f"{response.status_code} {response.reason}".strip()
            self.problem = phrase("{url} could not be fetched: the answer is {answer}.", url=address, answer=answer)
        elif response.size > MAX_DESCRIPTION:
            limit = MAX_DESCRIPTION // 1024 // 1024
            self.problem = phrase("{url} has more than {limit} MiB.", url=address, limit=limit)
        else:
            base = exchange.request.url if exchange.kind == "redirect" else address
            try:
                understood = await asyncio.to_thread(understand, response.body, base)
            except Unreadable as error:
                wrong = wrong_with(error)
                self.problem = phrase("What {url} answers cannot be used. {problem}", url=address, problem=wrong)
            else:
                return replace(understood, api=replace(understood.api, url=address))
        return None


def _without_secrets(text: str, redactor: Redactor) -> str:
    """The text as it may be shown; a phrase stays one."""
    if not isinstance(text, Phrase):
        return redactor.text(text)
    return text.filled(**{name: _without_secrets(value, redactor) for name, value in text.values.items()})


def check_address(url: str) -> str | None:
    """What is wrong with an address, for the field; None: nothing."""
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return phrase("This is not a valid URL.")
    if not is_whole:
        return phrase("Enter a URL that begins with https:// or http://, or a path such as /openapi.json.")
    return phrase("Do not put credentials into the URL.") if "@" in parts.netloc else None


def _problem_of(entry: CallEntry) -> str:
    """Why there is nothing, where the call says it better: it was refused, timed out, or got no token."""
    if not entry.diagnosis:
        return phrase("The description could not be fetched.")
    title, detail = entry.diagnosis["title"], entry.diagnosis["detail"]
    return phrase("The description could not be fetched. {title}. {detail}", title=title, detail=detail)
