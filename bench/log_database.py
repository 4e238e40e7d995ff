# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Databases with a log of made-up calls."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

from openconnector.core.database import Database
from openconnector.core.settings import Settings


def generate(url: str, rows: int, *, days: int = 30) -> None:
    """Fill a database in a process of its own."""
    options = ["--rows", str(rows), "--database", url, "--days", str(days)]
    command = [sys.executable, "-m", "ex_app.cli", "logs:generate", *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@asynccontextmanager
async def opened(url: str, storage: Path) -> AsyncIterator[Database]:
    """The database behind a URL."""
    settings = Settings(storage_path=storage, database_url=SecretStr(url))
    database = Database.from_settings(settings)
    try:
        yield database
    finally:
        await database.close()


async def bytes_of(database: Database) -> int:
    """What a database takes on the disk, without pages that are free."""
    if database.is_sqlite:
        pages = "SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count)"
        return 4096 * await database.run(lambda session: session.scalar(text(pages)) or 0)
    return await database.run(lambda session: session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
