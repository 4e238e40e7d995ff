# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Deletions of many entries in the background: what is meant, how far they are, and how they end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from openconnector.core.errors import Conflict, NotFound
from openconnector.core.http import AsyncClient
from openconnector.core.retention import Retention
from openconnector.core.settings import Settings
from openconnector.logs.exports.schemas import ExportProgress
from openconnector.logs.keeping import deletions as module
from openconnector.logs.keeping.clean_up import CleanUp
from openconnector.logs.keeping.deletions import Deletions
from openconnector.logs.questions.clauses import IsOneOf, IsPinned, Question
from tests.factories import create_source, test_call
from tests.unit.logs.keeping.log import ONE, TWO, Log, open_log

ALL = Question()
OF_ONE = Question((IsOneOf("source", (str(ONE),)),))


@pytest.fixture
async def log(settings: Settings) -> AsyncIterator[Log]:
    async with open_log(settings) as log:
        yield log


@pytest.fixture
async def deletions(log: Log) -> AsyncIterator[Deletions]:
    environment = Retention(success_days=30, error_days=90)
    deletions = Deletions(log.database, log.answers, CleanUp(log.database, log.answers, environment))
    yield deletions
    await deletions.close()


async def ended(deletions: Deletions, begun: ExportProgress) -> ExportProgress:
    async with asyncio.timeout(60):
        while (progress := deletions.progress(begun.id)).state == "running":  # noqa: ASYNC110  # as a client does
            await asyncio.sleep(0.01)
    return progress


class TestDeletions:
    async def test_what_matches_is_deleted(self, log: Log, deletions: Deletions) -> None:
        ones, twos = await log.write(300, source=ONE), await log.write(20, source=TWO)
        await log.index()
        begun = await deletions.start(OF_ONE)
        assert (begun.state, begun.total) == ("running", len(ones))
        end = await ended(deletions, begun)
        assert (end.state, end.done, end.total, end.error) == ("done", 300, 300, None)
        assert end.bytes > 300
        assert await log.numbers() == twos
        await log.check()

    async def test_what_comes_after_the_start_was_not_meant(self, log: Log, deletions: Deletions) -> None:
        await log.write(400)
        begun = await deletions.start(ALL)
        later = await log.write(30)
        await ended(deletions, begun)
        assert await log.numbers() == later

    async def test_pinned_entries_stay(self, log: Log, deletions: Deletions) -> None:
        numbers = await log.write(5)
        await log.pin(numbers[2])
        begun = await deletions.start(ALL)
        assert begun.total == 4
        await ended(deletions, begun)
        assert await log.numbers() == [numbers[2]]
        assert (await deletions.start(Question((IsPinned(is_pinned=True),)))).total == 0

    async def test_a_deletion_can_be_stopped(self, log: Log, deletions: Deletions) -> None:
        numbers = await log.write(900)
        begun = await deletions.start(ALL)
        deletions.cancel(begun.id)
        end = await ended(deletions, begun)
        assert end.state == "cancelled"
        assert 0 < end.done < 900
        assert await log.numbers() == numbers[end.done :]
        deletions.cancel(begun.id)
        assert deletions.progress(begun.id) == end
        await log.check()

    async def test_no_more_than_two_run_at_a_time(self, log: Log, deletions: Deletions) -> None:
        await log.write(600)
        begun = [await deletions.start(ALL), await deletions.start(OF_ONE)]
        with pytest.raises(Conflict):
            await deletions.start(ALL)
        for one in begun:
            assert (await ended(deletions, one)).state == "done"
        assert sum(deletions.progress(one.id).done for one in begun) == 600
        await deletions.start(ALL)

    async def test_the_end_of_a_process_stops_them(self, log: Log, deletions: Deletions) -> None:
        await log.write(600)
        begun = await deletions.start(ALL)
        await deletions.close()
        end = deletions.progress(begun.id)
        assert (end.state, end.done < 600) == ("cancelled", True)
        await log.check()

    async def test_a_failure_is_told(self, log: Log, deletions: Deletions, monkeypatch: pytest.MonkeyPatch) -> None:
        await log.write(3)

        async def fails(*_: Any, **__: Any) -> None:
            raise RuntimeError("secret detail")

        monkeypatch.setattr("openconnector.logs.keeping.deletions.Sweeper.remove_all", fails)
        end = await ended(deletions, await deletions.start(ALL))
        assert end.state == "failed"
        assert end.error
        assert "secret" not in end.error

    async def test_they_are_forgotten_after_a_while(
        self, log: Log, deletions: Deletions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await log.write(1)
        begun = await deletions.start(ALL)
        await ended(deletions, begun)
        monkeypatch.setattr(module, "REMEMBERED_MS", -1)
        with pytest.raises(NotFound):
            deletions.progress(begun.id)
        with pytest.raises(NotFound):
            deletions.cancel(uuid4())

    async def test_those_that_run_or_have_just_ended_are_known(self, log: Log, deletions: Deletions) -> None:
        await log.write(600)
        first = await ended(deletions, await deletions.start(OF_ONE))
        await log.write(5, days=31)
        second = await deletions.start_clean_up()
        assert [(one.id, one.state, one.is_clean_up) for one in deletions.known()] == [
            (second.id, "running", True),
            (first.id, "done", False),
        ]
        await ended(deletions, second)

    async def test_the_clean_up_is_one_of_them(self, log: Log, deletions: Deletions) -> None:
        await log.write(700, days=31)
        kept = await log.write(2)
        begun = await deletions.start_clean_up()
        assert begun.total == 700
        assert (await deletions.start_clean_up()).id == begun.id
        end = await ended(deletions, begun)
        assert (end.state, end.done, end.total) == ("done", 700, 700)
        assert await log.numbers() == kept


class TestApi:
    async def test_entries_are_deleted_by_filter(self, api: AsyncClient, httpbin: str) -> None:
        source = await create_source(api, location=httpbin)
        await test_call(api, source["id"], "/status/404")
        kept = await test_call(api, source["id"], "/status/204")
        started = await api.post("/api/logs/deletions", json={"status": "4xx"})
        assert started.status_code == 202, started.text
        url = f"/api/logs/deletions/{started.json()['id']}"
        async with asyncio.timeout(30):
            while (progress := (await api.get(url)).json())["state"] == "running":  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert (progress["state"], progress["done"], progress["total"]) == ("done", 1, 1)
        assert [row["id"] for row in (await api.get("/api/logs")).json()["results"]] == [kept["id"]]
        assert (await api.delete(url)).status_code == 204
        assert (await api.get("/api/logs/deletions")).json() == {"results": [progress]}

    @pytest.mark.parametrize(
        ("body", "pointers"),
        [
            ({"status": ""}, ["/status"]),
            ({"source": " ", "triggerId": ""}, ["/source", "/triggerId"]),
            ({"statuses": "404"}, ["/statuses"]),
            ({"minDurationMs": -1}, ["/minDurationMs"]),
            ({"query": "status:9xx"}, ["/query"]),
            ({"triggerId": "x", "since": "yesterday at tea time"}, ["/since"]),
        ],
    )
    async def test_a_filter_that_could_match_more_than_was_meant_is_refused(
        self, sqlite_api: AsyncClient, body: dict[str, Any], pointers: list[str]
    ) -> None:
        answer = await sqlite_api.post("/api/logs/deletions", json=body)
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == pointers

    async def test_what_is_not_known_is_not_found(self, sqlite_api: AsyncClient) -> None:
        for method in ("GET", "DELETE"):
            answer = await sqlite_api.request(method, f"/api/logs/deletions/{UUID(int=9)}")
            assert answer.status_code == 404

    async def test_there_are_none_at_first(self, sqlite_api: AsyncClient) -> None:
        assert (await sqlite_api.get("/api/logs/deletions")).json() == {"results": []}

    async def test_a_clean_up_can_be_asked_for(self, sqlite_api: AsyncClient) -> None:
        started = await sqlite_api.post("/api/logs/clean-up")
        assert started.status_code == 202
        assert (await sqlite_api.get(f"/api/logs/deletions/{started.json()['id']}")).status_code == 200
