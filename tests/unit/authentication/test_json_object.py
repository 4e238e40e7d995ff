# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""JSON objects that an administrator writes, and what is filled in."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openconnector.authentication.json_object import MAX_DEPTH, filled, json_object, seconds_of
from openconnector.core.phrases import phrase

LEAVES = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
OBJECTS = st.dictionaries(
    st.text(max_size=5),
    st.recursive(LEAVES | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3), max_leaves=5),
)


@settings(deadline=None)
@given(OBJECTS)
def test_an_object_is_read_as_it_is(document: dict[str, Any]) -> None:
    assert json_object(json.dumps(document)) == document


def test_nothing_is_an_empty_object() -> None:
    assert json_object("") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": {{ now }}}', "line 1, column 8"),
        ("{\n'a': 1}", "line 2, column 1"),
        ("[]", "Enter a JSON object"),
        ("null", "Enter a JSON object"),
        ('"a"', "Enter a JSON object"),
        ('{"a": 1, "a": 2}', "a stands there twice"),
        ('{"a": {"b": 1, "b": 1}}', "b stands there twice"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": 1e999}', "too large"),
        (f'{{"a": {"9" * 41}}}', "more than 40 digits"),
        (f'{{"a": {"[" * MAX_DEPTH}{"]" * MAX_DEPTH}}}', "more than 10 levels"),
        (f'{{"a": {"[" * 5000}{"]" * 5000}}}', "more than 10 levels"),
    ],
)
def test_what_is_no_object_says_why(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        json_object(text)


def test_as_many_levels_as_are_allowed_are_read() -> None:
    text = f'{{"a": {"[" * (MAX_DEPTH - 1)}{"]" * (MAX_DEPTH - 1)}}}'
    assert json.dumps(json_object(text)) == text


def test_every_string_is_filled_in_and_knows_its_place() -> None:
    places: list[tuple[str, str]] = []

    def render(text: str, place: str) -> str:
        places.append((text, place))
        return text.upper()

    document = {"iss": "a", "n": 1, "list": ["b", {"deep": "c"}], "none": None, "yes": True}
    assert filled(document, phrase("the claim {name}"), render) == {
        "iss": "A",
        "n": 1,
        "list": ["B", {"deep": "C"}],
        "none": None,
        "yes": True,
    }
    assert places == [("a", "the claim iss"), ("b", "the claim list[0]"), ("c", "the claim list[1].deep")]
    assert document["iss"] == "a"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5),
        (5.5, 5.5),
        ("1764194400", 1764194400),
        (" 17 ", 17),
        ("17.25", 17.25),
        ("17.0", 17),
        ("-1", -1),
        (None, None),
    ],
)
def test_a_time_is_a_number(value: object, expected: float | None) -> None:
    found = seconds_of("exp", value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("value", ["tomorrow", "", "1e5", "١٢", "9" * 13, True, [1], {}])
def test_anything_else_is_no_time(value: object) -> None:
    with pytest.raises(ValueError, match="The claim exp is a time"):
        seconds_of("exp", value)
