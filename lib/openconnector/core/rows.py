# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ordered name/value rows: headers and query parameters."""

import re
from typing import Annotated

from pydantic import Field, field_validator

from openconnector.core.phrases import phrase
from openconnector.core.schema import Schema

TOKEN_PATTERN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token of RFC 9110, section 5.6.2: what a header name is made of."""

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Row(Schema):
    """A name with a value. The value is kept out of `repr`, since some rows hold a secret."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    value: Annotated[str, Field(max_length=8192, repr=False)] = ""


class HeaderRow(Row):
    """A request header (RFC 9110)."""

    @field_validator("name")
    @classmethod
    def _is_a_token(cls, name: str) -> str:
        if not TOKEN_PATTERN.fullmatch(name):
            raise ValueError(phrase("A header name has letters, digits and - only, and no spaces or line breaks."))
        return name

    @field_validator("value")
    @classmethod
    def _is_one_line(cls, value: str) -> str:
        # A line break would let a value add headers of its own, or a second request (CWE-113).
        if _CONTROL.search(value):
            raise ValueError(
                phrase("A header value is one line: it contains a line break or another control character.")
            )
        return value.strip(" \t")


class QueryRow(Row):
    """A parameter of the query."""
