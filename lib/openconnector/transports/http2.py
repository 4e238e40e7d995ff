# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP/2 (RFC 9113) over one connection that many exchanges share. The protocol is the library's (httpcore, h2)."""

import asyncio
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

from openconnector.core.clock import stopwatch
from openconnector.core.http import Request, http2_errors, http2_library
from openconnector.egress.evidence import Timings
from openconnector.egress.stream import Stream
from openconnector.transports.answer import Body, decode_header
from openconnector.transports.exchange import Exchange, Limits, ReceivedResponse
from openconnector.transports.failure import ExchangeFailed
from openconnector.transports.http1 import head_of

_PIECE = 64 * 1024

_CONNECTION_HEADERS = frozenset({b"connection", b"keep-alive", b"proxy-connection", b"upgrade"})
"""What a request of HTTP/2 may not have (RFC 9113, section 8.2.2)."""


class _NetworkStream:
    """A stream as the library wants it."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    async def read(self, _max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # theirs
        return await self._stream.read(timeout or 0)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  # theirs
        if buffer:
            await self._stream.write(buffer, timeout or 0)

    async def aclose(self) -> None:
        self._stream.hang_up()

    def get_extra_info(self, _info: str) -> None:
        return None


class Http2Connection:
    """A connection that carries many exchanges at the same time."""

    is_shared = True

    def __init__(self, stream: Stream, origin: tuple[str, str, int]) -> None:
        self._library: ModuleType = http2_library()
        scheme, host, port = origin
        self._origin = (scheme.encode(), host.encode(), port)
        self._stream = stream
        self._errors = http2_errors()
        self._is_broken = False
        self._connection: Any = self._library.AsyncHTTP2Connection(
            self._library.Origin(*self._origin), _NetworkStream(stream)
        )

    @property
    def is_usable(self) -> bool:
        return not self._is_broken and bool(self._connection.is_available()) and not self._stream.transport.is_closing()

    async def exchange(self, request: Request, exchange: Exchange, limits: Limits) -> None:
        """Send `request`, and put what comes of it into `exchange`.

        Raises:
            ExchangeFailed, OSError: it came to a bad end; what was received until then is in `exchange`.
        """
        head_of(request)  # what may not stand in a head of HTTP/1.1 is sent to nobody: a proxy may translate it
        times, is_broken = _Times(limits.read_ms / 1000), True
        try:
            async with times.limit:
                response = await self._connection.handle_async_request(self._request(request, limits, times))
                await self._receive(response, exchange, limits, times)
            is_broken = False
        except TimeoutError:
            name = "read_timeout" if times.sent else "write_timeout"
            raise ExchangeFailed(name, f"Nothing came for {limits.read_ms / 1000:g} s.") from None
        except self._errors:
            # The library quotes what it has received: a secret in it would not be recognised.
            raise ExchangeFailed("http2_error", "The server ended the stream or broke the rules of HTTP/2.") from None
        finally:
            # The library does not give back the flow control of a body that was not read to its end.
            self._is_broken = self._is_broken or is_broken
            times.note(exchange.timings)
            exchange.request.wire_size = len(request.content) if times.has_begun else None

    def close(self) -> None:
        """Close it at once, with a goodbye."""
        self._stream.hang_up()

    def _request(self, request: Request, limits: Limits, times: "_Times") -> Any:
        # The library reads for all streams at once, so that its own time limit for one of them would end them all.
        timeout = {"read": limits.total_ms / 1000, "write": limits.read_ms / 1000}
        scheme, host, port = self._origin
        return self._library.Request(
            request.method.encode("ascii"),
            self._library.URL(scheme=scheme, host=host, port=port, target=request.url.raw_path),
            headers=[row for row in request.headers.raw if row[0].lower() not in _CONNECTION_HEADERS],
            content=_pieces(request.content, times),
            extensions={"trace": times.trace, "timeout": timeout},
        )

    async def _receive(self, response: Any, exchange: Exchange, limits: Limits, times: "_Times") -> None:
        headers = [(decode_header(name), decode_header(value)) for name, value in response.headers]
        exchange.response = ReceivedResponse(response.status, "", "HTTP/2", headers)
        coding = ", ".join(value for name, value in headers if name == "content-encoding")
        body = Body(exchange.response, coding, limits.body_bytes + limits.overlap)
        try:
            async for piece in response.stream:
                await body.add(piece)
                times.go_on()
            body.finish()
        finally:
            body.close()
            await response.aclose()


async def _pieces(content: bytes, times: "_Times") -> AsyncIterator[bytes]:
    for start in range(0, len(content), _PIECE):
        yield content[start : start + _PIECE]
        times.go_on()


class _Times:
    """When the phases of one exchange happened, as the library tells while it works.

    Attributes:
        limit: ends the exchange when nothing of it moves for `patience` seconds.
    """

    def __init__(self, patience: float) -> None:
        self.limit = asyncio.timeout(None)
        self._patience = patience
        self.started = stopwatch()
        self.has_begun = False
        self.sent: float | None = None
        self._answered: float | None = None

    def go_on(self) -> None:
        """Something has moved."""
        self.limit.reschedule(asyncio.get_running_loop().time() + self._patience)

    async def trace(self, event: str, _info: dict[str, Any]) -> None:
        if event == "http2.send_request_headers.started":
            self.has_begun = True
            self.go_on()
        elif event == "http2.send_request_body.complete":
            self.sent = stopwatch()
            self.go_on()
        elif event == "http2.receive_response_headers.complete":
            self._answered = stopwatch()
            self.go_on()

    def note(self, timings: Timings) -> None:
        ended = stopwatch()
        timings.send_ms = (self.sent or ended) - self.started
        if self.sent is not None:
            timings.wait_ms = (self._answered or ended) - self.sent
        if self._answered is not None:
            timings.receive_ms = ended - self._answered
