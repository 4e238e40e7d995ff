# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Private keys: read, decrypted, checked, and written in one form, PKCS#8 without encryption (RFC 5958).

This loads megabytes of `cryptography`: import it where a key is there, and not at the top of a module.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
)

from openconnector.authentication.der import MAX_ITERATIONS, iterations_of
from openconnector.authentication.pasted import FieldName, KeyProblem, Part, Pasted
from openconnector.core.phrases import phrase

MAX_RSA_BITS = 16_384
"""What OpenSSL works with. Checking the primes of longer keys takes minutes."""

LEAST_BITS = {"RSA": 2048, "EC": 224, "oct": 256}
"""What NIST SP 800-131A asks for, and RFC 7518, sections 3.2 and 3.3, for RSA and HS256."""

_HMAC_ALGORITHMS = ("HS256", "HS384", "HS512")
_RSA_ALGORITHMS = ("RS256", "PS256", "RS384", "PS384", "RS512", "PS512")
_CURVE_ALGORITHMS = {"P-256": ("ES256",), "P-384": ("ES384",), "P-521": ("ES512",), "Ed25519": ("EdDSA",)}
_CURVE_NAMES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
_JWK_CURVES: dict[str, type[ec.EllipticCurve]] = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1}
_BITS_OF_OKP = {"Ed25519": 256, "Ed448": 456, "X25519": 256, "X448": 448}

_DAMAGED = phrase("The private key is damaged: its numbers do not belong together. Copy it again as a whole.")


@dataclass(frozen=True, slots=True)
class KeyKind:
    """What kind of key it is.

    Attributes:
        algorithm: RSA, EC, OKP or oct as in JWKs (RFC 7518, section 6.1; RFC 8037), else as it is called.
        curve: as in JWKs, else as OpenSSL calls it; None where there is none.
    """

    algorithm: str
    bits: int
    curve: str | None = None

    def __str__(self) -> str:
        if self.algorithm == "OKP":
            return f"{self.curve}"
        return f"EC {self.curve}" if self.curve else f"{self.algorithm} {self.bits}"

    @property
    def signing_algorithms(self) -> tuple[str, ...]:
        """What it can sign JWTs with (RFC 7518, section 3.1), the most common one first."""
        if self.algorithm == "oct":
            return tuple(name for name in _HMAC_ALGORITHMS if name == "HS256" or self.bits >= int(name[2:]))
        return _RSA_ALGORITHMS if self.algorithm == "RSA" else _CURVE_ALGORITHMS.get(self.curve or "", ())

    @property
    def weakness(self) -> str | None:
        """Why it should not be used any more, as a sentence."""
        least = LEAST_BITS.get(self.algorithm, 0)
        if self.bits >= least:
            return None
        if self.algorithm == "oct":
            weak = phrase("The shared secret is weak: it has {bits} bits, and {least} are the least. Use a new one.")
        else:
            weak = phrase("The {algorithm} key is weak: it has {bits} bits, and {least} are the least. Use a new one.")
        return weak.filled(algorithm=self.algorithm, bits=self.bits, least=least)


@dataclass(frozen=True, slots=True)
class ReadKey:
    """A private key that has been read and checked.

    Attributes:
        pem: PKCS#8 without encryption, in PEM.
        kid: the key id that came with it; empty where none did.
    """

    pem: str = field(repr=False)
    kind: KeyKind
    kid: str = ""


def key_of(pasted: Pasted, passphrase: str = "") -> ReadKey:
    """The one private key of a text that is no PKCS#12 file.

    Raises:
        KeyProblem: there is none or more than one, the passphrase is missing or wrong, or the key is of no use.
    """
    if pasted.jwk is not None:
        return checked(_of_jwk(pasted.jwk), kid=pasted.member("kid"))
    keys = pasted.keys
    if not keys:
        raise KeyProblem("privateKey", pasted.why_no_key())
    if len(keys) > 1:
        sentence = phrase("There are {count} private keys in this text. Paste one.", count=len(keys))
        raise KeyProblem("privateKey", sentence)
    return checked(_decrypted(keys[0], passphrase), kid=pasted.member("private_key_id"))


def checked(key: PrivateKeyTypes, *, kid: str = "", field: FieldName = "privateKey") -> ReadKey:
    """A loaded key after the checks that loading may have left out.

    Raises:
        KeyProblem: it is of no use.
    """
    kind = kind_of(key.public_key())
    if kind.algorithm not in ("RSA", "EC", "OKP"):
        sentence = phrase("This is a key for {algorithm}, which is not used any more. Use RSA or EC.")
        raise KeyProblem(field, sentence.filled(algorithm=kind.algorithm))
    if isinstance(key, rsa.RSAPrivateKey):
        if kind.bits > MAX_RSA_BITS:
            sentence = phrase("The RSA key has {bits} bits. More than {limit} cannot be used.")
            raise KeyProblem(field, sentence.filled(bits=kind.bits, limit=MAX_RSA_BITS))
        try:
            key = key.private_numbers().private_key()
        except ValueError:
            raise KeyProblem(field, _DAMAGED) from None
    raw = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return ReadKey(raw.decode("ascii"), kind, kid)


def load_stored(pem: str) -> PrivateKeyTypes:
    """A key in the form of `ReadKey.pem`, which has been checked before: that takes a hundred times as long.

    Raises:
        KeyProblem: it is in no such form.
    """
    try:
        return load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyProblem("privateKey", phrase("The stored private key cannot be read. Enter it again.")) from None


def kind_of(key: PublicKeyTypes) -> KeyKind:
    """What kind of key it is, by its public half."""
    if isinstance(key, rsa.RSAPublicKey):
        return KeyKind("RSA", key.key_size)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return KeyKind("EC", key.key_size, _CURVE_NAMES.get(key.curve.name, key.curve.name))
    if isinstance(key, dsa.DSAPublicKey):
        return KeyKind("DSA", key.key_size)
    name = type(key).__name__.removesuffix("PublicKey")
    return KeyKind("OKP", _BITS_OF_OKP[name], name) if name in _BITS_OF_OKP else KeyKind(name, 0)


def kind_of_secret(jwk: Mapping[str, Any]) -> KeyKind:
    """How long the shared secret of a JWK of the kind `oct` is.

    Raises:
        KeyProblem: its value is missing or not base64url.
    """
    try:
        size = len(_bytes(jwk, "k"))
    except ValueError:
        size = 0
    if not size:
        raise KeyProblem(
            "privateKey", phrase("The member k of this JWK is missing or damaged. Copy it again as a whole.")
        )
    return KeyKind("oct", size * 8)


def refuse_slow(raw: bytes, field: FieldName) -> None:
    """Refuse what would take too long to open.

    Raises:
        KeyProblem: it would.
    """
    if iterations_of(raw) > MAX_ITERATIONS:
        sentence = phrase("This is protected by more than {limit} rounds of a hash. Convert it.", limit=MAX_ITERATIONS)
        raise KeyProblem(field, sentence)


def _decrypted(part: Part, passphrase: str) -> PrivateKeyTypes:
    if part.is_encrypted and not passphrase:
        raise KeyProblem("passphrase", phrase("The private key is encrypted. Enter its passphrase."))
    if part.is_encrypted:
        refuse_slow(part.raw, "privateKey")
    load = load_pem_private_key if part.is_pem else load_der_private_key
    password = passphrase.encode("utf-8", "replace") if part.is_encrypted else None
    try:
        return load(part.raw, password, unsafe_skip_rsa_key_validation=True)
    except UnsupportedAlgorithm:
        sentence = phrase(
            "The private key is of a kind, or encrypted in a way, that cannot be read. Convert it: "
            "openssl pkcs8 -topk8 -v2 aes256 -in key.pem -out new.pem"
        )
        raise KeyProblem("privateKey", sentence) from None
    except (ValueError, TypeError):
        if part.is_encrypted:
            raise KeyProblem("passphrase", phrase("The passphrase does not open this private key.")) from None
        raise KeyProblem("privateKey", phrase("The private key is damaged. Copy it again as a whole.")) from None


def _of_jwk(jwk: Mapping[str, Any]) -> PrivateKeyTypes:
    readers = {"RSA": _rsa, "EC": _ec, "OKP": _okp}
    if jwk["kty"] == "oct":
        sentence = phrase(
            "This JWK is a shared secret. Choose HS256 or its like, and enter the value of k as the secret, "
            "with the encoding base64url."
        )
        raise KeyProblem("privateKey", sentence)
    if jwk["kty"] not in readers:
        raise KeyProblem("privateKey", phrase("This JWK is of a kind that is not known here. RSA, EC and OKP are."))
    if "d" not in jwk:
        raise KeyProblem("privateKey", phrase("This JWK is a public key: it has no member d. Paste the private one."))
    try:
        return readers[jwk["kty"]](jwk)
    except KeyProblem:
        raise
    except ValueError:
        raise KeyProblem("privateKey", _DAMAGED) from None


def _rsa(jwk: Mapping[str, Any]) -> PrivateKeyTypes:
    if "p" not in jwk or "q" not in jwk:
        # They can be computed, which takes long where somebody wants it to.
        raise KeyProblem("privateKey", phrase("This JWK has no prime factors, p and q. Export it together with them."))
    n, d, p, q = (_number(jwk, name) for name in ("n", "d", "p", "q"))
    if n.bit_length() > MAX_RSA_BITS:
        sentence = phrase("More than {limit} bits of an RSA key cannot be used.", limit=MAX_RSA_BITS)
        raise KeyProblem("privateKey", sentence)
    if p * q != n or min(p, q) <= 1:
        raise ValueError("not the factors")
    public = rsa.RSAPublicNumbers(_number(jwk, "e"), n)
    crt = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    return rsa.RSAPrivateNumbers(p, q, d, *crt, public).private_key(unsafe_skip_rsa_key_validation=True)


def _ec(jwk: Mapping[str, Any]) -> PrivateKeyTypes:
    curve = _JWK_CURVES.get(_text_of(jwk, "crv"))
    if curve is None:
        raise KeyProblem(
            "privateKey", phrase("This JWK is on a curve that is not known here. P-256, P-384 and P-521 are.")
        )
    public = ec.EllipticCurvePublicNumbers(_number(jwk, "x"), _number(jwk, "y"), curve())
    return ec.EllipticCurvePrivateNumbers(_number(jwk, "d"), public).private_key()


def _okp(jwk: Mapping[str, Any]) -> PrivateKeyTypes:
    if jwk.get("crv") != "Ed25519":
        raise KeyProblem("privateKey", phrase("This JWK is on a curve that cannot sign here. Ed25519 can."))
    key = Ed25519PrivateKey.from_private_bytes(_bytes(jwk, "d"))
    if key.public_key().public_bytes_raw() != _bytes(jwk, "x"):
        raise ValueError("not its public half")
    return key


def _number(jwk: Mapping[str, Any], name: str) -> int:
    return int.from_bytes(_bytes(jwk, name), "big")


def _bytes(jwk: Mapping[str, Any], name: str) -> bytes:
    packed = _text_of(jwk, name)
    return base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True)


def _text_of(document: Mapping[str, Any], name: str) -> str:
    text = document.get(name)
    return text if isinstance(text, str) else ""
