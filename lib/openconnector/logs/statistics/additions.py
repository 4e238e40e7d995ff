# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Adds rows to the sums of a table, whether they exist or not, without reading them first.

Numbers are added and bytes are joined by the database: those of our sketches and paths are pieces that add up. Where a
row has got long by that, its pieces are merged.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, LargeBinary, Table, and_, bindparam, cast, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from openconnector.core.lists import listed, lists_of

Row = tuple[Any, ...]
"""Values of all columns, in the order of the table."""

_AT_ONCE = 4096


class Additions:
    """The additions to one table.

    Args:
        table: its key, then numbers, then one column of bytes.
        merge: the same bytes in as few pieces as can be.
        longest: above so many bytes they are merged.
    """

    def __init__(self, table: Table, *, merge: Callable[[bytes], bytes], longest: int) -> None:
        self.table = table
        self._keys = list(table.primary_key.columns)
        self.data = list(table.columns)[-1]
        is_row = and_(*(column == bindparam(f"key_{column.key}") for column in self._keys))
        self._read = select(self.data).where(is_row).with_for_update()
        self._replace = update(table).where(is_row).values({self.data: bindparam("merged")})
        self._merge = merge
        self._longest = longest

    def write(self, session: Session, rows: Sequence[Row]) -> None:
        """Add `rows`, no two of which have the same key, within the transaction of the session."""
        if not rows:
            return
        connection = session.connection()
        write = _write_each if connection.dialect.name == "sqlite" else _write_all
        written = write(connection, self.table, rows)
        self.merge_pieces(session, [key for key, length in written if length > self._longest])

    def merge_pieces(self, session: Session, keys: Sequence[Row]) -> int:
        """Merge the pieces of the rows with these keys, and tell how many rows are shorter now."""
        connection, shorter = session.connection(), 0
        for key in keys:
            place = {f"key_{column.key}": value for column, value in zip(self._keys, key, strict=True)}
            data = connection.scalar(self._read, place)
            if data is not None:
                merged = self._merge(data)
                connection.execute(self._replace, place | {"merged": merged})
                shorter += len(merged) < len(data)
        return shorter


def _write_each(connection: Connection, table: Table, rows: Sequence[Row]) -> Iterator[tuple[Row, int]]:
    """Row by row, which is the shortest way to SQLite. The keys, and how long their bytes are now."""
    sql, processors = _for_sqlite(table, connection.dialect)
    n = len(table.primary_key.columns)
    cursor = connection.connection.cursor()
    try:
        for row in rows:
            values = list(row)
            for position, processor in processors:
                values[position] = processor(values[position])
            cursor.execute(sql, values)
            ((length,),) = cursor.fetchall()
            yield row[:n], length
    finally:
        cursor.close()


@lru_cache(maxsize=8)
def _for_sqlite(table: Table, dialect: Dialect) -> tuple[str, list[tuple[int, Any]]]:
    insert = sqlite.insert(table)
    statement = insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_=_sums(table, insert.excluded, joined=LargeBinary())
    ).returning(func.length(list(table.columns)[-1]))
    processors = [
        (position, processor)
        for position, column in enumerate(table.columns)
        # Bytes are taken as they are; SQLAlchemy would wrap them.
        if not isinstance(column.type, LargeBinary)
        and (processor := column.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    ]
    return str(statement.compile(dialect=dialect)), processors


def _write_all(connection: Connection, table: Table, rows: Sequence[Row]) -> Iterator[tuple[Row, int]]:
    """In one statement with a list for each column, so that PostgreSQL answers once and not for each row."""
    for some in (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE)):
        lists = lists_of(table.columns.keys(), some)
        for *key, length in connection.execute(_for_postgresql(table), lists):
            yield tuple(key), length


@lru_cache(maxsize=8)
def _for_postgresql(table: Table) -> Any:
    names = table.columns.keys()
    given = listed(table.columns)
    insert = postgresql.insert(table).from_select(names, select(*(given.c[name] for name in names)))
    keys = list(table.primary_key.columns)
    return insert.on_conflict_do_update(index_elements=keys, set_=_sums(table, insert.excluded, joined=None)).returning(
        *keys, func.length(list(table.columns)[-1])
    )


def _sums(table: Table, added: Any, *, joined: LargeBinary | None) -> dict[str, Any]:
    """What becomes of a row that exists. On SQLite, what `||` joins is text until it is cast."""
    *numbers, data = (column for column in table.columns if not column.primary_key)
    both = data.op("||")(added[data.key])
    sums: dict[str, Any] = {column.key: column + added[column.key] for column in numbers}
    return sums | {data.key: both if joined is None else cast(both, joined)}
