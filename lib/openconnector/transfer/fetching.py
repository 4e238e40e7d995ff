# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fetches a document to import: a call like any other, with its egress policy and its place in the log."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from openconnector.authentication.anonymous import NoAuthentication
from openconnector.calls.attempts import Attempts
from openconnector.calls.progress import Progress
from openconnector.calls.schemas import CallRequest
from openconnector.calls.service import CallService
from openconnector.core.errors import InvalidInput
from openconnector.core.ids import new_id
from openconnector.core.phrases import phrase, told
from openconnector.core.retention import BodyKeeping
from openconnector.core.rows import HeaderRow
from openconnector.egress.policy import EgressPolicy
from openconnector.logs.entries import CallEntry
from openconnector.logs.schemas import Trigger
from openconnector.sources.connection import Connection
from openconnector.sources.opened import OpenSource
from openconnector.sources.schemas import check_location
from openconnector.transfer.openapi import located
from openconnector.transports.exchange import Exchange, ReceivedResponse
from openconnector.vault.redaction import Redactor

MAX_BYTES = 10 * 1024 * 1024
ACCEPT = "application/json, application/yaml, text/yaml, */*;q=0.5"
_OK = 200


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """The text of a document, with the URL of a description in it, and the call that it came with."""

    content: str
    log_id: UUID


class DocumentFetcher:
    """Fetches documents. One instance serves a process."""

    def __init__(self, calls: CallService, attempts: Attempts) -> None:
        self._calls = calls
        self._attempts = attempts

    async def fetch(self, url: str, user_id: str | None) -> FetchedDocument:
        """The document at a URL. Nothing proves who asks: what needs a login is downloaded by a person.

        Raises:
            InvalidInput: it is no URL, or there is no document; the member `logId` names the call.
        """
        source = _source_of(url)
        exchanges: list[Exchange] = []

        async def work(progress: Progress, policy: EgressPolicy, redactor: Redactor) -> None:
            wanted = CallRequest(method="GET", headers=[HeaderRow(name="Accept", value=ACCEPT)])
            try:
                await self._attempts.make(source, wanted, progress, policy, overlap=redactor.longest, is_fresh=False)
            finally:
                exchanges.extend(progress.exchanges)

        entry = await self._calls.log(source, CallRequest(method="GET"), Trigger(type="import", user_id=user_id), work)
        response = exchanges[-1].response if exchanges else None
        if entry.outcome != "success" or response is None or response.status_code != _OK:
            detail = phrase("The document could not be fetched. {reason}.", reason=_reason(entry, response))
            raise InvalidInput.field("/url", detail, code="unavailable", logId=str(entry.id))
        if response.size > MAX_BYTES:
            detail = phrase("The document has more than {limit} MiB.", limit=MAX_BYTES // 1024 // 1024)
            raise InvalidInput.field("/url", detail, code="too_large", logId=str(entry.id))
        content = await asyncio.to_thread(located, _text_of(response.body), url)
        return FetchedDocument(content, entry.id)


def _text_of(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        detail = phrase("The document is no text in UTF-8. Download it, and send it as a file.")
        raise InvalidInput.field("/url", detail) from None


def _reason(entry: CallEntry, response: ReceivedResponse | None) -> str:
    """Why there is no document; no whole sentence."""
    if entry.diagnosis:
        title: str = entry.diagnosis["title"]
        return title
    if response is None:
        return phrase("The call has failed")
    return phrase("The answer is {answer}", answer=f"{response.status_code} {response.reason}".strip())


def _source_of(url: str) -> OpenSource:
    """What the log knows the call by: it belongs to no source that is stored."""
    try:
        location = check_location(url.strip(), "json")
    except ValueError as error:
        raise InvalidInput.field("/url", told(error)) from None
    return OpenSource(
        id=new_id(),
        version=1,
        slug="import",
        name=f"Import from {urlsplit(location).hostname}",
        location=location,
        type="json",
        is_enabled=True,
        headers=[],
        query=[],
        authentication=NoAuthentication(),
        # What is fetched may hold secrets of any name: it is read once, and not kept in the log.
        connection=Connection(redirects="all", max_body_bytes=MAX_BYTES, bodies=BodyKeeping(policy="never")),
    )
