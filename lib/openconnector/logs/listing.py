# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the list of the log is asked with, and what it answers: filters, pages, and changes of chosen entries."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from openconnector.core.schema import Schema, UtcTime
from openconnector.logs.schemas import CallSummary


class QueryTerm(Schema):
    """One part of a query, with its place in the text, in characters."""

    start: int
    end: int
    field: Annotated[str | None, Field(description="The name before the colon; null for words and phrases.")]
    value: str
    is_negated: bool


class Searched(Schema):
    """How far a search has come that took too long for one page."""

    at: Annotated[UtcTime, Field(description="When the call started that was looked at last.")]
    share: Annotated[float, Field(description="What part of the calls that may match was looked at, from 0 to 1.")]


class LogPage(Schema):
    """One page of the log."""

    results: list[CallSummary]
    total: Annotated[int, Field(description="Calls that match, on all pages.")]
    is_estimate: Annotated[bool, Field(description="`total` was projected from a part of the calls.")]
    next_cursor: Annotated[str | None, Field(description="Send it as `cursor` for the next page; null on the last.")]
    searched: Annotated[
        Searched | None,
        Field(
            description="Set where the page ended early, maybe without a call; `nextCursor` goes on with the search."
        ),
    ]
    newest: Annotated[int, Field(description="The highest number in the log; `…/tail` goes on from there.")]
    terms: Annotated[list[QueryTerm], Field(description="The parts of `query`.")]


class LogCount(Schema):
    """How many calls match: exact up to 10,000, and beyond where no call has to be read for it."""

    total: int
    is_estimate: Annotated[bool, Field(description="`total` was projected from a part of the calls.")]
    next_cursor: Annotated[
        str | None, Field(description="Send it as `cursor` to have more of them counted; null when that is done.")
    ]


class LogTail(Schema):
    """What has come since. `results` are newest first."""

    results: list[CallSummary]
    newest: int
    is_complete: Annotated[bool, Field(description="False: more came than a page holds; load the list anew.")]


class Neighbours(Schema):
    """The calls before and after one, among those that match."""

    newer: UUID | None
    older: UUID | None


LogSort = Literal["-time", "time", "-duration", "duration"]


class LogFilter(Schema):
    """Which calls are meant. All parts that are set must match; a list is comma separated and means any of them."""

    query: Annotated[
        str | None,
        Field(
            max_length=4000,
            description='The query language: `status:5xx source:crm duration:>2s "timeout"`. See docs/logs.md.',
        ),
    ] = None
    source: Annotated[str | None, Field(max_length=4000, description="Ids or slugs of sources.")] = None
    status: Annotated[
        str | None,
        Field(max_length=200, description="Codes (404), classes (4xx), `success`, `error`, `none`."),
    ] = None
    outcome: Annotated[str | None, Field(max_length=200)] = None
    error: Annotated[str | None, Field(max_length=1000, description="Types of errors.")] = None
    method: Annotated[str | None, Field(max_length=200)] = None
    trigger: Annotated[str | None, Field(max_length=200)] = None
    trigger_id: Annotated[str | None, Field(max_length=1000)] = None
    user: Annotated[str | None, Field(max_length=1000, description="Ids of Nextcloud users.")] = None
    host: Annotated[str | None, Field(max_length=1000)] = None
    path: Annotated[
        str | None, Field(max_length=2000, description="A path: calls of it and of everything below it.")
    ] = None
    id: Annotated[str | None, Field(max_length=4000, description="Ids of calls.")] = None
    since: Annotated[str | None, Field(max_length=40, description="ISO 8601; calls started then or later.")] = None
    until: Annotated[str | None, Field(max_length=40, description="ISO 8601; calls started before.")] = None
    q: Annotated[str | None, Field(max_length=1000, description="Words that all stand in the call.")] = None
    field: Annotated[
        str | None, Field(max_length=1000, description="A condition on JSON bodies: `$.error.code = 42`.")
    ] = None
    min_duration_ms: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    max_duration_ms: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    min_size: Annotated[int | None, Field(ge=0, le=2**53, description="Bytes of the response.")] = None
    max_size: Annotated[int | None, Field(ge=0, le=2**53)] = None
    pinned: bool | None = None


class LogDelete(Schema):
    """The entries to delete."""

    ids: Annotated[list[UUID], Field(max_length=1000)]


class Deleted(Schema):
    """How many entries were deleted."""

    deleted: int


class PinUpdate(Schema):
    """Whether an entry is kept for ever."""

    is_pinned: bool
