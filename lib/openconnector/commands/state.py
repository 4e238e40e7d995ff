# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`status`: what OpenConnector is, and what it has to do with."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from openconnector import __version__
from openconnector.commands.command import Context, Output
from openconnector.commands.styled import Cell, bad, facts, good, strong
from openconnector.core.diskspace import DiskSpace
from openconnector.core.schema import in_utc
from openconnector.logs.keeping.storage import read_storage
from openconnector.sources.models import LastCall, Source

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


async def show_status(context: Context, _values: Mapping[str, Any], output: Output) -> None:
    """Show the version, the database, how many sources there are, and what the log takes."""
    await context.ready()
    total, enabled, failing = await context.database.run(_count_sources)
    storage = await read_storage(context.database, DiskSpace(context.database))
    backend = "sqlite" if context.database.is_sqlite else "postgresql"
    pairs: list[tuple[str, Cell]] = [
        ("Version", __version__),
        ("Database", {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[backend]),
        ("Sources", f"{total}, {enabled} of them enabled"),
        ("Last calls", bad(f"{failing} sources failed last") if failing else good("none failed")),
        ("Log", f"{storage.calls} calls, {size_of(storage.bytes)}"),
        ("Oldest call", f"{storage.oldest_at:%Y-%m-%d %H:%M}Z" if storage.oldest_at else "none"),
        ("Free on disk", "not known" if storage.free_bytes is None else size_of(storage.free_bytes)),
        ("Writing", bad("no: the disk is full") if storage.is_read_only else good("yes")),
    ]
    output.result(
        [strong("OpenConnector"), facts(pairs)],
        version=__version__,
        database=backend,
        sources={"total": total, "enabled": enabled, "failing": failing},
        log={
            "calls": storage.calls,
            "bytes": storage.bytes,
            "oldestAt": storage.oldest_at and in_utc(storage.oldest_at),
            "freeBytes": storage.free_bytes,
            "isReadOnly": storage.is_read_only,
        },
    )


def size_of(size: float) -> str:
    """Bytes for people."""
    for unit in _UNITS[:-1]:
        if size < 1024:  # noqa: PLR2004  # the next unit
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} {_UNITS[-1]}"


def _count_sources(session: Session) -> tuple[int, int, int]:
    """All sources, those that are enabled, and those of them whose last call failed."""
    total = session.scalar(select(func.count()).select_from(Source)) or 0
    enabled = session.scalar(select(func.count()).select_from(Source).where(Source.is_enabled)) or 0
    failing = select(func.count()).select_from(Source).join(Source.last_call)
    return total, enabled, session.scalar(failing.where(Source.is_enabled, LastCall.outcome != "success")) or 0
