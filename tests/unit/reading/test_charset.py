# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which charset a body is in, and what is no text at all."""

import os

import pytest

from openconnector.reading.charset import read_text

JSON_OF_AMSTERDAM = '{"straat": "Één", "plaats": "\N{RIGHT SINGLE QUOTATION MARK}s-Gravenhage", "prijs": "€ 5"}'

WESTERN = [
    "café",
    "Straße;Größe\nKöln;5",
    "L'été à la plage, où ça été. Noël €5",
    "id;name\n1;José\n2;Peña\n3;Ångström\n",
    JSON_OF_AMSTERDAM,
]

OTHERS = [
    ("windows-1250", "Příliš žluťoučký kůň úpěl ďábelské ódy"),
    ("windows-1250", "id;name\n1;Łódź\n2;Kraków"),
    ("windows-1251", "Привет, мир! Это тест кодировки."),
    ("koi8-r", "Привет, мир! Это тест кодировки."),
    ("windows-1253", "Αυτό είναι ένα τεστ στα ελληνικά."),
    ("shift-jis", "これはテストです。日本語の文章。"),
    ("euc-jp", "これはテストです。日本語の文章。"),
    ("gb18030", "这是一个测试。中文文本。"),
    ("big5", "這是一個測試。中文文本。"),
    ("euc-kr", "이것은 테스트입니다. 한국어 문장."),
]

BINARY = [
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00",
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\n",
    b"PK\x03\x04\x14\x00\x00\x00\x08\x00",
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    b"\x0a\x05hello\x10\x96\x01",
    b"\x0a\x05hello",
    b"\xff\xd8\xff\xe0\x00\x10JFIF",
    b"\xff\xfe\x00",
]


def found(body: bytes, media_type: str | None = "text/plain", declared: str | None = None) -> tuple[str, str, str]:
    text = read_text(body, media_type, declared)
    assert text is not None
    return text[0], text[1].name, text[1].origin


@pytest.mark.parametrize("text", WESTERN)
def test_western_texts_are_recognised_though_nothing_says_so(text: str) -> None:
    assert found(text.encode("cp1252")) == (text, "windows-1252", "detected")


@pytest.mark.parametrize(("charset", "text"), OTHERS)
def test_other_charsets_are_recognised_by_what_they_make_of_the_bytes(charset: str, text: str) -> None:
    assert found(text.encode(charset)) == (text, charset, "detected")


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_recognised_by_its_zeros(charset: str) -> None:
    assert found(JSON_OF_AMSTERDAM.encode(charset), "application/json") == (JSON_OF_AMSTERDAM, charset, "detected")


@pytest.mark.parametrize("charset", ["utf-16", "utf-32"])
@pytest.mark.parametrize("declared", [None, "iso-8859-1", "utf-8"])
def test_a_byte_order_mark_counts_more_than_a_header_that_contradicts_it(charset: str, declared: str | None) -> None:
    assert found("<a>é</a>".encode(charset), "text/xml", declared) == ("<a>é</a>", charset, "bom")


def test_the_mark_of_utf_8_stays_as_it_came() -> None:
    assert found("\ufeffé".encode()) == ("\ufeffé", "utf-8", "bom")


def test_the_header_counts_more_than_the_declaration() -> None:
    body = '<?xml version="1.0" encoding="windows-1251"?><a>é</a>'.encode("latin-1")
    assert found(body, "application/xml", "iso-8859-1")[1:] == ("iso-8859-1", "header")


@pytest.mark.parametrize(
    "declaration",
    [
        '<?xml version="1.0" encoding="windows-1251"?>',
        "<?xml version='1.0' encoding='Windows-1251'?>",
        '<!DOCTYPE html><html><head><meta charset="windows-1251">',
        '<html><meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
    ],
)
@pytest.mark.parametrize("media_type", ["application/xml", "text/html", None])
def test_a_declaration_in_the_text_counts(declaration: str, media_type: str | None) -> None:
    text = f"{declaration}<p>Привет</p>"
    assert found(text.encode("cp1251"), media_type) == (text, "windows-1251", "declaration")


def test_a_declaration_of_wide_units_in_bytes_is_wrong() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><a>é</a>'
    assert found(text.encode(), "application/xml") == (text, "utf-8", "detected")


def test_what_does_not_belong_to_the_declared_charset_is_marked() -> None:
    assert found(b"caf\xe9", "application/json", "utf-8") == ("caf\ufffd", "utf-8", "header")


def test_what_is_ascii_for_long_is_recognised_by_the_piece_that_is_not() -> None:
    text = "id;name\n" * 40_000 + "1;José Peña, Ångström"
    assert found(text.encode("cp1252"), "text/csv") == (text, "windows-1252", "detected")


def test_utf_8_that_ends_within_a_character_stays_utf_8() -> None:
    assert found("Größe é".encode()[:-1]) == ("Größe ", "utf-8", "detected")


@pytest.mark.parametrize("body", BINARY)
@pytest.mark.parametrize("media_type", [None, "application/octet-stream", "application/x-protobuf"])
def test_what_is_binary_is_no_text(body: bytes, media_type: str | None) -> None:
    assert read_text(body, media_type, None) is None


@pytest.mark.parametrize("body", [body for body in BINARY if b"\0" in body])
def test_what_is_binary_is_no_text_though_it_says_so(body: bytes) -> None:
    assert read_text(body, "text/html", None) is None


@pytest.mark.parametrize("media_type", ["image/png", "application/pdf", "application/zip", "audio/mpeg", "font/woff"])
def test_nothing_is_guessed_about_what_calls_itself_something_else(media_type: str) -> None:
    assert read_text("café, Größe".encode("cp1252"), media_type, None) is None
    assert read_text("café, Größe".encode(), media_type, None) is not None


def test_random_bytes_are_no_text() -> None:
    bodies = [os.urandom(size) for size in (40, 300) for _ in range(200)]
    assert [
        body for body in bodies for kind in (None, "text/plain") if len(body) > 100 and read_text(body, kind, None)
    ] == []
    assert sum(read_text(body, None, None) is not None for body in bodies) <= 1


def test_the_parts_of_a_multipart_body_stay_as_they_are() -> None:
    assert read_text("é".encode("latin-1") * 10, "multipart/form-data", "iso-8859-1") is None
    assert found("é".encode(), "multipart/form-data", "iso-8859-1")[0] == "é"
