# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Entries of the log as files, and as commands for a shell."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from openconnector.core.errors import (
    AdministratorRequired,
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    TooLarge,
)
from openconnector.core.principal import administrator
from openconnector.core.problems import problems
from openconnector.logs.exports import har
from openconnector.logs.exports.answer import ExportAnswer
from openconnector.logs.exports.curl import curl_of
from openconnector.logs.exports.formats import as_json
from openconnector.logs.exports.schemas import Curl, ExportFormat, ExportProgress
from openconnector.logs.exports.service import Exports
from openconnector.logs.listing import LogFilter
from openconnector.logs.service import LogService

router = APIRouter(
    prefix="/api/logs",
    tags=["logs"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, InvalidInput, TooLarge),
)


def _logs(request: Request) -> LogService:
    logs: LogService = request.app.state.logs
    return logs


def _exports(request: Request) -> Exports:
    exports: Exports = request.app.state.exports
    return exports


Logs = Annotated[LogService, Depends(_logs)]
Running = Annotated[Exports, Depends(_exports)]


class ExportQuery(LogFilter):
    """What to export, and how."""

    format: ExportFormat
    export_id: Annotated[UUID | None, Query(description="A name of the client's for its progress.")] = None


@router.get("/export", response_class=Response, responses=problems(Conflict))
async def export_logs(exports: Running, query: Annotated[ExportQuery, Query()]) -> Response:
    """The filtered calls as a file, newest first, redacted as stored. Two exports may run at a time."""
    return ExportAnswer(await exports.start(query, query.format, query.export_id))


@router.get("/exports/{id}", responses=problems(NotFound))
async def read_export(id: UUID, exports: Running) -> ExportProgress:  # noqa: A002
    """How far an export is. It is forgotten ten minutes after its end."""
    return exports.read(id)


@router.delete("/exports/{id}", status_code=204, responses=problems(NotFound))
async def cancel_export(id: UUID, exports: Running) -> None:  # noqa: A002
    """Stop an export."""
    exports.cancel(id)


@router.get("/{id}/har", responses=problems(NotFound), response_model=dict[str, Any])
async def read_har(id: UUID, logs: Logs) -> Response:  # noqa: A002
    """One call as HAR 1.2: its exchanges are the entries."""
    call = await logs.entry(id)
    return Response(await asyncio.to_thread(lambda: as_json(har.document(call))), media_type="application/json")


@router.get("/{id}/curl", responses=problems(NotFound))
async def read_curl(
    id: UUID,  # noqa: A002
    logs: Logs,
    position: Annotated[
        int | None,
        Query(ge=0, le=10_000, description="Of the exchange; null: the one that asked for what the call wanted."),
    ] = None,
) -> Curl:
    """One request as a command for a shell, with variables in the place of secrets."""
    call = await logs.entry(id)
    return await asyncio.to_thread(curl_of, call, position)
