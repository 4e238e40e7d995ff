# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Timings and connections of exchanges, rate limits, and the settings that administrators change."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


_SOURCES = sa.table("sources", sa.column("id", sa.Uuid()), sa.column("connection", sa.JSON()))


def upgrade() -> None:
    op.add_column("call_exchanges", sa.Column("delay_ms", sa.Float(), nullable=False, server_default="0"))
    op.add_column("call_exchanges", sa.Column("timings", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("call_exchanges", sa.Column("connection", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "source_rate_states",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("window_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("announced_limit", sa.BigInteger(), nullable=True),
        sa.Column("announced_remaining", sa.BigInteger(), nullable=True),
        sa.Column("resets_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sources.id"],
            name=op.f("fk_source_rate_states_source_id_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_rate_states")),
    )
    op.create_table(
        "administration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administration")),
    )
    _rename("followRedirects", "redirects", {True: "all", False: "never"})


def downgrade() -> None:
    _rename("redirects", "followRedirects", {"all": True, "same_origin": True, "never": False})
    for name in ("caCertificates", "http2", "proxy", "maxRedirects", "keepCookies", "retry", "rateLimit"):
        _rename(name, None, {})
    op.drop_table("administration")
    op.drop_table("source_rate_states")
    op.drop_column("call_exchanges", "connection")
    op.drop_column("call_exchanges", "timings")
    op.drop_column("call_exchanges", "delay_ms")


def _rename(former: str, name: str | None, values: dict[Any, Any]) -> None:
    """Give a member of every source's connection another name and other values; without a name it goes."""
    database = op.get_bind()
    for source_id, connection in database.execute(sa.select(_SOURCES.c.id, _SOURCES.c.connection)).all():
        changed = {key: value for key, value in connection.items() if key != former}
        if name is not None and former in connection:
            changed[name] = values[connection[former]]
        database.execute(sa.update(_SOURCES).where(_SOURCES.c.id == source_id).values(connection=changed))
