# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/settings` as administrators use it, and what calls get of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from openconnector.administration import service as service_module
from openconnector.administration.schemas import SettingsUpdate
from openconnector.administration.service import AdministrationService
from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError, VersionConflict
from openconnector.core.http import AsyncClient
from openconnector.core.principal import Principal
from openconnector.core.retention import Retention
from openconnector.core.settings import Settings
from openconnector.egress.policy import EgressDenied
from openconnector.logs.keeping.policy import environment_of
from openconnector.migrations.upgrade import upgrade
from tests.conftest import serve_engine
from tests.factories import create_source, test_call

URL = "/api/settings"


async def stored(api: AsyncClient, **values: Any) -> dict[str, Any]:
    answer = await api.put(URL, json={"version": 0} | values)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


class TestApi:
    async def test_at_first_there_is_nothing_but_the_environment(self, api: AsyncClient, settings: Settings) -> None:
        assert (await api.get(URL)).json() == {
            "egressAllow": [],
            "egressAllowEnvironment": settings.egress_allow,
            "redactionNames": [],
            "retention": Retention().to_json(),
            "retentionEnvironment": environment_of(settings).to_json(),
            "bodies": {"policy": None, "until": None},
            "timeouts": {"connectMs": None, "readMs": None, "totalMs": None},
            "limits": {"requestsPerMinute": None, "concurrentCalls": None},
            "refused": [],
            "version": 0,
            "updatedAt": None,
        }

    async def test_what_is_saved_is_read(self, api: AsyncClient) -> None:
        saved = await stored(api, egressAllow=["10.1.0.0/16", " *.example.org "], redactionNames=["bsn", " X-Case "])
        assert saved["egressAllow"] == ["10.1.0.0/16", "*.example.org"]
        assert saved["redactionNames"] == ["bsn", "X-Case"]
        assert saved["version"] == 1
        assert (await api.get(URL)).json() == saved
        assert (await stored(api, version=1))["egressAllow"] == []

    async def test_what_was_read_can_be_sent_back(self, sqlite_api: AsyncClient) -> None:
        saved = await stored(sqlite_api, egressAllow=["10.1.0.0/16"], retention={"errorDays": 90})
        again = await stored(sqlite_api, **(await sqlite_api.get(URL)).json())
        assert again == saved | {"version": 2, "updatedAt": again["updatedAt"]}
        (mistake,) = (await sqlite_api.put(URL, json=again | {"egressAlow": []})).json()["errors"]
        assert mistake["pointer"] == "/egressAlow"

    async def test_the_same_name_twice_is_kept_once(self, sqlite_api: AsyncClient) -> None:
        saved = await stored(sqlite_api, redactionNames=["Bsn", "case", "BSN"], egressAllow=["A.example", "a.example"])
        assert (saved["redactionNames"], saved["egressAllow"]) == (["Bsn", "case"], ["A.example"])

    async def test_two_administrators_do_not_overwrite_each_other(self, api: AsyncClient) -> None:
        first = await stored(api, redactionNames=["first"])
        answer = await api.put(URL, json={"version": 0, "redactionNames": ["second"]})
        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:openconnector:problem:version-conflict"
        assert answer.json()["current"] == first

    @pytest.mark.parametrize("version", [0, 1])
    async def test_of_changes_at_the_same_moment_one_wins(self, api: AsyncClient, version: int) -> None:
        if version:
            await stored(api)
        bodies = [{"version": version, "redactionNames": [f"name-{n}"]} for n in range(5)]
        answers = await asyncio.gather(*(api.put(URL, json=body) for body in bodies))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
        winner = next(answer.json() for answer in answers if answer.status_code == 200)
        assert all(answer.json()["current"] == winner for answer in answers if answer.status_code == 409)

    @pytest.mark.parametrize(
        ("values", "pointers"),
        [
            ({"egressAllow": ["10.0.0.0/33"]}, ["/egressAllow/0"]),
            ({"egressAllow": ["10.0.0.0/8", "a.example", "b", "http://c.example"]}, ["/egressAllow/3"]),
            ({"egressAllow": ["", "10.0.0.1/8", "x" * 256]}, ["/egressAllow/0", "/egressAllow/1", "/egressAllow/2"]),
            ({"redactionNames": ["ok", " ", "a b", "a:b", "é"]}, [f"/redactionNames/{n}" for n in (1, 2, 3, 4)]),
            ({"version": -1}, ["/version"]),
            ({"redactionName": []}, ["/redactionName"]),
        ],
    )
    async def test_bad_input_names_its_entry(
        self, sqlite_api: AsyncClient, values: dict[str, Any], pointers: list[str]
    ) -> None:
        answer = await sqlite_api.put(URL, json={"version": 0} | values)
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == pointers
        assert all(error["detail"].endswith((".", "?")) for error in answer.json()["errors"])

    async def test_ordinary_users_are_refused(self, sqlite_settings: Settings) -> None:
        async with serve_engine(sqlite_settings, principal=Principal("alice", is_admin=False)) as api:
            assert (await api.get(URL)).status_code == 403
            assert (await api.put(URL, json={"version": 0})).status_code == 403


class TestCurrent:
    @pytest.fixture
    async def database(self, settings: Settings) -> AsyncIterator[Database]:
        database = Database.from_settings(settings)
        await upgrade(database)
        yield database
        await database.close()

    async def test_it_holds_what_environment_and_administrators_allow(
        self, settings: Settings, database: Database
    ) -> None:
        service = AdministrationService(settings, database)
        before = await service.current()
        with pytest.raises(EgressDenied):
            before.egress.check("erp.example", 443, ["10.1.2.3"])
        await service.replace(SettingsUpdate(version=0, egress_allow=["10.1.2.0/24"], redaction_names=["bsn"]))
        after = await service.current()
        after.egress.check("erp.example", 443, ["10.1.2.3"])
        after.egress.check("localhost", 443, ["127.0.0.1"])
        assert (before.redaction_names, after.redaction_names) == ((), ("bsn",))

    async def test_it_is_the_same_object_until_something_changes(
        self, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service_module, "FRESH_MS", 0)
        service = AdministrationService(settings, database)
        first = await service.current()
        assert await service.current() is first
        await service.replace(SettingsUpdate(version=0))
        assert (await service.current()).egress is first.egress
        await service.replace(SettingsUpdate(version=1, egress_allow=["10.1.2.0/24"]))
        assert (await service.current()).egress is not first.egress

    async def test_what_another_process_has_changed_holds_when_it_is_looked_for_again(
        self, settings: Settings, database: Database
    ) -> None:
        ours, theirs = AdministrationService(settings, database), AdministrationService(settings, database)
        before = await ours.current()
        await theirs.replace(SettingsUpdate(version=0, redaction_names=["bsn"]))
        assert await ours.current() is before
        ours._fresh_until = 0
        assert (await ours.current()).redaction_names == ("bsn",)
        with pytest.raises(VersionConflict):
            await ours.replace(SettingsUpdate(version=0))

    async def test_all_who_ask_at_the_same_time_share_one_look(
        self, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looks, run = 0, database.run

        async def counting(*arguments: Any, **options: Any) -> Any:
            nonlocal looks
            looks += 1
            return await run(*arguments, **options)

        monkeypatch.setattr(database, "run", counting)
        service = AdministrationService(settings, database)
        first, *others = [asyncio.create_task(service.current()) for _ in range(50)]
        await asyncio.sleep(0)
        first.cancel()
        assert len(set(map(id, await asyncio.gather(*others)))) == 1
        await service.current()
        assert looks == 1

    async def test_a_database_that_is_away_is_told_and_asked_again(
        self, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def away(*_: Any, **__: Any) -> Any:
            raise OSError("away")

        service = AdministrationService(settings, database)
        with monkeypatch.context() as patch:
            patch.setattr(database, "run", away)
            with pytest.raises(OSError, match="away"):
                await service.current()
        assert (await service.current()).redaction_names == ()

    async def test_an_environment_that_allows_nonsense_stops_the_start(self, sqlite_settings: Settings) -> None:
        settings = sqlite_settings.model_copy(update={"egress_allow": ["10.0.0.0/8", "10.0.0.0/99"]})
        with pytest.raises(ConfigurationError, match=r"OPENCONNECTOR_EGRESS_ALLOW: “10\.0\.0\.0/99”"):
            async with serve_engine(settings):
                pass


class TestCalls:
    async def test_what_is_named_is_taken_out_of_the_next_call(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        await stored(sqlite_api, redactionNames=["bsn"])
        source = await create_source(sqlite_api, location=httpbin)
        call = await test_call(
            sqlite_api,
            source["id"],
            "/anything?bsn=123456782",
            method="POST",
            headers=[{"name": "BSN", "value": "223456781"}],
            body='{"bsn": 323456780, "name": "kept"}',
        )
        kept = (await sqlite_api.get(f"/api/logs/{call['id']}")).text
        assert "kept" in kept
        assert not [number for number in ("123456782", "223456781", "323456780") if number in kept + json.dumps(call)]

    async def test_what_is_allowed_is_reached_by_the_next_call(self, sqlite_settings: Settings, httpbin: str) -> None:
        closed = sqlite_settings.model_copy(update={"egress_allow": []})
        async with serve_engine(closed) as api:
            source = await create_source(api, location=httpbin)
            refused = await test_call(api, source["id"], "/get")
            await stored(api, egressAllow=["127.0.0.1"])
            reached = await test_call(api, source["id"], "/get")
        assert (refused["outcome"], refused["errorType"]) == ("refused", "egress_denied")
        assert (reached["outcome"], reached["statusCode"]) == ("success", 200)
