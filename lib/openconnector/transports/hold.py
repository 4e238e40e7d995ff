# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeps one connection from exchange to exchange, for schemes that authenticate the connection and not the request."""

from collections.abc import Hashable
from dataclasses import replace

from openconnector.core.http import Request
from openconnector.egress.connection import SAME_CONNECTION, Route
from openconnector.egress.policy import EgressPolicy
from openconnector.transports.exchange import Exchange
from openconnector.transports.failure import ExchangeFailed
from openconnector.transports.pool import Lease, Pool, is_still_allowed


class Hold:
    """The connection of one attempt. It is not given back between the exchanges, so that nobody else gets it.

    It counts as one in use all the time, whoever waits for one waits longer: always `release` it.
    """

    def __init__(self) -> None:
        self._pool: Pool | None = None
        self._lease: Lease | None = None

    async def lease(
        self,
        pool: Pool,
        source: tuple[Hashable, int],
        route: Route,
        policy: EgressPolicy,
        patience: float,
        exchange: Exchange,
        *,
        max_idle_ms: float,
        must_be_same: bool,
    ) -> Lease:
        """The connection of the exchange before, where it is usable and leads to the same place; else another one.

        Args:
            must_be_same: another one is of no use.

        Raises:
            ConnectionFailed, EgressDenied: there is none.
            ExchangeFailed: there is only another one.
        """
        held = self._lease
        if held is not None and held.route == route and held.connection.is_usable and is_still_allowed(held, policy):
            exchange.connection = replace(held.evidence, is_reused=True)
            return held
        self.release()  # first, so that it cannot be the one that is waited for
        if must_be_same:
            raise connection_not_kept()
        self._lease = await pool.acquire(source, route, policy, patience, exchange, max_idle_ms=max_idle_ms)
        self._pool = pool
        return self._lease

    def release(self) -> None:
        """Give the connection back. It may be called at any time, and again."""
        lease, self._lease = self._lease, None
        if lease is not None and self._pool is not None:
            self._pool.release(lease)


def is_bound(request: Request) -> bool:
    """Whether a request may only be sent on the connection of the exchange before it."""
    return bool(request.extensions.get(SAME_CONNECTION))


def connection_not_kept() -> ExchangeFailed:
    """The login on a connection cannot go on, because the connection is gone."""
    return ExchangeFailed("connection_not_kept", "The connection was closed between the challenge and its answer.")
