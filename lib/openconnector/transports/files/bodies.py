# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bodies of answers about files: the beginning is kept, the whole is counted, as in `transports/answer.py`."""

import json
import mimetypes
from email.utils import format_datetime

from openconnector.transports.exchange import Headers, Limits
from openconnector.transports.files.session import RemoteEntry, Sink

JSON = "application/json"
_UNKNOWN = "application/octet-stream"
_COMPRESSED = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}

_FRAME = len('{"name":,"type":"","size":,"modifiedAt":"2026-11-27T00:00:00Z","permissions":}')

_quoted = json.encoder.encode_basestring  # in C where there is one


class SinkFailed(Exception):
    """Who takes the bytes of a file does not take them any more; the cause says why."""


class FileBody:
    """The content of a file, as it comes.

    Args:
        sink: takes every piece, too.
    """

    def __init__(self, limits: Limits, sink: Sink | None) -> None:
        self._bound = limits.body_bytes + limits.overlap
        self._kept = bytearray()
        self._sink = sink
        self.size = 0

    @property
    def kept(self) -> bytes:
        return bytes(self._kept)

    async def add(self, piece: bytes) -> None:
        """Take the next bytes.

        Raises:
            SinkFailed: the sink does not take them.
        """
        self.size += len(piece)
        if len(self._kept) < self._bound:
            self._kept += piece[: self._bound - len(self._kept)]
        if self._sink is not None:
            try:
                await self._sink(piece)
            except Exception as error:
                raise SinkFailed from error


class ListingBody:
    """The entries of a directory as a JSON array. It is cut behind a whole entry, so that it stays valid."""

    def __init__(self, limits: Limits) -> None:
        self._bound = limits.body_bytes
        self._kept: list[bytes] = []
        self._is_cut = False
        self.size = 2

    @property
    def kept(self) -> bytes:
        return b"[" + b",".join(self._kept) + b"]"

    def add(self, entry: RemoteEntry) -> None:
        """Take the next entry."""
        comma = self.size > 2  # noqa: PLR2004  # the brackets
        if self._is_cut:
            self.size += _size_of(entry) + comma
            return
        text = json_of(entry).encode()
        self.size += len(text) + comma
        if self.size > self._bound:
            self._is_cut = True
        else:
            self._kept.append(text)


def json_of(entry: RemoteEntry) -> str:
    """An entry as a JSON object. It is written by hand, because a directory has many of them."""
    size = "null" if entry.size is None else entry.size
    time = "null" if entry.modified_at is None else f'"{entry.modified_at.isoformat().removesuffix("+00:00")}Z"'
    permissions = "null" if entry.permissions is None else _quoted(entry.permissions)
    return (
        f'{{"name":{_quoted(entry.name)},"type":"{entry.type}","size":{size},'
        f'"modifiedAt":{time},"permissions":{permissions}}}'
    )


def _size_of(entry: RemoteEntry) -> int:
    """The bytes of an entry as a JSON object, which most often can be told without making it."""
    if entry.modified_at is None or entry.modified_at.microsecond or not entry.name.isascii():
        return len(json_of(entry).encode())
    permissions = 4 if entry.permissions is None else len(_quoted(entry.permissions).encode())
    return _FRAME + len(_quoted(entry.name)) + len(entry.type) + len(str(entry.size)) + permissions


def headers_of(entry: RemoteEntry) -> Headers:
    """What is known of a file, as HTTP would say it."""
    headers = [("Content-Type", media_type_of(entry.name))]
    if entry.size is not None:
        headers.append(("Content-Length", str(entry.size)))
    if entry.modified_at is not None:
        headers.append(("Last-Modified", format_datetime(entry.modified_at, usegmt=True)))
    return headers


def media_type_of(name: str) -> str:
    """The media type that goes with the end of a name."""
    guessed, compression = mimetypes.guess_type(name.rpartition("/")[2] or name, strict=False)
    if compression is not None:
        return _COMPRESSED.get(compression, _UNKNOWN)
    return guessed or _UNKNOWN
