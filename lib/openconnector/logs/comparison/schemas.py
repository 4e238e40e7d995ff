# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two entries of the log side by side."""

from typing import Annotated, Literal

from pydantic import Field

from openconnector.core.phrases import Spoken
from openconnector.core.schema import Schema
from openconnector.logs.schemas import CallSummary

Change = Literal["same", "added", "removed", "changed", "ignored"]
BodyKind = Literal["json", "xml", "text", "binary", "none"]


class Difference(Schema):
    """One place. `added`: only the other one has it, `removed`: only the base; `ignored`: different, and left out."""

    path: Annotated[
        str, Field(description="`statusCode`, a header's name, a JSONPath, an XPath, or `line 12` of a text.")
    ]
    change: Change
    base: Annotated[
        str | None,
        Field(description="The value in the base, of JSON as JSON; null where there is none. Long ones are cut."),
    ]
    other: str | None


class BodyComparison(Schema):
    """Two bodies: by structure where both are JSON or XML, else line by line, or as bytes."""

    kind: BodyKind
    is_same: Annotated[bool, Field(description="They differ in nothing but what is left out.")]
    is_truncated: Annotated[bool, Field(description="Not everything was compared, or not every difference is shown.")]
    note: Annotated[Spoken | None, Field(description="Why they were not compared any better; null: they were.")] = None
    differences: Annotated[
        list[Difference], Field(description="Places that differ; of a text also the lines around them.")
    ]


class Comparison(Schema):
    """What is different between a base and another entry."""

    base: CallSummary
    other: CallSummary
    facts: Annotated[list[Difference], Field(description="Status, outcome, duration, sizes, URL, method.")]
    request_headers: list[Difference]
    request_body: BodyComparison
    response_headers: list[Difference]
    response_body: BodyComparison
    ignored: Annotated[list[str], Field(description="What was left out, as it was understood.")]
