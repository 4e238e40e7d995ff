# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the encryption keys come from: the environment, or a file that this program makes and rotates."""

import base64
import binascii
import fcntl
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from openconnector.core.errors import ConfigurationError
from openconnector.core.settings import Settings
from openconnector.vault.encryption import Ring

KEY_BYTES = 32
KEY_FILE = "secret.key"


def open_ring(settings: Settings, holds_secrets: Callable[[], bool] = lambda: False) -> Callable[[], Ring]:
    """The keys of the settings, else those of the key file, which is made on first use with mode 0600.

    Args:
        holds_secrets: whether the database has secrets. It is asked where there is no key file: a new key would open
            none of them.

    Raises:
        ConfigurationError: a key is not 32 bytes in base64, others may read the file, or it is lost.
    """
    if settings.secret_key is not None or settings.previous_secret_keys:
        ring = ring_of_environment(settings)
        return lambda: ring
    file = KeyFile(settings.storage_path)
    if not file.path.exists() and holds_secrets():
        raise ConfigurationError(
            f"There is no key file {file.path}, and the database holds secrets that only its key opens. Restore it "
            "from the backup, or set OPENCONNECTOR_SECRET_KEY if the key stood there. If it is lost, run: "
            "openconnector secret:rotate --key-lost. Then enter the secrets of all sources again."
        )
    file.create()
    file.ring()
    return file.ring


def ring_of_environment(settings: Settings) -> Ring:
    """The key of the settings and the previous ones.

    Raises:
        ConfigurationError: one of them is not 32 bytes in base64, or there is none that encrypts.
    """
    if settings.secret_key is None:
        raise ConfigurationError("OPENCONNECTOR_PREVIOUS_SECRET_KEYS is set without OPENCONNECTOR_SECRET_KEY.")
    previous = (key.get_secret_value() for key in settings.previous_secret_keys)
    return (
        _decode(settings.secret_key.get_secret_value(), "OPENCONNECTOR_SECRET_KEY"),
        *(_decode(text, "Each entry of OPENCONNECTOR_PREVIOUS_SECRET_KEYS") for text in previous),
    )


class KeyFile:
    """`secret.key`: a key in base64 on each line. The first encrypts, the others are read until a rotation is done.

    The file is only ever replaced as a whole, so that nobody reads half of it, and a process that uses it sees that
    it is another file.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / KEY_FILE
        self._seen: tuple[int, ...] = ()
        self._ring: Ring = ()

    def ring(self) -> Ring:
        """The keys as they are now. It costs one look at the file's date as long as nothing has changed.

        Raises:
            ConfigurationError: the file is gone, may be read by others, or holds something that is no key.
        """
        try:
            status = self.path.stat()
            seen = (status.st_ino, status.st_mtime_ns, status.st_size)
            if seen != self._seen:
                self._ring, self._seen = self._read(status), seen
        except OSError as error:
            raise ConfigurationError(f"{self.path} cannot be read: {error.strerror}. Put the key file back.") from None
        return self._ring

    def create(self) -> None:
        """Make the file with a new key, where there is none. Of two processes at the same time one makes it."""
        if self.path.exists():
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._draft([_new_key()])
        _give_to(draft, self.path.parent.stat())
        try:
            os.link(draft, self.path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        self._make_durable()

    def begin_rotation(self) -> bool:
        """Put a new key before those in the file; False, when an earlier rotation is not done and goes on.

        From here on every process encrypts with the new key.
        """
        self._remove_drafts()
        ring = self.ring()
        if len(ring) > 1:
            return False
        self._replace([_new_key(), *ring])
        return True

    def end_rotation(self) -> None:
        """Keep the current key alone."""
        self._replace(self.ring()[:1])

    @contextmanager
    def locked(self) -> Iterator[None]:
        """While a rotation runs. The lock goes with its process, however that ends.

        Raises:
            ConfigurationError: another process rotates, or there is no key file in this directory.
        """
        if not self.path.exists():
            raise ConfigurationError(
                f"There is no key file {self.path}. Is OPENCONNECTOR_STORAGE_PATH the one that the server runs with? "
                "If the key is lost, add --key-lost."
            )
        directory = os.open(self.path.parent, os.O_RDONLY)
        try:
            _lock(directory)
            yield
        finally:
            os.close(directory)

    def _read(self, status: os.stat_result) -> Ring:
        mode = stat.S_IMODE(status.st_mode)
        if mode & 0o077:
            raise ConfigurationError(f"{self.path} may be read by others (mode {mode:04o}). Run: chmod 600 {self.path}")
        lines = self.path.read_text("ascii", errors="replace").split()
        return tuple(_decode(line, str(self.path)) for line in lines or [""])

    def _replace(self, ring: Sequence[bytes]) -> None:
        draft = self._draft(ring)
        _give_to(draft, self.path.stat())
        draft.replace(self.path)
        self._make_durable()

    def _draft(self, ring: Sequence[bytes]) -> Path:
        path = self.path.with_name(f"{KEY_FILE}.{os.getpid()}-{secrets.token_hex(4)}.draft")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"".join(base64.b64encode(key) + b"\n" for key in ring))
            file.flush()
            os.fsync(file.fileno())
        return path

    def _remove_drafts(self) -> None:
        """What a rotation has left that was killed before it could put its key into place. Nothing uses that key."""
        for draft in self.path.parent.glob(f"{KEY_FILE}.*.draft"):
            draft.unlink(missing_ok=True)

    def _make_durable(self) -> None:
        directory = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _give_to(draft: Path, status: os.stat_result) -> None:
    """Make a file that of the owner of another: the server may run as another user than this command."""
    if os.geteuid() == 0:
        os.chown(draft, status.st_uid, status.st_gid)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ConfigurationError("Another process is rotating the key. Wait until it is done.") from None


def _new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def _decode(text: str, origin: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError(f"{origin} must hold {KEY_BYTES} bytes in base64.")
    return key
