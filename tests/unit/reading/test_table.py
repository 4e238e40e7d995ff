# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""CSV and its kin as records."""

import pytest

from openconnector.reading.table import TableDocument, delimiter_of


def values(text: str, content_type: str = "text/csv") -> list[dict[str, str]]:
    value: list[dict[str, str]] = TableDocument(text.encode(), content_type).value
    return value


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (["id", "name"], ["1", "Jansen"], ["2", "de Vries"]))
    assert values(text) == [{"id": "1", "name": "Jansen"}, {"id": "2", "name": "de Vries"}]


def test_decimal_commas_do_not_mislead() -> None:
    assert delimiter_of("naam;prijs\na;1,5\nb;2,75\nc;3\n") == ";"


def test_quotes_hold_delimiters_breaks_and_quotes() -> None:
    assert values('id,text\r\n1,"a, ""b""\r\nc"\r\n') == [{"id": "1", "text": 'a, "b"\r\nc'}]


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert values("\ufeffid;name\n1;x") == [{"id": "1", "name": "x"}]


def test_the_hint_of_spreadsheets_is_followed() -> None:
    assert values("sep=|\na|b,c\n1|2,3") == [{"a": "1", "b,c": "2,3"}]


def test_names_are_made_unique_and_missing_ones_are_given() -> None:
    assert values("a,a,\n1,2,3,4") == [{"a": "1", "a 2": "2", "column 3": "3", "column 4": "4"}]


def test_short_rows_have_fewer_fields() -> None:
    assert values("a,b\n1\n2,3") == [{"a": "1"}, {"a": "2", "b": "3"}]


def test_a_header_that_is_absent_is_not_taken_from_the_rows() -> None:
    assert values("1,2\n3,4", "text/csv; header=absent")[0] == {"column 1": "1", "column 2": "2"}


def test_a_single_column_is_a_table() -> None:
    assert values("id\n1\n2\n") == [{"id": "1"}, {"id": "2"}]


def test_a_field_may_be_long() -> None:
    assert len(values("a,b\n1," + "x" * 300_000)[0]["b"]) == 300_000


def test_the_records_need_no_position() -> None:
    page = TableDocument(b"a,b\n1,2\n3,4").records("", 1, 10)
    assert (page.total, page.columns, page.is_found_by_itself, page.problem) == (2, ["a", "b"], True, None)
    assert [cell and cell.text for cell in page.rows[0]] == ["3", "4"]


def test_rows_are_nodes_that_can_be_asked_for() -> None:
    found = TableDocument(b"id,name\n1,x\n2,y").query("$[?@.name == 'y'].id", 5)
    assert [match.value for match in found.matches] == ["2"]
