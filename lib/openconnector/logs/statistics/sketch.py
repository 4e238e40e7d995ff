# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A mergeable sketch of durations: percentiles within 2 percent, whatever the distribution.

The way is that of DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch with
relative-error guarantees", VLDB 2019): counts in buckets whose bounds grow by a constant factor. Their library
(`ddsketch` on PyPI) keeps protobuf messages of dense stores, which take several times the bytes, and in Python several
times the time that merging thousands of roll-ups may take. Here the buckets are fixed, 0.01 ms to one day, so nothing
ever collapses and sketches can be taken from one another too; and merging bytes runs in C for the most part:

    sketch  = piece*                             the counts of all pieces add up, so that bytes joined are the sum
    piece   = n, digit, first (two bytes, little-endian), n counts, n - 1 gaps        n, digit, count, gap: a byte each
    count   of the bucket, times 256 ** digit    a large count stands in several pieces, by its digits to the base 256
    gap     from the bucket before to this one; the first bucket of a piece is `first`

That bytes can be joined is what lets a database add to a sketch that it keeps, without anybody who reads it first.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from math import ceil, log
from operator import add, itemgetter, sub
from struct import Struct
from struct import error as StructError  # noqa: N812 - it is a class

RELATIVE_ERROR = 0.02

_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LEAST_MS, _MOST_MS = 0.01, 86_400_000.0
_PER_LOG = 1 / log(_GAMMA)
_OFFSET = -log(_LEAST_MS) * _PER_LOG

BUCKETS = ceil(log(_MOST_MS) * _PER_LOG + _OFFSET) + 1
VALUES: tuple[float, ...] = (
    _LEAST_MS,
    *(_LEAST_MS * 2 * _GAMMA**bucket / (_GAMMA + 1) for bucket in range(1, BUCKETS)),
)
"""What a duration in each bucket is taken for, in milliseconds: 2 percent from both of its bounds."""

_HEAD = Struct("<BBH")
_BYTE = 255
_COUNT = itemgetter(1)


def bucket_of(duration_ms: float) -> int:
    """The bucket of a duration; what is shorter than 0.01 ms or longer than a day goes into the first or last one."""
    if not duration_ms > _LEAST_MS:  # what is no number is not greater either
        return 0
    return ceil(log(duration_ms) * _PER_LOG + _OFFSET) if duration_ms < _MOST_MS else BUCKETS - 1


def pack(counts: Sequence[tuple[int, int]]) -> bytes:
    """The bytes of (bucket, count) in ascending order of buckets; no count is 0."""
    packed, digit = b"", 0
    while counts:
        # Most sketches are those of a few calls, so this is looked at first.
        is_last = max(map(_COUNT, counts)) <= _BYTE
        packed += _pack_digit(digit, counts if is_last else [(at, low) for at, n in counts if (low := n & _BYTE)])
        counts = () if is_last else [(at, high) for at, n in counts if (high := n >> 8)]
        digit += 1
    return packed


def _pack_digit(digit: int, counts: Sequence[tuple[int, int]]) -> bytes:
    if not counts:
        return b""
    buckets, numbers = zip(*counts, strict=True)
    gaps = list(map(sub, buckets[1:], buckets))
    if len(buckets) > _BYTE or max(gaps, default=0) > _BYTE:
        middle = len(counts) // 2
        return _pack_digit(digit, counts[:middle]) + _pack_digit(digit, counts[middle:])
    return _HEAD.pack(len(buckets), digit, buckets[0]) + bytes(numbers) + bytes(gaps)


def pieces_in(data: bytes) -> int:
    """Of how many pieces these bytes are; above ten or so, it is worth the while to merge them."""
    pieces = position = 0
    while position < len(data):
        pieces, position = pieces + 1, position + 3 + 2 * data[position]
    return pieces


class Sketch:
    """How many durations were about how long. `counts` has one number for each bucket."""

    __slots__ = ("counts",)

    def __init__(self, counts: list[int] | None = None) -> None:
        self.counts = counts if counts is not None else [0] * BUCKETS

    @classmethod
    def from_bytes(cls, data: bytes) -> "Sketch":
        """The sketch that these bytes are.

        Raises:
            ValueError: they are none.
        """
        sketch = cls()
        sketch.merge_bytes(data)
        return sketch

    def to_bytes(self) -> bytes:
        return pack([(bucket, count) for bucket, count in enumerate(self.counts) if count])

    @property
    def total(self) -> int:
        """How many durations there are."""
        return sum(self.counts)

    def add(self, duration_ms: float, times: int = 1) -> None:
        self.counts[bucket_of(duration_ms)] += times

    def merge(self, other: "Sketch") -> None:
        self.counts = list(map(add, self.counts, other.counts))

    def merge_bytes(self, data: bytes, sign: int = 1) -> None:
        """Add a sketch that is still in bytes, or with a `sign` of -1, take it away.

        Raises:
            ValueError: the bytes are no sketch.
        """
        counts, position, end = self.counts, 0, len(data)
        try:
            while position < end:
                n, digit, first = _HEAD.unpack_from(data, position)
                middle, following = position + 4 + n, position + 3 + 2 * n
                buckets = accumulate(data[middle:following], initial=first)
                if following > end:
                    raise ValueError("cut off")  # noqa: TRY301
                weight = sign << 8 * digit
                for bucket, count in zip(buckets, data[position + 4 : middle], strict=True):
                    counts[bucket] += count * weight
                position = following
        except (IndexError, ValueError, StructError) as problem:
            raise ValueError("these bytes are no sketch") from problem

    def quantiles(self, *quantiles: float) -> list[float | None]:
        """For each of `quantiles` (0 to 1) the duration that this share of all is not longer than; None without any."""
        sums = list(accumulate(self.counts))
        return [VALUES[bisect_right(sums, quantile * (sums[-1] - 1))] if sums[-1] else None for quantile in quantiles]

    def quantile(self, quantile: float) -> float | None:
        """As `quantiles`, for one."""
        return self.quantiles(quantile)[0]
