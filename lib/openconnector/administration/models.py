# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table of the settings that administrators change while OpenConnector runs."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer
from sqlalchemy.orm import Mapped, mapped_column

from openconnector.core.clock import now
from openconnector.core.database import Base, UtcDateTime


class Administration(Base):
    """One row. What is not in `content` has its default."""

    __tablename__ = "administration"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(Integer, default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __mapper_args__ = {"version_id_col": version}  # SQLAlchemy's own form
