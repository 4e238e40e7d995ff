# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the log keeps: deletions of many entries, clean-up, storage."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from openconnector.core.errors import (
    AdministratorRequired,
    Conflict,
    FieldError,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    TooLarge,
)
from openconnector.core.phrases import phrase, told
from openconnector.core.principal import administrator
from openconnector.core.problems import problems
from openconnector.core.retention import Retention
from openconnector.logs.keeping.clean_up import CleanUp
from openconnector.logs.keeping.deletions import Deletions
from openconnector.logs.keeping.schemas import CleanUpPreview, DeletionList, DeletionProgress, StorageRead
from openconnector.logs.keeping.storage import read_storage
from openconnector.logs.listing import LogFilter
from openconnector.logs.service import LogService

router = APIRouter(
    prefix="/api/logs",
    tags=["logs"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, InvalidInput, TooLarge),
)


def _deletions(request: Request) -> Deletions:
    deletions: Deletions = request.app.state.deletions
    return deletions


def _clean_up(request: Request) -> CleanUp:
    clean_up: CleanUp = request.app.state.clean_up
    return clean_up


def _logs(request: Request) -> LogService:
    logs: LogService = request.app.state.logs
    return logs


Running = Annotated[Deletions, Depends(_deletions)]


@router.post("/deletions", status_code=202, responses=problems(Conflict))
async def start_deletion(
    body: LogFilter, deletions: Running, logs: Annotated[LogService, Depends(_logs)]
) -> DeletionProgress:
    """Delete all entries that match, as they are now; an empty filter means every entry. Pinned entries stay."""
    # An empty part would match everything, which is not what somebody meant who filled it in.
    texts = {name: value for name, value in body.model_dump(by_alias=True).items() if isinstance(value, str)}
    empty = [name for name, value in texts.items() if not value.strip()]
    if empty:
        detail = phrase("This part of the filter is empty. Leave it out.")
        raise InvalidInput(errors=[FieldError(f"/{name}", detail, "invalid") for name in empty])
    try:
        question = await logs.question(body)
    except InvalidInput as invalid:
        # The filter is mostly a query string; here its parts stand in the body.
        errors = [replace(error, pointer=f"/{error.parameter}", parameter=None) for error in invalid.errors]
        raise InvalidInput(told(invalid), errors=errors, **invalid.members) from None
    return await deletions.start(question)


@router.get("/deletions")
async def list_deletions(deletions: Running) -> DeletionList:
    """The deletions of this process that run or ended within ten minutes, clean-ups among them; the latest first."""
    return DeletionList(results=deletions.known())


@router.get("/deletions/{id}", responses=problems(NotFound))
async def read_deletion(id: UUID, deletions: Running) -> DeletionProgress:  # noqa: A002
    """How far a deletion is. It is known until ten minutes after its end, or until OpenConnector starts anew."""
    return deletions.progress(id)


@router.delete("/deletions/{id}", status_code=204, responses=problems(NotFound))
async def cancel_deletion(id: UUID, deletions: Running) -> None:  # noqa: A002
    """Stop a deletion; what is deleted stays deleted."""
    deletions.cancel(id)


@router.get("/storage")
async def read_log_storage(request: Request) -> StorageRead:
    """What the log takes."""
    return await read_storage(request.app.state.database, request.app.state.disk)


@router.post("/clean-up/preview")
async def preview_clean_up(
    body: Retention, clean_up: Annotated[CleanUp, Depends(_clean_up)], source: UUID | None = None
) -> CleanUpPreview:
    """What a clean-up would remove if these settings held, for all or for one source."""
    return await clean_up.preview(body, source)


@router.post("/clean-up", status_code=202, responses=problems(Conflict))
async def start_clean_up(deletions: Running) -> DeletionProgress:
    """Remove now what the settings let go; the progress is that of a deletion."""
    return await deletions.start_clean_up()
