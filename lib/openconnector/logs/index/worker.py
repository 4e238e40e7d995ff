# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`python -m openconnector.logs.index.worker`: the process that continues the index.

Finding the words of a call takes several times as long as writing it down, and Python does one thing at a time: so it
is done beside the process that calls and answers. A line on its input wakes it, the end of its input ends it.
"""

import asyncio
import os
import sys
import traceback

from openconnector.core.collector import settle
from openconnector.core.database import Database
from openconnector.logs.index.indexer import Indexer
from openconnector.logs.storage.compression import Compression

NICENESS = 19
"""Whoever waits for an answer comes first."""

DONE, GOING_ON = "done", "going on"
"""What it says at the end of an attempt that went well, and after each block on the way there."""


async def main() -> None:
    """Serve the database whose URL is the first line, until the other end closes."""
    os.nice(NICENESS)
    settle()
    database = Database.from_text(sys.stdin.readline().strip())
    try:
        while await asyncio.to_thread(sys.stdin.readline):
            _say(await _catch_up(database))
    finally:
        await database.close()


async def _catch_up(database: Database) -> str:
    """What is told of an attempt: `DONE`, or in one line what went wrong."""
    compression = Compression()
    try:
        await database.run(compression.refresh)
        await Indexer(database, compression).catch_up(lambda: _say(GOING_ON))
    except Exception as error:  # noqa: BLE001  # whatever it is, the other end tells it
        return " ".join(traceback.format_exception_only(error)).replace("\n", " ") or "?"
    return DONE


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # the other end reads it


if __name__ == "__main__":
    asyncio.run(main())
