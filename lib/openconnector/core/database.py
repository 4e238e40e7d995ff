# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The database of one engine: SQLite in WAL mode by default, PostgreSQL when a URL says so.

Readers and writers get different sessions, so that on SQLite a writer takes its lock when it begins. A transaction
that reads first and writes later cannot wait for the lock there: it fails with "database is locked".
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from datetime import UTC, datetime
from threading import Lock
from typing import Annotated, Any, NewType, TypeVar

from fastapi import Depends, Request
from pydantic_core import to_json
from sqlalchemy import DateTime, Dialect, Engine, MetaData, TypeDecorator, create_engine, event, make_url
from sqlalchemy.engine import URL, Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from openconnector.core.clock import stopwatch
from openconnector.core.errors import ConfigurationError
from openconnector.core.settings import Settings

LOCK_WAIT_SECONDS = 15
"""How long a SQLite writer waits for another one before it gives up."""

GIVES_BACK = "auto_vacuum=INCREMENTAL"
"""Lets SQLite give free pages back to the disk, some at a time."""

REST_MS = 1_000
"""For how long a connection to PostgreSQL that nobody uses is taken to be alive."""

_RESTED_SINCE = "openconnector_rested_since"
_WRITES = "openconnector_writes"
_SNAPSHOT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Base(DeclarativeBase):
    """Base of every table. The naming convention lets migrations name a constraint on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must know its zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Result = TypeVar("Result")
ReadSession = NewType("ReadSession", AsyncSession)
WriteSession = NewType("WriteSession", AsyncSession)


class Database:
    """The engines of one database and its sessions.

    Most of the code uses asynchronous sessions. Each of their steps is a trip to another thread on SQLite, and there
    are eight or more to a transaction; so what happens on every call goes through `run`, which makes one trip.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        arguments = _SQLITE_POOL if self.is_sqlite else _POSTGRESQL_POOL
        self.engine = create_async_engine(url, **arguments)
        self._blocking = create_engine(url.set(drivername=_BLOCKING_DRIVERS[url.get_backend_name()]), **arguments)
        if self.is_sqlite:
            for engine in (self.engine.sync_engine, self._blocking):
                _configure_sqlite(engine)
        else:
            for engine in (self.engine.sync_engine, self._blocking):
                _ping_rested(engine)
        self.writer = self.engine.execution_options(**{_WRITES: True})
        self._read = async_sessionmaker(self.engine, expire_on_commit=False)
        self._write = async_sessionmaker(self.writer, expire_on_commit=False)
        # A question reads several tables that must fit each other, so it sees the database as of one moment.
        reader = self._blocking if self.is_sqlite else self._blocking.execution_options(**_SNAPSHOT)
        self._sessions = {
            False: sessionmaker(reader, expire_on_commit=False),
            True: sessionmaker(self._blocking.execution_options(**{_WRITES: True}), expire_on_commit=False),
        }
        self._turn = Lock()
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="database")

    @classmethod
    def from_settings(cls, settings: Settings) -> "Database":
        """The database that the settings name.

        Raises:
            ConfigurationError: the URL is not one of SQLite or PostgreSQL.
        """
        if settings.database_url is None:
            settings.storage_path.mkdir(parents=True, exist_ok=True)
            path = settings.storage_path / "openconnector.sqlite3"
            return cls(URL.create("sqlite+aiosqlite", database=str(path)))
        return cls.from_text(settings.database_url.get_secret_value())

    @classmethod
    def from_text(cls, url: str) -> "Database":
        """The database behind a URL.

        Raises:
            ConfigurationError: the URL is not one of SQLite or PostgreSQL.
        """
        return cls(_parse_url(url))

    def read_session(self) -> AsyncSession:
        """`async with` a session that only reads."""
        return self._read()

    def write_session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """`async with` a session in one write transaction: committed at the end, rolled back by what is raised."""
        return self._write.begin()

    def reading(self) -> AbstractContextManager[Session]:
        """`with` a session that only reads, for a thread."""
        return self._sessions[False].begin()

    async def run(self, work: Callable[[Session], Result], *, writes: bool = False) -> Result:
        """Do `work` in a thread, in one transaction of its own. It must not touch what belongs to the loop."""
        # SQLite's writers look for each other's end in steps of up to 100 ms; a lock knows it at once.
        turn = self._turn if writes and self.is_sqlite else nullcontext()

        def transaction() -> Result:
            with turn, self._sessions[writes].begin() as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._threads, transaction)

    async def vacuum(self, tables: Iterable[str]) -> None:
        """Let PostgreSQL use again what former versions of rows took. SQLite does so at once."""
        if self.is_sqlite:
            return

        def work() -> None:
            with self._blocking.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(f"VACUUM {', '.join(tables)}")

        await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def close(self) -> None:
        """Close every connection, when what runs has ended."""
        await asyncio.to_thread(self._threads.shutdown)
        self._blocking.dispose()
        await self.engine.dispose()


_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite+aiosqlite"}
_BLOCKING_DRIVERS = {"postgresql": "postgresql+psycopg", "sqlite": "sqlite+pysqlite"}


def _json(value: Any) -> str:
    try:
        return to_json(value).decode()
    except ValueError:  # half a surrogate pair, which is no text
        return json.dumps(value)


_COMMON: dict[str, Any] = {
    # An error of the database shows no values: they may be secrets, and would stand in the process's log.
    "hide_parameters": True,
    "json_serializer": _json,  # five times as fast as that of the standard library, and on the way of every call
}
_SQLITE_POOL: dict[str, Any] = {
    **_COMMON,
    "connect_args": {"timeout": LOCK_WAIT_SECONDS},
    "pool_size": 5,
    "max_overflow": 10,
}
_POSTGRESQL_POOL: dict[str, Any] = {**_COMMON, "pool_size": 5, "max_overflow": 10}


def _parse_url(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        raise ConfigurationError("OPENCONNECTOR_DATABASE_URL is not a database URL.") from None
    driver = _DRIVERS.get(url.get_backend_name())
    if driver is None:
        raise ConfigurationError("OPENCONNECTOR_DATABASE_URL must begin with postgresql:// or sqlite://.")
    return url.set(drivername=driver)


def _ping_rested(engine: Engine) -> None:
    """Ask a connection whether it is alive before it is used again, unless it was used a moment ago.

    SQLAlchemy's `pool_pre_ping` asks each time, which takes as long as a small statement.
    """

    @event.listens_for(engine, "checkin")
    def rest(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info[_RESTED_SINCE] = stopwatch()

    @event.listens_for(engine, "checkout")
    def ping(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        rested = stopwatch() - record.info.get(_RESTED_SINCE, stopwatch())
        if rested > REST_MS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error:
                raise InvalidatePoolError from None  # the pool drops all that are as old, and opens a new one


def _configure_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _record: object) -> None:
        # The driver must not begin transactions by itself: `begin` below does, and knows which kind.
        connection.isolation_level = None
        cursor = connection.cursor()
        # How space is given back is decided before anything else is in the file.
        for pragma in (GIVES_BACK, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


async def _reading(request: Request) -> AsyncIterator[ReadSession]:
    database: Database = request.app.state.database
    async with database.read_session() as session:
        yield ReadSession(session)


async def _writing(request: Request) -> AsyncIterator[WriteSession]:
    database: Database = request.app.state.database
    async with database.write_session() as session:
        yield WriteSession(session)


# `scope="function"`: the commit comes before the answer is sent, so that an answer is never ahead of the database.
Reading = Annotated[ReadSession, Depends(_reading, scope="function")]
Writing = Annotated[WriteSession, Depends(_writing, scope="function")]
