# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/logs`: the calls that were made."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from openconnector.core.errors import AdministratorRequired, InvalidInput, NotAuthenticated, NotFound, TooLarge
from openconnector.core.paging import Limit, Page
from openconnector.core.principal import administrator
from openconnector.core.problems import problems
from openconnector.logs.schemas import CallRead, CallSummary, Deleted, LogDelete, LogFilter
from openconnector.logs.service import LogService

router = APIRouter(
    prefix="/api/logs",
    tags=["logs"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, InvalidInput, TooLarge),
)


def _service(request: Request) -> LogService:
    return LogService(request.app.state.database)


Logs = Annotated[LogService, Depends(_service)]


class LogQuery(LogFilter):
    """The filters of the list with its paging."""

    cursor: Annotated[str | None, Query(max_length=2000)] = None
    limit: Limit = 50


@router.get("")
async def list_logs(logs: Logs, query: Annotated[LogQuery, Query()]) -> Page[CallSummary]:
    """The calls that match every filter, newest first, a page at a time."""
    return await logs.list(query, cursor=query.cursor, limit=query.limit)


@router.post("/delete")
async def delete_logs(body: LogDelete, logs: Logs) -> Deleted:
    """Delete entries by id or by filter."""
    return Deleted(deleted=await logs.delete_many(body))


@router.get("/{id}", responses=problems(NotFound))
async def read_log(id: UUID, logs: Logs) -> CallRead:  # noqa: A002
    """One call with its exchanges and its diagnosis."""
    return await logs.read(id)


@router.delete("/{id}", status_code=204, responses=problems(NotFound))
async def delete_log(id: UUID, logs: Logs) -> None:  # noqa: A002
    """Delete one entry."""
    await logs.delete(id)
