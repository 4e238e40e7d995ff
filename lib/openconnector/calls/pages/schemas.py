# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked for, and found, about the pages of an answer."""

from typing import Annotated

from pydantic import Field

from openconnector.core.phrases import Spoken
from openconnector.core.schema import Schema
from openconnector.sources.pagination import Pagination


class PaginationProposal(Schema):
    """One way in which an answer seems to go on, the likeliest first."""

    pagination: Pagination
    evidence: Annotated[Spoken, Field(description="One sentence: what in the answer speaks for it.")]


class PaginationRead(Schema):
    """How a logged answer seems to go on."""

    proposals: list[PaginationProposal]


class CallProgress(Schema):
    """What has happened of a running call so far."""

    exchange_count: int
    record_count: Annotated[
        int | None, Field(description="Records of all pages; null where none were found, or pages are not followed.")
    ]
    received_bytes: int
