# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/sources/{id}/service`: the WSDL of a source, its operations, their forms and envelopes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from openconnector.calls.opening import opened
from openconnector.calls.soap.schemas import (
    EnvelopeRead,
    EnvelopeRequest,
    OperationForm,
    OperationName,
    ServiceRead,
    WsdlUpload,
)
from openconnector.calls.soap.service import SoapDescriptions
from openconnector.core.errors import AdministratorRequired, InvalidInput, NotAuthenticated, NotFound, TooLarge
from openconnector.core.principal import Administrator, administrator
from openconnector.core.problems import problems
from openconnector.sources.opened import OpenSource

router = APIRouter(
    prefix="/api/sources/{id}/service",
    tags=["soap"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, NotFound, InvalidInput, TooLarge),
)

Reference = Annotated[str, Path(alias="id", description="Id or slug of the source.", min_length=1, max_length=100)]


def _descriptions(request: Request) -> SoapDescriptions:
    descriptions: SoapDescriptions = request.app.state.soap
    return descriptions


async def _source(reference: Reference, request: Request) -> OpenSource:
    state = request.app.state
    return await opened(reference, database=state.database, vault=state.vault, administration=state.administration)


Descriptions = Annotated[SoapDescriptions, Depends(_descriptions)]
Source = Annotated[OpenSource, Depends(_source)]


@router.get("")
async def read_service(source: Source, descriptions: Descriptions, principal: Administrator) -> ServiceRead:
    """What the WSDL offers. It is fetched when it never was, and kept."""
    return await descriptions.read(source, principal.user_id)


@router.post("/refresh")
async def refresh_service(source: Source, descriptions: Descriptions, principal: Administrator) -> ServiceRead:
    """Fetch the WSDL again. Where that fails, what was kept stays."""
    return await descriptions.refresh(source, principal.user_id)


@router.put("")
async def upload_service(
    source: Source, body: WsdlUpload, descriptions: Descriptions, principal: Administrator
) -> ServiceRead:
    """Use this WSDL in place of one that is fetched."""
    return await descriptions.upload(source, body, principal.user_id)


@router.delete("", status_code=204)
async def forget_service(source: Source, descriptions: Descriptions) -> None:
    """Forget the WSDL that is kept, uploaded or fetched."""
    await descriptions.forget(source)


@router.post("/form")
async def read_form(
    source: Source, body: OperationName, descriptions: Descriptions, principal: Administrator
) -> OperationForm:
    """The form of an operation."""
    return await descriptions.form(source, body, principal.user_id)


@router.post("/envelope")
async def make_envelope(
    source: Source, body: EnvelopeRequest, descriptions: Descriptions, principal: Administrator
) -> EnvelopeRead:
    """The request of an operation with these values, ready to be looked at, edited and sent."""
    return await descriptions.envelope(source, body, principal.user_id)
