# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sends the request of a call as often as its source allows: within its rate limit, again after some failures."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace

from openconnector.calls.announced import announced
from openconnector.calls.authenticator import Authenticator, ChallengeMemory
from openconnector.calls.cookies import CookieStore
from openconnector.calls.defaults import Built
from openconnector.calls.delivery import SourceCookies, delivery_of
from openconnector.calls.progress import TO_AUTHORIZE, Progress
from openconnector.calls.rate_limit import RateLimited, RateLimiter
from openconnector.calls.retry import pause_before_retry
from openconnector.calls.schemas import CallRequest
from openconnector.calls.tokens.engine import TokenEngine
from openconnector.calls.tokens.fetching import TokenFailed
from openconnector.core.clock import now, stopwatch
from openconnector.core.http import Request
from openconnector.core.telemetry import traceparent
from openconnector.egress.policy import EgressPolicy
from openconnector.sources.opened import OpenSource
from openconnector.transports.exchange import Exchange, ExchangeKind
from openconnector.transports.hold import Hold
from openconnector.transports.http import Delivery, HttpTransport
from openconnector.transports.soap.faults import MAX_LOOKED_AT

MADE_SECRETS = 64 * 1024
"""Bytes beyond a cut body that are read where secrets are made during the call, so that one of them is seen whole."""


class Attempts:
    """Makes the attempts of calls. One instance serves a process."""

    def __init__(
        self, transport: HttpTransport, limiter: RateLimiter, cookies: CookieStore, tokens: TokenEngine
    ) -> None:
        self._transport = transport
        self._limiter = limiter
        self._cookies = cookies
        self._tokens = tokens
        self._memory = ChallengeMemory()

    async def make(
        self,
        source: OpenSource,
        wanted: CallRequest,
        progress: Progress,
        policy: EgressPolicy,
        *,
        overlap: int,
        is_fresh: bool,
    ) -> None:
        """Send the request until it is answered, or must not be sent again. What happened is in `progress`.

        Raises:
            RateLimited, TooManyAtOnce: the limits leave no place within the total timeout.
            TokenFailed: there is no token, and no exchange tells why.
            PathLeavesOrigin, InvalidURL, ValueError: the request cannot be built.
        """
        deadline = stopwatch() + source.timeouts.total_ms
        async with self._limiter.place(source, remaining_ms=deadline - stopwatch()) as waited_ms:
            delivery = self._delivery(source, policy, overlap=overlap, is_fresh=is_fresh)
            await self._repeat(source, wanted, progress, delivery, deadline, waited_ms)

    async def _repeat(
        self,
        source: OpenSource,
        wanted: CallRequest,
        progress: Progress,
        delivery: Delivery,
        deadline: float,
        pause: float,
    ) -> None:
        """The attempts, of which the first was held up for `pause` ms."""
        exchanges, attempt = progress.exchanges, 0
        while True:
            authenticator = Authenticator(source, wanted, delivery.policy, self._tokens, self._memory, progress)
            first = len(exchanges)
            try:
                pause += await self._limiter.acquire(source, remaining_ms=deadline - stopwatch())
                built = await authenticator.first()
                kind: ExchangeKind = "retry" if attempt else "request"
                await self._converse(authenticator, built, delivery, exchanges, kind, pause)
            except RateLimited:
                if attempt:
                    return  # what was answered before stays the answer
                raise
            except TokenFailed:
                if len(exchanges) == first:
                    raise
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
        """What has been learned during calls and is secret: the cookies and the token that are kept."""
        cookies = self._cookies.values((source.id, source.version)) if source.connection.keep_cookies else ()
        return [*cookies, *self._tokens.secrets(source)]

    async def _converse(
        self,
        authenticator: Authenticator,
        built: Built,
        delivery: Delivery,
        exchanges: list[Exchange],
        kind: ExchangeKind,
        pause: float,
    ) -> None:
        """Send a request, and again with what its answer asks for."""
        hold = Hold() if authenticator.keeps_connection else None
        following: Built | None = built
        try:
            while following is not None:
                held = delivery if hold is None else replace(delivery, hold=hold)
                sent = await self._send(following, held, exchanges, kind, pause)
                following, kind, pause = await authenticator.again(sent), "authentication", 0.0
        finally:
            if hold is not None:
                hold.release()

    async def _send(
        self, built: Built, delivery: Delivery, exchanges: list[Exchange], kind: ExchangeKind, pause: float
    ) -> Request:
        first = len(exchanges)
        trace = traceparent(built.request.url.host)
        if trace is not None:
            built.request.headers.setdefault("traceparent", trace)
        try:
            return await self._transport.send(built.request, replace(delivery, origins=built.origins), exchanges)
        finally:  # also when it is cut short
            for exchange in exchanges[first : first + 1]:
                exchange.kind, exchange.delay_ms = kind, pause

    def _note(self, source: OpenSource, exchange: Exchange) -> None:
        response = exchange.response
        if response is not None and exchange.kind not in TO_AUTHORIZE:
            announcement = announced(response.headers, response.status_code, now())
            if announcement is not None:
                self._limiter.note(source.id, announcement)

    def _delivery(self, source: OpenSource, policy: EgressPolicy, *, overlap: int, is_fresh: bool) -> Delivery:
        connection = source.connection
        if source.authentication.makes_secrets:
            overlap = max(overlap, MADE_SECRETS)
        # A fault is told from what came, however little of it is kept.
        body_bytes = max(connection.max_body_bytes, MAX_LOOKED_AT if source.type == "soap" else 0)
        return delivery_of(
            source,
            policy,
            body_bytes=body_bytes,
            overlap=overlap,
            redirects=connection.redirects,
            max_redirects=connection.max_redirects,
            cookies=SourceCookies(self._cookies, source) if connection.keep_cookies else None,
            is_fresh=is_fresh,
        )
