# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`python -m tests.faults.log_process WORK URL DIRECTORY [ROWS]`: a process with an open log, to be killed at work.

What it prints is true at that moment: ids of calls that are committed, or how far it is.
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.settings import Settings
from openconnector.logs.exports.service import Exports
from openconnector.logs.generation.content import Shape, calls
from openconnector.logs.index.indexer import Indexer
from openconnector.logs.keeping.removal import Removed
from openconnector.logs.listing import LogFilter
from openconnector.logs.opening import OpenLog, open_log
from openconnector.migrations.upgrade import upgrade

WRITERS = 8
LATEST_DAYS = 10
"""Days that successful calls are kept."""


async def main(work: str, url: str, directory: str, rows: str = "6000") -> None:
    """Do one kind of work until somebody kills this process, or it is done."""
    settings = Settings(storage_path=Path(directory), database_url=SecretStr(url), success_retention_days=LATEST_DAYS)
    database = Database.from_settings(settings)
    await upgrade(database)
    async with open_log(database, settings, lambda _session, _calls: None) as log:
        match work:
            case "ingestion":
                await _ingest(log, int(rows))
            case "indexing":
                print("begun", flush=True)  # noqa: T201
                await Indexer(database, log.compression).catch_up()
            case "export":
                await _export(log, Path(directory))
            case _:
                await log.clean_up.run(_told)
    await database.close()


async def _ingest(log: OpenLog, rows: int) -> None:
    # Half of them are older than what is kept.
    made = calls(Shape(rows=rows, seed=1, sources=4, days=2 * LATEST_DAYS, until=now() - timedelta(hours=1)))

    async def write() -> None:
        for call in made:
            await log.writer.keep(call)
            print(call.id, flush=True)  # noqa: T201

    await asyncio.gather(*(write() for _ in range(WRITERS)))


async def _export(log: OpenLog, directory: Path) -> None:
    prepared = await Exports(log.logs, directory).start(LogFilter(), "ndjson", None)
    async for piece in prepared.pieces():
        print(len(piece), flush=True)  # noqa: T201
        await asyncio.sleep(0.01)


def _told(step: Removed) -> None:
    print(step.calls, flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
