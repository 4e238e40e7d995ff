# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether anything may have changed that says how long the log keeps what."""

from typing import Any

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

_SOURCES = table("sources", column("version"), column("updated_at"))
_ADMINISTRATION = table("administration", column("version"))

Stamp = tuple[Any, ...]
"""Changes with every source and every setting that is saved, made or deleted."""


def stamp_of(session: Session) -> Stamp:
    """The stamp of this moment."""
    sources = session.execute(
        select(func.count(), func.sum(_SOURCES.c.version), func.max(_SOURCES.c.updated_at)).select_from(_SOURCES)
    ).one()
    return (*sources, session.scalar(select(func.max(_ADMINISTRATION.c.version))))
