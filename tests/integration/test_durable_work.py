# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scheduled and queued work."""

import asyncio
import os
import sys

from openconnector.core.settings import Settings


async def test_work_is_scheduled_and_queued_and_leaves_no_records_for_ever(sqlite_settings: Settings) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.work_process"),
        env={**os.environ, "OPENCONNECTOR_STORAGE_PATH": str(sqlite_settings.storage_path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(40):
        said, _stderr = await process.communicate()
    lines = said.decode().splitlines()
    (told,) = [line for line in lines if "a job is not scheduled" in line]  # and does not stop the other one
    assert "sometimes" in told
    assert lines.count("{'some': ['thing']}") == 2
    assert lines[-1] == "True 0"
