# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists of offsets as they are stored behind the keys of a part.

Each in the smallest of these forms: the serialised bitmap itself (long runs), the same compressed (many offsets), or
the low byte of each offset beside what is known of the high bytes: by how much they grow (few offsets), or how many
offsets have each (more of them).
"""

import struct
import zlib
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import mul, sub

from pyroaring import BitMap

_WHOLE, _PACKED = 0, 1
_BY_GROWTH, _BY_COUNT = 255, 4096
"""Forms of a list: `_WHOLE`, `_PACKED`, or its length, which is above both, and up to these limits."""

_SHORT = 15
"""Offsets that no bitmap holds in fewer bytes than there are of them."""

_HEAD = struct.Struct("<III")
_MOST = 8300
"""Bytes of a serialised bitmap of offsets below 2^16, at most: what decompression begins with."""

_BYTES = [bytes((value,)) for value in range(256)]
_WORTH_PACKING = 64
"""Bytes below which compression rarely pays."""


def encode_lists(lists: Sequence[BitMap]) -> bytes:
    """Lists of more than one offset below 2^16 each. The bitmaps are optimised on the way."""
    forms, lengths = array("H"), array("H")
    high: list[bytes] = []
    low: list[bytes] = []
    whole: list[bytes] = []
    for offsets in lists:
        form, of_high, data = _encoded(offsets)
        forms.append(form)
        if form <= _PACKED:
            lengths.append(len(data))
            whole.append(data)
        else:
            high.append(of_high)
            low.append(data)
    highs, lows = _compressed(b"".join(high)), b"".join(low)
    head = _HEAD.pack(len(lengths), len(highs), len(lows))
    return b"".join((head, forms.tobytes(), lengths.tobytes(), highs, lows, *whole))


def _compressed(data: bytes) -> bytes:
    # Only shorter codes for frequent bytes and runs help here, and in that this is smaller than zstd; a decompressor of
    # which takes longer to make than all the rest of a look-up.
    coder = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zlib.Z_RLE)
    return coder.compress(data) + coder.flush()


def _decompressed(data: bytes) -> bytes:
    return zlib.decompress(data, -zlib.MAX_WBITS, _MOST)


def _encoded(offsets: BitMap) -> tuple[int, bytes, bytes]:
    """Form, what is known of the high bytes, and the data of a list."""
    count = len(offsets)
    if count <= _SHORT:
        raw = array("H", offsets.to_array()).tobytes()
        return count, _growth(raw[1::2]), raw[0::2]
    offsets.run_optimize()
    serialised = offsets.serialize()
    if count <= _BY_COUNT and len(serialised) >= count:
        raw = array("H", offsets.to_array()).tobytes()
        high = raw[1::2]
        if count <= _BY_GROWTH:
            return count, _growth(high), raw[0::2]
        counts = [high.count(value) for value in range(256)]
        if max(counts) < 256:  # noqa: PLR2004  # what a byte holds
            return count, bytes(counts), raw[0::2]
    if len(serialised) >= _WORTH_PACKING:
        packed = _compressed(serialised)
        if len(packed) < len(serialised):
            return _PACKED, b"", packed
    return _WHOLE, b"", serialised


def _growth(high: bytes) -> bytes:
    return bytes(map(sub, high, b"\0" + high))


class Lists:
    """`count` lists at `start` of `data`, to the end of it."""

    def __init__(self, data: bytes, start: int, count: int) -> None:
        self._data = data
        wholes, of_high, of_low = _HEAD.unpack_from(data, start)
        lengths = start + _HEAD.size + 2 * count
        high = lengths + 2 * wholes
        self._forms = array("H", data[start + _HEAD.size : lengths])
        self._lengths = array("H", data[lengths:high])
        self._high = data[high : high + of_high]
        self._known: bytes | None = None
        self._low = high + of_high
        self._whole = self._low + of_low

    def __getitem__(self, index: int) -> BitMap:
        before = self._forms[:index]
        form = self._forms[index]
        if form <= _PACKED:
            wholes = before.count(_WHOLE) + before.count(_PACKED)
            return self._whole_list(form, self._whole + sum(self._lengths[:wholes]), self._lengths[wholes])
        high = low = 0
        for other in before:
            if other > _PACKED:
                low += other
                high += other if other <= _BY_GROWTH else 256
        return self._split_list(form, high, self._low + low)

    def __iter__(self) -> Iterator[BitMap]:
        high, low, whole = 0, self._low, self._whole
        lengths = iter(self._lengths)
        for form in self._forms:
            if form <= _PACKED:
                length = next(lengths)
                yield self._whole_list(form, whole, length)
                whole += length
            else:
                yield self._split_list(form, high, low)
                low += form
                high += form if form <= _BY_GROWTH else 256

    def _whole_list(self, form: int, start: int, length: int) -> BitMap:
        data = self._data[start : start + length]
        return BitMap.deserialize(data if form == _WHOLE else _decompressed(data))

    def _split_list(self, count: int, high: int, low: int) -> BitMap:
        if self._known is None:
            self._known = _decompressed(self._high)
        raw = bytearray(4 * count)
        raw[0::4] = self._data[low : low + count]
        if count <= _BY_GROWTH:
            raw[1::4] = bytes(accumulate(self._known[high : high + count]))
        else:
            raw[1::4] = b"".join(map(mul, _BYTES, self._known[high : high + 256]))
        return BitMap(array("I", bytes(raw)))
