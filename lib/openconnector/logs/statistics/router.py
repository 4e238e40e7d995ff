# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/logs/statistics` and `/api/logs/uptime`: the log in pictures."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from openconnector.core.clock import now
from openconnector.core.errors import AdministratorRequired, InvalidInput, NotAuthenticated, NotFound, TooLarge
from openconnector.core.principal import administrator
from openconnector.core.problems import problems
from openconnector.logs.listing import LogFilter
from openconnector.logs.service import LogService
from openconnector.logs.statistics.schemas import Statistics, Uptime
from openconnector.logs.statistics.service import StatisticsService

router = APIRouter(
    prefix="/api/logs",
    tags=["logs"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, InvalidInput, TooLarge),
)


class StatisticsQuery(LogFilter):
    """A filter, and how many bars shall come of it."""

    bars: Annotated[int, Query(ge=1, le=200, description="At most so many points.")] = 60


def _service(request: Request) -> StatisticsService:
    return StatisticsService(request.app.state.database, request.app.state.logs.answers)


Pictures = Annotated[StatisticsService, Depends(_service)]


@router.get("/statistics")
async def read_statistics(
    request: Request, pictures: Pictures, query: Annotated[StatisticsQuery, Query()]
) -> Statistics:
    """The filtered calls in pictures. Without `since`, the last 24 hours."""
    logs: LogService = request.app.state.logs
    return await pictures.statistics(await logs.question(query), bars=query.bars, at=now())


@router.get("/uptime", responses=problems(NotFound))
async def read_uptime(pictures: Pictures, source: UUID, days: Annotated[int, Query(ge=1, le=366)] = 90) -> Uptime:
    """How a source did, day by day."""
    return await pictures.uptime(source, days=days, at=now())
