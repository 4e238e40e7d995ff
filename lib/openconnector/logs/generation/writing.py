# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fills a log with generated calls, on the way that real ones take."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice

from sqlalchemy.orm import Session

from openconnector.core.database import Database
from openconnector.logs.entries import CallEntry
from openconnector.logs.generation.content import Shape, calls
from openconnector.logs.index.indexer import LARGE_BLOCK, LARGEST_BLOCK, Indexer
from openconnector.logs.keeping.totals import added
from openconnector.logs.repository import newest
from openconnector.logs.storage.compression import Compression
from openconnector.logs.storage.rows import Packed, RowStore, Stored

BATCH = 1024

_REWRITTEN = ("log_state", "log_totals", "log_blocks", "log_block_parts", "log_rollups", "log_path_rollups")
"""Tables whose rows are replaced all the time. PostgreSQL tidies up behind real traffic, but not as fast as this."""


async def generate(database: Database, shape: Shape, on_progress: Callable[[int], None]) -> None:
    """Write the calls and index them. `on_progress` is told how many there are by now."""
    compression = Compression()
    await database.run(compression.refresh)
    store = RowStore(compression, is_sqlite=database.is_sqlite)
    at_hand: dict[int, CallEntry] = {}
    """The calls that wait to be indexed: they need not be read back."""
    indexer = Indexer(database, compression, at_hand)
    await indexer.catch_up()
    made, end = 0, await database.run(newest) + 1
    every = calls(shape)
    # A batch ends where a block does: so large blocks are made at once, and nothing is left for small ones.
    while some := list(islice(every, BATCH - end % BATCH)):
        packed, stored = await database.run(partial(_write, store=store, some=some), writes=True)
        store.committed(packed, stored)
        made, end = made + len(some), stored.first_number + len(some)
        at_hand.update((call.number, call) for call in some)
        if end % LARGE_BLOCK == 0:
            await indexer.catch_up()
            at_hand.clear()
            if end % LARGEST_BLOCK == 0:
                await database.vacuum(_REWRITTEN)
            on_progress(made)
    await indexer.catch_up()
    await database.vacuum(_REWRITTEN)


def _write(session: Session, store: RowStore, some: Sequence[CallEntry]) -> tuple[list[Packed], Stored]:
    packed = [store.pack(call) for call in some]
    stored = store.store(session, packed)
    added(session.connection(), zip((call.source_id for call in some), stored.stored_bytes, strict=True))
    return packed, stored
