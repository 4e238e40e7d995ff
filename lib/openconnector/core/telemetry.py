# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the engine tells those who measure it. It knows neither Prometheus nor OpenTelemetry, and needs neither.

Who measures implements `Observer` and is handed to `create_app`. Without one, a call costs a few comparisons more. All
that is told comes from the redacted log entry: an observer never sees a secret.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import structlog

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ExchangeTold:
    """One request with its answer or its failure.

    Attributes:
        url: redacted.
        protocol: for example `HTTP/1.1`, `FTP` or `SFTP/3`; None where nothing was answered.
        address: the IP address that was connected to.
        error_type: why no complete answer came, as in the log (`connect_timeout`, …).
        traceparent: what was sent in the header of that name (W3C Trace Context).
    """

    kind: str
    method: str
    url: str
    started_at: datetime
    duration_ms: float
    status_code: int | None
    protocol: str | None
    address: str | None
    port: int | None
    error_type: str | None
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class CallTold:
    """One call that has ended and is in the log."""

    id: str
    source_id: str
    source_name: str
    source_type: str
    trigger: str
    outcome: str
    error_type: str | None
    started_at: datetime
    duration_ms: float
    exchanges: Sequence[ExchangeTold]


@dataclass(frozen=True, slots=True)
class Trace:
    """The trace that a call belongs to.

    Attributes:
        trace_id: 32 hexadecimal digits, as in W3C Trace Context.
        is_sampled: whether it is kept.
        span: what its observer needs to end it.
    """

    trace_id: str
    is_sampled: bool
    span: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class VitalSigns:
    """Numbers of one moment.

    Attributes:
        queue: calls of this process that have ended and are not committed yet.
        index_lag: calls that are not in the index yet; below 256 is normal.
        calls: calls in the log.
        database_bytes: the files of SQLite with its write-ahead log, or the database of PostgreSQL.
        free_bytes: free on SQLite's disk; None: not known.
        is_read_only: the disk is full.
    """

    queue: int
    index_lag: int
    calls: int
    database_bytes: int
    free_bytes: int | None
    is_read_only: bool


class Observer(Protocol):
    """Is told of every call, on the event loop: it must neither block nor wait."""

    def began(self) -> Trace | None:
        """A call begins; the trace that it makes of it, if it makes one."""

    def ended(self, call: CallTold, trace: Trace | None) -> None:
        """A call has ended, and `began` has given this trace for it."""

    def header(self, trace: Trace, host: str) -> str | None:
        """The value of `traceparent` for a request to `host`; None: that host is told nothing."""


@dataclass(frozen=True, slots=True)
class _Current:
    observer: Observer
    trace: Trace


_current: ContextVar[_Current | None] = ContextVar("trace", default=None)


def current_trace() -> Trace | None:
    """The trace of the call that is being made here; log records name it."""
    current = _current.get()
    return None if current is None else current.trace


def traceparent(host: str) -> str | None:
    """What a request to `host` shall say of the trace that it belongs to, if anything."""
    current = _current.get()
    return None if current is None else current.observer.header(current.trace, host)


class Telemetry:
    """Several observers as one. What one of them raises is logged, and the call goes on."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = observers

    @contextmanager
    def call(self) -> Iterator[None]:
        """While a call is made: the trace of the first observer that makes one is the current one."""
        token = _current.set(self._begin())
        try:
            yield
        finally:
            _current.reset(token)

    def ended(self, call: CallTold) -> None:
        """Tell of a call, inside of its `call()`."""
        current = _current.get()
        for observer in self._observers:
            try:
                observer.ended(call, current.trace if current and current.observer is observer else None)
            except Exception:
                log.exception("a call could not be told to who measures", observer=type(observer).__name__)

    def _begin(self) -> _Current | None:
        for observer in self._observers:
            try:
                trace = observer.began()
            except Exception:
                log.exception("a call could not be told to who measures", observer=type(observer).__name__)
                continue
            if trace is not None:
                return _Current(observer, trace)
        return None
