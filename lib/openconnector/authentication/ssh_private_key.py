# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Private keys for SSH: in the format of OpenSSH (its PROTOCOL.key), of PuTTY, or in any other that is read here.

This loads megabytes of `cryptography`: import it where a key is there, and not at the top of a module.
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_private_key,
    load_ssh_public_key,
)

from openconnector.authentication import putty_key
from openconnector.authentication.key_pair import read_private_key
from openconnector.authentication.pasted import MAX_CHARACTERS, KeyProblem, recognise
from openconnector.authentication.private_key import KeyKind, ReadKey, checked, load_stored
from openconnector.core.phrases import phrase

MAX_ROUNDS = 1024
"""Of bcrypt. `ssh-keygen` takes 16 or 24; this many take some seconds."""

_LABEL = "OPENSSH PRIVATE KEY"
_PUBLIC = re.compile(r"\s*(ssh-(rsa|dss|ed25519)|ecdsa-sha2-|sk-|---- BEGIN SSH2 PUBLIC KEY)")
_MAGIC = b"openssh-key-v1\0"
_CURVES = ("P-256", "P-384", "P-521")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What a server has to know of a key.

    Attributes:
        line: as it stands in `authorized_keys`.
        fingerprint: as `ssh-keygen -l` shows it.
    """

    line: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _Header:
    """The beginning of OpenSSH's format, which is not encrypted."""

    is_encrypted: bool
    rounds: int
    type: str


def ssh_text(text: str) -> str | None:
    """A private key in a format that only SSH has, without what is around it; None where it is none.

    Files that were chosen come in base64.
    """
    text = text.strip().removeprefix("\ufeff").lstrip()
    for candidate in (text, _from_base64(text)):
        if putty_key.is_putty(candidate) or f"BEGIN {_LABEL}-----" in candidate:
            return candidate
    return None


def read_ssh_key(text: str, passphrase: str = "") -> ReadKey:
    """The private key in a text, whatever form it has. Takes up to some seconds.

    Raises:
        KeyProblem: there is none, it cannot be opened, or SSH has no use for it.
    """
    own = ssh_text(text)
    if own is None and _PUBLIC.match(text):
        sentence = phrase("This is the public key. Paste the private one: its file has the same name without .pub.")
        raise KeyProblem("privateKey", sentence)
    if own is None:
        key = read_private_key(text, passphrase)
    elif putty_key.is_putty(own):
        key = checked(putty_key.read_putty(own, passphrase))
    else:
        key = checked(_of_openssh(_raw(own), passphrase))
    if not is_usable(key.kind):
        sentence = phrase("SSH has no keys of this kind ({kind}). Use Ed25519, RSA or P-256.", kind=key.kind)
        raise KeyProblem("privateKey", sentence)
    return key


def is_usable(kind: KeyKind) -> bool:
    """Whether servers take a key of this kind (RFC 8332, RFC 5656, RFC 8709)."""
    return kind.algorithm == "RSA" or kind.curve == "Ed25519" or kind.curve in _CURVES


def needs_passphrase(text: str) -> bool:
    """Whether a key in the form of `ssh_text` is encrypted.

    Raises:
        KeyProblem: it is damaged.
    """
    return putty_key.is_encrypted(text) if putty_key.is_putty(text) else _header(_raw(text)).is_encrypted


def public_key_of(pem: str) -> PublicKey:
    """The public half of a key in the form of `ReadKey.pem`.

    Raises:
        KeyProblem: it cannot be read.
    """
    public = load_stored(pem).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return PublicKey(public.decode("ascii"), _fingerprint(public))


def read_public_key(line: str) -> PublicKey | None:
    """A public key as it stands in `authorized_keys`, without what stands behind it; None where it is none."""
    try:
        public = load_ssh_public_key(line.encode()).public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return PublicKey(public.decode("ascii"), _fingerprint(public))


def _fingerprint(public: bytes) -> str:
    digest = hashlib.sha256(base64.b64decode(public.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("=")


def _of_openssh(raw: bytes, passphrase: str) -> PrivateKeyTypes:
    header = _header(raw)
    if header.type == "ssh-dss":
        raise KeyProblem(
            "privateKey", phrase("This is a key for DSA, which no server takes any more. Use Ed25519 or RSA.")
        )
    if header.type.startswith("sk-"):
        sentence = phrase(
            "This key is only the handle of one in a security token, which has to be touched. Use another key."
        )
        raise KeyProblem("privateKey", sentence)
    if header.is_encrypted and not passphrase:
        raise KeyProblem("passphrase", phrase("The private key is encrypted. Enter its passphrase."))
    if header.rounds > MAX_ROUNDS:
        sentence = phrase("This is protected by more than {limit} rounds of bcrypt. Change its passphrase with -a 24.")
        raise KeyProblem("privateKey", sentence.filled(limit=MAX_ROUNDS))
    pem = f"-----BEGIN {_LABEL}-----\n{base64.b64encode(raw).decode('ascii')}\n-----END {_LABEL}-----\n"
    password = passphrase.encode("utf-8", "replace") if header.is_encrypted else None
    try:
        return load_ssh_private_key(pem.encode("ascii"), password, unsafe_skip_rsa_key_validation=True)
    except UnsupportedAlgorithm:
        sentence = phrase(
            "The private key is of a kind, or encrypted in a way, that cannot be read. Convert a copy of it: "
            "ssh-keygen -p -m PKCS8 -f copy-of-the-key"
        )
        raise KeyProblem("privateKey", sentence) from None
    except (ValueError, TypeError, InvalidTag):
        if header.is_encrypted:
            raise KeyProblem("passphrase", phrase("The passphrase does not open this private key.")) from None
        raise KeyProblem("privateKey", phrase("The private key is damaged. Copy it again as a whole.")) from None


def _raw(text: str) -> bytes:
    keys = [part.raw for part in recognise(text, "privateKey").parts if part.label == _LABEL]
    if len(keys) != 1:
        sentence = phrase("There are {count} private keys in this text. Paste one.", count=len(keys))
        raise KeyProblem("privateKey", sentence)
    return keys[0]


def _from_base64(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        return ""
    try:
        return base64.b64decode("".join(text.rpartition(",")[2].split()), validate=True).decode("latin-1")
    except ValueError:
        return ""


def _header(raw: bytes) -> _Header:
    if not raw.startswith(_MAGIC):
        raise KeyProblem("privateKey", phrase("The private key is damaged. Copy it again as a whole."))
    try:
        cipher, rest = _string(raw[len(_MAGIC) :])
        _, rest = _string(rest)
        options, rest = _string(rest)
        rounds = int.from_bytes(_string(options)[1][:4], "big") if options else 0
        public, _ = _string(rest[4:])
        return _Header(cipher != b"none", rounds, _string(public)[0].decode("ascii"))
    except ValueError:
        raise KeyProblem("privateKey", phrase("The private key is damaged. Copy it again as a whole.")) from None


def _string(raw: bytes) -> tuple[bytes, bytes]:
    """A string (RFC 4251, section 5), and what follows."""
    end = 4 + int.from_bytes(raw[:4], "big")
    if len(raw) < end:
        raise ValueError("cut off")
    return raw[4:end], raw[end:]
