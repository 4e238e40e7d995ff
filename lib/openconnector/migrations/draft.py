# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the migration that the models ask for: `python -m openconnector.migrations.draft "Add a column"`."""

import asyncio
import importlib
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL, Connection

from openconnector.core.database import Database
from openconnector.migrations.upgrade import HERE, alembic_config, upgrade


async def draft(message: str) -> None:
    """Compare the models with a database that has all migrations, and write down what is missing."""
    import_models()
    with tempfile.TemporaryDirectory() as directory:
        database = Database(URL.create("sqlite+aiosqlite", database=str(Path(directory, "draft.sqlite3"))))
        await upgrade(database)
        async with database.writer.begin() as connection:
            await connection.run_sync(_write, message)
        await database.close()


def import_models() -> None:
    """Have all tables in the metadata: by their files, because migrations are below the slices that they belong to."""
    package = HERE.parent
    for path in sorted(package.rglob("models.py")):
        importlib.import_module(".".join((package.name, *path.relative_to(package).with_suffix("").parts)))


def _write(connection: Connection, message: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
    command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04}")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():  # noqa: PLR2004
        sys.exit('Say what changes: make migrate MESSAGE="Add a column"')
    asyncio.run(draft(sys.argv[1]))
