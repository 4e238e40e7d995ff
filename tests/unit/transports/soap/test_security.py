# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""WS-Security: checked by xmlsec, and by the formula of the profile."""

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
import trustme
import xmlsec
from lxml import etree

from openconnector.transports.soap.names import DS, SOAP_11, SOAP_12, WSSE, WSU
from openconnector.transports.soap.security import (
    EnvelopeUnusable,
    Security,
    SigningIdentity,
    UsernameCredentials,
    secured,
)

AT = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
NAMES = {"wsse": WSSE, "wsu": WSU, "ds": DS}


def envelope(namespace: str = SOAP_11, *, header: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?><s:Envelope xmlns:s="{namespace}">{header}'
        '<s:Body><add xmlns="urn:calculator"><a>2</a> <b>3 &amp; 4</b></add></s:Body></s:Envelope>'
    ).encode()


def identity(key_type: trustme.KeyType) -> tuple[SigningIdentity, bytes]:
    issued = trustme.CA().issue_cert("client.example", key_type=key_type)
    certificate = issued.cert_chain_pems[0].bytes()
    return SigningIdentity(certificate.decode(), issued.private_key_pem.bytes().decode()), certificate


def verify(text: bytes, certificate: bytes) -> list[str]:
    """What xmlsec finds to be signed; it raises when the signature is wrong."""
    document = etree.fromstring(text)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertPem)
    for element in document.iter():
        if element.get(f"{{{WSU}}}Id"):
            context.register_id(element, "Id", WSU)
    signature = xmlsec.tree.find_node(document, "Signature", DS)
    context.verify(signature)
    return [reference.get("URI").lstrip("#") for reference in signature.iterfind(".//ds:Reference", NAMES)]


def one(text: bytes, path: str) -> Any:
    found = etree.fromstring(text).xpath(path, namespaces=NAMES)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("namespace", [SOAP_11, SOAP_12])
def test_a_password_in_clear(namespace: str) -> None:
    made = secured(envelope(namespace), Security(UsernameCredentials("jan", "a<b&c")), AT)
    assert one(made.body, "//wsse:UsernameToken/wsse:Username").text == "jan"
    assert one(made.body, "//wsse:Password").text == "a<b&c"
    assert one(made.body, "//wsse:Security").get(f"{{{namespace}}}mustUnderstand") == "1"
    assert made.made == ()


def test_a_digest_is_that_of_nonce_time_and_password() -> None:
    made = secured(envelope(), Security(UsernameCredentials("jan", "geheim€", "digest")), AT)
    nonce = base64.b64decode(one(made.body, "//wsse:Nonce").text)
    created = one(made.body, "//wsse:UsernameToken/wsu:Created").text
    expected = base64.b64encode(hashlib.sha1(nonce + created.encode() + "geheim€".encode()).digest()).decode()
    assert one(made.body, "//wsse:Password").text == expected
    assert made.made == (expected,)
    assert "geheim" not in made.body.decode()


def test_a_nonce_is_never_used_again() -> None:
    security = Security(UsernameCredentials("jan", "geheim", "digest"))
    assert len({one(secured(envelope(), security, AT).body, "//wsse:Nonce").text for _ in range(20)}) == 20


def test_a_timestamp_ends() -> None:
    made = secured(envelope(), Security(timestamp_seconds=300), AT)
    assert one(made.body, "//wsu:Timestamp/wsu:Created").text == "2026-11-27T12:00:00.000Z"
    assert one(made.body, "//wsu:Timestamp/wsu:Expires").text == "2026-11-27T12:05:00.000Z"


@pytest.mark.parametrize("key_type", list(trustme.KeyType))
@pytest.mark.parametrize("namespace", [SOAP_11, SOAP_12])
def test_body_timestamp_and_user_are_signed(key_type: trustme.KeyType, namespace: str) -> None:
    signer, certificate = identity(key_type)
    made = secured(envelope(namespace), Security(UsernameCredentials("jan", "x"), 60, signer), AT)
    assert [name.partition("-")[0] for name in verify(made.body, certificate)] == ["body", "timestamp", "username"]


@pytest.mark.parametrize("part", ["3 &amp; 4", "12:01:00"])
def test_what_is_changed_on_the_way_is_noticed(part: str) -> None:
    signer, certificate = identity(trustme.KeyType.RSA)
    made = secured(envelope(), Security(timestamp_seconds=60, identity=signer), AT)
    assert part.encode() in made.body
    with pytest.raises(xmlsec.Error):
        verify(made.body.replace(part.encode(), b"5"), certificate)


def test_a_header_that_is_there_stays_behind_ours() -> None:
    header = '<s:Header><own xmlns="urn:own">1</own></s:Header>'
    document = etree.fromstring(secured(envelope(header=header), Security(timestamp_seconds=60), AT).body)
    assert [etree.QName(block).localname for block in document[0]] == ["Security", "own"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<a/>",
        f'<s:Envelope xmlns:s="{SOAP_11}"/>'.encode(),
        f'<!DOCTYPE a [<!ENTITY b "c">]><s:Envelope xmlns:s="{SOAP_11}"><s:Body>&b;</s:Body></s:Envelope>'.encode(),
        f'<!DOCTYPE a [<!ENTITY b "c">]><s:Envelope xmlns:s="{SOAP_11}"><s:Body/></s:Envelope>'.encode("utf-16"),
        b'<s:Envelope xmlns:s="urn:other"><s:Body/></s:Envelope>',
    ],
)
def test_what_is_no_envelope_is_not_secured(body: bytes) -> None:
    with pytest.raises(EnvelopeUnusable):
        secured(body, Security(timestamp_seconds=60), AT)


def test_secrets_are_in_no_repr() -> None:
    signer, _ = identity(trustme.KeyType.ECDSA)
    security = Security(UsernameCredentials("jan", "geheim"), 60, signer)
    assert "geheim" not in repr(security)
    assert "PRIVATE" not in repr(security)
