# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keyset paging: a cursor says where the last page ended, so a page costs the same however far in it is."""

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field

from openconnector.core.errors import InvalidInput
from openconnector.core.phrases import phrase
from openconnector.core.schema import Schema

Item = TypeVar("Item")

MAX_PAGE = 200
Limit = Annotated[int, Field(ge=1, le=MAX_PAGE, description="Rows on a page.")]


class Page(Schema, Generic[Item]):
    """One page of a list."""

    results: list[Item]
    total: Annotated[int, Field(description="Rows that match the filters, on all pages.")]
    next_cursor: Annotated[str | None, Field(description="Send it as `cursor` for the next page; null on the last.")]


def encode_cursor(*values: Any) -> str:
    """An opaque text of the sort values of a row; it is safe in a URL."""
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, size: int) -> list[Any]:
    """The values that `encode_cursor` was given.

    Raises:
        InvalidInput: the text is not a cursor of `size` values.
    """
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        values = None
    if not isinstance(values, list) or len(values) != size:
        raise InvalidInput.parameter("cursor", phrase("This is not a cursor that an earlier page gave."))
    return values


def aware(text: str) -> datetime:
    """The time in a cursor, in UTC.

    Raises:
        ValueError: it is none, or has no zone.
        OverflowError: it is before or after what can be told.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)
