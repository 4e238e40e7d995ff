# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP and HTTPS: sends a request, follows redirects where it may, and writes down every exchange."""

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol

from openconnector.core.clock import now, stopwatch
from openconnector.core.http import URL, Request
from openconnector.egress.connection import Dialer, ProxyServer, Route, Target
from openconnector.egress.errors import ConnectionFailed
from openconnector.egress.origin import origin_of
from openconnector.egress.policy import EgressDenied, EgressPolicy
from openconnector.egress.tls import TlsContexts, TlsOptions
from openconnector.transports.answer import decode_header
from openconnector.transports.exchange import Exchange, ExchangeKind, Failure, Limits, Origins, SentRequest
from openconnector.transports.failure import ExchangeFailed, failure_of
from openconnector.transports.hold import Hold, connection_not_kept, is_bound
from openconnector.transports.pool import FRESH_ENOUGH_MS, MAX_IDLE_MS, Pool
from openconnector.transports.redirects import REDIRECT_STATUSES, Redirects

IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
"""Methods whose request may be sent twice (RFC 9110, section 9.2.2)."""

MAX_HOP_BODY = 16 * 1024
"""Bytes of the body of a redirect that are kept: there are many, and they say little."""

_LOST = frozenset({"empty_reply", "connection_reset", "http2_error"})
_MAY_SPEAK_TLS = frozenset({"empty_reply", "connection_reset", "protocol_error"})
_MAY_REFUSE_CLIENT = frozenset({"empty_reply", "connection_reset", "tls_error"})
_PROBE_SECONDS = 1.0


Origin = tuple[str, str, int | None]
"""Scheme, host and port, as `origin_of` gives them."""


class Cookies(Protocol):
    """The cookies that a source keeps."""

    def header(self, url: URL) -> str | None:
        """The value of `Cookie` for a request to this URL."""

    def keep(self, url: URL, values: Sequence[str]) -> None:
        """Take over the values of `Set-Cookie` in an answer from this URL."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the requests of one call are sent.

    Attributes:
        source: whose connections may be used, and the version of its configuration.
        tls: how TLS is spoken with any server. It may have neither a client identity nor pins: a redirect leads
            anywhere.
        tls_at: how it is spoken with these origins instead.
        is_fresh: over a new connection.
        hold: keeps the connection for the request that follows, over HTTP/1.1.
    """

    source: tuple[Hashable, int]
    limits: Limits
    policy: EgressPolicy
    tls: TlsOptions = field(default_factory=TlsOptions)
    proxy: ProxyServer | None = None
    redirects: Literal["never", "same_origin", "all"] = "never"
    max_redirects: int = 10
    cookies: Cookies | None = None
    is_fresh: bool = False
    tls_at: Mapping[Origin, TlsOptions] = field(default_factory=dict)
    hold: Hold | None = None
    origins: Origins = field(default_factory=Origins)

    def __post_init__(self) -> None:
        if self.tls.client is not None or self.tls.pins:
            raise ValueError("a client identity and pins belong to an origin: see tls_at.")


class HttpTransport:
    """The transport of a process, with its open connections."""

    def __init__(self, *, ca_file: Path | None = None) -> None:
        self._dialer = Dialer(TlsContexts(ca_file))
        self._pool = Pool(self._dialer)

    async def send(self, request: Request, delivery: Delivery, exchanges: list[Exchange]) -> Request:
        """Send `request` and put every exchange into `exchanges` as it happens; the last one tells how it ended.

        A failure of the network is part of its exchange; it is not raised. What is raised is cancellation, after the
        exchange has been marked with it. Every wait has a bound, but all of them together have none here.

        Returns:
            The request of the last exchange: `request` itself, or the one that a redirect has led to.
        """
        redirects = Redirects(delivery.redirects, delivery.max_redirects, may_return=delivery.cookies is not None)
        following: Request | None = request
        kind: ExchangeKind = "request"
        while following is not None:
            current = following
            exchange = await self._send_one(current, delivery, kind, exchanges)
            following, kind = redirects.next_request(current, exchange), "redirect"
        return current

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    async def _send_one(
        self, request: Request, delivery: Delivery, kind: ExchangeKind, exchanges: list[Exchange]
    ) -> Exchange:
        may_repeat = request.method in IDEMPOTENT
        max_idle_ms = 0 if delivery.is_fresh else MAX_IDLE_MS if may_repeat else FRESH_ENOUGH_MS
        exchange = await self._exchange(request, delivery, kind, exchanges, max_idle_ms)
        if is_bound(request):
            if _was_lost(exchange):
                exchange.failure = failure_of(connection_not_kept())
        elif may_repeat and _was_lost(exchange):
            # The server had closed the connection that was used again; it has not seen the request.
            exchange = await self._exchange(request, delivery, "retry", exchanges, 0)
        return exchange

    async def _exchange(
        self,
        request: Request,
        delivery: Delivery,
        kind: ExchangeKind,
        exchanges: list[Exchange],
        max_idle_ms: float,
    ) -> Exchange:
        started = stopwatch()
        route = _route(request, delivery)
        wire = _as_sent(request, route, delivery.cookies)
        origins = delivery.origins
        if wire is not request and "cookie" in wire.headers and "cookie" not in request.headers:
            origins = replace(origins, headers={**origins.headers, "cookie": "cookies"})
        exchange = Exchange(kind, now(), sent_request(wire, origins))
        exchanges.append(exchange)
        try:
            await self._go(wire, route, delivery, exchange, max_idle_ms, is_bound=is_bound(request))
        except asyncio.CancelledError:
            exchange.failure = Failure("cancelled", "The call was cancelled.")
            raise
        except (ExchangeFailed, ConnectionFailed, EgressDenied, OSError) as error:
            exchange.failure = failure_of(error, has_identity=route.tls.client is not None)
            await self._look_closer(route, exchange)
        finally:
            exchange.duration_ms = stopwatch() - started
        if delivery.cookies is not None and exchange.response is not None:
            values = [value for name, value in exchange.response.headers if name.lower() == "set-cookie"]
            delivery.cookies.keep(request.url, values)
        return exchange

    async def _go(
        self,
        request: Request,
        route: Route,
        delivery: Delivery,
        exchange: Exchange,
        max_idle_ms: float,
        *,
        is_bound: bool,
    ) -> None:
        limits = delivery.limits
        wanted = (delivery.source, route, delivery.policy, limits.connect_ms / 1000, exchange)
        if delivery.hold is not None:
            lease = await delivery.hold.lease(self._pool, *wanted, max_idle_ms=max_idle_ms, must_be_same=is_bound)
            await lease.connection.exchange(request, exchange, limits)
        elif is_bound:
            raise connection_not_kept()
        else:
            lease = await self._pool.acquire(*wanted, max_idle_ms=max_idle_ms)
            try:
                await lease.connection.exchange(request, exchange, limits)
            finally:
                self._pool.release(lease)
        response = exchange.response
        if response is not None and delivery.redirects != "never" and response.status_code in REDIRECT_STATUSES:
            response.body = response.body[:MAX_HOP_BODY]

    async def _look_closer(self, route: Route, exchange: Exchange) -> None:
        """Servers hang up on plain HTTP where they speak TLS, and on who shows no certificate. A handshake tells."""
        failure, connection = exchange.failure, exchange.connection
        if failure is None or exchange.response is not None or connection is None or connection.is_reused:
            return
        if route.proxy is not None or not connection.address:
            return
        if route.target.scheme == "http":
            if failure.type in _MAY_SPEAK_TLS and await self._dialer.speaks_tls(
                route.target, connection.address, _PROBE_SECONDS
            ):
                exchange.failure = Failure("tls_expected", "The port speaks TLS, and the location says http.")
        elif failure.type in _MAY_REFUSE_CLIENT and connection.tls is not None:
            refused = await self._dialer.refuses_client(route, connection.address, _PROBE_SECONDS)
            if refused is not None:
                exchange.failure = Failure(refused, "The server asked for a client certificate and hung up.")


def _was_lost(exchange: Exchange) -> bool:
    failure, connection = exchange.failure, exchange.connection
    if failure is None or failure.type not in _LOST or exchange.response is not None:
        return False
    return connection is not None and connection.is_reused


def _route(request: Request, delivery: Delivery) -> Route:
    origin = origin_of(request.url)
    target = Target(origin[0], request.url.raw_host.decode("ascii"), origin[2] or 0)
    tls = delivery.tls_at.get(origin, delivery.tls)
    if delivery.hold is not None and tls.http2:  # its connections are shared by many exchanges
        tls = replace(tls, http2=False)
    return Route(target, tls, delivery.proxy)


def _as_sent(request: Request, route: Route, cookies: Cookies | None) -> Request:
    """The request with what belongs to this hop alone: cookies, and what a proxy wants to know."""
    if cookies is None and route.proxy is None:
        return request
    headers = list(request.headers.raw)
    cookie = cookies.header(request.url) if cookies is not None else None
    if cookie:
        own = request.headers.get("cookie")
        headers = [row for row in headers if row[0].lower() != b"cookie"]
        headers.append((b"Cookie", (f"{own}; {cookie}" if own else cookie).encode()))
    if route.proxy is not None and not route.is_tunnelled and route.proxy.authorization is not None:
        headers.append((b"Proxy-Authorization", route.proxy.authorization.encode()))
    if len(headers) == len(request.headers.raw) and not cookie:
        return request
    return Request(request.method, request.url, headers=headers, content=request.content or None)


def sent_request(request: Request, origins: Origins | None = None) -> SentRequest:
    """A request as it goes out."""
    headers = [(decode_header(name), decode_header(value)) for name, value in request.headers.raw]
    return SentRequest(request.method, str(request.url), headers, request.content or None, origins or Origins())
