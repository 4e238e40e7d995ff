# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What bodies say about themselves: where they break, and where their records are."""

import json
from typing import Any

import pytest

from openconnector.calls.content import MAX_DEPTH, examine_json, examine_xml

RECORDS = [{"id": number, "name": "x"} for number in range(25)]


class TestJson:
    @pytest.mark.parametrize("text", ["{}", "[]", "1", '"text"', "\ufeff{}", ' {"a": [1, 2]} '])
    def test_with_which_nothing_is_wrong(self, text: str) -> None:
        assert examine_json(text) is None

    def test_that_breaks_off_names_line_and_column(self) -> None:
        assert examine_json('{\n  "a": 1,\n  "b": tru') == (
            "invalid_json",
            {"position": "line 3, column 8", "problem": "expecting value"},
        )

    def test_is_not_blamed_for_what_redaction_did(self) -> None:
        assert examine_json('{"a": REDACTED5}') is None

    @pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 100_000, "9" * 10_000])
    def test_that_is_more_than_we_read_is_not_judged(self, text: str) -> None:
        assert examine_json(text) is None


class TestRecords:
    @pytest.mark.parametrize(
        ("value", "selector"),
        [
            ({"data": {"items": RECORDS}}, "data.items"),
            ({"status": "ok", "result": {"page": 1, "set": {"rows": RECORDS}}}, "result.set.rows"),
            ({"data": {"few": RECORDS[:2], "many": RECORDS}}, "data.many"),
        ],
    )
    def test_that_lie_deeper_are_named_by_their_path(self, value: Any, selector: str) -> None:
        found = examine_json(json.dumps(value))
        assert found is not None
        assert (found[0], found[1]["selector"]) == ("nested_records", selector)
        assert found[1]["records"] == f"25 objects at {selector}"

    @pytest.mark.parametrize(
        "value",
        [
            RECORDS,
            {"results": RECORDS},
            {"results": RECORDS, "links": {"all": RECORDS}},
            {"id": 7, "parts": {"list": RECORDS}},
            {"user": {"id": 7, "mails": RECORDS}},
            {"data": {"numbers": [1, 2, 3]}},
            {"data": {"one": RECORDS[:1]}},
            {"data": {"mixed": [{"a": 1}, {"b": 1}]}},
        ],
    )
    def test_at_the_top_or_of_a_single_object_are_as_expected(self, value: Any) -> None:
        assert examine_json(json.dumps(value)) is None

    def test_are_looked_for_to_a_bounded_depth(self) -> None:
        value: Any = RECORDS
        for _ in range(MAX_DEPTH + 1):
            value = {"deeper": value}
        assert examine_json(json.dumps(value)) is None

    def test_are_looked_for_among_a_bounded_number_of_members(self) -> None:
        assert examine_json(json.dumps({f"n{number}": {"list": RECORDS[:2]} for number in range(1000)})) is None


class TestXml:
    @pytest.mark.parametrize("text", ["<a/>", '<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>', "\ufeff<a/>"])
    def test_with_which_nothing_is_wrong(self, text: str) -> None:
        assert examine_xml(text) is None

    def test_that_is_not_well_formed_names_line_and_column(self) -> None:
        assert examine_xml("<a>\n <b></a>") == (
            "invalid_xml",
            {"position": "line 2, column 7", "problem": "mismatched tag"},
        )

    def test_does_not_expand_entities(self) -> None:
        bomb = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>'
        assert examine_xml(bomb) is None

    def test_is_not_blamed_for_what_redaction_did(self) -> None:
        assert examine_xml("<a REDACTED></a>") is None
