# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Puts rows into a table by the shortest way: the statement and the types are SQLAlchemy's, and asked for once.

Its own execution builds the parameters of each row anew, which takes longer than the database does. On PostgreSQL rows
are copied in its binary format: an insert of many rows sends, and waits for, each of them.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, FromClause, insert
from sqlalchemy.exc import DBAPIError

Processor = Callable[[Any], Any]

_WIRE_TYPES = {"varchar": "text", "float": "float8"}
"""What PostgreSQL's driver calls a type that SQL calls otherwise."""


class RowInsert:
    """The insert of rows that have all columns, in the order of the table."""

    def __init__(self, table: FromClause, dialect: Dialect) -> None:
        columns = list(table.columns)
        self._is_copy = dialect.name == "postgresql"
        if self._is_copy:
            types = (column.type.compile(dialect=dialect).partition("(")[0].lower() for column in columns)
            self._types = [_WIRE_TYPES.get(name, name) for name in types]
            preparer = dialect.identifier_preparer
            names = ", ".join(preparer.format_column(column) for column in columns)
            self._sql = f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)"
        else:
            self._sql = str(insert(table).compile(dialect=dialect))  # type: ignore[arg-type]  # a mapped class has a table
        self._processors: list[tuple[int, Processor]] = [
            (position, processor)
            for position, column in enumerate(columns)
            if (processor := column.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        ]

    def execute(self, connection: Connection, rows: Iterable[Sequence[Any]]) -> None:
        """Insert `rows`, of which there is at least one.

        Raises:
            sqlalchemy.exc.DBAPIError: as of any statement.
        """
        processed = [self._processed(row) for row in rows]
        if self._is_copy:
            self._copy(connection, processed)
        else:
            connection.exec_driver_sql(self._sql, processed)

    def _copy(self, connection: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
        cursor: Any = connection.connection.cursor()
        known = connection.dialect.loaded_dbapi.Error
        try:
            with cursor, cursor.copy(self._sql) as copy:
                copy.set_types(self._types)
                for row in rows:
                    copy.write_row(row)
        except known as error:
            raise DBAPIError.instance(self._sql, None, error, known, dialect=connection.dialect) from error

    def _processed(self, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for position, processor in self._processors:
            values[position] = processor(values[position])
        return tuple(values)


@lru_cache(maxsize=16)
def row_insert(table: FromClause, dialect: Dialect) -> RowInsert:
    """The insert into `table` for the database of `dialect`."""
    return RowInsert(table, dialect)
