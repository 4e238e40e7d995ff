# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Puts rows into a table by the shortest way: the statement and the types are SQLAlchemy's, and asked for once.

Its own execution builds the parameters of each row anew, which takes longer than the database does.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, FromClause, insert

Processor = Callable[[Any], Any]


class RowInsert:
    """The insert of rows that have all columns, in the order of the table."""

    def __init__(self, table: FromClause, dialect: Dialect) -> None:
        columns = list(table.columns)
        compiled = insert(table).compile(dialect=dialect)  # type: ignore[arg-type]  # a mapped class has a table
        self._sql = str(compiled)
        self._names = None if compiled.positional else [column.key for column in columns]
        self._processors: list[tuple[int, Processor]] = [
            (position, processor)
            for position, column in enumerate(columns)
            if (processor := column.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        ]

    def execute(self, connection: Connection, rows: Iterable[Sequence[Any]]) -> None:
        """Insert `rows`, of which there is at least one."""
        names = self._names
        processed = [self._processed(row) for row in rows]
        if names is None:
            connection.exec_driver_sql(self._sql, [tuple(row) for row in processed])
        else:
            connection.exec_driver_sql(self._sql, [dict(zip(names, row, strict=True)) for row in processed])

    def _processed(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for position, processor in self._processors:
            values[position] = processor(values[position])
        return values


@lru_cache(maxsize=16)
def row_insert(table: FromClause, dialect: Dialect) -> RowInsert:
    """The insert into `table` for the database of `dialect`."""
    return RowInsert(table, dialect)
