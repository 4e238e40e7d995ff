# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The archive for the app store: what Nextcloud wants of an app that runs elsewhere."""

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from ex_app.environment import PROJECT

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")

FOLDERS, FILES = ("appinfo", "img", "l10n"), ("CHANGELOG.md", "LICENSE")


def packed(checkout: Path, target: Path) -> Path:
    subprocess.run(["make", "-C", checkout, "package", f"DIST={target}"], check=True, capture_output=True)
    return target / "open_connector.tar.gz"


def test_it_holds_what_nextcloud_takes_and_nothing_else(tmp_path: Path) -> None:
    files = {path for folder in FOLDERS for path in (PROJECT / folder).rglob("*") if path.is_file()}
    files |= {PROJECT / name for name in FILES}
    with tarfile.open(packed(PROJECT, tmp_path)) as archive:
        assert {member.name for member in archive if not member.isdir()} == {
            f"open_connector/{path.relative_to(PROJECT)}" for path in files
        }
        assert {"open_connector/appinfo/info.xml", "open_connector/l10n/nl.json"} <= set(archive.getnames())
        assert all(member.isfile() or member.isdir() for member in archive)
        assert {(member.uid, member.gid, member.uname, member.mtime) for member in archive} == {(0, 0, "", 0)}
        assert {(member.isdir(), member.mode) for member in archive} == {(True, 0o755), (False, 0o644)}
        manifest = archive.extractfile("open_connector/appinfo/info.xml")
        assert manifest is not None
        assert manifest.read() == (PROJECT / "appinfo" / "info.xml").read_bytes()


def test_another_checkout_of_the_same_files_makes_the_same_archive(tmp_path: Path) -> None:
    other = tmp_path / "checkout"
    for name in FOLDERS:
        shutil.copytree(PROJECT / name, other / name, copy_function=shutil.copyfile)
    for name in (*FILES, "Makefile"):
        shutil.copyfile(PROJECT / name, other / name)
    (other / "LICENSE").chmod(0o600)
    (other / "l10n").chmod(0o700)
    ours, theirs = packed(PROJECT, tmp_path / "ours"), packed(other, tmp_path / "theirs")
    assert ours.read_bytes() == theirs.read_bytes()
