# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/sources/{id}/files`: the directories and files of a source of type `ftp`, and the key of its server."""

from collections.abc import Iterator
from functools import partial
from typing import IO, Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from openconnector.calls.files.service import FileService
from openconnector.calls.opening import opened
from openconnector.calls.schemas import ListingRead, ListingRequest
from openconnector.core.database import Database
from openconnector.core.errors import (
    AdministratorRequired,
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    TooLarge,
)
from openconnector.core.principal import Administrator, Principal, administrator
from openconnector.core.problems import problems
from openconnector.logs.schemas import Trigger
from openconnector.sources.host_keys import forget_host_key as drop_host_key
from openconnector.sources.opened import OpenSource

router = APIRouter(
    prefix="/api/sources/{id}",
    tags=["files"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, NotFound, Conflict, InvalidInput, TooLarge),
)

Reference = Annotated[str, Path(alias="id", description="Id or slug of the source.", min_length=1, max_length=100)]


@router.post("/files/list")
async def list_files(
    reference: Reference, body: ListingRequest, request: Request, principal: Administrator
) -> ListingRead:
    """Read a directory. The call is logged; another part of what was read needs none."""
    return await _files(request).list(await _source(request, reference), body, _trigger(principal))


@router.get("/files/content", response_class=Response)
async def download_file(
    reference: Reference,
    request: Request,
    principal: Administrator,
    path: Annotated[str, Query(max_length=4096, description="Below the location.")],
    call_id: Annotated[
        UUID | None, Query(alias="callId", description="Chosen by the client, to cancel the call with.")
    ] = None,
) -> Response:
    """Download a file as it is. The call is logged."""
    source = await _source(request, reference)
    download = await _files(request).download(source, path, _trigger(principal), call_id=call_id)
    name = path.rstrip("/").rpartition("/")[2] or "file"
    return StreamingResponse(
        _pieces(download.file),
        media_type="application/octet-stream",
        headers={
            "Content-Length": str(download.size),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "no-store",
        },
        background=BackgroundTask(download.file.close),
    )


@router.delete("/host-key", status_code=204)
async def forget_host_key(reference: Reference, request: Request) -> None:
    """Forget the key of the SSH server. The next call takes the one that it is shown."""
    source = await _source(request, reference)
    database: Database = request.app.state.database
    await database.run(partial(drop_host_key, source_id=source.id), writes=True)


def _files(request: Request) -> FileService:
    files: FileService = request.app.state.files
    return files


async def _source(request: Request, reference: str) -> OpenSource:
    state = request.app.state
    return await opened(reference, database=state.database, vault=state.vault, administration=state.administration)


def _trigger(principal: Principal) -> Trigger:
    return Trigger(type="test", user_id=principal.user_id)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    try:
        while piece := file.read(256 * 1024):
            yield piece
    finally:
        file.close()
