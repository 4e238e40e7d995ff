# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands in a database, past everything that could make it look better than it is."""

import json

import psycopg

from openconnector.core.settings import Settings


async def stored_bytes(settings: Settings) -> bytes:
    """Every byte that the database holds: the files of SQLite, or all rows of all tables of PostgreSQL."""
    if settings.database_url is None:
        files = (path for path in settings.storage_path.rglob("*") if path.is_file() and path.name != "secret.key")
        return b"".join(path.read_bytes() for path in files)
    with psycopg.connect(settings.database_url.get_secret_value()) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = [
            connection.execute(f"SELECT * FROM {table}".encode()).fetchall()  # the names come from the catalogue
            for (table,) in tables
        ]
    cells = [cell for table in rows for row in table for cell in row]
    return b"\n".join(cell if isinstance(cell, bytes) else json.dumps(cell, default=str).encode() for cell in cells)
