# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Encrypts the stored secrets of all sources under the current key, while others read and change them.

To an editor nothing has happened: a source keeps its version. A row that somebody has changed meanwhile is read anew.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Select, Table, func, select, update
from sqlalchemy.orm import Session

from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError
from openconnector.sources.models import Source, TokenState
from openconnector.sources.sealing import SEALED, TOKEN, Sealer, with_connection_secrets, with_sealed
from openconnector.vault.encryption import Vault, key_id_of

BATCH = 50
"""Sources that share a transaction: some milliseconds, in which nobody else can write on SQLite."""

SourceRow = Row[Any]
_TABLE = cast("Table", Source.__table__)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A stored secret that no key opens."""

    source: str
    place: str
    key_id: str


@dataclass(slots=True)
class Resealed:
    """What has come of some sources. Secrets of `unreadable` are left as they are."""

    sources: int = 0
    secrets: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)


async def count_sources(database: Database) -> int:
    """How many sources there are."""
    return await database.run(lambda session: session.execute(select(func.count()).select_from(_TABLE)).scalar_one())


def holds_secrets(database: Database) -> bool:
    """Whether a secret is stored. It blocks: it is for a thread, or for a process that has nothing else to do."""
    with (
        database.reading() as session,
        closing(session.execute(_columns().execution_options(yield_per=BATCH))) as rows,
    ):
        return any(_secrets_of(row) for row in rows)


async def reseal_batch(database: Database, vault: Vault, after: UUID) -> tuple[UUID | None, int, Resealed]:
    """Encrypt what the next sources behind `after` hold under other keys than the current one.

    Returns:
        The last source of the batch (None: there are no more), how many were looked at, and what was done.
    """
    rows = await database.run(lambda session: list(session.execute(_next_rows(after))))
    if not rows:
        return None, 0, Resealed()
    current = vault.key_ids()[0]
    old = [row for row in rows if any(key_id_of(text) != current for text in _secrets_of(row))]
    done = await database.run(partial(_write, vault=vault, rows=old), writes=True) if old else Resealed()
    return rows[-1].id, len(rows), done


def _next_rows(after: UUID) -> Select[Any]:
    return _columns().where(_TABLE.c.id > after).order_by(_TABLE.c.id).limit(BATCH)


def _columns() -> Select[Any]:
    columns = ("id", "slug", "version", "headers", "query", "authentication", "connection")
    token = TokenState.content.label("token")
    return select(*(_TABLE.c[name] for name in columns), token).outerjoin_from(_TABLE, TokenState)


def _write(session: Session, *, vault: Vault, rows: list[SourceRow]) -> Resealed:
    done = Resealed()
    for found in rows:
        row: SourceRow | None = found
        while row is not None and not _replace(session, vault, row, done):
            # Somebody has saved this source since it was read: what they have written is encrypted instead.
            row = session.execute(_columns().where(_TABLE.c.id == row.id)).one_or_none()
    return done


def _replace(session: Session, vault: Vault, row: SourceRow, done: Resealed) -> bool:
    """Write a row under the current key; False, when it has another version by now."""
    one = _Resealing(vault, row)
    values = _changed(row, one.reseal)
    if not _replace_token(session, row, one):
        return False
    if one.secrets:
        statement = update(_TABLE).where(_TABLE.c.id == row.id, _TABLE.c.version == row.version).values(values)
        if session.connection().execute(statement).rowcount == 0:
            return False
        done.sources += 1
        done.secrets += one.secrets
    done.unreadable += one.unreadable
    return True


def _replace_token(session: Session, row: SourceRow, one: "_Resealing") -> bool:
    """Write the token of a row under the current key; False, when there is another one by now."""
    resealed = one.reseal(row.token, TOKEN) if row.token else None
    if resealed == row.token:
        return True
    statement = update(TokenState).where(TokenState.source_id == row.id, TokenState.content == row.token)
    return session.connection().execute(statement.values(content=resealed)).rowcount > 0


class _Resealing:
    """Encrypts the secrets of one row again, and counts."""

    def __init__(self, vault: Vault, row: SourceRow) -> None:
        self._sealer = Sealer(vault, row.id)
        self._current = vault.key_ids()[0]
        self._slug = row.slug
        self.secrets = 0
        self.unreadable: list[Unreadable] = []

    def reseal(self, stored: str, place: str) -> str:
        if not stored or key_id_of(stored) == self._current:
            return stored
        try:
            sealed = self._sealer.seal(self._sealer.open(stored, place), place)
        except ConfigurationError:
            self.unreadable.append(Unreadable(self._slug, place, key_id_of(stored)))
            return stored
        self.secrets += 1
        return sealed


def _secrets_of(row: SourceRow) -> list[str]:
    found: list[str] = []

    def note(stored: str, _place: str) -> str:
        if stored:
            found.append(stored)
        return stored

    _changed(row, note)
    return [*found, row.token] if row.token else found


def _changed(row: SourceRow, change: Callable[[str, str], str]) -> dict[str, Any]:
    """The columns of a row with `change` made to each stored secret; it gets the place of the secret, too."""
    values: dict[str, Any] = {
        place: [
            stored | {"value": change(stored["value"], place)} if stored["isSecret"] else stored
            for stored in getattr(row, place)
        ]
        for place in ("headers", "query")
    }
    scheme = row.authentication
    changed = with_sealed(scheme, lambda text, place: change(text, f"authentication/{place}"))
    sealed = changed | {SEALED: scheme[SEALED]} if SEALED in scheme else scheme
    connection = with_connection_secrets(row.connection, change)
    return values | {"authentication": sealed, "connection": connection}
