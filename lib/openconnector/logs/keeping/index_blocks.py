# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Takes removed calls out of the blocks of the index.

A number is in a block of one level. Its terms stay in the parts of the block, without effect: `present` says which
calls exist. A block without calls is taken away, a large one in several steps.
"""

from collections.abc import Iterator, Sequence

from pyroaring import BitMap
from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from openconnector.logs.index.block import SHIFTS, serialised
from openconnector.logs.models import LogBlock, LogBlockPart

INDEX_LOCK = 0x6F63_6C6F_675F_6978
"""PostgreSQL's advisory lock of whoever makes, merges or changes blocks. It is taken before the row of `log_state`."""

PARTS = 64
"""Parts of a block that one step deletes."""

_TAKE_OUT = (
    update(LogBlock.__table__)  # type: ignore[arg-type]  # a mapped class has a table
    .where(LogBlock.level == bindparam("of_level"), LogBlock.block == bindparam("of_block"))
    .values(live=bindparam("left"), present=bindparam("bitmap"))
)


def lock_index(session: Session) -> None:
    """Hold the index until the transaction ends. On SQLite whoever writes is alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": INDEX_LOCK})


def take_out(connection: Connection, numbers: Sequence[int]) -> None:
    """Let the index know that these calls are gone; the lock of the index is held."""
    if not numbers:
        return
    places = [_of_level(level, {number >> shift for number in numbers}) for level, shift in enumerate(SHIFTS)]
    columns = (LogBlock.level, LogBlock.block, LogBlock.present)
    changed = []
    for level, block, present in connection.execute(select(*columns).where(or_(*places))).all():
        shift = SHIFTS[level]
        left = BitMap.deserialize(present)
        left -= BitMap([number - (block << shift) for number in numbers if number >> shift == block])
        changed.append({"of_level": level, "of_block": block, "left": len(left), "bitmap": serialised(left)})
    if changed:
        connection.execute(_TAKE_OUT, changed)


def sweep(session: Session) -> bool:
    """Do one step of taking away the blocks without calls; False: there is none any more."""
    connection = session.connection()
    lock_index(session)
    empty = connection.execute(
        select(LogBlock.level, LogBlock.block).where(LogBlock.live == 0).order_by(LogBlock.level).limit(1)
    ).one_or_none()
    if empty is None:
        return False
    level, block = empty
    if not _delete_parts(connection, level, block):
        connection.execute(delete(LogBlock).where(LogBlock.level == level, LogBlock.block == block))
    return True


def _delete_parts(connection: Connection, level: int, block: int) -> bool:
    """Delete some parts; False: there was none any more."""
    for some in parts_of_block(connection, level, block):
        if connection.execute(delete(LogBlockPart).where(*some)).rowcount:
            return True
    return False


def parts_of_block(connection: Connection, level: int, block: int) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """Conditions that are together all parts of a block.

    They are found by their primary key, which begins with level and bucket: asked for the block alone, the database
    would read the parts of all blocks.
    """
    of_level = LogBlockPart.level == level
    low, high = (connection.scalar(select(end(LogBlockPart.bucket)).where(of_level)) for end in (func.min, func.max))
    if low is None or high is None:
        return
    for first in range(low, high + 1, PARTS):
        buckets = list(range(first, min(first + PARTS, high + 1)))
        yield of_level, LogBlockPart.bucket.in_(buckets), LogBlockPart.block == block


def _of_level(level: int, blocks: set[int]) -> ColumnElement[bool]:
    return and_(LogBlock.level == level, LogBlock.block.in_(sorted(blocks)))
