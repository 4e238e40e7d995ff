# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two XML bodies, by structure."""

import pytest

from openconnector.logs.comparison.findings import Deadline, Findings
from openconnector.logs.comparison.ignoring import IgnoreList
from openconnector.logs.comparison.xml_bodies import compare_xml
from openconnector.reading.document import Unreadable


def compared(base: str, other: str, ignore: str = "") -> list[tuple[str, str, str | None, str | None]]:
    found = Findings(Deadline(5))
    compare_xml(base.encode(), other.encode(), IgnoreList(ignore), found)
    return [(one.path, one.change, one.base, one.other) for one in found.differences]


def test_a_changed_text_is_named_by_its_path() -> None:
    assert compared("<a><b>1</b></a>", "<a><b>2</b></a>") == [("/a/b", "changed", "1", "2")]


def test_layout_comments_and_the_order_of_names_do_not_count() -> None:
    assert compared("<a><b>1</b><c/></a>", "<a>\n  <c></c>\n  <!-- x -->\n  <b>\n1 </b>\n</a>") == []


def test_a_prefix_is_only_what_a_text_calls_its_namespace() -> None:
    assert compared('<s:a xmlns:s="urn:x"><s:b>1</s:b></s:a>', '<a xmlns="urn:x"><b>1</b></a>') == []
    assert compared('<s:a xmlns:s="urn:x"/>', '<s:a xmlns:s="urn:y"/>')[0][1] == "changed"


def test_attributes_come_go_and_change() -> None:
    assert compared('<a x="1" y="1"/>', '<a y="2" z="3"/>') == [
        ("/a/@x", "removed", "1", None),
        ("/a/@y", "changed", "1", "2"),
        ("/a/@z", "added", None, "3"),
    ]


def test_elements_with_an_id_may_move() -> None:
    assert compared(
        '<a><i id="1">x</i><i id="2">y</i></a>', '<a><i id="2">y</i><i id="1">z</i><i id="3">n</i></a>'
    ) == [
        ("/a/i[@id='1']", "changed", "x", "z"),
        ("/a/i[@id='3']", "added", None, '<i id="3">n</i>'),
    ]


def test_an_element_may_be_identified_by_one_in_it() -> None:
    base = "<a><i><id>1</id><v>x</v></i><i><id>2</id><v>y</v></i></a>"
    other = "<a><i><id>2</id><v>y</v></i><i><id>1</id><v>z</v></i></a>"

    assert compared(base, other) == [("/a/i[id='1']/v", "changed", "x", "z")]


def test_others_are_told_apart_by_their_position() -> None:
    assert compared("<a><i>1</i><i>2</i></a>", "<a><i>1</i></a>") == [("/a/i[2]", "removed", "<i>2</i>", None)]


@pytest.mark.parametrize("pattern", ["//time", "/a/meta/time", "/a/meta", "//x:time", "/a/*/time"])
def test_paths_are_left_out(pattern: str) -> None:
    base, other = "<a><meta><time>1</time></meta></a>", "<a><meta><time>2</time></meta></a>"

    assert [change for _, change, *_ in compared(base, other, pattern)] == ["ignored"]


def test_attributes_are_left_out_by_path() -> None:
    assert compared('<a v="1"/>', '<a v="2"/>', "//@v") == [("/a/@v", "ignored", "1", "2")]


def test_dates_and_ids_are_ignored() -> None:
    base = '<a t="2026-11-27T12:00:00Z"><MessageID>urn:uuid:6f1c1c56-7a3c-4d5e-8f90-aabbccddeeff</MessageID></a>'
    other = '<a t="2026-11-27T12:00:01Z"><MessageID>other</MessageID></a>'

    assert [change for _, change, *_ in compared(base, other, "dates,ids")] == ["ignored", "ignored"]


def test_nothing_is_fetched_and_no_entity_is_expanded() -> None:
    text = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    try:
        found = compared(text, "<a>1</a>")
    except Unreadable:
        return
    assert "root:" not in str(found)


def test_what_is_no_xml_is_refused() -> None:
    with pytest.raises(Unreadable):
        compared("<a>", "<a/>")
