# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What has been read of a body, as the API gives it."""

from typing import Annotated, Literal

from pydantic import Field

from openconnector.core.phrases import Spoken
from openconnector.core.schema import Schema

BodyFormat = Literal["json", "xml", "csv", "html", "image", "text", "multipart", "binary"]
NodeKind = Literal[
    "object", "array", "string", "number", "boolean", "null",
    "element", "attribute", "text", "comment", "instruction",
]  # fmt: skip

FindingType = Literal[
    "duplicate_keys", "too_deep", "too_large", "cut", "replaced_characters", "not_well_formed", "entities"
]

MAX_LIMIT = 1000


class Finding(Schema):
    """Something about a body that somebody who reads it should know, and that is no failure."""

    type: FindingType
    message: Annotated[Spoken, Field(description="One sentence.")]
    location: Annotated[Spoken, Field(description="Where: a path, or line and column; empty: the body as a whole.")] = (
        ""
    )


class BodyPart(Schema):
    """One part of a multipart body (RFC 2046), for example an attachment of a SOAP message (MTOM)."""

    position: int
    media_type: str | None
    content_id: Annotated[str | None, Field(description="Without its angle brackets.")]
    file_name: str | None
    size: int


class BodyView(Schema):
    """What a body is, and how it can be looked at."""

    format: BodyFormat
    media_type: str | None
    charset: Annotated[str | None, Field(description="Null where it is no text.")]
    charset_from: Annotated[
        Literal["header", "bom", "declaration", "detected"] | None,
        Field(description="Where the charset is known from."),
    ]
    size: Annotated[int, Field(description="Bytes of the whole body, as far as it was received.")]
    kept_size: Annotated[int, Field(description="Bytes that are kept of it, and can be looked at.")]
    has_tree: Annotated[bool, Field(description="Whether `nodes`, `query` and `records` work.")]
    namespaces: Annotated[dict[str, str], Field(description="XML: prefixes of the document for XPath.")] = {}
    findings: list[Finding] = []
    parts: list[BodyPart] = []


class Node(Schema):
    """One node of the tree of a body.

    `path` names it for `nodes`: for JSON a pointer (RFC 6901), for XML the positions that lead to it. `location` is
    what a person pastes into the query box: a normalized JSONPath (RFC 9535), or an XPath with the document's prefixes.
    """

    path: str
    location: str
    name: Annotated[str, Field(description="Member name, index, or qualified name; `$` for the top of JSON.")]
    kind: NodeKind
    value: Annotated[str | None, Field(description="Of a leaf, as text, at most 1000 characters.")] = None
    is_cut: Annotated[bool, Field(description="`value` is not all of it.")] = False
    count: Annotated[int, Field(description="How many nodes are below.")] = 0


class NodePage(Schema):
    """Nodes below one node, in their order."""

    parent: Node
    offset: int
    total: int
    nodes: list[Node]


class BodyQuery(Schema):
    """An expression that is evaluated over the whole body."""

    expression: Annotated[str, Field(min_length=1, max_length=2000, description="JSONPath (RFC 9535), or XPath 1.0.")]
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 200


class BodyMatches(Schema):
    """What an expression has found."""

    language: Literal["jsonpath", "xpath"]
    total: Annotated[int, Field(description="How many nodes match; at least so many, where `isComplete` is false.")]
    is_complete: bool
    matches: list[Node]


class BodySearch(Schema):
    """A text that is looked for in the whole body."""

    text: Annotated[str, Field(min_length=1, max_length=500)]
    is_case_sensitive: bool = False
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 200


class TextMatch(Schema):
    """One place where a text was found."""

    offset: Annotated[int, Field(description="Of the first byte, in the kept body as UTF-8.")]
    line: Annotated[int, Field(description="From 1.")]
    column: Annotated[int, Field(description="Characters, from 1.")]
    before: Annotated[str, Field(description="At most 60 characters of the same line.")]
    match: str
    after: str


class TextMatches(Schema):
    """Where a text was found."""

    total: int
    is_complete: bool
    matches: list[TextMatch]


class Cell(Schema):
    """One value of a record: a text is itself, anything else is JSON; at most 500 characters."""

    text: str
    kind: NodeKind
    is_cut: bool = False


class RecordProposal(Schema):
    """A place where records are."""

    position: Annotated[str, Field(description="For `resultsPosition`.")]
    count: int
    names: Annotated[list[str], Field(description="Fields of the first record, at most ten.")]


class RecordsProblem(Schema):
    """Why there are no records. An answer without any is no problem: it has an empty list."""

    type: Literal["position_missing", "position_not_found", "not_a_list", "not_records", "unreadable"]
    message: Spoken


class RecordPage(Schema):
    """Records as a table."""

    position: Annotated[str, Field(description="What was looked up; what was found by itself, where none was given.")]
    is_found_by_itself: bool
    total: int
    offset: int
    columns: list[str]
    rows: list[list[Cell | None]]
    problem: RecordsProblem | None
    proposals: Annotated[list[RecordProposal], Field(description="Other places with records, the likeliest first.")]
