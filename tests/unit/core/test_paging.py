# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cursors go out and come back; anything else is refused by name."""

import base64

import pytest

from openconnector.core.errors import InvalidInput
from openconnector.core.ids import new_id
from openconnector.core.paging import aware, decode_cursor, encode_cursor


def test_a_cursor_comes_back_as_it_went() -> None:
    cursor = encode_cursor("näme/with?odd#chars%", 5)
    assert not set(cursor) & set("/?#%&= ")
    assert decode_cursor(cursor, 2) == ["näme/with?odd#chars%", 5]


@pytest.mark.parametrize(
    "text", ["", "x", "é", "bm8", encode_cursor(1), encode_cursor(1, 2, 3), base64.b64encode(b"[" * 5000).decode()]
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        decode_cursor(text, 2)
    assert caught.value.errors[0].parameter == "cursor"


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00", "0001-01-01T00:00:00+23:00", "soon"])
def test_a_time_of_a_cursor_has_a_zone_and_can_be_told(text: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        aware(text)


def test_ids_sort_by_time() -> None:
    ids = [new_id() for _ in range(3)]
    assert {identifier.version for identifier in ids} == {7}
    assert sorted(ids, key=lambda identifier: identifier.int >> 80) == ids
