# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the encryption key comes from."""

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path

from openconnector.core.errors import ConfigurationError
from openconnector.core.settings import Settings

KEY_BYTES = 32
KEY_FILE = "secret.key"


def load_key(settings: Settings) -> bytes:
    """The key of the settings, else of the key file, which is made on first use with mode 0600.

    Raises:
        ConfigurationError: the key is not 32 bytes in base64, or others may read its file.
    """
    if settings.secret_key is not None:
        return _decode(settings.secret_key.get_secret_value(), "OPENCONNECTOR_SECRET_KEY")
    path = settings.storage_path / KEY_FILE
    settings.storage_path.mkdir(parents=True, exist_ok=True)
    try:
        _create(path)
    except FileExistsError:
        _check_mode(path)
    return _decode(path.read_text("ascii", errors="replace"), str(path))


def _create(path: Path) -> None:
    """Write a new key under another name first: a second process never reads half a key."""
    if path.exists():
        raise FileExistsError(path)
    draft = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink()


def _check_mode(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise ConfigurationError(f"{path} may be read by others (mode {mode:04o}). Run: chmod 600 {path}")


def _decode(text: str, origin: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError(f"{origin} must hold {KEY_BYTES} bytes in base64.")
    return key
