# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for the calls of sources that say nothing themselves: timeouts, and how much they may be asked."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from openconnector.core.schema import FrozenSchema

MAX_TIMEOUT_MS = 600_000

Milliseconds = Annotated[int, Field(ge=1, le=MAX_TIMEOUT_MS)]


class DefaultTimeouts(FrozenSchema):
    """In milliseconds. What is null is as OpenConnector has it: 10, 30 and 60 seconds."""

    connect_ms: Annotated[
        Milliseconds | None, Field(description="For each of: finding the address, connecting, and the TLS handshake.")
    ] = None
    read_ms: Annotated[Milliseconds | None, Field(description="Between two pieces of the answer.")] = None
    total_ms: Annotated[
        Milliseconds | None, Field(description="For the whole call, with its redirects and retries.")
    ] = None


class DefaultLimits(FrozenSchema):
    """How much each source may be asked. Null: any number."""

    requests_per_minute: Annotated[
        int | None,
        Field(
            ge=1,
            le=1_000_000,
            description="Of each source without a rate limit of its own, counted over all workers of one database.",
        ),
    ] = None
    concurrent_calls: Annotated[
        int | None, Field(ge=1, le=10_000, description="Of each source at the same time, in each process.")
    ] = None


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a call may take, in milliseconds. As it stands, it is what OpenConnector has by itself."""

    connect_ms: int = 10_000
    read_ms: int = 30_000
    total_ms: int = 60_000

    def replaced(self, connect_ms: int | None, read_ms: int | None, total_ms: int | None) -> "Timeouts":
        """These timeouts, with those of something narrower that says some."""
        return Timeouts(connect_ms or self.connect_ms, read_ms or self.read_ms, total_ms or self.total_ms)


@dataclass(frozen=True, slots=True)
class CallDefaults:
    """What a source is opened with."""

    timeouts: Timeouts = field(default_factory=Timeouts)
    limits: DefaultLimits = field(default_factory=DefaultLimits)

    @classmethod
    def of(cls, timeouts: DefaultTimeouts, limits: DefaultLimits) -> "CallDefaults":
        """What administrators have set, over what OpenConnector has by itself."""
        return cls(Timeouts().replaced(timeouts.connect_ms, timeouts.read_ms, timeouts.total_ms), limits)
