# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/sources/{id}/watch`: how a source is looked at from time to time, and how it is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from openconnector.core.errors import (
    AdministratorRequired,
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    StorageFull,
    TooLarge,
)
from openconnector.core.principal import Administrator, administrator
from openconnector.core.problems import problems
from openconnector.monitoring.schemas import WatchRead, WatchUpdate
from openconnector.monitoring.service import WatchService

router = APIRouter(
    prefix="/api/sources/{id}/watch",
    tags=["monitoring"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, NotFound, InvalidInput, TooLarge),
)

Reference = Annotated[str, Path(alias="id", description="Id or slug of the source.", min_length=1, max_length=100)]


def _watches(request: Request) -> WatchService:
    watches: WatchService = request.app.state.watches
    return watches


Watches = Annotated[WatchService, Depends(_watches)]


@router.get("")
async def read_watch(reference: Reference, watches: Watches) -> WatchRead | None:
    """The watch of a source; null where nobody watches it."""
    return await watches.read(reference)


@router.put("", responses=problems(Conflict))
async def store_watch(reference: Reference, body: WatchUpdate, watches: Watches, principal: Administrator) -> WatchRead:
    """Watch a source, or change how. The first check is made at once."""
    return await watches.store(reference, body, principal)


@router.delete("", status_code=204)
async def remove_watch(reference: Reference, watches: Watches) -> None:
    """Watch a source no longer."""
    await watches.remove(reference)


@router.post("/check", responses=problems(Conflict, StorageFull))
async def check_source(reference: Reference, watches: Watches, principal: Administrator) -> WatchRead:
    """Check a source now."""
    return await watches.check(reference, principal)
