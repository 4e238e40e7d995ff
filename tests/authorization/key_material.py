# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keys, JSON Web Keys and certificates of clients. They are made anew for each run, and never written to a file."""

import base64
from dataclasses import dataclass, field
from typing import Any, Literal

import trustme
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import load_pem_x509_certificate
from joserfc.jwk import ECKey, Key, KeyParameters, OKPKey, RSAKey

CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


@dataclass(frozen=True)
class KeyPair:
    """A private key that signs, and its public half.

    Attributes:
        kid: the name that it is registered by; empty where it has none.
        pem: the private key.
        certificate: for it, as PEM; empty where there is none.
    """

    kid: str
    kty: Literal["RSA", "EC", "OKP"]
    pem: str = field(repr=False)
    certificate: str = field(default="", repr=False)

    def public_jwk(self, *, kid: str | None = None) -> dict[str, Any]:
        """What the server is told of it (RFC 7517), by this name."""
        return self._jwk(kid).as_dict(private=False)

    def private_jwk(self) -> dict[str, Any]:
        return self._jwk(None).as_dict(private=True)

    def jwks(self, *, kid: str | None = None) -> dict[str, Any]:
        """The key set of a client that has this key alone."""
        return {"keys": [self.public_jwk(kid=kid)]}

    def signing_key(self) -> Key:
        """The key as authlib and joserfc take it."""
        return self._jwk(None)

    def thumbprints(self) -> dict[str, str]:
        """`x5t` and `x5t#S256` of the certificate (RFC 7515, sections 4.1.7 and 4.1.8)."""
        certificate = load_pem_x509_certificate(self.certificate.encode())
        hashed = {"x5t": hashes.SHA1(), "x5t#S256": hashes.SHA256()}
        return {
            name: base64.urlsafe_b64encode(certificate.fingerprint(algorithm)).rstrip(b"=").decode()
            for name, algorithm in hashed.items()
        }

    def _jwk(self, kid: str | None) -> Key:
        name = self.kid if kid is None else kid
        parameters: KeyParameters = {"use": "sig", "kid": name} if name else {"use": "sig"}
        match self.kty:
            case "RSA":
                return RSAKey.import_key(self.pem, parameters)
            case "EC":
                return ECKey.import_key(self.pem, parameters)
            case "OKP":
                return OKPKey.import_key(self.pem, parameters)


def rsa_key(kid: str = "rsa-1") -> KeyPair:
    """For RS256 to RS512 and PS256 to PS512."""
    return _pair(kid, "RSA", rsa.generate_private_key(65537, 2048))


def ec_key(kid: str = "ec-1", curve: str = "P-256") -> KeyPair:
    """For ES256 (P-256), ES384 (P-384) or ES512 (P-521)."""
    return _pair(kid, "EC", ec.generate_private_key(CURVES[curve]))


def ed25519_key(kid: str = "ed-1") -> KeyPair:
    """For EdDSA."""
    return _pair(kid, "OKP", ed25519.Ed25519PrivateKey.generate())


def certified_key(authority: trustme.CA, name: str, kid: str = "") -> KeyPair:
    """An RSA key with a certificate for a host name, which is also its common name."""
    leaf = authority.issue_cert(name, common_name=name, key_type=trustme.KeyType.RSA)
    chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems).decode()
    return KeyPair(kid, "RSA", leaf.private_key_pem.bytes().decode(), chain)


def _pair(
    kid: str,
    kty: Literal["RSA", "EC", "OKP"],
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey,
) -> KeyPair:
    return KeyPair(kid, kty, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
