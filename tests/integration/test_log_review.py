# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What several threads and processes do to the log at the same time, and odd calls in it: nothing is lost."""

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Callable
from functools import partial
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from openconnector.core.database import Database
from openconnector.core.errors import InvalidInput
from openconnector.core.retention import Retention
from openconnector.core.settings import Settings
from openconnector.logs import answers as answers_module
from openconnector.logs import fresh, repository, writer
from openconnector.logs import service as service_module
from openconnector.logs.answers import Answers, Count
from openconnector.logs.entries import CallEntry
from openconnector.logs.index import indexer
from openconnector.logs.index.indexer import Indexer
from openconnector.logs.index.store import drop_some_parts, first_block
from openconnector.logs.keeping.clean_up import Sweeper
from openconnector.logs.keeping.removal import Removed
from openconnector.logs.keeping.totals import added
from openconnector.logs.listing import LogFilter
from openconnector.logs.models import CallBody, CallLog, Dictionary, LogState
from openconnector.logs.questions.clauses import HasText, IsOneOf, Question
from openconnector.logs.service import LogService
from openconnector.logs.storage import learning
from openconnector.logs.storage.bodies import read_many
from openconnector.logs.storage.compression import Compression
from openconnector.logs.storage.rows import Packed, RowStore, Stored
from openconnector.logs.writer import LogWriter
from openconnector.migrations.upgrade import upgrade
from tests.conftest import serve_engine
from tests.factories import create_source, test_call
from tests.log_entries import entry

EVERYTHING = Question()
GETS = Question((IsOneOf("method", ("GET",)),))
"""All calls here, for which the index is asked."""

NEVER_THERE = Question((HasText("alpha beta", words=("alpha", "beta"), is_phrase=True),))


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database.from_settings(settings)
    await upgrade(database)
    yield database
    await database.close()


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


async def numbers(database: Database, answers: Answers, question: Question = GETS) -> list[int]:
    return await database.run(lambda session: answers.numbers(session, question, limit=10_000))


def answered(raw: bytes, **values: Any) -> CallEntry:
    """A call with a JSON answer."""
    call = entry(**values)
    (one,) = call.exchanges
    described = {"encoding": "text", "mediaType": "application/json", "charset": "utf-8", "isTruncated": False}
    one.response = {"status": 200, "reason": None, "headers": [], "body": described | {"size": len(raw)}}
    one.response_body = raw
    return call


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


async def phrase_is_nowhere(database: Database) -> None:
    await write(database, [answered(b'{"t": "alpha x beta"}') for _ in range(200)])


async def test_the_order_of_durations_is_refused_where_it_takes_too_long(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await phrase_is_nowhere(database)
    monkeypatch.setattr(answers_module, "DURATION_MS", -1)
    ask = Answers(Compression()).ask
    with pytest.raises(InvalidInput):
        await database.run(lambda session: ask(session, NEVER_THERE).numbers(sort="-duration", limit=10))


async def test_a_deletion_can_be_cancelled_before_it_has_found_anything(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await phrase_is_nowhere(database)
    monkeypatch.setattr(answers_module, "PAGE_MS", -1)
    steps: list[Removed] = []
    sweeper = Sweeper(database, Answers(Compression()), steps.append)
    assert await sweeper.numbers(NEVER_THERE, 0) == []
    assert len(steps) >= 4  # one for each fifty calls that were read


async def some_say_it(database: Database) -> None:
    """200 calls that may match, of which those with the numbers 1, 61, 121 and 181 do."""
    await write(
        database, [answered(b'{"t": "alpha beta"}' if at % 60 == 0 else b'{"t": "beta alpha"}') for at in range(200)]
    )


async def test_a_search_that_ends_early_goes_on_where_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_say_it(database)
    monkeypatch.setattr(answers_module, "PAGE_MS", -1)
    sweeper = Sweeper(database, Answers(Compression()))
    assert await sweeper.numbers(NEVER_THERE, 0) == [1, 61, 121, 181]
    assert await sweeper.numbers(NEVER_THERE, 1, 2) == [61, 121]


async def test_an_export_goes_on_behind_what_takes_long_to_find(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_say_it(database)
    monkeypatch.setattr(answers_module, "PAGE_MS", -1)
    logs = LogService(database, Compression(), Retention())
    streamed = [call.number async for some in logs.stream(NEVER_THERE, with_exchanges=True) for call in some]
    assert streamed == [181, 121, 61, 1]


async def test_a_page_without_a_call_says_how_far_it_came(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(database, [answered(b'{"t": "alpha beta"}'), *(answered(b'{"t": "beta alpha"}') for _ in range(199))])
    monkeypatch.setattr(answers_module, "PAGE_MS", -1)
    async with serve_engine(settings) as api:
        pages: list[dict[str, Any]] = []
        while not pages or pages[-1]["nextCursor"]:
            cursor = {"cursor": pages[-1]["nextCursor"]} if pages else {}
            response = await api.get("/api/logs", params={"query": '"alpha beta"', "limit": 5, **cursor})
            pages.append(response.json())
    assert [[row["number"] for row in page["results"]] for page in pages] == [[], [], [], [1], []]
    assert [page["searched"] and page["searched"]["share"] for page in pages] == [0.25, 0.5, 0.75, 1, None]
    assert all(page["searched"]["at"] for page in pages[:-1])


async def test_a_projection_is_not_below_what_the_page_found(database: Database) -> None:
    await write(
        database, [answered(b'{"t": "alpha beta"}' if at < 100 else b'{"t": "beta alpha"}') for at in range(200)]
    )
    logs = LogService(database, Compression(), Retention())
    logs.answers = Answers(Compression(), count_ms=-1)
    page = await logs.page(LogFilter(query='"alpha beta"'), sort="-time", cursor=None, limit=20)
    assert (len(page.results), page.total, page.is_estimate) == (20, 21, True)
    page = await logs.page(LogFilter(query='"alpha beta"'), sort="-time", cursor=None, limit=150)
    assert (len(page.results), page.total, page.is_estimate) == (100, 100, False)


async def counted(settings: Settings, query: str) -> list[dict[str, Any]]:
    """The answers of a count until it is done."""
    answers: list[dict[str, Any]] = []
    async with serve_engine(settings) as api:
        while not answers or answers[-1]["nextCursor"]:
            cursor = {"cursor": answers[-1]["nextCursor"]} if answers else {}
            response = await api.get("/api/logs/count", params={"query": query, **cursor})
            assert response.status_code == 200, response.text
            answers.append(response.json())
    return answers


async def test_a_count_goes_on_until_it_is_exact(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_say_it(database)
    assert await counted(settings, '"alpha beta"') == [{"total": 4, "isEstimate": False, "nextCursor": None}]
    monkeypatch.setattr(answers_module, "VERIFIED_AT_ONCE", 60)
    monkeypatch.setattr(service_module, "TALLY_MS", -1)
    answers = await counted(settings, '"alpha beta"')
    assert [(one["total"], one["isEstimate"]) for one in answers] == [(3, True), (3, True), (3, True), (4, False)]
    assert (await counted(settings, '$.t ~ "beta"'))[-1]["total"] == 200
    assert await counted(settings, "alpha") == [{"total": 200, "isEstimate": False, "nextCursor": None}]


async def test_a_count_ends_where_it_may_be_projected(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_say_it(database)
    monkeypatch.setattr(answers_module, "MOST_COUNTED", 100)
    assert await counted(settings, '-"alpha beta"') == [{"total": 196, "isEstimate": True, "nextCursor": None}]


async def test_a_count_takes_no_cursor_of_a_list(settings: Settings, database: Database) -> None:
    await some_say_it(database)
    async with serve_engine(settings) as api:
        page = (await api.get("/api/logs", params={"limit": 1})).json()
        for cursor in (page["nextCursor"], "x"):
            response = await api.get("/api/logs/count", params={"cursor": cursor})
            assert response.status_code == 422
            assert [error["parameter"] for error in response.json()["errors"]] == ["cursor"]


async def test_one_item_of_an_array_is_asked_for(settings: Settings, database: Database) -> None:
    await write(database, [answered(b'{"items": [{"id": %d}, {"id": 5}]}' % at) for at in range(10)])
    async with serve_engine(settings) as api:
        for query, numbers in (
            ("$.items[0].id = 5", [6]),
            ("$.items[1].id = 5", [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
            ("$.items[-2].id < 2", [2, 1]),
            ("-$.items[0].id = 5", [10, 9, 8, 7, 5, 4, 3, 2, 1]),
            ("$.items[2]", []),
        ):
            page = (await api.get("/api/logs", params={"query": query})).json()
            assert [row["number"] for row in page["results"]] == numbers
            assert query.lstrip("-").startswith(page["terms"][0]["field"])


async def test_the_tail_says_when_it_did_not_look_at_everything(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await phrase_is_nowhere(database)
    logs = LogService(database, Compression(), Retention())
    wanted = LogFilter(query='"alpha beta"')
    assert (await logs.tail(wanted, after=1, limit=50)).is_complete
    monkeypatch.setattr(answers_module, "PAGE_MS", -1)
    assert not (await logs.tail(wanted, after=1, limit=50)).is_complete


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
