# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How answers go on, and how far a call has come that follows them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request

from openconnector.calls.pages.schemas import CallProgress, PaginationRead
from openconnector.calls.pages.service import propose
from openconnector.calls.service import CallService
from openconnector.core.errors import AdministratorRequired, InvalidInput, NotAuthenticated, NotFound
from openconnector.core.principal import administrator
from openconnector.core.problems import problems

router = APIRouter(
    prefix="/api",
    tags=["calls"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, NotFound, InvalidInput),
)


@router.get("/logs/{id}/pagination")
async def propose_pagination(call_id: Annotated[UUID, Path(alias="id")], request: Request) -> PaginationRead:
    """How the answer of a logged call seems to go on."""
    return PaginationRead(proposals=await propose(request.app.state.database, request.app.state.logs, call_id))


@router.get("/calls/{call_id}")
async def read_progress(call_id: UUID, request: Request) -> CallProgress:
    """How far a running call has come."""
    calls: CallService = request.app.state.calls
    progress = calls.progress(call_id)
    return CallProgress(
        exchange_count=len(progress.exchanges),
        record_count=progress.records,
        received_bytes=sum(one.response.size for one in progress.exchanges if one.response),
    )
