# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Leaves of JSON documents, and how they compare."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openconnector.logs.index.leaves import (
    DEEPEST,
    LONGEST_NAME,
    MOST_LEAVES,
    Scalar,
    canonical,
    equals,
    leaves_of,
    matches,
    step,
    tree_of,
)
from openconnector.logs.questions.clauses import Operator

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5), st.just("42"), st.just(42)
)


def test_a_leaf_has_the_path_to_it() -> None:
    document = {"error": {"code": 42}, "items": [{"id": 1}, {"id": 2}], "na me": [[True]], "it's\\": None}
    assert list(leaves_of(document)) == [
        ("$.error.code", 42),
        ("$.items[*].id", 1),
        ("$.items[*].id", 2),
        ("$['na me'][*][*]", True),
        ("$['it\\'s\\\\']", None),
    ]


def test_objects_and_arrays_have_paths_too() -> None:
    assert tree_of({"a": {}, "b": [[]]}).branches == ["$", "$.a", "$.b", "$.b[*]"]


def test_a_scalar_alone_is_a_document() -> None:
    assert list(leaves_of("x")) == [("$", "x")]


def test_a_document_has_bounds() -> None:
    deep: Any = 1
    for _ in range(DEEPEST + 1):
        deep = [deep]
    assert list(leaves_of(deep)) == []
    assert len(list(leaves_of(deep[0]))) == 1
    assert len(list(leaves_of(list(range(10 * MOST_LEAVES))))) == MOST_LEAVES
    assert len(tree_of([[]] * 10 * MOST_LEAVES).branches) == MOST_LEAVES
    assert step("x" * 10_000) == f".{'x' * LONGEST_NAME}"


@pytest.mark.parametrize(
    ("items", "found"),
    [((), [1, 2, 3]), ((None, 0), [1, 3]), ((0, None), [1, 2]), ((0, -1), [2]), ((-2, 1), [2]), ((2, 0), [])],
)
def test_only_the_items_that_are_meant_are_at_the_path(items: tuple[int | None, ...], found: list[int]) -> None:
    document = {"a": [{"b": [1, 2]}, {"b": [3]}], "c": [[0]]}
    assert [value for path, value in tree_of(document, items).leaves if path == "$.a[*].b[*]"] == found


def test_names_that_differ_have_steps_that_differ() -> None:
    assert len({step(name) for name in ("a", "a.b", "a'b", "a\\'b", "['a']", "", "*", "é")}) == 8


@settings(deadline=None)
@given(scalars, scalars)
def test_canonical_texts_are_equal_where_json_is(first: Scalar, second: Scalar) -> None:
    is_same = (isinstance(first, bool), isinstance(first, str)) == (isinstance(second, bool), isinstance(second, str))
    assert (canonical(first) == canonical(second)) == (is_same and first == second)


@pytest.mark.parametrize("text", ["42", "42.0", "4.2e1", "420E-1"])
def test_a_number_has_one_form(text: str) -> None:
    assert canonical(json.loads(text)) == "42"


@pytest.mark.parametrize("number", [1e308, 2**70, -0.0, float("inf"), 1e-320])
def test_numbers_at_the_borders_equal_themselves(number: float) -> None:
    assert canonical(number) in equals(number)
    assert matches(number, "=", number)


@pytest.mark.parametrize(
    ("leaf", "operator", "value", "expected"),
    [
        (42, "=", 42.0, True),
        ("42", "=", 42, True),
        (42, "=", "42", False),
        (True, "=", 1, False),
        (True, "=", True, True),
        ("true", "=", True, True),
        (None, "=", None, True),
        (0, "=", None, False),
        ("null", "=", None, False),
        (41, "!=", 42, True),
        ("42", "!=", 42, False),
        (None, "!=", 42, True),
        ("Not Found", "~", "not f", True),
        ("STRASSE", "~", "straße", True),
        (404, "~", "40", True),
        (None, "~", "", False),
        (41, "<", 42, True),
        (42, "<", 42, False),
        (42, "<=", 42, True),
        (2**60 + 1, ">", 2**60, True),
        ("12.50", ">", 12, True),
        ("12.50", ">=", 12.5, True),
        ("x12", ">", 1, False),
        (12, ">", "1", False),
        (True, ">", 0, False),
        (None, "<", 1, False),
        ("2026-01-02T00:00:00+02:00", "<", "2026-01-01T23:00:00Z", True),
        ("2026-01-02", ">=", "2026-01-02T00:00:00Z", True),
        ("b", ">", "a", True),
        ("B", "<", "a", True),
        ({}, "exists", None, True),
    ],
)
def test_values_compare(leaf: Any, operator: Operator, value: Scalar, expected: bool) -> None:
    assert matches(leaf, operator, value) is expected


@settings(deadline=None)
@given(scalars, scalars)
def test_orders_agree_with_each_other(leaf: Scalar, value: Scalar) -> None:
    below, above = matches(leaf, "<", value), matches(leaf, ">", value)
    assert not (below and above)
    assert matches(leaf, "!=", value) is not matches(leaf, "=", value)
    assert not below or matches(leaf, "<=", value)
    assert not above or matches(leaf, ">=", value)
