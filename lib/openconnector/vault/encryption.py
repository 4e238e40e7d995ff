# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Encryption at rest: AES-256-GCM (NIST SP 800-38D), one random nonce for each value."""

import base64
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from openconnector.core.errors import ConfigurationError

PREFIX = "oc1"
NONCE_BYTES = 12


class Vault:
    """Encrypts and decrypts single values with one key.

    A stored value is `oc1.<key id>.<base64url of nonce and ciphertext>`. The key id tells which key wrote it. The
    context is authenticated with it: a ciphertext that is copied to another source or field does not decrypt.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self.key_id = hashlib.sha256(b"openconnector key id" + key).hexdigest()[:8]

    def encrypt(self, text: str, *, context: str) -> str:
        """The stored form of `text`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), context.encode())
        return f"{PREFIX}.{self.key_id}.{base64.urlsafe_b64encode(sealed).decode()}"

    def decrypt(self, stored: str, *, context: str) -> str:
        """The text behind a stored form.

        Raises:
            ConfigurationError: it was written with another key, for another context, or was changed.
        """
        prefix, _, rest = stored.partition(".")
        key_id, _, sealed = rest.partition(".")
        if prefix != PREFIX or key_id != self.key_id:
            raise ConfigurationError(
                "A stored secret was encrypted with another key. Put the former secret.key or "
                "OPENCONNECTOR_SECRET_KEY back, or enter the secret again."
            )
        raw = base64.urlsafe_b64decode(sealed)
        try:
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()
        except InvalidTag:
            raise ConfigurationError("A stored secret has been changed outside OpenConnector.") from None
