# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be done with saved views. All administrators share them."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.errors import Conflict, FieldError, NotFound
from openconnector.core.phrases import phrase
from openconnector.logs.questions.filters import query_problem
from openconnector.logs.questions.language import parse
from openconnector.logs.questions.scanning import QueryError
from openconnector.logs.views.models import LogView
from openconnector.logs.views.repository import GONE, ViewRepository
from openconnector.logs.views.schemas import MOST_VIEWS, ViewList, ViewRead, ViewWrite


class ViewService:
    """Saves questions under names."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self) -> ViewList:
        """All views, by name."""
        views = await self._database.run(lambda session: ViewRepository(session).all())
        return ViewList(results=[ViewRead.model_validate(view) for view in views])

    async def create(self, wanted: ViewWrite, *, user_id: str) -> ViewRead:
        """Add a view.

        Raises:
            InvalidInput: the query does not parse; sources in it need not exist.
            Conflict: another view has this name, or there are as many as may be.
        """
        _check(wanted)

        def add(session: Session) -> LogView:
            repository = ViewRepository(session)
            if repository.count() >= MOST_VIEWS:
                raise Conflict(
                    phrase("There are {most} views, and no more fit. Delete one that nobody needs.", most=MOST_VIEWS)
                )
            view = LogView(created_by=user_id)
            _fill(view, wanted)
            repository.add(view)
            return view

        return await self._stored(add, wanted)

    async def replace(self, view_id: UUID, wanted: ViewWrite) -> ViewRead:
        """Give a view another name, query or order.

        Raises:
            NotFound: there is no such view.
            InvalidInput: the query does not parse.
            Conflict: another view has this name.
        """
        _check(wanted)

        def change(session: Session) -> LogView:
            view = ViewRepository(session).get(view_id)
            _fill(view, wanted)
            view.updated_at = now()
            return view

        return await self._stored(change, wanted)

    async def delete(self, view_id: UUID) -> None:
        """Delete a view.

        Raises:
            NotFound: there is no such view.
        """
        await self._database.run(lambda session: ViewRepository(session).remove(view_id), writes=True)

    async def _stored(self, write: Callable[[Session], LogView], wanted: ViewWrite) -> ViewRead:
        try:
            view = await self._database.run(write, writes=True)
        except IntegrityError:
            detail = phrase("There is a view “{name}” already.", name=wanted.name)
            raise Conflict(detail, errors=[FieldError("/name", detail, "taken")]) from None
        except StaleDataError:
            raise NotFound(GONE) from None
        return ViewRead.model_validate(view)


def _check(wanted: ViewWrite) -> None:
    try:
        parse(wanted.query, at=now())
    except QueryError as error:
        raise query_problem(error, pointer="/query") from None


def _fill(view: LogView, wanted: ViewWrite) -> None:
    view.name, view.name_key = wanted.name, wanted.name.casefold()
    view.query, view.sort = wanted.query, wanted.sort
