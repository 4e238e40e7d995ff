# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What Alembic runs: migrations on the connection that it is given."""

from typing import Literal

from alembic import context

from openconnector.core.database import Base, UtcDateTime
from openconnector.migrations.names import is_of_a_model


def render(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our time type as the type it is stored as: a migration must not change when our classes do."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    include_name=is_of_a_model,
    transactional_ddl=True,
    render_item=render,
)
with context.begin_transaction():
    context.run_migrations()
