# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/logs`: the calls that were made."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from openconnector.core.errors import AdministratorRequired, InvalidInput, NotAuthenticated, NotFound, TooLarge
from openconnector.core.paging import Limit
from openconnector.core.principal import administrator
from openconnector.core.problems import problems
from openconnector.logs.listing import (
    Deleted,
    LogCount,
    LogDelete,
    LogFilter,
    LogPage,
    LogSort,
    LogTail,
    Neighbours,
    PinUpdate,
)
from openconnector.logs.schemas import CallRead, CallSummary
from openconnector.logs.service import LogService

router = APIRouter(
    prefix="/api/logs",
    tags=["logs"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, InvalidInput, TooLarge),
)


def _service(request: Request) -> LogService:
    service: LogService = request.app.state.logs
    return service


Logs = Annotated[LogService, Depends(_service)]


Cursor = Annotated[str | None, Query(max_length=2000)]


class LogQuery(LogFilter):
    """The filters of the list with its order and its paging."""

    sort: LogSort = "-time"
    cursor: Cursor = None
    limit: Limit = 50


class CountQuery(LogFilter):
    """The filters of the list, and where the count before came to."""

    cursor: Cursor = None


class TailQuery(LogFilter):
    """The filters of the list, and what was seen."""

    after: Annotated[int, Query(ge=0, description="`newest` of the answer before.")]
    limit: Limit = 50


class NeighbourQuery(LogFilter):
    """The filters of the list."""


@router.get("")
async def list_logs(logs: Logs, query: Annotated[LogQuery, Query()]) -> LogPage:
    """The calls that match every filter, newest first, a page at a time."""
    return await logs.page(query, sort=query.sort, cursor=query.cursor, limit=query.limit)


@router.get("/count")
async def count_logs(logs: Logs, query: Annotated[CountQuery, Query()]) -> LogCount:
    """How many calls match, counted for some seconds at a time."""
    return await logs.tally(query, cursor=query.cursor)


@router.get("/tail")
async def read_tail(logs: Logs, query: Annotated[TailQuery, Query()]) -> LogTail:
    """The calls that match and came after the ones that were seen, newest first."""
    return await logs.tail(query, after=query.after, limit=query.limit)


@router.post("/delete")
async def delete_logs(body: LogDelete, logs: Logs) -> Deleted:
    """Delete entries by id."""
    return Deleted(deleted=await logs.delete_many(body.ids))


@router.get("/{id}", responses=problems(NotFound))
async def read_log(id: UUID, logs: Logs) -> CallRead:  # noqa: A002
    """One call with its exchanges and its diagnosis."""
    return await logs.read(id)


@router.get("/{id}/neighbours", responses=problems(NotFound))
async def read_neighbours(id: UUID, logs: Logs, query: Annotated[NeighbourQuery, Query()]) -> Neighbours:  # noqa: A002
    """The calls before and after one, among those that match."""
    return await logs.neighbours(id, query)


@router.put("/{id}/pin", responses=problems(NotFound))
async def pin_log(id: UUID, body: PinUpdate, logs: Logs) -> CallSummary:  # noqa: A002
    """Keep one entry for ever, or no longer."""
    return await logs.pin(id, is_pinned=body.is_pinned)


@router.delete("/{id}", status_code=204, responses=problems(NotFound))
async def delete_log(id: UUID, logs: Logs) -> None:  # noqa: A002
    """Delete one entry."""
    await logs.delete(id)
