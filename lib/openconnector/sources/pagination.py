# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the pages of a long answer follow each other."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from openconnector.core.phrases import phrase
from openconnector.core.schema import FrozenSchema

PaginationType = Literal["next_link", "link_header", "page", "offset", "cursor", "odata"]

MAX_PAGES = 1000

_NEEDS_PARAMETER = frozenset({"page", "offset", "cursor"})
_NEEDS_POSITION = frozenset({"next_link", "cursor"})


class Pagination(FrozenSchema):
    """Where the next page is found.

    `next_link`: a URL in the body, at `position`. `link_header`: `rel="next"` of a `Link` header (RFC 8288). `page` and
    `offset`: `parameter` counts up. `cursor`: the text at `position` goes into `parameter`. `odata`: `@odata.nextLink`
    (OData 4.01, JSON Format, section 4.6.8).
    """

    type: PaginationType
    position: Annotated[str, Field(max_length=500, description="Dot path in the body, of the link or the cursor.")] = ""
    parameter: Annotated[str, Field(max_length=255, description="Query parameter that names the page.")] = ""
    size_parameter: Annotated[
        str, Field(max_length=255, description="Query parameter with the records of a page; empty: none is sent.")
    ] = ""
    size: Annotated[int | None, Field(ge=1, le=100_000, description="Records of a page.")] = None
    first: Annotated[int, Field(ge=0, le=1, description="What the first page is called.")] = 1
    max_pages: Annotated[int, Field(ge=1, le=MAX_PAGES)] = 50

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.type in _NEEDS_PARAMETER and not self.parameter:
            raise ValueError(phrase("Name the query parameter that pages are asked for with."))
        if self.type in _NEEDS_POSITION and not self.position:
            raise ValueError(
                phrase("Name the place in the answer where the next page is found, for example links.next.")
            )
        return self
