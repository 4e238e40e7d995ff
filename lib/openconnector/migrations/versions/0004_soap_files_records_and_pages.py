# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""SOAP, files, records and pages."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SOURCES = sa.table(
    "sources",
    sa.column("id", sa.Uuid()),
    sa.column("type", sa.String()),
    sa.column("is_enabled", sa.Boolean()),
    sa.column("authentication", sa.JSON()),
    sa.column("connection", sa.JSON()),
)


_CALLS = sa.table(
    "call_logs", sa.column("id", sa.Uuid()), sa.column("trigger_type", sa.String()), sa.column("method", sa.String())
)
_EXCHANGES = sa.table(
    "call_exchanges",
    sa.column("call_id", sa.Uuid()),
    sa.column("position", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("request", sa.JSON()),
    sa.column("response", sa.JSON(none_as_null=True)),
)


def upgrade() -> None:
    op.add_column("sources", sa.Column("results_position", sa.String(length=500), nullable=False, server_default=""))
    op.add_column("sources", sa.Column("pagination", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("call_exchanges", sa.Column("trace", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "source_host_keys",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.String(length=300), nullable=False),
        sa.Column("algorithm", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_source_host_keys_source_id_sources"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_host_keys")),
    )
    op.create_table(
        "source_service_descriptions",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("is_uploaded", sa.Boolean(), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sources.id"],
            name=op.f("fk_source_service_descriptions_source_id_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_service_descriptions")),
    )


def downgrade() -> None:
    """An earlier version knows neither SOAP nor files: such a source is switched off there, as one of type `xml`."""
    database = op.get_bind()
    for row in database.execute(sa.select(_SOURCES)).all():
        changed: dict[str, Any] = {
            "connection": {key: value for key, value in row.connection.items() if key not in ("files", "soap")}
        }
        if row.type in ("soap", "ftp"):
            changed |= {"type": "xml", "is_enabled": False}
        if row.authentication["type"] == "ssh_key":
            changed["authentication"] = {"type": "none"}
        database.execute(sa.update(_SOURCES).where(_SOURCES.c.id == row.id).values(changed))
    _forget_new_calls()
    op.drop_table("source_service_descriptions")
    op.drop_table("source_host_keys")
    op.drop_column("call_exchanges", "trace")
    op.drop_column("sources", "pagination")
    op.drop_column("sources", "results_position")


def _forget_new_calls() -> None:
    """An earlier version shows neither calls of kinds that it does not know, nor where a charset is known from."""
    database = op.get_bind()
    is_new = sa.or_(
        _CALLS.c.trigger_type == "description",
        _CALLS.c.method.in_(["LIST", "MKCOL", "MOVE"]),
        _CALLS.c.id.in_(sa.select(_EXCHANGES.c.call_id).where(_EXCHANGES.c.kind.in_(["page", "description"]))),
    )
    ids = list(database.scalars(sa.select(_CALLS.c.id).where(is_new)))
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        database.execute(sa.delete(_EXCHANGES).where(_EXCHANGES.c.call_id.in_(some)))
        database.execute(sa.delete(_CALLS).where(_CALLS.c.id.in_(some)))
    for row in database.execute(sa.select(_EXCHANGES)).all():
        changed = {}
        for side in ("request", "response"):
            message = getattr(row, side)
            if message and message.get("body") and "charsetFrom" in message["body"]:
                body = {key: value for key, value in message["body"].items() if key != "charsetFrom"}
                changed[side] = message | {"body": body}
        if changed:
            of_row = sa.and_(_EXCHANGES.c.call_id == row.call_id, _EXCHANGES.c.position == row.position)
            database.execute(sa.update(_EXCHANGES).where(of_row).values(changed))
