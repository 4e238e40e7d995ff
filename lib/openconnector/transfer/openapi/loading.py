# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fetches descriptions. What is asked for one is a call in the log, with an exchange for each request."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from openconnector.calls.attempts import Attempts
from openconnector.calls.documents import DocumentCalls, DocumentRequests, DocumentUnavailable
from openconnector.calls.recording import redacted_text
from openconnector.calls.service import CallService
from openconnector.core.phrases import phrase, told
from openconnector.logs.entries import CallEntry
from openconnector.sources.opened import OpenSource
from openconnector.transfer.drafts import Unreadable
from openconnector.transfer.openapi.described import Understood, understand, wrong_with
from openconnector.transfer.openapi.schemas import MAX_DESCRIPTION
from openconnector.transports.http import HttpTransport

USUAL_PLACES = ("openapi.json", "swagger.json", "v3/api-docs", "swagger/v1/swagger.json", "openapi.yaml")
"""Where frameworks serve their description."""

ACCEPT = "application/openapi+json, application/json, application/yaml, text/yaml, */*;q=0.5"


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
        self._calls = DocumentCalls(calls, attempts, transport, accept=ACCEPT, max_bytes=MAX_DESCRIPTION)

    async def fetch(self, source: OpenSource, urls: Sequence[str], user_id: str | None) -> Fetched:
        """Ask for one URL after the other until one has a description. Whatever goes wrong is a `problem`."""
        fetched = Fetched()

        async def work(requests: DocumentRequests) -> None:
            fetched.understood, fetched.problem = await _first(requests, urls)

        fetched.entry = await self._calls.make(source, user_id, work)
        if fetched.understood is None and fetched.problem is None:
            fetched.problem = _problem_of(fetched.entry)
        return fetched


async def _first(requests: DocumentRequests, urls: Sequence[str]) -> tuple[Understood | None, str | None]:
    """The description at the first URL that has one; else why the last that was asked has none."""
    problem = None
    for url in urls:
        try:
            return await _understood(requests, url), None
        except DocumentUnavailable as error:
            problem = redacted_text(told(error), requests.redactor)
            if error.is_final:
                break
    return None, problem


async def _understood(requests: DocumentRequests, url: str) -> Understood:
    """The description at a URL.

    Raises:
        DocumentUnavailable: there is none.
    """
    document = await requests.fetch(url)
    try:
        understood = await asyncio.to_thread(understand, document.content, document.base)
    except Unreadable as error:
        wrong = wrong_with(error)
        raise DocumentUnavailable(
            phrase("What {url} answers cannot be used. {problem}", url=url, problem=wrong)
        ) from None
    return replace(understood, api=replace(understood.api, url=url))


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
