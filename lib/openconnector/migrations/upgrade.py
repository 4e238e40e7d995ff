# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Brings the database to the form that this version needs."""

import asyncio
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from openconnector.core.clock import stopwatch
from openconnector.core.database import GIVES_BACK, LOCK_WAIT_SECONDS, Database
from openconnector.core.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent
_INCREMENTAL = 2

log = structlog.get_logger()

LOCK = 0x6F63_6D69_6772
"""PostgreSQL's advisory lock for migrations: any number, as long as it stays the same."""


async def upgrade(database: Database) -> None:
    """Run the migrations that are missing, in one transaction. A second process waits, and finds nothing to do.

    Raises:
        ConfigurationError: the database cannot be reached, or a later version of OpenConnector has written it.
    """
    deadline = stopwatch() + 1000 * LOCK_WAIT_SECONDS
    while True:
        try:
            await _upgrade_alone(database)
        except OperationalError as error:
            # SQLite does not wait where two processes turn on the write-ahead log of a new database at the same time.
            if "locked" not in str(error.orig) or stopwatch() > deadline:
                raise ConfigurationError(f"The database cannot be used: {error.orig}") from None
            await asyncio.sleep(0.05)
        else:
            break
    if database.is_sqlite:
        await _let_give_back(database)


async def _let_give_back(database: Database) -> None:
    """Write a file of an earlier version anew, once: from then on it gives back what is removed from it."""
    async with database.engine.connect() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        mode = await (await raw.execute("PRAGMA auto_vacuum")).fetchone()
        if mode[0] != _INCREMENTAL:
            # Past the session: this cannot be done inside of a transaction.
            await raw.execute(f"PRAGMA {GIVES_BACK}")
            try:
                await raw.execute("VACUUM")
            except sqlite3.OperationalError as error:  # another process uses it, or there is no room: the next time
                log.warning("the database could not be written anew, and does not give space back", error=str(error))


async def _upgrade_alone(database: Database) -> None:
    async with database.writer.begin() as connection:
        # On SQLite this transaction began as a writer, which is lock enough.
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        await connection.run_sync(_upgrade)


def alembic_config() -> "Config":
    """Alembic's configuration: the scripts are beside this file, in the wheel too."""
    from alembic.config import Config  # noqa: PLC0415  # see `_upgrade`

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def newest_revision() -> str:
    """The revision of the last script; their file names begin with their numbers."""
    return max(path.name.partition("_")[0] for path in HERE.glob("versions/[0-9]*.py"))


def _upgrade(connection: Connection) -> None:
    if _current_revision(connection) == newest_revision():
        return
    # Alembic and its templates take 10 MiB, which a process that has nothing to migrate does not need.
    from alembic import command  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = alembic_config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise ConfigurationError(f"The database does not fit this version of OpenConnector: {error}") from None


def _current_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
