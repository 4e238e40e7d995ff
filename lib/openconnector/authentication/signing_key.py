# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signs JWTs (RFC 7519, in the compact form of RFC 7515), and the private key that does so."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, get_args

from pydantic import Field, SecretStr, field_validator

from openconnector.authentication.pasted import MAX_CHARACTERS, FieldName, KeyProblem
from openconnector.core.errors import FieldError
from openconnector.core.phrases import any_of, phrase, told
from openconnector.core.schema import FrozenSchema
from openconnector.vault.secret import LongSecret, Secret, is_mask

if TYPE_CHECKING:
    from openconnector.authentication.private_key import KeyKind

HmacAlgorithm = Literal["HS256", "HS384", "HS512"]
KeyAlgorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
Thumbprint = Literal["x5t", "x5t#S256"]

HMAC_ALGORITHMS: frozenset[str] = frozenset(get_args(HmacAlgorithm))
KEY_ALGORITHMS: frozenset[str] = frozenset(get_args(KeyAlgorithm))

MAX_KID = 255
PKCS8 = "-----BEGIN PRIVATE KEY-----"

_POINTERS: dict[FieldName, str] = {
    "privateKey": "/privateKey",
    "pkcs12": "/privateKey",
    "passphrase": "/passphrase",
    "certificates": "/certificate",
}


class SigningKey(FrozenSchema):
    """A private key, and how the header of what it signs names it."""

    private_key: Annotated[
        LongSecret,
        Field(description="PEM, a JWK, a PKCS#12 file in base64, or a Google service account. Kept as PKCS#8."),
    ]
    passphrase: Annotated[Secret, Field(description="Opens the key when it is saved, and is not kept.")] = SecretStr("")
    certificate: Annotated[
        str, Field(max_length=MAX_CHARACTERS, repr=False, description="Of the key, in PEM; empty: there is none.")
    ] = ""
    kid: Annotated[str, Field(max_length=MAX_KID, description="The key id that the other side knows it by.")] = ""
    thumbprints: Annotated[
        list[Thumbprint], Field(max_length=2, description="Of the certificate, which stand in the header.")
    ] = ["x5t", "x5t#S256"]

    @field_validator("kid")
    @classmethod
    def _is_printable(cls, kid: str) -> str:
        if not kid.isprintable():
            raise ValueError(phrase("The key id contains a line break or another control character."))
        return kid.strip()

    def settled(self) -> tuple[Self, list[FieldError]]:
        """The key as it shall be stored, and what is wrong with it. A mask, and nothing, stay what they are.

        Where the text has a key id or a certificate in it, they are taken from there.
        """
        from openconnector.authentication.certificate_chain import pem_of, read_chain  # noqa: PLC0415  # see `_loaded`
        from openconnector.authentication.key_pair import chain_for, read_pair  # noqa: PLC0415

        values: dict[str, Any] = {"passphrase": SecretStr(""), "certificate": ""}
        text = self.private_key.get_secret_value()
        try:
            if not text or is_mask(text):
                path = read_chain(_without_key(self.certificate)).path if self.certificate.strip() else ()
            else:
                key, beside = read_pair(text, self.passphrase.get_secret_value())
                values |= {"private_key": SecretStr(key.pem), "kid": key.kid[:MAX_KID] or self.kid}
                path = chain_for(key, self.certificate, beside).path
        except KeyProblem as problem:
            error = FieldError(_POINTERS[problem.field], told(problem), "invalid")
            return self.model_copy(update=values), [error]
        return self.model_copy(update=values | {"certificate": pem_of(path[:1])}), []

    def misfit(self, algorithm: str) -> str | None:
        """Why the key cannot sign with an algorithm, as a sentence; None where it can, and where that is not known."""
        kind = self._kind()
        if kind is None or algorithm in kind.signing_algorithms:
            return None
        if not kind.signing_algorithms:
            return phrase("This key ({kind}) cannot sign JWTs. Use RSA, P-256, P-384, P-521 or Ed25519.", kind=kind)
        return phrase(
            "{algorithm} does not go with this key ({kind}). Choose {others}.",
            algorithm=algorithm,
            kind=kind,
            others=any_of(kind.signing_algorithms),
        )

    def weakness(self) -> str | None:
        """Why the key should not be used any more, as a sentence; None where nothing is known against it."""
        kind = self._kind()
        return None if kind is None else kind.weakness

    def _kind(self) -> "KeyKind | None":
        text = self.private_key.get_secret_value()
        if not text or is_mask(text):
            return None
        try:
            return _loaded(_material(self)).kind
        except KeyProblem:
            return None


def _without_key(certificate: str) -> str:
    """A text of certificates that has no private key in it, which would be another one than the stored.

    Raises:
        KeyProblem: it has one.
    """
    if "PRIVATE KEY-----" in certificate:
        raise KeyProblem("certificates", phrase("There is a private key in this text. Paste it as the private key."))
    return certificate


def sign_jwt(
    *, algorithm: str, claims: Mapping[str, Any], header: Mapping[str, Any], key: SigningKey | str | bytes
) -> str:
    """A signed JWT.

    Args:
        header: goes before `typ`, and before what names the key. A parameter of null leaves one of those out.
        key: a secret for HS256, HS384 and HS512; text is taken in UTF-8. A private key for all others.

    Raises:
        ValueError: the key cannot be read, or does not fit the algorithm; the message is for the administrator.
    """
    if "alg" in header:
        raise ValueError(phrase("The header parameter alg follows from the algorithm. Leave it out."))
    named = _names_of(key) if isinstance(key, SigningKey) else {}
    parameters = {"alg": algorithm, "typ": "JWT"} | named | dict(header)
    kept = {name: value for name, value in parameters.items() if value is not None}
    return sign_jws(_json(kept), _json(claims), algorithm=algorithm, key=key)


def sign_jws(header: bytes, payload: bytes, *, algorithm: str, key: SigningKey | str | bytes) -> str:
    """The compact form of RFC 7515, section 7.1, of a header and a payload that are sent as they are.

    Raises:
        ValueError: as `sign_jwt`.
    """
    from joserfc.errors import JoseError  # noqa: PLC0415  # 1 MiB that a process without JWTs does not need
    from joserfc.jws import JWSRegistry  # noqa: PLC0415

    signer = _signer(algorithm, key)
    signing_input = f"{_base64url(header)}.{_base64url(payload)}"
    try:
        # Not through its registry: that warns of EdDSA, whose new name (RFC 9864) few servers know.
        signature = JWSRegistry.algorithms[algorithm].sign(signing_input.encode(), signer)
    except (JoseError, ValueError):
        raise ValueError(
            phrase("This key cannot sign with {algorithm}. It may be too short.", algorithm=algorithm)
        ) from None
    return f"{signing_input}.{_base64url(signature)}"


def weakness_of_secret(algorithm: str, secret: bytes) -> str | None:
    """Why a secret is too short for an algorithm (RFC 7518, section 3.2), as a sentence. It works all the same."""
    least = int(algorithm[2:]) // 8
    if len(secret) >= least:
        return None
    return phrase(
        "The secret is weak: it has {size} bytes, and {algorithm} wants {least} at least. Use a longer one, if "
        "the other system lets you.",
        size=len(secret),
        algorithm=algorithm,
        least=least,
    )


def _signer(algorithm: str, key: SigningKey | str | bytes) -> Any:
    """The key as joserfc has it."""
    if isinstance(key, SigningKey):
        if algorithm in HMAC_ALGORITHMS:
            raise ValueError(
                phrase("{algorithm} takes a secret, and no private key. Choose another algorithm.", algorithm=algorithm)
            )
        loaded = _loaded(_material(key))
        misfit = key.misfit(algorithm)
        if misfit:
            raise ValueError(misfit)
        return loaded.key
    if algorithm not in HMAC_ALGORITHMS:
        raise ValueError(
            phrase("{algorithm} takes a private key, and no secret. Choose another algorithm.", algorithm=algorithm)
        )
    secret = key.encode() if isinstance(key, str) else key
    if not secret:
        raise ValueError(phrase("The secret that signs is empty. Enter it."))
    from joserfc.jwk import OctKey  # noqa: PLC0415  # see `sign_jws`

    return OctKey(secret, secret)  # `import_key` would warn of short secrets; see `weakness_of_secret`


@dataclass(frozen=True, slots=True)
class _Material:
    """The texts of a key, as a key of the cache: they are told apart by a hash, and never shown."""

    digest: bytes = field(repr=False)
    texts: tuple[str, str, str] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A key that is ready to sign, and the thumbprints of its certificate."""

    key: Any = field(repr=False)
    kind: "KeyKind"
    thumbprints: Mapping[str, str]


def _material(key: SigningKey) -> _Material:
    texts = (key.private_key.get_secret_value(), key.passphrase.get_secret_value(), key.certificate)
    return _Material(hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).digest(), texts)


@lru_cache(maxsize=64)
def _loaded(material: _Material) -> _Loaded:
    """Read a key, which takes a hundred times as long as to sign with it.

    Raises:
        KeyProblem: it cannot be read, or its certificate is that of another.
    """
    # Parts of `cryptography` and joserfc that a process needs only when it has a key: 3 MiB.
    from joserfc.jwk import ECKey, OKPKey, RSAKey  # noqa: PLC0415

    from openconnector.authentication.certificate_chain import read_chain, thumbprints_of  # noqa: PLC0415
    from openconnector.authentication.key_pair import read_private_key  # noqa: PLC0415
    from openconnector.authentication.private_key import kind_of, load_stored  # noqa: PLC0415

    text, passphrase, certificate = material.texts
    pem = text if text.startswith(PKCS8) else read_private_key(text, passphrase).pem
    native: Any = load_stored(pem)  # joserfc has a class for each kind of it
    kind = kind_of(native.public_key())
    key = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}[kind.algorithm](native, native)
    if not certificate.strip():
        return _Loaded(key, kind, {})
    x5t, x5t_s256 = thumbprints_of(read_chain(certificate, pem).path[0])
    return _Loaded(key, kind, {"x5t": x5t, "x5t#S256": x5t_s256})


def _names_of(key: SigningKey) -> dict[str, str]:
    """What names the key in the header (RFC 7515, section 4.1)."""
    known = _loaded(_material(key)).thumbprints
    thumbprints = {name: known[name] for name in key.thumbprints if name in known}
    return ({"kid": key.kid} if key.kid else {}) | thumbprints


def _json(document: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(document, separators=(",", ":"), allow_nan=False).encode("ascii")
    except (ValueError, TypeError, RecursionError):
        raise ValueError(phrase("The claims or the header cannot be written as JSON.")) from None


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")
