# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a source looks like in the API."""

import base64
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field, SecretStr, field_validator, model_validator

from openconnector.authentication.anonymous import NoAuthentication
from openconnector.authentication.client_certificate import ClientCertificate
from openconnector.authentication.union import Authentication
from openconnector.core.http import URL, InvalidURL
from openconnector.core.outcome import Outcome
from openconnector.core.rows import HeaderRow, QueryRow
from openconnector.core.schema import FrozenSchema, Schema, UtcTime
from openconnector.egress.tls import check_certificates
from openconnector.templates.language import checked
from openconnector.vault.secret import Secret

SourceType = Literal["json", "xml"]

MAX_ROWS = 100
MAX_BODY_BYTES = 50 * 1024 * 1024
MAX_TIMEOUT_MS = 600_000

_Milliseconds = Annotated[int, Field(ge=1, le=MAX_TIMEOUT_MS)]
# A connection is validated on every call, and reading certificates takes longer than all the rest of it.
_checked_certificates = lru_cache(maxsize=64)(check_certificates)

_RetentionDays = Annotated[int | None, Field(ge=1, le=3650)]


class SourceHeader(HeaderRow):
    """A header that every call of the source sends. With `isSecret` its value is encrypted, and read as a mask."""

    is_secret: bool = False
    _is_template = field_validator("value")(checked)


class SourceParameter(QueryRow):
    """A query parameter that every call of the source sends. With `isSecret` its value is encrypted."""

    is_secret: bool = False
    _is_template = field_validator("value")(checked)


Redirects = Literal["never", "same_origin", "all"]


class Proxy(FrozenSchema):
    """An HTTP proxy (RFC 9110, section 3.7): calls to http pass it as they are, calls to https through a tunnel."""

    url: Annotated[str, Field(min_length=1, max_length=2048, description="For example http://proxy.example:3128.")]
    username: Annotated[str, Field(max_length=1024)] = ""
    password: Secret = SecretStr("")

    @field_validator("url")
    @classmethod
    def _is_proxy_url(cls, url: str) -> str:
        return check_proxy_url(url.strip())

    def credentials(self) -> Iterator[str]:
        """The password, and the form in which it travels with the user name (RFC 7617)."""
        password = self.password.get_secret_value()
        if password:
            yield password
            yield base64.b64encode(f"{self.username}:{password}".encode()).decode()


class Retry(FrozenSchema):
    """When a call is made again by itself. Each attempt is an exchange of the same call, within its total timeout."""

    max_retries: Annotated[int, Field(ge=0, le=10)] = 0
    statuses: Annotated[
        list[Annotated[int, Field(ge=400, le=599)]], Field(max_length=20, description="Statuses that are retried.")
    ] = [408, 429, 502, 503, 504]
    backoff_ms: Annotated[
        int, Field(ge=1, le=60_000, description="Before the first retry; it doubles with each, and half of it varies.")
    ] = 500
    max_backoff_ms: Annotated[int, Field(ge=1, le=600_000)] = 30_000
    all_methods: Annotated[
        bool, Field(description="Retry POST and PATCH too, although they may take effect twice (RFC 9110, 9.2.2).")
    ] = False


class RateLimit(FrozenSchema):
    """At most `limit` requests in each window, counted over all workers of one database."""

    limit: Annotated[int, Field(ge=1, le=1_000_000)]
    window_ms: Annotated[int, Field(ge=1000, le=86_400_000)] = 60_000


class Connection(FrozenSchema):
    """Defaults of the connection. Times are milliseconds, sizes are bytes."""

    connect_timeout_ms: Annotated[
        _Milliseconds, Field(description="For each of: finding the address, connecting, and the TLS handshake.")
    ] = 10_000
    read_timeout_ms: Annotated[_Milliseconds, Field(description="Between two pieces of the answer.")] = 30_000
    total_timeout_ms: Annotated[
        _Milliseconds, Field(description="For the whole call, with its redirects and retries.")
    ] = 60_000
    verify_tls: bool = True
    ca_certificates: Annotated[
        str, Field(max_length=262_144, description="Authorities (PEM) that this source trusts beside the system's.")
    ] = ""
    client_certificate: Annotated[
        ClientCertificate | None, Field(description="Shown to the other side, for mutual TLS.")
    ] = None
    pinned_certificates: Annotated[
        list[str],
        Field(
            max_length=10,
            description="SHA-256 fingerprints of the only certificates that the other side may show.",
        ),
    ] = []
    http2: Annotated[bool, Field(description="Offer HTTP/2 to servers behind https.")] = False
    proxy: Proxy | None = None
    redirects: Annotated[
        Redirects, Field(description="Which redirects are followed. Credentials never go to another origin.")
    ] = "same_origin"
    max_redirects: Annotated[int, Field(ge=1, le=30)] = 10
    keep_cookies: Annotated[bool, Field(description="Keep the cookies that answers set, and send them again.")] = False
    retry: Retry = Retry()
    rate_limit: RateLimit | None = None
    max_body_bytes: Annotated[
        int, Field(ge=0, le=MAX_BODY_BYTES, description="How much of a body is shown and kept in the log.")
    ] = 1024 * 1024
    success_retention_days: Annotated[_RetentionDays, Field(description="Null: the global setting.")] = None
    error_retention_days: Annotated[_RetentionDays, Field(description="Null: the global setting.")] = None

    @field_validator("pinned_certificates")
    @classmethod
    def _are_fingerprints(cls, pins: list[str]) -> list[str]:
        plain = [re.sub(r"[\s:]", "", pin).lower() for pin in pins]
        if not all(re.fullmatch("[0-9a-f]{64}", pin) for pin in plain):
            raise ValueError("A SHA-256 fingerprint has 64 hexadecimal digits.")
        return plain

    @field_validator("ca_certificates")
    @classmethod
    def _are_certificates(cls, pem: str) -> str:
        return _checked_certificates(pem.strip())


class SourceCreate(Schema):
    """A new source. Name, location and type are enough."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    slug: Annotated[
        str | None,
        Field(
            max_length=100,
            pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
            description="Made from the name when left out.",
        ),
    ] = None
    description: Annotated[str, Field(max_length=4000)] = ""
    location: Annotated[str, Field(min_length=1, max_length=2048, description="Base URL.")]
    type: SourceType
    is_enabled: bool = True
    headers: Annotated[list[SourceHeader], Field(max_length=MAX_ROWS)] = []
    query: Annotated[list[SourceParameter], Field(max_length=MAX_ROWS)] = []
    authentication: Authentication = NoAuthentication()
    connection: Connection = Connection()

    @field_validator("name", mode="before")
    @classmethod
    def _trimmed(cls, name: Any) -> Any:
        return name.strip() if isinstance(name, str) else name

    @field_validator("name")
    @classmethod
    def _is_printable(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError("The name contains a line break or another control character.")
        return name

    @field_validator("slug")
    @classmethod
    def _is_not_an_id(cls, slug: str | None) -> str | None:
        try:
            UUID(slug or "")
        except ValueError:
            return slug
        raise ValueError("A slug may not look like an id.")

    @field_validator("location")
    @classmethod
    def _is_base_url(cls, location: str) -> str:
        return check_location(location.strip())


class SourceUpdate(SourceCreate):
    """A source as it shall be. What is left out goes back to its default; `version` is the one that was read.

    A source that was read can be sent back as it is: `id`, `createdAt`, `updatedAt`, `lastCall`, `rateState` and
    `warnings` are passed over.
    """

    version: Annotated[int, Field(ge=1)]

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_only_read(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if name not in _READ_ONLY}


_READ_ONLY = frozenset({"id", "createdAt", "updatedAt", "lastCall", "rateState", "warnings"})


class SourceEnabled(Schema):
    """Whether calls may be made."""

    is_enabled: bool


class LastCallRead(Schema):
    """The result of the latest call."""

    log_id: UUID
    at: UtcTime
    status_code: int | None
    outcome: Outcome
    error_type: str | None


class RateStateRead(Schema):
    """How much of the rate limit of a source is left, as far as it is known."""

    origin: Annotated[
        Literal["configured", "announced"],
        Field(description="Counted by us against the configured limit, or announced by the other side."),
    ]
    limit: int | None
    remaining: int | None
    resets_at: UtcTime | None
    blocked_until: Annotated[
        UtcTime | None, Field(description="No request is sent before: the other side asked for it, or nothing is left.")
    ]
    observed_at: UtcTime


class SourceWarning(Schema):
    """Something of a source that ends soon, or has ended."""

    type: Literal["client_certificate", "signing_certificate", "refresh_token"]
    expires_at: UtcTime
    days_left: Annotated[int, Field(description="Whole days; negative when it is over.")]
    pointer: Annotated[str, Field(description="Where it stands in the source (JSON pointer).")]


class SourceRead(Schema):
    """A source as it is stored; secrets are masked."""

    id: UUID
    slug: str
    name: str
    description: str
    location: str
    type: SourceType
    is_enabled: bool
    headers: list[SourceHeader]
    query: list[SourceParameter]
    authentication: Authentication
    connection: Connection
    version: int
    created_at: UtcTime
    updated_at: UtcTime
    last_call: LastCallRead | None
    rate_state: RateStateRead | None
    warnings: Annotated[list[SourceWarning], Field(description="What ends within 30 days, or has ended.")]


def check_location(location: str) -> str:
    """The location, when it is an absolute HTTP URL without credentials and without a fragment.

    Raises:
        ValueError: with the sentence that stands under the field.
    """
    if not re.match(r"https?://", location, re.IGNORECASE):
        raise ValueError("Begin with https:// or http://, for example https://api.example.org/v1.")
    if re.search(r"[\s\\\x00-\x1f\x7f]", location):
        raise ValueError("The location contains a space, a backslash or a control character.")
    try:
        parts, url = urlsplit(location), URL(location)
        port = parts.port
    except (ValueError, InvalidURL):
        raise ValueError("This is not a valid URL.") from None
    if not parts.hostname or not url.host or port == 0:
        raise ValueError("The location has no host, for example api.example.org.")
    if "@" in parts.netloc:
        raise ValueError("Do not put credentials into the location. Enter them under Authentication.")
    if parts.fragment:
        raise ValueError("A location has no fragment (#…).")
    return location


def check_proxy_url(url: str) -> str:
    """The URL of a proxy: scheme, host and port, and nothing else.

    Raises:
        ValueError: with the sentence that stands under the field.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("This is not a valid URL.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError("Enter the proxy as http://host:port.")
    if "@" in parts.netloc:
        raise ValueError("Do not put credentials into the URL. Enter them beside it.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("A proxy has a host and a port, and no path.")
    return url.rstrip("/")
