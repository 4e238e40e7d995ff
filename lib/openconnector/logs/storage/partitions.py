# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""On PostgreSQL, calls and bodies are in partitions by number: an empty one is dropped, which gives its disk back."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

PARTITION_SIZE = 1_000_000
"""Numbers in one partition."""


class Partitions:
    """Makes the partitions that a batch needs. On SQLite there are none."""

    def __init__(self, *, is_sqlite: bool) -> None:
        self._is_sqlite = is_sqlite
        self._known: set[tuple[str, int]] = set()
        self._made: set[tuple[str, int]] = set()

    def prepare(self, connection: Connection, ends: dict[str, tuple[int, int]]) -> None:
        """Have a partition for each number from the first up to the end of each table."""
        if self._is_sqlite:
            return
        self._made = set()
        for table, (first, end) in ends.items():
            for index in range(first // PARTITION_SIZE, (max(end, first + 1) - 1) // PARTITION_SIZE + 1):
                if (table, index) not in self._known:
                    _make(connection, table, index)
                    self._made.add((table, index))

    def committed(self) -> None:
        """What `prepare` made is there to stay."""
        self._known |= self._made

    def forget(self) -> None:
        """Look again: a partition may have been dropped."""
        self._known.clear()


def _make(connection: Connection, table: str, index: int) -> None:
    name = f"{table}_p{index}"
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is not None:
        return
    # Attaching takes a weaker lock than creating it in place: those who read the log go on.
    for statement in _statements(table, name, index * PARTITION_SIZE):
        connection.execute(text(statement))


def _statements(table: str, name: str, first: int) -> Iterator[str]:
    yield f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)"
    yield f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({first}) TO ({first + PARTITION_SIZE})"
