# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names and headers of downloads."""

import pytest

from openconnector.logs.downloads import download_headers
from openconnector.reading.view import BodyFacts


def disposition(file_name: str | None = None, media_type: str | None = None, *, is_text: bool = True) -> str:
    facts = BodyFacts("", media_type, None, None, is_text, False, 1, 1, file_name)
    return download_headers(facts, "response-1")["Content-Disposition"]


@pytest.mark.parametrize(
    ("media_type", "extension"),
    [("application/json", "json"), ("application/problem+json", "json"), ("text/csv", "csv"), (None, "txt")],
)
def test_a_body_is_named_by_what_it_is(media_type: str | None, extension: str) -> None:
    assert disposition(media_type=media_type) == f'attachment; filename="response-1.{extension}"'


def test_bytes_of_no_known_kind_are_a_binary_file() -> None:
    assert disposition(is_text=False) == 'attachment; filename="response-1.bin"'


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.pdf", 'filename="report.pdf"'),
        ("../../etc/passwd", 'filename="_.._etc_passwd"'),
        ('a"b\r\nSet-Cookie: x', 'filename="a_b_Set-Cookie_ x"'),
        ("é.txt", "filename=\"_.txt\"; filename*=UTF-8''%C3%A9.txt"),
        ("100%.txt", "filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
        ("...", 'filename="response-1.txt"'),
    ],
)
def test_a_part_keeps_its_name_as_far_as_it_is_one(given: str, kept: str) -> None:
    assert disposition(given) == f"attachment; {kept}"
