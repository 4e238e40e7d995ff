# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The routes that make calls."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request

from openconnector.calls.schemas import CallRequest, TestRequest, VerifyRead, VerifyRequest
from openconnector.calls.service import CallService
from openconnector.calls.verify import verified
from openconnector.core.database import Database
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
from openconnector.logs.schemas import CallRead, Trigger
from openconnector.logs.service import read_call
from openconnector.sources.repository import find_blocking
from openconnector.sources.service import open_source

router = APIRouter(
    prefix="/api",
    tags=["calls"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, InvalidInput, TooLarge),
)


def _calls(request: Request) -> CallService:
    calls: CallService = request.app.state.calls
    return calls


Calls = Annotated[CallService, Depends(_calls)]


@router.post("/sources/{id}/test", responses=problems(NotFound, Conflict))
async def test_source(
    id: Annotated[str, Path(description="Id or slug of the source.", min_length=1, max_length=100)],  # noqa: A002
    body: TestRequest,
    request: Request,
    principal: Administrator,
    calls: Calls,
) -> CallRead:
    """Make one call from the server. A call that fails or is refused is answered with 200 too: `outcome` tells."""
    database: Database = request.app.state.database
    # The transaction ends before the call: none is open while the network is waited for.
    source = open_source(await database.run(lambda session: find_blocking(session, id)), request.app.state.vault)
    trigger = Trigger(type="test", user_id=principal.user_id)
    return read_call(await calls.call(source, body, trigger, call_id=body.call_id))


@router.post("/sources/{id}/verify", responses=problems(NotFound, Conflict))
async def verify_source(
    id: Annotated[str, Path(description="Id or slug of the source.", min_length=1, max_length=100)],  # noqa: A002
    body: VerifyRequest,
    request: Request,
    principal: Administrator,
    calls: Calls,
) -> VerifyRead:
    """Go the way of a call step by step, over a new connection. It stops at the first step that fails."""
    database: Database = request.app.state.database
    source = open_source(await database.run(lambda session: find_blocking(session, id)), request.app.state.vault)
    trigger = Trigger(type="verify", user_id=principal.user_id)
    wanted = CallRequest(method=body.method, path=body.path)
    return verified(read_call(await calls.call(source, wanted, trigger, call_id=body.call_id, is_fresh=True)))


@router.delete("/calls/{call_id}", status_code=204, responses=problems(NotFound))
async def cancel_call(call_id: Annotated[UUID, Path(alias="call_id")], calls: Calls) -> None:
    """Cancel a running call by the `callId` that its test request named."""
    calls.cancel(call_id)
