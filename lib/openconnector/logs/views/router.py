# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/logs/views`: questions with a name."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from openconnector.core.errors import (
    AdministratorRequired,
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    TooLarge,
)
from openconnector.core.principal import Administrator, administrator
from openconnector.core.problems import problems
from openconnector.logs.views.schemas import ViewList, ViewRead, ViewWrite
from openconnector.logs.views.service import ViewService

router = APIRouter(
    prefix="/api/logs",
    tags=["logs"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, InvalidInput, TooLarge),
)


def _service(request: Request) -> ViewService:
    return ViewService(request.app.state.database)


Views = Annotated[ViewService, Depends(_service)]


@router.get("/views")
async def list_views(views: Views) -> ViewList:
    """All views, by name."""
    return await views.list()


@router.post("/views", status_code=201, responses=problems(Conflict))
async def create_view(body: ViewWrite, views: Views, principal: Administrator) -> ViewRead:
    """Save a question under a name."""
    return await views.create(body, user_id=principal.user_id)


@router.put("/views/{id}", responses=problems(NotFound, Conflict))
async def replace_view(id: UUID, body: ViewWrite, views: Views) -> ViewRead:  # noqa: A002
    """Give a view another name or question."""
    return await views.replace(id, body)


@router.delete("/views/{id}", status_code=204, responses=problems(NotFound))
async def delete_view(id: UUID, views: Views) -> None:  # noqa: A002
    """Delete a view; the calls stay."""
    await views.delete(id)
