# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a file is, before a library reads it."""

import base64
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from openconnector.authentication.der import elements, first_of, iterations_of, label_of
from tests.keys import chain, ec_key, ed25519_key, pem_of, rsa_key

PASTED = Path(__file__).parent / "pasted"


def der_of(pem: str) -> bytes:
    return base64.b64decode("".join(line for line in pem.splitlines() if "-----" not in line))


@pytest.mark.parametrize(
    ("pem", "label"),
    [
        (pem_of(ec_key()), "PRIVATE KEY"),
        (pem_of(ed25519_key()), "PRIVATE KEY"),
        (pem_of(ec_key(), "open-sesame"), "ENCRYPTED PRIVATE KEY"),
        (pem_of(ec_key(), form=PrivateFormat.TraditionalOpenSSL), "EC PRIVATE KEY"),
        ((PASTED / "rsa1024-pkcs1.pem").read_text(), "RSA PRIVATE KEY"),
        (chain()[0].pem, "CERTIFICATE"),
        ((PASTED / "request.pem").read_text(), "CERTIFICATE REQUEST"),
        ((PASTED / "certificates.p7b").read_text(), "PKCS7"),
    ],
)
def test_a_structure_is_known_by_how_it_begins(pem: str, label: str) -> None:
    assert label_of(der_of(pem)) == label


def test_public_keys_are_known() -> None:
    key = rsa_key().public_key()
    assert label_of(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)) == "PUBLIC KEY"
    assert label_of(key.public_bytes(Encoding.DER, PublicFormat.PKCS1)) == "RSA PUBLIC KEY"


@pytest.mark.parametrize("name", ["modern", "legacy", "java", "no-passphrase", "no-key", "no-certificate"])
def test_a_pkcs12_file_is_known(name: str) -> None:
    assert label_of((PASTED / f"{name}.p12").read_bytes()) == "PKCS12"


def test_what_is_cut_off_is_nothing() -> None:
    assert label_of((PASTED / "modern.p12").read_bytes()[:-1]) == ""


@given(st.binary(max_size=200))
def test_anything_has_a_label_and_a_count(raw: bytes) -> None:
    assert isinstance(label_of(raw), str)
    assert iterations_of(raw) >= 0


def test_rounds_of_a_passphrase_are_found_in_keys_and_files() -> None:
    assert iterations_of(der_of((PASTED / "pkcs8-aes.pem").read_text())) == 2048
    assert iterations_of((PASTED / "legacy.p12").read_bytes()) == 2048
    assert iterations_of((PASTED / "java.p12").read_bytes()) == 10_000
    assert iterations_of(der_of(chain()[0].pem)) == 0


def test_the_first_element_goes_without_what_follows() -> None:
    raw = chain()[0].der
    assert first_of(raw + b"\x30\x03\x02\x01\x05") == raw
    assert x509.load_der_x509_certificate(first_of(raw + b"more")) == chain()[0].certificate


def test_a_length_that_reaches_beyond_the_end_is_an_error() -> None:
    with pytest.raises(ValueError, match="cut off"):
        elements(b"\x30\x84\xff\xff\xff\xff")


def test_a_structure_of_unknown_length_reaches_to_the_end() -> None:
    assert elements(b"\x30\x80\x02\x01\x05\x00\x00") == [(0x30, b"\x02\x01\x05\x00\x00")]
