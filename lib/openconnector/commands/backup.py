# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`backup`: the SQLite database and the key file, copied while OpenConnector runs."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openconnector.commands.command import Context, Output
from openconnector.core.backup import back_up
from openconnector.core.errors import ConfigurationError
from openconnector.vault.keys import KEY_FILE

_MIB = 2**20


async def make_backup(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Copy both into a directory that has none of them yet.

    Raises:
        ConfigurationError: the database is PostgreSQL, or the copy cannot be made.
    """
    settings, database = context.settings, context.database
    if not database.is_sqlite:
        raise ConfigurationError("PostgreSQL is backed up with pg_dump. Keep a copy of the key beside it.")
    key = settings.storage_path / KEY_FILE if settings.secret_key is None else None
    last = 0

    def tell(done: int, total: int) -> None:
        nonlocal last
        if done - last >= 256 * _MIB:
            last = done
            output.progress(f"{done // _MIB} of {total // _MIB} MiB")

    loop = asyncio.get_running_loop()

    def tell_from_thread(done: int, total: int) -> None:
        loop.call_soon_threadsafe(tell, done, total)

    path = Path(database.url.database or "")
    made = await asyncio.to_thread(back_up, path, key, Path(values["directory"]), tell_from_thread)
    also = "The key stands in the environment: keep it, too." if made.key is None else "The key is beside it."
    output.result(
        f"The database is in {made.database}. {also}",
        database=str(made.database),
        key=None if made.key is None else str(made.key),
        bytes=made.size,
    )
