# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One part of a block: keys with the offsets of their calls, searched without unpacking more than what is asked for.

A key is what is left of a term behind its bucket. A part keeps its keys by how often they occur: those that occur once,
twice, three and four times, each as sorted keys and their offsets, and those that occur more often with lists.
"""

import struct
from array import array
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from pyroaring import BitMap

from openconnector.logs.index.keys import Keys, encode_keys
from openconnector.logs.index.lists import Lists, encode_lists

FEW = 4
"""How often a key may occur to stand with others that occur as often."""

_HEAD = struct.Struct("<5I")


@dataclass(slots=True)
class Postings:
    """What a part holds. `few[n - 1]`: `key << 16 | offset` for all keys that occur n times; `lists`: the other keys.

    All in the order of the keys.
    """

    few: list[list[int]] = field(default_factory=lambda: [[] for _ in range(FEW)])
    lists: list[tuple[int, BitMap]] = field(default_factory=list)

    def add(self, key: int, offsets: BitMap) -> None:
        """Take in a key, which is larger than all before it. Without offsets it is left out."""
        if len(offsets) > FEW:
            self.lists.append((key, offsets))
        elif offsets:
            self.few[len(offsets) - 1] += [key << 16 | offset for offset in offsets]

    def __bool__(self) -> bool:
        return bool(self.lists) or any(self.few)

    def all(self) -> Iterator[tuple[int, BitMap]]:
        """Each key with its offsets, in no order."""
        for times, entries in enumerate(self.few, 1):
            for at in range(0, len(entries), times):
                yield entries[at] >> 16, BitMap([entry & 0xFFFF for entry in entries[at : at + times]])
        yield from self.lists


def encode(postings: Postings, level: int) -> bytes:
    """A part as it is stored. Bitmaps of lists are optimised on the way."""
    sections: list[bytes] = []
    for times, entries in enumerate(postings.few, 1):
        packed = array("Q", entries)
        sections.append(encode_keys(packed[::times], level))
        raw = packed.tobytes()
        offsets = bytearray(2 * len(entries))
        offsets[0::2], offsets[1::2] = raw[0::8], raw[1::8]
        sections.append(bytes(offsets))
    sections.append(encode_keys(array("Q", [key << 16 for key, _ in postings.lists]), level))
    counts = [len(entries) // times for times, entries in enumerate(postings.few, 1)]
    if postings.lists:
        sections.append(encode_lists([offsets for _, offsets in postings.lists]))
    return b"".join((_HEAD.pack(*counts, len(postings.lists)), *sections))


def _sections(part: bytes, level: int) -> Iterator[tuple[int, Keys]]:
    """For each section how often its keys occur (0: they have lists), and the keys."""
    end = _HEAD.size
    *counts, of_lists = _HEAD.unpack_from(part)
    for times, count in enumerate(counts, 1):
        if count:
            keys = Keys(part, end, count, level)
            yield times, keys
            end = keys.end + 2 * times * count
    if of_lists:
        yield 0, Keys(part, end, of_lists, level)


def find(part: bytes, key: int, level: int) -> BitMap:
    """The offsets of a key; empty where the part does not have it."""
    for times, keys in _sections(part, level):
        place = keys.index(key)
        if place < 0:
            continue
        if not times:
            return Lists(part, keys.end, keys.count)[place]
        start = keys.end + 2 * times * place
        return BitMap(array("H", part[start : start + 2 * times]).tolist())
    return BitMap()


def find_any(part: bytes, wanted: Container[int], level: int) -> BitMap:
    """The offsets of all keys that are wanted."""
    found: list[BitMap] = []
    for times, keys in _sections(part, level):
        places = [place for place, key in enumerate(keys.all()) if key in wanted]
        if not times:
            lists = Lists(part, keys.end, keys.count)
            found += [lists[place] for place in places]
        else:
            offsets = array("H", part[keys.end : keys.end + 2 * times * keys.count])
            found += [BitMap(offsets[times * place : times * (place + 1)].tolist()) for place in places]
    return BitMap().union(*found)


def decode(part: bytes, level: int, shift: int = 0) -> Postings:
    """Everything that a part holds, with `shift` added to each offset: a multiple of 256, and not too much for it."""
    postings = Postings()
    for times, keys in _sections(part, level):
        if not times:
            lists: Iterable[BitMap] = Lists(part, keys.end, keys.count)
            if shift:
                lists = [offsets.shift(shift) for offsets in lists]
            postings.lists = list(zip(keys.all(), lists, strict=True))
            continue
        end = keys.end + 2 * times * keys.count
        raw = bytearray(8 * times * keys.count)
        raw[0::8] = part[keys.end : end : 2]
        raw[1::8] = part[keys.end + 1 : end : 2].translate(_raised(shift >> 8))
        for place, plane in enumerate(keys.planes(), 2):
            for at in range(times):
                raw[8 * at + place :: 8 * times] = plane
        postings.few[times - 1] = array("Q", bytes(raw)).tolist()
    return postings


@lru_cache(maxsize=256)
def _raised(by: int) -> bytes:
    return bytes((value + by) & 0xFF for value in range(256))
