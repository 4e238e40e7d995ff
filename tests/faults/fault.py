# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a provoked fault is: something real that goes wrong, and what a call must say of it."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import trustme

Call = dict[str, Any]

FAST = {"connectTimeoutMs": 500, "readTimeoutMs": 400, "totalTimeoutMs": 4000}
"""Timeouts of provoked calls, in milliseconds."""


@dataclass(frozen=True)
class World:
    """What faults are made of. `authority` is trusted by the engine, `stranger` is not."""

    authority: trustme.CA
    stranger: trustme.CA

    def tls(self, *names: str, **values: Any) -> ssl.SSLContext:
        """A server's context with a certificate of the trusted authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(*(names or ("localhost",)), **values).configure_cert(context)
        return context


@dataclass(frozen=True)
class Provoked:
    """How to run into a fault.

    Attributes:
        source: fields of the source; `connection` is laid over `FAST`.
        request: fields of the test request.
        before_call: happens when the source is saved, for what a save would refuse.
        check: looks at the call for what is special about this fault.
    """

    location: str
    path: str = "/health"
    source: dict[str, Any] = field(default_factory=dict)
    connection: dict[str, Any] = field(default_factory=dict)
    request: dict[str, Any] = field(default_factory=dict)
    before_call: Callable[[], None] | None = None
    check: Callable[[Call], None] | None = None


Opening = Callable[[World], AsyncIterator[Provoked]]


@dataclass(frozen=True)
class Fault:
    """A fault, and what is expected of a call that meets it.

    Attributes:
        seconds: how long the call may take at most, with room for a machine that has other things to do.
    """

    id: str
    error_type: str
    phase: str
    outcome: str
    seconds: float
    open: Callable[[World], AbstractAsyncContextManager[Provoked]]
    hosts: tuple[str, ...]


FAULTS: list[Fault] = []


def fault(
    error_type: str,
    phase: str,
    outcome: str = "transport_error",
    *,
    case: str = "",
    seconds: float = 10,
    hosts: tuple[str, ...] = (),
) -> Callable[[Opening], Opening]:
    """Register a fault. `case` tells it from others of the same type; `hosts` are addresses that it connects to."""

    def register(opening: Opening) -> Opening:
        name = f"{error_type}-{case}" if case else error_type
        FAULTS.append(Fault(name, error_type, phase, outcome, seconds, asynccontextmanager(opening), hosts))
        return opening

    return register


def response_of(call: Call) -> dict[str, Any]:
    """The last response of a call."""
    response: dict[str, Any] = call["exchanges"][-1]["response"]
    return response


def evidence_of(call: Call) -> dict[str, str]:
    """The evidence of the diagnosis, by name."""
    return {row["name"]: row["value"] for row in call["diagnosis"]["evidence"]}
