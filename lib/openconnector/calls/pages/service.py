# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls that follow the pages of an answer. All of them are one call; each page is an exchange of it."""

import asyncio
from contextlib import suppress
from itertools import takewhile
from uuid import UUID

from sqlalchemy import select

from openconnector.calls.attempts import Attempts
from openconnector.calls.concurrency import TooManyAtOnce
from openconnector.calls.files.refusal import refuse_file_method
from openconnector.calls.pages.answer import Page
from openconnector.calls.pages.detection import proposals_for
from openconnector.calls.pages.following import Follower
from openconnector.calls.pages.schemas import PaginationProposal
from openconnector.calls.progress import TO_AUTHORIZE, Progress
from openconnector.calls.rate_limit import RateLimited
from openconnector.calls.recording import content_type_header, redacted_text
from openconnector.calls.schemas import CallRequest, PagesRead, TestRequest, credentials_of
from openconnector.calls.service import CallService
from openconnector.calls.tokens.fetching import TokenFailed
from openconnector.core.call_defaults import MAX_TIMEOUT_MS
from openconnector.core.database import Database
from openconnector.core.errors import Conflict
from openconnector.core.phrases import phrase, told
from openconnector.egress.policy import EgressPolicy
from openconnector.logs.entries import CallEntry
from openconnector.logs.schemas import Trigger
from openconnector.logs.service import LogService
from openconnector.reading.document import Unreadable
from openconnector.reading.positions import RecordsMissing
from openconnector.sources.models import Source
from openconnector.sources.opened import OpenSource
from openconnector.sources.pagination import Pagination
from openconnector.transports.exchange import Exchange, Failure
from openconnector.vault.redaction import Redactor


async def propose(database: Database, logs: LogService, call_id: UUID) -> list[PaginationProposal]:
    """How the answer of a logged call seems to go on.

    Raises:
        NotFound: there is no such call.
    """
    call = await logs.entry(call_id)
    async with database.read_session() as session:
        position = await session.scalar(select(Source.results_position).where(Source.id == call.source_id))
    return await asyncio.to_thread(_proposals, call, position or "")


def _proposals(call: CallEntry, position: str) -> list[PaginationProposal]:
    # Where pages were followed, the first one says how they go on: the last one need not.
    first = list(takewhile(lambda one: one.kind != "page", call.exchanges))
    exchange = next((one for one in reversed(first) if one.kind not in TO_AUTHORIZE and one.response), None)
    if exchange is None or exchange.response is None:
        return []
    headers = [(row["name"], row["value"]) for row in exchange.response["headers"]]
    described = exchange.response["body"] or {}
    body = b"" if described.get("isTruncated") else exchange.response_body or b""
    page = Page.of(body, content_type_header(headers), is_text=described.get("encoding") == "text")
    records = None
    with suppress(RecordsMissing, Unreadable):
        records = len(page.records(position))
    return proposals_for(exchange.request["url"], headers, page.value, records)


class PageService:
    """Follows pages. One instance serves a process."""

    def __init__(self, calls: CallService, attempts: Attempts) -> None:
        self._calls = calls
        self._attempts = attempts

    async def follow(
        self, source: OpenSource, wanted: TestRequest, pagination: Pagination, trigger: Trigger
    ) -> tuple[CallEntry, PagesRead]:
        """Call a source, and ask for further pages as long as there are some. Each page has the total timeout.

        Raises:
            Conflict: the source has no pages, or a call with this `call_id` is running.
        """
        if source.type == "ftp":
            raise Conflict(phrase("Directories and files have no pages."))
        follower = Follower(pagination, wanted, source.location, source.results_position)

        async def work(progress: Progress, policy: EgressPolicy, redactor: Redactor) -> None:
            refuse_file_method(source.type, wanted.method)
            following: CallRequest | None = follower.first()
            while following is not None:
                try:
                    exchange = await self._page(source, following, progress, policy, redactor)
                except (RateLimited, TooManyAtOnce, TokenFailed, ValueError) as refused:
                    if not follower.pages:
                        raise
                    follower.stop(told(refused))  # the pages that came stay what they are
                    return
                following = await asyncio.to_thread(follower.next, exchange) if exchange else None
                progress.records = follower.records

        each_ms = source.timeouts.total_ms
        total_ms = max(each_ms, min(each_ms * pagination.max_pages, MAX_TIMEOUT_MS))
        entry = await self._calls.log(source, wanted, trigger, work, call_id=wanted.call_id, total_ms=total_ms)
        report = follower.report
        redactor = source.redactor(credentials_of(wanted))  # a link may repeat what was sent
        spoken = {"detail": report.detail, "records_problem": report.records_problem}
        return entry, report.model_copy(
            update={name: text and redacted_text(text, redactor) for name, text in spoken.items()}
        )

    async def _page(
        self, source: OpenSource, wanted: CallRequest, progress: Progress, policy: EgressPolicy, redactor: Redactor
    ) -> Exchange | None:
        """One page; None where none came. Its exchanges go behind those of the pages before it."""
        first, each_ms = len(progress.exchanges), source.timeouts.total_ms
        try:
            async with asyncio.timeout(each_ms / 1000):
                await self._attempts.make(source, wanted, progress, policy, overlap=redactor.longest, is_fresh=False)
        except TimeoutError:
            if not first or len(progress.exchanges) > first:
                progress.end(Failure("total_timeout", phrase("The page took longer than {limit} ms.", limit=each_ms)))
        finally:
            if first:
                for exchange in progress.exchanges[first:]:
                    if exchange.kind == "request":
                        exchange.kind = "page"
        own = [one for one in progress.exchanges[first:] if one.kind not in TO_AUTHORIZE]
        return own[-1] if own else None
