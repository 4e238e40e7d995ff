# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What import and export look like in the API."""

import base64
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator

from openconnector.core.phrases import Spoken, phrase
from openconnector.core.rows import HeaderRow, QueryRow
from openconnector.core.schema import Schema
from openconnector.transfer.formats.native import MAX_SOURCES

MAX_CONTENT = 14 * 1024 * 1024
"""Characters of a document in a request; of a file in base64, three quarters of it are bytes."""

MIN_PASSPHRASE = 12

ExportFormat = Literal["json", "yaml"]
Action = Literal["create", "update", "skip", "create_as"]

_PASSPHRASE = "What the secrets in it are encrypted with."  # noqa: S105  # words about it


class ExportRequest(Schema):
    """Which sources to write into a file, and how."""

    ids: Annotated[
        list[UUID] | None, Field(max_length=MAX_SOURCES, description="Null: all. The order does not matter.")
    ] = None
    format: ExportFormat = "json"
    passphrase: Annotated[
        SecretStr | None,
        Field(max_length=1024, description="Encrypts the secrets of the sources. Null: they are left out."),
    ] = None

    @field_validator("passphrase")
    @classmethod
    def _is_long(cls, passphrase: SecretStr | None) -> SecretStr | None:
        if passphrase is not None and len(passphrase.get_secret_value()) < MIN_PASSPHRASE:
            raise ValueError(
                phrase(
                    "Use at least {count} characters: whoever has the file can try as often as he likes.",
                    count=MIN_PASSPHRASE,
                )
            )
        return passphrase


class Document(Schema):
    """A document that sources are read from."""

    content: Annotated[
        str, Field(max_length=MAX_CONTENT, description="The text, or the bytes of a file in base64.")
    ] = ""
    encoding: Literal["text", "base64"] = "text"
    passphrase: Annotated[SecretStr | None, Field(max_length=1024, description=_PASSPHRASE)] = None

    @field_validator("encoding")
    @classmethod
    def _can_be_decoded(cls, encoding: str, info: ValidationInfo) -> str:
        if encoding == "base64":
            try:
                base64.b64decode(info.data.get("content", ""), validate=True)
            except ValueError:
                raise ValueError(phrase("The content is not base64.")) from None
        return encoding

    @property
    def data(self) -> str | bytes:
        """The text, or the bytes."""
        return base64.b64decode(self.content) if self.encoding == "base64" else self.content

    @property
    def secret(self) -> str | None:
        """The passphrase; None: there is none."""
        return self.passphrase.get_secret_value() if self.passphrase else None


class PreviewRequest(Document):
    """What to preview: a document, or where it is."""

    url: Annotated[
        str | None,
        Field(max_length=2048, description="Is fetched from the server; the call is in the log."),
    ] = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "PreviewRequest":
        if (self.url is None) is (self.content == ""):
            raise ValueError(phrase("Send a content, or a URL."))
        return self


class Choice(Schema):
    """What to do with one source of the document."""

    position: Annotated[int, Field(ge=0, lt=MAX_SOURCES, description="As in the preview.")]
    action: Action
    name: Annotated[str, Field(max_length=255, description="For `create_as`.")] = ""


class ImportRequest(Document):
    """The document of a preview, and what to do with it."""

    revision: Annotated[str, Field(max_length=64, description="Of the preview that was looked at.")]
    choices: Annotated[
        list[Choice] | None,
        Field(
            max_length=MAX_SOURCES,
            description="What is not in the list is skipped. Null: create and update; conflicts are skipped.",
        ),
    ] = None
    import_id: Annotated[UUID | None, Field(description="A name of the client's for its progress.")] = None


class NoteRead(Schema):
    """What could not be carried over, or was understood in another way than it was written."""

    pointer: Annotated[str, Field(description="Into the document (JSON pointer).")]
    text: Spoken


class ChangeRead(Schema):
    """One field that would be another one. Of secrets neither value is told."""

    pointer: Annotated[str, Field(description="Into the source (JSON pointer).")]
    old: str | None
    new: str | None
    is_secret: bool


class ErrorRead(Schema):
    """Why a source cannot be imported."""

    pointer: Annotated[str, Field(description="Into the source (JSON pointer).")]
    detail: Spoken


class MatchRead(Schema):
    """The stored source that one of the document is taken for."""

    id: UUID
    slug: str
    name: str
    by: Literal["id", "slug", "name"]


class RequestRead(Schema):
    """A request that the document holds."""

    name: str
    method: str
    path: str


class PreviewItem(Schema):
    """What an import would do with one source of the document."""

    position: int
    state: Literal["create", "update", "unchanged", "conflict", "unreadable"]
    name: str
    slug: str | None
    location: str
    type: str
    match: MatchRead | None
    conflict: Annotated[Spoken | None, Field(description="Why a person has to decide.")]
    actions: Annotated[list[Action], Field(description="What can be chosen; the first is what is proposed.")]
    changes: list[ChangeRead]
    notes: list[NoteRead]
    missing_secrets: Annotated[list[str], Field(description="Secrets to enter afterwards (JSON pointers).")]
    errors: list[ErrorRead]
    requests: Annotated[list[RequestRead], Field(description="Requests that it has; the first 100.")]
    request_count: int


class ImportPreview(Schema):
    """What an import would do. Nothing has been changed."""

    revision: Annotated[str, Field(description="Binds the import to this preview.")]
    format: str
    is_encrypted: Annotated[bool, Field(description="A passphrase would open secrets that are missing now.")]
    content: Annotated[str | None, Field(description="What was fetched; null where it was sent.")] = None
    log_id: Annotated[UUID | None, Field(description="The call that fetched it.")] = None
    sources: list[PreviewItem]


class SavedRequestRead(Schema):
    """A request that can be put into the test panel."""

    name: str
    method: str
    path: str
    query: list[QueryRow]
    headers: list[HeaderRow]
    body: str | None
    body_encoding: Literal["text", "base64"]


class ImportedSource(Schema):
    """What has become of one source of the document."""

    position: int
    action: Literal["created", "updated", "unchanged", "skipped"]
    id: UUID | None
    slug: str | None
    name: str
    missing_secrets: list[str]
    request: Annotated[
        SavedRequestRead | None, Field(description="The first request that the document has for a new source.")
    ]


class ImportResult(Schema):
    """What an import has done."""

    created: int
    updated: int
    unchanged: int
    skipped: int
    sources: list[ImportedSource]


class ImportProgress(Schema):
    """How far an import is."""

    state: Literal["running", "done", "failed"]
    done: Annotated[int, Field(description="Sources so far.")]
    total: int


class CurlText(Schema):
    """A cURL command as it was copied."""

    command: Annotated[str, Field(min_length=1, max_length=1024 * 1024)]


class CurlRead(Schema):
    """What a cURL command says."""

    source: Annotated[
        dict[str, Any], Field(description="What a new source needs, with the secrets that are in the command.")
    ]
    request: SavedRequestRead
    notes: list[NoteRead]
    missing_secrets: list[str]
