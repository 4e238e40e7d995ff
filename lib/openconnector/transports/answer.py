# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Collects an answer while it comes in: counts the whole, keeps the beginning."""

import asyncio

from openconnector.transports.decoding import Decoder, UndecodableError
from openconnector.transports.exchange import ReceivedResponse
from openconnector.transports.failure import ExchangeFailed

MAX_BODY = 2 * 1024**3
"""Decoded bytes after which a body is not read any further."""

MAX_INFLATED = 256 * 1024**2
"""The same for a body with a content coding: there, a small answer can make much work."""

MAX_HEADERS = 256 * 1024
"""Bytes of a status line with its headers."""

MAX_HEADER_FIELDS = 1000


class Body:
    """The body of one answer. Memory does not grow with what a server sends.

    Args:
        into: where the sizes and the kept bytes go.
        bound: how many decoded bytes are kept.

    Raises:
        ExchangeFailed: it has more than one content coding.
    """

    def __init__(self, into: ReceivedResponse, coding: str, bound: int) -> None:
        self._into = into
        self._bound = bound
        self._kept = bytearray()
        try:
            self._decoder = Decoder(coding)
        except UndecodableError as error:
            raise ExchangeFailed("undecodable_body", str(error)) from None
        self._limit = MAX_BODY if self._decoder.is_identity else MAX_INFLATED

    async def add(self, piece: bytes) -> None:
        """Take the next bytes as they came.

        Raises:
            ExchangeFailed: the body is too large, or not of its content coding.
        """
        self._into.encoded_size += len(piece)
        try:
            for decoded in self._decoder.slices(piece):
                self._keep(decoded)
                if not self._decoder.is_identity:
                    await asyncio.sleep(0)  # others wait for the loop, and so does the total timeout
        except UndecodableError as error:
            raise ExchangeFailed("undecodable_body", str(error)) from None

    def finish(self) -> None:
        """The body has ended.

        Raises:
            ExchangeFailed: its content coding says that there is more.
        """
        if not self._into.encoded_size:
            return
        try:
            self._decoder.finish()
        except UndecodableError as error:
            raise ExchangeFailed("undecodable_body", str(error)) from None

    def close(self) -> None:
        """Hand over what was kept, also of a body that broke off."""
        self._into.body = bytes(self._kept)

    def _keep(self, decoded: bytes) -> None:
        self._into.size += len(decoded)
        if len(self._kept) < self._bound:
            self._kept += decoded[: self._bound - len(self._kept)]
        if self._into.size > self._limit:
            mib = self._limit // 1024**2
            raise ExchangeFailed("body_too_large", f"The body is larger than {mib} MiB; the rest was not read.")


def decode_header(raw: bytes) -> str:
    """Header bytes as text: UTF-8 where it is, else each byte as its Latin-1 character (RFC 9110, section 5.5)."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
