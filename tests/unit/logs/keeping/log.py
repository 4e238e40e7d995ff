# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A log of its own, filled as calls fill it, and what must always be true of it."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pyroaring import BitMap
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.ids import new_id
from openconnector.core.settings import Settings
from openconnector.logs.answers import Answers
from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.logs.index.block import SHIFTS
from openconnector.logs.index.indexer import Indexer
from openconnector.logs.keeping.models import SHARED, LogTotal
from openconnector.logs.models import CallBody, CallLog, LogBlock, LogBlockPart
from openconnector.logs.questions.clauses import Question
from openconnector.logs.storage.bodies import unpack_ids
from openconnector.logs.storage.compression import Compression
from openconnector.logs.writer import LogWriter
from openconnector.migrations.upgrade import upgrade

ONE, TWO = UUID(int=1), UUID(int=2)


class Log:
    """The log of one database, without the rest of the engine."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.compression = Compression()
        self.answers = Answers(self.compression)
        self.indexer = Indexer(database, self.compression)
        self.writer = LogWriter(database, self.compression, also=lambda _session, _calls: None, on_block=lambda: None)

    async def write(self, count: int = 1, *, source: UUID = ONE, days: float = 0, **values: Any) -> list[int]:
        """Log calls of some days ago, a millisecond apart, and tell their numbers."""
        body: bytes | None = values.pop("body", None)
        at = now() - timedelta(days=days)
        calls = []
        for index in range(count):
            content = body if body is not None else f'{{"index": {index}, "call": "{new_id()}"}}'.encode()
            calls.append(entry(source, at + timedelta(milliseconds=index), content, **values))
        waiting = [self.writer.keep(call) for call in calls]
        for one in waiting:
            await one
        return [call.number for call in calls]

    async def index(self) -> None:
        await self.indexer.catch_up()

    async def numbers(self, question: Question | None = None) -> list[int]:
        """Every call that the index, or what is in memory, knows; oldest first."""
        asked = question or Question()
        return await self.database.run(
            lambda session: self.answers.numbers(session, asked, sort="time", limit=1_000_000)
        )

    async def pin(self, *numbers: int, is_pinned: bool = True) -> None:
        statement = update(CallLog).where(CallLog.number.in_(numbers)).values(is_pinned=is_pinned)
        await self.database.run(lambda session: session.execute(statement), writes=True)

    async def with_bodies(self) -> list[int]:
        statement = select(CallLog.number).where(CallLog.bodies.is_not(None)).order_by(CallLog.number)
        return await self.database.run(lambda session: list(session.scalars(statement)))

    async def check(self) -> None:
        """Rows, bodies, blocks and totals tell the same."""
        await self.database.run(_check)
        rows = await self.database.run(lambda session: list(session.scalars(select(CallLog.number))))
        assert await self.numbers() == sorted(rows)


@asynccontextmanager
async def open_log(settings: Settings) -> AsyncIterator[Log]:
    """An empty log with all tables of the engine."""
    database = Database.from_settings(settings)
    try:
        await upgrade(database)
        log = Log(database)
        yield log
        await log.writer.close()
    finally:
        await database.close()


def entry(source: UUID, at: datetime, body: bytes, **values: Any) -> CallEntry:
    """A call with one exchange and this body in its answer."""
    outcome = values.pop("outcome", "success")
    status = 200 if outcome == "success" else 500
    exchange = ExchangeEntry(
        position=0,
        kind="request",
        started_at=at,
        duration_ms=5.0,
        delay_ms=0.0,
        timings={},
        connection=None,
        request={"method": "GET", "url": "https://api.example/x", "headers": [], "body": None},
        request_body=None,
        response={"headers": [], "body": {"encoding": "text", "mediaType": "application/json"}},
        response_body=body,
        error=None,
        trace=None,
    )
    facts: dict[str, Any] = {
        "id": new_id(),
        "source_id": source,
        "source_name": f"Source {source.int}",
        "trigger_type": "test",
        "trigger_id": None,
        "user_id": "admin",
        "method": "GET",
        "url": "https://api.example/x",
        "started_at": at,
        "duration_ms": 5.0,
        "status_code": status,
        "reason": "OK",
        "outcome": outcome,
        "error_type": None,
        "request_size": 0,
        "response_size": len(body),
        "exchange_count": 1,
        "diagnosis": None,
        "exchanges": [exchange],
    }
    return CallEntry(**(facts | values))


def _check(session: Session) -> None:
    rows = session.execute(
        select(
            CallLog.number,
            CallLog.source_id,
            CallLog.stored_bytes,
            func.length(CallLog.details).label("size"),
            CallLog.bodies,
        )
    ).all()
    uses = Counter(number for row in rows for number in unpack_ids(row.bodies))
    bodies = session.execute(select(CallBody.id, CallBody.refs, func.length(CallBody.data).label("size"))).all()
    assert {body.id: body.refs for body in bodies} == dict(uses)
    _check_totals(session, rows, sum(body.size for body in bodies))
    _check_blocks(session, {row.number for row in rows})


def _check_totals(session: Session, rows: Sequence[Any], of_bodies: int) -> None:
    expected: dict[UUID, tuple[int, int]] = {}
    for row in rows:
        calls, size = expected.get(row.source_id, (0, 0))
        expected[row.source_id] = calls + 1, size + row.stored_bytes
    totals = {total.source_id: (total.calls, total.bytes) for total in session.scalars(select(LogTotal))}
    shared = totals.pop(SHARED, (0, 0))
    assert totals == expected
    assert shared == (0, of_bodies - sum(row.stored_bytes - row.size for row in rows))


def _check_blocks(session: Session, numbers: set[int]) -> None:
    heads = session.scalars(select(LogBlock)).all()
    seen: set[int] = set()
    for head in heads:
        present = BitMap.deserialize(head.present)
        assert head.live == len(present)
        of_block = {(head.block << SHIFTS[head.level]) + offset for offset in present}
        assert not of_block & seen
        seen |= of_block
    assert seen <= numbers
    parts = session.execute(select(LogBlockPart.level, LogBlockPart.block).distinct()).all()
    assert set(parts) <= {(head.level, head.block) for head in heads}
