# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What happens when the disk of the database is full: nothing is written, and nothing is called, until there is room.

A call must be found in the log. So no call is made when it is known that it could not be kept there.
"""

import errno
import os
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openconnector.core.clock import stopwatch
from openconnector.core.database import Database
from openconnector.core.errors import StorageFull
from openconnector.core.phrases import phrase
from openconnector.core.problems import problem_response

RESERVE_BYTES = 16 * 1024 * 1024
"""What is left free on SQLite's disk, so that log entries can be deleted: that needs room, too."""

LOOK_MS = 500
"""How long it is believed that there is room."""

PROBE_MS = 5_000
"""How long it is believed that there is none."""

PROBE_BYTES = 1024 * 1024
"""What is written, and taken back, to find out whether there is room again."""

log = structlog.get_logger()

_SHM_SIZE: Final = 4874  # SQLITE_IOERR_SHMSIZE: the file of the shared memory could not grow
_SQLITE_CODES = frozenset({sqlite3.SQLITE_FULL, _SHM_SIZE})
_SQL_STATES = frozenset({"53100", "25006"})  # disk_full, read_only_sql_transaction


def is_full(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, says that the disk of the database is full or read-only."""
    for _ in range(10):  # a chain may be a circle
        if error is None:
            return False
        if getattr(error, "sqlite_errorcode", None) in _SQLITE_CODES or getattr(error, "sqlstate", None) in _SQL_STATES:
            return True
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
    return False


class DiskSpace:
    """Knows whether the database of one engine can be written to."""

    def __init__(self, database: Database, *, reserve_bytes: int = RESERVE_BYTES) -> None:
        self._database = database
        self._reserve = reserve_bytes
        self._next_look = 0.0
        self.is_full = False

    def saw(self, error: BaseException) -> bool:
        """Take note of an error of the database, and tell whether it says that the disk is full."""
        if not is_full(error):
            return False
        self._found(full=True)
        return True

    def free_bytes(self) -> int | None:
        """Bytes free on SQLite's disk; None: not known, as on PostgreSQL."""
        directory = self._directory()
        try:
            return None if directory is None else shutil.disk_usage(directory).free
        except OSError:
            return None

    async def require_writable(self) -> None:
        """Return when something can be written, as far as is known.

        Raises:
            StorageFull: the disk is full. Looked at again after some seconds.
        """
        await self.refresh()
        if self.is_full:
            raise self.problem()

    async def refresh(self) -> None:
        """Have `is_full` as it was a few seconds ago at most."""
        at = stopwatch()
        if at >= self._next_look:
            self._next_look = at + (PROBE_MS if self.is_full else LOOK_MS)  # the others do not look meanwhile
            await self._look()

    def problem(self) -> StorageFull:
        """What is answered to whoever wants to write."""
        full = phrase(
            "{disk} is full, so OpenConnector makes no calls and saves nothing: what is called must be in "
            "the log. Make room on it, or delete log entries. It goes on by itself."
        )
        return StorageFull(full.filled(disk=self._where()))

    async def _look(self) -> None:
        free = self.free_bytes()
        if free is not None and free < self._reserve:
            self._found(full=True)
        elif self.is_full:
            try:
                for step in _PROBE["sqlite" if self._database.is_sqlite else "postgresql"]:
                    await self._database.run(step, writes=True)
            except Exception as error:  # noqa: BLE001  # whatever it is, nothing could be written
                log.info("the database cannot be written to yet", error=type(error).__name__)
            else:
                self._found(full=False)

    def _found(self, *, full: bool) -> None:
        if full != self.is_full:
            self.is_full = full
            if full:
                log.error("the disk of the database is full: OpenConnector makes no calls", where=self._where())
            else:
                log.warning("the database has room again")
        self._next_look = stopwatch() + (PROBE_MS if full else LOOK_MS)

    def _directory(self) -> Path | None:
        path = self._database.url.database
        return Path(os.path.abspath(path)).parent if self._database.is_sqlite and path else None  # noqa: PTH100

    def _where(self) -> str:
        if directory := self._directory():
            return phrase("The disk of {directory}", directory=directory)
        if host := self._database.url.host:
            return phrase("The disk of the database {host}", host=host)
        return phrase("The disk of the database")


def _write_much(session: Session) -> None:
    session.execute(_REMOVE)
    session.execute(_WRITE, {"data": os.urandom(PROBE_BYTES)})


def _take_back(session: Session) -> None:
    session.execute(_REMOVE)


def _try_much(session: Session) -> None:
    """PostgreSQL takes the room when a row is written, whether it is committed or not."""
    with session.begin_nested() as much:
        _write_much(session)
        much.rollback()


# A row that stands for nothing: it was never in use.
_WRITE = text(
    "INSERT INTO log_dictionaries (id, kind, first_number, last_number, data) VALUES (-1, 'probe', 0, 0, :data)"
)
_REMOVE = text("DELETE FROM log_dictionaries WHERE id = -1")
# SQLite finds out at the commit. A little would fit into what its write-ahead log has already, and tell nothing.
_PROBE = {"sqlite": (_write_much, _take_back), "postgresql": (_try_much,)}

_ALLOWED = re.compile(r"/api/logs/(delete|deletions(/[^/]+)?|clean-up(/preview)?)/?")


class WritesNeedRoom:
    """Answers what would write with 507 while the disk is full. Deleting log entries is allowed: it makes room."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        disk: DiskSpace | None = getattr(scope["app"].state, "disk", None) if scope["type"] == "http" else None
        if disk is None:
            await self._app(scope, receive, send)
            return
        began = False

        async def observed(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            if _writes(scope):
                await disk.require_writable()
            await self._app(scope, receive, observed)
        except StorageFull as error:
            if began:
                raise
            await problem_response(error)(scope, receive, send)
        except Exception as error:
            if not disk.saw(error) or began:
                raise
            await problem_response(disk.problem())(scope, receive, send)


def _writes(scope: Scope) -> bool:
    path: str = scope["path"]
    if scope["method"] in ("GET", "HEAD", "OPTIONS") or not path.startswith("/api/"):
        return False
    of_log = scope["method"] == "DELETE" and path.startswith("/api/logs/")
    return not of_log and _ALLOWED.fullmatch(path) is None
