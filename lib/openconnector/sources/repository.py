# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All SQL about sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, contains_eager, joinedload

from openconnector.core.database import UtcDateTime
from openconnector.core.errors import InvalidInput, NotFound
from openconnector.core.lists import listed, lists_of
from openconnector.core.paging import aware, decode_cursor, encode_cursor
from openconnector.core.phrases import phrase
from openconnector.sources.models import LastCall, Source

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_SORT_COLUMNS: dict[str, ColumnElement[Any]] = {
    "name": func.lower(Source.name),
    "type": Source.type.expression,
    "location": func.lower(Source.location),
    "enabled": case((Source.is_enabled, 0), else_=1),
    "lastCall": func.coalesce(LastCall.at, literal(_NEVER, UtcDateTime)),
    "updatedAt": Source.updated_at.expression,
}
_STATES = (Source.last_call, Source.rate_state, Source.token_state, Source.host_key, Source.watch)
SORT_KEYS = tuple(_SORT_COLUMNS)
_TIMES = frozenset({"lastCall", "updatedAt"})


@dataclass(frozen=True, slots=True)
class SourceFilter:
    """Which sources a list holds; every part that is set must match."""

    search: str | None = None
    types: frozenset[str] = frozenset()
    is_enabled: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.search:
            columns = (Source.name, Source.location, Source.description, Source.slug)
            found.append(or_(*(column.icontains(self.search, autoescape=True) for column in columns)))
        if self.types:
            found.append(Source.type.in_(self.types))
        if self.is_enabled is not None:
            found.append(Source.is_enabled == self.is_enabled)
        return found


class SourceRepository:
    """Reads and writes sources within the transaction of its session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, reference: str, *, lock: bool = False) -> Source:
        """The source with this id or slug; with `lock`, no other transaction changes it until this one ends.

        Raises:
            NotFound: there is none.
        """
        statement = _statement(reference).options(*(joinedload(state) for state in _STATES))
        if lock:
            statement = statement.with_for_update(of=Source)  # SQLite has locked the database by now
        return _known((await self._session.scalars(statement)).one_or_none())

    async def page(
        self, wanted: SourceFilter, *, sort: str, cursor: str | None, limit: int
    ) -> tuple[Sequence[Source], str | None]:
        """One page in the order of `sort` (a key of `SORT_KEYS`, with `-` for descending), and the next cursor."""
        key, descending = sort.removeprefix("-"), sort.startswith("-")
        column = _SORT_COLUMNS[key]
        statement: Select[Source, Any] = (
            select(Source, column.label("sort_value"))
            .outerjoin(Source.last_call)
            .outerjoin(Source.rate_state)
            .outerjoin(Source.token_state)
            .outerjoin(Source.host_key)
            .outerjoin(Source.watch)
            .options(*(contains_eager(state) for state in _STATES))
            .where(*wanted.conditions())
            .limit(limit + 1)
        )
        if cursor:
            statement = _after(statement, column, cursor, is_time=key in _TIMES, descending=descending)
        direction = (column.desc(), Source.id.desc()) if descending else (column.asc(), Source.id.asc())
        rows = (await self._session.execute(statement.order_by(*direction))).all()
        if len(rows) <= limit:
            return [row[0] for row in rows], None
        last, value = rows[limit - 1]
        text = value.isoformat() if isinstance(value, datetime) else value
        return [row[0] for row in rows[:limit]], encode_cursor(text, str(last.id))

    async def count(self, wanted: SourceFilter) -> int:
        statement = select(func.count()).select_from(Source).where(*wanted.conditions())
        return (await self._session.scalar(statement)) or 0

    async def slugs_like(self, slug: str) -> set[str]:
        """The slugs that begin with `slug`."""
        return set(await self._session.scalars(select(Source.slug).where(Source.slug.startswith(slug))))

    def add(self, source: Source) -> None:
        self._session.add(source)

    async def remove(self, source: Source) -> None:
        await self._session.delete(source)


def find_blocking(session: Session, reference: str) -> Source:
    """The source with this id or slug and what a call needs of its states, without its last call, for a thread.

    Raises:
        NotFound: there is none.
    """
    states = (joinedload(Source.rate_state), joinedload(Source.host_key))
    return _known(session.scalars(_statement(reference).options(*states)).one_or_none())


def remember_blocking(session: Session, calls: Sequence[dict[str, Any]]) -> None:
    """Keep the latest call of each source, for a thread. Calls of a source that is gone are passed over.

    Args:
        calls: the values of `LastCall` rows.
    """
    latest = {call["source_id"]: call for call in sorted(calls, key=lambda call: call["at"])}
    # Every writer takes the rows in the same order, so that two processes cannot wait for each other.
    rows = [latest[source_id] for source_id in sorted(latest)]
    if session.get_bind().dialect.name == "postgresql":
        names = _LAST_CALLS.columns.keys()
        session.connection().execute(_REMEMBER_LISTED, lists_of(names, [[row[name] for name in names] for row in rows]))
    else:
        session.connection().execute(_REMEMBER_EACH, rows)


_LAST_CALLS: Table = LastCall.__table__  # type: ignore[assignment]  # a mapped class has a table


def _remembering(dialect: ModuleType, given: FromClause) -> Any:
    columns = _LAST_CALLS.columns
    # On PostgreSQL this waits for whoever deletes a source at this moment, and then finds none. SQLite has one writer.
    of_known_source = (
        select(given)
        .where(Source.id == given.c.source_id)
        .order_by(Source.id)  # as every writer of several sources takes them
        .with_for_update(read=True, key_share=True, of=Source)
    )
    insert = dialect.insert(_LAST_CALLS).from_select(list(columns), of_known_source)
    changed = {column.key: insert.excluded[column.key] for column in columns if not column.primary_key}
    return insert.on_conflict_do_update(
        index_elements=["source_id"], set_=changed, where=_LAST_CALLS.c.at <= insert.excluded.at
    )


_ONE_CALL = select(*(bindparam(column.key, type_=column.type).label(column.key) for column in _LAST_CALLS.columns))
_REMEMBER_EACH = _remembering(sqlite, _ONE_CALL.subquery())
_REMEMBER_LISTED = _remembering(postgresql, listed(_LAST_CALLS.columns))


def _statement(reference: str) -> Select[Source]:
    try:
        condition = Source.id == UUID(reference)
    except ValueError:
        condition = Source.slug == reference
    return select(Source).where(condition)


def _known(source: Source | None) -> Source:
    if source is None:
        raise NotFound(phrase("This source does not exist, or has been deleted."))
    return source


def _after(
    statement: Select[Source, Any], column: ColumnElement[Any], cursor: str, *, is_time: bool, descending: bool
) -> Select[Source, Any]:
    value, last_id = decode_cursor(cursor, 2)
    try:
        position = (aware(value) if is_time else _plain(value, column), UUID(last_id))
    except (AttributeError, OverflowError, TypeError, ValueError):
        raise InvalidInput.parameter("cursor", phrase("This cursor belongs to another order.")) from None
    row, bound = tuple_(column, Source.id), tuple_(*position, types=(column.type, Source.id.type))
    return statement.where(row < bound if descending else row > bound)


def _plain(value: Any, column: ColumnElement[Any]) -> Any:
    if not isinstance(value, column.type.python_type):
        raise TypeError(value)
    return value
