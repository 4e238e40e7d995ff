# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a developer pastes into a terminal to register the app."""

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from ex_app.environment import PROJECT
from ex_app.registration import registration
from ex_app.standalone.manifest import read_manifest


def test_nextcloud_is_told_where_the_translations_are() -> None:
    text = registration(read_manifest(PROJECT / "appinfo" / "info.xml"), "a-secret")
    words = shlex.split(text.partition("# 3.")[2].partition("\n")[2])
    info = json.loads(words[words.index("--json-info") + 1])
    assert (Path(info["translations_folder"]) / "nl.json").is_file()


def test_the_app_starts_wherever_the_command_is_pasted(tmp_path: Path) -> None:
    text = registration(read_manifest(PROJECT / "appinfo" / "info.xml"), "a-secret")
    step = text.partition("# 2.")[2].partition("# 3.")[0].partition("\n")[2]
    environ = {**os.environ, "PATH": "/nowhere", "HOME": str(tmp_path)}
    script = step.replace("APP_PORT=9031", "APP_PORT=none")  # so that it gets that far, and ends
    done = subprocess.run(
        ["/bin/sh", "-ec", script], cwd=tmp_path, env=environ, check=False, capture_output=True, text=True
    )
    assert done.stderr == "open_connector cannot start: APP_PORT must be a number from 1 to 65535\n"


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_a_fresh_checkout_is_made_ready_first(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "--dry-run", "register", f"VENV={tmp_path / 'venv'}"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    installed, _, registered = done.stdout.partition("-m ex_app.registration")
    assert "-r requirements-dev.lock" in installed
    assert "run build" in installed
    assert registered == "\n"
