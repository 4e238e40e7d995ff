# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The beginning of an export while it waits for its end: in memory first, then in a file that has no name.

The kernel removes such a file with the process, however that ends. Where a file system knows no files without a name,
one bears a name for a moment; what is left of it after a crash is removed at the next start.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import IO

MEMORY = 1024 * 1024
"""Bytes that are held before they go to the disk."""

PIECE = 256 * 1024
_PREFIX = "openconnector-export-"


class Spool:
    """Takes pieces, and gives them back in their order. Everything here blocks; it may be closed in the middle."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: IO[bytes] | None = None
        self._saved = 0
        self._held: list[bytes] = []
        self._held_size = 0
        self._lock = Lock()
        self.is_full = False
        """The disk takes no more. What was written is kept all the same."""

    @property
    def size(self) -> int:
        """Bytes that were written."""
        return self._saved + self._held_size

    def write(self, piece: bytes) -> None:
        """Keep a piece."""
        with self._lock:
            self._held.append(piece)
            self._held_size += len(piece)
            if self._held_size > MEMORY and not self.is_full:
                self._save()

    def pieces(self) -> Iterator[bytes]:
        """All that was written; no piece is empty."""
        position = 0
        while piece := self._read(position):
            position += len(piece)
            yield piece
        yield from filter(None, self._held)

    def close(self) -> None:
        """Give back memory and disk. A thread that still writes has its way first."""
        with self._lock:
            self._held.clear()
            if self._file is not None:
                self._file.close()

    def _read(self, position: int) -> bytes:
        with self._lock:
            if self._file is None or self._file.closed:
                return b""
            self._file.seek(position)
            return self._file.read(PIECE)

    def _save(self) -> None:
        left = memoryview(b"".join(self._held))
        try:
            if self._file is None:
                # Without a buffer of its own: what a full disk did not take would stay in there.
                self._file = TemporaryFile(dir=self._directory, prefix=_PREFIX, buffering=0)  # noqa: SIM115  # it stays
            while left:
                written = self._file.write(left)
                self._saved += written
                left = left[written:]
        except OSError:
            self.is_full = True
        self._held, self._held_size = [bytes(left)], len(left)


def remove_leftovers(directory: Path) -> None:
    """Remove what a process left behind that was killed. A file that another one has open stays with that one."""
    for path in directory.glob(f"{_PREFIX}*"):
        path.unlink(missing_ok=True)
