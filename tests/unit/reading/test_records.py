# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where records are: the positions of the original, and what is said when there are none."""

from typing import Any

import pytest

from openconnector.reading.positions import MAX_DEPTH, position_of, steps_of
from openconnector.reading.records import RecordsMissing, record_page, select

RECORDS = [{"id": number, "name": "x"} for number in range(25)]


@pytest.mark.parametrize(
    ("value", "position"),
    [
        (RECORDS, "_root"),
        ({"items": RECORDS}, ""),
        ({"result": RECORDS}, ""),
        ({"results": RECORDS, "count": 25}, ""),
        ({"data": {"items": RECORDS}}, "data.items"),
        ({"a.b": {"c": RECORDS}}, "a&#46;b.c"),
        ({"pages": [{"rows": []}, {"rows": RECORDS}]}, "pages.1.rows"),
        ([{"rows": RECORDS}], "0.rows"),
        ({"": {"x": RECORDS}}, ".x"),
        ({"_root": RECORDS, "data": {"_root": RECORDS}}, "data._root"),
    ],
)
def test_records_are_found_at_their_position(value: Any, position: str) -> None:
    assert select(value, position) is not None
    assert select(value, position) == RECORDS
    page = record_page(value, position, 20, 10)
    assert (page.total, page.offset, len(page.rows), page.problem) == (25, 20, 5, None)
    assert page.is_found_by_itself is (position == "")


def test_the_first_of_the_usual_names_is_taken() -> None:
    assert record_page({"results": [], "items": RECORDS}, "", 0, 1).position == "items"


def test_one_record_is_a_list_of_one() -> None:
    assert select({"id": 1}, "_object") == [{"id": 1}]


@pytest.mark.parametrize("position", ["items", ""])
def test_an_empty_list_is_no_error(position: str) -> None:
    assert select({"items": []}, position) == []
    page = record_page({"items": []}, position, 0, 10)
    assert (page.total, page.rows, page.columns, page.problem) == (0, [], [], None)


@pytest.mark.parametrize(
    ("value", "position", "problem", "words"),
    [
        ({"data": RECORDS}, "", "position_missing", "`items`, `result` or `results`"),
        (RECORDS, "", "position_missing", "The body is a list"),
        ({"items": {"a": 1}}, "", "not_a_list", "an object with `a`"),
        ({"items": None}, "items", "not_a_list", "null"),
        (
            {"data": {"rows": RECORDS}},
            "data.items",
            "position_not_found",
            "There is no `items`: `data` is an object with `rows`.",
        ),
        ({"data": RECORDS}, "data.25", "position_not_found", "a list of 25"),
        ({"data": RECORDS}, "data.-1", "position_not_found", "a list of 25"),
        ({"a.b": RECORDS}, "a.b", "position_not_found", "`a.b`"),
        ({"a": 1}, "_root", "not_a_list", "an object with `a`"),
        (RECORDS, "_object", "not_records", "a list"),
        (None, "items", "position_not_found", "null"),
        ("text", "", "position_missing", "a text"),
    ],
)
def test_a_missing_position_is_an_error_and_never_an_empty_list(
    value: Any, position: str, problem: str, words: str
) -> None:
    with pytest.raises(RecordsMissing) as raised:
        select(value, position)
    assert raised.value.type == problem
    assert words in str(raised.value)
    page = record_page(value, position, 0, 10)
    assert page.problem is not None
    assert (page.problem.type, page.problem.message, page.total) == (problem, str(raised.value), 0)


class TestProposals:
    @staticmethod
    def of(value: Any, position: str = "") -> list[tuple[str, int]]:
        return [(one.position, one.count) for one in record_page(value, position, 0, 1).proposals]

    def test_name_where_lists_of_objects_are(self) -> None:
        assert self.of({"data": {"items": RECORDS}}) == [("data.items", 25)]

    def test_begin_with_the_most_records_and_then_the_shallowest(self) -> None:
        value = {"a": {"deep": {"list": RECORDS}}, "b": RECORDS, "c": RECORDS[:3], "d": [1, 2, 3], "e": []}
        assert self.of(value) == [("b", 25), ("a.deep.list", 25), ("c", 3)]

    def test_are_written_so_that_they_lead_there(self) -> None:
        value = {"a.b": {"c d": RECORDS}, "_root": RECORDS, "x&#46;y": RECORDS}
        assert self.of(value) == [("a&#46;b.c d", 25)]
        assert select(value, "a&#46;b.c d") == RECORDS

    def test_name_the_body_itself(self) -> None:
        page = record_page(RECORDS, "items", 0, 1)
        assert [(one.position, one.count, one.names) for one in page.proposals] == [("_root", 25, ["id", "name"])]

    def test_look_through_a_list_around_a_single_object(self) -> None:
        assert ("0.rows", 25) in self.of([{"rows": RECORDS}])

    def test_name_the_body_as_one_record_when_there_is_no_list(self) -> None:
        assert self.of({"id": 1, "name": "x"}) == [("_object", 1)]

    def test_leave_out_what_is_shown_already(self) -> None:
        assert self.of({"a": RECORDS, "b": RECORDS}, "a") == [("b", 25)]

    def test_look_to_a_bounded_depth_and_at_a_bounded_number_of_members(self) -> None:
        value: Any = RECORDS
        for _ in range(MAX_DEPTH + 1):
            value = {"deeper": value}
        assert self.of(value) == [("_object", 1)]
        wide = {f"n{number}": {"list": RECORDS[:2]} for number in range(5000)}
        assert len(self.of(wide)) <= 10

    def test_positions_are_read_as_they_are_written(self) -> None:
        steps = ["a.b", "", "0", "c"]
        assert steps_of(position_of(steps)) == steps


class TestTable:
    def test_has_the_fields_of_the_first_hundred_records(self) -> None:
        records = [{"a": 1}, {"b": 2, "a": 3}, *({"a": 1} for _ in range(98)), {"late": 1}]
        page = record_page(records, "_root", 0, 2)
        assert page.columns == ["a", "b"]
        assert [[cell and cell.text for cell in row] for row in page.rows] == [["1", None], ["3", "2"]]

    def test_has_a_hundred_columns_at_most(self) -> None:
        assert len(record_page([{str(n): n for n in range(500)}], "_root", 0, 1).columns) == 100

    def test_shows_records_that_are_no_objects_in_a_column_of_their_own(self) -> None:
        page = record_page([1, "x", {"a": 1}], "_root", 0, 3)
        assert page.columns == ["value", "a"]
        assert [row[0] and row[0].text for row in page.rows] == ["1", "x", None]

    def test_shows_nested_values_as_json_and_cuts_long_ones(self) -> None:
        page = record_page([{"list": [1, {"a": None}], "long": "x" * 501, "null": None}], "_root", 0, 1)
        nested, long, null = page.rows[0]
        assert nested is not None
        assert long is not None
        assert null is not None
        assert (nested.text, nested.kind) == ('[1,{"a":null}]', "array")
        assert (len(long.text), long.is_cut) == (500, True)
        assert (null.text, null.kind) == ("null", "null")

    def test_of_very_many_cells_stays_small(self) -> None:
        records = [{str(column): "x" * 500 for column in range(100)}] * 1000
        assert len(record_page(records, "_root", 0, 1000).model_dump_json()) < 12_000_000
