# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sorted keys of a part as they are stored, searched where they stand. Numbers are little-endian."""

from array import array
from collections.abc import Sequence
from operator import mul

KEY_BITS = (40, 36, 32)
"""Bits of a key at each level: with those of the bucket the highest 42 of the term, so that blocks can be merged.

Two terms whose 42 bits are the same are found as one: of a block with a million terms, in 2 of 10 million look-ups.
"""

_TABLE_FROM = 256
"""Keys from which a table of their highest byte pays."""


_BYTES = [bytes((value,)) for value in range(256)]


def encode_keys(entries: "array[int]", level: int) -> bytes:
    """Sorted keys in rows of bytes; of many, the highest byte stands in a table that counts how many have it.

    Each key comes in the bits above the lowest 16, which belong to an offset.
    """
    bits = KEY_BITS[level]
    raw = entries.tobytes()
    if len(entries) < _TABLE_FROM:
        return _rows([raw[place::8] for place in range(2, 2 + _width(bits))])
    low, shift = divmod(bits - 8, 8)
    rows = [raw[place::8] for place in range(2, low + 4)]
    top = _shifted(rows[low], rows[low + 1], shift)
    counts = [top.count(value) for value in range(256)]
    size = "B" if max(counts) < 256 else "I"  # noqa: PLR2004  # what a byte holds
    kept = rows[:low]
    if shift:
        kept.append(rows[low].translate(bytes(value & ((1 << shift) - 1) for value in range(256))))
    return size.encode() + array(size, counts).tobytes() + _rows(kept)


def _shifted(low: bytes, high: bytes, shift: int) -> bytes:
    """Of each two bytes the eight bits from `shift` on."""
    if not shift:
        return low
    lowered = low.translate(bytes(value >> shift for value in range(256)))
    raised = high.translate(bytes((value << (8 - shift)) & 0xFF for value in range(256)))
    return (int.from_bytes(lowered) | int.from_bytes(raised)).to_bytes(len(low))


def _width(bits: int) -> int:
    return (bits + 7) // 8


def _rows(planes: Sequence[bytes]) -> bytes:
    """From the first byte of each key, the second of each, and so on."""
    rows = bytearray(sum(map(len, planes)))
    for place, plane in enumerate(planes):
        rows[place :: len(planes)] = plane
    return bytes(rows)


class Keys:
    """`count` keys at `start` of `data`; they end at `end`."""

    __slots__ = ("_bits", "_counts", "_data", "_rows", "_width", "count", "end")

    def __init__(self, data: bytes, start: int, count: int, level: int) -> None:
        self.count = count
        self._data, self._bits, self._rows = data, KEY_BITS[level], start
        self._counts: array[int] | None = None
        if count >= _TABLE_FROM:
            size = chr(data[start])
            self._rows = start + 1 + 256 * array(size).itemsize
            self._counts = array(size, data[start + 1 : self._rows])
            self._bits -= 8
        self._width = _width(self._bits)
        self.end = self._rows + self._width * count

    def index(self, key: int) -> int:
        """Where the key stands among the keys; -1: nowhere."""
        first, last = 0, self.count
        if self._counts is not None:
            top = key >> self._bits
            key &= (1 << self._bits) - 1
            first = sum(self._counts[:top])
            last = first + self._counts[top]
        wanted = key.to_bytes(self._width, "little")
        end = self._rows + last * self._width
        at = self._data.find(wanted, self._rows + first * self._width, end)
        while at >= 0:
            place, rest = divmod(at - self._rows, self._width)
            if rest == 0:
                return place
            at = self._data.find(wanted, at + 1, end)
        return -1

    def all(self) -> "array[int]":
        """The keys in their order."""
        raw = bytearray(8 * self.count)
        for place, plane in enumerate(self.planes()):
            raw[place::8] = plane
        return array("Q", bytes(raw))

    def planes(self) -> list[bytes]:
        """The first byte of each key, the second of each, and so on."""
        planes = [self._data[self._rows + place : self.end : self._width] for place in range(self._width)]
        if self._counts is None:
            return planes
        top = b"".join(map(mul, _BYTES, self._counts))
        shift = self._bits % 8
        if not shift:
            return [*planes, top]
        lower = top.translate(bytes((value << shift) & 0xFF for value in range(256)))
        planes[-1] = (int.from_bytes(planes[-1]) | int.from_bytes(lower)).to_bytes(self.count)
        return [*planes, top.translate(bytes(value >> (8 - shift) for value in range(256)))]
