# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""XML that means harm, is too much, or is not all there."""

import gc
import socketserver
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.reading import xml_tree
from openconnector.reading.document import Unreadable
from tests.unit.reading.xml_texts import BILLION_LAUGHS, DEFAULT_ATTRIBUTE, QUADRATIC, document, everything


class TestHostileTexts:
    @pytest.mark.parametrize("bomb", [BILLION_LAUGHS, QUADRATIC, DEFAULT_ATTRIBUTE])
    @pytest.mark.timeout(60)
    def test_bombs_do_not_go_off(self, bomb: bytes) -> None:
        read = document(bomb)
        assert int(read.query("string-length(/*)", 1).matches[0].value or "") < 1_000_000
        assert int(read.query("count(//@*)", 1).matches[0].value or "") <= 1

    def test_entities_are_told_and_shown_as_they_are_written(self) -> None:
        read = document(BILLION_LAUGHS)
        assert [finding.type for finding in read.findings] == ["entities"]
        assert [node.value for node in read.nodes("", 0, 10).nodes] == ["&x9;", "&x9;"]

    def test_nothing_is_fetched(self) -> None:
        asked: list[bytes] = []

        class Asked(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                asked.append(self.request.recv(1000))

        with socketserver.TCPServer(("127.0.0.1", 0), Asked) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_address[1]}/x"
            include = "<x:include xmlns:x='http://www.w3.org/2001/XInclude' href='file:///etc/passwd' parse='text'/>"
            read = document(
                f"<?xml-stylesheet type='text/xsl' href='{url}.xsl'?><!DOCTYPE a SYSTEM '{url}.dtd' "
                f"[<!ENTITY f SYSTEM 'file:///etc/passwd'><!ENTITY % p SYSTEM '{url}.ent'> %p;"
                f"<!ENTITY h SYSTEM '{url}'>]><a xmlns:s='http://www.w3.org/2001/XMLSchema-instance' "
                f"s:schemaLocation='urn:x {url}.xsd'>&f;&h;{include}</a>"
            )
            shown = str([*everything(read)]) + str(read.records("_object", 0, 10))
            server.shutdown()
        assert "&f;&h;" in shown
        assert "root:" not in shown
        assert asked == []

    @pytest.mark.parametrize(
        ("xml", "message"),
        [
            ("<a>" * 257 + "</a>" * 257, "more than 256 levels deep"),
            ("<a>" + "x" * 10_100_000 + "</a>", "One text in it is longer than 10 MB"),
            ("<a b='" + "x" * 10_100_000 + "'/>", "One attribute or tag in it is longer than 10 MB"),
            ("", "not well-formed"),
            ("text", "not well-formed"),
            ("<a><b></a>", "tag mismatch: b line 1 and a"),
            ("<a>&nbsp;</a>", "Entity 'nbsp' not defined"),
            ("<a/><!DOCTYPE a [<!ENTITY x 'y'>]>", "not well-formed"),
            ("<!DOCTYPE a><!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "not well-formed"),
        ],
    )
    def test_what_is_no_xml_or_too_much_says_so(self, xml: str, message: str) -> None:
        with pytest.raises(Unreadable, match=message) as raised:
            document(xml)
        assert raised.value.location.startswith("line 1, column")

    def test_the_place_is_that_in_the_original(self) -> None:
        with pytest.raises(Unreadable) as raised:
            document("<?xml version='1.0' encoding='latin-1'?>\n<!DOCTYPE a [\n]>\n<a>\n <b></a>")
        assert raised.value.location == "line 5, column 9"

    def test_size_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(xml_tree, "MAX_BYTES", 1024 * 1024)
        monkeypatch.setattr(xml_tree, "MAX_NODES", 10_000)
        with pytest.raises(Unreadable, match="larger than the 1 MiB"):
            document(b" " * (1024 * 1024 + 1))
        for xml in (
            "<r>" + "<a/>" * 10_001 + "</r>",
            "<r " + " ".join(f"a{number}=''" for number in range(5001)) + "/>",
        ):
            with pytest.raises(Unreadable, match="more than 5,000 elements and attributes"):
                document(xml)


class TestCut:
    CUT = "<!DOCTYPE r><r><a><b>1</b></a><a><b>2</b><c>ü"

    def test_bodies_are_read_as_far_as_they_go(self) -> None:
        read = document(self.CUT.encode()[:-1], is_cut=True)
        assert read.findings == []
        assert [node.location for node in read.query("//*", 10).matches] == [
            "/r", "/r/a[1]", "/r/a[1]/b", "/r/a[2]", "/r/a[2]/b", "/r/a[2]/c",
        ]  # fmt: skip

    def test_records_are_those_that_are_whole(self) -> None:
        page = document(self.CUT, is_cut=True).records("a", 0, 10)
        assert (page.total, page.problem) == (1, None)

    def test_nothing_of_an_element_is_no_xml(self) -> None:
        with pytest.raises(Unreadable):
            document("<!-- x -->", is_cut=True)


def test_what_was_read_is_let_go_without_collecting_garbage() -> None:
    # The child process in which bodies are read does not collect.
    read = document("<r>" + "<a><b>text</b></a>" * 5000 + "</r>")
    gc.collect()
    gc.disable()
    try:
        assert read.records("a", 4000, 100).total == 5000
        before = len(gc.get_objects())
        for _ in range(20):
            assert read.records("a", 0, 1).total == 5000
            assert read.records("b", 0, 1).problem
            assert read.query("//b", 10).total == 5000
            assert read.nodes("", 0, 10).total == 5000
        after = len(gc.get_objects())
    finally:
        gc.enable()
    assert after - before < 40


MARKUP = ["<", ">", "=", '"', "'", "[", "]", "&", "&x;", "&#0;", "&lt;", "<!--", "-->", "<![CDATA[", "]]>", "<?p", "?>"]
ELEMENTS = ["<a>", "</a>", "<b/>", "<b x='1'>", "</b>", "<n:a>", "</n:a>", " xmlns:n='u'>", "é", "😀", "text", "\0"]
PROLOG = ["<!DOCTYPE a", "<!DOCTYPE a>", "<!ENTITY x 'y'>", "<?xml version='1.0' encoding='latin-1'?>"]


@given(
    pieces=st.lists(st.sampled_from(MARKUP + ELEMENTS + PROLOG), max_size=25),
    is_cut=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-16", "latin-1", "utf-16-le"]),
    length=st.integers(0, 200),
)
def test_whatever_comes_is_read_or_unreadable(pieces: list[str], is_cut: bool, encoding: str, length: int) -> None:
    raw = "".join(pieces).encode(encoding, "replace")
    raw = raw[:length] if is_cut else raw
    try:
        read = document(raw, is_cut=is_cut)
    except Unreadable:
        return
    for node in everything(read):
        assert read.query(node.location, 10).matches == [node]
    for position in ("", "a", "_root", "_object"):
        read.records(position, 0, 10)
    assert not read.query("//*[contains(., 'root:')]", 1).total
