# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tables of the call log: a narrow row for each call, its bodies beside it, and the index by blocks of numbers."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    TypeDecorator,
    Uuid,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from openconnector.core.database import Base

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Microseconds(TypeDecorator[datetime]):
    """An aware time as microseconds since 1970: eight bytes at most, where SQLite's own text takes 26."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else moment(value)


def microseconds(value: datetime) -> int:
    """Whole microseconds since 1970 of an aware time."""
    return (value - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The time in UTC that so many microseconds since 1970 are."""
    return _EPOCH + timedelta(microseconds=value)


class ShortUuid(TypeDecorator[UUID]):
    """A UUID in 16 bytes on SQLite too, where SQLAlchemy's own type takes 32 characters."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[UUID] | TypeEngine[bytes]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(LargeBinary(16))
        return dialect.type_descriptor(postgresql.UUID(as_uuid=True))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> UUID | bytes | None:
        return value.bytes if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: UUID | bytes | None, dialect: Dialect) -> UUID | None:  # noqa: ARG002
        return UUID(bytes=value) if isinstance(value, bytes) else value


RowNumber = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite takes a primary key of this type for its own row id, which costs nothing."""


class LogState(Base):
    """One row: how far the log has come. Whoever writes calls holds it until the commit, so numbers appear in order."""

    __tablename__ = "log_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    next_number: Mapped[int] = mapped_column(BigInteger, default=1)
    next_body: Mapped[int] = mapped_column(BigInteger, default=1)
    indexed_number: Mapped[int] = mapped_column(BigInteger, default=0)
    """Every call with a smaller number is in a block."""
    removals: Mapped[int] = mapped_column(BigInteger, default=0)
    """How often calls were removed: who has some in memory need not look for those that are gone."""


class CallLog(Base):
    """One call, redacted. The source is named as it was then, and may be gone by now."""

    __tablename__ = "call_logs"
    __table_args__ = (
        Index("ix_call_logs_id", "id"),
        Index(
            "ix_call_logs_is_pinned",
            "number",
            sqlite_where=text("is_pinned"),
            postgresql_where=text("is_pinned"),
        ),
        {"postgresql_partition_by": "RANGE (number)"},
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    stored_bytes: Mapped[int] = mapped_column(BigInteger)
    """Bytes of `details` and of the bodies that were stored for this call."""
    started_at: Mapped[datetime] = mapped_column(Microseconds)
    duration_ms: Mapped[float] = mapped_column(Float)
    request_size: Mapped[int] = mapped_column(BigInteger)
    response_size: Mapped[int | None] = mapped_column(BigInteger)
    status_code: Mapped[int | None] = mapped_column(Integer)
    exchange_count: Mapped[int] = mapped_column(Integer)
    redacted_count: Mapped[int | None] = mapped_column(Integer)
    """Values that were taken out before the call was kept; null in entries of earlier versions."""
    is_pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    """Kept for ever: no retention removes it."""
    id: Mapped[UUID] = mapped_column(ShortUuid)
    source_id: Mapped[UUID] = mapped_column(ShortUuid)
    source_name: Mapped[str] = mapped_column(String(255))
    trigger_type: Mapped[str] = mapped_column(String(32))
    trigger_id: Mapped[str | None] = mapped_column(String(100))
    user_id: Mapped[str | None] = mapped_column(String(255))
    method: Mapped[str] = mapped_column(String(16))
    url: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(255))
    outcome: Mapped[str] = mapped_column(String(32))
    error_type: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[bytes] = mapped_column(LargeBinary)
    """A zstd frame: JSON of the diagnosis and the exchanges (`logs/storage/details.py`)."""
    bodies: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Ids of its bodies, each a little-endian u64; `details` refers to them by index. Null: none, or removed."""


class CallBody(Base):
    """A body as it is kept, compressed. Calls with an identical body refer to the same row."""

    __tablename__ = "call_bodies"
    __table_args__ = {"postgresql_partition_by": "RANGE (id)"}  # SQLAlchemy's own form

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    digest: Mapped[int] = mapped_column(BigInteger)
    refs: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(Integer)
    """Bytes before compression."""
    frames: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of a large body, the length of each of its zstd frames, each a little-endian u32; null: one frame."""
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Dictionary(Base):
    """What zstd knows beforehand of the bodies or the details of one source; frames name it by its id."""

    __tablename__ = "log_dictionaries"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    source_id: Mapped[UUID | None] = mapped_column(ShortUuid)
    kind: Mapped[str] = mapped_column(String(16))
    first_number: Mapped[int] = mapped_column(BigInteger)
    """No call before this number was compressed with it."""
    last_number: Mapped[int | None] = mapped_column(BigInteger)
    """No call after this number was compressed with it; null while it is in use."""
    last_body: Mapped[int | None] = mapped_column(BigInteger)
    """The same of bodies."""
    data: Mapped[bytes] = mapped_column(LargeBinary)


class LogBlock(Base):
    """A block of 2^8, 2^12 or 2^16 numbers (levels 0, 1, 2): `block` is the number shifted by that many bits."""

    __tablename__ = "log_blocks"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    block: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    live: Mapped[int] = mapped_column(Integer)
    """Calls of the block that still exist."""
    first_at: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[int] = mapped_column(BigInteger)
    """Earliest and latest start of its calls, in microseconds since 1970."""
    present: Mapped[bytes] = mapped_column(LargeBinary)
    """A roaring bitmap of the offsets whose calls still exist."""
    summary: Mapped[bytes] = mapped_column(LargeBinary)
    """What a question must know before it reads parts: see `logs/index/block.py`."""


class LogBlockPart(Base):
    """The terms of one bucket of one block; buckets below zero are columns of values (`logs/index/block.py`)."""

    __tablename__ = "log_block_parts"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    bucket: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    block: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)
