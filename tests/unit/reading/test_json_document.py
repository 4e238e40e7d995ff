# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""JSON as a tree: exact, complete, and of any depth."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openconnector.reading.document import ExpressionInvalid, NodeNotFound, TooDeep, Unreadable
from openconnector.reading.json_document import JsonDocument, ValueDocument
from openconnector.reading.json_stepping import MAX_DEPTH, read_stepwise
from openconnector.reading.schemas import Node
from openconnector.reading.values import shown

LEVELS = 10_000

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def document(text: str, **more: Any) -> JsonDocument:
    return JsonDocument(text.encode(), **more)


def below(doc: ValueDocument, path: str = "") -> list[Node]:
    return doc.nodes(path, 0, 1000).nodes


class TestNodes:
    def test_are_named_by_pointer_and_by_normalized_path(self) -> None:
        doc = document('{"a/b~c": [1, {"it\'s": null}]}')
        assert [(node.path, node.location, node.name, node.kind, node.count) for node in below(doc)] == [
            ("/a~1b~0c", "$['a/b~c']", "a/b~c", "array", 2)
        ]
        assert [node.location for node in below(doc, "/a~1b~0c/1")] == [r"$['a/b~c'][1]['it\'s']"]

    def test_have_their_values_as_they_were_written(self) -> None:
        text = '[1.10, 1E5, 12345678901234567890123, 0.1234567890123456789, true, null, "é\\u0000"]'
        assert [node.value for node in below(document(text))] == [
            "1.10", "1E5", "12345678901234567890123", "0.1234567890123456789", "true", "null", "é\0",
        ]  # fmt: skip

    def test_with_more_digits_than_are_converted_keep_them(self) -> None:
        node = below(document(f"[{'9' * 900}, {'9' * 10_000}]"))
        assert (node[0].value, node[0].is_cut) == ("9" * 900, False)
        assert (node[1].value, node[1].is_cut) == ("9" * 1000, True)

    def test_come_in_pages(self) -> None:
        page = document(json.dumps(list(range(1000)))).nodes("", 990, 20)
        assert (page.total, page.offset, [node.name for node in page.nodes]) == (
            1000, 990, [str(number) for number in range(990, 1000)],
        )  # fmt: skip
        assert document("[1]").nodes("", 10**30, 20).nodes == []

    @pytest.mark.parametrize("path", ["/b", "/a/2", "/a/01", "/a/-1", "/a/x", "a", "/a/0/0", "/~2", "/~27", "/~x"])
    def test_that_are_not_there_are_not_found(self, path: str) -> None:
        with pytest.raises(NodeNotFound):
            document('{"a": [1, 2]}').nodes(path, 0, 1)

    def test_of_a_name_that_is_half_a_pair_can_be_reached(self) -> None:
        doc = document('{"\\ud800": {"x": "\\udfff"}}')
        (node,) = below(doc)
        assert (node.name, node.path) == ("\ufffd", "/~20")
        assert below(doc, node.path)[0].value == "\ufffd"
        node.model_dump_json()


class TestDuplicateKeys:
    TEXT = '{"a": 1, "b": {"c": [], "c": {"d": 4}}, "a": 2}'

    def test_are_told_with_their_place(self) -> None:
        findings = document(self.TEXT).findings
        assert [(finding.type, finding.location) for finding in findings] == [
            ("duplicate_keys", "$['a']"),
            ("duplicate_keys", "$['b']['c']"),
        ]

    def test_stay_visible_and_each_can_be_opened(self) -> None:
        doc = document(self.TEXT)
        assert [(node.name, node.value, node.path) for node in below(doc)] == [
            ("a", "1", "/~20"), ("b", None, "/b"), ("a", "2", "/a"),
        ]  # fmt: skip
        first, second = below(doc, "/b")
        assert (first.kind, second.kind) == ("array", "object")
        assert doc.nodes(first.path, 0, 1).parent.kind == "array"
        assert below(doc, second.path)[0].value == "4"

    def test_count_with_their_last_value(self) -> None:
        assert [match.value for match in document(self.TEXT).query("$.a", 5).matches] == ["2"]

    def test_are_told_twenty_times_at_most(self) -> None:
        assert len(document("[" + ",".join(['{"a":1,"a":2}'] * 100) + "]").findings) == 20


class TestDepth:
    @pytest.mark.parametrize(
        ("text", "step"), [("[" * LEVELS + "1" + "]" * LEVELS, "0"), ('{"a":' * LEVELS + "1" + "}" * LEVELS, "a")]
    )
    def test_of_ten_thousand_levels_is_walked_to_the_end(self, text: str, step: str) -> None:
        doc = document(text)
        page = doc.nodes(f"/{step}" * (LEVELS - 1), 0, 10)
        assert page.nodes[0].value == "1"
        assert doc.query("$..*", 1).total == LEVELS
        assert doc.records("_root", 0, 1) is not None
        assert shown(doc.value, 50)[1]

    def test_beyond_what_is_read_is_told(self) -> None:
        with pytest.raises(TooDeep):
            document("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))

    @given(JSON_VALUES)
    @settings(max_examples=200, deadline=None)
    def test_is_read_stepwise_to_the_same_value(self, value: Any) -> None:
        for text in (json.dumps(value), json.dumps(value, indent=1, ensure_ascii=False)):
            assert read_stepwise(text, dict, float) == value

    @pytest.mark.parametrize(
        "text", ["[1,]", "[1 2]", "{1:2}", '{"a" 1}', "[01]", '["\n"]', "tru", "[1]]", "", '{"a":1,}']
    )
    def test_does_not_make_broken_text_whole(self, text: str) -> None:
        with pytest.raises(json.JSONDecodeError):
            read_stepwise(text, dict, float)
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)


class TestCut:
    def test_text_is_read_as_far_as_it_goes(self) -> None:
        text = json.dumps([{"id": number} for number in range(100)])
        doc = document(text[:500], is_cut=True)
        assert doc.nodes("", 0, 1).total > 30

    def test_text_of_great_depth_too(self) -> None:
        assert document('{"a":[' * 2000 + "1", is_cut=True).query("$..a", 1).total == 2000

    @given(JSON_VALUES, st.floats(0, 1))
    @settings(max_examples=200, deadline=None)
    def test_text_is_closed_wherever_it_ends(self, value: Any, share: float) -> None:
        text = json.dumps([value])
        cut = text[: max(1, int(len(text) * share))]
        assert isinstance(read_stepwise(cut, dict, float, is_cut=True), list)


class TestSequences:
    @pytest.mark.parametrize(
        "text", ['{"a":1}\n{"a":2}\n', '{"a":1}\r\n\r\n{"a":2}', '\x1e{"a":1}\n\x1e{"a":2}\n', '{"a":\n1}\n{"a":2}']
    )
    def test_are_the_list_of_their_texts(self, text: str) -> None:
        assert document(text).value == [{"a": 1}, {"a": 2}]

    def test_that_break_are_read_up_to_there(self) -> None:
        doc = document('{"a":1}\n{"a":2}\n{"a":\n')
        assert doc.value == [{"a": 1}, {"a": 2}]
        assert [(finding.type, finding.location) for finding in doc.findings] == [("not_well_formed", "line 4")]


class TestNoJson:
    @pytest.mark.parametrize(
        ("text", "location"),
        [
            ("[1, 2", "line 1, column 6"),
            ('{"a": 1} x', "line 1, column 10"),
            ("[1] [2]", "line 1, column 5"),
            ("<a/>", "line 1, column 1"),
        ],
    )
    def test_says_where_it_stops(self, text: str, location: str) -> None:
        with pytest.raises(Unreadable) as raised:
            document(text)
        assert raised.value.location == location

    def test_is_nothing_but_space(self) -> None:
        with pytest.raises(Unreadable):
            document(" \n")

    def test_constants_are_read_and_told(self) -> None:
        doc = document("[NaN, -Infinity]")
        assert [node.value for node in below(doc)] == ["NaN", "-Infinity"]
        assert [finding.type for finding in doc.findings] == ["not_well_formed"]


class TestQuery:
    @given(JSON_VALUES)
    @settings(max_examples=100, deadline=None)
    def test_every_location_leads_back_to_its_node(self, value: Any) -> None:
        doc = document(json.dumps(value))
        for match in doc.query("$..*", 1000).matches:
            assert [again.path for again in doc.query(match.location, 10).matches] == [match.path]
            parent = doc.nodes(match.path, 0, 1).parent
            assert parent == match

    @pytest.mark.parametrize(
        ("expression", "paths"),
        [
            ("$", [""]),
            ("$.a[?@]", [f"/a/{index}" for index in range(6)]),
            ("$.a[?@ == 0]", ["/a/0"]),
            ("$.a[?@ == null]", ["/a/2"]),
            ("$.a[?@.b.c == $.k]", ["/a/4"]),
            ("$.a[?@.b[?@ == $.k]]", ["/a/4"]),
            ("$.a[?length(@) == 2]", ["/a/3", "/a/5"]),
            ("$.a[?@ == 'x\\u0079']", ["/a/3"]),
            ("$.a[?count(@.*) == 2]", ["/a/5"]),
            ("$.a[?match(@, 'x.')]", ["/a/3"]),
            ("$.a[?value(@..c) == 1]", ["/a/4"]),
            ("$.a[-1:]", ["/a/5"]),
            ("$.a[3][0:1]", []),
            ("$['k', 'a']", ["/k", "/a"]),
            ("$.a[?@ < 1]", ["/a/0"]),
            ("$.a[?@ <= null]", ["/a/2"]),
            ("$.a[?@ >= false]", ["/a/1"]),
            ("$.a[?@ > true]", []),
            ("$.a[?@.b == @.none]", ["/a/0", "/a/1", "/a/2", "/a/3", "/a/5"]),
            ("$.a[?@.no == @.none]", [f"/a/{index}" for index in range(6)]),
            ("$.a[?@.no != null]", [f"/a/{index}" for index in range(6)]),
            ("$.a[?!(@.b || @[0])]", ["/a/0", "/a/1", "/a/2", "/a/3"]),
            ("$.a[?@[?@ > 1]]", ["/a/5"]),
            ("$.a[5, 5]", ["/a/5", "/a/5"]),
            ("$.a[10:0:-2]", ["/a/5", "/a/3", "/a/1"]),
            ("$.a[?search(@, 'y')]", ["/a/3"]),
            (" $.k ", ["/k"]),
        ],
    )
    def test_follows_the_standard(self, expression: str, paths: list[str]) -> None:
        doc = ValueDocument({"a": [0, False, None, "xy", {"b": {"c": 1}}, [1, 2]], "k": 1})
        assert [match.path for match in doc.query(expression, 100).matches] == paths

    @pytest.mark.parametrize(
        "expression",
        [
            "",
            "a",
            "$.a[",
            "$[?nope(@)]",
            "$.a | $.b",
            "^.a",
            "$[?@[*] == 0]",
            "$[?@..a == 0]",
            "$[?@[0, 0] == 1]",
            "$[?$.* == 1]",
            "$['\\ud800']",
            "$[01]",
            "$.a [",
            "$[?count(1) == 1]",
            "$.a[?@ in [1]]",
            "(" * 1999,
        ],
    )
    def test_refuses_what_is_none(self, expression: str) -> None:
        with pytest.raises(ExpressionInvalid):
            ValueDocument({}).query(expression, 1)

    def test_compares_large_numbers_exactly(self) -> None:
        doc = ValueDocument([{"id": 1234567890123456789}, {"id": 1234567890123456788}])
        assert [match.path for match in doc.query("$[?@.id == 1234567890123456789]", 9).matches] == ["/0"]

    @pytest.mark.parametrize("text", ["'\"'", "'\\''", '"\\""', '"\'"', "'\\\\'", "'\\u00e9'", "'é'", "'\\n'"])
    def test_reads_texts_in_both_quotes(self, text: str) -> None:
        names = ['"', "'", "\\", "é", "\n"]
        found = ValueDocument(dict.fromkeys(names, 1)).query(f"$[{text}]", 2)
        assert len(found.matches) == 1

    @pytest.mark.parametrize("text", ["'\\\"'", '"\\\'"', "'\\x'", "'\n'", "'\\u12'"])
    def test_refuses_what_is_no_text(self, text: str) -> None:
        with pytest.raises(ExpressionInvalid):
            ValueDocument({}).query(f"$[{text}]", 1)

    def test_keeps_no_more_than_asked_and_counts_the_rest(self) -> None:
        found = ValueDocument(list(range(5000))).query("$[*]", 10)
        assert (len(found.matches), found.total, found.is_complete) == (10, 5000, True)

    def test_stops_counting_at_a_million(self) -> None:
        found = ValueDocument([0] * 1_100_000).query("$[*]", 1)
        assert (found.total, found.is_complete) == (1_000_000, False)

    def test_very_deep_matches_do_not_fill_the_memory(self) -> None:
        found = document('{"a":' * LEVELS + "1" + "}" * LEVELS).query("$..a", 1000)
        assert found.total == LEVELS
        assert sum(len(match.location) for match in found.matches) < 5_000_000
