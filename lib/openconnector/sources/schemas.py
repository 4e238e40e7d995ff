# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a source looks like in the API."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator, model_validator

from openconnector.authentication.anonymous import NoAuthentication
from openconnector.authentication.union import Authentication
from openconnector.core.http import URL, InvalidURL
from openconnector.core.outcome import Outcome
from openconnector.core.phrases import phrase
from openconnector.core.rows import HeaderRow, QueryRow
from openconnector.core.schema import Schema, UtcTime
from openconnector.sources.connection import Connection
from openconnector.sources.pagination import Pagination
from openconnector.sources.protocols import FILE_SCHEMES
from openconnector.templates.language import checked

SourceType = Literal["json", "xml", "soap", "ftp"]

MAX_ROWS = 100

RESULTS_POSITION = (
    "Where the records are in an answer: a dot path such as `data.items`, with `&#46;` for a dot in a name; `_root`: "
    "the answer is the list; `_object`: the answer is one record; empty: the first of `items`, `result` and `results`."
)


class SourceHeader(HeaderRow):
    """A header that every call of the source sends. With `isSecret` its value is encrypted, and read as a mask."""

    is_secret: bool = False
    _is_template = field_validator("value")(checked)


class SourceParameter(QueryRow):
    """A query parameter that every call of the source sends. With `isSecret` its value is encrypted."""

    is_secret: bool = False
    _is_template = field_validator("value")(checked)


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
    type: SourceType  # before the location, which depends on it
    location: Annotated[str, Field(min_length=1, max_length=2048, description="Base URL.")]
    is_enabled: bool = True
    headers: Annotated[list[SourceHeader], Field(max_length=MAX_ROWS)] = []
    query: Annotated[list[SourceParameter], Field(max_length=MAX_ROWS)] = []
    authentication: Authentication = NoAuthentication()
    connection: Connection = Connection()
    results_position: Annotated[str, Field(max_length=500, description=RESULTS_POSITION)] = ""
    pagination: Annotated[Pagination | None, Field(description="Null: an answer is all there is.")] = None

    @field_validator("name", mode="before")
    @classmethod
    def _trimmed(cls, name: Any) -> Any:
        return name.strip() if isinstance(name, str) else name

    @field_validator("name")
    @classmethod
    def _is_printable(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError(phrase("The name contains a line break or another control character."))
        return name

    @field_validator("slug")
    @classmethod
    def _is_not_an_id(cls, slug: str | None) -> str | None:
        try:
            UUID(slug or "")
        except ValueError:
            return slug
        raise ValueError(phrase("A slug may not look like an id."))

    @field_validator("location")
    @classmethod
    def _is_base_url(cls, location: str, info: ValidationInfo) -> str:
        return check_location(location.strip(), info.data.get("type", "json"))


class SourceUpdate(SourceCreate):
    """A source as it shall be. What is left out goes back to its default; `version` is the one that was read.

    A source that was read can be sent back as it is: `id`, `createdAt`, `updatedAt`, `lastCall`, `rateState`,
    `warnings`, `hostKey` and `health` are passed over.
    """

    version: Annotated[int, Field(ge=1)]

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_only_read(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if name not in _READ_ONLY}


_READ_ONLY = frozenset({"id", "createdAt", "updatedAt", "lastCall", "rateState", "warnings", "hostKey", "health"})


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


class HostKeyRead(Schema):
    """The key that an SSH server has shown at the first call, and that it must show at every other."""

    algorithm: str
    fingerprint: Annotated[str, Field(description="As OpenSSH shows it: `SHA256:` and the hash in base64.")]
    host: Annotated[str, Field(description="Host and port that it belongs to.")]
    first_seen_at: UtcTime


class HealthRead(Schema):
    """How a watched source is."""

    state: Annotated[
        Literal["unknown", "healthy", "degraded", "failing", "paused"],
        Field(description="`paused`: the source or its watch is switched off."),
    ]
    since: UtcTime | None
    checked_at: UtcTime | None
    next_check_at: UtcTime | None


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
    results_position: str
    pagination: Pagination | None
    version: int
    created_at: UtcTime
    updated_at: UtcTime
    last_call: LastCallRead | None
    rate_state: RateStateRead | None
    warnings: Annotated[list[SourceWarning], Field(description="What ends within 30 days, or has ended.")]
    host_key: HostKeyRead | None
    health: Annotated[HealthRead | None, Field(description="Null: nobody watches it.")]


def check_location(location: str, source_type: SourceType) -> str:
    """The location, when it is an absolute URL of what the type speaks, without credentials and without a fragment.

    Raises:
        ValueError: with the sentence that stands under the field.
    """
    _check_scheme(location, source_type)
    if re.search(r"[\s\\\x00-\x1f\x7f]", location):
        raise ValueError(phrase("The location contains a space, a backslash or a control character."))
    try:
        parts, url = urlsplit(location), URL(location)
        port = parts.port
    except (ValueError, InvalidURL):
        raise ValueError(phrase("This is not a valid URL.")) from None
    if not parts.hostname or not url.host or port == 0:
        raise ValueError(phrase("The location has no host, for example api.example.org."))
    if "@" in parts.netloc:
        raise ValueError(phrase("Do not put credentials into the location. Enter them under Authentication."))
    if parts.fragment:
        raise ValueError(phrase("A location has no fragment (#…)."))
    if source_type == "ftp" and (parts.query or "?" in location):
        raise ValueError(phrase("The location of a file server has no query (?…)."))
    return location


def _check_scheme(location: str, source_type: SourceType) -> None:
    scheme = location.partition("://")[0].lower()
    if source_type == "ftp" and scheme not in FILE_SCHEMES:
        raise ValueError(
            phrase("Begin with sftp://, ftps://, ftpes:// or ftp://, for example sftp://files.example.org/out.")
        )
    if source_type != "ftp" and scheme not in ("http", "https"):
        raise ValueError(phrase("Begin with https:// or http://, for example https://api.example.org/v1."))
