# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Records of XML: their shape, where they are, and what there is to say where there are none."""

import subprocess
import sys
from io import BytesIO
from itertools import islice
from typing import Any

import pytest
from hypothesis import given

from openconnector.reading.document import Unreadable
from openconnector.reading.positions import RecordsMissing
from openconnector.reading.xml_events import MAX_DEPTH, WHITE_SPACE
from openconnector.reading.xml_records import records_of
from tests.unit.reading.xml_texts import BILLION_LAUGHS, DEFAULT_ATTRIBUTE, QUADRATIC, Tree, as_text, trees


def records(xml: str | bytes, position: str) -> list[dict[str, Any]]:
    return list(records_of(BytesIO(xml.encode() if isinstance(xml, str) else xml), position))


def value(xml: str) -> dict[str, Any]:
    """The root element as a record."""
    (record,) = records(xml, "_object")
    return record


class TestShape:
    @pytest.mark.parametrize(
        ("xml", "shape"),
        [
            ("<r><a>1</a></r>", {"a": "1"}),
            ("<r><a/><b></b></r>", {"a": "", "b": ""}),
            ("<r><a x='1'>2</a></r>", {"a": {"@attributes": {"x": "1"}, "#text": "2"}}),
            ("<r y='3'><a x='1'/></r>", {"@attributes": {"y": "3"}, "a": {"@attributes": {"x": "1"}}}),
            ("<r><a>1</a><b/><a>2</a><a><c/></a></r>", {"a": ["1", "2", {"c": ""}], "b": ""}),
            ("<r>one<a/>two <b>3</b> four</r>", {"a": "", "b": "3", "#text": "onetwo  four"}),
            ("<r>\n  <a>\t x y \n</a>\n</r>", {"a": "x y"}),
            ("<r><a>\u00a0x</a></r>", {"a": "\u00a0x"}),
            ("<r><a><![CDATA[<b>&amp;]]>&lt;&#233;</a></r>", {"a": "<b>&amp;<é"}),
            ("<r><!-- no --><a>1<?no no?>2</a></r>", {"a": "12"}),
            ("<r/>", {}),
            ("<r>text</r>", {"#text": "text"}),
        ],
    )
    def test_is_the_one_that_is_told(self, xml: str, shape: dict[str, Any]) -> None:
        assert value(xml) == shape

    def test_children_with_a_namespace_are_kept_with_their_prefix(self) -> None:
        xml = (
            '<soap:Envelope xmlns:soap="urn:soap" xmlns="urn:default">'
            '<soap:Body><z:zaak xmlns:z="urn:z" z:id="7" xsi:nil="false"><z:naam>x</z:naam><naam>y</naam></z:zaak>'
            "</soap:Body></soap:Envelope>"
        )
        assert value(xml) == {
            "soap:Body": {
                "z:zaak": {"@attributes": {"z:id": "7", "xsi:nil": "false"}, "z:naam": "x", "naam": "y"},
            }
        }

    def test_attributes_come_first_and_text_last(self) -> None:
        assert list(value("<r b='1'>t<a/></r>")) == ["@attributes", "a", "#text"]

    def test_long_texts_are_put_together_in_a_bounded_time(self) -> None:
        text = "x&lt;" * 2_000_000
        assert len(value(f"<r>{text}</r>")["#text"]) == 4_000_000

    @given(trees())
    def test_no_text_and_no_attribute_is_lost(self, tree: Tree) -> None:
        found = value(as_text(tree))
        assert sorted(_texts_in(found)) == sorted(text for text in _texts(tree) if text)
        made = _shape_of(tree)
        assert found == (made if isinstance(made, dict) else {"#text": made} if made else {})


def _texts_in(shape: Any) -> list[str]:
    if isinstance(shape, str):
        return [shape] if shape else []
    return [text for one in (shape if isinstance(shape, list) else shape.values()) for text in _texts_in(one)]


def _texts(tree: Tree) -> list[str]:
    """Attributes, and the text of each element as it is joined and stripped."""
    _, attributes, below = tree
    return [*attributes.values(), _own_text(tree), *(text for one in below for text in _texts_below(one))]


def _texts_below(one: Tree | str) -> list[str]:
    return [] if isinstance(one, str) else _texts(one)


def _own_text(tree: Tree) -> str:
    return "".join(one for one in tree[2] if isinstance(one, str)).strip(WHITE_SPACE)


def _shape_of(tree: Tree) -> Any:
    """What is told of the shape, said once more in another way."""
    _, attributes, below = tree
    elements = [one for one in below if not isinstance(one, str)]
    names = dict.fromkeys(name for name, _, _ in elements)
    same = {name: [_shape_of(one) for one in elements if one[0] == name] for name in names}
    shape: dict[str, Any] = {"@attributes": attributes} if attributes else {}
    shape |= {name: shapes if len(shapes) > 1 else shapes[0] for name, shapes in same.items()}
    text = _own_text(tree)
    if not shape:
        return text
    return shape | {"#text": text} if text else shape


PEOPLE = "<r><meta><count>2</count></meta><people><person><n>1</n></person><person><n>2</n></person></people></r>"


class TestPosition:
    @pytest.mark.parametrize(
        ("xml", "position", "found"),
        [
            (PEOPLE, "people.person", [{"n": "1"}, {"n": "2"}]),
            (PEOPLE, "people", [{"person": [{"n": "1"}, {"n": "2"}]}]),
            (PEOPLE, "meta", [{"count": "2"}]),
            (PEOPLE, "people.person.n", [{"#text": "1"}, {"#text": "2"}]),
            ("<r><a.b><c>1</c></a.b></r>", "a&#46;b", [{"c": "1"}]),
            ("<r><a/><a>1</a></r>", "_root", [{}, {"#text": "1"}]),
            ("<r x='1'><a/></r>", "_object", [{"@attributes": {"x": "1"}, "a": ""}]),
            ("<r><g><a>1</a></g><g><a>2</a><a>3</a></g></r>", "g.a", [{"#text": "1"}, {"#text": "2"}, {"#text": "3"}]),
            ("<s:r xmlns:s='u'><s:a><b>1</b></s:a></s:r>", "s:a", [{"b": "1"}]),
            ("<r><a><a>1</a></a></r>", "a", [{"a": "1"}]),
            ("<r><b><a>0</a></b><a>1</a></r>", "a", [{"#text": "1"}]),
        ],
    )
    def test_names_elements_from_below_the_root(self, xml: str, position: str, found: list[dict[str, Any]]) -> None:
        assert records(xml, position) == found

    @pytest.mark.parametrize(
        ("xml", "found"),
        [
            ("<r><items><i><n>1</n></i><i><n>2</n></i></items></r>", [{"n": "1"}, {"n": "2"}]),
            ("<r><items><i><n>1</n></i></items></r>", [{"n": "1"}]),
            ("<r><items/></r>", []),
            ("<r><items total='0'></items></r>", []),
            ("<r><items><n>1</n></items><items><n>2</n></items></r>", [{"n": "1"}, {"n": "2"}]),
            ("<r><results><i><n>2</n></i></results><items><i><n>1</n></i></items></r>", [{"n": "1"}]),
            ("<r><result><id>1</id><name>x</name></result></r>", [{"id": "1", "name": "x"}]),
            ("<r><result>OK</result><results><i><n>1</n></i></results></r>", [{"n": "1"}]),
            ("<x:r xmlns:x='u'><x:results><x:i><n>1</n></x:i></x:results></x:r>", [{"n": "1"}]),
        ],
    )
    def test_that_is_empty_finds_the_usual_places(self, xml: str, found: list[dict[str, Any]]) -> None:
        assert records(xml, "") == found

    @pytest.mark.parametrize("inside", ["<items/>", "<items>\n </items>", "<items n='0'><!-- --></items>"])
    def test_in_an_element_without_anything_is_an_empty_list(self, inside: str) -> None:
        assert records(f"<r>{inside}</r>", "items.item") == []

    @pytest.mark.parametrize(
        ("xml", "position", "kind", "message"),
        [
            (PEOPLE, "", "position_missing", "The root element `r` has none of them."),
            (PEOPLE, "persons", "position_not_found", "no `persons` in the root element: it has `meta`, `people`."),
            (PEOPLE, "people.man", "position_not_found", "There is no `man` in `people`: it has `person`."),
            (PEOPLE, "people.man.x", "position_not_found", "There is no `man` in `people`: it has `person`."),
            (PEOPLE, "meta.count.x", "position_not_found", "There is no `x` in `meta.count`: it has `#text`."),
            ("<r/>", "items.item", "position_not_found", "no `items` in the root element: it has nothing in it."),
            ("<r><error>x</error></r>", "item", "position_not_found", "it has `error`."),
            (PEOPLE, "_root", "not_a_list", "different names, `meta` and `people`"),
            ("<r>text</r>", "_root", "position_not_found", "no elements in the root element: it has `#text`."),
        ],
    )
    def test_without_records_is_an_error_and_no_empty_list(
        self, xml: str, position: str, kind: str, message: str
    ) -> None:
        with pytest.raises(RecordsMissing) as raised:
            records(xml, position)
        assert raised.value.type == kind
        assert message in str(raised.value)


class TestHostileTexts:
    @pytest.mark.parametrize("bomb", [BILLION_LAUGHS, QUADRATIC, DEFAULT_ATTRIBUTE])
    def test_bombs_do_not_go_off(self, bomb: bytes) -> None:
        assert len(str(records(bomb, "_object"))) < 2_000_000

    def test_depth_is_bounded(self) -> None:
        assert records("<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH, "a")
        for position in ("a", "_object", "b"):
            with pytest.raises(Unreadable, match="more than 256 levels deep"):
                records("<a>" * (MAX_DEPTH + 1) + "</a>" * (MAX_DEPTH + 1), position)

    def test_a_comment_is_bounded(self) -> None:
        with pytest.raises(Unreadable, match="longer than 10 MB"):
            records(b"<a><!--" + b"x" * 11_000_000, "a")

    def test_what_is_not_well_formed_is_an_error_after_the_records_before_it(self) -> None:
        found = records_of(BytesIO(b"<r>" + b"<a>1</a>" * 100_000 + b"<a></b></r>"), "a")
        assert len(list(islice(found, 30_000))) == 30_000
        with pytest.raises(Unreadable, match="mismatched tag") as raised:
            list(found)
        assert raised.value.location == "line 1, column 800009"


def test_memory_does_not_grow_with_the_file() -> None:
    program = """
import sys, resource
from openconnector.reading.xml_records import records_of

class Endless:
    left = 60
    first = True
    def read(self, size):
        if self.first:
            self.first = False
            return b"<r>" + b" " * 1021
        self.left -= 1
        return (b"<a><b>text</b><c x='1'/></a>" * 4000) if self.left > 0 else b"</r>" if self.left == 0 else b""

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = sum(1 for _ in records_of(Endless(), "a"))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    out = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    count, grown = map(int, out.stdout.split())
    assert count == 59 * 4000
    assert grown < 8 * 1024, "KiB"


def test_records_are_read_without_lxml() -> None:
    program = "import sys, openconnector.reading.xml_records; assert 'lxml' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
