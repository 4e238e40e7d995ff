# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/logs/{id}/exchanges/{position}/{side}`: the bodies of logged calls, whole and in parts, and what is in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from openconnector.core.errors import AdministratorRequired, InvalidInput, NotAuthenticated, NotFound, TooLarge
from openconnector.core.phrases import phrase, told
from openconnector.core.principal import administrator
from openconnector.core.problems import problems
from openconnector.logs.bodies import LoggedBody, Side, find_body
from openconnector.logs.downloads import BYTES, TEXT, download_headers
from openconnector.reading.body import PartMissing
from openconnector.reading.document import ExpressionInvalid, NodeNotFound, Unreadable
from openconnector.reading.readers import Readers, pieces_of
from openconnector.reading.schemas import (
    MAX_LIMIT,
    BodyMatches,
    BodyQuery,
    BodySearch,
    BodyView,
    NodePage,
    RecordPage,
    TextMatches,
)

router = APIRouter(
    prefix="/api/logs/{id}/exchanges/{position}/{side}",
    tags=["bodies"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, NotFound, InvalidInput, TooLarge),
)

CallId = Annotated[UUID, Path(alias="id")]
Position = Annotated[int, Path(ge=0, le=10_000, description="Of the exchange in the call, from 0.")]
SideOfExchange = Annotated[Side, Path()]
PartNumber = Annotated[int | None, Query(ge=0, le=10_000, description="Of a multipart body; left out: all of it.")]


@router.get("/view", response_model=BodyView)
async def view_body(
    call_id: CallId, position: Position, side: SideOfExchange, request: Request, part: PartNumber = None
) -> Response:
    """What the body is, and how it can be looked at."""
    body, readers = await _body(request, call_id, position, side)
    with _told():
        return _json(await readers.ask(body, part, "view"))


@router.get("/content", response_class=Response)
async def read_body(
    call_id: CallId,
    position: Position,
    side: SideOfExchange,
    request: Request,
    part: PartNumber = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    length: Annotated[int | None, Query(ge=1, description="Bytes; left out: to the end.")] = None,
) -> Response:
    """The bytes that are kept; text is UTF-8. They come as a download, and never as a page."""
    body, readers = await _body(request, call_id, position, side)
    with _told():
        kept = body if part is None else await readers.part(body, part)
    end = kept.facts.kept_size if length is None else min(offset + length, kept.facts.kept_size)
    size = max(0, end - offset)
    headers = download_headers(kept.facts, f"{side}-{str(call_id)[-8:]}-{position}")
    return StreamingResponse(
        pieces_of(kept, offset, end),
        media_type=TEXT if kept.facts.is_text else BYTES,
        headers=headers | {"Content-Length": str(size)},
    )


@router.get("/nodes", response_model=NodePage)
async def list_nodes(
    call_id: CallId,
    position: Position,
    side: SideOfExchange,
    request: Request,
    part: PartNumber = None,
    path: Annotated[str, Query(max_length=4096, description="`path` of the parent; empty: the top.")] = "",
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 200,
) -> Response:
    """What is below one node of the tree of a JSON or XML body."""
    body, readers = await _body(request, call_id, position, side)
    with _told():
        return _json(await readers.ask(body, part, "nodes", path=path, offset=offset, limit=limit))


@router.get("/records", response_model=RecordPage)
async def list_records(
    call_id: CallId,
    position: Position,
    side: SideOfExchange,
    request: Request,
    part: PartNumber = None,
    results_position: Annotated[str, Query(alias="resultsPosition", max_length=500)] = "",
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 100,
) -> Response:
    """The records of a JSON, XML or CSV body as a table. Where the position finds none, others are proposed."""
    body, readers = await _body(request, call_id, position, side)
    arguments = {"position": results_position, "offset": offset, "limit": limit}
    with _told():
        return _json(await readers.ask(body, part, "records", **arguments))


@router.post("/query", response_model=BodyMatches)
async def query_body(
    call_id: CallId,
    position: Position,
    side: SideOfExchange,
    body: BodyQuery,
    request: Request,
    part: PartNumber = None,
) -> Response:
    """Evaluate a JSONPath or an XPath over the whole body."""
    kept, readers = await _body(request, call_id, position, side)
    with _told():
        return _json(await readers.ask(kept, part, "query", expression=body.expression, limit=body.limit))


@router.post("/search", response_model=TextMatches)
async def search_body(
    call_id: CallId,
    position: Position,
    side: SideOfExchange,
    body: BodySearch,
    request: Request,
    part: PartNumber = None,
) -> Response:
    """Look for a text in the whole body."""
    kept, readers = await _body(request, call_id, position, side)
    with _told():
        return _json(await readers.ask(kept, part, "search", **body.model_dump()))


async def _body(request: Request, call_id: UUID, position: int, side: Side) -> tuple[LoggedBody, Readers]:
    state = request.app.state
    return await find_body(state.database, state.compression, call_id, position, side), state.readers


def _json(text: bytes) -> Response:
    return Response(text, media_type="application/json")


@contextmanager
def _told() -> Iterator[None]:
    """What went wrong while a body was read, as an error of the API."""
    try:
        yield
    except PartMissing:
        raise NotFound(phrase("The body has no part of this number.")) from None
    except NodeNotFound:
        raise NotFound(phrase("The tree of the body has no node with this path.")) from None
    except ExpressionInvalid as error:
        raise InvalidInput.field("/expression", told(error)) from None
    except Unreadable as error:
        raise InvalidInput(told(error)) from None
