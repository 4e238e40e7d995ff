# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/logs/{id}/comparison`: two entries side by side."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from openconnector.core.errors import AdministratorRequired, InvalidInput, NotAuthenticated, NotFound, TooLarge
from openconnector.core.principal import administrator
from openconnector.core.problems import problems
from openconnector.logs.comparison.schemas import Comparison
from openconnector.logs.comparison.service import ComparisonService

router = APIRouter(
    prefix="/api/logs",
    tags=["logs"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, InvalidInput, TooLarge),
)


def _service(request: Request) -> ComparisonService:
    state = request.app.state
    return ComparisonService(state.database, state.compression, state.logs)


@router.get("/{id}/comparison", responses=problems(NotFound))
async def compare(
    service: Annotated[ComparisonService, Depends(_service)],
    id: UUID,  # noqa: A002
    base: Annotated[UUID | None, Query(description="Null: the previous success of the same request.")] = None,
    ignore: Annotated[
        str,
        Query(
            max_length=4000,
            description="What is reported as ignored, comma separated: `dates`, `ids`, names of headers and facts, "
            "paths such as `$..updatedAt` and `//timestamp`.",
        ),
    ] = "dates,ids",
) -> Comparison:
    """What is different in this entry from the base."""
    return await service.compare(id, base, ignore)
