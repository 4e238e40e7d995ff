# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a watch remembers from one check to the next, and what one more check changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import field_validator

from openconnector.core.phrases import Spoken, from_stored, to_stored
from openconnector.core.schema import Schema
from openconnector.monitoring.findings import Finding
from openconnector.monitoring.quiet import quiet_until
from openconnector.monitoring.schemas import MAX_CHECKS, Check, Expiry, Kind, State, WatchSettings
from openconnector.monitoring.states import Standing, next_standing
from openconnector.monitoring.telling import Told, ending, news_of


class Memory(Schema):
    """The memory of a watch, as it is stored. The reason keeps what it is made of, for readers of other languages."""

    standing: Standing = Standing()
    told: Told = Told()
    reason: Spoken = ""
    checks: list[Check] = []
    expiries: list[Expiry] = []

    @field_validator("reason", mode="before")
    @classmethod
    def _read_again(cls, stored: Any) -> Any:
        return from_stored(stored)

    def to_json(self) -> dict[str, Any]:
        return super().to_json() | {"reason": to_stored(self.reason)}


@dataclass(frozen=True, slots=True)
class News:
    """Something that people are told."""

    kind: Kind
    reason: str
    expiry: Expiry | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one check has changed.

    Attributes:
        tell_at: when there will be something to tell, which quiet hours hold back now.
    """

    memory: Memory
    news: list[News]
    tell_at: datetime | None

    @property
    def state(self) -> State:
        return self.memory.standing.state


def advance(
    memory: Memory, settings: WatchSettings, finding: Finding, expiries: Sequence[Expiry], at: datetime
) -> Step:
    """One check more.

    Args:
        expiries: what of the configuration ends; the certificate of the server is in the finding.
    """
    standing = next_standing(memory.standing, finding.check.verdict, settings)
    server = [] if finding.is_plain else [one for one in memory.expiries if one.type == "server_certificate"]
    if finding.certificate is not None:
        server = [finding.certificate]
    ends = sorted([*server, *expiries], key=lambda one: one.expires_at)
    quiet = quiet_until(settings.quiet_hours, at)
    news: list[News] = []
    told = memory.told
    due, told_of_ends = ending(told, ends, settings.expiry_days, at)
    is_held_back = quiet is not None and (bool(due) or standing.state not in ("unknown", told.state))
    if quiet is None:
        kind, told = news_of(told_of_ends, standing.state, at)
        if kind is not None:
            news.append(News(kind, finding.reason))
        news += [News("expiring", finding.reason, expiry) for expiry in due]
    return Step(
        Memory(
            standing=standing,
            told=told,
            reason=finding.reason,
            checks=[*memory.checks, finding.check][-MAX_CHECKS:],
            expiries=ends,
        ),
        news,
        tell_at=quiet if is_held_back else None,
    )


def reset(memory: Memory) -> Memory:
    """The memory of a watch that looks at something else now: what people know stays, what was counted goes."""
    return memory.model_copy(update={"standing": replace(Standing(), state=memory.standing.state)})
