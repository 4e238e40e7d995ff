# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What Alembic runs: migrations on the connection that it is given."""

from typing import Literal

from alembic import context

from openconnector.administration import models as administration_models
from openconnector.core.database import Base, UtcDateTime
from openconnector.logs import models as logs_models
from openconnector.logs.keeping import models as keeping_models
from openconnector.logs.statistics import models as statistics_models
from openconnector.logs.views import models as views_models
from openconnector.migrations.names import is_of_a_model
from openconnector.sources import models as sources_models

TABLES = (
    administration_models.Administration,
    sources_models.Source,
    sources_models.LastCall,
    sources_models.RateState,
    logs_models.CallLog,
    logs_models.CallBody,
    logs_models.Dictionary,
    logs_models.LogBlock,
    logs_models.LogBlockPart,
    logs_models.LogState,
    keeping_models.LogTotal,
    statistics_models.Rollup,
    views_models.LogView,
)


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
