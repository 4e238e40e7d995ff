# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Content codings (RFC 9110, section 8.4), taken off in slices: a few kilobytes may stand for gigabytes."""

import zlib
from collections.abc import Iterator

SLICE = 256 * 1024
"""Bytes that are decompressed at a time."""

_GZIP = 16 + zlib.MAX_WBITS


class UndecodableError(Exception):
    """The body is not what its content coding says."""


class Decoder:
    """Takes one content coding off a body that comes in pieces.

    What is not compressed passes as it is; what is, in a way that was not asked for, too.
    """

    def __init__(self, coding: str) -> None:
        name = coding.strip().lower()
        if "," in name:
            raise UndecodableError(f"The body has several content codings: {name}.")
        self._may_be_raw = name == "deflate"
        bits = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}.get(name)
        self._stream = None if bits is None else zlib.decompressobj(bits)

    def slices(self, piece: bytes) -> Iterator[bytes]:
        """The decoded bytes of a piece, at most `SLICE` at a time.

        Raises:
            UndecodableError: the bytes are not of the coding.
        """
        if self._stream is None:
            yield piece
            return
        waiting = piece
        while waiting and not self._stream.eof:
            try:
                decoded = self._decompress(self._stream, waiting)
            except zlib.error as error:
                raise UndecodableError(f"The body cannot be decompressed: {error}.") from None
            waiting = self._stream.unconsumed_tail
            if decoded:
                yield decoded

    def finish(self) -> None:
        """Say that the body has ended.

        Raises:
            UndecodableError: it ended too early.
        """
        if self._stream is not None and not self._stream.eof:
            raise UndecodableError("The compressed body ends too early.")

    def _decompress(self, stream: "zlib._Decompress", data: bytes) -> bytes:
        try:
            return stream.decompress(data, SLICE)
        except zlib.error:
            if not self._may_be_raw:
                raise
            # Some servers send deflate without its zlib wrapper, against RFC 9110, section 8.4.1.2.
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._stream.decompress(data, SLICE)
        finally:
            self._may_be_raw = False
