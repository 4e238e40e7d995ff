# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the log and its database are, in a few numbers for those who watch the process."""

from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from openconnector.core.database import Database
from openconnector.core.diskspace import DiskSpace
from openconnector.core.telemetry import VitalSigns
from openconnector.logs.keeping import totals
from openconnector.logs.models import LogState
from openconnector.logs.writer import LogWriter


async def read_vital_signs(database: Database, writer: LogWriter, disk: DiskSpace) -> VitalSigns:
    """The numbers as they are now. It takes one trip to the database, whatever is in it."""
    await disk.refresh()
    index_lag, calls, size = await database.run(lambda session: _read(session, database))
    return VitalSigns(writer.waiting, index_lag, calls, size, disk.free_bytes(), disk.is_full)


def _read(session: Session, database: Database) -> tuple[int, int, int]:
    lag = session.scalar(select(LogState.next_number - LogState.indexed_number)) or 0
    return max(lag, 0), totals.whole(session).calls, _size(session, database)


def _size(session: Session, database: Database) -> int:
    if not database.is_sqlite:
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    path = database.url.database or ""
    files = (Path(path + suffix) for suffix in ("", "-wal", "-shm"))
    return sum(file.stat().st_size for file in files if file.is_file())
