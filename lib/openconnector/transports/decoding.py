# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Content codings (RFC 9110, section 8.4), taken off in slices: a few kilobytes may stand for gigabytes."""

import sys
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Protocol

SLICE = 256 * 1024
"""Bytes that are decompressed at a time."""

ACCEPT_ENCODING = "gzip, deflate, br, zstd"

_GZIP = 16 + zlib.MAX_WBITS


class UndecodableError(Exception):
    """The body is not what its content coding says."""


class _Coding(Protocol):
    """Takes one coding off, at most `SLICE` bytes at a time."""

    @property
    def is_finished(self) -> bool:
        """Whether the coded data has come to its end."""

    def slices(self, piece: bytes) -> Iterator[bytes]:
        """The decoded bytes of a piece."""


class _Deflated:
    """gzip (RFC 1952) and deflate (RFC 1950)."""

    def __init__(self, *, is_gzip: bool) -> None:
        self._is_gzip = is_gzip
        self._may_be_raw = not is_gzip
        self._stream = zlib.decompressobj(_GZIP if is_gzip else zlib.MAX_WBITS)

    @property
    def is_finished(self) -> bool:
        return self._stream.eof

    def slices(self, piece: bytes) -> Iterator[bytes]:
        waiting = piece
        while waiting and not self._stream.eof:
            try:
                decoded = self._decompress(waiting)
            except zlib.error as error:
                raise UndecodableError(f"The body cannot be decompressed: {error}.") from None
            waiting = self._stream.unconsumed_tail
            if self._stream.eof and self._is_gzip and self._stream.unused_data:
                # Several members in a row are one gzip file (RFC 1952, section 2.2).
                waiting = self._stream.unused_data
                self._stream = zlib.decompressobj(_GZIP)
            if decoded:
                yield decoded

    def _decompress(self, data: bytes) -> bytes:
        try:
            return self._stream.decompress(data, SLICE)
        except zlib.error:
            if not self._may_be_raw:
                raise
            # Some servers send deflate without its zlib wrapper, against RFC 9110, section 8.4.1.2.
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._stream.decompress(data, SLICE)
        finally:
            self._may_be_raw = False


class _Brotli:
    """br (RFC 7932)."""

    def __init__(self) -> None:
        import brotli  # type: ignore[import-untyped]  # noqa: PLC0415  # most calls never need it

        self._stream = brotli.Decompressor()
        self._error: type[Exception] = brotli.error

    @property
    def is_finished(self) -> bool:
        return bool(self._stream.is_finished())

    def slices(self, piece: bytes) -> Iterator[bytes]:
        waiting = piece
        while not self.is_finished:
            try:
                # The limit is where it stops to add blocks, and the last one may be as large as all before.
                decoded = self._stream.process(waiting, output_buffer_limit=SLICE // 2)
            except self._error as error:
                raise UndecodableError(f"The body cannot be decompressed: {error}.") from None
            waiting = b""
            if decoded:
                yield decoded
            elif self._stream.can_accept_more_data():
                return


class _Zstandard:
    """zstd (RFC 8878)."""

    def __init__(self) -> None:
        if sys.version_info >= (3, 14):
            from compression import zstd  # noqa: PLC0415
        else:
            from backports import zstd  # noqa: PLC0415  # most calls never need it
        options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 23}
        self._begin = partial(zstd.ZstdDecompressor, options=options)
        self._stream = self._begin()
        self._error: type[Exception] = zstd.ZstdError

    @property
    def is_finished(self) -> bool:
        return bool(self._stream.eof)

    def slices(self, piece: bytes) -> Iterator[bytes]:
        waiting = piece
        while waiting or not self._stream.eof:
            if self._stream.eof:  # several frames in a row are one body (RFC 8878, section 3)
                self._stream = self._begin()
            try:
                decoded = self._stream.decompress(waiting, SLICE)
            except self._error as error:
                raise UndecodableError(f"The body cannot be decompressed: {error}.") from None
            waiting = self._stream.unused_data
            if decoded:
                yield decoded
            elif self._stream.needs_input:
                return


class Decoder:
    """Takes the content coding off a body that comes in pieces.

    What is not compressed passes as it is; what is, in a way that was not asked for, too.
    """

    def __init__(self, coding: str) -> None:
        name = coding.strip().lower()
        if "," in name:
            raise UndecodableError(f"The body has several content codings: {name}.")
        self._coding = _coding_of(name)

    @property
    def is_identity(self) -> bool:
        """Whether the body passes as it is."""
        return self._coding is None

    def slices(self, piece: bytes) -> Iterator[bytes]:
        """The decoded bytes of a piece, at most `SLICE` at a time.

        Raises:
            UndecodableError: the bytes are not of the coding.
        """
        return iter((piece,)) if self._coding is None else self._coding.slices(piece)

    def finish(self) -> None:
        """Say that the body has ended.

        Raises:
            UndecodableError: it ended too early.
        """
        if self._coding is not None and not self._coding.is_finished:
            raise UndecodableError("The compressed body ends too early.")


def _coding_of(name: str) -> _Coding | None:
    match name:
        case "gzip" | "x-gzip":
            return _Deflated(is_gzip=True)
        case "deflate":
            return _Deflated(is_gzip=False)
        case "br":
            return _Brotli()
        case "zstd":
            return _Zstandard()
        case _:
            return None
