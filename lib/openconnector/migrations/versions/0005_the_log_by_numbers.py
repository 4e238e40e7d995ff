# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The log by numbers: narrow rows, bodies beside them, an index by blocks."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from openconnector.migrations.rows_of_0005 import carry_back, carry_over, old_tables, partition, partitions_for

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SOURCES = sa.table("sources", sa.column("id", sa.Uuid()), sa.column("connection", sa.JSON()))
_DAYS = {"successRetentionDays": "successDays", "errorRetentionDays": "errorDays"}

_UUID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _set_aside("call_logs", "call_exchanges")
    _create_log()
    _create_beside_the_log()
    next_number, next_body = _carry_over()
    state = sa.table(
        "log_state", *(sa.column(name) for name in ("id", "next_number", "next_body", "indexed_number", "removals"))
    )
    row = {"id": 1, "next_number": next_number, "next_body": next_body, "indexed_number": 0, "removals": 0}
    op.bulk_insert(state, [row])
    # Every body belongs to one call, so the sums of the calls are those of everything.
    op.execute(
        "INSERT INTO log_totals (source_id, calls, bytes) "
        "SELECT source_id, count(*), sum(stored_bytes) FROM call_logs GROUP BY source_id"
    )

    _change_connections(_with_retention)


def downgrade() -> None:
    _change_connections(_without_retention)
    _create_old_log()
    carry_back(op.get_bind())
    for table in ("log_views", "log_sources", "log_path_rollups", "log_rollups", "log_body_cuts", "log_totals"):
        op.drop_table(table)
    for table in ("log_block_parts", "log_blocks", "log_dictionaries", "call_bodies", "call_logs", "log_state"):
        op.drop_table(table)
    _put_back("call_logs", "call_exchanges")


def _create_log() -> None:
    op.create_table(
        "log_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("next_number", "next_body", "indexed_number", "removals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_state")),
    )
    # What has a fixed length comes first, and the longest of it: PostgreSQL fills up before a value whose place must be
    # a multiple of its length, which would take some twenty bytes of each call.
    op.create_table(
        "call_logs",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("stored_bytes", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.Float(), nullable=False),
        sa.Column("request_size", sa.BigInteger(), nullable=False),
        sa.Column("response_size", sa.BigInteger(), nullable=True),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("exchange_count", sa.Integer(), nullable=False),
        sa.Column("redacted_count", sa.Integer(), nullable=True),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("id", _UUID, nullable=False),
        sa.Column("source_id", _UUID, nullable=False),
        sa.Column("source_name", sa.String(length=255), nullable=False),
        sa.Column("trigger_type", sa.String(length=32), nullable=False),
        sa.Column("trigger_id", sa.String(length=100), nullable=True),
        sa.Column("user_id", sa.String(length=255), nullable=True),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("error_type", sa.String(length=64), nullable=True),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("bodies", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_call_logs")),
        postgresql_partition_by="RANGE (number)",
    )
    op.create_index("ix_call_logs_id", "call_logs", ["id"])
    is_pinned = sa.text("is_pinned")
    op.create_index(
        "ix_call_logs_is_pinned", "call_logs", ["number"], sqlite_where=is_pinned, postgresql_where=is_pinned
    )
    op.create_table(
        "call_bodies",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("refs", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frames", sa.LargeBinary(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_bodies")),
        postgresql_partition_by="RANGE (id)",
    )
    op.create_table(
        "log_dictionaries",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source_id", _UUID, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=True),
        sa.Column("last_body", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_dictionaries")),
    )
    op.create_table(
        "log_blocks",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("live", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("present", sa.LargeBinary(), nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "block", name=op.f("pk_log_blocks")),
    )
    op.create_table(
        "log_block_parts",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "bucket", "block", name=op.f("pk_log_block_parts")),
    )
    if _is_postgresql():
        for table, column in (("call_logs", "details"), ("call_bodies", "data"), ("log_block_parts", "data")):
            # It is compressed already, and read in parts.
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")


def _create_beside_the_log() -> None:
    op.create_table(
        "log_totals",
        sa.Column("source_id", _UUID, nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_log_totals")),
    )
    op.create_table(
        "log_body_cuts",
        sa.Column("source_id", _UUID, nullable=False),
        sa.Column("is_success", sa.Boolean(), nullable=False),
        sa.Column("before_at", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "is_success", name=op.f("pk_log_body_cuts")),
    )
    op.create_table(
        "log_rollups",
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source_id", _UUID, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("error_type", sa.String(length=64), nullable=False),
        sa.Column("status_class", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("response_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            *("step", "source_id", "at", "outcome", "error_type", "status_class"), name=op.f("pk_log_rollups")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_path_rollups",
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source_id", _UUID, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("paths", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("step", "source_id", "at", name=op.f("pk_log_path_rollups")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_sources",
        sa.Column("source_id", _UUID, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_log_sources")),
    )
    op.create_table(
        "log_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("sort", sa.String(length=16), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_views")),
        sa.UniqueConstraint("name_key", name=op.f("uq_log_views_name_key")),
    )


def _create_old_log() -> None:
    message = sa.JSON(none_as_null=True)
    op.create_table(
        "call_logs_0004",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_name", sa.String(length=255), nullable=False),
        sa.Column("trigger_type", sa.String(length=32), nullable=False),
        sa.Column("trigger_id", sa.String(length=100), nullable=True),
        sa.Column("user_id", sa.String(length=255), nullable=True),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Float(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("error_type", sa.String(length=64), nullable=True),
        sa.Column("request_size", sa.BigInteger(), nullable=False),
        sa.Column("response_size", sa.BigInteger(), nullable=True),
        sa.Column("exchange_count", sa.Integer(), nullable=False),
        sa.Column("diagnosis", message, nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_logs_0004")),
    )
    op.create_table(
        "call_exchanges_0004",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Float(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("request_body", sa.LargeBinary(), nullable=True),
        sa.Column("response", message, nullable=True),
        sa.Column("response_body", sa.LargeBinary(), nullable=True),
        sa.Column("error", message, nullable=True),
        sa.Column("delay_ms", sa.Float(), nullable=False, server_default="0"),
        sa.Column("timings", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("connection", message, nullable=True),
        sa.Column("trace", message, nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["call_logs_0004.id"],
            name=op.f("fk_call_exchanges_call_id_call_logs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", "position", name=op.f("pk_call_exchanges_0004")),
    )


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


_OLD_INDEXES = {
    "ix_call_logs_expires_at": ["expires_at"],
    "ix_call_logs_started_at_id": ["started_at", "id"],
    "ix_call_logs_source_id_started_at_id": ["source_id", "started_at", "id"],
}


def _set_aside(*tables: str) -> None:
    for name in _OLD_INDEXES:
        op.drop_index(name, "call_logs")
    for table in tables:
        op.rename_table(table, f"{table}_0004")
        if _is_postgresql():
            op.execute(f"ALTER INDEX pk_{table} RENAME TO pk_{table}_0004")


def _carry_over() -> tuple[int, int]:
    database = op.get_bind()
    if _is_postgresql():
        calls, exchanges = (
            database.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in old_tables("_0004")
        )
        for table, index in partitions_for(calls, 2 * exchanges):
            op.execute(partition(table, index))
    numbers = carry_over(database)
    op.drop_table("call_exchanges_0004")
    op.drop_table("call_logs_0004")
    return numbers


def _put_back(*tables: str) -> None:
    for table in tables:
        op.rename_table(f"{table}_0004", table)
        if _is_postgresql():
            op.execute(f"ALTER INDEX pk_{table}_0004 RENAME TO pk_{table}")
    for name, columns in _OLD_INDEXES.items():
        op.create_index(name, "call_logs", columns)


def _change_connections(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    database = op.get_bind()
    for source_id, connection in database.execute(sa.select(_SOURCES.c.id, _SOURCES.c.connection)).all():
        changed = change(connection)
        database.execute(sa.update(_SOURCES).where(_SOURCES.c.id == source_id).values(connection=changed))


def _with_retention(connection: dict[str, Any]) -> dict[str, Any]:
    said = {new: connection[old] for old, new in _DAYS.items() if connection.get(old) is not None}
    left = {key: value for key, value in connection.items() if key not in _DAYS}
    return left | ({"retention": said} if said else {})


def _without_retention(connection: dict[str, Any]) -> dict[str, Any]:
    """Of what is kept for how long, an earlier version knows days alone; for ever is a number of them."""
    said = connection.get("retention") or {}
    days = {old: min(said[new] or 3650, 3650) for old, new in _DAYS.items() if said.get(new) is not None}
    return {key: value for key, value in connection.items() if key not in ("retention", "bodies")} | days
