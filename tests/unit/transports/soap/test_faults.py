# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Faults in envelopes."""

import time

import pytest

from openconnector.transports.soap.faults import fault_of
from openconnector.transports.soap.names import SOAP_11, SOAP_12, WSSE

FAULT_11 = f"""<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="{SOAP_11}"><soap:Header><Fault/></soap:Header><soap:Body><soap:Fault>
  <faultcode>soap:Client</faultcode><faultstring xml:lang="en">No parcel 12</faultstring>
  <faultactor>urn:gis</faultactor>
  <detail><e:error xmlns:e="urn:e"><e:code>42</e:code><e:text>Gone</e:text></e:error></detail>
</soap:Fault></soap:Body></soap:Envelope>"""

FAULT_12 = f"""<env:Envelope xmlns:env="{SOAP_12}" xmlns:w="{WSSE}"><env:Body><env:Fault>
  <env:Code><env:Value>env:Sender</env:Value><env:Subcode><env:Value>w:FailedAuthentication</env:Value></env:Subcode>
  </env:Code><env:Reason><env:Text xml:lang="nl">Wie?</env:Text>
  <env:Text xml:lang="en-GB">Who are you?</env:Text>
  </env:Reason><env:Detail><empty/></env:Detail></env:Fault></env:Body></env:Envelope>"""


def test_a_fault_of_soap_11() -> None:
    fault = fault_of(FAULT_11.encode())
    assert fault is not None
    assert (fault.code, fault.reason, fault.detail, fault.actor) == (
        "soap:Client",
        "No parcel 12",
        "42 Gone",
        "urn:gis",
    )
    assert (fault.is_about_sender, fault.is_refusal) == (True, False)


def test_a_fault_of_soap_12() -> None:
    fault = fault_of(FAULT_12.encode())
    assert fault is not None
    assert (fault.code, fault.subcodes) == ("env:Sender", ("w:FailedAuthentication",))
    assert (fault.reason, fault.detail) == ("Who are you?", "<empty/>")
    assert (fault.is_about_sender, fault.is_refusal) == (True, True)


def test_a_fault_in_the_first_part_of_a_multipart_body() -> None:
    head = b"--x\r\nContent-Type: application/xop+xml\r\nContent-ID: <root>\r\n\r\n"
    fault = fault_of(head + FAULT_11.encode() + b"\r\n--x\r\n\r\n\x00\xff<binary\r\n--x--")
    assert fault is not None
    assert fault.code == "soap:Client"


def test_a_fault_in_another_charset() -> None:
    text = FAULT_11.replace("utf-8", "iso-8859-1").replace("No parcel", "Ungültig")
    fault = fault_of(text.encode("latin-1"))
    assert fault is not None
    assert fault.reason == "Ungültig 12"


@pytest.mark.parametrize(
    ("charset", "media_type", "declared"),
    [
        ("utf-16", "text/xml", "utf-16"),
        ("utf-16", "text/xml", None),
        ("utf-16-be", "application/soap+xml", "utf-16be"),
        ("utf-16-le", None, None),
        ("latin-1", "text/xml", "iso-8859-1"),
    ],
)
@pytest.mark.parametrize("written", ["utf-8", "utf-16"])
def test_the_charset_is_that_of_the_header_or_of_the_bytes(
    charset: str, media_type: str | None, declared: str | None, written: str
) -> None:
    text = FAULT_11.replace("utf-8", written).replace("No parcel", "Ungültig")
    fault = fault_of(text.encode(charset), media_type, declared)
    assert fault is not None
    assert fault.reason == "Ungültig 12"


def test_a_charset_that_the_body_is_not_in_hides_no_fault() -> None:
    fault = fault_of(FAULT_11.encode(), "text/xml", "utf-16")
    assert fault is not None
    assert fault.reason == "No parcel 12"


def test_a_body_that_was_cut_behind_its_fault() -> None:
    assert fault_of(FAULT_11.encode()[: FAULT_11.index("</soap:Body>")]) is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Fault",
        b"<Envelope><Body><Fault/></Body></Envelope>",
        f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body><r><s:Fault/></r></s:Body></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body><ok/><s:Fault/></s:Body></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP_11}"><Fault/></s:Envelope>'.encode(),
        b"<s:Envelope Fault" + b"<" * 100_000,
    ],
)
def test_what_is_no_fault(body: bytes) -> None:
    assert fault_of(body) is None


def test_the_form_of_12_in_an_envelope_of_11_and_a_name_that_xml_does_not_allow() -> None:
    fault = fault_of(FAULT_12.replace(SOAP_12, SOAP_11).replace("<empty/>", "<env:@>none</env:@>").encode())
    assert fault is not None
    assert (fault.code, fault.reason) == ("env:Sender", "Who are you?")


def test_a_fault_that_says_nothing() -> None:
    fault = fault_of(f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body><s:Fault/></s:Body></s:Envelope>'.encode())
    assert fault is not None
    assert (fault.code, fault.reason) == ("", "")


@pytest.mark.parametrize(
    "body",
    [b"<?xml ?><!--" * 90_000, (b"<?xml?>" + b" " * 1000) * 1000, b"<Envelope>Fault" + b"</Envelope " * 90_000],
)
def test_a_body_of_beginnings_takes_no_long_time(body: bytes) -> None:
    started = time.process_time()
    assert fault_of(body) is None
    assert time.process_time() - started < 10


@pytest.mark.parametrize("odd", [b"&#xD800;", b"\xed\xa0\x80", b"\xff", b"&#x110000;", b"\0"])
def test_what_is_no_character_is_no_failure(odd: bytes) -> None:
    body = FAULT_11.encode().replace(b"No parcel", b"No " + odd + b"parcel").replace(b"Gone", b"Gone" + odd)
    fault = fault_of(body)
    assert fault is not None
    assert fault.reason.startswith("No ")
    assert fault.reason.endswith("parcel 12")
    assert "Gone" in fault.detail
    assert fault.reason.encode()
