# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long calls and their bodies are kept, of one source or of all. What is more specific wins."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from openconnector.core.phrases import phrase
from openconnector.core.schema import FrozenSchema, UtcTime

MAX_DAYS = 36500

Days = Annotated[int | None, Field(ge=0, le=MAX_DAYS, description="Null: the wider setting. 0: for ever.")]
BodyPolicy = Literal["always", "errors", "never"]


class Retention(FrozenSchema):
    """How long calls are kept: of one source, or of all. What is null is as the wider setting says."""

    success_days: Days = None
    error_days: Days = None
    success_body_days: Annotated[Days, Field(description="Bodies go before their call when this is shorter.")] = None
    error_body_days: Days = None
    max_calls: Annotated[
        int | None,
        Field(ge=0, le=10**12, description="The newest are kept. 0 or null: any number. Of a source: its own calls."),
    ] = None
    max_bytes: Annotated[
        int | None,
        Field(ge=0, le=10**15, description="The newest are kept. 0 or null: any size. Of a source: its own calls."),
    ] = None


class BodyKeeping(FrozenSchema):
    """Whose bodies are kept at all. `until`: from then on `errors` holds."""

    policy: Annotated[BodyPolicy | None, Field(description="Null: the wider setting.")] = None
    until: UtcTime | None = None

    @field_validator("until")
    @classmethod
    def _is_a_time_of_this_policy(cls, until: datetime | None, info: ValidationInfo) -> datetime | None:
        if until is None:
            return None
        if info.data.get("policy") is None:
            raise ValueError(phrase("Choose first which bodies are kept until then."))
        try:
            return (until if until.tzinfo else until.replace(tzinfo=UTC)).astimezone(UTC)
        except OverflowError:
            raise ValueError(phrase("This time is out of range.")) from None
