# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A document of a service description is read safely, and tells what it imports."""

import pytest
from lxml import etree

from openconnector.transports.soap.documents import Reference, UnusableDocument, read_document
from tests.soap.server import wsdl

WSDL = '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:x">{}</definitions>'
IMPORT = '<import namespace="urn:y" location="{}"/>'
ADDRESS = "https://host.example/services/a.wsdl"


def problem_of(content: str | bytes) -> str:
    with pytest.raises(UnusableDocument) as raised:
        read_document(content, ADDRESS, is_root=True)
    return str(raised.value)


def test_relative_addresses_become_absolute() -> None:
    read = read_document(WSDL.format(IMPORT.format("../types/b.wsdl#part")), ADDRESS)
    assert read.references == [Reference("../types/b.wsdl#part", "https://host.example/types/b.wsdl")]
    assert 'location="https://host.example/types/b.wsdl"' in read.text


def test_behind_a_redirect_addresses_are_relative_to_where_it_led() -> None:
    read = read_document(WSDL.format(IMPORT.format("b.wsdl")), ADDRESS, base="https://host.example/moved/a.wsdl")
    assert read.references[0].address == "https://host.example/moved/b.wsdl"


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://host/a.xsd", "https://[bad/a.xsd"])
def test_other_addresses_than_those_of_the_web_are_refused(address: str) -> None:
    assert "only addresses with http:// and https:// are followed" in problem_of(WSDL.format(IMPORT.format(address)))


def test_a_bomb_of_entities_is_refused() -> None:
    lol = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{lol}]>' + WSDL.format('<documentation x="&l11;">&l11;</documentation>')
    assert "defines XML entities" in problem_of(bomb)
    assert "defines XML entities" in problem_of(bomb.encode())


def test_a_bomb_in_another_encoding_is_refused() -> None:
    bomb = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY l0 "lol">]>' + WSDL.format("")
    assert "defines XML entities" in problem_of(bomb.encode("utf-16"))


def test_an_external_entity_reads_no_file() -> None:
    secret = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>' + WSDL.format(
        "<documentation>&f;</documentation>"
    )
    assert "defines XML entities" in problem_of(secret)


def test_a_document_type_without_entities_is_left_out() -> None:
    read = read_document('<!DOCTYPE definitions SYSTEM "http://127.0.0.1:1/x.dtd">' + WSDL.format(""), ADDRESS)
    assert "DOCTYPE" not in read.text


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><body><br></body></html>",
        "<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>",
        "\n<HTML><p>Log in</HTML>",
    ],
)
def test_a_web_page_in_place_of_a_wsdl_is_called_one(page: str) -> None:
    assert "is a web page, and no WSDL" in problem_of(page)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "the answer is empty"),
        ("{}", "is not well-formed XML"),
        ("<a/>", "is no WSDL: it is XML, and begins with “a”"),
        ("<x:schema xmlns:x='http://www.w3.org/2001/XMLSchema'/>", "begins with “schema”"),
        ("<description xmlns='http://www.w3.org/ns/wsdl'/>", "is WSDL 2.0"),
        ("<a>" * 5000, "is not well-formed XML"),
    ],
)
def test_what_is_no_wsdl_is_named(content: str, words: str) -> None:
    assert words in problem_of(content)


def test_other_encodings_are_read() -> None:
    text = '<?xml version="1.0" encoding="{}"?>' + WSDL.format("<documentation>Größe</documentation>")
    for encoding in ("utf-8", "iso-8859-1", "utf-16"):
        assert "Größe" in read_document(text.format(encoding).encode(encoding), ADDRESS).text
    assert "Größe" in read_document(text.format("iso-8859-1"), ADDRESS).text  # as a file that was read as text


def test_what_was_sent_in_the_query_is_not_kept_in_addresses() -> None:
    text = wsdl("calculator", "http://host.example").replace(".asmx", ".asmx?key=abc12345")
    read = read_document(text, ADDRESS, redact=lambda part: part.replace("abc12345", "REDACTED"))
    assert "abc12345" not in read.text
    assert 'location="http://host.example/calculator.asmx?key=REDACTED"' in read.text
    etree.fromstring(read.text)
