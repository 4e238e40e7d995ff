# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How bodies are cut, decoded and described."""

import pytest

from openconnector.calls.recording import content_type, record_body


def text_of(body: bytes, content: str, limit: int = 100) -> tuple[str, str, bool]:
    recorded = record_body(body, [("Content-Type", content)] if content else [], size=len(body), limit=limit)
    assert recorded is not None
    described = recorded.description
    return described["encoding"], recorded.raw.decode("utf-8", "replace"), described["isTruncated"]


@pytest.mark.parametrize(
    ("body", "content", "expected"),
    [
        ("é".encode(), "application/json", ("text", "é", False)),
        ("é".encode("latin-1"), "text/plain; charset=ISO-8859-1", ("text", "é", False)),
        ("é".encode("utf-16"), 'text/xml; charset="utf-16"', ("text", "é", False)),
        (b"plain", "", ("text", "plain", False)),
        (b"plain", "text/plain; charset=no-such-charset", ("text", "plain", False)),
        (b"\xff\xfe\x00", "application/octet-stream", ("base64", "\ufffd\ufffd\x00", False)),
        (b"a\x00b", "text/plain", ("base64", "a\x00b", False)),
        (b"\xe9", "application/json", ("base64", "\ufffd", False)),
    ],
)
def test_text_is_told_from_the_rest(body: bytes, content: str, expected: tuple[str, str, bool]) -> None:
    assert text_of(body, content) == expected


def test_a_cut_through_a_character_leaves_it_out() -> None:
    assert text_of("aé".encode(), "application/json", limit=2) == ("text", "a", True)


def test_what_was_received_beyond_the_kept_part_is_counted() -> None:
    recorded = record_body(b"abc", [], size=1000, limit=3)
    assert recorded is not None
    assert (recorded.description["size"], recorded.description["isTruncated"]) == (1000, True)


def test_no_body_is_none() -> None:
    assert record_body(b"", [], size=0, limit=10) is None
    assert record_body(None, [], size=0, limit=10) is None


def test_content_type_is_read_without_case() -> None:
    assert content_type([("CONTENT-TYPE", "Text/HTML; Charset=UTF-8")]) == ("text/html", "utf-8")
    assert content_type([]) == (None, None)
