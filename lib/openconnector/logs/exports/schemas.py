# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Exports of the log."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from openconnector.core.phrases import Spoken
from openconnector.core.schema import Schema

ExportFormat = Literal["csv", "ndjson", "har"]


class ExportProgress(Schema):
    """How far an export is, or a deletion of many entries."""

    id: UUID
    state: Literal["running", "done", "cancelled", "failed"]
    done: Annotated[int, Field(description="Entries so far.")]
    total: int
    bytes: Annotated[int, Field(description="Bytes sent so far; those given back, of a deletion.")]
    error: Spoken | None = None


class Curl(Schema):
    """A request as a command for a shell."""

    command: str
    variables: Annotated[
        list[str], Field(description="Names of shell variables that stand for secrets, to be set before.")
    ]
    notes: Annotated[list[Spoken], Field(description="What the command does not do as the call did.")]
