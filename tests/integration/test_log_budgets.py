# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Searches and counts that take longer than they may: they say how far they came, and go on from there."""

from typing import Any

import pytest

from openconnector.core.database import Database
from openconnector.core.errors import InvalidInput
from openconnector.core.retention import Retention
from openconnector.core.settings import Settings
from openconnector.logs import answers as answers_module
from openconnector.logs import service as service_module
from openconnector.logs.answers import Answers
from openconnector.logs.keeping.clean_up import Sweeper
from openconnector.logs.keeping.removal import Removed
from openconnector.logs.listing import LogFilter
from openconnector.logs.questions.clauses import HasText, Question
from openconnector.logs.service import LogService
from openconnector.logs.storage.compression import Compression
from tests.conftest import serve_engine
from tests.integration.written_log import answered, write

NEVER_THERE = Question((HasText("alpha beta", words=("alpha", "beta"), is_phrase=True),))


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
