# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/sources`: the configuration of sources. Their test calls are in `calls/router.py`."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request

from openconnector.core.database import Database, Reading, Writing
from openconnector.core.errors import (
    AdministratorRequired,
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    TooLarge,
)
from openconnector.core.paging import Limit, Page
from openconnector.core.phrases import phrase
from openconnector.core.principal import administrator
from openconnector.core.problems import problems
from openconnector.egress.policy import EgressPolicy
from openconnector.sources.proxies import proxy_of, refuse_unreachable
from openconnector.sources.repository import SORT_KEYS, SourceFilter
from openconnector.sources.schemas import SourceCreate, SourceEnabled, SourceRead, SourceType, SourceUpdate
from openconnector.sources.service import SourceService
from openconnector.sources.settling import settled

router = APIRouter(
    prefix="/api/sources",
    tags=["sources"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, InvalidInput, TooLarge),
)

Reference = Annotated[str, Path(description="Id or slug of the source.", min_length=1, max_length=100)]
Sort = Annotated[
    str,
    Query(
        pattern=f"^-?({'|'.join(SORT_KEYS)})$",
        description=f"One of {', '.join(SORT_KEYS)}; with `-` descending.",
    ),
]


def reading_service(request: Request, session: Reading) -> SourceService:
    return SourceService(session, request.app.state.vault)


def writing_service(request: Request, session: Writing) -> SourceService:
    return SourceService(session, request.app.state.vault)


async def egress_policy(request: Request) -> EgressPolicy:
    policy: EgressPolicy = (await request.app.state.administration.current()).egress
    return policy


ReadingSources = Annotated[SourceService, Depends(reading_service)]
WritingSources = Annotated[SourceService, Depends(writing_service)]
Policy = Annotated[EgressPolicy, Depends(egress_policy)]


@router.get("")
async def list_sources(
    sources: ReadingSources,
    *,
    search: Annotated[str | None, Query(max_length=255, description="Text in name, location or description.")] = None,
    type: Annotated[str | None, Query(description="Comma list of types.", pattern="^[a-z]*(,[a-z]+)*$")] = None,  # noqa: A002
    enabled: Annotated[Literal["true", "false"] | None, Query()] = None,
    sort: Sort = "name",
    cursor: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> Page[SourceRead]:
    """The sources that match every filter, a page at a time."""
    wanted = SourceFilter(search, _types(type), None if enabled is None else enabled == "true")
    return await sources.list(wanted, sort=sort, cursor=cursor, limit=limit)


@router.post("", status_code=201, responses=problems(Conflict))
async def create_source(body: SourceCreate, sources: WritingSources, policy: Policy) -> SourceRead:
    """Add a source."""
    body = await settled(body)
    await refuse_unreachable(body.connection.proxy, policy)
    return await sources.create(body)


@router.get("/{id}", responses=problems(NotFound))
async def read_source(id: Reference, sources: ReadingSources) -> SourceRead:  # noqa: A002
    """One source. Secrets are masked."""
    return await sources.read(id)


@router.put("/{id}", responses=problems(NotFound, Conflict))
async def update_source(
    id: Reference,  # noqa: A002
    body: SourceUpdate,
    sources: WritingSources,
    policy: Policy,
    request: Request,
) -> SourceRead:
    """Replace the configuration of a source, when `version` is still the stored one."""
    database: Database = request.app.state.database
    stored = await database.run(partial(proxy_of, reference=id))
    body = await settled(body)
    # The session of `sources` has not begun a transaction yet: none is open while the proxy is waited for.
    await refuse_unreachable(body.connection.proxy, policy, stored=stored)
    return await sources.update(id, body)


@router.put("/{id}/enabled", responses=problems(NotFound, Conflict))
async def set_source_enabled(id: Reference, body: SourceEnabled, sources: WritingSources) -> SourceRead:  # noqa: A002
    """Allow or stop calls of a source."""
    return await sources.set_enabled(id, is_enabled=body.is_enabled)


@router.post("/{id}/duplicate", status_code=201, responses=problems(NotFound, Conflict))
async def duplicate_source(id: Reference, sources: WritingSources) -> SourceRead:  # noqa: A002
    """Copy a source with its secrets under a new name."""
    return await sources.duplicate(id)


@router.delete("/{id}", status_code=204, responses=problems(NotFound))
async def delete_source(id: Reference, sources: WritingSources) -> None:  # noqa: A002
    """Delete a source. The log entries of its calls stay."""
    await sources.delete(id)


def _types(text: str | None) -> frozenset[str]:
    types = frozenset(part for part in (text or "").split(",") if part)
    unknown = types.difference(SourceType.__args__)  # type: ignore[attr-defined]  # the values of the Literal
    if unknown:
        raise InvalidInput.parameter("type", phrase("There is no type “{type}”.", type=min(unknown)))
    return types
