# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP and HTTPS: sends a request, follows redirects where it may, and writes down every exchange.

Redirects are followed here and not by the HTTP library: each hop is an exchange of its own, and what proves who we are
stays on the origin of the source. The library takes off `Authorization` only, and would carry an `X-API-Key` along.
"""

import asyncio
import contextlib
from pathlib import Path

from openconnector.core import http
from openconnector.core.clock import now, stopwatch
from openconnector.egress.origin import origin_of
from openconnector.egress.tls import create_context
from openconnector.transports.decoding import Decoder, UndecodableError
from openconnector.transports.exchange import (
    Exchange,
    ExchangeKind,
    Failure,
    Limits,
    ReceivedResponse,
    SentRequest,
)
from openconnector.transports.failure import failure_of

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
_POOL = http.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=15)

# What a request says about the network it goes through, and nothing about who sends it: all that crosses an origin.
_HEADERS_ACROSS_ORIGINS = frozenset({"accept", "accept-encoding", "accept-language", "user-agent"})

MAX_BODY = 2 * 1024**3
"""Decoded bytes after which a body is not read any further."""

MAX_HOP_BODY = 16 * 1024
"""Bytes of the body of a redirect that are kept: there are many, and they say little."""


class HttpTransport:
    """Keeps connections open between calls, one pool for verified and one for unverified TLS.

    A pool is made for the first call that needs it: the authorities of the system take megabytes.
    """

    def __init__(self, *, ca_file: Path | None = None) -> None:
        self._ca_file = ca_file
        self._pools: dict[bool, http.AsyncHTTPTransport] = {}

    async def send(self, request: http.Request, limits: Limits, *, verify_tls: bool, exchanges: list[Exchange]) -> None:
        """Send `request` and put every exchange into `exchanges` as it happens.

        A failure of the network is part of the last exchange; it is not raised. What is raised is cancellation, after
        the exchange has been marked with it.
        """
        started = stopwatch()
        timeout = asyncio.timeout(limits.total_ms / 1000)
        try:
            async with timeout:
                await self._follow(request, limits, self._pool(verify_tls=verify_tls), exchanges)
        except TimeoutError:
            _fail(
                exchanges,
                Failure("total_timeout", f"The call took longer than {limits.total_ms} ms."),
                started,
            )
        except asyncio.CancelledError:
            _fail(exchanges, Failure("cancelled", "The call was cancelled."), started)
            raise

    def _pool(self, *, verify_tls: bool) -> http.AsyncHTTPTransport:
        if verify_tls not in self._pools:
            context = create_context(verify=verify_tls, ca_file=self._ca_file)
            self._pools[verify_tls] = http.AsyncHTTPTransport(verify=context, limits=_POOL)
        return self._pools[verify_tls]

    async def _follow(
        self, request: http.Request, limits: Limits, pool: http.AsyncHTTPTransport, exchanges: list[Exchange]
    ) -> None:
        kind: ExchangeKind = "request"
        for remaining in range(limits.redirects, -1, -1):
            exchange = await _exchange(request, limits, pool, kind, exchanges)
            target = _redirect_target(request, exchange) if limits.redirects else None
            if target is None:
                return
            if remaining == 0:
                exchange.failure = Failure("too_many_redirects", f"More than {limits.redirects} redirects.")
                return
            request, kind = _redirected(request, target, exchange), "redirect"

    async def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()


async def _exchange(
    request: http.Request,
    limits: Limits,
    pool: http.AsyncHTTPTransport,
    kind: ExchangeKind,
    exchanges: list[Exchange],
) -> Exchange:
    started = stopwatch()
    request.extensions["timeout"] = http.Timeout(
        limits.read_ms / 1000, connect=limits.connect_ms / 1000, pool=limits.connect_ms / 1000
    ).as_dict()
    exchange = Exchange(kind, now(), sent_request(request))
    exchanges.append(exchange)
    try:
        response = await pool.handle_async_request(request)
        exchange.response = _received(response)
        async with contextlib.aclosing(response):
            await _read_body(response, exchange.response, limits)
    except UndecodableError as error:
        exchange.failure = Failure("undecodable_body", str(error))
    except (http.HTTPError, http.InvalidURL, OSError) as error:
        exchange.failure = failure_of(error)
    exchange.duration_ms = stopwatch() - started
    return exchange


async def _read_body(response: http.Response, into: ReceivedResponse, limits: Limits) -> None:
    """Count the whole body, keep its beginning: memory does not grow with what a server sends."""
    is_hop = limits.redirects > 0 and into.status_code in REDIRECT_STATUSES
    bound = MAX_HOP_BODY if is_hop else limits.body_bytes + limits.overlap
    kept = bytearray()
    decoder = Decoder(response.headers.get("content-encoding", ""))
    try:
        async for piece in response.aiter_raw():
            for decoded in decoder.slices(piece):
                into.size += len(decoded)
                kept += decoded[: max(bound - len(kept), 0)]
                if into.size > MAX_BODY:
                    raise UndecodableError(f"The body is larger than {MAX_BODY // 1024**2} MiB; the rest was not read.")
                await asyncio.sleep(0)  # others wait for the loop, and so does the total timeout
        if into.size:
            decoder.finish()
    finally:
        into.body = bytes(kept)


def sent_request(request: http.Request) -> SentRequest:
    """A request as it goes out."""
    return SentRequest(request.method, str(request.url), _decode_headers(request.headers.raw), request.content or None)


def _received(response: http.Response) -> ReceivedResponse:
    version = response.extensions.get("http_version", b"HTTP/1.1")
    return ReceivedResponse(
        response.status_code,
        response.reason_phrase,
        version.decode("ascii", "replace"),
        _decode_headers(response.headers.raw),
    )


def _decode_headers(raw: list[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """Header bytes as text: UTF-8 where it is, else each byte as its Latin-1 character (RFC 9110, section 5.5)."""
    return [(_decode(name), _decode(value)) for name, value in raw]


def _decode(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _fail(exchanges: list[Exchange], failure: Failure, started: float) -> None:
    if exchanges:
        exchanges[-1].failure = failure
        exchanges[-1].duration_ms = exchanges[-1].duration_ms or stopwatch() - started


def _redirect_target(request: http.Request, exchange: Exchange) -> http.URL | None:
    response = exchange.response
    if response is None or exchange.failure or response.status_code not in REDIRECT_STATUSES:
        return None
    location = next((value for name, value in response.headers if name.lower() == "location"), None)
    if location is None:
        return None
    try:
        target = request.url.join(location)
    except (http.InvalidURL, ValueError):
        exchange.failure = Failure("invalid_redirect", "The header Location is no URL.")
        return None
    if target.scheme not in ("http", "https") or not target.host:
        exchange.failure = Failure("invalid_redirect", "The header Location is no address of HTTP.")
        return None
    changes_origin = origin_of(target) != origin_of(request.url)
    if changes_origin and request.content and not _drops_body(request, response.status_code):
        # The request may not change (RFC 9110, section 15.4.8), and its body is not for another origin: it ends here.
        return None
    return target.copy_with(fragment=None)


def _drops_body(request: http.Request, status: int) -> bool:
    return status == 303 or (status in (301, 302) and request.method == "POST")  # noqa: PLR2004


def _redirected(request: http.Request, target: http.URL, exchange: Exchange) -> http.Request:
    """The next request (RFC 9110, section 15.4). Across origins it carries nothing that names or proves the sender."""
    drops_body = _drops_body(request, exchange.response.status_code if exchange.response else 0)
    method = "GET" if drops_body and request.method != "HEAD" else request.method
    same_origin = origin_of(target) == origin_of(request.url)
    dropped = {"host", "content-length", "transfer-encoding"} | ({"content-type"} if drops_body else set())
    headers = [
        (name, value)
        for name, value in request.headers.raw
        if (lowered := name.decode("latin-1").lower()) not in dropped
        and (same_origin or lowered in _HEADERS_ACROSS_ORIGINS)
    ]
    return http.Request(method, target, headers=headers, content=None if drops_body else request.content or None)
