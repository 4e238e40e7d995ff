# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Brings the database to the form that this version needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import text
from sqlalchemy.engine import Connection

from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError

LOCK = 0x6F63_6D69_6772
"""PostgreSQL's advisory lock for migrations: any number, as long as it stays the same."""


async def upgrade(database: Database) -> None:
    """Run the migrations that are missing, in one transaction. A second process waits, and finds nothing to do.

    Raises:
        ConfigurationError: a later version of OpenConnector has written the database.
    """
    async with database.writer.begin() as connection:
        # On SQLite this transaction began as a writer, which is lock enough.
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        await connection.run_sync(_upgrade)


def alembic_config() -> Config:
    """Alembic's configuration: the scripts are beside this file, in the wheel too."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise ConfigurationError(f"The database does not fit this version of OpenConnector: {error}") from None
