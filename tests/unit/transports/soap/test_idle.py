# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A process that has no SOAP to do has nothing of it in memory."""

import subprocess
import sys


def test_the_engine_loads_neither_zeep_nor_lxml() -> None:
    program = "import sys, openconnector.app; print(*{'lxml', 'requests', 'signxml', 'zeep'}.intersection(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == ""
