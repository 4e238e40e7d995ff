# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is read for the index is what was written, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import update

from openconnector.core.database import Database
from openconnector.logs.entries import CallEntry
from openconnector.logs.generation.content import Shape, calls
from openconnector.logs.index.reading import Read, read, read_from
from openconnector.logs.models import CallLog
from openconnector.logs.storage.compression import Compression
from openconnector.logs.storage.rows import RowStore
from tests.log_entries import entry


async def written(database: Database) -> list[CallEntry]:
    """Calls of every kind, in the log."""
    made = list(calls(Shape(rows=300, seed=3, sources=4, days=2, until=datetime(2026, 11, 20, tzinfo=UTC))))
    odd = entry(started_at=datetime(1969, 12, 31, 23, 59, 59, 500_000, UTC), trigger_id="7", error_type="refused")
    (one,) = odd.exchanges
    one.request |= {"url": "https://elsewhere.example/", "headers": [{"name": "X-Näme", "value": "wörd"}]}
    one.request["body"] = {"encoding": "text", "mediaType": "text/plain"}
    one.request_body = "Grüße".encode() + b"\xff"
    one.error = {"message": "refused"}
    one.trace = [{"text": "220 ready"}, {"text": "530 no"}]
    made += [odd, replace(entry(), exchanges=[], has_bodies=False)]
    rows = RowStore(Compression(), is_sqlite=database.is_sqlite)
    packed = [rows.pack(call) for call in made]
    stored = await database.run(lambda session: rows.store(session, packed), writes=True)
    rows.committed(packed, stored)
    return made


async def all_read(database: Database, *, with_texts: bool = True) -> list[Read]:
    return await database.run(
        lambda session: list(read(session, Compression(), 0, 1000, with_texts=with_texts)),
    )


def expected(call: CallEntry) -> Read:
    found = read_from(call)
    return found._replace(facts=replace(found.facts, id=""))


async def test_calls_are_read_as_they_were_written(database: Database) -> None:
    made = await written(database)
    assert await all_read(database) == [expected(call) for call in made]


async def test_without_texts_all_the_rest_is_there(database: Database) -> None:
    made = [expected(call) for call in await written(database)]
    narrow = [one._replace(facts=replace(one.facts, texts=[], documents=[])) for one in made]
    assert await all_read(database, with_texts=False) == narrow


async def test_of_a_damaged_call_the_row_is_left(database: Database) -> None:
    made = await written(database)
    damaged = update(CallLog).where(CallLog.number == 2).values(details=b"no frame")
    cut_off = update(CallLog).where(CallLog.number == 3).values(details=(await _details(database, 3))[:-4])
    for statement in (damaged, cut_off):
        await database.run(lambda session, statement=statement: session.execute(statement), writes=True)  # type: ignore[misc]
    found = await all_read(database)
    for place in (1, 2):
        assert found[place].facts == replace(expected(made[place]).facts, texts=[made[place].url], documents=[])
    assert found[3] == expected(made[3])


async def _details(database: Database, number: int) -> bytes:
    details = await database.run(lambda session: session.get_one(CallLog, number).details)
    assert isinstance(details, bytes)
    return details
