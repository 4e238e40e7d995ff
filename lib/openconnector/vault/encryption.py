# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Encryption at rest: AES-256-GCM (NIST SP 800-38D), one random nonce for each value."""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from openconnector.core.errors import ConfigurationError
from openconnector.core.phrases import phrase

PREFIX = "oc1"
NONCE_BYTES = 12

Ring = Sequence[bytes]
"""Keys: the first one encrypts, all of them decrypt."""


def key_id(key: bytes) -> str:
    """What a stored value calls the key that wrote it."""
    return hashlib.sha256(b"openconnector key id" + key).hexdigest()[:8]


def key_id_of(stored: str) -> str:
    """The id of the key that wrote a stored value; nothing, where it is no such value."""
    prefix, _, rest = stored.partition(".")
    return rest.partition(".")[0] if prefix == PREFIX else ""


@dataclass(frozen=True, slots=True)
class _Ciphers:
    ring: Ring
    current: str
    by_id: dict[str, AESGCM]


class Vault:
    """Encrypts and decrypts single values. It reads with every key of a ring, and writes with the first.

    A stored value is `oc1.<key id>.<base64url of nonce and ciphertext>`. The key id tells which key wrote it. The
    context is authenticated with it: a ciphertext that is copied to another source or field does not decrypt.

    Args:
        ring: gives the keys, and is asked on every use, because they may be rotated while this process runs. It gives
            the same object as long as they have not changed.
    """

    def __init__(self, ring: Callable[[], Ring]) -> None:
        self._ring = ring
        self._known = _ciphers(ring())

    def key_ids(self) -> tuple[str, ...]:
        """The ids of the keys; the first is that of the key that encrypts."""
        return tuple(self._ciphers().by_id)

    def encrypt(self, text: str, *, context: str) -> str:
        """The stored form of `text`."""
        ciphers, nonce = self._ciphers(), secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + ciphers.by_id[ciphers.current].encrypt(nonce, text.encode(), context.encode())
        return f"{PREFIX}.{ciphers.current}.{base64.urlsafe_b64encode(sealed).decode()}"

    def decrypt(self, stored: str, *, context: str) -> str:
        """The text behind a stored form.

        Raises:
            ConfigurationError: it was written with a key that is not there, for another context, or was changed.
        """
        cipher = self._ciphers().by_id.get(key_id_of(stored))
        if cipher is None:
            raise ConfigurationError(
                phrase(
                    "A stored secret was encrypted with another key. Put the former secret.key or "
                    "OPENCONNECTOR_SECRET_KEY back, or enter the secret again."
                )
            )
        try:
            raw = base64.urlsafe_b64decode(stored.rpartition(".")[2])
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise ConfigurationError(phrase("A stored secret has been changed outside OpenConnector.")) from None

    def _ciphers(self) -> _Ciphers:
        ring = self._ring()
        if ring is not self._known.ring:
            self._known = _ciphers(ring)
        return self._known


def _ciphers(ring: Ring) -> _Ciphers:
    return _Ciphers(ring, key_id(ring[0]), {key_id(key): AESGCM(key) for key in ring})
