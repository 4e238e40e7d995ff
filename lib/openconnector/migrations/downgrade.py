# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Takes the database back to what an earlier version needs: `python -m openconnector.migrations.downgrade 0005`.

Nothing else may use the database meanwhile. What the earlier version does not know is switched off or left out.
"""

import asyncio
import sys

from sqlalchemy import text
from sqlalchemy.engine import Connection

from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError
from openconnector.core.settings import Settings
from openconnector.migrations.upgrade import LOCK, alembic_config


async def downgrade(database: Database, revision: str) -> None:
    """Undo the migrations after `revision`, in one transaction.

    Raises:
        ConfigurationError: there is no such migration, or the database is older.
    """
    async with database.writer.begin() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        await connection.run_sync(_downgrade, revision)


def _downgrade(connection: Connection, revision: str) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = alembic_config()
    config.attributes["connection"] = connection
    try:
        command.downgrade(config, revision)
    except CommandError as error:
        raise ConfigurationError(f"The database cannot be taken back to {revision}: {error}") from None


async def _main(revision: str) -> None:
    database = Database.from_settings(Settings())
    try:
        await downgrade(database, revision)
    finally:
        await database.close()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():  # noqa: PLR2004
        sys.exit("Name the migration that the earlier version ends with, such as 0005.")
    try:
        asyncio.run(_main(sys.argv[1]))
    except ConfigurationError as error:
        sys.exit(str(error))
