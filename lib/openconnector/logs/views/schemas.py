# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Saved views: questions with a name."""

import unicodedata
from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from openconnector.core.phrases import phrase
from openconnector.core.schema import Schema, UtcTime
from openconnector.logs.listing import LogSort

MOST_VIEWS = 200


class ViewWrite(Schema):
    """A view as it shall be."""

    name: Annotated[
        str, Field(min_length=1, max_length=100, description="No two views have the same, whatever its case.")
    ]
    query: Annotated[str, Field(max_length=4000, description="In the query language.")]
    sort: LogSort = "-time"

    @field_validator("name")
    @classmethod
    def _shown(cls, name: str) -> str:
        """The name as it is shown. Two that look alike are the same."""
        name = unicodedata.normalize("NFC", " ".join(name.split()))
        if not name:
            raise ValueError(phrase("This field may not be empty."))
        if not name.isprintable():
            raise ValueError(phrase("A name has no control characters."))
        return name[:100]


class ViewRead(Schema):
    """A view as it is. All administrators share them."""

    name: str
    query: str
    sort: LogSort
    id: UUID
    created_by: str | None
    created_at: UtcTime
    updated_at: UtcTime


class ViewList(Schema):
    """All views, by name."""

    results: Annotated[list[ViewRead], Field(description=f"At most {MOST_VIEWS}.")]
