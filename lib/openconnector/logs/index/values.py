# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A column of a block with the exact value of each call, readable by sixteenths of the block.

A sixteenth holds the offsets that have a value, and the values in whole bytes each, as distances from the smallest, or
(of times, which grow) from the one before.
"""

import struct
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import sub

from pyroaring import BitMap

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SIXTEENTHS = 16

_LENGTHS = struct.Struct("<16I")
_HEAD = struct.Struct("<qBBH")
_SIGNS = bytes(0xFF if value & 0x80 else 0 for value in range(256))


def encode_values(values: Mapping[int, int], size: int, *, is_growing: bool) -> bytes:
    """Values by offset, of a block of `size` numbers; each within 64 bits with a sign, as their distances must be."""
    offsets = sorted(values)
    sixteenths: list[bytes] = []
    at = 0
    for end in range(size // SIXTEENTHS, size + 1, size // SIXTEENTHS):
        start = at
        while at < len(offsets) and offsets[at] < end:
            at += 1
        mine = offsets[start:at]
        sixteenths.append(_encode(mine, [values[offset] for offset in mine], is_growing=is_growing) if mine else b"")
    return _LENGTHS.pack(*map(len, sixteenths)) + b"".join(sixteenths)


def _encode(offsets: Sequence[int], values: Sequence[int], *, is_growing: bool) -> bytes:
    first = values[0] if is_growing else min(values)
    distances = [0, *map(sub, values[1:], values)] if is_growing else [value - first for value in values]
    width = max(max(distances).bit_length(), min(distances).bit_length()) // 8 + 1  # and one bit for the sign
    raw = array("q", distances).tobytes()
    present = BitMap(offsets)
    present.run_optimize()
    known = present.serialize()
    packed = zstd.compress(b"".join(raw[place::8] for place in range(width)), 3)
    return _HEAD.pack(first, width, is_growing, len(known)) + known + packed


@dataclass(frozen=True, slots=True)
class Sixteenth:
    """The values of one sixteenth of a block: in the order of `offsets`, each as its distance from `base`."""

    offsets: BitMap
    base: int
    distances: Sequence[int]

    def between(self, some: BitMap, low: int | None, high: int | None) -> BitMap:
        """Those of `some` calls whose value is at least `low` and below `high`."""
        first = None if low is None else low - self.base
        end = None if high is None else high - self.base
        mine = self.offsets & some
        if len(mine) == len(self.offsets):
            distances: Iterable[int] = self.distances
        else:
            distances = (self.distances[self.offsets.rank(offset) - 1] for offset in mine)
        return BitMap(
            [
                offset
                for offset, distance in zip(mine, distances, strict=True)
                if (first is None or distance >= first) and (end is None or distance < end)
            ]
        )


def values_of(part: bytes, sixteenth: int) -> Sixteenth:
    """The values of the calls in one sixteenth of the block."""
    lengths = _LENGTHS.unpack_from(part)
    start = _LENGTHS.size + sum(lengths[:sixteenth])
    if not lengths[sixteenth]:
        return Sixteenth(BitMap(), 0, ())
    base, width, is_growing, known = _HEAD.unpack_from(part, start)
    start += _HEAD.size
    offsets = BitMap.deserialize(part[start : start + known])
    planes = zstd.decompress(part[start + known : _LENGTHS.size + sum(lengths[: sixteenth + 1])])
    count = len(offsets)
    raw = bytearray(8 * count)
    for place in range(width):
        raw[place::8] = planes[place * count : (place + 1) * count]
    signs = raw[width - 1 :: 8].translate(_SIGNS)
    for place in range(width, 8):
        raw[place::8] = signs
    distances = array("q", bytes(raw))
    return Sixteenth(offsets, base, list(accumulate(distances)) if is_growing else distances)


def all_values(part: bytes) -> Iterator[tuple[int, int]]:
    """Offset and value of each call that has one, in their order."""
    for sixteenth in range(SIXTEENTHS):
        found = values_of(part, sixteenth)
        base = found.base
        yield from zip(found.offsets, [base + distance for distance in found.distances], strict=True)
