# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The commands as Nextcloud has them: registered, run, failed and removed."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ex_app.main import create_exapp
from ex_app.occ import MEMORY, PREFIX, offered, registration
from ex_app.standalone.console import PATH, Console
from ex_app.standalone.definition import GLOBAL_OPTIONS
from openconnector.core.http import ASGITransport, AsyncClient
from tests.contract.conftest import Nextcloud
from tests.contract.serving import RECORDED_SECRET, Answering, recorded, serving
from tests.contract.test_nextcloud_to_exapp import send

ENABLE, DISABLE = (
    next(line for line in recorded("nextcloud-to-exapp") if line["query"] == f"enabled={switch}") for switch in (1, 0)
)
CALLED = next(line for line in recorded("nextcloud-to-exapp") if line["path"] == "/occ/source/list")


def call(name: str, *, arguments: Any = None, options: Any = None) -> dict[str, Any]:
    """The recorded call of a command, with another command and other values."""
    body = json.dumps({"occ": {"arguments": arguments, "options": options}})
    return {**CALLED, "path": f"/occ/{name.replace(':', '/')}", "body": body}


async def test_enabling_registers_every_command_and_none_of_them_vanishes(
    nextcloud: Nextcloud, to_exapp: AsyncClient
) -> None:
    assert (await send(to_exapp, ENABLE)).json() == {"error": ""}
    async with AsyncClient() as client:
        definitions = Console(nextcloud.app, client).definitions()
    assert set(definitions) == set(nextcloud.app.occ_commands) == set(offered())


async def test_commands_of_earlier_versions_go_and_all_of_them_when_the_app_is_disabled(
    nextcloud: Nextcloud, to_exapp: AsyncClient, environ: dict[str, str]
) -> None:
    await send(to_exapp, ENABLE)
    old = {**registration(offered()[f"{PREFIX}status"]), "name": f"{PREFIX}purge"}
    nextcloud.app.occ_commands[old["name"]] = old
    memory = f"{environ['APP_PERSISTENT_STORAGE']}/{MEMORY}"
    with open(memory, "w", encoding="utf-8") as file:  # noqa: ASYNC230, PTH123
        json.dump([old["name"], f"{PREFIX}never-registered"], file)
    await send(to_exapp, ENABLE)
    assert set(nextcloud.app.occ_commands) == set(offered())
    await send(to_exapp, DISABLE)
    assert nextcloud.app.occ_commands == {}


@pytest.mark.parametrize("name", offered())
def test_a_registration_avoids_what_appapi_makes_of_some_modes(name: str) -> None:
    declared = registration(offered()[name])
    recorded_keys = {"name", "description", "arguments", "hidden", "options", "usages", "execute_handler"}
    assert set(declared) == recorded_keys
    assert {option["mode"] for option in declared["options"]} <= {"none", "required"}
    assert all("default" in option for option in declared["options"] if option["mode"] != "none")
    assert not GLOBAL_OPTIONS.keys() & {option["name"] for option in declared["options"]}
    assert {argument["mode"] for argument in declared["arguments"]} <= {"required", "optional", "array"}
    assert all("default" in argument for argument in declared["arguments"])


async def test_a_command_that_cannot_be_done_says_so_and_ends_well(to_exapp: AsyncClient) -> None:
    answer = await send(to_exapp, call("source:show", arguments={"source": "nowhere"}, options={"json": False}))
    assert answer.status_code == 200
    said = answer.text.rstrip("</info>")  # what fills up the portion
    assert said == "<fg=red>Error: </>This source does not exist, or has been deleted.\n"
    answer = await send(to_exapp, call("source:show", arguments={"source": "nowhere"}, options={"json": True}))
    assert answer.json()["type"] == "urn:openconnector:problem:not-found"


async def test_with_fail_the_status_is_the_exit_code_and_nextclouds_log_has_the_words(
    nextcloud: Nextcloud, to_exapp: AsyncClient
) -> None:
    failing = call("source:show", arguments={"source": "nowhere"}, options={"json": True, "fail": True})
    assert (await send(to_exapp, failing)).status_code == 500
    logged = next(request for request in nextcloud.recorder.requests if request.path.endswith("/log"))
    message = json.loads(logged.body)["message"]
    assert message == "openconnector:source:show: Error: This source does not exist, or has been deleted."
    done = await send(to_exapp, call("source:list", options={"json": True, "fail": True}))
    assert (done.status_code, done.json()) == (200, {"results": [], "total": 0})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (call("source:list", options={"limit": "many"}), "limit: Enter a whole number from 1 to 100000."),
        (call("source:list", options={"enabled": "maybe"}), "enabled: Choose one of true, false."),
        (call("source:list", options={"colour": "red"}), "colour: This version has no such argument or option."),
        (call("source:show"), "source: </>This argument is required."),
        (call("config:set", arguments={"assignments": []}), "assignments: </>Enter at least one."),
        (call("nothing:here"), "There is no command openconnector:nothing:here in this version."),
        ({**CALLED, "body": "no JSON"}, "There are no sources."),
    ],
    ids=["number", "choice", "unknown option", "missing argument", "empty list", "unknown command", "no JSON"],
)
async def test_what_cannot_be_read_is_named(to_exapp: AsyncClient, line: dict[str, Any], words: str) -> None:
    answer = await send(to_exapp, line)
    assert answer.status_code == 200
    assert words.replace("</>", "") in answer.text.replace("</>", "")


async def test_with_fail_what_cannot_be_read_is_a_failure_too(nextcloud: Nextcloud, to_exapp: AsyncClient) -> None:
    answer = await send(to_exapp, call("source:list", options={"limit": "many", "json": True, "fail": True}))
    assert (answer.status_code, answer.json()["status"]) == (500, 422)
    logged = next(request for request in nextcloud.recorder.requests if request.path.endswith("/log"))
    message = json.loads(logged.body)["message"]
    assert message == "openconnector:source:list: Error: limit: Enter a whole number from 1 to 100000."


async def test_commands_are_for_nextcloud_itself(to_exapp: AsyncClient) -> None:
    as_admin = await send(to_exapp, CALLED, authorization_app_api="YWRtaW46MTIzNDVzZWNyZXQ=")
    forged = await send(to_exapp, CALLED, authorization_app_api="Ondyb25n")
    assert (as_admin.status_code, forged.status_code) == (403, 401)
    assert RECORDED_SECRET not in as_admin.text + forged.text


@pytest.fixture
async def to_broken_exapp(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    """Sends requests to an app whose database is away."""
    monkeypatch.setenv("OPENCONNECTOR_DATABASE_URL", "postgresql://nobody:hidden@127.0.0.1:9/nothing")
    app = create_exapp(environ)
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://127.0.0.1:9031") as client,
    ):
        client.headers.clear()
        yield client


async def test_the_doctor_looks_at_what_keeps_the_engine_from_starting(to_broken_exapp: AsyncClient) -> None:
    listed = (await send(to_broken_exapp, call("source:list", options={}))).text
    assert listed.startswith("<fg=red>Error: </>The database cannot be used")
    examined = (await send(to_broken_exapp, call("doctor", options={}))).text
    assert examined.startswith("The database cannot be used")
    assert re.search(r"database +<fg=red>failed</> +PostgreSQL 127\.0\.0\.1/nothing", examined)
    assert re.search(r"nextcloud +<info>ok</>", examined)
    answer = await send(to_broken_exapp, call("doctor", options={"json": True}))
    checks = {check["name"]: check["status"] for check in answer.json()["checks"]}
    assert checks["database"] == "failed"
    assert (await send(to_broken_exapp, call("doctor", options={"fail": True}))).status_code == 500
    assert "hidden" not in listed + examined + answer.text


@pytest.mark.parametrize("status", [201, 202, 204, 302, 404, 500])
async def test_the_host_takes_200_alone_for_success_as_appapi_does(nextcloud: Nextcloud, status: int) -> None:
    nextcloud.app.occ_commands["x"] = {"name": "x", "execute_handler": "occ/x"}
    headers = {"content-type": "text/plain", "location": "http://127.0.0.1:9/"}
    answering = Answering(status, headers, "" if status == 204 else "hidden")
    async with serving(answering, nextcloud.app.port), AsyncClient() as client:
        events = [event async for event in Console(nextcloud.app, client).run(["x"])]
    assert events == [{"err": "[x] command executeHandler failed\n"}, {"exit": 1}]


async def test_the_console_is_closed_to_pages_of_others(nextcloud: Nextcloud) -> None:
    async with AsyncClient() as client:
        answer = await client.post(nextcloud.url + PATH, json={"tokens": ["list"]})
    assert answer.status_code == 412
