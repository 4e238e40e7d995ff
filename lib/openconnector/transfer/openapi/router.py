# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/sources/{id}/api-description` and `…/operations`: what the API of a source offers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from openconnector.calls.opening import opened
from openconnector.core.errors import AdministratorRequired, InvalidInput, NotAuthenticated, NotFound, TooLarge
from openconnector.core.principal import Administrator, administrator
from openconnector.core.problems import problems
from openconnector.sources.opened import OpenSource
from openconnector.transfer.openapi.operations import MAX_OPERATIONS
from openconnector.transfer.openapi.schemas import (
    ApiDescriptionLoaded,
    ApiDescriptionWanted,
    OperationList,
    OperationRead,
)
from openconnector.transfer.openapi.service import ApiDescriptions

router = APIRouter(
    prefix="/api/sources/{id}",
    tags=["api descriptions"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, NotFound, InvalidInput, TooLarge),
)

Reference = Annotated[str, Path(alias="id", description="Id or slug of the source.", min_length=1, max_length=100)]


def _descriptions(request: Request) -> ApiDescriptions:
    descriptions: ApiDescriptions = request.app.state.api_descriptions
    return descriptions


async def _source(reference: Reference, request: Request) -> OpenSource:
    state = request.app.state
    return await opened(reference, database=state.database, vault=state.vault, administration=state.administration)


Descriptions = Annotated[ApiDescriptions, Depends(_descriptions)]
Source = Annotated[OpenSource, Depends(_source)]


@router.put("/api-description")
async def load_description(
    source: Source, body: ApiDescriptionWanted, descriptions: Descriptions, principal: Administrator
) -> ApiDescriptionLoaded:
    """Load a description from a text or a URL. When a URL has none that can be used, what was kept stays."""
    return await descriptions.load(source, body, principal.user_id)


@router.post("/api-description/find")
async def find_description(
    source: Source, descriptions: Descriptions, principal: Administrator
) -> ApiDescriptionLoaded:
    """Look for the description where frameworks serve it, below the location and at its host."""
    return await descriptions.find(source, principal.user_id)


@router.delete("/api-description", status_code=204)
async def forget_description(source: Source, descriptions: Descriptions) -> None:
    """Forget the description."""
    await descriptions.forget(source)


@router.get("/operations")
async def list_operations(
    source: Source,
    descriptions: Descriptions,
    search: Annotated[str, Query(max_length=255, description="Words in method, path, summary or tags.")] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_OPERATIONS)] = 100,
) -> OperationList:
    """The operations of the description; none where none was loaded."""
    return await descriptions.operations(source, search, limit)


@router.get("/operations/{key}")
async def read_operation(
    source: Source, key: Annotated[str, Path(max_length=64)], descriptions: Descriptions
) -> OperationRead:
    """All of an operation: its parameters, and examples of its body."""
    return await descriptions.operation(source, key)
