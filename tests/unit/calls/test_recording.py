# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How bodies are cut, decoded and described."""

from dataclasses import replace

import pytest

from openconnector.calls.recording import content_type, record_body, redact
from openconnector.vault.redaction import Redactor
from tests.unit.calls.observations import certificate, connection, exchange, response


def text_of(body: bytes, content: str, limit: int = 100) -> tuple[str, str, bool]:
    recorded = record_body(
        body, [("Content-Type", content)] if content else [], Redactor(), size=len(body), limit=limit
    )
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
    recorded = record_body(b"abc", [], Redactor(), size=1000, limit=3)
    assert recorded is not None
    assert (recorded.description["size"], recorded.description["isTruncated"]) == (1000, True)


def test_no_body_is_none() -> None:
    assert record_body(b"", [], Redactor(), size=0, limit=10) is None
    assert record_body(None, [], Redactor(), size=0, limit=10) is None


def test_content_type_is_read_without_case() -> None:
    assert content_type([("CONTENT-TYPE", "Text/HTML; Charset=UTF-8")]) == ("text/html", "utf-8")
    assert content_type([]) == (None, None)


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-32", "utf-7", "cp037", "utf-16-le", "utf-8"])
def test_a_secret_is_found_in_every_charset(charset: str) -> None:
    secret = "pässwörd-geheim"
    headers = [("Content-Type", f"text/plain; charset={charset}")]
    body = f"it is {secret}!".encode(charset)
    recorded = record_body(body, headers, Redactor([secret]), size=len(body), limit=1000)
    assert recorded is not None
    assert recorded.raw.decode() == "it is REDACTED!"
    assert recorded.description["isTruncated"] is False


@pytest.mark.parametrize(
    "charset", ["base64", "rot13", "hex", "zlib", "bz2", "uu", "quopri", "idna", "undefined", "x" * 99]
)
def test_what_is_no_charset_is_passed_over(charset: str) -> None:
    recorded = record_body(b"abc", [("Content-Type", f"text/plain; charset={charset}")], Redactor(), size=3, limit=9)
    assert recorded is not None
    assert recorded.raw == b"abc"


@pytest.mark.parametrize("charset", ["utf-8", "utf-16-le", "utf-32-le"])
def test_a_window_of_the_longest_form_shows_a_secret_at_the_cut_whole(charset: str) -> None:
    secret = "a-secret-of-some-length"
    redactor = Redactor([secret])
    body = f"it is {secret} and more text behind it, so that there is enough".encode(charset)
    for limit in range(len("it is ".encode(charset)), len(f"it is {secret}".encode(charset))):
        headers = [("Content-Type", f"text/plain; charset={charset}")]
        window = body[: limit + redactor.longest]
        recorded = record_body(window, headers, redactor, size=len(body), limit=limit)
        assert recorded is not None
        assert recorded.raw.decode() in ("it is ", "it is REDACTED")


def test_redaction_does_not_change_whether_a_body_was_cut() -> None:
    redactor = Redactor(["a-long-secret-value-of-many-characters", "abcd"])
    for body in (b"a-long-secret-value-of-many-characters", b"abcd" * 10):
        recorded = record_body(body, [], redactor, size=len(body), limit=len(body))
        assert recorded is not None
        assert recorded.description["isTruncated"] is False
        assert set(recorded.raw.decode().replace("REDACTED", "")) == set()


def test_a_secret_in_a_certificate_is_taken_out_of_it() -> None:
    plain, told = certificate(), certificate("CN=tenant-4711.api.example", "CN=Root of tenant-4711")
    told = replace(told, names=("tenant-4711.api.example", "api.example"))
    (kept,) = redact([exchange(response(), via=connection(plain, told))], Redactor(["tenant-4711"]))
    assert kept.connection is not None
    assert kept.connection.tls is not None
    assert kept.connection.tls.chain[0] == plain
    assert kept.connection.tls.chain[1] == replace(
        told,
        subject="CN=REDACTED.api.example",
        issuer="CN=Root of REDACTED",
        names=("REDACTED.api.example", "api.example"),
    )
