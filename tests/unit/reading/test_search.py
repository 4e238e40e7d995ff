# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Text search: offsets in bytes, columns in characters, every case."""

import time

import pytest

from openconnector.reading.schemas import BodySearch
from openconnector.reading.search import MAX_COUNTED, search


def test_places_are_bytes_lines_and_characters() -> None:
    text = "één\ntwee éé één\n"
    found = search(text.encode(), BodySearch(text="één"))
    assert [
        (match.offset, match.line, match.column, match.before, match.match, match.after) for match in found.matches
    ] == [
        (0, 1, 1, "", "één", ""),
        (16, 2, 9, "twee éé ", "één", ""),
    ]
    assert (found.total, found.is_complete) == (2, True)


@pytest.mark.parametrize("text", ["STRASSE É", "strasse é", "StraSSe É"])
def test_case_does_not_count_unless_it_is_said_to(text: str) -> None:
    body = "die Strasse É".encode()
    assert search(body, BodySearch(text=text)).total == 1
    assert search(body, BodySearch(text=text, is_case_sensitive=True)).total == 0


def test_signs_of_patterns_are_signs() -> None:
    assert search(b"a.*b (c) [d]", BodySearch(text=".*b (c) [")).total == 1


def test_the_same_line_is_shown_around() -> None:
    body = ("x" * 100 + "needle" + "é" * 100 + "\r\nneedle\r\n").encode()
    first, second = search(body, BodySearch(text="needle")).matches
    assert (first.before, first.after) == ("x" * 60, "é" * 60)
    assert (second.before, second.after, second.line, second.column) == ("", "", 2, 1)


def test_no_more_than_asked_are_kept_and_the_rest_is_counted_to_a_bound() -> None:
    found = search(b"ab" * 500, BodySearch(text="a", limit=10))
    assert (len(found.matches), found.total, found.is_complete) == (10, 500, True)
    found = search(b"a" * (MAX_COUNTED + 10), BodySearch(text="a", limit=10))
    assert (found.total, found.is_complete) == (MAX_COUNTED, False)


def test_a_body_that_is_one_long_line_is_searched_once() -> None:
    body = b'{"key": "value"}, ' * 1_000_000
    started = time.process_time()
    found = search(body, BodySearch(text="VALUE", limit=1000))
    assert found.matches[-1].column == 18 * 999 + 10
    assert time.process_time() - started < 20


def test_bytes_can_be_searched_too() -> None:
    found = search(b"\x00\xff\x89PNG\r\n", BodySearch(text="png"))
    assert (found.matches[0].offset, found.matches[0].match) == (3, "PNG")
