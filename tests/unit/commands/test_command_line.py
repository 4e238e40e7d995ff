# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the machine refuses is told in one line, and never as a traceback."""

import io
import os
import stat
import sys
from pathlib import Path

import pytest

import ex_app.cli
from openconnector import cli


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("OPENCONNECTOR_DATABASE_URL", raising=False)
    monkeypatch.setenv("OPENCONNECTOR_STORAGE_PATH", str(tmp_path / "storage"))
    return tmp_path / "storage"


def test_a_storage_that_cannot_be_made_is_named(storage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    storage.write_text("a file is in its place")
    assert cli.main(["status"]) == cli.FAILED
    assert capsys.readouterr().err == f"Error: {storage}: File exists.\n"


@pytest.mark.usefixtures("storage")
def test_a_directory_is_no_file_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", "--output", "/"]) == cli.FAILED
    assert capsys.readouterr().err == "Error: output: / is no file.\n"


@pytest.mark.usefixtures("storage")
def test_a_standard_input_of_another_encoding_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("é".encode("latin-1")), "utf-8"))
    assert cli.main(["import", "-"]) == cli.FAILED
    assert capsys.readouterr().err == "Error: The standard input is not in UTF-8.\n"


def test_the_database_is_for_its_owner_alone(storage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    former = os.umask(0o022)
    try:
        monkeypatch.setattr(ex_app.cli, "_prepare", lambda: None)  # the journal is that of the tests
        monkeypatch.setattr(sys, "argv", ["openconnector", "status"])
        assert ex_app.cli.main() == 0
    finally:
        os.umask(former)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (storage, *storage.iterdir())}
    assert {name for name, mode in modes.items() if mode & 0o077} == set()
