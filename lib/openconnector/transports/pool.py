# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeps connections open between the calls of a source, as long as its configuration stays what it is."""

import asyncio
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from openconnector.core.clock import stopwatch
from openconnector.egress.connection import Dialer, Route
from openconnector.egress.errors import ConnectionFailed
from openconnector.egress.evidence import ConnectionEvidence, Timings
from openconnector.egress.policy import EgressDenied, EgressPolicy
from openconnector.egress.stream import Stream
from openconnector.transports.exchange import Exchange
from openconnector.transports.http1 import Http1Connection
from openconnector.transports.http2 import Http2Connection

MAX_CONNECTIONS = 100
"""Connections of one source at a time; whoever needs one more waits."""

MAX_OPEN = 500
"""Connections of all sources: each is a file descriptor, and a process often has no more than 1,024."""

MAX_IDLE_MS = 15_000
SWEEP_SECONDS = 5

FRESH_ENOUGH_MS = 1000
"""A server may close an idle connection just when a request is sent. What may not be sent twice gets a young one."""


@dataclass(slots=True)
class Lease:
    """A connection with what is known of it."""

    connection: Http1Connection | Http2Connection
    route: Route
    evidence: ConnectionEvidence
    policy: EgressPolicy
    owner: "_Connections"
    users: int = 0
    idle_since: float = 0.0
    is_dropped: bool = False


@dataclass(slots=True, eq=False)
class _Connections:
    """The connections of one source in one version of its configuration."""

    version: int
    kept: dict[Route, list[Lease]] = field(default_factory=dict)
    open: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    is_retired: bool = False


class Pool:
    """The connections of a process."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._sources: dict[Hashable, _Connections] = {}
        self._open = 0
        self._sweeping: asyncio.TimerHandle | None = None

    async def acquire(
        self,
        source: tuple[Hashable, int],
        route: Route,
        policy: EgressPolicy,
        patience: float,
        exchange: Exchange,
        *,
        max_idle_ms: float = MAX_IDLE_MS,
    ) -> Lease:
        """A connection for one exchange; what it took goes into `exchange`. Give it back with `release`.

        Args:
            source: whose connections may be used, and the version of its configuration.
            max_idle_ms: how long a connection that is used again may have been idle; 0 asks for a new one.

        Raises:
            ConnectionFailed, EgressDenied: there is none.
        """
        connections = self._connections_of(*source)
        # Whoever waits comes first: a busy source would let some wait until their patience ends.
        lease = None if connections.waiting else self._kept(connections, route, policy, max_idle_ms)
        if lease is None and (connections.waiting or connections.open >= MAX_CONNECTIONS):
            lease = await self._wait(connections, route, policy, patience, exchange.timings, max_idle_ms)
        if lease is not None:
            exchange.connection = replace(lease.evidence, is_reused=True)
            lease.users += 1
            return lease
        self._enter(connections)
        evidence = exchange.connection = ConnectionEvidence()
        try:
            stream = await self._dialer.dial(route, policy, patience, exchange.timings, evidence)
        except BaseException:
            self._leave(connections)
            raise
        lease = Lease(_speak(stream, route, evidence), route, evidence, policy, connections, users=1)
        if lease.connection.is_shared:
            connections.kept.setdefault(route, []).append(lease)
        return lease

    def release(self, lease: Lease) -> None:
        """Give a connection back. It is kept where another exchange may follow."""
        lease.users -= 1
        connections = lease.owner
        if connections.is_retired or lease.is_dropped or not lease.connection.is_usable:
            self._drop(lease)
            return
        lease.idle_since = stopwatch()
        if not lease.connection.is_shared:
            connections.kept.setdefault(lease.route, []).append(lease)
        _wake_one(connections)

    def close(self) -> None:
        """Close every connection."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        for connections in self._sources.values():
            self._retire(connections)
        self._sources.clear()
        self._dialer.close()

    def _connections_of(self, source: Hashable, version: int) -> _Connections:
        found = self._sources.get(source)
        if found is not None and found.version == version:
            return found
        if found is not None and found.version > version:  # a call that began before the configuration changed
            return _Connections(version, is_retired=True)
        if found is not None:
            self._retire(found)
        found = self._sources[source] = _Connections(version)
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)
        return found

    def _retire(self, connections: _Connections) -> None:
        """Close what is idle. What is in use is closed when it is given back."""
        connections.is_retired = True
        for lease in [lease for leases in connections.kept.values() for lease in leases]:
            if lease.users == 0:
                self._drop(lease)

    def _kept(self, connections: _Connections, route: Route, policy: EgressPolicy, max_idle_ms: float) -> Lease | None:
        leases = connections.kept.get(route) if max_idle_ms else None
        while leases:
            lease = leases[-1]
            idle_ms = 0.0 if lease.users else stopwatch() - lease.idle_since
            if idle_ms > max_idle_ms and idle_ms < MAX_IDLE_MS:
                return None
            if idle_ms < MAX_IDLE_MS and lease.connection.is_usable and is_still_allowed(lease, policy):
                if not lease.connection.is_shared:
                    leases.pop()
                return lease
            self._drop(lease)
        return None

    async def _wait(
        self,
        connections: _Connections,
        route: Route,
        policy: EgressPolicy,
        patience: float,
        timings: Timings,
        max_idle_ms: float,
    ) -> Lease | None:
        """Wait for a connection that is given back, or None when there is a place for a new one."""
        started = stopwatch()
        try:
            async with asyncio.timeout(patience):
                if not connections.waiting and self._made_place(connections):
                    return None
                while True:
                    await _turn(connections)
                    lease = self._kept(connections, route, policy, max_idle_ms)
                    if lease is not None or connections.open < MAX_CONNECTIONS or self._made_place(connections):
                        return lease
        except TimeoutError:
            raise ConnectionFailed("pool_timeout", f"{MAX_CONNECTIONS} calls of this source are running.") from None
        finally:
            timings.blocked_ms = stopwatch() - started

    def _made_place(self, connections: _Connections) -> bool:
        """Close an idle connection that leads elsewhere, or that may not be used for this."""
        idle = next((lease for leases in connections.kept.values() for lease in leases if lease.users == 0), None)
        if idle is None:
            return False
        self._drop(idle)
        return True

    def _drop(self, lease: Lease) -> None:
        leases = lease.owner.kept.get(lease.route, [])
        if lease in leases:
            leases.remove(lease)
            if not leases:
                del lease.owner.kept[lease.route]
        lease.is_dropped = True
        if lease.users == 0:
            lease.connection.close()
            self._leave(lease.owner)

    def _enter(self, connections: _Connections) -> None:
        if self._open >= MAX_OPEN and not any(self._made_place(others) for others in self._sources.values()):
            raise ConnectionFailed("pool_timeout", f"{MAX_OPEN} calls of all sources are running.")
        connections.open += 1
        self._open += 1

    def _leave(self, connections: _Connections) -> None:
        connections.open -= 1
        self._open -= 1
        _wake_one(connections)

    def _sweep(self) -> None:
        """Close what has been idle for long, and forget sources without connections."""
        self._sweeping = None
        oldest = stopwatch() - MAX_IDLE_MS
        for source, connections in list(self._sources.items()):
            for lease in [lease for leases in connections.kept.values() for lease in leases]:
                if lease.users == 0 and (lease.idle_since < oldest or not lease.connection.is_usable):
                    self._drop(lease)
            if not connections.open and not connections.waiting:
                del self._sources[source]
        if self._sources:
            self._sweeping = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)


def _speak(stream: Stream, route: Route, evidence: ConnectionEvidence) -> Http1Connection | Http2Connection:
    if evidence.tls is not None and evidence.tls.alpn == "h2":
        return Http2Connection(stream, (route.target.scheme, route.target.host, route.target.port))
    return Http1Connection(stream, absolute=route.proxy is not None and not route.is_tunnelled)


def is_still_allowed(lease: Lease, policy: EgressPolicy) -> bool:
    """A connection may not outlive the permission that it was opened with."""
    if lease.policy is policy:
        return True
    if lease.route.proxy is not None:
        return False  # what the target's name led to is not known here
    target = lease.route.target
    try:
        policy.check(target.host, target.port, lease.evidence.resolved)
    except EgressDenied:
        return False
    lease.policy = policy
    return True


async def _turn(connections: _Connections) -> None:
    """Wait until something has been given back."""
    place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    connections.waiting.append(place)
    try:
        await place
    except asyncio.CancelledError:
        if place in connections.waiting:
            connections.waiting.remove(place)
        elif not place.cancelled():  # what was given to this one is the next one's
            _wake_one(connections)
        raise


def _wake_one(connections: _Connections) -> None:
    while connections.waiting:
        place = connections.waiting.popleft()
        if not place.done():
            place.set_result(None)
            return
