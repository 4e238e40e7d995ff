# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The description of the API of a source, its operations, and what helps to write a request for one."""

from typing import Annotated, Literal

from pydantic import Field

from openconnector.core.phrases import Spoken
from openconnector.core.schema import Schema, UtcTime
from openconnector.logs.schemas import CallRead

MAX_DESCRIPTION = 10 * 1024 * 1024
"""Characters of a description that is uploaded, bytes of one that is fetched."""


class ApiDescriptionWanted(Schema):
    """A description as a text, or where it is. One of both."""

    content: Annotated[
        str | None, Field(max_length=MAX_DESCRIPTION, description="OpenAPI 3 or Swagger 2, in JSON or YAML.")
    ] = None
    url: Annotated[
        str | None,
        Field(
            max_length=2048,
            description="A whole URL, or a path such as `/openapi.json` at the host of the source. That host gets the "
            "authentication of the source, others do not.",
        ),
    ] = None


class DescriptionNote(Schema):
    """What of a description could not be understood."""

    pointer: Annotated[str, Field(description="JSON pointer into the description.")]
    text: Spoken


class ApiDescriptionRead(Schema):
    """What is known of the API of a source."""

    title: str
    version: str
    standard: Annotated[str, Field(description="For example `OpenAPI 3.1.0`.")]
    url: Annotated[str | None, Field(description="Where it was fetched from; null: it was uploaded.")]
    server: Annotated[str, Field(description="Where the description says that the API is.")]
    fetched_at: UtcTime
    operations: Annotated[int, Field(description="How many there are.")]
    notes: list[DescriptionNote]


class ApiDescriptionLoaded(Schema):
    """What has come of an attempt to load a description. With a `problem`, what was kept before is still there."""

    description: ApiDescriptionRead | None
    problem: Annotated[Spoken | None, Field(description="Why nothing new could be loaded, in one sentence.")]
    call: Annotated[CallRead | None, Field(description="The call that was made for it; null where none was.")]


class OperationSummary(Schema):
    """An operation as the list shows it."""

    key: Annotated[str, Field(description="It stays the same when the description is loaded again.")]
    method: str
    path: Annotated[str, Field(description="Below the location of the source, with placeholders: `/pets/{petId}`.")]
    summary: str
    tags: list[str]
    is_deprecated: bool


class OperationList(Schema):
    """Operations in the order of the description."""

    description: Annotated[ApiDescriptionRead | None, Field(description="Null: none was loaded.")]
    results: list[OperationSummary]
    total: Annotated[int, Field(description="How many match.")]


class OperationParameter(Schema):
    """A parameter of an operation."""

    name: str
    place: Literal["path", "query", "header", "cookie"]
    is_required: bool
    description: str
    type: Annotated[str, Field(description="For people, for example `integer (int64)` or `list of string`.")]
    choices: Annotated[list[str], Field(description="All values that are allowed; empty: not only these.")]
    example: str
    default: str
    is_deprecated: bool


class OperationBody(Schema):
    """A form in which an operation takes its body."""

    media_type: str
    example: Annotated[str, Field(description="Empty where none could be made.")]


class OperationRead(OperationSummary):
    """All of an operation."""

    description: str
    parameters: list[OperationParameter]
    is_body_required: bool
    bodies: list[OperationBody]
    results_position: Annotated[
        str | None, Field(description="Where the records of an answer are, as the schema lets guess. Null: not known.")
    ]
