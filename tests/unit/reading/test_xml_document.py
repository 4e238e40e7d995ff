# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""XML bodies as a tree, and asked by XPath."""

from collections.abc import Iterator

import pytest
from hypothesis import given

from openconnector.reading.document import ExpressionInvalid, NodeNotFound
from openconnector.reading.schemas import Node
from tests.unit.reading.xml_texts import Tree, as_text, document, everything, trees

FEED = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!--first--><?style x="1"?>
<feed xmlns="urn:feed" xmlns:b="urn:b" b:n="1" q='"'>Hello <b:em>wörld</b:em>, <!--in--> and
  <entry id="1"><title>One</title></entry>
  <entry><title xmlns="urn:other">Two</title></entry>
</feed>
<!--last-->"""


def rows(nodes: list[Node]) -> list[tuple[str, str, str, str, str | None, int]]:
    return [(node.path, node.location, node.name, node.kind, node.value, node.count) for node in nodes]


class TestNodes:
    def test_have_everything_in_its_order(self) -> None:
        page = document(FEED).nodes("", 0, 100)
        assert (page.parent.name, page.parent.location, page.total) == ("feed", "/ns:feed", 9)
        assert rows(page.nodes) == [
            ("@0", "/ns:feed/@b:n", "@b:n", "attribute", "1", 0),
            ("@1", "/ns:feed/@q", "@q", "attribute", '"', 0),
            ("t0", "/ns:feed/text()[1]", "#text", "text", "Hello ", 0),
            ("0", "/ns:feed/b:em", "b:em", "element", "wörld", 0),
            ("t1", "/ns:feed/text()[2]", "#text", "text", ", ", 0),
            ("1", "/ns:feed/comment()", "#comment", "comment", "in", 0),
            ("t2", "/ns:feed/text()[3]", "#text", "text", " and\n  ", 0),
            ("2", "/ns:feed/ns:entry[1]", "entry", "element", None, 2),
            ("3", "/ns:feed/ns:entry[2]", "entry", "element", None, 1),
        ]

    def test_come_in_pages(self) -> None:
        read = document("<r>" + "<a/>" * 1000 + "<b/></r>")
        page = read.nodes("", 998, 100)
        assert (page.total, page.offset) == (1001, 998)
        assert [node.location for node in page.nodes] == ["/r/a[999]", "/r/a[1000]", "/r/b"]

    def test_of_a_leaf_are_none(self) -> None:
        read = document(FEED)
        for path in ("0", "@1", "t0", "1", "2/0", "^0"):
            page = read.nodes(path, 0, 10)
            assert (page.total, page.nodes, page.parent.path) == (0, [], path)

    def test_long_values_are_cut(self) -> None:
        (node,) = document(f"<r a='{'x' * 1001}'/>").nodes("", 0, 10).nodes
        assert (len(node.value or ""), node.is_cut) == (1000, True)

    def test_an_element_with_attributes_and_a_text_has_that_as_its_value(self) -> None:
        (match,) = document("<r><size unit='m'>10</size></r>").query("//size", 10).matches
        assert (match.value, match.count) == ("10", 2)

    @pytest.mark.parametrize(
        "path",
        ["9", "-1", "x", "@2", "@", "t9", "2/9", "2//0", "/", "^9", "0/^0", "²", "1" * 5000, "0/" * 999 + "0"],
    )
    def test_that_are_not_there(self, path: str) -> None:
        with pytest.raises(NodeNotFound):
            document(FEED).nodes(path, 0, 10)

    @given(trees())
    def test_are_found_again_by_their_location_and_path(self, tree: Tree) -> None:
        read = document(as_text(tree))
        for node in everything(read):
            found = read.query(node.location, 10)
            assert (found.total, found.matches) == (1, [node])
            assert read.nodes(node.path, 0, 1).parent == node

    @given(trees())
    def test_hold_every_text_and_every_attribute(self, tree: Tree) -> None:
        nodes = everything(document(as_text(tree)))
        values = sorted(node.value for node in nodes if node.value and node.value.strip() and not node.count)
        assert values == sorted(text for text in _texts(tree) if text.strip())


def _texts(tree: Tree) -> Iterator[str]:
    _, attributes, below = tree
    yield from attributes.values()
    for one in below:
        yield from [one] if isinstance(one, str) else _texts(one)


class TestNamespaces:
    def test_without_a_prefix_get_one(self) -> None:
        assert document(FEED).namespaces == {"b": "urn:b", "ns": "urn:feed", "ns2": "urn:other"}

    @pytest.mark.parametrize(
        ("xml", "namespaces"),
        [
            ("<a/>", {}),
            ("<a xmlns='u' xmlns:p='u'/>", {"p": "u"}),
            ("<a xmlns:ns='x' xmlns='u'/>", {"ns": "x", "ns2": "u"}),
            ("<a><p:b xmlns:p='1'/><p:b xmlns:p='2'/></a>", {"p": "1", "p2": "2"}),
            ("<a xmlns='u'><b xmlns=''/></a>", {"ns": "u"}),
            ("<a xml:lang='nl'/>", {}),
            ("<a><![CDATA[<b xmlns='u'>]]></a>", {}),
            ("<愾㱡 xmlns:㱡='u' xmlns:é='v'><㱡:a/><é:a é:㱡='1' é='2'/></愾㱡>", {"é": "v", "ns": "u"}),
        ],
    )
    def test_keep_their_own_prefix_where_that_is_clear(self, xml: str, namespaces: dict[str, str]) -> None:
        read = document(xml)
        assert read.namespaces == namespaces
        for node in everything(read):
            assert read.query(node.location, 10).matches == [node]

    def test_are_bounded_and_found_all_the_same(self) -> None:
        read = document("<r>" + "".join(f"<a xmlns='urn:{number}' b='1'/>" for number in range(500)) + "</r>")
        assert len(read.namespaces) == 200
        last = read.nodes("", 499, 1).nodes[0]
        assert last.location == "/r/*[local-name()='a' and namespace-uri()='urn:499']"
        assert read.query(last.location, 10).matches == [last]

    def test_that_nobody_has_declared_are_told_and_read(self) -> None:
        read = document("<r><x:a y:b='1'>2</x:a></r>")
        (finding,) = read.findings
        assert (finding.type, finding.location) == ("not_well_formed", "line 1, column 16")
        assert "Namespace prefix y for b on a is not defined." in finding.message
        for node in everything(read):
            assert read.query(node.location, 10).matches == [node]


class TestQuery:
    @pytest.mark.parametrize(
        ("expression", "locations"),
        [
            ("//ns:entry", ["/ns:feed/ns:entry[1]", "/ns:feed/ns:entry[2]"]),
            ("//ns2:*[.='Two']/..", ["/ns:feed/ns:entry[2]"]),
            ("//ns2:title/text()", ["/ns:feed/ns:entry[2]/ns2:title/text()"]),
            ("//@id", ["/ns:feed/ns:entry[1]/@id"]),
            ("//comment()", ["/comment()[1]", "/ns:feed/comment()", "/comment()[2]"]),
            ("//processing-instruction()", ["/processing-instruction()"]),
            ("/", ["/ns:feed"]),
            ("ns:entry[1] | //b:em", ["/ns:feed/b:em", "/ns:feed/ns:entry[1]"]),
            ("/ns:feed/child::text()[2]", ["/ns:feed/text()[2]"]),
            ("//nothing", []),
        ],
    )
    def test_finds_nodes(self, expression: str, locations: list[str]) -> None:
        found = document(FEED).query(expression, 10)
        assert [node.location for node in found.matches] == locations
        assert (found.language, found.total, found.is_complete) == ("xpath", len(locations), True)

    def test_counts_more_than_it_gives(self) -> None:
        found = document("<r>" + "<a/>" * 5000 + "</r>").query("//a", 3)
        assert (found.total, found.is_complete, len(found.matches)) == (5000, True, 3)

    @pytest.mark.parametrize(
        ("expression", "kind", "value"),
        [
            ("count(//*)", "number", "6"),
            ("1 div 4", "number", "0.25"),
            ("1 div 0", "number", "Infinity"),
            ("number('x')", "number", "NaN"),
            ("string(//b:em)", "string", "wörld"),
            ("'x:y(z)'", "string", "x:y(z)"),
            ("//ns:entry = //b:em", "boolean", "false"),
            ("not(//nothing)", "boolean", "true"),
        ],
    )
    def test_finds_values(self, expression: str, kind: str, value: str) -> None:
        (node,) = document(FEED).query(expression, 10).matches
        assert (node.kind, node.value, node.location) == (kind, value, expression)

    def test_finds_namespaces(self) -> None:
        found = document("<a xmlns:p='u'/>").query("/a/namespace::p", 10)
        assert [(node.name, node.value) for node in found.matches] == [("xmlns:p", "u")]

    @pytest.mark.parametrize(
        ("expression", "message"),
        [
            ("//x:entry", r"The prefix “x” at character 3 is not known\. Known are: b \(urn:b\), ns \(urn:feed\)"),
            ("'é' = //x:*", "The prefix “x” at character 9 is not known"),
            ("//ns:entry[", "The expression is not complete"),
            ("'é' b", "no XPath 1.0 from character 5 on: b"),
            ("a) | (b", r"no XPath 1.0 from character 2 on: \) \| \(b"),
            ("$x", "Undefined variable"),
            ("document('file:///etc/passwd')", r"no function “document” \(character 1\)"),
            ("//b:em[ re:test(., 'x')]", "The prefix “re” at character 9"),
            ("unparsed-text('x')", "no function “unparsed-text”"),
            ("count(1)", "cannot be evaluated: Invalid type"),
            ("a\0b", "cannot stand in XML"),
            ("a\ud800b", "cannot stand in XML"),
        ],
    )
    def test_says_what_is_wrong_and_where(self, expression: str, message: str) -> None:
        with pytest.raises(ExpressionInvalid, match=message):
            document(FEED).query(expression, 10)

    def test_says_so_where_there_are_no_prefixes(self) -> None:
        with pytest.raises(ExpressionInvalid, match="The body has no prefixes"):
            document("<a/>").query("x:a", 10)
