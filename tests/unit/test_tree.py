# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Promises about the tree itself."""

import re
import subprocess
from pathlib import Path

import openconnector

PROJECT = Path(__file__).parents[2]
HEADER = ("SPDX-FileCopyrightText: 2026 The OpenConnector authors", "SPDX-License-Identifier: AGPL-3.0-or-later")
WITH_HEADER = {".py", ".ts", ".vue", ".css", ".mjs", ".svg"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, check=True, capture_output=True, text=True)
    return [PROJECT / name for name in listed.stdout.splitlines() if (PROJECT / name).is_file()]


def test_every_source_file_says_whose_it_is_and_under_which_licence() -> None:
    files = [path for path in tracked() if path.suffix in WITH_HEADER and path.name != "schema.d.ts"]
    assert files
    assert [path for path in files if not all(line in path.read_text()[:400] for line in HEADER)] == []


def test_no_file_names_a_package_registry_or_a_place_on_a_machine() -> None:
    registry = re.compile(r"https?://[\w.-]*(?:pypi|pythonhosted|npmjs)\.|--(?:extra-)?index-url|/(?:home|root|work)/")
    texts = [
        path
        for path in tracked()
        if path.suffix in {".lock", ".json", ".toml", ".md", ".yml"} or path.name == "Makefile"
    ]
    assert [path for path in texts if registry.search(path.read_text())] == []


def test_the_version_is_the_same_everywhere() -> None:
    version = openconnector.__version__
    assert f'version = "{version}"' in (PROJECT / "pyproject.toml").read_text()
    info = (PROJECT / "appinfo/info.xml").read_text()
    assert f"<version>{version}</version>" in info
    assert f"<image-tag>{version}</image-tag>" in info
    assert f'"version": "{version}"' in (PROJECT / "ex_app/ui/package.json").read_text()
    assert f"## [{version}]" in (PROJECT / "CHANGELOG.md").read_text()
