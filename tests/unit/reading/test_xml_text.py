# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What parsers see of an XML text: UTF-8, and nothing of a DTD."""

import codecs
import re
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.reading import xml_encoding
from openconnector.reading.document import Unreadable
from openconnector.reading.xml_text import MAX_PROLOG
from tests.unit.reading.xml_texts import BILLION_LAUGHS, read, text_of

LATIN = '<?xml version="1.0" encoding="ISO-8859-1"?>'


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is read in parts of a few bytes."""
    monkeypatch.setattr(xml_encoding, "CHUNK", 7)
    monkeypatch.setattr(xml_encoding, "_ENOUGH", 64)


class TestEncoding:
    @pytest.mark.parametrize(
        "raw",
        [
            "<a>ü€</a>".encode(),
            codecs.BOM_UTF8 + "<a>ü€</a>".encode(),
            (LATIN + "<a>ü€</a>").encode(),
            ('<?xml version="1.0" encoding="UTF-16"?>' + "<a>ü€</a>").encode(),
            "<a>ü€</a>".encode("utf-16"),
            codecs.BOM_UTF16_BE + "<a>ü€</a>".encode("utf-16-be"),
            "<a>ü€</a>".encode("utf-16-le"),
            "<a>ü€</a>".encode("utf-32"),
            ("<?xml version='1.0' encoding='windows-1252'?><a>ü€</a>").encode("cp1252"),
        ],
    )
    def test_what_it_is_goes_before_what_it_says(self, raw: bytes) -> None:
        assert read(raw).decode().strip() == "<a>ü€</a>"

    @pytest.mark.usefixtures("small_parts")
    def test_what_is_no_utf8_is_read_as_it_says(self) -> None:
        assert read((LATIN + "<a>" + "x" * 100 + "über</a>").encode("latin-1")).decode().endswith("xüber</a>")

    @pytest.mark.usefixtures("small_parts")
    def test_a_character_may_lie_across_parts(self) -> None:
        for length in range(8):
            assert read("x" * length + "<a>€€€€</a>").decode().endswith("<a>€€€€</a>")

    @pytest.mark.parametrize(
        ("raw", "message"),
        [
            (b"<a>\xfc</a>", "does not say in which encoding"),
            (b"<?xml version='1.0' encoding='UTF-8'?><a>\xfc</a>", "its encoding is UTF-8, but"),
            (b"<?xml version='1.0' encoding='us-ascii'?><a>\xfc</a>", "its encoding is us-ascii, but"),
            (b"<?xml version='1.0' encoding='klingon'?><a>\xfc</a>", "encoding klingon, which we do not know"),
            (b"<?xml version='1.0' encoding='unicode_escape'?><a>\xfc</a>", "which we do not know"),
            (b"<?xml version='1.0' encoding='zlib'?><a>\xfc</a>", "which we do not know"),
            (b"\xff\xfe<\x00a\x00>\x00\x00\xd8<", "utf-16-le, but"),
            (b"<a>\xc3", "does not say in which encoding"),
        ],
    )
    def test_bytes_that_are_no_text_are_an_error(self, raw: bytes, message: str) -> None:
        with pytest.raises(Unreadable, match=message):
            read(raw)

    def test_a_text_that_was_cut_may_end_within_a_character(self) -> None:
        assert read("<a>ü".encode()[:-1], is_cut=True) == b"<a>"
        assert read("<a>ü".encode("utf-16")[:-1], is_cut=True) == b"<a>"


class TestDoctype:
    @pytest.mark.parametrize(
        "doctype",
        [
            "<!DOCTYPE a>",
            "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>",
            '<!DOCTYPE a PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://www.w3.org/x.dtd" [ ]>',
            "<!DOCTYPE a [<!ELEMENT a (#PCDATA)>]>",
            "<!DOCTYPE a [<!ENTITY x ']>'> <!-- ' ]> --> <?pi \" ]> ?> <!ENTITY y \"'>\">] >",
            "<?pi <!DOCTYPE b?><!-- <!DOCTYPE b [ --><!DOCTYPE a\n[\n]\n>\n",
        ],
    )
    @pytest.mark.usefixtures("small_parts")
    def test_is_taken_out_whole(self, doctype: str) -> None:
        seen = read(f"{doctype}<a>1</a>").decode()
        assert not re.search("DOCTYPE a.|ENTITY|ELEMENT|SYSTEM|PUBLIC", re.sub(r"<\?.*?\?>|\s+a>", "", seen))
        assert seen.endswith("<a>1</a>")
        assert seen.count("\n") == doctype.count("\n")

    def test_keeps_the_columns_of_what_follows(self) -> None:
        raw = f"{LATIN}<!DOCTYPE a []><a/>"
        assert read(raw).index(b"<a/>") == raw.index("<a/>")

    @pytest.mark.parametrize("open_end", ["<!DOCTYPE a [", "<!DOCTYPE a 'x>", "<!DOCTYPE a [<!-- ]>", "<!DOCTYPE a"])
    def test_without_an_end_is_an_error(self, open_end: str) -> None:
        with pytest.raises(Unreadable, match="DOCTYPE does not end"):
            read(open_end)

    def test_that_comes_late_is_an_error(self) -> None:
        with pytest.raises(Unreadable, match="does not begin within 1 MiB"):
            read(b"<!--" + b"x" * (MAX_PROLOG + 600_000) + b"--><!DOCTYPE a []><a/>")

    def test_that_is_long_is_an_error(self) -> None:
        with pytest.raises(Unreadable, match="DOCTYPE does not end within"):
            read(b"<!DOCTYPE a [" + b"<!ELEMENT a ANY>" * 100_000 + b"]><a/>")


class TestEntities:
    @pytest.mark.usefixtures("small_parts")
    def test_of_a_doctype_stay_as_they_are_written(self) -> None:
        text = text_of("<!DOCTYPE a [<!ENTITY x 'y'>]><a b='&x;&amp;'>1&x;&#65;&nbsp;</a>")
        assert b"".join(text.chunks()).partition(b">")[2] == b"<a b='&amp;x;&amp;'>1&amp;x;&#65;&amp;nbsp;</a>"
        finding = text.finding()
        assert finding is not None
        assert (finding.type, finding.message.endswith("(x, nbsp).")) == ("entities", True)

    @pytest.mark.usefixtures("small_parts")
    def test_are_text_already_in_sections(self) -> None:
        body = "<a><![CDATA[&x; <!-- ]]>&x;<!-- &x; <![CDATA[ -->&x;<?pi &x; <!-- ?>&x;</a>"
        seen = read(f"<!DOCTYPE a>{body}").decode().removeprefix("<!DOCTYPE a>")
        assert seen == "<a><![CDATA[&x; <!-- ]]>&amp;x;<!-- &x; <![CDATA[ -->&amp;x;<?pi &x; <!-- ?>&amp;x;</a>"

    def test_that_are_none_are_left_to_the_parser(self) -> None:
        assert read("<!DOCTYPE a><a>& &; &a b;</a>") == b"<!DOCTYPE a><a>& &; &a b;</a>"

    def test_without_a_doctype_nothing_is_touched(self) -> None:
        text = text_of("<a>&nbsp;</a>")
        assert b"".join(text.chunks()) == b"<a>&nbsp;</a>"
        assert text.finding() is None

    def test_a_bomb_stays_as_small_as_it_is(self) -> None:
        assert len(read(BILLION_LAUGHS)) < len(BILLION_LAUGHS) + 100

    @given(st.text(st.sampled_from("<&;x!-[]CDATA?> "), max_size=60), st.integers(1, 130))
    def test_the_size_of_parts_makes_no_difference(self, body: str, size: int) -> None:
        class Slow(BytesIO):
            def read(self, _size: int | None = -1, /) -> bytes:
                return super().read(size)

        raw = f"<!DOCTYPE a><a>{body}".encode()
        whole = read(raw)
        text = text_of(b"")
        text._source = Slow(raw)
        assert b"".join(text.chunks()) == whole
