# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recognises what somebody has pasted: PEM (RFC 7468), a file in base64, a JWK (RFC 7517), a Google service account."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from openconnector.authentication.der import first_of, label_of
from openconnector.core.phrases import phrase

MAX_CHARACTERS = 96 * 1024
MAX_BYTES = 64 * 1024
MAX_PARTS = 30
"""Bounds for a text, for a file in it, and for the PEM blocks in it."""

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9# ]{1,40})-----((?:(?!-----).)*+)-----END \1-----", re.DOTALL)
_DATA_URL = re.compile(r"data:[^,;]{0,100};base64,")
_WHITE = re.compile(r"\s+")

_LABELS = {
    "X509 CERTIFICATE": "CERTIFICATE",
    "NEW CERTIFICATE REQUEST": "CERTIFICATE REQUEST",
    "PKCS #7 SIGNED DATA": "PKCS7",
    "CMS": "PKCS7",
}
"""Labels that are written in another way at times."""

_PRIVATE = frozenset({"PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"})
_CERTIFICATES = frozenset({"CERTIFICATE", "PKCS7"})

FieldName = Literal["privateKey", "passphrase", "certificates", "pkcs12"]
Kind = Literal["privateKey", "certificate", "certificateAndKey", "pkcs12", "jwk", "serviceAccount", "unknown"]

_UNKNOWN = phrase(
    "This is none of what can be read here: a private key or certificates in PEM, a PKCS#12 file, a JWK, or a Google "
    "service account. Copy it again as a whole."
)

_PUBLIC = phrase("This is a public key. Paste the private key that belongs to it.")
_OTHERS: dict[str, str] = {
    "CERTIFICATE": phrase(
        "This is a certificate, and not a private key, which begins with -----BEGIN PRIVATE KEY-----."
    ),
    "PKCS7": phrase("This is a file of certificates (PKCS#7), which has no private key in it."),
    "CERTIFICATE REQUEST": phrase(
        "This is a certificate signing request, and not a private key. The private key was made "
        "together with it, and stayed where it was made."
    ),
    "PUBLIC KEY": _PUBLIC,
    "RSA PUBLIC KEY": _PUBLIC,
    "OPENSSH PRIVATE KEY": phrase(
        "This key is in the format of OpenSSH. Convert a copy of it: ssh-keygen -p -m PKCS8 -f copy-of-the-key"
    ),
}
"""What stands in the place of a private key at times, and what to say about it."""


class KeyProblem(ValueError):
    """What is wrong with something that was pasted: a sentence, and the field that it stands under."""

    def __init__(self, field: FieldName, sentence: str) -> None:
        super().__init__(sentence)
        self.field: FieldName = field


@dataclass(frozen=True, slots=True)
class Part:
    """One thing in a text.

    Attributes:
        label: as in RFC 7468, such as `PRIVATE KEY`; `PKCS12` for such a file.
        raw: in DER; all of a PEM block where OpenSSL's former encryption asks for its header.
    """

    label: str
    raw: bytes = field(repr=False)
    is_pem: bool = False

    @property
    def is_encrypted(self) -> bool:
        """Whether a private key asks for a passphrase."""
        return self.is_pem or self.label == "ENCRYPTED PRIVATE KEY"


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a text has turned out to be. Nothing of it is decrypted or checked.

    Attributes:
        jwk: the one JWK.
        service_account: the JSON document of a Google service account, whose key is among the parts.
    """

    parts: tuple[Part, ...] = ()
    jwk: Mapping[str, Any] | None = field(default=None, repr=False)
    service_account: Mapping[str, Any] | None = field(default=None, repr=False)

    def member(self, name: str) -> str:
        """A text of the JWK or the service account; empty where there is none."""
        text = (self.jwk or self.service_account or {}).get(name)
        # JSON may hold halves of characters, which cannot be written anywhere else.
        return text.encode("utf-8", "replace").decode() if isinstance(text, str) else ""

    @property
    def keys(self) -> list[Part]:
        """The private keys, without those in PKCS#12 files."""
        return [part for part in self.parts if part.label in _PRIVATE]

    @property
    def certificates(self) -> list[Part]:
        """The certificates, and files of certificates."""
        return [part for part in self.parts if part.label in _CERTIFICATES]

    @property
    def pkcs12(self) -> Part | None:
        """The PKCS#12 file."""
        return next((part for part in self.parts if part.label == "PKCS12"), None)

    @property
    def kind(self) -> Kind:
        """In one word."""
        if self.service_account is not None:
            return "serviceAccount"
        if self.jwk is not None:
            return "jwk"
        if self.pkcs12 is not None:
            return "pkcs12"
        if self.keys:
            return "certificateAndKey" if self.certificates else "privateKey"
        return "certificate" if self.certificates else "unknown"

    def why_no_key(self) -> str:
        """What to say where a private key is looked for and none is there."""
        labels = {part.label for part in self.parts}
        return next((sentence for label, sentence in _OTHERS.items() if label in labels), _UNKNOWN)


def recognise(text: str, field: FieldName) -> Pasted:
    """What a text is.

    Args:
        field: where it was entered, which problems are told about.

    Raises:
        KeyProblem: it is too large, damaged or nothing that is known here.
    """
    if len(text) > MAX_CHARACTERS:
        raise KeyProblem(field, phrase("This is too large. A key or a certificate has some thousand characters."))
    text = text.strip().removeprefix("\ufeff").lstrip()
    pasted = _of_text(text, field)
    if pasted is not None:
        return pasted
    raw = _from_base64(text)
    if raw is None:
        raise KeyProblem(field, _by_its_beginning(text))
    if len(raw) > MAX_BYTES:
        raise KeyProblem(
            field, phrase("This file is too large. One with a key and its certificates has some thousand bytes.")
        )
    # The original OpenConnector wants PEM to be in base64 once more, and so do some environments.
    return _of_text(raw.decode("latin-1").strip(), field) or Pasted((_labelled(raw, field),))


def _of_text(text: str, field: FieldName) -> Pasted | None:
    if text.startswith("{"):
        return _of_json(text, field)
    return Pasted(_blocks(text, field)) if "-----BEGIN " in text else None


def _blocks(text: str, field: FieldName) -> tuple[Part, ...]:
    """The PEM blocks. What stands around them, such as the bag attributes of `openssl pkcs12`, is passed over."""
    text = text.replace("\\r", "").replace("\\n", "\n")  # as in JSON and in the variables of an environment
    blocks = _BLOCK.findall(text)
    if not blocks:
        raise KeyProblem(
            field, phrase("The text is cut off: it has no line that begins with -----END. Copy it as a whole.")
        )
    if len(blocks) > MAX_PARTS:
        sentence = phrase(
            "There are more than {limit} keys and certificates. Paste only what is needed.", limit=MAX_PARTS
        )
        raise KeyProblem(field, sentence)
    return tuple(_block(_LABELS.get(label, label), body, field) for label, body in blocks)


def _block(label: str, body: str, field: FieldName) -> Part:
    if "Proc-Type:" in body:
        lines = "\n".join(line.strip() for line in body.strip().splitlines())
        whole = f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"
        return Part(label, whole.encode("ascii", "replace"), is_pem=True)
    try:
        raw = base64.b64decode(_WHITE.sub("", body), validate=True)
        if label == "TRUSTED CERTIFICATE":  # OpenSSL writes down behind it what it is trusted for
            return Part("CERTIFICATE", first_of(raw))
    except ValueError:
        what = "certificates" if label in _CERTIFICATES else field
        sentence = phrase("The text below BEGIN {label} is damaged. Copy it again as a whole.", label=label)
        raise KeyProblem(what, sentence) from None
    return Part(label, raw)


def _of_json(text: str, field: FieldName) -> Pasted:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise KeyProblem(
            field, phrase("This is not valid JSON. Copy it again, from the first brace to the last.")
        ) from None
    if document.get("type") == "service_account" and isinstance(document.get("private_key"), str):
        return Pasted(_of_service_account(document["private_key"], field), service_account=document)
    keys = document.get("keys")
    if isinstance(keys, list):
        if len(keys) != 1 or not isinstance(keys[0], dict):
            sentence = phrase("This JWK Set holds {count} keys. Paste the one that shall be used.", count=len(keys))
            raise KeyProblem(field, sentence)
        document = keys[0]
    if isinstance(document.get("kty"), str):
        return Pasted(jwk=document)
    raise KeyProblem(field, phrase("This JSON is neither a JWK, which has a member kty, nor a Google service account."))


def _of_service_account(key: str, field: FieldName) -> tuple[Part, ...]:
    if "-----BEGIN " not in key:
        raise KeyProblem(
            field, phrase("The member private_key of this service account is no key. Download the file again.")
        )
    return _blocks(key, field)


def _from_base64(text: str) -> bytes | None:
    packed = _WHITE.sub("", _DATA_URL.sub("", text, count=1)).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True) or None
    except ValueError:
        return None


def _labelled(raw: bytes, field: FieldName) -> Part:
    label = label_of(raw)
    if not label:
        raise KeyProblem(field, _UNKNOWN)
    return Part(label, raw)


def _by_its_beginning(text: str) -> str:
    if text.startswith("PuTTY-User-Key-File"):
        return phrase(
            "This key is in the format of PuTTY. Convert it: puttygen key.ppk -O private-openssh-new -o key, then "
            "ssh-keygen -p -m PKCS8 -f key"
        )
    if re.match(r"(ssh-|ecdsa-sha2-)", text):
        return phrase("This is the public key of SSH. Paste a private key in PEM.")
    return _UNKNOWN
