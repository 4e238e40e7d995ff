# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Gives the disk back what was removed: pages of SQLite's file, whole partitions of PostgreSQL's tables."""

import asyncio
import sqlite3
from contextlib import closing
from typing import Literal

import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from openconnector.core.clock import stopwatch
from openconnector.core.database import LOCK_WAIT_SECONDS, Database
from openconnector.logs.keeping.pace import Pace
from openconnector.logs.models import LogState
from openconnector.logs.storage.partitions import PARTITION_SIZE

LARGEST_STEP_PAGES = 512
RESERVE_PAGES = 256
"""Free pages that SQLite keeps at least. What comes next is written there, and nothing has to be moved for it."""
RESERVE_PART = 100
"""Of a larger file it keeps one page in so many."""

LOCK_WAIT_MS = 50
"""How long dropping a partition waits for its lock; whoever uses the table waits behind it."""

CHECKPOINT_PAGES = 2048
"""Pages that are moved before SQLite's write-ahead log is."""

log = structlog.get_logger()


async def give_back(database: Database) -> int:
    """Give back what is free, without holding up who writes; tell how many bytes SQLite's file lost."""
    if database.is_sqlite:
        return await _shrink(database)
    await _drop_partitions(database)
    return 0


async def _shrink(database: Database) -> int:
    path = _path(database)
    if path is None:
        return 0
    pace, given = Pace(database, size=64, largest=LARGEST_STEP_PAGES), 0
    free, reserve, page_size = await database.run(_free_pages)
    moved = 0
    while free > reserve:
        before = free
        free, took = await asyncio.to_thread(_vacuum, path, min(pace.size, free - reserve))
        await pace.rest(took)
        if free >= before:  # the file is of a time when pages were not given back
            break
        given += before - free
        moved += before - free
        if moved > CHECKPOINT_PAGES:
            moved = 0
            await checkpoint(database, "PASSIVE")
    await checkpoint(database, "PASSIVE")
    await checkpoint(database, "TRUNCATE")
    return given * page_size


def _free_pages(session: Session) -> tuple[int, int, int]:
    free, pages, page_size = (
        int(session.scalar(text(f"PRAGMA {name}")) or 0) for name in ("freelist_count", "page_count", "page_size")
    )
    return free, max(RESERVE_PAGES, pages // RESERVE_PART), page_size


def _vacuum(path: str, pages: int) -> tuple[int, float]:
    """Give pages back; those that are free now, and for how many milliseconds the lock was held.

    The driver does the first step of this pragma only, which is one page, unless it stands in a script.
    """
    began = 0.0

    def begin() -> None:
        nonlocal began
        began = stopwatch()

    with closing(_connect(path, LOCK_WAIT_SECONDS)) as connection:
        connection.create_function("began", 0, begin)
        vacuum = f"PRAGMA incremental_vacuum({pages:d})"
        connection.executescript(f"BEGIN IMMEDIATE; SELECT began(); {vacuum}; COMMIT")
        took = stopwatch() - began
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    return free, took


def _connect(path: str, timeout: float) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")
    return connection


def _path(database: Database) -> str | None:
    path = database.url.database
    return path if database.is_sqlite and path and path != ":memory:" else None


async def checkpoint(database: Database, mode: Literal["PASSIVE", "TRUNCATE"]) -> None:
    """Move what is in the write-ahead log of SQLite into its file.

    `PASSIVE` holds up nobody. `TRUNCATE` empties the log, at once or, where somebody reads in it, not at all.
    """
    path = _path(database)
    if path is None:
        return

    def run() -> None:
        with closing(_connect(path, 0)) as connection:
            connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()

    try:
        await asyncio.to_thread(run)
    except sqlite3.OperationalError as error:
        log.info("the write-ahead log could not be emptied now", error=str(error))


async def _drop_partitions(database: Database) -> None:
    """Drop the partitions that are empty and behind those that are written to."""
    for name in await database.run(_empty_partitions):
        try:
            await database.run(lambda session, name=name: _drop(session, name), writes=True)  # type: ignore[misc]
        except DBAPIError as error:  # somebody uses the table: the next clean-up tries again
            log.info("a partition of the log is in use", partition=name, error=str(error.orig))
        else:
            log.info("an empty partition of the log was given back", partition=name)


def _empty_partitions(session: Session) -> list[str]:
    state = session.execute(select(LogState.next_number, LogState.next_body)).one_or_none()
    if state is None:
        return []
    names = session.scalars(_PARTITIONS).all()
    newest = {table: max((_index(name) for name in names if name.startswith(table)), default=0) for table in _TABLES}
    current = dict(zip(_TABLES, (state.next_number // PARTITION_SIZE, state.next_body // PARTITION_SIZE), strict=True))
    return [
        name
        for name in names
        for table in _TABLES
        if name.startswith(table) and _index(name) < min(current[table], newest[table]) and _is_empty(session, name)
    ]


def _is_empty(session: Session, name: str) -> bool:
    return session.scalar(text(f"SELECT NOT EXISTS (SELECT 1 FROM {name})")) is True  # noqa: S608  # a name we made


def _drop(session: Session, name: str) -> None:
    session.execute(text(f"SET LOCAL lock_timeout = '{LOCK_WAIT_MS}ms'"))
    if _is_empty(session, name):
        session.execute(text(f"DROP TABLE {name}"))


def _index(name: str) -> int:
    return int(name.rpartition("_p")[2])


_TABLES = ("call_logs_p", "call_bodies_p")
_PARTITIONS = text(
    "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid "
    "JOIN pg_class parent ON parent.oid = inhparent WHERE pg_table_is_visible(child.oid) "
    "AND parent.relname IN ('call_logs', 'call_bodies') AND child.relname ~ '^call_(logs|bodies)_p[0-9]+$'"
)
