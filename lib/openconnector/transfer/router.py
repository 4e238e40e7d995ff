# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/import` and `/api/export`: sources in and out."""

import asyncio
from typing import Annotated
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
from openconnector.core.phrases import phrase
from openconnector.core.principal import Administrator, administrator
from openconnector.core.problems import problems
from openconnector.transfer.exporting import SourceExports
from openconnector.transfer.fetching import DocumentFetcher
from openconnector.transfer.schemas import (
    CurlRead,
    CurlText,
    ExportFormat,
    ExportRequest,
    ImportPreview,
    ImportProgress,
    ImportRequest,
    ImportResult,
    PreviewRequest,
)
from openconnector.transfer.service import ImportOutdatedError, Imports
from openconnector.transfer.shown import notes_of, preview_of, request_of, result_of
from openconnector.transfer.storing import Wish

router = APIRouter(
    prefix="/api",
    tags=["transfer"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, InvalidInput, TooLarge),
)

_MEDIA_TYPES = {"json": "application/json", "yaml": "application/yaml"}


class ImportOutdated(Conflict):
    """Something was changed since the preview. The member `preview` holds what would be done now."""

    slug, title = "import-outdated", phrase("Something has changed since the preview")


def _imports(request: Request) -> Imports:
    imports: Imports = request.app.state.imports
    return imports


def _exports(request: Request) -> SourceExports:
    exports: SourceExports = request.app.state.source_exports
    return exports


def _fetcher(request: Request) -> DocumentFetcher:
    fetcher: DocumentFetcher = request.app.state.import_fetcher
    return fetcher


Importing = Annotated[Imports, Depends(_imports)]
Exporting = Annotated[SourceExports, Depends(_exports)]


@router.post("/import/preview", responses=problems(Conflict))
async def preview_import(
    body: PreviewRequest,
    imports: Importing,
    fetcher: Annotated[DocumentFetcher, Depends(_fetcher)],
    principal: Administrator,
) -> ImportPreview:
    """What an import of a text, a file or a URL would do. What was fetched is in the answer, to be sent back."""
    if body.url is None:
        return preview_of(await imports.preview(body.data, body.secret))
    fetched = await fetcher.fetch(body.url, principal.user_id)
    return preview_of(await imports.preview(fetched.content, body.secret), fetched.content, fetched.log_id)


@router.post("/import", responses=problems(Conflict))
async def import_sources(body: ImportRequest, imports: Importing) -> ImportResult:
    """Do an import as it was previewed: all of it, or nothing. When something has changed since, the answer is 409."""
    wishes = None
    if body.choices is not None:
        wishes = {
            choice.position: Wish(choice.action, choice.name, f"/choices/{index}")
            for index, choice in enumerate(body.choices)
        }
    progress = imports.begin(body.import_id)
    try:
        stored = await imports.apply(body.data, body.revision, wishes, passphrase=body.secret, progress=progress)
    except ImportOutdatedError as outdated:
        preview = preview_of(outdated.plan)
        raise ImportOutdated(
            phrase("Something has changed since the preview. Look at what would be done now."),
            preview=preview.model_dump(mode="json", by_alias=True),
        ) from None
    return result_of(stored)


@router.get("/imports/{id}", responses=problems(NotFound))
async def read_import(id: UUID, imports: Importing) -> ImportProgress:  # noqa: A002
    """How far an import is. It is forgotten ten minutes after its end."""
    progress = imports.progress(id)
    return ImportProgress.model_validate({"state": progress.state, "done": progress.done, "total": progress.total})


@router.post("/import/curl")
async def read_curl_command(body: CurlText) -> CurlRead:
    """What a cURL command says: a source, and one request to it. Nothing is stored or called."""
    from openconnector.transfer.curl import read_curl  # noqa: PLC0415  # it is large, and rarely needed

    draft = await asyncio.to_thread(read_curl, body.command)
    return CurlRead(
        source=draft.definition,
        request=request_of(draft.requests[0]),
        notes=notes_of(draft),
        missing_secrets=draft.missing,
    )


@router.post("/export", response_class=Response, responses=problems(NotFound, Conflict))
async def export_sources(body: ExportRequest, exports: Exporting) -> Response:
    """Sources as a file, with their secrets left out or encrypted."""
    passphrase = body.passphrase.get_secret_value() if body.passphrase else None
    return _file(await exports.write(body.ids, body.format, passphrase), body.format)


@router.get("/export", response_class=Response, responses=problems(NotFound))
async def download_sources(
    exports: Exporting,
    ids: Annotated[
        str | None,
        Query(max_length=20_000, pattern="^[0-9a-fA-F,-]*$", description="Comma list of ids; left out: all."),
    ] = None,
    format: ExportFormat = "json",  # noqa: A002
) -> Response:
    """Sources as a file, with their secrets left out."""
    return _file(await exports.write(_ids(ids), format), format)


def _ids(text: str | None) -> list[UUID] | None:
    if not text:
        return None
    try:
        return [UUID(part) for part in text.split(",") if part]
    except ValueError:
        raise InvalidInput.parameter("ids", phrase("This is no list of ids.")) from None


def _file(content: bytes, file_format: ExportFormat) -> Response:
    return Response(
        content,
        media_type=_MEDIA_TYPES[file_format],
        headers={
            "Content-Disposition": f'attachment; filename="openconnector-sources.{file_format}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
