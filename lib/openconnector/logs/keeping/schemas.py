# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long the log keeps what, and what a clean-up would remove."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from openconnector.core.schema import Schema, UtcTime
from openconnector.logs.exports.schemas import ExportProgress


class DeletionProgress(ExportProgress):
    """How far a deletion of many entries is."""

    is_clean_up: Annotated[bool, Field(description="It removes what the settings let go.")]


class DeletionList(Schema):
    """The deletions that one process knows."""

    results: list[DeletionProgress]


class SourceRemoval(Schema):
    """What a clean-up would take of one source."""

    source_id: UUID
    source_name: str
    calls: int
    bodies: Annotated[int, Field(description="Calls that stay, and lose their bodies.")]
    bytes: int


class CleanUpPreview(Schema):
    """What a clean-up would remove, if these settings held."""

    calls: int
    bodies: int
    bytes: int
    oldest_kept_at: UtcTime | None
    sources: list[SourceRemoval]


class StorageRead(Schema):
    """What the log takes."""

    calls: int
    pinned: int
    bytes: Annotated[int, Field(description="Bytes of calls and bodies, as they are stored.")]
    index_bytes: Annotated[int, Field(description="Of its index, about.")]
    file_bytes: Annotated[int | None, Field(description="Bytes of the SQLite file with its log; null on PostgreSQL.")]
    free_bytes: Annotated[int | None, Field(description="Bytes free on its disk; null where that is not known.")]
    oldest_at: UtcTime | None
    is_read_only: Annotated[bool, Field(description="The disk is full: nothing can be written.")]
