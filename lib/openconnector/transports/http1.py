# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP/1.1 (RFC 9112) over one connection: one request after the other, parsed by llhttp.

Our own, and not the HTTP library's: it tells the time of each phase and the bytes on the wire, bounds what a server may
send before a header ends, and takes a tenth of the time. `docs/adr/0010` has the figures.
"""

import re
from typing import Protocol

import httptools

from openconnector.core.clock import stopwatch
from openconnector.core.http import Request
from openconnector.egress.evidence import Timings
from openconnector.egress.stream import Stream
from openconnector.transports.answer import MAX_HEADER_FIELDS, MAX_HEADERS, Body, decode_header
from openconnector.transports.exchange import Exchange, Limits, ReceivedResponse
from openconnector.transports.failure import ExchangeFailed

_NOT_IN_A_HEAD = re.compile(rb"[\x00\r\n]")
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TLS_ALERT = b"\x15\x03"
_FIRST_FINAL = 200
_WITHOUT_BODY = frozenset({204, 304})
_PIECE = 256 * 1024


class _Parser(Protocol):
    """The parser of httptools, which has no types."""

    def feed_data(self, data: bytes) -> None: ...
    def get_status_code(self) -> int: ...
    def get_http_version(self) -> str: ...
    def should_keep_alive(self) -> bool: ...
    def set_dangerous_leniencies(self, *, lenient_optional_cr_before_lf: bool) -> None: ...


class _Reading:
    """One answer while it is parsed: the parser calls its methods."""

    def __init__(self, *, is_head: bool) -> None:
        self._is_head = is_head
        self.parser: _Parser = httptools.HttpResponseParser(self)
        # A client may take LF for the end of a line (RFC 9112, section 2.2); old servers send it so.
        self.parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True)
        self.headers: list[tuple[str, str]] = []
        self.reason = b""
        self.response: ReceivedResponse | None = None
        self.pieces: list[bytes] = []
        self.is_complete = False
        self.keeps_alive = False
        self.ends_with_connection = True
        self.has_more = False
        self.bytes_beside_body = 0

    def on_status(self, reason: bytes) -> None:
        self.reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.response is not None:
            return  # a trailer (RFC 9110, section 6.5): framing, and nothing that people look for
        if len(self.headers) >= MAX_HEADER_FIELDS:
            raise ExchangeFailed("headers_too_large", f"The answer has more than {MAX_HEADER_FIELDS} headers.")
        self.headers.append((decode_header(name), decode_header(value)))
        if name.lower() in (b"content-length", b"transfer-encoding"):
            self.ends_with_connection = False

    def on_headers_complete(self) -> None:
        status = self.parser.get_status_code()
        if status < _FIRST_FINAL:
            return
        version = f"HTTP/{self.parser.get_http_version()}"
        self.response = ReceivedResponse(status, decode_header(self.reason), version, self.headers)
        if self._is_head or status in _WITHOUT_BODY:
            self._complete()

    def on_body(self, piece: bytes) -> None:
        if self.is_complete:
            self.has_more = True
        else:
            self.pieces.append(piece)

    def on_message_begin(self) -> None:
        self.has_more = self.is_complete

    def on_message_complete(self) -> None:
        if self.response is None:
            # An informational answer (RFC 9110, section 15.2): the final one follows.
            self.headers, self.reason, self.ends_with_connection = [], b"", True
        elif not self.is_complete:
            self._complete()

    def _complete(self) -> None:
        self.is_complete = True
        self.keeps_alive = self.parser.should_keep_alive()


class Http1Connection:
    """A connection that carries one exchange at a time. `is_usable`: another one may follow."""

    is_shared = False

    def __init__(self, stream: Stream, *, absolute: bool = False) -> None:
        """`absolute`: the other end is a proxy, which wants to see the whole URL (RFC 9112, section 3.2.2)."""
        self._stream = stream
        self._absolute = absolute
        self._keeps_alive = True

    @property
    def is_usable(self) -> bool:
        return self._keeps_alive and self._stream.is_idle

    async def exchange(self, request: Request, exchange: Exchange, limits: Limits) -> None:
        """Send `request`, and put what comes of it into `exchange`.

        Raises:
            ExchangeFailed, OSError: it came to a bad end; what was received until then is in `exchange`.
        """
        self._keeps_alive = False
        patience, stream = limits.read_ms / 1000, self._stream
        head = head_of(request, absolute=self._absolute)
        started = stopwatch()
        stream.expect_answer()
        exchange.request.wire_size = len(head) + len(request.content)
        is_sent = False
        try:
            await self._send(head, request.content, patience)
            is_sent = True
        except OSError as error:
            # Who refuses a large body answers before it is sent: that answer is worth more than the error.
            if stream.first_byte_at is None:
                if isinstance(error, TimeoutError) and error.errno is None:
                    raise ExchangeFailed("write_timeout", "The other side does not take the request.") from None
                raise
        sent = stopwatch()
        exchange.timings.send_ms = sent - started
        try:
            await self._receive(request, exchange, limits)
        finally:
            _note_times(exchange.timings, sent, stream.first_byte_at)
            if exchange.response is not None:
                exchange.response.wire_size = stream.received
        # The other side would take another request for the rest of this one's body (CWE-444).
        self._keeps_alive = self._keeps_alive and is_sent

    def close(self) -> None:
        """Close it: with a goodbye where it is idle, else at once."""
        if self.is_usable:
            self._stream.hang_up()
        else:
            self._stream.abort()

    async def _send(self, head: bytes, body: bytes, patience: float) -> None:
        if len(body) <= _PIECE:
            await self._stream.write(head + body, patience)
            return
        await self._stream.write(head, patience)
        for start in range(0, len(body), _PIECE):
            await self._stream.write(body[start : start + _PIECE], patience)

    async def _receive(self, request: Request, exchange: Exchange, limits: Limits) -> None:
        reading = _Reading(is_head=request.method == "HEAD")
        body: Body | None = None
        try:
            while not reading.is_complete:
                piece = await self._next(reading, limits.read_ms / 1000)
                if piece:
                    self._parse(reading, piece)
                if reading.response is not None and body is None:
                    exchange.response = reading.response
                    body = Body(reading.response, _coding_of(reading.headers), limits.body_bytes + limits.overlap)
                if body is not None:
                    await _pass_on(reading, body)
                if not piece:
                    break
            if body is not None:
                body.finish()
        finally:
            if body is not None:
                body.close()
        self._keeps_alive = reading.is_complete and reading.keeps_alive and not reading.has_more

    async def _next(self, reading: _Reading, patience: float) -> bytes:
        """The next bytes; none where the connection has ended, and the answer with it."""
        try:
            piece = await self._stream.read(patience)
        except TimeoutError:
            raise ExchangeFailed("read_timeout", f"Nothing came for {patience:g} s.") from None
        if piece:
            return piece
        if reading.response is None:
            if self._stream.received:
                raise ExchangeFailed("protocol_error", "The connection was closed in the middle of the headers.")
            raise ExchangeFailed("empty_reply", "The connection was closed before an answer came.")
        if not reading.ends_with_connection:
            raise ExchangeFailed("incomplete_body", "The connection was closed before the body was complete.")
        return b""

    def _parse(self, reading: _Reading, piece: bytes) -> None:
        if self._stream.received == len(piece) and piece.startswith(_TLS_ALERT):
            raise ExchangeFailed("tls_expected", "The port speaks TLS, and the location says http.")
        try:
            reading.parser.feed_data(piece)
        except httptools.HttpParserCallbackError as error:
            if isinstance(error.__context__, ExchangeFailed):
                raise error.__context__ from None
            raise
        except httptools.HttpParserUpgrade:
            raise ExchangeFailed("protocol_error", "The server wants to speak another protocol.") from None
        except httptools.HttpParserError:
            if reading.is_complete:
                reading.has_more = True  # and nobody asked for it
                return
            # The parser quotes what it could not read: a secret in it would not be recognised.
            raise ExchangeFailed("protocol_error", "What came is no valid HTTP answer.") from None
        # Headers before the body, trailers behind it, and chunks without anything in them.
        reading.bytes_beside_body = 0 if reading.pieces else reading.bytes_beside_body + len(piece)
        if not reading.is_complete and reading.bytes_beside_body > MAX_HEADERS:
            raise ExchangeFailed("headers_too_large", f"The headers are larger than {MAX_HEADERS // 1024} KiB.")


def head_of(request: Request, *, absolute: bool = False) -> bytes:
    """Request line and headers as they are sent, with the empty line behind them.

    Raises:
        ExchangeFailed: they would be read as something else than was meant.
    """
    target = str(request.url).encode("ascii") if absolute else request.url.raw_path
    method, rows, length = request.method.encode("ascii"), request.headers.raw, len(request.content)
    lines = [method + b" " + target + b" HTTP/1.1"]
    for name, value in rows:
        _check_row(name, value, length)
        lines.append(name + b": " + value)
    # What would end a line early could add headers, or a second request (CWE-113).
    if not _TOKEN.fullmatch(method) or _NOT_IN_A_HEAD.search(b"".join(lines)):
        raise ExchangeFailed("invalid_request", "A header, the path or the method breaks the rules of HTTP.")
    return b"\r\n".join([*lines, b"", b""])


def _check_row(name: bytes, value: bytes, length: int) -> None:
    """A header may be sent. What stands behind the head is the body, and nothing that could pass for another request.

    Raises:
        ExchangeFailed: it is no header, or announces another body than the one that follows (CWE-444).
    """
    lowered = name.lower()
    if not _TOKEN.fullmatch(name):
        raise ExchangeFailed("invalid_request", "A header, the path or the method breaks the rules of HTTP.")
    if lowered == b"transfer-encoding" or (lowered == b"content-length" and value != b"%d" % length):
        raise ExchangeFailed("invalid_request", "A header about the length of the body does not fit the body.")


async def _pass_on(reading: _Reading, body: Body) -> None:
    pieces, reading.pieces = reading.pieces, []
    for piece in pieces:
        await body.add(piece)


def _coding_of(headers: list[tuple[str, str]]) -> str:
    return ", ".join(value for name, value in headers if name.lower() == "content-encoding")


def _note_times(timings: Timings, sent: float, first_byte: float | None) -> None:
    ended = stopwatch()
    if first_byte is None:
        timings.wait_ms = ended - sent
    else:
        timings.wait_ms, timings.receive_ms = max(first_byte - sent, 0.0), ended - max(first_byte, sent)
