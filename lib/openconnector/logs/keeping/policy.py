# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long a call and its bodies are kept: the source over the settings of all over the environment, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import JSON, Integer, Uuid, column, select, table
from sqlalchemy.orm import Session

from openconnector.core.outcome import Outcome
from openconnector.core.retention import BodyKeeping, BodyPolicy, Retention
from openconnector.core.settings import Settings

# The log does not import the slices of sources and settings. Like foreign keys, they are known by their tables.
_SOURCES = table("sources", column("id", Uuid), column("connection", JSON))
_ADMINISTRATION = table("administration", column("id", Integer), column("content", JSON))


@dataclass(frozen=True, slots=True)
class Keeping:
    """What one place says, a source or the settings of all; null: nothing."""

    retention: Retention = field(default_factory=Retention)
    bodies: BodyKeeping = field(default_factory=BodyKeeping)


NOTHING_SAID = Keeping()


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for the calls of one source. Days and limits: None is for ever, and without limit.

    The limits are those of the source itself; those of the whole log are in `Policies.whole`.
    """

    success_days: int | None
    error_days: int | None
    success_body_days: int | None
    error_body_days: int | None
    max_calls: int | None
    max_bytes: int | None
    body_policy: BodyPolicy
    body_policy_until: datetime | None

    def days(self, *, is_success: bool) -> int | None:
        """Days that a call is kept."""
        return self.success_days if is_success else self.error_days

    def body_days(self, *, is_success: bool) -> int | None:
        """Days that the bodies of a call are kept; None where they go with their call."""
        days = self.success_body_days if is_success else self.error_body_days
        of_call = self.days(is_success=is_success)
        return None if days is None or (of_call is not None and of_call <= days) else days


@dataclass(frozen=True, slots=True)
class Policies:
    """What holds for every source: `whole` for those that say nothing, and its limits for the whole log."""

    environment: Retention
    wide: Keeping
    own: Mapping[UUID, Keeping]
    _effective: dict[UUID | None, Policy] = field(default_factory=dict, repr=False, compare=False)

    @property
    def whole(self) -> Policy:
        """What holds where no source says anything; its limits are those of the whole log."""
        return _resolved(self.environment, self.wide, self.wide)

    def of(self, source_id: UUID) -> Policy:
        """What holds for one source, which may be gone."""
        own = self.own.get(source_id)
        key = None if own is None else source_id
        known = self._effective.get(key)
        if known is None:
            known = self._effective[key] = effective(self.environment, self.wide, own or NOTHING_SAID)
        return known

    def expires_at(self, *, source_id: UUID, outcome: str, started_at: datetime, is_pinned: bool) -> datetime | None:
        """When the age of a call lets it go, as the settings are; None: never."""
        days = None if is_pinned else self.of(source_id).days(is_success=outcome == "success")
        return None if days is None else started_at + timedelta(days=days)


def environment_of(settings: Settings) -> Retention:
    """What the environment says."""
    return Retention(success_days=settings.success_retention_days, error_days=settings.error_retention_days)


def effective(environment: Retention, wide: Keeping, own: Keeping) -> Policy:
    """What holds for a source that says `own`, where the settings of all say `wide`."""
    return _resolved(environment, wide, own)


def _resolved(environment: Retention, wide: Keeping, own: Keeping) -> Policy:
    places = (own.retention, wide.retention, environment)
    bodies = next((place.bodies for place in (own, wide) if place.bodies.policy is not None), BodyKeeping())
    return Policy(
        success_days=_first(place.success_days for place in places),
        error_days=_first(place.error_days for place in places),
        success_body_days=_first(place.success_body_days for place in places),
        error_body_days=_first(place.error_body_days for place in places),
        max_calls=own.retention.max_calls or None,
        max_bytes=own.retention.max_bytes or None,
        body_policy=bodies.policy or "always",
        body_policy_until=bodies.until,
    )


def _first(values: Iterable[int | None]) -> int | None:
    """The first that is said; 0 says: for ever."""
    return next((value for value in values if value is not None), None) or None


def keeps_bodies(policy: Policy, outcome: Outcome, at: datetime) -> bool:
    """Whether the bodies of a call are kept that ends at this time."""
    kept = policy.body_policy
    if policy.body_policy_until is not None and at >= policy.body_policy_until:
        kept = "errors"
    return kept == "always" or (kept == "errors" and outcome != "success")


def load(session: Session, environment: Retention) -> Policies:
    """What the settings of all and the sources say now."""
    content = session.scalar(select(_ADMINISTRATION.c.content)) or {}
    statement = select(
        _SOURCES.c.id,
        _SOURCES.c.connection["retention"].label("retention"),
        _SOURCES.c.connection["bodies"].label("bodies"),
    )
    own = {row.id: _keeping(row.retention, row.bodies) for row in session.execute(statement)}
    return Policies(
        environment,
        _keeping(content.get("retention"), content.get("bodies")),
        {source_id: keeping for source_id, keeping in own.items() if keeping != NOTHING_SAID},
    )


def _keeping(retention: object, bodies: object) -> Keeping:
    return Keeping(Retention.model_validate(retention or {}), BodyKeeping.model_validate(bodies or {}))
