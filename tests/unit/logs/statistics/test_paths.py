# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Paths as they are counted."""

import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.logs.statistics.paths import (
    MOST_PATHS,
    REST,
    merge_paths,
    name_among_all,
    name_of,
    pack_paths,
    path_of,
    path_pieces_in,
    split,
    unpack_paths,
)

SOURCE = UUID("0190d3b2-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://gis.example/parcels", "/parcels"),
        ("https://gis.example", "/"),
        ("https://gis.example/?page=2", "/"),
        ("https://gis.example/parcels/4711", "/parcels/{id}"),
        ("https://gis.example/parcels/4711/owners/?q=/a/1", "/parcels/{id}/owners/"),
        ("https://gis.example/a/550e8400-e29b-41d4-a716-446655440000", "/a/{id}"),
        ("https://gis.example/a/%7B550E8400-E29B-41D4-A716-446655440000%7D", "/a/{id}"),
        ("https://gis.example/commits/9fceb02d0ae598e95dc970b74767f19372d61af8", "/commits/{id}"),
        ("https://gis.example/a/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/a/{id}"),
        ("https://gis.example/a/eyJhbGciOiJIUzI1NiIsInR5cCI6", "/a/{id}"),
        ("https://gis.example/days/2026-11-27/hours", "/days/{id}/hours"),
        ("https://gis.example/at/2026-11-27T10:00:00+01:00", "/at/{id}"),
        ("https://gis.example/odata/Orders(42)/Items('ab')", "/odata/Orders({id})/Items({id})"),
        ("ftp://files.example/in/20261127T1000Z/4711.csv", "/in/{id}/{id}.csv"),
        ("https://gis.example/1.5/-3", "/{id}/{id}"),
        ("https://gis.example/v2/oauth2/s3", "/v2/oauth2/s3"),
        ("https://gis.example/facade/deadbeef/add", "/facade/deadbeef/add"),
        ("https://gis.example/our-report-about-the-2024-elections", "/our-report-about-the-2024-elections"),
        ("https://gis.example/Straße%20der%20Einheit", "/Straße%20der%20Einheit"),
        ("https://gis.example/a\nb\td", "/a\ufffdb\ufffdd"),
        ("parcels/4711", "parcels/{id}"),
    ],
)
def test_what_changes_from_call_to_call_is_left_out(url: str, path: str) -> None:
    assert path_of(url) == path


@given(st.text(max_size=400))
def test_any_url_has_a_short_path_that_can_be_kept(url: str) -> None:
    path = path_of(f"https://gis.example/{url}")
    assert path.startswith("/")
    assert len(path) <= 200
    sums: dict[str, list[int]] = {}
    unpack_paths(pack_paths({name_of("GET", f"https://gis.example/{url}"): (3, 1)}), sums)
    assert [split(name, SOURCE) for name in sums] == [(SOURCE, "GET", path)]
    assert [split(name_among_all(SOURCE.int, name)) for name in sums] == [(SOURCE, "GET", path)]


@pytest.mark.parametrize("text", ["a1" * 40_000, "1" * 80_000 + "!", "1.1," * 20_000, "(" * 80_000, "1a-" * 30_000])
def test_a_url_made_to_be_slow_is_not(text: str) -> None:
    begin = time.process_time()
    path_of(f"https://gis.example/{text}")
    path_of(f"https://gis.example/{'/'.join(text[:199] for _ in range(400))}")
    assert time.process_time() - begin < 5


names = st.dictionaries(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), st.tuples(st.integers(1, 10**9), st.integers(0, 9))
)


@given(st.lists(names, max_size=4))
def test_bytes_joined_are_the_sum_and_stay_it_when_they_are_merged(pieces: list[dict[str, tuple[int, int]]]) -> None:
    expected: dict[str, list[int]] = {}
    for piece in pieces:
        for name, (calls, errors) in piece.items():
            before = expected.get(name, [0, 0])
            expected[name] = [before[0] + calls, before[1] + errors]
    joined = b"".join(map(pack_paths, pieces))
    assert path_pieces_in(joined) == len(pieces)
    for data in (joined, merge_paths(joined)):
        sums: dict[str, list[int]] = {}
        unpack_paths(data, sums)
        assert sums == expected


def test_the_most_frequent_ones_are_kept_and_the_rest_is_counted_together() -> None:
    paths = {f"GET /{n}": (n, n % 2) for n in range(1, 1001)}
    sums: dict[str, list[int]] = {}
    unpack_paths(merge_paths(pack_paths(paths) + pack_paths({"GET /1000": (5, 0)})), sums)
    assert len(sums) == MOST_PATHS
    assert sums["GET /1000"] == [1005, 0]
    assert "GET /802" in sums
    assert "GET /801" not in sums
    assert sum(calls for calls, _ in sums.values()) == sum(range(1, 1001)) + 5
    assert sum(errors for _, errors in sums.values()) == 500
    assert split(REST, SOURCE) is None


@pytest.mark.parametrize("data", [b"t", b"t\xff\xff\x00\x00{}", b"z\x02\x00\x00\x00ab", b"t\x02\x00\x00\x00[]"])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no paths"):
        unpack_paths(data, {})
