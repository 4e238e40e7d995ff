# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be done with sources."""

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import cast
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from openconnector.authentication.union import Authentication
from openconnector.core.call_defaults import CallDefaults, Timeouts
from openconnector.core.clock import now
from openconnector.core.errors import Conflict, FieldError, VersionConflict
from openconnector.core.ids import new_id
from openconnector.core.paging import Page
from openconnector.core.phrases import phrase
from openconnector.sources.api_descriptions import copy_of_api
from openconnector.sources.connection import Connection, RateLimit
from openconnector.sources.health import health_of
from openconnector.sources.models import HostKey, RateState, Source
from openconnector.sources.pagination import Pagination
from openconnector.sources.rate_states import rate_state_of
from openconnector.sources.repository import SourceFilter, SourceRepository
from openconnector.sources.schemas import (
    LastCallRead,
    SourceCreate,
    SourceHeader,
    SourceParameter,
    SourceRead,
    SourceType,
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
from openconnector.sources.warnings import warnings_of
from openconnector.vault.encryption import Vault
from openconnector.vault.redaction import Redactor, named_values
from openconnector.vault.secret import MASK

MAX_SLUG = 100


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A source with its secrets in clear, for the one who makes a call. It is never stored, shown or logged."""

    id: UUID
    version: int
    slug: str
    name: str
    location: str
    type: SourceType
    is_enabled: bool
    headers: list[SourceHeader]
    query: list[SourceParameter]
    authentication: Authentication
    connection: Connection
    results_position: str = ""
    pagination: Pagination | None = None
    rate_state: RateState | None = None
    host_key: HostKey | None = None
    defaults: CallDefaults = field(default_factory=CallDefaults)
    """What holds where its connection says nothing."""

    closed: Mapping[str, str] = field(default_factory=dict)
    """Why secrets do not open, by their place. The mask stands in their place."""

    @property
    def timeouts(self) -> Timeouts:
        """How long its calls may take."""
        return self.connection.timeouts(self.defaults.timeouts)

    @property
    def rate_limit(self) -> RateLimit | None:
        """How many requests it may be sent; None: any number."""
        general = self.defaults.limits.requests_per_minute
        return self.connection.rate_limit or (None if general is None else RateLimit(limit=general))

    @property
    def has_unentered_secrets(self) -> bool:
        """Whether a secret is still to be entered since the source was imported. The mask stands in its place."""
        rows = [row.value for row in self.headers if row.is_secret]
        rows += [row.value for row in self.query if row.is_secret]
        proxy, security = self.connection.proxy, self.connection.soap.security
        token = security.username_token if security else None
        others = (*(proxy.credentials() if proxy else ()), *(token.credentials() if token else ()))
        return MASK in (*self.authentication.credentials(), *rows, *others)

    def redactor(self, more: Iterable[str] = (), names: Sequence[str] = ()) -> Redactor:
        """What takes the secrets of this source, `more` values, and what stands under `names`, out of a call."""
        headers = [row for row in self.headers if row.is_secret]
        parameters = [row for row in self.query if row.is_secret]
        proxy, security = self.connection.proxy, self.connection.soap.security
        token = security.username_token if security else None
        carriers = self.authentication.carriers()
        written = parse_qsl(urlsplit(self.location).query, keep_blank_values=True)
        return Redactor(
            [
                *more,
                *named_values(
                    ((row.name, row.value) for row in self.headers),
                    [*((row.name, row.value) for row in self.query), *written],
                    names,
                ),
                *self.authentication.credentials(),
                *(row.value for row in (*headers, *parameters)),
                *(proxy.credentials() if proxy else ()),
                *(token.credentials() if token else ()),
            ],
            headers=[*(row.name for row in headers), *carriers.headers],
            parameters=[*(row.name for row in parameters), *carriers.parameters],
            names=names,
        )


def open_source(source: Source, vault: Vault) -> OpenSource:
    """The source with its secrets decrypted.

    Raises:
        ConfigurationError: one of them does not open.
    """
    return open_with(Sealer(vault, source.id), source)


def open_with(sealer: Sealer, source: Source, defaults: CallDefaults | None = None) -> OpenSource:
    """The source with its secrets as `sealer` opens them.

    Args:
        defaults: what holds where it says nothing (`AdministrationService.current`); None: what is built in.
    """
    return OpenSource(
        id=source.id,
        version=source.version,
        slug=source.slug,
        name=source.name,
        location=source.location,
        type=cast("SourceType", source.type),
        is_enabled=source.is_enabled,
        headers=sealer.open_rows(source.headers, "headers", SourceHeader),
        query=sealer.open_rows(source.query, "query", SourceParameter),
        authentication=sealer.open_authentication(source.authentication),
        connection=sealer.open_connection(source.connection),
        results_position=source.results_position,
        pagination=None if source.pagination is None else Pagination.model_validate(source.pagination),
        rate_state=source.rate_state,
        host_key=source.host_key,
        defaults=defaults or CallDefaults(),
    )


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


def slug_of(name: str) -> str:
    """What a source of this name is called in addresses, where no other is."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[: MAX_SLUG - 8].strip("-") or "source"


def free_slug(name: str, taken: Container[str]) -> str:
    """The slug of a name, with a number behind it where it is taken."""
    base = slug_of(name)
    return next(slug for number in count(1) if (slug := base if number == 1 else f"{base}-{number}") not in taken)


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
