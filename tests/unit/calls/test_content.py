# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What bodies say about themselves: where they break, and where their records are."""

import json
from typing import Any

import pytest

from openconnector.calls.content import MAX_DEPTH, MAX_ELEMENTS, examine_json, examine_position, examine_xml

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


@pytest.mark.parametrize(
    ("text", "position", "found"),
    [
        ('{"data": {"items": [{"id": 1}]}}', "items", ("records_elsewhere", "data.items")),
        ('{"data": {"items": [{"id": 1}]}}', "data.items", None),
        ('{"data": {"items": []}}', "data.items", None),
        ('{"a": 1}', "items", ("records_not_found", None)),
        ('[{"id": 1}]', "items", ("records_elsewhere", "_root")),
        ("{", "items", None),
        ("<r><items><i><a>1</a></i><i><a>2</a></i></items></r>", "things", ("records_elsewhere", "items.i")),
        ("<r><items><i><a>1</a></i></items></r>", "items.i", None),
        ("<r><items/></r>", "items.i", None),
        ("<r>", "items.i", None),
    ],
)
def test_a_position_without_records_leads_to_those_that_there_are(
    text: str, position: str, found: tuple[str, str | None] | None
) -> None:
    finding = examine_position(text, position, is_xml=text.startswith("<"))
    assert (finding and (finding[0], finding[1].get("selector"))) == found


ROWS = "<row><id>1</id><name>x</name></row>" * 25
SOAP = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>{0}</s:Header><s:Body>{1}</s:Body>'


class TestRecordsOfXml:
    @pytest.mark.parametrize(
        ("text", "selector"),
        [
            (f"<a><data>{ROWS}</data></a>", "data.row"),
            (f"<a><status>ok</status><data n='1'><set>{ROWS}</set></data></a>", "data.set.row"),
            (f"<a><few><row><id/></row><row><id/></row></few><many>{ROWS}</many></a>", "many.row"),
            (f"<rss><channel><title>x</title>{ROWS}</channel></rss>", "channel.row"),
            (f"<a><b.c>{ROWS}</b.c></a>", "b&#46;c.row"),
            (f"{SOAP.format('', f'<z:r>{ROWS}</z:r>')}</s:Envelope>", "s:Body.z:r.row"),
        ],
    )
    def test_that_lie_deeper_are_named_by_their_path(self, text: str, selector: str) -> None:
        found = examine_xml(text)
        assert found is not None
        assert found == ("nested_records", {"records": f"25 elements at {selector}", "selector": selector})

    @pytest.mark.parametrize(
        "text",
        [
            f"<a>{ROWS}</a>",
            f"<a>{ROWS}<links><all>{ROWS}</all></links></a>",
            f"<a><items>{ROWS}</items></a>",
            f"<a><user><id>7</id><mails>{ROWS}</mails></user></a>",
            f"<a><user id='7'><mails>{ROWS}</mails></user></a>",
            f"<a><data>{'<n>1</n>' * 25}</data></a>",
            "<a><data><row><id>1</id></row></data></a>",
            f"<html xmlns='http://www.w3.org/1999/xhtml'><body>{ROWS}</body></html>",
            f"{SOAP.format('', f'<s:Fault><detail>{ROWS}</detail></s:Fault>')}</s:Envelope>",
            f"{SOAP.format(f'<h>{ROWS}</h>', '<r/>')}</s:Envelope>",
            "<a>" * 400 + "</a>" * 400,
        ],
    )
    def test_where_one_looks_first_or_that_are_none_are_not_told(self, text: str) -> None:
        assert examine_xml(text) is None

    def test_are_counted_to_a_bound(self) -> None:
        found = examine_xml(f"<a><data>{'<r><i/></r>' * MAX_ELEMENTS}</data></a>")
        assert found is not None
        assert found[1]["records"] == f"at least {MAX_ELEMENTS // 2} elements at data.r"
