# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Opens the log of a process: what writes it, what reads it, and what keeps it within bounds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from openconnector.core.database import Database
from openconnector.core.diskspace import DiskSpace
from openconnector.core.settings import Settings
from openconnector.logs.exports.service import Exports
from openconnector.logs.index.continuation import Continuation
from openconnector.logs.keeping.clean_up import CleanUp
from openconnector.logs.keeping.deletions import Deletions
from openconnector.logs.keeping.policy import environment_of
from openconnector.logs.service import LogService
from openconnector.logs.storage.compression import Compression
from openconnector.logs.writer import AlsoWrite, LogWriter


@dataclass(frozen=True, slots=True)
class OpenLog:
    """What the routes of the log find in the state of the app, each under the name that it has here."""

    compression: Compression
    writer: LogWriter
    logs: LogService
    disk: DiskSpace
    exports: Exports
    clean_up: CleanUp
    deletions: Deletions


@asynccontextmanager
async def open_log(database: Database, settings: Settings, also: AlsoWrite) -> AsyncIterator[OpenLog]:
    """The log of a database, until everything that was handed over is written."""
    compression, disk = Compression(), DiskSpace(database)
    await database.run(compression.refresh)
    continuation = Continuation(database, compression)
    writer = LogWriter(database, compression, also, disk=disk, on_block=continuation.wake)
    environment = environment_of(settings)
    logs = LogService(database, compression, environment)
    clean_up = CleanUp(database, logs.answers, environment)
    deletions = Deletions(database, logs.answers, clean_up)
    exports = Exports(logs, settings.storage_path)
    await continuation.open()
    try:
        yield OpenLog(compression, writer, logs, disk, exports, clean_up, deletions)
    finally:
        await deletions.close()
        await writer.close()
        await continuation.close()
