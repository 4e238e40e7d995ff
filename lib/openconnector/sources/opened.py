# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A source with its secrets in clear, for those who make its calls."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from openconnector.authentication.union import Authentication
from openconnector.core.call_defaults import CallDefaults, Timeouts
from openconnector.sources.connection import Connection, RateLimit
from openconnector.sources.models import HostKey, RateState, Source
from openconnector.sources.pagination import Pagination
from openconnector.sources.schemas import SourceHeader, SourceParameter, SourceType
from openconnector.sources.sealing import Sealer
from openconnector.vault.encryption import Vault
from openconnector.vault.redaction import Redactor, named_values
from openconnector.vault.secret import MASK


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
