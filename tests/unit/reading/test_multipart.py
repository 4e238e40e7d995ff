# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Multipart bodies: what servers and browsers send, and what is broken."""

import base64
import time

import pytest

from openconnector.reading.multipart import MAX_PARTS, boundary_of, split

BINARY = bytes(range(256))


def parts(body: bytes, content_type: str = 'multipart/mixed; boundary="b"') -> list[bytes]:
    boundary = boundary_of(content_type, body)
    assert boundary is not None
    return [part.content(body) for part in split(body, boundary)]


def test_parts_are_the_bytes_between_the_delimiters() -> None:
    body = (
        b"preamble\r\n--b\r\nContent-Type: text/plain\r\n\r\none\r\n\r\n--b\r\n\r\n" + BINARY + b"\r\n--b--\r\nepilogue"
    )
    assert parts(body) == [b"one\r\n", BINARY]


def test_attachments_have_their_ids_and_names() -> None:
    body = (
        b'--uuid:1\r\nContent-Type: application/xop+xml; type="text/xml"\r\nContent-ID: <root@x>\r\n\r\n<a/>\r\n'
        b"--uuid:1\r\nContent-Type: image/png\r\nContent-ID: <img@x>\r\n"
        b'Content-Disposition: attachment; filename="foto \xc3\xa9.png"\r\n\r\n\x89PNG\r\n--uuid:1--'
    )
    found = split(body, boundary_of('multipart/related; type="application/xop+xml"; boundary="uuid:1"', body) or b"")
    assert [(part.media_type, part.content_id, part.file_name) for part in found] == [
        ("application/xop+xml", "root@x", None),
        ("image/png", "img@x", "foto é.png"),
    ]


def test_names_may_be_encoded() -> None:
    body = b"--b\r\nContent-Disposition: form-data; name=f; filename*=UTF-8''r%C3%A9sum%C3%A9.txt\r\n\r\nx\r\n--b--"
    assert split(body, b"b")[0].file_name == "résumé.txt"


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("base64", base64.encodebytes(BINARY)),
        ("BASE64", base64.b64encode(BINARY)),
        ("binary", BINARY),
        ("8bit", BINARY),
    ],
)
def test_transfer_encodings_are_taken_off(encoding: str, content: bytes) -> None:
    body = b"--b\r\nContent-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n" + content + b"\r\n--b--"
    assert parts(body) == [BINARY]


def test_quoted_printable_is_taken_off() -> None:
    body = b"--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=C3=A9=\r\n!\r\n--b--"
    assert parts(body) == ["café!".encode()]


def test_lines_may_end_without_carriage_return() -> None:
    assert parts(b"--b\nContent-Type: text/plain\n\none\n--b\n\ntwo\n--b--\n") == [b"one", b"two"]


def test_what_only_begins_like_the_delimiter_is_content() -> None:
    assert parts(b"--b\r\n\r\n--bc\r\nx --b\r\n--b\r\n\r\ny\r\n--b--") == [b"--bc\r\nx --b", b"y"]


def test_a_body_that_was_cut_has_what_there_is_of_its_last_part() -> None:
    assert parts(b"--b\r\n\r\none\r\n--b\r\n\r\ntw") == [b"one", b"tw"]


def test_a_boundary_that_the_header_has_not_is_read_from_the_body() -> None:
    assert parts(b"--xyz\r\n\r\none\r\n--xyz--", "multipart/mixed") == [b"one"]
    assert parts(b"--xyz\r\n\r\none\r\n--xyz--", "multipart/mixed; boundary=other") == [b"one"]


@pytest.mark.parametrize("body", [b"", b"nothing", b"--", b"--b", b"--b--", b"--b\r\n", b"--b\r\n--b\r\n--b--"])
def test_broken_bodies_do_no_harm(body: bytes) -> None:
    boundary = boundary_of("multipart/mixed; boundary=b", body)
    assert len(split(body, boundary) if boundary else []) <= 2


def test_the_number_of_parts_is_bounded() -> None:
    assert len(parts(b"--b\r\n\r\nx\r\n" * 5000 + b"--b--")) == MAX_PARTS


def test_a_large_attachment_takes_no_time() -> None:
    content = b"\r\n--\r\n-" * 2_500_000
    started = time.process_time()
    assert parts(b"--b\r\n\r\n" + content + b"\r\n--b--") == [content]
    assert time.process_time() - started < 15
