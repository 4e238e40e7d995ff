# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two JSON bodies, by structure."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.logs.comparison.findings import Deadline, Findings
from openconnector.logs.comparison.ignoring import IgnoreList
from openconnector.logs.comparison.json_bodies import compare_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def compared(base: Any, other: Any, ignore: str = "") -> list[tuple[str, str, Any, Any]]:
    found = Findings(Deadline(5))
    compare_json(json.dumps(base).encode(), json.dumps(other).encode(), IgnoreList(ignore), found)
    return [(one.path, one.change, one.base, one.other) for one in found.differences]


def test_a_changed_member_is_named_by_its_path() -> None:
    assert compared({"a": {"b": 1}, "c": 2}, {"a": {"b": 3}, "c": 2}) == [("$.a.b", "changed", "1", "3")]


def test_the_order_of_members_does_not_count() -> None:
    assert compared({"a": 1, "b": 2}, {"b": 2, "a": 1}) == []


def test_members_that_came_and_went_show_what_they_were() -> None:
    assert compared({"old": [1]}, {"new thing": "x"}) == [
        ("$.old", "removed", "[1]", None),
        ("$['new thing']", "added", None, '"x"'),
    ]


def test_a_number_is_not_the_text_of_it_and_not_a_truth() -> None:
    assert compared([42, 1, None], ["42", True, 0]) == [
        ("$[0]", "changed", "42", '"42"'),
        ("$[1]", "changed", "1", "true"),
        ("$[2]", "changed", "null", "0"),
    ]


def test_elements_with_an_id_may_move() -> None:
    base = {"items": [{"id": 1, "n": "a"}, {"id": 2, "n": "b"}, {"id": 3, "n": "c"}]}
    other = {"items": [{"id": 3, "n": "c"}, {"id": 1, "n": "A"}, {"id": 4, "n": "d"}]}

    assert compared(base, other) == [
        ("$.items[?@.id==1].n", "changed", '"a"', '"A"'),
        ("$.items[?@.id==4]", "added", None, '{"id":4,"n":"d"}'),
        ("$.items[?@.id==2]", "removed", '{"id":2,"n":"b"}', None),
    ]


@pytest.mark.parametrize("key", ["uuid", "key", "name"])
def test_other_names_identify_elements_too(key: str) -> None:
    base, other = [{key: "x'", "v": 1}, {key: "y", "v": 2}], [{key: "y", "v": 2}, {key: "x'", "v": 9}]

    assert compared(base, other) == [(f"$[?@.{key}=='x\\''].v", "changed", "1", "9")]


def test_repeated_ids_identify_nothing() -> None:
    assert compared([{"id": 1, "v": 1}, {"id": 1, "v": 2}], [{"id": 1, "v": 2}, {"id": 1, "v": 2}]) == [
        ("$[0].v", "changed", "1", "2")
    ]


def test_ids_that_are_new_in_every_call_leave_the_index() -> None:
    assert compared([{"id": 1, "v": 1}], [{"id": 2, "v": 1}]) == [("$[0].id", "changed", "1", "2")]


def test_dates_are_ignored_and_still_shown() -> None:
    base = {"at": "2026-11-27T12:00:00Z", "exp": 1764241200, "note": "on Fri, 27 Nov 2026 12:00:00 GMT"}
    other = {
        "at": "2026-11-27T12:00:05.5+01:00",
        "exp": 1764241999,
        "note": "on Sat, 28 Nov 2026 01:02:03 GMT",
    }

    assert [(path, change) for path, change, *_ in compared(base, other, "dates")] == [
        ("$.at", "ignored"),
        ("$.exp", "ignored"),
        ("$.note", "ignored"),
    ]


def test_a_large_number_is_a_date_only_under_the_name_of_one() -> None:
    changes = compared(
        {"total": 1764241200, "createdAt": 1764241200000}, {"total": 1764241999, "createdAt": 1764241999999}, "dates"
    )

    assert [(path, change) for path, change, *_ in changes] == [("$.total", "changed"), ("$.createdAt", "ignored")]


def test_a_date_that_was_not_there_is_a_difference() -> None:
    assert compared({"closedAt": None}, {"closedAt": "2026-11-27"}, "dates") == [
        ("$.closedAt", "changed", "null", '"2026-11-27"')
    ]


def test_ids_are_ignored_by_their_form_or_their_name() -> None:
    base = {"ref": "urn:uuid:6f1c1c56-7a3c-4d5e-8f90-aabbccddeeff", "hash": "00ff" * 8, "requestId": "A-1", "id": 7}
    other = {"ref": "urn:uuid:11111111-7a3c-4d5e-8f90-aabbccddeeff", "hash": "ab12" * 8, "requestId": "B-2", "id": 8}

    assert [(path, change) for path, change, *_ in compared(base, other, "ids")] == [
        ("$.ref", "ignored"),
        ("$.hash", "ignored"),
        ("$.requestId", "ignored"),
        ("$.id", "changed"),
    ]


@pytest.mark.parametrize(
    ("pattern", "ignored"),
    [
        ("$.meta.time", ["$.meta.time"]),
        ("$.meta", ["$.meta"]),
        ("$..time", ["$.meta.time", "$.items[0].time"]),
        ("$.items[*].time", ["$.items[0].time"]),
        ("$.items[1].time", []),
        ("$['meta'][\"time\"]", ["$.meta.time"]),
        ("$..*", ["$.meta", "$.items", "$.n"]),
    ],
)
def test_paths_are_left_out(pattern: str, ignored: list[str]) -> None:
    base = {"meta": {"time": 1}, "items": [{"time": 1}], "n": 1}
    other = {"meta": {"time": 2}, "items": [{"time": 2}], "n": 2}

    assert [path for path, change, *_ in compared(base, other, pattern) if change == "ignored"] == ignored


def test_a_left_out_place_that_is_the_same_is_not_reported() -> None:
    assert compared({"meta": {"time": 1}}, {"meta": {"time": 1}}, "$.meta") == []


def test_lines_of_json_are_compared_as_a_list() -> None:
    found = Findings(Deadline(5))
    compare_json(b'{"a":1}\n{"a":2}\n', b'{"a":1}\n{"a":3}\n', IgnoreList(""), found)

    assert [one.path for one in found.differences] == ["$[1].a"]


def test_there_are_not_more_differences_than_anyone_reads() -> None:
    found = Findings(Deadline(5))
    compare_json(json.dumps([0] * 5000).encode(), json.dumps([1] * 5000).encode(), IgnoreList(""), found)

    assert (len(found.differences), found.is_truncated, found.is_same) == (2000, True, False)


def test_many_ignored_places_do_not_hide_a_difference() -> None:
    found = Findings(Deadline(5))
    base = [{"at": f"2026-11-27T12:00:{second % 60:02}Z"} for second in range(3000)]
    other = [{"at": f"2025-11-27T12:00:{second % 60:02}Z"} for second in range(3000)]
    compare_json(json.dumps([*base, 1]).encode(), json.dumps([*other, 2]).encode(), IgnoreList("dates"), found)

    assert [one.path for one in found.differences if one.change == "changed"] == ["$[3000]"]
    assert found.is_truncated


def test_long_values_are_cut() -> None:
    [(_, _, base, other)] = compared("x" * 100_000, {"a": "x" * 100_000})

    assert len(base) < 2100
    assert len(other) < 2100


def test_what_is_very_deep_is_compared_as_text() -> None:
    found = Findings(Deadline(5))
    compare_json(b"[" * 5000 + b"1" + b"]" * 5000, b"[" * 5000 + b"2" + b"]" * 5000, IgnoreList(""), found)

    assert [one.change for one in found.differences] == ["changed"]
    assert found.is_truncated


def test_a_comparison_ends_in_time() -> None:
    found = Findings(Deadline(0))
    raw = json.dumps([0] * 10_000).encode()
    compare_json(raw, raw, IgnoreList(""), found)

    assert found.is_truncated


@given(JSON, JSON)
def test_there_are_differences_where_the_values_are_different(base: Any, other: Any) -> None:
    assert compared(base, base) == []
    is_reordered = not compared(base, other) and json.dumps(base) != json.dumps(other)
    if not is_reordered:
        assert bool(compared(base, other)) == (json.dumps(base) != json.dumps(other))
    else:
        assert json.dumps(_in_order(base), sort_keys=True) == json.dumps(_in_order(other), sort_keys=True)


def _in_order(value: Any) -> Any:
    """A value whose lists do not depend on their order."""
    if isinstance(value, list):
        return sorted((_in_order(inner) for inner in value), key=lambda inner: json.dumps(inner, sort_keys=True))
    return {name: _in_order(inner) for name, inner in value.items()} if isinstance(value, dict) else value
