# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All SQL about host keys: what the SSH server of a source has shown first. All workers of a database share it.

The functions are for a thread (`Database.run`), each for a short transaction of its own that writes.
"""

from types import ModuleType
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from openconnector.core.clock import now
from openconnector.sources.models import HostKey, Source

_TABLE = HostKey.__table__.c


class ShownKey(Protocol):
    """The key that a server has shown. `host` is host and port."""

    @property
    def host(self) -> str: ...

    @property
    def algorithm(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...


def remember_host_key(session: Session, source_id: UUID, pin: ShownKey) -> HostKey | None:
    """Keep the key of a server that has none here yet, and tell which one is kept.

    Of two workers that come at once, the first keeps its key: the other one is told of it, and must compare. A key
    of another host, which the source had before, gives way.

    Returns:
        The key that is kept; None: the source is gone.
    """
    values = {
        "id": source_id,
        "host": pin.host,
        "algorithm": pin.algorithm,
        "fingerprint": pin.fingerprint,
        "at": now(),
    }
    connection = session.connection()
    connection.execute(_REMEMBER[connection.dialect.name], values)
    return session.scalar(select(HostKey).where(HostKey.source_id == source_id))


def forget_host_key(session: Session, source_id: UUID) -> None:
    """Forget the key of the server of a source. The next call takes the one that it is shown."""
    session.execute(delete(HostKey).where(HostKey.source_id == source_id))


def _remember(dialect: ModuleType) -> Any:
    """The insertion of a row for a source that exists, so that one that is gone is no error."""
    parameters = {"source_id": "id", "host": "host", "algorithm": "algorithm", "fingerprint": "fingerprint"}
    values = {name: bindparam(parameter, type_=_TABLE[name].type) for name, parameter in parameters.items()}
    values["first_seen_at"] = bindparam("at", type_=_TABLE.first_seen_at.type)
    row = select(*values.values()).where(exists().where(Source.id == values["source_id"]))
    insert = dialect.insert(HostKey).from_select(list(values), row)
    changed = {name: insert.excluded[name] for name in values if name != "source_id"}
    return insert.on_conflict_do_update(
        index_elements=["source_id"], set_=changed, where=_TABLE.host != insert.excluded.host
    )


_REMEMBER = {"sqlite": _remember(sqlite), "postgresql": _remember(postgresql)}
