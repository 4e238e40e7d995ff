# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The database of one engine: SQLite in WAL mode by default, PostgreSQL when a URL says so.

Readers and writers get different sessions, so that on SQLite a writer takes its lock when it begins. A transaction
that reads first and writes later cannot wait for the lock there: it fails with "database is locked".
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any, NewType

from fastapi import Depends, Request
from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator, event, make_url
from sqlalchemy.engine import URL, Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from openconnector.core.errors import ConfigurationError
from openconnector.core.settings import Settings

LOCK_WAIT_SECONDS = 15
"""How long a SQLite writer waits for another one before it gives up."""

_WRITES = "openconnector_writes"


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


ReadSession = NewType("ReadSession", AsyncSession)
WriteSession = NewType("WriteSession", AsyncSession)


class Database:
    """An engine and its two kinds of session."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.engine = _create_engine(url)
        writer = self.engine.execution_options(**{_WRITES: True})
        self._read = async_sessionmaker(self.engine, expire_on_commit=False)
        self._write = async_sessionmaker(writer, expire_on_commit=False)
        self.writer = writer

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
        return cls(_parse_url(settings.database_url.get_secret_value()))

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    async def reading(self) -> AsyncIterator[ReadSession]:
        """A session that only reads."""
        async with self._read() as session:
            yield ReadSession(session)

    async def writing(self) -> AsyncIterator[WriteSession]:
        """A session in one write transaction: committed at the end, rolled back when anything is raised."""
        async with self._write.begin() as session:
            yield WriteSession(session)

    def write_session(self) -> Any:
        """`async with` a session in one write transaction."""
        return self._write.begin()

    def read_session(self) -> AsyncSession:
        """`async with` a session that only reads."""
        return self._read()

    async def close(self) -> None:
        await self.engine.dispose()


_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite+aiosqlite"}


def _parse_url(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        raise ConfigurationError("OPENCONNECTOR_DATABASE_URL is not a database URL.") from None
    driver = _DRIVERS.get(url.get_backend_name())
    if driver is not None:
        return url.set(drivername=driver)
    raise ConfigurationError("OPENCONNECTOR_DATABASE_URL must begin with postgresql:// or sqlite://.")


def _create_engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_size=5, max_overflow=10, pool_pre_ping=True, pool_timeout=30)
    engine = create_async_engine(url, connect_args={"timeout": LOCK_WAIT_SECONDS}, pool_size=5, max_overflow=10)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: DBAPIConnection, _record: object) -> None:
        # The driver must not begin transactions by itself: `begin` below does, and knows which kind.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


async def _reading(request: Request) -> AsyncIterator[ReadSession]:
    async for session in request.app.state.database.reading():
        yield session


async def _writing(request: Request) -> AsyncIterator[WriteSession]:
    async for session in request.app.state.database.writing():
        yield session


# `scope="function"`: the commit comes before the answer is sent, so that an answer is never ahead of the database.
Reading = Annotated[ReadSession, Depends(_reading, scope="function")]
Writing = Annotated[WriteSession, Depends(_writing, scope="function")]
