# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tables of the roll-ups: sums of calls by time, which stay when the calls are removed.

The keys begin with step and source, because every question reads the times of some sources one after another. On SQLite
the rows themselves stand in that order (`WITHOUT ROWID`), so that a read touches few pages and no key is kept twice.
"""

from uuid import UUID

from sqlalchemy import BigInteger, Integer, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from openconnector.core.database import Base
from openconnector.logs.models import ShortUuid

ALL_SOURCES = UUID(int=0)
"""The sums of all sources stand under this id, so that a question about all reads no more than one about one."""

MINUTE, HOUR, DAY = 60, 3600, 86_400
"""The steps, in seconds."""


class Rollup(Base):
    """The calls that started in one minute, hour or day (UTC), by source, outcome, error type and status class."""

    __tablename__ = "log_rollups"
    __table_args__ = {"sqlite_with_rowid": False}

    step: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """Seconds: 60, 3600 or 86400."""
    source_id: Mapped[UUID] = mapped_column(ShortUuid, primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Where it begins, in seconds since 1970; a multiple of `step`."""
    outcome: Mapped[str] = mapped_column(String(32), primary_key=True)
    error_type: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Empty where there is none."""
    status_class: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    """The first digit of the status; 0: none came."""
    calls: Mapped[int] = mapped_column(BigInteger)
    response_bytes: Mapped[int] = mapped_column(BigInteger)
    sketch: Mapped[bytes] = mapped_column(LargeBinary)
    """The durations, in pieces that add up (`sketch.py`)."""


class PathRollup(Base):
    """The calls of one source, or of all, that started in one hour or day, by their path; at most 200 (`paths.py`)."""

    __tablename__ = "log_path_rollups"
    __table_args__ = {"sqlite_with_rowid": False}

    step: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    source_id: Mapped[UUID] = mapped_column(ShortUuid, primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    paths: Mapped[bytes] = mapped_column(LargeBinary)
    """All of them in one piece: a row for each would be ten times as many, and their bound a count at each call."""


class LogSource(Base):
    """A source as the log knows it. It stays when the source is deleted, because its roll-ups do."""

    __tablename__ = "log_sources"

    source_id: Mapped[UUID] = mapped_column(ShortUuid, primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    """The latest one."""
    last_at: Mapped[int] = mapped_column(BigInteger)
    """When its latest call started, in seconds since 1970."""
