# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All SQL about saved views."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from openconnector.core.errors import NotFound
from openconnector.core.phrases import phrase
from openconnector.logs.views.models import LogView

GONE = phrase("This view does not exist. Somebody may have deleted it.")


class ViewRepository:
    """Reads and writes views within the transaction of its session, for a thread."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> Sequence[LogView]:
        """By name."""
        return self._session.scalars(select(LogView).order_by(LogView.name_key, LogView.id)).all()

    def get(self, view_id: UUID) -> LogView:
        """One view.

        Raises:
            NotFound: there is none with this id.
        """
        view = self._session.get(LogView, view_id)
        if view is None:
            raise NotFound(GONE)
        return view

    def count(self) -> int:
        return self._session.scalar(select(func.count()).select_from(LogView)) or 0

    def add(self, view: LogView) -> None:
        self._session.add(view)

    def remove(self, view_id: UUID) -> None:
        """Delete one view.

        Raises:
            NotFound: there is none with this id.
        """
        removed = self._session.scalars(delete(LogView).where(LogView.id == view_id).returning(LogView.id)).all()
        if not removed:
            raise NotFound(GONE)
