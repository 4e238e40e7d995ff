# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keys and certificates for tests, made once in a run: an RSA key takes a tenth of a second."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

_CURVES = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1, "secp256k1": ec.SECP256K1}


@cache
def rsa_key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:  # noqa: ARG001  # is a key of the cache
    """An RSA key; another one for another number."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key(curve: str = "P-256", number: int = 0) -> ec.EllipticCurvePrivateKey:  # noqa: ARG001
    """A key on a curve; another one for another number."""
    return ec.generate_private_key(_CURVES[curve]())


@cache
def ed25519_key() -> ed25519.Ed25519PrivateKey:
    """An Ed25519 key."""
    return ed25519.Ed25519PrivateKey.generate()


def pem_of(key: Key, passphrase: str = "", form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    """A private key in PEM."""
    encryption: KeySerializationEncryption = NoEncryption()
    if passphrase:
        encryption = BestAvailableEncryption(passphrase.encode())
    return key.private_bytes(Encoding.PEM, form, encryption).decode()


def public_pem_of(key: Key) -> str:
    """The public half of a key in PEM."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def jwk_of(key: Key, **members: Any) -> str:
    """A private JWK (RFC 7518, section 6; RFC 8037)."""
    return json.dumps(_members(key) | members)


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def issue(
    name: str,
    key: Key,
    issuer: Issued | None = None,
    *,
    begins: timedelta = timedelta(days=-1),
    ends: timedelta = timedelta(days=365),
    usages: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.CLIENT_AUTH,),
) -> Issued:
    """A certificate that is valid from `begins` to `ends`, counted from now; self-signed without an issuer."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    at = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at + begins)
        .not_valid_after(at + ends)
        .add_extension(x509.BasicConstraints(ca=not usages, path_length=None), critical=True)
    )
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    signing: CertificateIssuerPrivateKeyTypes = issuer.key if issuer else key
    algorithm = None if isinstance(signing, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Issued(builder.sign(signing, algorithm), key)


@cache
def chain(number: int = 0) -> tuple[Issued, Issued, Issued]:
    """A client's certificate, that of its issuer, and that of the root."""
    root = issue("Root", ec_key(number=100 + number), usages=())
    middle = issue("Issuer", ec_key(number=200 + number), root, usages=())
    return issue("client.example", ec_key(number=300 + number), middle), middle, root


def pkcs12_of(leaf: Issued, others: Sequence[Issued] = (), passphrase: str = "") -> str:
    """A PKCS#12 file in base64."""
    encryption: KeySerializationEncryption = NoEncryption()
    if passphrase:
        encryption = BestAvailableEncryption(passphrase.encode())
    raw = serialize_key_and_certificates(
        b"alias", leaf.key, leaf.certificate, [other.certificate for other in others], encryption
    )
    return base64.b64encode(raw).decode()


def service_account(key: rsa.RSAPrivateKey, **members: str) -> str:
    """The JSON document that Google gives for a service account."""
    document = {
        "type": "service_account",
        "project_id": "gemeente-1234",
        "private_key_id": "5f2c9a",
        "private_key": pem_of(key),
        "client_email": "koppeling@gemeente-1234.iam.gserviceaccount.example",
        "client_id": "1",
        "token_uri": "https://oauth2.googleapis.example/token",
    }
    return json.dumps(document | members, indent=2)


def _members(key: Key) -> dict[str, Any]:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        x, d = key.public_key().public_bytes_raw(), key.private_bytes_raw()
        return {"kty": "OKP", "crv": "Ed25519", "x": _encoded(x), "d": _encoded(d)}
    if isinstance(key, ec.EllipticCurvePrivateKey):
        numbers, size = key.private_numbers(), (key.key_size + 7) // 8
        x, y = numbers.public_numbers.x, numbers.public_numbers.y
        points = {"x": x, "y": y, "d": numbers.private_value}
        curve = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}[key.curve.name]
        return {"kty": "EC", "crv": curve} | {name: _number(value, size) for name, value in points.items()}
    of_rsa = key.private_numbers()
    values = {"n": of_rsa.public_numbers.n, "e": of_rsa.public_numbers.e, "d": of_rsa.d, "p": of_rsa.p, "q": of_rsa.q}
    values |= {"dp": of_rsa.dmp1, "dq": of_rsa.dmq1, "qi": of_rsa.iqmp}
    return {"kty": "RSA"} | {name: _number(value) for name, value in values.items()}


def _number(value: int, size: int = 0) -> str:
    return _encoded(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
