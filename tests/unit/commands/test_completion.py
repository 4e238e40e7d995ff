# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a shell completes: asked of a real bash."""

import shutil
import subprocess

import pytest

from openconnector.commands.completion import _SCRIPTS

BASH = shutil.which("bash")


@pytest.mark.skipif(BASH is None, reason="there is no bash here")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("openconnector sta", ["status"]),
        ("openconnector source:l", ["list"]),
        ("openconnector source:show c", ["crm"]),
        ("openconnector source:show ", ["--json", "crm", "zaken"]),
        ("openconnector source:test crm --me", ["--method"]),
        ("openconnector completion f", ["fish"]),
        ("openconnector config:get ", ["--json"]),
    ],
)
def test_bash_completes(typed: str, offered: list[str]) -> None:
    script = (
        _SCRIPTS["bash"]()
        + "openconnector() { printf 'crm\\nzaken\\n'; }\nCOMP_WORDBREAKS=$' \\t\\n:='\n"
        + 'COMP_LINE="$1"; COMP_POINT=${#1}; _openconnector; printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run([BASH or "", "-c", script, "bash", typed], capture_output=True, text=True, check=True)
    assert done.stdout.split() == offered
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_accept_their_script(shell: str) -> None:
    script = _SCRIPTS[shell]()
    assert all(name in script for name in ("source:test", "dry-run", "completion sources"))
    program = shutil.which(shell)
    if program is not None:
        subprocess.run([program, "-n"], input=script, text=True, check=True)
