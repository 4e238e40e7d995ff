# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Carries the calls of revision 0004 over into the tables of 0005, and back.

What it knows of both forms is written down here once more, because the code of the log goes on to change.
"""

import json
import struct
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SOME = 500
_FRAME = 256 * 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PARTITION = 1_000_000

_SAME = (
    *("source_name", "trigger_type", "trigger_id", "user_id", "method", "url", "duration_ms", "status_code"),
    *("reason", "outcome", "error_type", "request_size", "response_size", "exchange_count"),
)
_MESSAGE = sa.JSON(none_as_null=True)


def old_tables(suffix: str = "") -> tuple[sa.TableClause, sa.TableClause]:
    """Calls and exchanges as revision 0004 has them."""
    calls = sa.table(
        f"call_logs{suffix}",
        *(sa.column(name, sa.Uuid()) for name in ("id", "source_id")),
        *(sa.column(name, sa.DateTime(timezone=True)) for name in ("started_at", "expires_at")),
        *(sa.column(name) for name in _SAME),
        sa.column("diagnosis", _MESSAGE),
    )
    exchanges = sa.table(
        f"call_exchanges{suffix}",
        sa.column("call_id", sa.Uuid()),
        sa.column("started_at", sa.DateTime(timezone=True)),
        *(sa.column(name) for name in ("position", "kind", "duration_ms", "delay_ms")),
        *(sa.column(name, _MESSAGE) for name in ("timings", "connection", "request", "response", "error", "trace")),
        *(sa.column(name, sa.LargeBinary()) for name in ("request_body", "response_body")),
    )
    return calls, exchanges


def new_tables(dialect: str) -> tuple[sa.TableClause, sa.TableClause]:
    """Calls and bodies as revision 0005 has them."""
    uuid: Any = sa.LargeBinary(16) if dialect == "sqlite" else sa.Uuid()
    calls = sa.table(
        "call_logs",
        *(sa.column(name, uuid) for name in ("id", "source_id")),
        *(sa.column(name) for name in ("number", "started_at", *_SAME, "redacted_count", "stored_bytes")),
        sa.column("is_pinned", sa.Boolean()),
        *(sa.column(name, sa.LargeBinary()) for name in ("details", "bodies")),
    )
    bodies = sa.table(
        "call_bodies",
        *(sa.column(name) for name in ("id", "refs", "digest", "size")),
        *(sa.column(name, sa.LargeBinary()) for name in ("frames", "data")),
    )
    return calls, bodies


def carry_over(database: sa.Connection) -> tuple[int, int]:
    """Copy the calls of `call_logs_0004` in the order of their time; the next number and the next body are returned."""
    old_calls, old_exchanges = old_tables("_0004")
    calls, bodies = new_tables(database.dialect.name)
    number, body_id = 1, 1
    for some in _in_pieces(database, old_calls):
        found = database.execute(
            sa.select(old_exchanges)
            .where(old_exchanges.c.call_id.in_([row.id for row in some]))
            .order_by(old_exchanges.c.position)
        ).all()
        rows, body_rows = [], []
        for row in some:
            exchanges = [exchange for exchange in found if exchange.call_id == row.id]
            details, contents = _details(row.diagnosis, exchanges)
            first = body_id
            for content in contents:
                body_rows.append(_body(body_id, content))
                body_id += 1
            ids = range(first, body_id)
            rows.append(
                {name: getattr(row, name) for name in _SAME}
                | {
                    "number": number,
                    "id": _stored(row.id, database),
                    "source_id": _stored(row.source_id, database),
                    "started_at": _microseconds(row.started_at),
                    "redacted_count": None,
                    "is_pinned": False,
                    "details": details,
                    "bodies": struct.pack(f"<{len(ids)}Q", *ids) if ids else None,
                    "stored_bytes": len(details)
                    + sum(len(one["data"]) for one in body_rows[len(body_rows) - len(ids) :]),
                }
            )
            number += 1
        if body_rows:
            database.execute(sa.insert(bodies), body_rows)
        database.execute(sa.insert(calls), rows)
    return number, body_id


def partitions_for(calls: int, bodies: int) -> Iterator[tuple[str, int]]:
    """The partitions that so many calls and bodies need on PostgreSQL: table and index."""
    for table, count in (("call_logs", calls), ("call_bodies", bodies)):
        yield from ((table, index) for index in range(count // _PARTITION + 1))


def partition(table: str, index: int) -> str:
    """The statement that makes a partition."""
    first = index * _PARTITION
    return f"CREATE TABLE {table}_p{index} PARTITION OF {table} FOR VALUES FROM ({first}) TO ({first + _PARTITION})"


def carry_back(database: sa.Connection) -> None:
    """Copy the calls into tables of revision 0004. What is kept for ever gets a hundred years."""
    calls, bodies = new_tables(database.dialect.name)
    old_calls, old_exchanges = old_tables("_0004")
    dictionaries = {
        number: zstd.ZstdDict(data)
        for number, data in database.execute(sa.text("SELECT id, data FROM log_dictionaries")).all()
    }

    def unpacked(frame: bytes) -> bytes:
        needed = zstd.get_frame_info(frame).dictionary_id
        return zstd.decompress(frame, zstd_dict=dictionaries[needed]) if needed else zstd.decompress(frame)

    after = 0
    while some := database.execute(
        sa.select(calls).where(calls.c.number > after).order_by(calls.c.number).limit(SOME)
    ).all():
        after = some[-1].number
        ids = {row.number: struct.unpack(f"<{len(row.bodies or b'') // 8}Q", row.bodies or b"") for row in some}
        wanted = {one for several in ids.values() for one in several}
        contents = {
            body.id: b"".join(unpacked(frame) for frame in _frames(body))
            for body in database.execute(sa.select(bodies).where(bodies.c.id.in_(wanted)))
        }
        rows, exchange_rows = [], []
        for row in some:
            document = json.loads(unpacked(row.details))
            started_at = _moment(row.started_at)
            rows.append(
                {name: getattr(row, name) for name in _SAME}
                | {
                    "id": _uuid(row.id),
                    "source_id": _uuid(row.source_id),
                    "started_at": started_at,
                    "expires_at": started_at + timedelta(days=36500 if row.is_pinned else 90),
                    "diagnosis": document["diagnosis"],
                }
            )
            kept = [contents.get(one) for one in ids[row.number]]
            exchange_rows += [_exchange(row, position, one, kept) for position, one in enumerate(document["exchanges"])]
        database.execute(sa.insert(old_calls), rows)
        if exchange_rows:
            database.execute(sa.insert(old_exchanges), exchange_rows)


def _in_pieces(database: sa.Connection, calls: sa.TableClause) -> Iterator[list[Any]]:
    last: tuple[Any, ...] | None = None
    while True:
        statement = sa.select(calls).order_by(calls.c.started_at, calls.c.id).limit(SOME)
        if last is not None:
            types = (calls.c.started_at.type, calls.c.id.type)
            statement = statement.where(sa.tuple_(calls.c.started_at, calls.c.id) > sa.tuple_(*last, types=types))
        some = list(database.execute(statement))
        if not some:
            return
        yield some
        last = (some[-1].started_at, some[-1].id)


def _details(diagnosis: Any, exchanges: list[Any]) -> tuple[bytes, list[bytes]]:
    contents: list[bytes] = []

    def index(content: bytes | None) -> int | None:
        if not content:
            return None
        contents.append(bytes(content))
        return len(contents) - 1

    document = {
        "diagnosis": diagnosis,
        "exchanges": [
            {
                "kind": one.kind,
                "at": _microseconds(one.started_at),
                "ms": one.duration_ms,
                "delay": one.delay_ms,
                "timings": one.timings,
                "connection": one.connection,
                "request": one.request,
                "sent": index(one.request_body),
                "response": one.response,
                "received": index(one.response_body),
                "error": one.error,
                "trace": one.trace,
            }
            for one in exchanges
        ],
    }
    return zstd.compress(json.dumps(document).encode()), contents


def _body(number: int, content: bytes) -> dict[str, Any]:
    pieces = [zstd.compress(content[start : start + _FRAME]) for start in range(0, len(content), _FRAME)]
    frames = struct.pack(f"<{len(pieces)}I", *map(len, pieces)) if len(pieces) > 1 else None
    return {"id": number, "refs": 1, "digest": 0, "size": len(content), "frames": frames, "data": b"".join(pieces)}


def _frames(body: Any) -> Iterator[bytes]:
    start = 0
    for length in struct.unpack(f"<{len(body.frames) // 4}I", body.frames) if body.frames else [len(body.data)]:
        yield bytes(body.data[start : start + length])
        start += length


def _exchange(row: Any, position: int, one: dict[str, Any], kept: list[bytes | None]) -> dict[str, Any]:
    """What the row of the call says too may be left out of an exchange: the URL and the start of the call."""

    def at(index: int | None) -> bytes | None:
        return None if index is None or index >= len(kept) else kept[index]

    one["request"].setdefault("url", row.url)
    return {
        "call_id": _uuid(row.id),
        "position": position,
        "kind": one["kind"],
        "started_at": _moment(one["at"] if "at" in one else row.started_at + one["after"]),
        "duration_ms": one["ms"],
        "delay_ms": one["delay"],
        "request_body": at(one["sent"]),
        "response_body": at(one["received"]),
    } | {name: one[name] for name in ("timings", "connection", "request", "response", "error", "trace")}


def _stored(value: UUID, database: sa.Connection) -> UUID | bytes:
    return value.bytes if database.dialect.name == "sqlite" else value


def _uuid(value: UUID | bytes) -> UUID:
    return UUID(bytes=bytes(value)) if isinstance(value, bytes | memoryview) else value


def _microseconds(value: datetime) -> int:
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def _moment(value: int) -> datetime:
    return _EPOCH + timedelta(microseconds=value)
