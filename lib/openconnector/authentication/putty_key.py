# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Private keys in the format of PuTTY, versions 2 and 3 (its manual, appendix C).

This loads megabytes of `cryptography`: import it where a key is there, and not at the top of a module.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.argon2 import Argon2d, Argon2i, Argon2id

from openconnector.authentication.pasted import MAX_CHARACTERS, KeyProblem
from openconnector.core.phrases import phrase

MAX_MEMORY_KIB = 256 * 1024
MAX_WORK_KIB = 4 * 1024 * 1024
"""Memory that the passphrase may be hashed with, and memory times passes. PuTTYgen takes 8 MiB and some passes."""

_BEGINNING = "PuTTY-User-Key-File-"
_VERSION = re.compile(r"PuTTY-User-Key-File-([23]): ([a-z0-9@.-]{1,64})")
_LINES = {"Public-Lines", "Private-Lines"}
_MAX_LINES = 1000
_KDFS: dict[str, type[Argon2id | Argon2i | Argon2d]] = {"Argon2id": Argon2id, "Argon2i": Argon2i, "Argon2d": Argon2d}
_CURVES: dict[str, ec.EllipticCurve] = {
    "ecdsa-sha2-nistp256": ec.SECP256R1(),
    "ecdsa-sha2-nistp384": ec.SECP384R1(),
    "ecdsa-sha2-nistp521": ec.SECP521R1(),
}
_DAMAGED = phrase("The private key is damaged. Copy it again as a whole.")
_NO_ENCRYPTION = "none"


@dataclass(frozen=True, slots=True)
class _File:
    """What stands in the file, in clear or not."""

    version: int
    algorithm: str
    values: Mapping[str, str] = field(repr=False)
    public: bytes
    private: bytes = field(repr=False)

    @property
    def is_encrypted(self) -> bool:
        return self.values["Encryption"] != _NO_ENCRYPTION


def is_putty(text: str) -> bool:
    """Whether a text is in this format."""
    return text.startswith(_BEGINNING)


def is_encrypted(text: str) -> bool:
    """Whether a text in this format asks for a passphrase.

    Raises:
        KeyProblem: it is damaged.
    """
    with _damage_named():
        return _parsed(text).is_encrypted


def read_putty(text: str, passphrase: str = "") -> PrivateKeyTypes:
    """The private key. Takes up to some seconds.

    Raises:
        KeyProblem: it is damaged, the passphrase is missing or wrong, or it is of a kind that is not read.
    """
    with _damage_named():
        file = _parsed(text)
        cipher_key, vector, mac_key = _keys(file, passphrase)
        private = file.private
        if file.is_encrypted:
            decryptor = Cipher(AES(cipher_key), CBC(vector)).decryptor()
            private = decryptor.update(private) + decryptor.finalize()
        _check(file, private, mac_key)
        return _key(file, private)


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except KeyProblem:
        raise
    except (ValueError, LookupError, ArithmeticError):
        raise KeyProblem("privateKey", _DAMAGED) from None


def _parsed(text: str) -> _File:
    if len(text) > MAX_CHARACTERS:
        raise KeyProblem("privateKey", phrase("This is too large. A key has some thousand characters."))
    lines = [line.strip() for line in text.splitlines()]
    first = _VERSION.fullmatch(lines[0])
    if first is None:
        sentence = phrase("This is a format of PuTTY that cannot be read. Save the key again with PuTTYgen.")
        raise KeyProblem("privateKey", sentence)
    values, blocks, at = {}, {}, 1
    while at < len(lines):
        name, _, value = lines[at].partition(": ")
        at += 1
        if name in _LINES:
            count = int(value)
            if not 0 <= count <= min(_MAX_LINES, len(lines) - at):
                raise KeyProblem("privateKey", phrase("The text is cut off. Copy it again as a whole."))
            blocks[name] = base64.b64decode("".join(lines[at : at + count]), validate=True)
            at += count
        else:
            values[name] = value
    return _File(int(first[1]), first[2], values, blocks["Public-Lines"], blocks["Private-Lines"])


def _keys(file: _File, passphrase: str) -> tuple[bytes, bytes, bytes]:
    """The key of the cipher, its initial vector, and the key of the checksum."""
    password = passphrase.encode("utf-8", "replace") if file.is_encrypted else b""
    if file.is_encrypted and not password:
        raise KeyProblem("passphrase", phrase("The private key is encrypted. Enter its passphrase."))
    if file.version == 2:  # noqa: PLR2004
        sha1 = [hashlib.sha1(bytes((0, 0, 0, number)) + password, usedforsecurity=False).digest() for number in (0, 1)]
        mac_key = hashlib.sha1(b"putty-private-key-file-mac-key" + password, usedforsecurity=False).digest()
        return b"".join(sha1)[:32], bytes(16), mac_key
    if not file.is_encrypted:
        return b"", b"", b""
    derived = _derived(file.values, password)
    return derived[:32], derived[32:48], derived[48:]


def _derived(values: Mapping[str, str], password: bytes) -> bytes:
    memory, passes, lanes = (int(values[f"Argon2-{name}"]) for name in ("Memory", "Passes", "Parallelism"))
    if memory > MAX_MEMORY_KIB or memory * passes > MAX_WORK_KIB:
        raise KeyProblem(
            "privateKey", phrase("The passphrase takes too long to check. Save the key again with PuTTYgen.")
        )
    try:
        kdf = _KDFS[values["Key-Derivation"]]
        salt = bytes.fromhex(values["Argon2-Salt"])
        return kdf(salt=salt, length=80, iterations=passes, lanes=lanes, memory_cost=memory).derive(password)
    except UnsupportedAlgorithm:
        sentence = phrase(
            "This machine cannot open the format. Convert it: puttygen key.ppk -O private-openssh-new -o key"
        )
        raise KeyProblem("privateKey", sentence) from None


def _check(file: _File, private: bytes, mac_key: bytes) -> None:
    texts = (file.algorithm, file.values["Encryption"], file.values["Comment"])
    parts = [*(text.encode("utf-8") for text in texts), file.public, private]
    said = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    digest = "sha1" if file.version == 2 else "sha256"  # noqa: PLR2004
    if hmac.compare_digest(hmac.digest(mac_key, said, digest), bytes.fromhex(file.values["Private-MAC"])):
        return
    if file.is_encrypted:
        raise KeyProblem("passphrase", phrase("The passphrase does not open this private key."))
    raise KeyProblem("privateKey", _DAMAGED)


def _key(file: _File, private: bytes) -> PrivateKeyTypes:
    public = _strings(file.public)
    secret = _strings(private)
    if file.algorithm == "ssh-rsa":
        e, n = (int.from_bytes(part, "big") for part in public[1:3])
        d, p, q, iqmp = (int.from_bytes(part, "big") for part in secret[:4])
        numbers = rsa.RSAPrivateNumbers(
            p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), iqmp, rsa.RSAPublicNumbers(e, n)
        )
        return numbers.private_key(unsafe_skip_rsa_key_validation=True)  # `checked` does, when it knows the length
    if file.algorithm == "ssh-ed25519":
        key = Ed25519PrivateKey.from_private_bytes(secret[0])
        if key.public_key().public_bytes_raw() != public[1]:
            raise ValueError("not its public half")
        return key
    if file.algorithm in _CURVES:
        point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[file.algorithm], public[2]).public_numbers()
        return ec.EllipticCurvePrivateNumbers(int.from_bytes(secret[0], "big"), point).private_key()
    if file.algorithm == "ssh-dss":
        raise KeyProblem(
            "privateKey", phrase("This is a key for DSA, which no server takes any more. Use Ed25519 or RSA.")
        )
    sentence = phrase("Keys of the kind {kind} cannot be used. Use Ed25519, RSA or P-256.", kind=file.algorithm)
    raise KeyProblem("privateKey", sentence)


def _strings(raw: bytes) -> list[bytes]:
    """The strings (RFC 4251, section 5) in a row; the bytes that fill up the last block of the cipher are left out."""
    found = []
    while len(raw) >= 4:  # noqa: PLR2004
        end = 4 + int.from_bytes(raw[:4], "big")
        if end > len(raw):
            break
        found.append(raw[4:end])
        raw = raw[end:]
    return found
