# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form in Nextcloud's settings, between the host and the settings of the engine."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from starlette.datastructures import State
from starlette.types import Receive, Scope, Send

from ex_app.appapi.client import NextcloudClient
from ex_app.appapi.errors import NextcloudUnreachableError
from ex_app.environment import Environment
from ex_app.settings import SEEN, NextcloudSettings
from ex_app.settings_form import FIELDS, FORM_ID
from ex_app.standalone.envelopes import OcsFailure
from ex_app.standalone.registrations import Fields, Registrations
from ex_app.standalone.settings_page import PATH
from openconnector.administration.schemas import SettingsUpdate
from openconnector.administration.service import AdministrationService
from openconnector.core.database import Base, Database
from openconnector.core.http import ASGITransport, AsyncClient
from openconnector.core.settings import Settings
from tests.contract.conftest import Nextcloud

DAYS = "retention_success_days"


class World:
    """One process of the app beside the running host."""

    def __init__(self, nextcloud: Nextcloud, client: NextcloudClient, database: Database, settings: Settings) -> None:
        self.config = nextcloud.app.config
        self.app = nextcloud.app
        self.administration = AdministrationService(settings, database)
        self.form = NextcloudSettings(client, lambda: State({"administration": self.administration}), every=0.05)

    async def save(self, **values: Any) -> None:
        """Save the page Settings."""
        version = (await self.administration.read()).version
        await self.administration.replace(SettingsUpdate.model_validate({"version": version} | values))

    async def days(self) -> int | None:
        return (await self.administration.read()).retention.success_days

    async def refused(self) -> list[str]:
        return [each.value for each in (await self.administration.read()).refused]


async def soon(is_so: Callable[[], bool]) -> None:
    """Return when something has become so."""
    for _ in range(250):
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it has not become so")


@pytest.fixture
async def world(nextcloud: Nextcloud, environment: Environment, tmp_path: Path) -> AsyncIterator[World]:
    settings = Settings(storage_path=tmp_path)
    database, client = Database.from_settings(settings), NextcloudClient(environment)
    Base.metadata.create_all(database._blocking)
    made = World(nextcloud, client, database, settings)
    yield made
    await made.form.aclose()
    await client.aclose()
    await database.close()


async def test_the_form_is_registered_and_shows_the_settings(world: World) -> None:
    await world.save(retention={"successDays": 7}, egressAllow=["10.0.0.1", "*.example.org"])
    await world.form.look()
    form = world.app.forms[FORM_ID]
    assert [field["id"] for field in form["fields"]] == [field.id for field in FIELDS]
    assert {name: text for name, text in world.config.items() if name != SEEN} == {
        DAYS: "7",
        "egress_allow": "10.0.0.1, *.example.org",
    }


async def test_what_is_saved_there_holds_here_and_the_other_way_round(world: World) -> None:
    await world.form.look()
    world.config |= {DAYS: "14", "timeout_total_seconds": "2,5"}
    await world.form.look()
    assert await world.days() == 14
    assert (await world.administration.current()).defaults.timeouts.total_ms == 2500
    assert world.config["timeout_total_seconds"] == "2.5"

    await world.save(retention={"successDays": 3})
    await world.form.look()
    assert (world.config[DAYS], world.config["timeout_total_seconds"]) == ("3", "")
    assert await world.days() == 3


async def test_a_value_that_cannot_be_used_keeps_the_former_one_and_is_told(world: World) -> None:
    await world.save(retention={"successDays": 7})
    await world.form.look()
    world.config |= {DAYS: "soon", "redaction_names": "bsn"}
    with structlog.testing.capture_logs() as lines:
        await world.form.look()
        await world.form.look()
    warnings = [line for line in lines if line["log_level"] == "warning"]
    assert [(line["field"], line["reason"]) for line in warnings] == [
        ("Keep successful calls (days)", "Enter a number.")
    ]
    assert (await world.days(), await world.refused(), world.config[DAYS]) == (7, ["soon"], "soon")
    assert (await world.administration.read()).redaction_names == ["bsn"]

    await world.save(retention={"successDays": 8})
    assert await world.refused() == []
    await world.form.look()
    assert (world.config[DAYS], await world.refused()) == ("8", [])


async def test_two_processes_and_the_next_start_agree(
    world: World, nextcloud: Nextcloud, environment: Environment, tmp_path: Path
) -> None:
    await world.form.look()
    world.config[DAYS] = "14"
    settings = Settings(storage_path=tmp_path)
    database, client = Database.from_settings(settings), NextcloudClient(environment)
    other = World(nextcloud, client, database, settings)
    await asyncio.gather(world.form.look(), other.form.look())
    await asyncio.gather(world.form.look(), other.form.look())
    assert (await world.days(), await other.days(), world.config[DAYS]) == (14, 14, "14")
    assert (await other.administration.read()).version == 1
    await client.aclose()
    await database.close()


async def test_what_a_look_has_written_that_was_broken_off_is_not_taken_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.form.look()
    await world.save(retention={"successDays": 20})
    write = NextcloudClient.write_config

    async def write_and_break_off(self: NextcloudClient, key: str, value: str) -> None:
        await write(self, key, value)
        if key == DAYS:
            raise NextcloudUnreachableError

    with monkeypatch.context() as patch:
        patch.setattr(NextcloudClient, "write_config", write_and_break_off)
        with pytest.raises(NextcloudUnreachableError):
            await world.form.look()
    assert world.config[DAYS] == "20"
    await world.save(retention={"successDays": 30})
    await world.form.look()
    assert (await world.days(), world.config[DAYS]) == (30, "30")


async def test_an_app_that_is_registered_anew_has_its_form_again(world: World) -> None:
    world.form.start()
    await soon(lambda: SEEN in world.config)
    world.app.forms.clear()
    world.form.stop()
    world.form.start()
    await soon(lambda: FORM_ID in world.app.forms)


async def test_a_database_that_was_set_up_anew_is_the_truth(world: World) -> None:
    world.config |= {DAYS: "14", SEEN: '{"version": 9, "texts": {"retention_success_days": "14"}}'}
    await world.form.look()
    assert (await world.days(), world.config[DAYS]) == (None, "")


async def test_without_the_form_nothing_breaks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Registrations.answer

    def of_nextcloud_28(self: Registrations, method: str, call: str, body: Fields, query: Fields) -> Any:
        if call == "ui/settings":
            raise OcsFailure(501, "")
        return answer(self, method, call, body, query)

    monkeypatch.setattr(Registrations, "answer", of_nextcloud_28)
    await world.form.look()
    assert world.app.forms == {}
    await world.save(retention={"successDays": 7})
    await world.form.look()
    assert await world.days() == 7


async def test_it_is_followed_while_the_app_is_enabled(world: World) -> None:
    await world.form.start_where_enabled()
    await soon(lambda: SEEN in world.config)
    world.config[DAYS] = "9"
    await soon(lambda: '"9"' in world.config[SEEN])
    assert await world.days() == 9
    world.form.stop()
    world.config[DAYS] = "10"
    await asyncio.sleep(0.2)
    assert await world.days() == 9
    world.app.enabled = False
    await world.form.start_where_enabled()
    await asyncio.sleep(0.2)
    assert await world.days() == 9


async def test_who_opens_the_settings_sees_what_was_typed_just_before(world: World) -> None:
    async def engine(_scope: Scope, _receive: Receive, send: Send) -> None:
        days = await world.days()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(days).encode()})

    world.form._every = 60
    world.form.start()
    await soon(lambda: SEEN in world.config)
    world.config[DAYS] = "11"
    async with AsyncClient(transport=ASGITransport(world.form.around(engine)), base_url="http://app") as client:
        assert (await client.get("/api/sources")).text == "None"
        assert (await client.get("/api/settings")).text == "11"
        await world.save(retention={"successDays": 12})
        await client.put("/api/settings")
    await soon(lambda: world.config[DAYS] == "12")


async def test_the_host_shows_the_form_to_administrators_and_keeps_what_is_entered(
    world: World, nextcloud: Nextcloud
) -> None:
    await world.form.look()
    async with AsyncClient(base_url=nextcloud.url) as client:
        assert (await client.get(PATH, headers={"Cookie": "standalone_user=alice"})).status_code == 404
        page = (await client.get(PATH)).text
        token = re.search(r'name="requesttoken" value="([^"]+)"', page)
        assert token
        entered = {"formId": FORM_ID, DAYS: '"><b>', "unknown": "x"}
        assert (await client.post(PATH, data=entered)).status_code == 404
        assert (await client.post(PATH, data=entered | {"requesttoken": token[1]})).status_code == 303
        assert world.config[DAYS] == '"><b>'
        assert "unknown" not in world.config
        assert "&quot;&gt;&lt;b&gt;" in (await client.get(PATH)).text
        world.app.enabled = False
        assert "No forms." in (await client.get(PATH)).text
