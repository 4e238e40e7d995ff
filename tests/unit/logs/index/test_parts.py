# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Parts of blocks: what is put in comes out, one key or all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from openconnector.logs.index.block import bucket_of, key_of, lookup, split
from openconnector.logs.index.keys import KEY_BITS
from openconnector.logs.index.parts import Postings, decode, encode, find, find_any
from openconnector.logs.index.values import all_values, encode_values, values_of

OFFSETS = [
    range(1),
    range(65_535, 65_536),
    range(2),
    range(0, 65_536, 30_000),
    range(5),
    range(65_536),
    range(0, 65_536, 2),
    range(0, 65_536, 14),
    range(100, 356),
    range(0, 65_536, 257),
    [*range(512, 768), *range(1000, 60_000, 30)],  # more of a high byte than a byte counts
    [*range(4000), *range(5000, 65_536, 7)],
    range(40_000, 44_097),
    range(0, 60_000, 235),
]


def postings(known: dict[int, BitMap]) -> Postings:
    found = Postings()
    for key, offsets in sorted(known.items()):
        found.add(key, offsets)
    return found


@pytest.mark.parametrize("level", [0, 1, 2])
@settings(deadline=None)
@given(data=st.data())
def test_what_is_put_into_a_part_comes_out(level: int, data: st.DataObject) -> None:
    last = (1 << KEY_BITS[level]) - 1
    keys = st.one_of(st.integers(0, last), st.sampled_from([0, 1, 255, 256, last - 1, last]))
    lists = st.one_of(st.sampled_from(OFFSETS).map(BitMap), st.lists(st.integers(0, 65_535), min_size=1).map(BitMap))
    known = data.draw(st.dictionaries(keys, lists, max_size=12))
    part = encode(postings(known), level)
    assert dict(decode(part, level).all()) == known
    for key, offsets in known.items():
        assert find(part, key, level) == offsets
    absent = data.draw(keys)
    assert find(part, absent, level) == known.get(absent, BitMap())
    assert find_any(part, list(known)[::2], level) == BitMap().union(*list(known.values())[::2])


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("spread", [1, 977, 1 << 20])
def test_many_keys_are_found_each(level: int, spread: int) -> None:
    keys = [at * spread for at in range(3000)]
    known = {key: BitMap(range(at % 7, at % 7 + 1 + at % 6)) for at, key in enumerate(keys)}
    part = encode(postings(known), level)
    assert all(find(part, key, level) == offsets for key, offsets in known.items())
    assert not find(part, keys[-1] + 1, level)
    assert not find(part, (1 << KEY_BITS[level]) - 1, level)
    assert dict(decode(part, level).all()) == known


@pytest.mark.parametrize("term", [0, 1, 2**22, 2**32, 2**54 - 1, 2**64 - 2**22, 2**64 - 1])
def test_terms_at_the_borders_are_found_at_every_level(term: int) -> None:
    for level in (0, 1, 2):
        part = encode(postings({key_of(term, level): BitMap([7])}), level)
        assert lookup(part, term, level) == BitMap([7])
        if level:
            below = postings({key_of(term, level - 1): BitMap([7])})
            at = bucket_of(term, level) % 16
            assert list(list(split(below, KEY_BITS[level], 16))[at].all()) == [(key_of(term, level), BitMap([7]))]


def test_an_empty_part_has_nothing() -> None:
    assert not Postings()
    assert list(decode(encode(Postings(), 2), 2).all()) == []
    assert not find(encode(Postings(), 0), 0, 0)


@settings(deadline=None)
@given(
    st.dictionaries(st.integers(0, 255), st.integers(-(2**60), 2**60), max_size=300),
    st.booleans(),
    st.one_of(st.none(), st.integers(-(2**60), 2**60)),
    st.one_of(st.none(), st.integers(-(2**60), 2**60)),
)
def test_exact_values_come_out(values: dict[int, int], is_growing: bool, low: int | None, high: int | None) -> None:
    part = encode_values(values, 256, is_growing=is_growing)
    assert dict(all_values(part)) == values
    found = values_of(part, 3)
    inside = {
        offset
        for offset in range(48, 64)
        if offset in values and (low is None or values[offset] >= low) and (high is None or values[offset] < high)
    }
    assert set(found.between(BitMap(range(256)), low, high)) == inside
    assert set(found.between(BitMap(range(0, 256, 2)), low, high)) == {at for at in inside if at % 2 == 0}
