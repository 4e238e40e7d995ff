# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scheduled and queued work."""

import asyncio
import os
import sys

import pytest

from openconnector.core.database import Database
from openconnector.core.durable import Job, Scheduler
from openconnector.core.errors import ConfigurationError
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
    assert lines.count("{'some': ['thing']}") == 2
    assert lines[-1] == "True 0"


async def test_a_schedule_that_is_none_is_named(sqlite_settings: Settings) -> None:
    database = Database.from_settings(sqlite_settings)
    scheduler = Scheduler(sqlite_settings, database)
    with pytest.raises(ConfigurationError, match=r"The schedule of odd, “sometimes”, is not valid"):
        await scheduler.open([Job("odd", "sometimes", asyncio.Event().wait)])
    await scheduler.close()
    await database.close()
