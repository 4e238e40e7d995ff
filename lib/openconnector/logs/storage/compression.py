# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Compresses what the log keeps, with zstd (RFC 8878).

What one source answers is alike, and short: alone it hardly compresses. So zstd learns a dictionary from what a source
answered before, and each frame names the dictionary that it needs.
"""

import sys
from threading import Lock
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from openconnector.logs.models import Dictionary

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["LARGEST", "Compression", "Kind", "zstd"]

Kind = Literal["details", "bodies"]

LEVEL = 3
LARGEST = 256 * 1024
"""Bytes of one frame before compression. What is longer is cut, so that a part of it can be read alone."""

SMALL = 16 * 1024
"""Bytes of what is compressed by a compressor that stays: one takes 50 KiB."""

LOADED_DICTIONARIES = 256
"""Dictionaries that a process keeps at hand, two for each source; one takes some 50 KiB in its prepared form."""


class Compression:
    """The dictionaries of one database, as far as this process needs them. It may be used by several threads."""

    def __init__(self) -> None:
        self._loaded: dict[int, Any] = {}
        self._current: dict[tuple[UUID | None, str], int] = {}
        self._compressors: dict[int, Any] = {}
        self._lock = Lock()

    def compress(self, raw: bytes, source_id: UUID, kind: Kind) -> bytes:
        """One frame, made with the newest dictionary of the source that this process knows."""
        number = self._current.get((source_id, kind), 0)
        dictionary = self._loaded.get(number)
        prepared = dictionary and dictionary.as_digested_dict
        if len(raw) > SMALL:
            return zstd.compress(raw, LEVEL, zstd_dict=prepared)
        # To make a compressor takes seven times as long as what it does with a small text.
        with self._lock:
            compressor = self._compressors.get(number)
            if compressor is None:
                compressor = self._compressors[number] = zstd.ZstdCompressor(LEVEL, zstd_dict=prepared)
            frame: bytes = compressor.compress(raw, mode=compressor.FLUSH_FRAME)
            return frame

    def decompress(self, session: Session, frame: bytes) -> bytes:
        """What one frame holds.

        Raises:
            LookupError: it is damaged, or its dictionary is gone.
        """
        try:
            number = zstd.get_frame_info(frame).dictionary_id
            dictionary = (self._loaded.get(number) or self._load(session, number)) if number else None
            decompressor = zstd.ZstdDecompressor(dictionary)
            raw: bytes = decompressor.decompress(frame)
        except zstd.ZstdError as error:
            raise LookupError(f"a frame of the log is damaged: {error}") from None
        if not decompressor.eof:
            raise LookupError("a frame of the log is cut off")
        return raw

    def refresh(self, session: Session) -> None:
        """Learn of the dictionaries in use, which another process may have made."""
        statement = (
            select(Dictionary.source_id, Dictionary.kind, Dictionary.id)
            .where(Dictionary.last_number.is_(None))
            .order_by(Dictionary.first_number.desc(), Dictionary.id)
            .limit(LOADED_DICTIONARIES)
        )
        current: dict[tuple[UUID | None, str], int] = {}
        for source_id, kind, number in session.execute(statement):
            if current.setdefault((source_id, kind), number) == number and number not in self._loaded:
                self._load(session, number)
        self._current = current
        with self._lock:
            unused = self._compressors.keys() - current.values()
            for number in unused:
                del self._compressors[number]

    def _load(self, session: Session, number: int) -> Any:
        data = session.scalar(select(Dictionary.data).where(Dictionary.id == number))
        if data is None:
            raise LookupError(f"dictionary {number} of the log is gone")
        dictionary = zstd.ZstdDict(data)
        with self._lock:
            self._loaded[number] = dictionary
            if len(self._loaded) > 2 * LOADED_DICTIONARIES:
                # What is read of former times goes; what new calls are compressed with stays.
                kept = set(self._current.values()) | {number}
                for former in [one for one in self._loaded if one not in kept]:
                    del self._loaded[former]
        return dictionary
