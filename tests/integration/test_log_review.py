# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What several threads and processes do to the log at the same time, and odd calls in it: nothing is lost."""

import asyncio
import copy
import json
from collections.abc import Callable
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from openconnector.core.database import Database
from openconnector.core.retention import Retention
from openconnector.core.settings import Settings
from openconnector.logs import fresh, repository, writer
from openconnector.logs.answers import Answers, Count
from openconnector.logs.index import indexer
from openconnector.logs.index.indexer import Indexer
from openconnector.logs.index.store import drop_some_parts, first_block
from openconnector.logs.listing import LogFilter
from openconnector.logs.models import CallBody, CallLog, Dictionary, LogState
from openconnector.logs.questions.clauses import HasText, IsOneOf, Question
from openconnector.logs.service import LogService
from openconnector.logs.storage import learning
from openconnector.logs.storage.bodies import read_many
from openconnector.logs.storage.compression import Compression
from openconnector.logs.writer import LogWriter
from tests.conftest import serve_engine
from tests.factories import create_source, test_call
from tests.integration.written_log import answered, write
from tests.log_entries import entry

EVERYTHING = Question()
GETS = Question((IsOneOf("method", ("GET",)),))
"""All calls here, for which the index is asked."""


async def numbers(database: Database, answers: Answers, question: Question = GETS) -> list[int]:
    return await database.run(lambda session: answers.numbers(session, question, limit=10_000))


async def test_a_reader_of_an_earlier_moment_takes_nothing_from_those_after_it(database: Database) -> None:
    answers = Answers(Compression())
    await write(database, [entry() for _ in range(10)])
    with database.reading() as earlier:
        assert repository.newest(earlier) == 10
        await write(database, [entry() for _ in range(5)])
        assert len(await numbers(database, answers)) == 15
        for question in (EVERYTHING, GETS):
            assert answers.numbers(earlier, question, limit=100) == list(range(10, 0, -1))
            assert answers.count(earlier, question) == Count(10, is_estimate=False)
    assert await numbers(database, answers) == list(range(15, 0, -1))


async def test_a_call_is_found_once_while_the_index_is_far_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fresh, "MOST", {False: 1000, True: 1000})
    answers = Answers(Compression())
    await write(database, [entry() for _ in range(1400)])
    assert await numbers(database, answers) == list(range(1400, 400, -1))
    with monkeypatch.context() as one_block:
        one_block.setattr(indexer, "BLOCK", 256)
        for _ in range(2):
            await Indexer(database, Compression())._index_some()
    await write(database, [entry() for _ in range(300)])
    assert await numbers(database, answers) == list(range(1700, 0, -1))


async def test_whoever_asks_for_everything_does_not_wait_for_the_index(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_none(*_: object, **__: object) -> None:
        raise AssertionError("the calls behind the index were read")

    await write(database, [entry() for _ in range(40)])
    monkeypatch.setattr(fresh, "MOST", {False: 10, True: 10})
    monkeypatch.setattr(fresh, "read", read_none)
    logs = LogService(database, Compression(), Retention())
    page = await logs.page(LogFilter(), sort="-time", cursor=None, limit=15)
    assert (len(page.results), page.total, page.is_estimate) == (15, 40, False)
    following = await logs.page(LogFilter(), sort="-time", cursor=page.next_cursor, limit=30)
    assert (len(following.results), following.total, following.next_cursor) == (25, 40, None)
    upwards = await logs.page(LogFilter(), sort="time", cursor=None, limit=40)
    assert upwards.results[::-1] == [*page.results, *following.results]
    assert len((await logs.tail(LogFilter(), after=33, limit=50)).results) == 7


async def test_half_a_surrogate_pair_in_a_call_leaves_the_log_readable(database: Database) -> None:
    compression = Compression()
    call = entry(diagnosis={"title": "It said \ud83d", "detail": "\U0001f4a9 and \udca9"})
    await LogWriter(database, compression, lambda _session, _calls: None).keep(call)
    assert await numbers(database, Answers(compression)) == [1]

    def diagnosis(session: Session) -> Any:
        return repository.entry(session, compression, repository.find(session, call.id), with_bodies=True).diagnosis

    assert await database.run(diagnosis) == {"title": "It said �", "detail": "\U0001f4a9 and �"}


async def test_calls_with_very_many_bodies_are_read_together(database: Database) -> None:
    calls = []
    for at in range(70):
        call = answered(b'{"page": 0}')
        call.exchanges = [copy.copy(call.exchanges[0]) for _ in range(1000)]
        for position, one in enumerate(call.exchanges):
            one.position, one.response_body = position, b'{"page": %d, "of": %d}' % (position, at)
        calls.append(call)
    for call in calls:
        await write(database, [call])
    assert len(await numbers(database, Answers(Compression()))) == 70


def calls_with(at: int) -> Callable[[Session], int]:
    wanted = Question((HasText("", words=(f"needle{at}",), is_phrase=False),))
    return lambda session: Answers(Compression()).count(session, wanted).total


async def test_two_processes_that_merge_the_same_blocks_lose_no_word(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(database, [answered(b'{"word": "needle%d"}' % at) for at in range(4096)])
    first, second = Indexer(database, Compression()), Indexer(database, Compression())
    monkeypatch.setattr(indexer, "LARGE_BLOCK", 1 << 40)  # as if the calls had come one by one
    with monkeypatch.context() as unmerged:
        unmerged.setattr(Indexer, "_merge", lambda *_: asyncio.sleep(0))
        await first.catch_up()
    reached, go_on = Event(), Event()
    loader = indexer._loader

    def slow(*arguments: Any) -> Callable[[int], dict[int, bytes]]:
        load = loader(*arguments)

        def wait(bucket: int) -> dict[int, bytes]:
            if bucket == 2:
                reached.set()
                assert go_on.wait(30)
            return load(bucket)

        return wait

    with monkeypatch.context() as slower:
        slower.setattr(indexer, "_loader", slow)
        behind = asyncio.create_task(second._merge(0, 0))
        assert await asyncio.to_thread(reached.wait, 30)
    drop_parts = first._drop_parts

    async def dropping(level: int, start: int, end: int) -> None:
        await database.run(lambda session: drop_some_parts(session, level, start, end, 100), writes=True)
        go_on.set()
        await behind
        await drop_parts(level, start, end)

    monkeypatch.setattr(first, "_drop_parts", dropping)
    await first._merge(0, 0)
    found = [await database.run(calls_with(at)) for at in range(0, 4096, 61)]
    assert found == [1] * len(found)


async def test_mending_leaves_alone_what_another_process_is_merging(database: Database) -> None:
    await write(database, [answered(b'{"word": "needle%d"}' % at) for at in range(256)])
    await Indexer(database, Compression()).catch_up()

    def first(session: Session) -> list[int]:
        session.execute(update(LogState).values(indexed_number=8192))  # and no block of level 1 has a head yet
        return [first_block(session, level) for level in (0, 1, 2)]

    assert await database.run(first, writes=True) == [0, 0, 0]


async def test_two_sources_with_the_same_answers_stop_no_index(database: Database) -> None:
    sources = (uuid4(), uuid4())
    bodies = [json.dumps({"id": at, "name": f"item {at * 7919}", "kind": "parcel"}).encode() for at in range(100)]
    calls = [answered(bodies[at // 2 % 100], source_id=sources[at % 2]) for at in range(1024)]
    compression = Compression()
    await write(database, calls, compression)
    await Indexer(database, compression).catch_up()
    known = await database.run(lambda session: session.scalars(select(Dictionary.kind)).all())
    assert "bodies" in known


async def test_large_bodies_are_not_loaded_to_learn_from_them(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, compression = uuid4(), Compression()
    large = [b"x" * 40_000 + b"%d" % at for at in range(3)]
    await write(database, [answered(raw, source_id=source) for raw in (*large, b'{"small": 1}')], compression)
    loaded: list[int] = []

    def reading(session: Session, compression: Compression, ids: Any) -> dict[int, bytes]:
        found = read_many(session, compression, ids)
        loaded.extend(map(len, found.values()))
        return found

    monkeypatch.setattr(learning, "read_many", reading)
    await database.run(lambda session: learning._samples(session, compression, source, 100))
    assert loaded == [len(b'{"small": 1}')]


async def test_a_process_that_hardly_calls_learns_of_the_dictionaries_of_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, busy, idle = uuid4(), Compression(), Compression()
    slow = LogWriter(database, idle, lambda _session, _calls: None)
    calls = [answered(json.dumps({"id": at, "name": f"item {at}"}).encode(), source_id=source) for at in range(1024)]
    await write(database, calls, busy)
    await Indexer(database, busy).catch_up()
    assert not idle._current
    monkeypatch.setattr(slow, "_next_refresh", 0.0)
    await slow.keep(entry(source_id=source))
    assert set(idle._current) >= {(source, "details")}
    assert writer.REFRESH_MS <= 60_000


async def test_one_damaged_call_does_not_take_the_log_with_it(settings: Settings, httpbin: str) -> None:
    async with serve_engine(settings) as api:
        source = await create_source(api, location=httpbin)
        calls = [await test_call(api, source["id"], f"/anything/{number}") for number in range(3)]
        database = Database.from_settings(settings)

        def damage(session: Session) -> None:
            session.execute(update(CallLog).where(CallLog.number == 2).values(details=b"nothing"))
            session.execute(update(CallBody).where(CallBody.id == 1).values(data=b"nothing"))

        await database.run(damage, writes=True)
        await database.close()
        page = (await api.get("/api/logs", params={"q": "anything"})).json()
        assert [row["id"] for row in page["results"]] == [call["logId"] for call in reversed(calls)]
        assert (await api.get(f"/api/logs/{calls[1]['logId']}")).json()["exchanges"] == []
        body = f"/api/logs/{calls[0]['logId']}/exchanges/0/response/view"
        assert (await api.get(body)).status_code == 404
        # At its end, the fixture reads all that is left in the log.
        await api.post("/api/logs/delete", json={"ids": [call["logId"] for call in calls]})
