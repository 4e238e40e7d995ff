# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the query language looks like in the API."""

from typing import Annotated

from pydantic import Field

from openconnector.core.phrases import Spoken
from openconnector.core.schema import Schema
from openconnector.logs.listing import QueryTerm


class QueryProblem(Schema):
    """Why a query cannot be understood."""

    start: Annotated[int, Field(description="Where, in characters of the query.")]
    end: int
    message: Spoken
    suggestion: Annotated[str | None, Field(description="The whole query as it may have been meant.")]


class Completion(Schema):
    """What may stand at the cursor: put `text` in the place of `start` to `end`."""

    start: int
    end: int
    text: str
    label: str
    detail: Spoken


class QueryReading(Schema):
    """How a query is understood."""

    terms: list[QueryTerm]
    problem: QueryProblem | None
    completions: list[Completion]
