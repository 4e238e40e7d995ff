# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the settings of OpenConnector look like in the API."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator, model_validator

from openconnector.core.call_defaults import DefaultLimits, DefaultTimeouts
from openconnector.core.phrases import Spoken, phrase
from openconnector.core.retention import BodyKeeping, Retention
from openconnector.core.rows import TOKEN_PATTERN
from openconnector.core.schema import Schema, UtcTime
from openconnector.egress.policy import parse_allow


def _allowed(entry: str) -> str:
    parse_allow(entry.strip())
    return entry.strip()


def _name(text: str) -> str:
    name = text.strip()
    if not TOKEN_PATTERN.fullmatch(name):
        raise ValueError(phrase("A name has letters, digits and - _ . only, and no spaces."))
    return name


class SettingsUpdate(Schema):
    """The settings as they shall be. `version` is the one that was read.

    Settings that were read can be sent back as they are: `egressAllowEnvironment`, `retentionEnvironment`, `refused`
    and `updatedAt` are passed over.
    """

    egress_allow: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_allowed)]],
        Field(
            max_length=1000,
            description="Networks (CIDR), addresses and host names (`*.example.org` too) that calls may reach although "
            "they are not public.",
        ),
    ] = []
    redaction_names: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_name)]],
        Field(
            max_length=1000,
            description="Names of headers, query parameters and body fields whose values are taken out of logs and "
            "answers, beside the conventional ones.",
        ),
    ] = []
    retention: Annotated[Retention, Field(description="Of every source that says nothing else.")] = Retention()
    bodies: Annotated[BodyKeeping, Field(description="Of every source that says nothing else.")] = BodyKeeping()
    timeouts: Annotated[DefaultTimeouts, Field(description="Of every source that says nothing else.")] = (
        DefaultTimeouts()
    )
    limits: Annotated[DefaultLimits, Field(description="Of every source that says nothing else.")] = DefaultLimits()
    version: Annotated[int, Field(ge=0)]

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_only_read(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if name not in _READ_ONLY}

    @field_validator("egress_allow", "redaction_names")
    @classmethod
    def _without_duplicates(cls, entries: list[str]) -> list[str]:
        unique: dict[str, str] = {}
        for entry in entries:
            unique.setdefault(entry.lower(), entry)
        return list(unique.values())


_READ_ONLY = frozenset({"egressAllowEnvironment", "retentionEnvironment", "refused", "updatedAt"})


class RefusedValue(Schema):
    """A value from Nextcloud's settings that cannot be used: the former one holds on."""

    field: Annotated[Spoken, Field(description="What stands at the field.")]
    pointer: Annotated[str, Field(description="The setting it is for, as JSON pointer into the settings.")]
    value: str
    reason: Spoken


class SettingsRead(Schema):
    """The settings as they are. `version` 0: nobody has changed anything yet."""

    egress_allow: list[str]
    egress_allow_environment: Annotated[
        list[str], Field(description="What OPENCONNECTOR_EGRESS_ALLOW allows besides; it is changed there.")
    ]
    redaction_names: list[str]
    retention: Retention
    retention_environment: Annotated[
        Retention, Field(description="What holds where `retention` says nothing; it is changed in the environment.")
    ]
    bodies: BodyKeeping
    timeouts: DefaultTimeouts
    limits: DefaultLimits
    refused: Annotated[
        list[RefusedValue],
        Field(description="What was entered in the settings of Nextcloud and cannot be used; empty: nothing."),
    ] = []
    version: int
    updated_at: UtcTime | None
