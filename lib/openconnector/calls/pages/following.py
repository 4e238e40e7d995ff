# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From one page to the next: which request follows an answer, and when there is none. Nothing here waits or sends."""

import hashlib
from typing import Any, Literal
from urllib.parse import parse_qsl

from openconnector.calls.pages.answer import Page, is_number, text_at
from openconnector.calls.pages.links import PageElsewhere, next_link, request_of_link, request_with
from openconnector.calls.schemas import CallRequest, PagesRead
from openconnector.core.phrases import Phrase, phrase, told
from openconnector.reading.document import Unreadable
from openconnector.reading.positions import RecordsMissing
from openconnector.sources.pagination import Pagination
from openconnector.transports.exchange import Exchange, ReceivedResponse

MAX_BYTES = 64 * 1024 * 1024
"""Bytes of all pages that are kept for the log; after that no further page is asked for."""

ODATA_LINKS = ("@odata.nextLink", "odata.nextLink", "__next")
"""OData 4 (JSON Format, section 4.6.8), OData 3 and OData 2."""

SAMPLE = 500
"""Records at the beginning, and at the end, of a page that it is known by."""

FIRST_ERROR = 400
_IN_BODY = frozenset({"next_link", "cursor", "odata"})

EndedBy = Literal["last_page", "page_limit", "size_limit", "loop", "error", "no_records"]


class Follower:
    """Follows the pages of one call.

    Args:
        wanted: the request of the first page, as the caller asked for it.
        position: `resultsPosition` of the source.

    Attributes:
        pages: how many came.
        records: how many records were in them; None where none of them has the position.
    """

    def __init__(self, pagination: Pagination, wanted: CallRequest, location: str, position: str) -> None:
        self._pagination = pagination
        self._wanted = wanted
        self._location = location
        self._position = position
        self._seen: set[bytes] = set()
        self._asked: set[str] = set()
        self._bytes = 0
        self._at: int | None = None
        self.pages = 0
        self.records: int | None = None
        self._missing = ""
        self._ended: tuple[EndedBy, str] | None = None

    @property
    def report(self) -> PagesRead:
        ended_by, detail = self._ended or ("error", self._not_come)
        missing = self._missing if self.records is None else ""
        return PagesRead(
            pages=self.pages, records=self.records, records_problem=missing or None, ended_by=ended_by, detail=detail
        )

    def first(self) -> CallRequest:
        """The request of the first page: as it was asked for, with the size of a page where one is configured."""
        pagination = self._pagination
        if pagination.size_parameter and pagination.size:
            return request_with(self._wanted, [(pagination.size_parameter, str(pagination.size))])
        return self._wanted

    @property
    def _not_come(self) -> str:
        return phrase("Page {page} did not come.", page=self.pages + 1) if self.pages else phrase("No page came.")

    def stop(self, why: str) -> None:
        """No further page is asked for; `why` is one sentence."""
        self._end("error", Phrase("{what} {why}", {"what": self._not_come, "why": why}))

    def next(self, exchange: Exchange) -> CallRequest | None:
        """The request that follows the page which `exchange` has brought; None: it was the last one."""
        response = exchange.response
        if response is None or exchange.failure is not None or response.status_code >= FIRST_ERROR:
            return self._end("error", self._not_come)
        page = Page.of_response(response)
        found = self._records(page)
        if self._came_before(response, found):
            words = phrase("Page {page} is the same as one before: the server ignores the page.", page=self.pages + 1)
            return self._end("loop", words)
        self.pages += 1
        if found is not None:
            self.records = (self.records or 0) + len(found)
        self._bytes += len(response.body)
        if self.pages >= self._pagination.max_pages:
            return self._end("page_limit", phrase("{pages} pages are the limit.", pages=self.pages))
        if self._bytes > MAX_BYTES:
            words = phrase("The pages are larger than {limit} MiB together.", limit=MAX_BYTES // 1024**2)
            return self._end("size_limit", words)
        if response.size > len(response.body):
            words = phrase(
                "Page {page} is larger than what is kept of an answer, so neither its records nor the next page are "
                "known.",
                page=self.pages,
            )
            return self._end("size_limit", words)
        return self._following(exchange, response, page, found)

    def _records(self, page: Page) -> list[Any] | None:
        """The records of a page; None where there are none to be found. The first page tells why."""
        try:
            return page.records(self._position)
        except (RecordsMissing, Unreadable) as problem:
            self._missing = self._missing or told(problem)
            return None

    def _following(
        self, exchange: Exchange, response: ReceivedResponse, page: Page, found: list[Any] | None
    ) -> CallRequest | None:
        value = page.value
        if page.problem and response.body.strip() and self._pagination.type in _IN_BODY:
            words = phrase("Page {page} is no JSON or XML that can be read: the next is not known.", page=self.pages)
            return self._end("error", words)
        try:
            match self._pagination.type:
                case "page" | "offset":
                    following = self._counted(found)
                case "cursor":
                    following = self._after_cursor(value)
                case _:
                    following = self._linked(exchange, response, value)
        except PageElsewhere as elsewhere:
            return self._end("error", told(elsewhere))
        if following is None:
            return None
        asked = f"{following.path} {[(row.name, row.value) for row in following.query]}"
        if asked in self._asked:
            words = phrase("Page {page} leads back to a page that was asked for before.", page=self.pages)
            return self._end("loop", words)
        self._asked.add(asked)
        return following

    def _linked(self, exchange: Exchange, response: ReceivedResponse, value: Any) -> CallRequest | None:
        link = self._link_in(response, value)
        if link is None:
            return self._end("last_page", phrase("Page {page} names no next page.", page=self.pages))
        return request_of_link(self._wanted, self._location, exchange.request.url, link)

    def _link_in(self, response: ReceivedResponse, value: Any) -> str | None:
        pagination = self._pagination
        if pagination.type == "link_header":
            return next_link(response.headers)
        if pagination.type == "next_link":
            return text_at(value, pagination.position)
        if isinstance(value, dict) and isinstance(value.get("d"), dict):
            value = value["d"]  # OData 2 wraps its answers
        members = value if isinstance(value, dict) else {}
        return next((link for name in ODATA_LINKS if isinstance(link := members.get(name), str) and link), None)

    def _after_cursor(self, value: Any) -> CallRequest | None:
        cursor = text_at(value, self._pagination.position)
        if cursor is None:
            place = self._pagination.position
            return self._end("last_page", phrase("Page {page} has no cursor at {place}.", page=self.pages, place=place))
        return request_with(self.first(), [(self._pagination.parameter, cursor)])

    def _counted(self, found: list[Any] | None) -> CallRequest | None:
        pagination = self._pagination
        if found is None:
            words = phrase("The position of the records finds nothing, so the last page is not known.")
            return self._end("no_records", words)
        if not found:
            return self._end("last_page", phrase("Page {page} is empty.", page=self.pages))
        if pagination.size and len(found) < pagination.size:
            return self._end("last_page", phrase("Page {page} is not full.", page=self.pages))
        step = 1 if pagination.type == "page" else len(found)
        self._at = (self._begin() if self._at is None else self._at) + step
        return request_with(self.first(), [(pagination.parameter, str(self._at))])

    def _begin(self) -> int:
        """The number that the first page was asked for with."""
        pagination = self._pagination
        written = parse_qsl(self._wanted.path.partition("#")[0].partition("?")[2], keep_blank_values=True)
        asked = [*written, *((row.name, row.value) for row in self._wanted.query)]
        number = next((value for name, value in asked if name == pagination.parameter and is_number(value)), None)
        if number is not None:
            return int(number)
        return pagination.first if pagination.type == "page" else 0

    def _came_before(self, response: ReceivedResponse, found: list[Any] | None) -> bool:
        """Whether this page was there before. Empty ones are alike, and are no loop."""
        digest = hashlib.sha256((_told(found) if found else None) or response.body).digest()
        is_known = digest in self._seen and bool(found or response.body)
        self._seen.add(digest)
        return is_known and found != []

    def _end(self, ended_by: EndedBy, detail: str) -> CallRequest | None:
        """No request follows, and why."""
        self._ended = (ended_by, detail)
        return None


def _told(records: list[Any]) -> bytes | None:
    """What tells the records of one page from those of another: of many, how many there are, and some of them.

    None where they are too deep to be told.
    """
    some = records if len(records) <= 2 * SAMPLE else [len(records), *records[:SAMPLE], *records[-SAMPLE:]]
    try:
        return repr(some).encode("utf-8", "replace")
    except RecursionError:
        return None
