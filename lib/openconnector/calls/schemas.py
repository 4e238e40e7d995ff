# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a caller asks for."""

import base64
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from openconnector.core.phrases import Spoken, phrase
from openconnector.core.rows import HeaderRow, QueryRow
from openconnector.core.schema import Schema, UtcTime
from openconnector.logs.schemas import CallRead, Evidence, Remedy
from openconnector.sources.pagination import Pagination
from openconnector.vault.redaction import named_values

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "LIST", "MKCOL", "MOVE"]
"""HTTP's, and those that only files have: `LIST` reads a directory, `MKCOL` and `MOVE` are WebDAV's (RFC 4918)."""

FILE_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE", "LIST", "MKCOL", "MOVE"})

MAX_REQUEST_BODY = 10 * 1024 * 1024
"""Characters of a request body: what a person may paste, not a way to upload files."""


class CallRequest(Schema):
    """One request to a source. What stands here goes before the defaults of the source."""

    method: Method = "GET"
    path: Annotated[str, Field(max_length=8192, description="Below the location, for example `/health`.")] = ""
    query: Annotated[list[QueryRow], Field(max_length=100)] = []
    headers: Annotated[list[HeaderRow], Field(max_length=100)] = []
    body: Annotated[str | None, Field(max_length=MAX_REQUEST_BODY)] = None
    body_encoding: Annotated[
        Literal["text", "base64"], Field(description="`base64`: the body is bytes, as those of a file.")
    ] = "text"
    destination: Annotated[
        str | None, Field(max_length=8192, description="`MOVE`: where the file shall be, below the location.")
    ] = None

    @field_validator("body_encoding")
    @classmethod
    def _can_be_decoded(cls, encoding: str, info: ValidationInfo) -> str:
        if encoding == "base64":
            try:
                base64.b64decode(info.data.get("body") or "", validate=True)
            except ValueError:
                raise ValueError(phrase("The body is not base64.")) from None
        return encoding

    @property
    def content(self) -> bytes | None:
        """The bytes of the body."""
        if self.body is None:
            return None
        return base64.b64decode(self.body) if self.body_encoding == "base64" else self.body.encode()

    @property
    def may_hold_templates(self) -> bool:
        """Whether `{{ … }}` in it is filled in: where an administrator wrote it, never in what is passed on."""
        return False


def credentials_of(request: CallRequest, names: Sequence[str] = ()) -> Iterator[str]:
    """What a person has typed into a request that proves who they are, and that an answer may repeat.

    Args:
        names: what the administrator calls sensitive beside the conventional names.
    """
    written = parse_qsl(request.path.partition("?")[2].partition("#")[0], keep_blank_values=True)
    return named_values(
        ((row.name, row.value) for row in request.headers),
        [*((row.name, row.value) for row in request.query), *written],
        names,
    )


class TestRequest(CallRequest):
    """A call that a person makes to see whether a source works."""

    __test__ = False  # pytest takes the name for a test otherwise

    @property
    def may_hold_templates(self) -> bool:
        return True

    pages: Annotated[
        Pagination | None, Field(description="Follow the pages of the answer in this way. Each is an exchange.")
    ] = None
    call_id: Annotated[
        UUID | None, Field(description="Chosen by the client, to cancel the call with while it runs.")
    ] = None


class PagesRead(Schema):
    """What following the pages of an answer came to."""

    pages: int
    records: Annotated[int | None, Field(description="Null where none of the pages has the position of the records.")]
    records_problem: Annotated[
        Spoken | None, Field(description="One sentence: why no records were found. Null where they were.")
    ] = None
    ended_by: Annotated[
        Literal["last_page", "page_limit", "size_limit", "loop", "error", "no_records"],
        Field(description="`loop`: a page came that had come before. `no_records`: none were found to count on."),
    ]
    detail: Annotated[Spoken, Field(description="One sentence.")]


class TestRead(CallRead):
    """A finished test call."""

    __test__ = False

    pages: Annotated[PagesRead | None, Field(description="Null where no pages were followed.")] = None


class ListingRequest(Schema):
    """Which part of a directory is wanted."""

    path: Annotated[str, Field(max_length=8192, description="Below the location; empty: the location itself.")] = ""
    search: Annotated[str, Field(max_length=255, description="Text in the name.")] = ""
    sort: Literal["name", "-name", "size", "-size", "modifiedAt", "-modifiedAt"] = "name"
    offset: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    listing_id: Annotated[
        UUID | None,
        Field(description="Of an earlier answer: another part of the same listing, without a call, while it is kept."),
    ] = None
    call_id: Annotated[UUID | None, Field(description="Chosen by the client, to cancel the call with.")] = None


class FileEntry(Schema):
    """One entry of a directory."""

    name: str
    type: Literal["file", "directory", "link", "other"]
    size: int | None
    modified_at: UtcTime | None
    permissions: Annotated[str | None, Field(description="As the server shows them, for example `rw-r--r--`.")]


class ListingRead(Schema):
    """A part of a directory, directories first. `call` is null where no call was made."""

    call: CallRead | None
    listing_id: UUID | None
    entries: list[FileEntry]
    total: Annotated[int, Field(description="Entries that match the search.")]
    is_complete: Annotated[bool, Field(description="False: the directory has more entries than are read.")]


class VerifyRequest(Schema):
    """How to verify a source. Only methods that change nothing (RFC 9110, section 9.2.1)."""

    method: Literal["GET", "HEAD", "OPTIONS"] = "GET"
    path: Annotated[str, Field(max_length=8192, description="Below the location, for example `/health`.")] = ""
    call_id: Annotated[
        UUID | None, Field(description="Chosen by the client, to cancel the verification with while it runs.")
    ] = None


StepName = Literal["configuration", "egress", "dns", "tcp", "tls", "credentials", "http", "content"]


class VerifyStep(Schema):
    """One step on the way to an answer. `skipped`: it was not reached, or does not apply; `summary` says which."""

    name: StepName
    status: Literal["passed", "failed", "skipped"]
    duration_ms: float | None
    summary: Annotated[Spoken, Field(description="One sentence: what was found, or why there is nothing to find.")]
    evidence: list[Evidence] = []
    remedies: list[Remedy] = []


class VerifyRead(Schema):
    """The connection step by step, in the order of the way. It stops at the first step that fails."""

    passed: bool
    steps: list[VerifyStep]
    call: Annotated[CallRead, Field(description="The call that was made for it; it is in the log.")]
