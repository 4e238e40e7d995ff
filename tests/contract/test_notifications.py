# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the engine tells users arrives as AppAPI takes it (its `ExAppNotifier`), or it is known why not."""

from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette

from ex_app.appapi.client import NextcloudClient
from ex_app.appapi.errors import NextcloudError
from ex_app.engine import EngineRunner
from ex_app.environment import Environment
from ex_app.lifecycle import Lifecycle
from ex_app.navigation import Navigation
from ex_app.notifications import NextcloudNotifier, params_of
from openconnector.core.http import ASGITransport, AsyncClient
from openconnector.core.ids import new_id
from openconnector.monitoring.notifier import NobodyListens, NobodyThere, Notification
from tests.contract.conftest import APP_ID, Nextcloud

NEWS = Notification(
    subject="{source} is failing",
    message="{reason}",
    values={"source": "Zaken {a}", "reason": "It answered 503 <b>{0}</b>; 100 % of the time."},
    source_id=new_id(),
    log_id=new_id(),
)
PATH = "ocs/v2.php/apps/notifications/api/v2/notifications"


@pytest.fixture
async def client(environment: Environment) -> AsyncIterator[NextcloudClient]:
    nextcloud_client = NextcloudClient(environment)
    yield nextcloud_client
    await nextcloud_client.aclose()


@pytest.fixture
def notifier(client: NextcloudClient) -> NextcloudNotifier:
    return NextcloudNotifier(client, APP_ID)


async def test_a_user_is_told_with_a_link_to_the_log_entry(nextcloud: Nextcloud, notifier: NextcloudNotifier) -> None:
    await notifier.notify("alice", NEWS)
    await notifier.notify("admin", replace(NEWS, log_id=None))
    async with AsyncClient(base_url=nextcloud.url, headers={"OCS-APIRequest": "true"}) as browser:
        (hers,) = (await browser.get(PATH, headers={"Cookie": "standalone_user=alice"})).json()["ocs"]["data"]
        (his,) = (await browser.get(PATH)).json()["ocs"]["data"]
        page = (await browser.get("/", headers={"Cookie": "standalone_user=alice"}, follow_redirects=True)).text
    assert (hers["subject"], hers["message"]) == ("Zaken {a} is failing", NEWS.values["reason"])
    embedded = f"{nextcloud.url}/index.php/apps/app_api/embedded/{APP_ID}/main".replace("//index", "/index")
    assert hers["link"] == f"{embedded}/logs/{NEWS.log_id}"
    assert his["link"] == f"{embedded}/sources/{NEWS.source_id}/monitoring"
    assert "Zaken {a} is failing" in page
    assert "<b>" not in page


async def test_nothing_empty_is_sent() -> None:
    params = params_of(NEWS, "/link")
    assert set(params["subject_params"]["rich_subject_params"]) == {"source"}
    assert set(params["subject_params"]["rich_message_params"]) == {"reason"}

    def texts(value: Any) -> list[str]:
        return [value] if isinstance(value, str) else [text for one in value.values() for text in texts(one)]

    assert all(texts(params))


@pytest.mark.parametrize("name", ["rich_subject", "rich_message", "link"])
async def test_the_host_refuses_what_nextcloud_refuses(client: NextcloudClient, name: str) -> None:
    params = deepcopy(params_of(NEWS, "/link"))
    params["subject_params"][name] = ""
    with pytest.raises(NextcloudError):
        await client.notify("admin", params)
    params["subject_params"] |= {name: "{nobody}"}
    if name != "link":
        with pytest.raises(NextcloudError):
            await client.notify("admin", params)


async def test_who_does_not_exist_is_known_before_and_cannot_be_told(notifier: NextcloudNotifier) -> None:
    assert await notifier.unknown(["admin", "nobody", "alice"]) == ["nobody"]
    for _ in range(2):
        with pytest.raises(NobodyThere, match="no user “nobody”"):
            await notifier.notify("nobody", NEWS)


def test_what_an_administrator_has_switched_to_counts_more_than_what_was_known_at_the_start(
    notifier: NextcloudNotifier,
) -> None:
    assert not notifier.is_paused
    notifier.assume(is_enabled=False)
    assert notifier.is_paused
    notifier.switch(is_enabled=True)
    notifier.assume(is_enabled=False)
    assert not notifier.is_paused


async def test_a_disabled_app_cannot_tell_anybody(nextcloud: Nextcloud, notifier: NextcloudNotifier) -> None:
    nextcloud.app.enabled = False
    with pytest.raises(NobodyListens, match="401"):
        await notifier.notify("admin", NEWS)


async def test_whoever_disables_the_app_pauses_its_watches(
    environment: Environment, client: NextcloudClient, notifier: NextcloudNotifier
) -> None:
    engine = EngineRunner(FastAPI)
    navigation = Navigation(client, assets=environment.assets, storage=environment.storage, version="0.1.0")
    face = Starlette(routes=Lifecycle(client, engine, navigation, notifier=notifier).routes())
    engine.start()
    async with AsyncClient(transport=ASGITransport(face), base_url="http://exapp") as appapi:
        for switch, is_paused in ((0, True), (1, False)):
            assert (await appapi.put(f"/enabled?enabled={switch}")).json() == {"error": ""}
            assert notifier.is_paused is is_paused
    await engine.stop()
