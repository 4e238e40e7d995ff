# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is kept of an export while it is made, and what is left of it."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, cast

import pytest

from openconnector.logs.exports import spool as spools
from openconnector.logs.exports.spool import MEMORY, Spool, remove_leftovers


@pytest.mark.parametrize("sizes", [[], [0], [10, 0, 20], [MEMORY, 1, 5], [700_000] * 5, [3 * MEMORY + 7]])
def test_what_goes_in_comes_out_in_its_order(tmp_path: Path, sizes: list[int]) -> None:
    spool = Spool(tmp_path)
    pieces = [os.urandom(size) for size in sizes]
    for piece in pieces:
        spool.write(piece)
    assert spool.size == sum(sizes)
    taken = list(spool.pieces())
    assert b"".join(taken) == b"".join(pieces)
    assert all(taken)
    assert list(tmp_path.iterdir()) == []
    spool.close()


class Full:
    """A file on a disk that takes a little of the first piece, and nothing more."""

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = 100

    def write(self, piece: memoryview) -> int:
        if not self._left:
            raise OSError(28, "No space left on device")
        taken, self._left = self._left, 0
        return self._file.write(piece[:taken])

    def seek(self, position: int) -> int:
        return self._file.seek(position)

    def read(self, length: int) -> bytes:
        return self._file.read(length)

    def close(self) -> None:
        self._file.close()


def test_a_full_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(**values: Any) -> Full:
        return Full(cast("IO[bytes]", TemporaryFile(**values)))

    monkeypatch.setattr(spools, "TemporaryFile", opened)
    spool = Spool(tmp_path)
    pieces = [os.urandom(800_000) for _ in range(3)]
    for piece in pieces:
        spool.write(piece)
    assert spool.is_full
    assert b"".join(spool.pieces()) == b"".join(pieces)
    spool.close()


def test_nothing_is_left_of_a_process_that_was_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from openconnector.logs.exports.spool import Spool\n"
        "spool = Spool(Path(sys.argv[1])); spool.write(bytes(3_000_000)); print('written', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
    assert list(tmp_path.iterdir()) == []


def test_a_start_removes_what_has_a_name_and_nothing_else(tmp_path: Path) -> None:
    for name in ("openconnector-export-abc", "openconnector.sqlite3"):
        (tmp_path / name).touch()
    remove_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["openconnector.sqlite3"]
    remove_leftovers(tmp_path / "not there yet")
