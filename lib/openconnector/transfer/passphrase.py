# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Secrets in a file, encrypted with a passphrase: scrypt (RFC 7914) makes the key of AES-256-GCM.

Each value is bound to the place that it stands in: it does not open in another source or field, or for another host.
"""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Unreadable

ALGORITHM, KEY_DERIVATION = "AES-256-GCM", "scrypt"
SALT_BYTES, NONCE_BYTES, KEY_BYTES = 16, 12, 32
N, R, P = 2**16, 8, 1
"""What scrypt is given: 64 MiB of memory, and about a fifth of a second."""

MAX_MEMORY = 256 * 1024 * 1024
"""Bytes that the parameters of a file may ask for (128 · n · r)."""

MAX_WORK = 16 * N * R * P

_POINTER = "/encryption"
_CHECK = "openconnector"


class WrongPassphrase(Unreadable):
    """The passphrase does not open the file, or there is none."""

    slug, title = "wrong-passphrase", phrase("The passphrase does not open this file")


@dataclass(frozen=True, slots=True)
class PassphraseCipher:
    """Encrypts and decrypts the secrets of one file. `head` is what stands in the file about it; no secret."""

    head: dict[str, Any]
    _cipher: AESGCM

    @classmethod
    def new(cls, passphrase: str) -> Self:
        """A cipher with a new salt. It takes time and memory: not for the event loop."""
        salt = secrets.token_bytes(SALT_BYTES)
        cipher = AESGCM(_key(passphrase, salt, N, R, P))
        head = {"algorithm": ALGORITHM, "keyDerivation": KEY_DERIVATION, "n": N, "r": R, "p": P, "salt": _text(salt)}
        made = cls(head, cipher)
        head["check"] = made.encrypt(_CHECK, _POINTER)
        return made

    @classmethod
    def of(cls, head: Any, passphrase: str) -> Self:
        """The cipher of a file.

        Raises:
            Unreadable: what the file says about it is not understood, or asks for too much.
            WrongPassphrase: it was another one.
        """
        if not isinstance(head, Mapping) or (head.get("algorithm"), head.get("keyDerivation")) != (
            ALGORITHM,
            KEY_DERIVATION,
        ):
            raise Unreadable(phrase("The secrets are encrypted in a way that is not known here."), pointer=_POINTER)
        n, r, p = (_number(head, name) for name in ("n", "r", "p"))
        if n < 2 or n & (n - 1) or 128 * n * r > MAX_MEMORY or n * r * p > MAX_WORK:  # noqa: PLR2004  # RFC 7914, 2
            raise Unreadable(phrase("The parameters of the encryption are not sensible."), pointer=_POINTER)
        salt = _bytes(head.get("salt"), "salt")
        try:
            opened = cls(dict(head), AESGCM(_key(passphrase, salt, n, r, p)))
        except (MemoryError, ValueError):  # what OpenSSL says to an n that is too large for its r, too
            raise Unreadable(phrase("The parameters of the encryption are not sensible."), pointer=_POINTER) from None
        if opened.decrypt(head.get("check"), _POINTER) != _CHECK:
            raise WrongPassphrase(phrase("This is not the passphrase that the file was written with."))
        return opened

    def encrypt(self, text: str, place: str) -> str:
        """Nonce and ciphertext in base64."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return _text(nonce + self._cipher.encrypt(nonce, text.encode(), place.encode()))

    def decrypt(self, stored: Any, place: str) -> str | None:
        """The text; None: it was changed, or stood in another place."""
        try:
            raw = base64.b64decode(stored, validate=True)
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, TypeError, ValueError):
            return None


def _key(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=n, r=r, p=p).derive(passphrase.encode())


def _number(head: Mapping[str, Any], name: str) -> int:
    value = head.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Unreadable(
            phrase("The parameter {name} of the encryption is missing.", name=name), pointer=f"{_POINTER}/{name}"
        )
    return value


def _bytes(text: Any, name: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, ValueError):
        raise Unreadable(phrase("This is not base64."), pointer=f"{_POINTER}/{name}") from None


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
