# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Puts calls into a log without making them."""

from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from openconnector.core.database import Database
from openconnector.logs.entries import CallEntry
from openconnector.logs.keeping.totals import added
from openconnector.logs.storage.compression import Compression
from openconnector.logs.storage.rows import Packed, RowStore, Stored
from tests.log_entries import entry


async def write(database: Database, calls: list[CallEntry], compression: Compression | None = None) -> None:
    """Write calls as another process would, some hundred at a time."""
    rows = RowStore(compression or Compression(), is_sqlite=database.is_sqlite)
    for start in range(0, len(calls), 500):
        packed = [rows.pack(call) for call in calls[start : start + 500]]
        rows.committed(packed, await database.run(partial(store, rows=rows, packed=packed), writes=True))


def store(session: Session, rows: RowStore, packed: list[Packed]) -> Stored:
    """Write calls, and count them in."""
    stored = rows.store(session, packed)
    added(session.connection(), zip((one.call.source_id for one in packed), stored.stored_bytes, strict=True))
    return stored


def answered(raw: bytes, **values: Any) -> CallEntry:
    """A call with a JSON answer."""
    call = entry(**values)
    (one,) = call.exchanges
    described = {"encoding": "text", "mediaType": "application/json", "charset": "utf-8", "isTruncated": False}
    one.response = {"status": 200, "reason": None, "headers": [], "body": described | {"size": len(raw)}}
    one.response_body = raw
    return call
