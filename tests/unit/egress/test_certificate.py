# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is read from certificates: hashes that bind a login to a connection, and whose is the first of a chain."""

import hashlib
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

from openconnector.egress import certificate as certificates
from openconnector.egress.certificate import chain_of


def self_signed(algorithm: hashes.HashAlgorithm | None) -> bytes:
    """A certificate in DER; without an algorithm it is signed with Ed25519, which has none to choose."""
    key = ec.generate_private_key(ec.SECP256R1()) if algorithm else ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(1))
        .not_valid_after(now + timedelta(1))
        .sign(key, algorithm)  # type: ignore[arg-type]
        .public_bytes(serialization.Encoding.DER)
    )


def chain(*shown: bytes, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The fingerprints of a chain that was shown."""
    monkeypatch.setattr(certificates, "_shown", lambda _: list(shown))
    connection = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")
    return [one.fingerprint for one in chain_of(connection)]


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [(hashes.SHA256(), "sha256"), (hashes.SHA384(), "sha384"), (hashes.SHA512(), "sha512"), (None, None)],
)
def test_the_end_point_is_hashed_as_the_certificate_is_signed(
    algorithm: hashes.HashAlgorithm | None, name: str | None
) -> None:
    der = self_signed(algorithm)
    described = certificates._describe(der)
    assert described is not None
    assert described.end_point == (hashlib.new(name, der).hexdigest() if name else "")


def test_a_chain_ends_before_what_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = self_signed(hashes.SHA256()), self_signed(hashes.SHA384())
    fingerprints = [hashlib.sha256(der).hexdigest() for der in (one, other)]
    assert chain(one, other, monkeypatch=monkeypatch) == fingerprints
    assert chain(one, b"\x30\x00", other, monkeypatch=monkeypatch) == fingerprints[:1]


def test_an_unreadable_certificate_of_the_server_is_not_taken_for_the_one_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert chain(b"\x30\x00", self_signed(hashes.SHA256()), monkeypatch=monkeypatch) == []
