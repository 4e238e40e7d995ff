# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What bodies are, by their labels and by their looks."""

from typing import Any

import pytest

from openconnector.reading.body import OpenBody, PartMissing
from openconnector.reading.charset import content_type as parse_content_type
from openconnector.reading.charset import read_text
from openconnector.reading.document import Unreadable
from openconnector.reading.view import BodyFacts

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def facts_of(body: bytes, content_type: str, **more: Any) -> tuple[BodyFacts, bytes]:
    """A body as it is kept."""
    media_type, declared = parse_content_type(content_type)
    found = read_text(body, media_type, declared)
    kept = found[0].encode() if found else body
    values: dict[str, Any] = {
        "content_type": content_type,
        "media_type": media_type,
        "charset": found[1].name if found else None,
        "charset_from": found[1].origin if found else None,
        "is_text": found is not None,
        "is_truncated": False,
        "size": len(body),
        "kept_size": len(kept),
    }
    return BodyFacts(**(values | more)), kept


def opened(body: bytes | str, content_type: str = "", part: int | None = None, **more: Any) -> OpenBody:
    raw = body.encode() if isinstance(body, str) else body
    return OpenBody(*facts_of(raw, content_type, **more), part)


@pytest.mark.parametrize(
    ("body", "content_type", "form", "has_tree"),
    [
        ('{"a": 1}', "application/json", "json", True),
        ('{"a": 1}', "application/problem+json; charset=utf-8", "json", True),
        ('{"a": 1}', "", "json", True),
        (" [1]", "text/plain", "json", True),
        ('{"a": 1}', "text/html", "json", True),
        ('{"a":1}\n{"a":2}', "application/x-ndjson", "json", True),
        ("[see below] for more", "text/plain", "text", False),
        ("{broken", "application/json", "json", False),
        ("<html><body>502</body></html>", "application/json", "html", False),
        ("<a><b/></a>", "application/xml", "xml", True),
        ("<a><b/></a>", "", "xml", True),
        ("<a><b></a>", "text/xml", "xml", False),
        ("<a><b></a>", "text/plain", "text", False),
        ("<3 you", "text/plain", "text", False),
        (SVG, "image/svg+xml", "xml", True),
        ("<!DOCTYPE html><title>x</title>", "", "html", False),
        ("<p>x</p>", "text/html", "html", False),
        ("a;b\n1;2", "text/csv", "csv", True),
        ("a\tb\n1\t2", "text/tab-separated-values", "csv", True),
        ("hello", "text/plain", "text", False),
        ("hello", "", "text", False),
        (PNG, "image/png", "image", False),
        (PNG, "", "image", False),
        (PNG, "text/html", "image", False),
        (b"%PDF-1.4\n\xe2\xe3", "application/pdf", "binary", False),
        (b"\x00\x01\x02", "application/octet-stream", "binary", False),
        (b"\x00\x01\x02", "image/svg+xml", "binary", False),
    ],
)
def test_a_body_is_what_it_looks_like(body: bytes | str, content_type: str, form: str, has_tree: bool) -> None:
    view = opened(body, content_type).view()
    assert (view.format, view.has_tree) == (form, has_tree)


def test_what_is_broken_says_where() -> None:
    body = opened('{"a": tru', "application/json")
    (finding,) = body.view().findings
    assert (finding.type, finding.location) == ("not_well_formed", "line 1, column 7")
    assert body.records("items", 0, 10).problem is not None
    with pytest.raises(Unreadable):
        body.nodes("", 0, 1)


def test_what_has_no_tree_has_no_records_and_says_so() -> None:
    problem = opened("hello", "text/plain").records("", 0, 10).problem
    assert problem is not None
    assert problem.type == "unreadable"


def test_too_many_levels_are_told_and_the_text_stays() -> None:
    view = opened("[" * 30_000 + "]" * 30_000, "application/json").view()
    assert (view.format, view.has_tree, [finding.type for finding in view.findings]) == ("json", False, ["too_deep"])


def test_a_body_that_was_cut_is_shown_as_far_as_it_goes() -> None:
    body = opened('[{"a": 1}, {"a": 2}, {"a', "application/json", is_truncated=True, size=500)
    assert body.view().has_tree
    assert [finding.type for finding in body.view().findings] == ["cut"]
    assert body.records("_root", 0, 10).total >= 2


def test_bytes_that_are_no_characters_are_told() -> None:
    view = opened(b'{"a": "caf\xe9"}', "application/json; charset=utf-8").view()
    assert [finding.type for finding in view.findings] == ["replaced_characters"]


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "iso-8859-1", "windows-1252"])
def test_json_in_other_charsets_has_a_tree(charset: str) -> None:
    body = opened('{"naam": "Müller", "plaats": "Köln"}'.encode(charset), "application/json")
    assert body.nodes("", 0, 5).nodes[0].value == "Müller"


class TestParts:
    BODY = (
        b"--b\r\nContent-Type: application/json; charset=iso-8859-1\r\n\r\n" + '{"a": "é"}'.encode("latin-1") + b"\r\n"
        b"--b\r\nContent-Type: text/csv\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="t.csv"\r\n\r\naWQ7bmFtZQoxO3gK\r\n'
        b"--b\r\nContent-Type: image/png\r\nContent-ID: <i>\r\n\r\n" + PNG + b"\r\n--b--\r\n"
    )

    def test_are_listed_with_the_whole(self) -> None:
        view = opened(self.BODY, "multipart/mixed; boundary=b").view()
        assert view.format == "multipart"
        assert [
            (part.position, part.media_type, part.file_name, part.content_id, part.size) for part in view.parts
        ] == [
            (0, "application/json", None, None, 10),
            (1, "text/csv", "t.csv", None, 12),
            (2, "image/png", None, "i", len(PNG)),
        ]

    def test_are_bodies_of_their_own(self) -> None:
        first, second, third = (opened(self.BODY, "multipart/mixed; boundary=b", number) for number in range(3))
        assert (first.format, first.facts.charset, first.nodes("", 0, 1).nodes[0].value) == ("json", "iso-8859-1", "é")
        assert first.raw == '{"a": "é"}'.encode()
        assert (second.format, second.records("", 0, 5).columns) == ("csv", ["id", "name"])
        assert (third.format, third.raw) == ("image", PNG)

    def test_that_are_not_there_are_missing(self) -> None:
        with pytest.raises(PartMissing):
            opened(self.BODY, "multipart/mixed; boundary=b", 3)
        with pytest.raises(PartMissing):
            opened("{}", "application/json", 0)
