# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Facts and headers of two calls."""

from openconnector.logs.comparison.fields import compare_headers
from openconnector.logs.comparison.ignoring import IgnoreList


def compared(base: list[tuple[str, str]], other: list[tuple[str, str]], ignore: str = "") -> list[tuple[str, str]]:
    sides = [[{"name": name, "value": value} for name, value in side] for side in (base, other)]
    return [(one.path, one.change) for one in compare_headers(sides[0], sides[1], IgnoreList(ignore))]


def test_names_are_the_same_in_any_case() -> None:
    assert compared([("Content-Type", "a")], [("content-type", "a")]) == [("content-type", "same")]


def test_headers_come_go_and_change() -> None:
    assert compared([("A", "1"), ("B", "1")], [("B", "2"), ("C", "1")]) == [
        ("B", "changed"),
        ("C", "added"),
        ("A", "removed"),
    ]


def test_repeated_headers_keep_their_order() -> None:
    assert compared([("Via", "1"), ("Via", "2")], [("Via", "1"), ("Via", "3"), ("Via", "4")]) == [
        ("Via[1]", "same"),
        ("Via[2]", "changed"),
        ("Via[3]", "added"),
    ]


def test_what_is_left_out_is_ignored_where_it_differs() -> None:
    base, other = [("Date", "1"), ("Server", "a"), ("Age", "5")], [("Date", "2"), ("Server", "b"), ("Age", "5")]

    assert compared(base, other, "dates,server") == [("Date", "ignored"), ("Server", "ignored"), ("Age", "same")]


def test_a_header_that_went_is_ignored_by_its_name() -> None:
    assert compared([("ETag", "x")], [], "ids") == [("ETag", "ignored")]
