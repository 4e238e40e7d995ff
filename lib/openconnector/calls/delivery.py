# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sends the request of a call as often as its source allows: within its rate limit, again after some failures."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from openconnector.calls.announced import announced
from openconnector.calls.cookies import CookieStore
from openconnector.calls.defaults import Built, build_request
from openconnector.calls.rate_limit import RateLimited, RateLimiter
from openconnector.calls.retry import pause_before_retry
from openconnector.calls.schemas import CallRequest
from openconnector.core.clock import now, stopwatch
from openconnector.core.http import URL
from openconnector.egress.connection import ProxyServer, Target
from openconnector.egress.policy import EgressPolicy
from openconnector.egress.tls import TlsOptions
from openconnector.sources.schemas import Proxy
from openconnector.sources.service import OpenSource
from openconnector.transports.exchange import Exchange, Limits
from openconnector.transports.http import Delivery, HttpTransport

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class _SourceCookies:
    """The cookies of one source, as the transport wants them."""

    store: CookieStore
    source: OpenSource

    def header(self, url: URL) -> str | None:
        return self.store.header((self.source.id, self.source.version), str(url))

    def keep(self, url: URL, values: Sequence[str]) -> None:
        self.store.keep((self.source.id, self.source.version), str(url), values)


class Attempts:
    """Makes the attempts of calls. One instance serves a process."""

    def __init__(self, transport: HttpTransport, limiter: RateLimiter, cookies: CookieStore) -> None:
        self._transport = transport
        self._limiter = limiter
        self._cookies = cookies

    async def make(
        self,
        source: OpenSource,
        wanted: CallRequest,
        exchanges: list[Exchange],
        policy: EgressPolicy,
        *,
        overlap: int,
        is_fresh: bool,
    ) -> None:
        """Send the request until it is answered, or must not be sent again. What happened is in `exchanges`.

        Raises:
            RateLimited: the rate limit leaves no place within the total timeout.
            PathLeavesOrigin, InvalidURL, ValueError: the request cannot be built.
        """
        deadline = stopwatch() + source.connection.total_timeout_ms
        attempt, pause = 0, 0.0
        while True:
            built = build_request(source, wanted)
            try:
                pause += await self._limiter.acquire(source, remaining_ms=deadline - stopwatch())
            except RateLimited:
                if attempt:
                    return  # what was answered before stays the answer
                raise
            first = len(exchanges)
            delivery = self._delivery(source, built, policy, overlap=overlap, is_fresh=is_fresh)
            try:
                await self._transport.send(built.request, delivery, exchanges)
            finally:  # also when it is cut short
                for exchange in exchanges[first : first + 1]:
                    exchange.kind, exchange.delay_ms = "retry" if attempt else "request", pause
            self._note(source, exchanges[-1])
            next_pause = pause_before_retry(
                exchanges[first:],
                attempt,
                source.connection.retry,
                method=wanted.method,
                remaining_ms=deadline - stopwatch(),
                jitter=random.random,
            )
            if next_pause is None:
                return
            pause = next_pause
            await asyncio.sleep(pause / 1000)
            attempt += 1

    def secrets(self, source: OpenSource) -> Sequence[str]:
        """What has been learned during calls and is secret: the cookies that are kept."""
        return self._cookies.values((source.id, source.version)) if source.connection.keep_cookies else ()

    def _note(self, source: OpenSource, exchange: Exchange) -> None:
        response = exchange.response
        if response is not None:
            announcement = announced(response.headers, response.status_code, now())
            if announcement is not None:
                self._limiter.note(source.id, announcement)

    def _delivery(
        self, source: OpenSource, built: Built, policy: EgressPolicy, *, overlap: int, is_fresh: bool
    ) -> Delivery:
        connection = source.connection
        return Delivery(
            source=(source.id, source.version),
            limits=Limits(
                connect_ms=connection.connect_timeout_ms,
                read_ms=connection.read_timeout_ms,
                total_ms=connection.total_timeout_ms,
                body_bytes=connection.max_body_bytes,
                overlap=overlap,
            ),
            policy=policy,
            tls=TlsOptions(connection.verify_tls, connection.ca_certificates, connection.http2),
            proxy=_proxy_server(connection.proxy) if connection.proxy else None,
            redirects=connection.redirects,
            max_redirects=connection.max_redirects,
            cookies=_SourceCookies(self._cookies, source) if connection.keep_cookies else None,
            is_fresh=is_fresh,
            origins=built.origins,
        )


def _proxy_server(proxy: Proxy) -> ProxyServer:
    parts = urlsplit(proxy.url)
    target = Target(parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme])
    return ProxyServer(target, proxy.username, proxy.password.get_secret_value())
