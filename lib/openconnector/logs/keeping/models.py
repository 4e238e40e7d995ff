# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the log takes, counted as it comes and goes, and how far bodies have been removed."""

from uuid import UUID

from sqlalchemy import BigInteger, Boolean
from sqlalchemy.orm import Mapped, mapped_column

from openconnector.core.database import Base
from openconnector.logs.models import ShortUuid

SHARED = UUID(int=0)
"""Stands in `log_totals` for bodies that are still in use after the call went with which they were stored."""


class LogTotal(Base):
    """The calls of one source in the log: how many, and the sum of their `stored_bytes`."""

    __tablename__ = "log_totals"

    source_id: Mapped[UUID] = mapped_column(ShortUuid, primary_key=True)
    calls: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)


class BodyCut(Base):
    """How far the bodies of a source were removed, so that the next clean-up goes on from there.

    Without bodies, or pinned, is every call with a number up to `number` that started before `before_at`.
    """

    __tablename__ = "log_body_cuts"

    source_id: Mapped[UUID] = mapped_column(ShortUuid, primary_key=True)
    is_success: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    before_at: Mapped[int] = mapped_column(BigInteger)
    """Microseconds since 1970."""
    number: Mapped[int] = mapped_column(BigInteger)
