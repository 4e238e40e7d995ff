# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The routes that make calls."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request

from openconnector.calls.opening import opened
from openconnector.calls.pages.service import PageService
from openconnector.calls.schemas import CallRequest, TestRead, TestRequest, VerifyRead, VerifyRequest
from openconnector.calls.service import CallService
from openconnector.calls.verify import verified
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
from openconnector.logs.schemas import Trigger
from openconnector.logs.shown import show_call
from openconnector.sources.opened import OpenSource
from openconnector.transports.soap.endpoint import wsdl_path_of

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


async def _opened(request: Request, reference: str) -> OpenSource:
    state = request.app.state
    return await opened(reference, database=state.database, vault=state.vault, administration=state.administration)


@router.post("/sources/{id}/test", responses=problems(NotFound, Conflict))
async def test_source(
    id: Annotated[str, Path(description="Id or slug of the source.", min_length=1, max_length=100)],  # noqa: A002
    body: TestRequest,
    request: Request,
    principal: Administrator,
    calls: Calls,
) -> TestRead:
    """Make one call from the server. A call that fails or is refused is answered with 200 too: `outcome` tells."""
    source = await _opened(request, id)
    trigger = Trigger(type="test", user_id=principal.user_id)
    if body.pages is not None:
        pages: PageService = request.app.state.pages
        entry, report = await pages.follow(source, body, body.pages, trigger)
        return TestRead(**show_call(entry).model_dump(), pages=report)
    return TestRead(**show_call(await calls.call(source, body, trigger, call_id=body.call_id)).model_dump())


@router.post("/sources/{id}/verify", responses=problems(NotFound, Conflict))
async def verify_source(
    id: Annotated[str, Path(description="Id or slug of the source.", min_length=1, max_length=100)],  # noqa: A002
    body: VerifyRequest,
    request: Request,
    principal: Administrator,
    calls: Calls,
) -> VerifyRead:
    """Go the way of a call step by step, over a new connection. It stops at the first step that fails."""
    source = await _opened(request, id)
    trigger = Trigger(type="verify", user_id=principal.user_id)
    # To a GET, a service that works mostly answers 405, or nothing: it is asked for its WSDL.
    asks_for_wsdl = source.type == "soap" and body.method == "GET" and not body.path
    path = wsdl_path_of(source.location) if asks_for_wsdl else body.path
    wanted = CallRequest(method=body.method, path=path)
    return verified(show_call(await calls.call(source, wanted, trigger, call_id=body.call_id, is_fresh=True)))


@router.delete("/calls/{call_id}", status_code=204, responses=problems(NotFound))
async def cancel_call(call_id: Annotated[UUID, Path(alias="call_id")], calls: Calls) -> None:
    """Cancel a running call by the `callId` that its test request named."""
    calls.cancel(call_id)
