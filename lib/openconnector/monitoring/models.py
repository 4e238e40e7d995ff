# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table of what watches tell people. The watch itself is a state of its source (`sources/models.py`)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from openconnector.core.database import Base, UtcDateTime
from openconnector.core.ids import new_id


class WatchNotification(Base):
    """What one user is told. It stays until it is delivered: `due_at` is the next attempt, null after the last one."""

    __tablename__ = "watch_notifications"
    __table_args__ = (Index("ix_watch_notifications_source_id_created_at", "source_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source_watches.source_id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(String(255))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None] = mapped_column(String(500))
