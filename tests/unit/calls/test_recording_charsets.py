# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bodies in charsets that nothing names: kept as UTF-8, and without secrets."""

import pytest

from openconnector.calls.recording import RecordedBody, record_body
from openconnector.vault.redaction import Redactor

TEXT = '{"naam": "Müller", "plaats": "Köln", "sleutel": "SECRET"}'
"""With a secret to be put in."""


def recorded(
    body: bytes, content_type: str = "application/json", secret: str = "", limit: int | None = None
) -> RecordedBody:
    headers = [("Content-Type", content_type)] if content_type else []
    kept = record_body(body, headers, Redactor([secret]), size=len(body), limit=len(body) if limit is None else limit)
    assert kept is not None
    return kept


@pytest.mark.parametrize(
    ("charset", "name", "origin"),
    [
        ("iso-8859-1", "windows-1252", "detected"),
        ("utf-16", "utf-16", "bom"),
        ("utf-16-le", "utf-16-le", "detected"),
        ("utf-16-be", "utf-16-be", "detected"),
        ("utf-8", "utf-8", "detected"),
    ],
)
@pytest.mark.parametrize("secret", ["geheim-4711", "wächter-größe"])
def test_a_charset_that_nothing_names_is_told_and_hides_no_secret(
    charset: str, name: str, origin: str, secret: str
) -> None:
    body = recorded(TEXT.replace("SECRET", secret).encode(charset), secret=secret)
    assert body.raw.decode() == TEXT.replace("SECRET", "REDACTED")
    assert body.description["encoding"] == "text"
    assert (body.description["charset"], body.description["charsetFrom"]) == (name, origin)


def test_a_wrong_guess_hides_the_secret_too() -> None:
    secret = "größe-und-öl"
    text = f"Příliš žluťoučký kůň úpěl: Łódź, Kraków {secret}"
    body = recorded(text.encode("cp1250"), "text/plain", secret)
    assert body.raw.decode() == text.replace(secret, "REDACTED")
    # The bytes of a secret in another charset than the rest.
    mixed = "Привет, мир! Это тест. ".encode("cp1251") + secret.encode("latin-1") + b"!"
    kept = recorded(mixed, "text/plain", secret).raw
    assert kept.endswith(b"REDACTED!")


@pytest.mark.parametrize("secret", ["geheim-4711-geheim", "wächter-größe-öl"])
@pytest.mark.parametrize("charset", ["cp1252", "utf-16-le"])
def test_a_secret_at_the_cut_is_hidden_whole_in_what_was_guessed(charset: str, secret: str) -> None:
    body = f"Müller aus Köln: {secret} und mehr, viel mehr Text".encode(charset)
    for limit in range(30, 70):
        kept = recorded(body, "text/plain", secret, limit).raw.decode()
        assert not any(secret[:length] in kept for length in range(4, len(secret)))


def test_a_header_names_the_charset() -> None:
    body = recorded("é".encode("latin-1"), "text/plain; charset=iso-8859-1")
    assert (body.description["charset"], body.description["charsetFrom"]) == ("iso-8859-1", "header")


def test_bytes_have_no_charset() -> None:
    body = recorded(b"\x89PNG\r\n\x1a\n\x00\x00", "image/png; charset=utf-8")
    assert body.description["encoding"] == "base64"
    assert (body.description["charset"], body.description["charsetFrom"]) == (None, None)


def test_a_multipart_body_keeps_its_bytes() -> None:
    raw = b"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\ncaf\xe9 geheim-4711\r\n--b--"
    body = recorded(raw, "multipart/mixed; boundary=b", "geheim-4711")
    assert body.description["encoding"] == "base64"
    assert body.raw == raw.replace(b"geheim-4711", b"REDACTED")
