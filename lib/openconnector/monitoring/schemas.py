# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a watch looks like in the API."""

import re
from datetime import time
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from openconnector.core.outcome import Outcome
from openconnector.core.phrases import Spoken, phrase
from openconnector.core.schema import FrozenSchema, Schema, UtcTime

State = Literal["unknown", "healthy", "degraded", "failing"]
Kind = Literal["degraded", "failing", "recovered", "expiring"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Verdict = Literal["passed", "slow", "failed", "skipped"]
Expiring = Literal["server_certificate", "client_certificate", "signing_certificate", "refresh_token"]

DAY_SECONDS = 86_400
MAX_CHECKS = 30
"""Of the checks of a watch, so many of the latest are shown."""

MAX_USERS = 20

_STATUS = re.compile(r"[1-5](?:xx|\d\d)")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


class QuietHours(FrozenSchema):
    """When nobody is told anything: from one time of the day to another, on the days on which it begins.

    An end that is not after the beginning is on the next day; the same time twice is a whole day.
    """

    begin: Annotated[str, Field(description="Local time, for example `22:00`.")] = "22:00"
    end: Annotated[str, Field(description="Local time, for example `07:00`.")] = "07:00"
    time_zone: Annotated[str, Field(max_length=64, description="A name of the IANA, such as `Europe/Amsterdam`.")]
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)] = [
        *("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    ]

    @field_validator("begin", "end")
    @classmethod
    def _is_a_time(cls, text: str) -> str:
        if not _CLOCK.fullmatch(text):
            raise ValueError(phrase("Write a time of the day as 22:00."))
        return text

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (OSError, ValueError, ZoneInfoNotFoundError):
            raise ValueError(phrase("There is no such time zone. Write it as Europe/Amsterdam.")) from None
        return name

    @property
    def begins(self) -> time:
        return time.fromisoformat(self.begin)

    @property
    def ends(self) -> time:
        return time.fromisoformat(self.end)


class WatchSettings(FrozenSchema):
    """How a source is looked at, when its state changes, and who is told. Everything has a sensible default."""

    is_enabled: bool = True
    interval_seconds: Annotated[int, Field(ge=60, le=DAY_SECONDS)] = 300
    method: Annotated[
        Literal["GET", "HEAD", "LIST"] | None,
        Field(description="Null: what suits the type, which is `LIST` for a file server and `GET` for others."),
    ] = None
    path: Annotated[
        str,
        Field(
            max_length=2048,
            description="Below the location. Empty: the location itself, and of a SOAP service its WSDL.",
        ),
    ] = ""
    expected_status: Annotated[
        str,
        Field(max_length=200, description="Comma list of codes and classes: `2xx,404`. Not used for file servers."),
    ] = "2xx"
    max_duration_ms: Annotated[
        int | None, Field(ge=1, le=600_000, description="A check that takes longer is slow. Null: none is.")
    ] = None
    degraded_after: Annotated[
        int, Field(ge=1, le=100, description="Failed, or slow, checks in a row after which a source is degraded.")
    ] = 2
    failing_after: Annotated[
        int, Field(ge=1, le=100, description="Failed checks in a row after which a source is failing.")
    ] = 3
    recovered_after: Annotated[
        int, Field(ge=1, le=100, description="Good checks in a row after which a source is healthy again.")
    ] = 2
    quiet_hours: QuietHours | None = None
    expiry_days: Annotated[
        int, Field(ge=0, le=365, description="Days before a certificate or a login ends. 0: nobody is warned.")
    ] = 14
    notify: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=64)]],
        Field(max_length=MAX_USERS, description="Ids of users. Empty: the administrator who saves the watch."),
    ] = []

    @field_validator("expected_status")
    @classmethod
    def _is_a_list_of_statuses(cls, text: str) -> str:
        parts = [part.strip().lower() for part in text.split(",") if part.strip()]
        if not parts or not all(_STATUS.fullmatch(part) for part in parts):
            raise ValueError(phrase("Write status codes or classes, separated by commas: 2xx, 404."))
        return ",".join(parts)

    @field_validator("path")
    @classmethod
    def _is_one_line(cls, path: str) -> str:
        if not path.isprintable():
            raise ValueError(phrase("The path contains a line break or another control character."))
        return path.strip()

    @field_validator("failing_after")
    @classmethod
    def _is_not_before_degraded(cls, count: int, info: Any) -> int:
        if count < info.data.get("degraded_after", 1):
            raise ValueError(phrase("A source cannot be failing before it is degraded."))
        return count

    @field_validator("notify")
    @classmethod
    def _once_each(cls, users: list[str]) -> list[str]:
        return list(dict.fromkeys(users))


class WatchUpdate(WatchSettings):
    """A watch as it shall be; what is left out goes back to its default. What was read can be sent back as it is."""

    version: Annotated[
        int | None, Field(ge=1, description="The one that was read. Null: whatever is stored is replaced.")
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_only_read(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if name not in _READ_ONLY}

    def settings(self) -> WatchSettings:
        return WatchSettings.model_validate(self.model_dump(exclude={"version"}))


class Check(FrozenSchema):
    """One check. `skipped`: it says nothing about the source, because no request was sent."""

    log_id: UUID
    at: UtcTime
    verdict: Verdict
    status_code: int | None
    outcome: Outcome
    duration_ms: float


class Expiry(FrozenSchema):
    """Something that ends, whether soon or not."""

    type: Expiring
    expires_at: UtcTime


class NotificationRead(Schema):
    """What one user was told, or is still to be told."""

    kind: Kind
    user_id: str
    subject: Spoken
    message: Spoken
    log_id: UUID | None
    created_at: UtcTime
    delivered_at: UtcTime | None
    error: Annotated[str | None, Field(description="Why the latest attempt has failed. For three days others follow.")]


class WatchRead(WatchSettings):
    """A watch, and how its source is."""

    version: int
    state: State
    state_since: UtcTime | None
    reason: Annotated[Spoken, Field(description="One sentence about the latest check; empty before the first one.")]
    checked_at: UtcTime | None
    next_check_at: Annotated[UtcTime | None, Field(description="Null: it is paused.")]
    checks: Annotated[list[Check], Field(description=f"The latest {MAX_CHECKS}, oldest first.")]
    expiries: list[Expiry]
    notifications: Annotated[list[NotificationRead], Field(description="The latest, newest first.")]


_READ_ONLY = frozenset(
    {"state", "stateSince", "reason", "checkedAt", "nextCheckAt", "checks", "expiries", "notifications"}
)
