# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long what is kept: the settings, what they would remove, and what the log takes."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.diskspace import DiskSpace
from openconnector.core.http import AsyncClient
from openconnector.core.retention import BodyKeeping, Retention
from openconnector.core.settings import Settings
from openconnector.logs.keeping.clean_up import CleanUp
from openconnector.logs.keeping.policy import Keeping, environment_of, load
from openconnector.logs.keeping.schemas import CleanUpPreview
from openconnector.logs.keeping.storage import read_storage
from tests.factories import create_source, source, test_call
from tests.unit.logs.keeping.log import ONE, TWO, Log, open_log

ENVIRONMENT = Retention(success_days=30, error_days=90)


@pytest.fixture
async def log(settings: Settings) -> AsyncIterator[Log]:
    async with open_log(settings) as log:
        yield log


class TestSettings:
    async def test_at_first_the_environment_holds(self, api: AsyncClient, settings: Settings) -> None:
        stored = (await api.get("/api/settings")).json()
        assert set(stored["retention"].values()) == {None}
        assert stored["retentionEnvironment"] == environment_of(settings).to_json()
        assert stored["bodies"] == {"policy": None, "until": None}

    async def test_what_is_saved_is_what_holds(self, api: AsyncClient, settings: Settings) -> None:
        until = "2027-01-01T00:00:00.000Z"
        wanted = {"retention": {"successDays": 7, "maxBytes": 10**9}, "bodies": {"policy": "never", "until": until}}
        saved = await api.put("/api/settings", json={"version": 0, **wanted})
        assert saved.status_code == 200, saved.text
        assert saved.json()["retention"]["successDays"] == 7
        assert saved.json()["bodies"] == wanted["bodies"]
        own = {"retention": {"errorDays": 3}, "bodies": {"policy": "errors"}}
        created = await create_source(api, connection=own)
        assert created["connection"]["retention"]["errorDays"] == 3
        silent = await create_source(api, name="Silent")
        database = Database.from_settings(settings)
        policies = await database.run(lambda session: load(session, ENVIRONMENT))
        await database.close()
        assert policies.wide == Keeping(
            Retention(success_days=7, max_bytes=10**9), BodyKeeping.model_validate(wanted["bodies"])
        )
        assert set(policies.own) == {UUID(created["id"])}
        assert policies.of(UUID(created["id"])).error_days == 3
        assert policies.of(UUID(created["id"])).body_policy == "errors"
        assert policies.of(UUID(silent["id"])).error_days == 90

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"retention": {"successDays": -1}}, "/retention/successDays"),
            ({"retention": {"errorBodyDays": 36501}}, "/retention/errorBodyDays"),
            ({"retention": {"maxCalls": 10**12 + 1}}, "/retention/maxCalls"),
            ({"retention": {"maxBytes": "much"}}, "/retention/maxBytes"),
            ({"retention": {"days": 3}}, "/retention/days"),
            ({"bodies": {"policy": "sometimes"}}, "/bodies/policy"),
            ({"bodies": {"policy": "always", "until": "tomorrow"}}, "/bodies/until"),
            ({"bodies": {"until": "2027-01-01T00:00:00Z"}}, "/bodies/until"),
        ],
    )
    async def test_bad_values_are_refused_where_they_stand(
        self, sqlite_api: AsyncClient, values: dict[str, Any], pointer: str
    ) -> None:
        answer = await sqlite_api.put("/api/settings", json={"version": 0, **values})
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
        answer = await sqlite_api.post("/api/sources", json=source(connection=values))
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/connection{pointer}"]


class TestBodies:
    @pytest.mark.parametrize(("policy", "kept"), [("always", [True, True]), ("errors", [False, True])])
    async def test_a_source_says_whose_bodies_are_kept(
        self, api: AsyncClient, httpbin: str, policy: str, kept: list[bool]
    ) -> None:
        created = await create_source(api, location=httpbin, connection={"bodies": {"policy": policy}})
        found = []
        for path in ("/get", "/status/418"):
            call = await test_call(api, created["id"], path)
            found.append((await api.get(f"/api/logs/{call['logId']}")).json()["hasBodies"])
        assert found == kept


async def preview(log: Log, source_id: UUID | None = None, **retention: Any) -> CleanUpPreview:
    clean_up = CleanUp(log.database, log.answers, ENVIRONMENT)
    return await clean_up.preview(Retention(**retention), source_id)


class TestPreview:
    async def test_it_counts_what_the_age_lets_go(self, log: Log) -> None:
        await log.write(300, days=40)
        await log.write(10, days=20, source=TWO)
        await log.write(4, days=20, outcome="http_error")
        await log.write(5)
        await log.index()
        told = await preview(log, success_days=15)
        assert (told.calls, told.bodies) == (310, 0)
        assert [(one.source_id, one.source_name, one.calls) for one in told.sources] == [
            (ONE, "Source 1", 300),
            (TWO, "Source 2", 10),
        ]
        assert told.oldest_kept_at is not None
        assert abs(told.oldest_kept_at - (now() - timedelta(days=20))) < timedelta(minutes=5)

    async def test_the_bytes_are_those_that_go(self, log: Log) -> None:
        chance = random.Random(1)
        for _ in range(40):
            await log.write(days=40, body=chance.randbytes(3000))
        for _ in range(40):
            await log.write(body=chance.randbytes(3000))
        told = await preview(log)
        removed = await CleanUp(log.database, log.answers, ENVIRONMENT).run()
        assert told.calls == removed.calls == 40
        assert told.bytes == pytest.approx(removed.bytes, rel=0.1)

    async def test_it_counts_the_bodies_that_go_alone(self, log: Log) -> None:
        await log.write(7, days=40, outcome="http_error")
        await log.write(20, days=10)
        await log.write(3)
        told = await preview(log, success_body_days=5, error_body_days=30)
        assert (told.calls, told.bodies) == (0, 27)
        assert told.bytes > 27 * 20

    async def test_pinned_calls_are_not_counted(self, log: Log) -> None:
        numbers = await log.write(10, days=40)
        await log.pin(*numbers[:4])
        assert (await preview(log)).calls == 6

    async def test_limits_are_projected(self, log: Log) -> None:
        for days in range(20, 0, -1):
            await log.write(10, days=days, source=ONE)
            await log.write(10, days=days, source=TWO)
        told = await preview(log, max_calls=100)
        assert told.calls == pytest.approx(300, abs=20)
        assert [one.calls for one in told.sources] == pytest.approx([150, 150], abs=20)
        told = await preview(log, ONE, max_calls=150)
        assert told.calls == pytest.approx(50, abs=10)
        assert [one.source_id for one in told.sources] == [ONE]
        whole = (await read_storage(log.database, DiskSpace(log.database))).bytes
        assert (await preview(log, max_bytes=whole // 2)).calls == pytest.approx(200, abs=40)

    async def test_one_source_alone_may_be_asked_about(self, log: Log) -> None:
        await log.write(5, days=5, source=ONE)
        await log.write(5, days=5, source=TWO)
        told = await preview(log, TWO, success_days=3)
        assert told.calls == 5
        assert [one.source_id for one in told.sources] == [TWO]
        assert (await preview(log, UUID(int=9), success_days=1)).calls == 0

    async def test_an_empty_log_has_nothing_to_remove(self, log: Log) -> None:
        assert await preview(log, max_calls=1, max_bytes=1, success_days=1) == CleanUpPreview(
            calls=0, bodies=0, bytes=0, oldest_kept_at=None, sources=[]
        )

    async def test_the_api_names_what_is_wrong(self, sqlite_api: AsyncClient) -> None:
        url = "/api/logs/clean-up/preview"
        assert (await sqlite_api.post(url, json={"successDays": 3})).status_code == 200
        answer = await sqlite_api.post(url, json={"successDays": -3})
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/successDays"]
        assert (await sqlite_api.post(f"{url}?source=x", json={})).status_code == 422


class TestStorage:
    async def test_it_tells_what_the_log_takes(self, log: Log) -> None:
        disk = DiskSpace(log.database)
        empty = await read_storage(log.database, disk)
        assert (empty.calls, empty.bytes, empty.oldest_at) == (0, 0, None)
        numbers = await log.write(300, days=3)
        await log.pin(*numbers[:2])
        await log.index()
        told = await read_storage(log.database, disk)
        assert (told.calls, told.pinned, told.is_read_only) == (300, 2, False)
        assert told.bytes > 300 * 50
        assert told.index_bytes > 1000
        assert told.oldest_at is not None
        assert now() - told.oldest_at > timedelta(days=2)
        is_sqlite = log.database.is_sqlite
        assert (told.file_bytes is not None, told.free_bytes is not None) == (is_sqlite, is_sqlite)

    async def test_the_api_tells_it(self, sqlite_api: AsyncClient) -> None:
        told = (await sqlite_api.get("/api/logs/storage")).json()
        assert told["isReadOnly"] is False
        assert told["fileBytes"] > 0
