# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All SQL about the descriptions of the APIs of sources. The functions that get a session are for threads."""

from dataclasses import dataclass, fields
from datetime import datetime
from types import ModuleType
from typing import Any
from uuid import UUID

from sqlalchemy import Insert, bindparam, delete, exists, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from openconnector.core.phrases import to_stored
from openconnector.sources.models import ApiDescription, Source


@dataclass(frozen=True, slots=True)
class DescribedApi:
    """What is kept for a source, without the details of its operations.

    Attributes:
        url: where it was fetched from; empty: it was uploaded.
        standard: for example `OpenAPI 3.1.0`.
        server: the URL of the first server, which the paths are below. It may be relative.
        notes: what could not be understood; read from the database, as `to_stored` made it.
        operations: what the list shows of each.
    """

    url: str
    title: str
    version: str
    standard: str
    server: str
    notes: list[dict[str, Any]]
    operations: list[dict[str, Any]]
    fetched_at: datetime


_SHOWN = tuple(getattr(ApiDescription, one.name) for one in fields(DescribedApi))


def read_api(session: Session, source_id: UUID) -> DescribedApi | None:
    """What is kept for a source; None: nothing."""
    row = session.execute(select(*_SHOWN).where(ApiDescription.source_id == source_id)).one_or_none()
    return None if row is None else DescribedApi(*row)


def read_details(session: Session, source_id: UUID) -> tuple[str, dict[str, Any]]:
    """The server, and all of each operation by its key; nothing where nothing is kept."""
    columns = (ApiDescription.server, ApiDescription.details)
    row = session.execute(select(*columns).where(ApiDescription.source_id == source_id)).one_or_none()
    return ("", {}) if row is None else (row[0], row[1])


def keep_api(session: Session, source_id: UUID, api: DescribedApi, details: dict[str, Any]) -> None:
    """Keep a description in place of what was kept before. Nothing is kept for a source that is gone."""
    connection = session.connection()
    values = {one.name: getattr(api, one.name) for one in fields(api)} | {"notes": to_stored(api.notes)}
    connection.execute(_KEEP[connection.dialect.name], {**values, "details": details, "id": source_id})


def forget_api(session: Session, source_id: UUID) -> None:
    """Keep nothing any more."""
    session.execute(delete(ApiDescription).where(ApiDescription.source_id == source_id))


def copy_of_api(source_id: UUID, copy_id: UUID) -> Insert:
    """The statement that gives a copy of a source what is kept for it."""
    kept = [*_SHOWN, ApiDescription.details]
    rows = select(literal(copy_id, ApiDescription.source_id.type), *kept).where(ApiDescription.source_id == source_id)
    return insert(ApiDescription).from_select(["source_id", *(column.key for column in kept)], rows)


def _keep(dialect: ModuleType) -> Any:
    source_id = bindparam("id", type_=ApiDescription.source_id.type)
    columns = [*_SHOWN, ApiDescription.details]
    values = {column.key: bindparam(column.key, type_=column.type) for column in columns}
    row = select(source_id, *values.values()).where(exists().where(Source.id == source_id))
    statement = dialect.insert(ApiDescription).from_select(["source_id", *values], row)
    return statement.on_conflict_do_update(index_elements=["source_id"], set_=values)


_KEEP = {"sqlite": _keep(sqlite), "postgresql": _keep(postgresql)}
