# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be done with sources."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from openconnector.core.clock import now
from openconnector.core.errors import Conflict, FieldError, VersionConflict
from openconnector.core.ids import new_id
from openconnector.core.paging import Page
from openconnector.core.phrases import phrase
from openconnector.sources.api_descriptions import copy_of_api
from openconnector.sources.health import health_of
from openconnector.sources.models import Source
from openconnector.sources.opened import open_with
from openconnector.sources.rate_states import rate_state_of
from openconnector.sources.repository import SourceFilter, SourceRepository
from openconnector.sources.schemas import (
    LastCallRead,
    SourceCreate,
    SourceHeader,
    SourceParameter,
    SourceRead,
    SourceUpdate,
)
from openconnector.sources.sealing import (
    PatientSealer,
    Sealer,
    masked_authentication,
    masked_connection,
    masked_rows,
    why_closed,
)
from openconnector.sources.service_descriptions import copy_of_description
from openconnector.sources.slugs import free_slug, slug_of
from openconnector.sources.warnings import warnings_of
from openconnector.vault.encryption import Vault


class SourceService:
    """Sources within one transaction."""

    def __init__(self, session: AsyncSession, vault: Vault) -> None:
        self._session = session
        self._repository = SourceRepository(session)
        self._vault = vault

    async def list(self, wanted: SourceFilter, *, sort: str, cursor: str | None, limit: int) -> Page[SourceRead]:
        sources, following = await self._repository.page(wanted, sort=sort, cursor=cursor, limit=limit)
        total = await self._repository.count(wanted)
        return Page[SourceRead](results=[_read(source) for source in sources], total=total, next_cursor=following)

    async def read(self, reference: str) -> SourceRead:
        return _read(await self._repository.get(reference))

    async def create(self, wanted: SourceCreate) -> SourceRead:
        source = Source(
            id=new_id(),
            slug=wanted.slug or await self._free_slug(wanted.name),
            last_call=None,
            rate_state=None,
            token_state=None,
            host_key=None,
            watch=None,
        )
        self._apply(source, wanted)
        self._repository.add(source)
        await self._flush(wanted.slug)
        return _read(source)

    async def update(self, reference: str, wanted: SourceUpdate) -> SourceRead:
        """Replace the configuration.

        Raises:
            VersionConflict: `wanted.version` is not the stored one; the problem carries the stored source.
            InvalidInput: a mask stands where no secret is stored, or where one would be sent to another host.
        """
        source = await self._repository.get(reference, lock=True)
        if wanted.version != source.version:
            raise _changed_meanwhile(source)
        if wanted.slug:
            source.slug = wanted.slug
        self._apply(source, wanted)
        source.updated_at = now()
        await self._flush(wanted.slug)
        return _read(source)

    async def set_enabled(self, reference: str, *, is_enabled: bool) -> SourceRead:
        source = await self._repository.get(reference, lock=True)
        if source.is_enabled != is_enabled:
            source.is_enabled = is_enabled
            source.updated_at = now()
            await self._flush(None)
        return _read(source)

    async def duplicate(self, reference: str) -> SourceRead:
        """A copy under a new name. The secrets are encrypted again, for the copy.

        Raises:
            Conflict: some of them do not open.
        """
        original = await self._repository.get(reference)
        sealer = PatientSealer(self._vault, original.id)
        opened = open_with(sealer, original)
        if sealer.closed:
            errors = [FieldError(f"/{place}", why, "secret_unreadable") for place, why in sealer.closed.items()]
            raise Conflict(why_closed(sealer.closed), errors=errors)
        name = f"{original.name[:240]} (copy)"
        copy = await self.create(
            SourceCreate.model_construct(
                name=name,
                slug=None,
                description=original.description,
                location=opened.location,
                type=opened.type,
                is_enabled=opened.is_enabled,
                headers=opened.headers,
                query=opened.query,
                authentication=opened.authentication,
                connection=opened.connection,
                results_position=opened.results_position,
                pagination=opened.pagination,
            )
        )
        await self._session.execute(copy_of_description(original.id, copy.id))
        await self._session.execute(copy_of_api(original.id, copy.id))
        return copy

    async def delete(self, reference: str) -> None:
        """Remove a source. The log entries of its calls stay until they expire."""
        await self._repository.remove(await self._repository.get(reference, lock=True))

    def _apply(self, source: Source, wanted: SourceCreate) -> None:
        source.name = wanted.name
        source.description = wanted.description
        source.type = wanted.type
        source.is_enabled = wanted.is_enabled
        source.results_position = wanted.results_position
        source.pagination = None if wanted.pagination is None else wanted.pagination.to_json()
        Sealer(self._vault, source.id).seal_into(source, wanted)

    async def _free_slug(self, name: str) -> str:
        return free_slug(name, await self._repository.slugs_like(slug_of(name)))

    async def _flush(self, slug: str | None) -> None:
        try:
            await self._session.flush()
        except StaleDataError:
            raise VersionConflict from None
        except IntegrityError:
            detail = phrase("The slug “{slug}” belongs to another source.", slug=slug) if slug else phrase("Try again.")
            raise Conflict(detail, errors=[FieldError("/slug", detail, "taken")]) from None


def _changed_meanwhile(source: Source) -> VersionConflict:
    current = _read(source)
    return VersionConflict(
        phrase("Somebody else has saved this source since you opened it."),
        current=current.model_dump(mode="json", by_alias=True),
    )


def _read(source: Source) -> SourceRead:
    connection = masked_connection(source.connection)
    authentication = masked_authentication(source.authentication)
    return SourceRead(
        id=source.id,
        slug=source.slug,
        name=source.name,
        description=source.description,
        location=source.location,
        type=source.type,
        is_enabled=source.is_enabled,
        headers=masked_rows(source.headers, SourceHeader),
        query=masked_rows(source.query, SourceParameter),
        authentication=authentication,
        connection=connection,
        results_position=source.results_position,
        pagination=source.pagination,
        version=source.version,
        created_at=source.created_at,
        updated_at=source.updated_at,
        last_call=None if source.last_call is None else LastCallRead.model_validate(source.last_call),
        rate_state=rate_state_of(source.rate_state, connection.rate_limit),
        warnings=warnings_of(authentication, connection, source.token_state),
        host_key=source.host_key,
        health=None if source.watch is None else health_of(source, source.watch),
    )
