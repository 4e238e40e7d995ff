# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`logs:generate`: a log of made-up calls, to measure with."""

from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from openconnector.commands.command import Context, Output
from openconnector.core.clock import now, stopwatch
from openconnector.core.collector import settle
from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError
from openconnector.logs.generation.content import Shape
from openconnector.logs.generation.writing import generate
from openconnector.migrations.upgrade import upgrade


async def generate_logs(context: Context, arguments: Mapping[str, Any], output: Output) -> None:
    """Write made-up calls into a database that was named for it.

    Raises:
        ConfigurationError: no database was named, or it cannot be used.
    """
    if arguments["database"] is None:
        raise ConfigurationError("Name the database with --database: made-up calls do not belong among real ones.")
    url = SecretStr(arguments["database"])
    database = Database.from_settings(context.settings.model_copy(update={"database_url": url}))
    started = stopwatch()
    try:
        await upgrade(database)
        settle()
        shape = Shape(arguments["rows"], arguments["seed"], arguments["sources"], arguments["days"], now())
        await generate(database, shape, lambda made: output.progress(f"{made} of {shape.rows} calls"))
    finally:
        await database.close()
    seconds = round((stopwatch() - started) / 1000, 1)
    output.result(f"{shape.rows} calls in {seconds} s.", rows=shape.rows, seconds=seconds)
