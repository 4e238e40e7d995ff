# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All SQL about the WSDLs of sources. The functions that get a session are for threads."""

from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Insert, String, bindparam, delete, exists, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from openconnector.core.database import UtcDateTime
from openconnector.sources.models import ServiceDescription, Source


@dataclass(frozen=True, slots=True)
class DescriptionHead:
    """What is kept for a source, without the texts."""

    url: str
    is_uploaded: bool
    digest: str
    fetched_at: datetime


def read_head(session: Session, source_id: UUID) -> DescriptionHead | None:
    """What is kept for a source; None: nothing."""
    columns = (
        ServiceDescription.url,
        ServiceDescription.is_uploaded,
        ServiceDescription.digest,
        ServiceDescription.fetched_at,
    )
    row = session.execute(select(*columns).where(ServiceDescription.source_id == source_id)).one_or_none()
    return None if row is None else DescriptionHead(*row)


def read_documents(session: Session, source_id: UUID, digest: str) -> dict[str, str] | None:
    """The texts by their addresses, the WSDL itself first; None: others are kept by now.

    They are kept as a list of pairs: a database may give the names of an object back in another order.
    """
    statement = select(ServiceDescription.documents).where(
        ServiceDescription.source_id == source_id, ServiceDescription.digest == digest
    )
    stored = session.scalar(statement)
    return None if stored is None else {str(address): str(text) for address, text in stored["documents"]}


def keep_description(session: Session, source_id: UUID, head: DescriptionHead, documents: dict[str, str]) -> None:
    """Keep a WSDL in place of what was kept before. Nothing is kept for a source that is gone."""
    connection = session.connection()
    connection.execute(
        _KEEP[connection.dialect.name],
        {
            "id": source_id,
            "url": head.url,
            "is_uploaded": head.is_uploaded,
            "documents": {"documents": list(documents.items())},
            "digest": head.digest,
            "fetched_at": head.fetched_at,
        },
    )


def copy_of_description(source_id: UUID, copy_id: UUID) -> Insert:
    """The statement that gives a copy of a source what is kept for it."""
    columns = ("url", "is_uploaded", "documents", "digest", "fetched_at")
    kept = [getattr(ServiceDescription, name) for name in columns]
    rows = select(literal(copy_id, ServiceDescription.source_id.type), *kept).where(
        ServiceDescription.source_id == source_id
    )
    return insert(ServiceDescription).from_select(["source_id", *columns], rows)


def forget_description(session: Session, source_id: UUID) -> None:
    """Keep nothing any more."""
    session.execute(delete(ServiceDescription).where(ServiceDescription.source_id == source_id))


def _keep(dialect: ModuleType) -> Any:
    source_id = bindparam("id", type_=ServiceDescription.source_id.type)
    values = {
        "url": bindparam("url", type_=String()),
        "is_uploaded": bindparam("is_uploaded", type_=Boolean()),
        "documents": bindparam("documents", type_=JSON()),
        "digest": bindparam("digest", type_=String()),
        "fetched_at": bindparam("fetched_at", type_=UtcDateTime()),
    }
    row = select(source_id, *values.values()).where(exists().where(Source.id == source_id))
    insert = dialect.insert(ServiceDescription).from_select(["source_id", *values], row)
    return insert.on_conflict_do_update(index_elements=["source_id"], set_=values)


_KEEP = {"sqlite": _keep(sqlite), "postgresql": _keep(postgresql)}
