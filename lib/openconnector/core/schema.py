# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The base of what travels through the API."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel


class Schema(BaseModel):
    """JSON in camelCase; a name that the schema does not know is an error, so that a typo is not lost."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        from_attributes=True,
        json_schema_serialization_defaults_required=True,
    )

    def to_json(self) -> dict[str, Any]:
        """What is stored in a JSON column: the same shape as in the API."""
        return self.model_dump(mode="json", by_alias=True)


class FrozenSchema(Schema):
    """A schema whose values do not change: configuration."""

    model_config = ConfigDict(frozen=True)


def in_utc(value: datetime) -> str:
    """A time as it stands in answers: ISO 8601 in UTC with milliseconds."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


UtcTime = Annotated[datetime, PlainSerializer(in_utc, return_type=str, when_used="json")]
"""A time in answers: ISO 8601 in UTC with milliseconds, for example `2026-11-23T14:02:11.120Z`."""
