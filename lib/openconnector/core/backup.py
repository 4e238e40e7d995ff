# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A copy of the SQLite database and of the key file, made while OpenConnector runs and writes.

PostgreSQL has tools of its own for this (`pg_dump`); see docs/operations.md.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from openconnector.core.database import LOCK_WAIT_SECONDS
from openconnector.core.errors import ConfigurationError

PAGES = 2048
"""Pages that are copied between two tellings of the progress: 8 MiB."""

DATABASE_FILE = "openconnector.sqlite3"

Tell = Callable[[int, int], None]
"""Bytes that are copied, and bytes in all."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What was made: files that only their owner may read. `key` is None where the key stands in the environment."""

    database: Path
    key: Path | None
    size: int


def back_up(database: Path, key: Path | None, target: Path, tell: Tell = lambda _done, _total: None) -> Backup:
    """Copy both into the directory `target`, which is made; nothing in it is replaced.

    The copy of the database is that of one moment, however long it takes and whatever is written meanwhile: a reader of
    SQLite's write-ahead log keeps what it saw at its beginning. The key file is read before and after, so that the copy
    has every key that the database may need, also while the key is being changed.

    Raises:
        ConfigurationError: there is no such database, the target is in use, or it cannot be written.
    """
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (DATABASE_FILE, key.name if key else ""):
            if name and (target / name).exists():
                raise ConfigurationError(f"{target / name} is there already. Name another directory.")
        known = _lines(key)
        copy = _copied(database, target / DATABASE_FILE, tell)
        kept = _kept(known, _lines(key), target / key.name) if key is not None else None
        _make_durable(target)
    except OSError as error:
        raise ConfigurationError(f"The backup cannot be written to {target}: {error.strerror}.") from None
    except sqlite3.Error as error:
        raise ConfigurationError(f"{database} cannot be copied: {error}.") from None
    return Backup(copy, kept, copy.stat().st_size)


def check(database: Path) -> None:
    """Look through a database file that nothing uses, such as a copy.

    Raises:
        ConfigurationError: it is damaged, or no database.
    """
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(5)").fetchall()
            broken = connection.execute("PRAGMA foreign_key_check").fetchmany(5)
    except sqlite3.Error as error:
        raise ConfigurationError(f"{database} is no database that can be used: {error}.") from None
    if found != [("ok",)] or broken:
        what = "; ".join(str(row[0]) for row in (*found, *broken) if row != ("ok",))
        raise ConfigurationError(f"{database} is damaged: {what}.")


def _copied(database: Path, copy: Path, tell: Tell) -> Path:
    if not database.is_file():
        raise ConfigurationError(f"There is no database {database}.")
    partial = copy.with_name(f"{copy.name}.partial")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(_opened(database)) as origin, closing(sqlite3.connect(partial)) as target:
            # The backup does not begin anew, when others write, as long as its own transaction is open.
            origin.execute("BEGIN")
            origin.execute("SELECT count(*) FROM sqlite_master").fetchone()
            (page,) = origin.execute("PRAGMA page_size").fetchone()
            origin.backup(
                target, pages=PAGES, sleep=0, progress=lambda _, left, all_: tell((all_ - left) * page, all_ * page)
            )
            # One file, with nothing beside it that could be forgotten. The app turns its write-ahead log on again.
            target.execute("PRAGMA journal_mode=DELETE")
        check(partial)
        _synchronise(partial)
        partial.rename(copy)
    finally:
        partial.unlink(missing_ok=True)
    return copy


def _opened(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True, timeout=LOCK_WAIT_SECONDS)


def _lines(key: Path | None) -> list[bytes]:
    if key is None:
        return []
    if not key.is_file():
        raise ConfigurationError(f"There is no key file {key}. Without it, the secrets in a backup cannot be read.")
    return key.read_bytes().split()


def _kept(before: list[bytes], after: list[bytes], copy: Path) -> Path:
    lines = [*after, *(line for line in before if line not in after)]
    with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(b"".join(line + b"\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    return copy


def _synchronise(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_make_durable = _synchronise
