# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the log takes, told without looking at its rows."""

from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from openconnector.core.database import Database
from openconnector.core.diskspace import DiskSpace
from openconnector.logs.index.block import SHIFTS
from openconnector.logs.keeping import totals
from openconnector.logs.keeping.index_blocks import parts_of_block
from openconnector.logs.keeping.schemas import StorageRead
from openconnector.logs.models import CallLog, LogBlock, LogBlockPart


async def read_storage(database: Database, disk: DiskSpace) -> StorageRead:
    """What the log takes now."""
    await disk.refresh()  # whoever reads the banner need not try to write to learn that it is over
    file_bytes = _file_bytes(database)
    return await database.run(lambda session: _read(session, file_bytes, disk))


def _read(session: Session, file_bytes: int | None, disk: DiskSpace) -> StorageRead:
    total = totals.whole(session)
    return StorageRead(
        calls=total.calls,
        pinned=session.scalar(select(func.count()).where(CallLog.is_pinned)) or 0,
        bytes=total.bytes,
        index_bytes=_index_bytes(session),
        file_bytes=file_bytes,
        free_bytes=disk.free_bytes(),
        oldest_at=session.scalar(select(CallLog.started_at).order_by(CallLog.number).limit(1)),
        is_read_only=disk.is_full,
    )


def _index_bytes(session: Session) -> int:
    if session.get_bind().dialect.name == "postgresql":
        both = "pg_total_relation_size('log_blocks') + pg_total_relation_size('log_block_parts')"
        return int(session.scalar(text(f"SELECT {both}")) or 0)  # nothing of it comes from outside
    # Projected from some blocks of each level: to add all of them up, SQLite would read half of its file.
    total = 0.0
    for level in range(len(SHIFTS)):
        blocks = session.scalars(select(LogBlock.block).where(LogBlock.level == level).order_by(LogBlock.block)).all()
        some = {blocks[0], blocks[len(blocks) // 2], blocks[-1]} if blocks else set()
        total += sum(_block_bytes(session, level, block) for block in some) / max(len(some), 1) * len(blocks)
    return round(total)


def _block_bytes(session: Session, level: int, block: int) -> int:
    of_head = func.length(LogBlock.present) + func.length(LogBlock.summary)
    statements = [select(of_head).where(LogBlock.level == level, LogBlock.block == block)]
    of_parts = func.sum(func.length(LogBlockPart.data))
    statements += [select(of_parts).where(*some) for some in parts_of_block(session.connection(), level, block)]
    return sum(int(session.scalar(statement) or 0) for statement in statements)


def _file_bytes(database: Database) -> int | None:
    path = database.url.database
    if not database.is_sqlite or not path:
        return None
    files = (Path(path + suffix) for suffix in ("", "-wal", "-shm"))
    return sum(file.stat().st_size for file in files if file.exists())
