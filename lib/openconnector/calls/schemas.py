# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a caller asks for."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import Field

from openconnector.core.rows import HeaderRow, QueryRow
from openconnector.core.schema import Schema
from openconnector.logs.schemas import CallRead, Evidence, Remedy
from openconnector.vault.redaction import named_values

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

MAX_REQUEST_BODY = 10 * 1024 * 1024
"""Characters of a request body: what a person may paste, not a way to upload files."""


class CallRequest(Schema):
    """One request to a source. What stands here goes before the defaults of the source."""

    method: Method = "GET"
    path: Annotated[str, Field(max_length=8192, description="Below the location, for example `/health`.")] = ""
    query: Annotated[list[QueryRow], Field(max_length=100)] = []
    headers: Annotated[list[HeaderRow], Field(max_length=100)] = []
    body: Annotated[str | None, Field(max_length=MAX_REQUEST_BODY)] = None

    @property
    def may_hold_templates(self) -> bool:
        """Whether `{{ … }}` in it is filled in: where an administrator wrote it, never in what is passed on."""
        return False


def credentials_of(request: CallRequest, names: Sequence[str] = ()) -> Iterator[str]:
    """What a person has typed into a request that proves who they are, and that an answer may repeat.

    Args:
        names: what the administrator calls sensitive beside the conventional names.
    """
    written = parse_qsl(request.path.partition("?")[2].partition("#")[0], keep_blank_values=True)
    return named_values(
        ((row.name, row.value) for row in request.headers),
        [*((row.name, row.value) for row in request.query), *written],
        names,
    )


class TestRequest(CallRequest):
    """A call that a person makes to see whether a source works."""

    __test__ = False  # pytest takes the name for a test otherwise

    @property
    def may_hold_templates(self) -> bool:
        return True

    call_id: Annotated[
        UUID | None, Field(description="Chosen by the client, to cancel the call with while it runs.")
    ] = None


class VerifyRequest(Schema):
    """How to verify a source. Only methods that change nothing (RFC 9110, section 9.2.1)."""

    method: Literal["GET", "HEAD", "OPTIONS"] = "GET"
    path: Annotated[str, Field(max_length=8192, description="Below the location, for example `/health`.")] = ""
    call_id: Annotated[
        UUID | None, Field(description="Chosen by the client, to cancel the verification with while it runs.")
    ] = None


StepName = Literal["configuration", "egress", "dns", "tcp", "tls", "credentials", "http", "content"]


class VerifyStep(Schema):
    """One step on the way to an answer. `skipped`: it was not reached, or does not apply; `summary` says which."""

    name: StepName
    status: Literal["passed", "failed", "skipped"]
    duration_ms: float | None
    summary: Annotated[str, Field(description="One sentence: what was found, or why there is nothing to find.")]
    evidence: list[Evidence] = []
    remedies: list[Remedy] = []


class VerifyRead(Schema):
    """The connection step by step, in the order of the way. It stops at the first step that fails."""

    passed: bool
    steps: list[VerifyStep]
    call: Annotated[CallRead, Field(description="The call that was made for it; it is in the log.")]
