# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tables of the call log: a narrow row for each call, and the exchanges with their bodies beside it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Float, ForeignKey, Index, Integer, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from openconnector.core.database import Base, UtcDateTime


class CallLog(Base):
    """One call, redacted. The source is named as it was then, and may be gone by now."""

    __tablename__ = "call_logs"
    __table_args__ = (
        Index("ix_call_logs_started_at_id", "started_at", "id"),
        Index("ix_call_logs_source_id_started_at_id", "source_id", "started_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    source_id: Mapped[UUID] = mapped_column(Uuid)
    source_name: Mapped[str] = mapped_column(String(255))
    trigger_type: Mapped[str] = mapped_column(String(32))
    trigger_id: Mapped[str | None] = mapped_column(String(100))
    user_id: Mapped[str | None] = mapped_column(String(255))
    method: Mapped[str] = mapped_column(String(16))
    url: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    duration_ms: Mapped[float] = mapped_column(Float)
    status_code: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str | None] = mapped_column(String(255))
    outcome: Mapped[str] = mapped_column(String(32))
    error_type: Mapped[str | None] = mapped_column(String(64))
    request_size: Mapped[int] = mapped_column(BigInteger)
    response_size: Mapped[int | None] = mapped_column(BigInteger)
    exchange_count: Mapped[int] = mapped_column(Integer)
    diagnosis: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    exchanges: Mapped[list["LoggedExchange"]] = relationship(
        lazy="raise", passive_deletes=True, cascade="all, delete-orphan", order_by="LoggedExchange.position"
    )


class LoggedExchange(Base):
    """One request of a call with its response or error, redacted. Bodies are the bytes that are shown."""

    __tablename__ = "call_exchanges"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call_logs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    duration_ms: Mapped[float] = mapped_column(Float)
    delay_ms: Mapped[float] = mapped_column(Float, default=0.0)
    timings: Mapped[dict[str, Any]] = mapped_column(JSON)
    connection: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    request_body: Mapped[bytes | None] = mapped_column(LargeBinary)
    response: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    response_body: Mapped[bytes | None] = mapped_column(LargeBinary)
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
