# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All SQL about tokens and logins that have begun. All workers of a database share them.

The functions are for a thread (`Database.run`), each for a short transaction of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, func, literal, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from openconnector.core.database import UtcDateTime
from openconnector.sources.models import PendingAuthorization, Source, TokenState

MAX_PENDING = 20
"""Logins of one source that may have begun and not come back. The oldest make place for new ones."""

_TABLE = TokenState.__table__.c
_TIME = UtcDateTime()


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token of a source, encrypted.

    Attributes:
        revision: goes up with each token, so that a writer knows which one it has seen.
    """

    digest: str
    content: str | None
    revision: int


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to be stored, encrypted, and what is known of it in clear."""

    digest: str
    content: str
    obtained_at: datetime
    expires_at: datetime | None
    refresh_expires_at: datetime | None


def read_token(session: Session, source_id: UUID) -> StoredToken | None:
    """The token of a source; None: there is none."""
    columns = select(TokenState.digest, TokenState.content, TokenState.revision)
    row = session.execute(columns.where(TokenState.source_id == source_id)).one_or_none()
    return None if row is None else StoredToken(row.digest, row.content, row.revision)


def take_lease(session: Session, source_id: UUID, worker: str, at: datetime, until: datetime) -> bool:
    """Whether this worker fetches the next token. Another one may when `until` has passed."""
    connection = session.connection()
    values = {"id": source_id, "worker": worker, "at": at, "until": until}
    return connection.execute(_LEASE[connection.dialect.name], values).one_or_none() is not None


def end_lease(session: Session, source_id: UUID, worker: str) -> None:
    """Let others fetch."""
    statement = update(TokenState).where(TokenState.source_id == source_id, TokenState.fetching_by == worker)
    session.execute(statement.values(fetching_by=None, fetching_until=None))


def keep_token(session: Session, source_id: UUID, worker: str, seen: int, token: NewToken) -> bool:
    """Store a token and end the lease in one step.

    Args:
        seen: the revision that it was fetched after.

    Returns:
        False: the lease had gone to somebody else, who has stored another token meanwhile. This one is not kept.
    """
    mine = or_(TokenState.fetching_by == worker, TokenState.revision == seen)
    statement = update(TokenState).where(TokenState.source_id == source_id, mine)
    result = session.connection().execute(statement.values(**_columns(token), fetching_by=None, fetching_until=None))
    return result.rowcount > 0


def forget_token(session: Session, source_id: UUID, *, revision: int | None = None) -> bool:
    """Remove the token of a source, or only that of one revision. Whether there was one."""
    statement = update(TokenState).where(TokenState.source_id == source_id, TokenState.content.is_not(None))
    if revision is not None:
        statement = statement.where(TokenState.revision == revision)
    result = session.connection().execute(
        statement.values(
            content=None,
            revision=TokenState.revision + 1,
            obtained_at=None,
            expires_at=None,
            refresh_expires_at=None,
        )
    )
    return result.rowcount > 0


def begin_authorization(session: Session, pending: PendingAuthorization, at: datetime) -> None:
    """Remember a login that begins. What has expired goes, and of one source all but the newest."""
    session.execute(delete(PendingAuthorization).where(PendingAuthorization.expires_at <= at))
    newest = (
        select(PendingAuthorization.state_hash)
        .where(PendingAuthorization.source_id == pending.source_id)
        .order_by(PendingAuthorization.expires_at.desc())
        .limit(MAX_PENDING - 1)
    )
    kept = set(session.scalars(newest))
    session.execute(
        delete(PendingAuthorization).where(
            PendingAuthorization.source_id == pending.source_id, PendingAuthorization.state_hash.not_in(kept)
        )
    )
    session.add(pending)


def take_authorization(session: Session, state_hash: str, user_id: str, at: datetime) -> PendingAuthorization | None:
    """The login with this state, which is gone with it: a state is good for one return, of the one who has begun."""
    pending = session.get(PendingAuthorization, state_hash, with_for_update=True)
    if pending is None or pending.user_id != user_id:
        return None
    session.delete(pending)
    session.flush()
    session.expunge_all()
    return pending if pending.expires_at > at else None


def _columns(token: NewToken) -> dict[str, Any]:
    return {
        "digest": token.digest,
        "content": token.content,
        "revision": TokenState.revision + 1,
        "obtained_at": token.obtained_at,
        "expires_at": token.expires_at,
        "refresh_expires_at": token.refresh_expires_at,
    }


def _lease(dialect: ModuleType) -> Any:
    source_id = bindparam("id", type_=TokenState.source_id.type)
    worker, until = bindparam("worker", type_=_TABLE.fetching_by.type), bindparam("until", type_=_TIME)
    columns = ["source_id", "digest", "content", "revision", "fetching_by", "fetching_until"]
    row = select(source_id, literal(""), null(), literal(0), worker, until).where(
        exists().where(Source.id == source_id)
    )
    insert = dialect.insert(TokenState).from_select(columns, row)
    is_free = or_(_TABLE.fetching_until.is_(None), _TABLE.fetching_until <= bindparam("at", type_=_TIME))
    return insert.on_conflict_do_update(
        index_elements=["source_id"], set_={"fetching_by": worker, "fetching_until": until}, where=is_free
    ).returning(func.length(_TABLE.digest))


_LEASE = {"sqlite": _lease(sqlite), "postgresql": _lease(postgresql)}
