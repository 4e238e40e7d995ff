# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The libraries of file transfer are megabytes that a process without such sources does not need."""

import subprocess
import sys
from pathlib import Path

LIB = Path(__file__).parents[4] / "lib"


def test_the_app_loads_neither_aioftp_nor_asyncssh() -> None:
    code = "import sys, openconnector.app; print(sorted({'aioftp', 'asyncssh', 'ftplib'} & set(sys.modules)))"
    command = [sys.executable, "-c", code]

    assert subprocess.run(command, cwd=LIB, check=True, capture_output=True, text=True).stdout == "[]\n"
