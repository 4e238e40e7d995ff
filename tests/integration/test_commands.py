# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What commands do, on SQLite and on PostgreSQL. That occ and the command line agree is shown in tests/contract."""

import asyncio
import base64
import json
import os
import stat
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from openconnector.commands import COMMANDS
from openconnector.commands.command import Argument, Flag, key_of
from openconnector.commands.contexts import OwnContext
from openconnector.commands.rendering import plain, rendered
from openconnector.commands.styled import Block
from openconnector.commands.values import COMMAND_PASSPHRASE, COMMAND_SECRET
from openconnector.core.clock import now
from openconnector.core.errors import Conflict, InvalidInput, NotFound, OpenConnectorError
from openconnector.core.settings import Settings
from openconnector.logs import answers
from openconnector.migrations.upgrade import newest_revision
from openconnector.monitoring.memory import Memory
from openconnector.monitoring.schemas import WatchSettings
from openconnector.sources.models import Source, Watch
from openconnector.sources.opened import OpenSource, open_source
from openconnector.sources.repository import find_blocking
from tests.conftest import serve_engine
from tests.factories import create_source, marked, test_call
from tests.integration.written_log import answered, write


class Said:
    """What a command has said."""

    def __init__(self) -> None:
        self.words, self.way, self.members, self.document = "", "", dict[str, Any](), b""

    def progress(self, text: str) -> None:
        self.way += text + "\n"

    def result(self, text: str | Sequence[Block], /, **members: Any) -> None:
        self.words, self.members = rendered(text, plain), json.loads(json.dumps(members))

    async def piece(self, piece: bytes, *, is_json: bool = False) -> None:  # noqa: ARG002
        self.document += piece


class Commands:
    """Runs commands on one database, as a process of its own would."""

    def __init__(self, context: OwnContext) -> None:
        self.context = context
        self.succeeded: bool | None = None

    async def __call__(self, name: str, *positional: str, **options: Any) -> Said:
        command = next(one for one in COMMANDS if one.name == name)
        values: dict[str, Any] = {}
        left = list(positional)
        for argument in command.arguments:
            values[key_of(argument.name)] = _placed(argument, left)
        for option in command.options_on("cli"):
            given = options.pop(key_of(option.name), None)
            if isinstance(option, Flag):
                values[key_of(option.name)] = bool(given)
            else:
                values[key_of(option.name)] = option.default if given is None else option.parse(str(given))
        assert not options, f"{name} has no {', '.join(options)}"
        said = Said()
        self.succeeded = await command.load()(self.context, values, said)
        return said

    async def opened(self, slug: str) -> OpenSource:
        vault = self.context.vault()
        return open_source(await self.context.database.run(lambda session: find_blocking(session, slug)), vault)


def _placed(argument: Argument, left: list[str]) -> Any:
    if argument.is_list:
        taken, left[:] = left[:], []
        return taken
    return argument.parse(left.pop(0)) if left else None


@pytest.fixture
async def run(settings: Settings) -> AsyncIterator[Commands]:
    context = OwnContext(settings)
    yield Commands(context)
    await context.close()


@pytest.fixture
async def run_on_sqlite(sqlite_settings: Settings) -> AsyncIterator[Commands]:
    context = OwnContext(sqlite_settings)
    yield Commands(context)
    await context.close()


async def test_a_source_lives_from_its_first_to_its_last_command(run: Commands) -> None:
    await run("source:add", "My CRM", "https://crm.example/v1", "headers.Accept=text/plain")
    changed = await run("source:set", "my-crm", "connection.totalTimeoutMs=2000", "headers.X-Team=a", "type=xml")
    assert changed.members["connection"]["totalTimeoutMs"] == 2000
    assert [row["name"] for row in changed.members["headers"]] == ["Accept", "X-Team"]
    assert changed.members["type"] == "xml"
    assert (await run("source:disable", "my-crm")).members["isEnabled"] is False
    listed = await run("source:list", enabled="false", search="crm", type="xml")
    assert [source["slug"] for source in listed.members["results"]] == ["my-crm"]
    assert "my-crm  My CRM  xml   disabled  never      https://crm.example/v1" in listed.words
    assert (await run("source:list", enabled="true")).members == {"results": [], "total": 0}
    assert (await run("source:enable", "my-crm")).members["isEnabled"] is True
    assert "totalTimeoutMs      2000" in (await run("source:show", "my-crm")).words
    await run("source:remove", "my-crm")
    for name in ("source:show", "source:remove", "source:enable", "source:test", "source:verify"):
        with pytest.raises(NotFound):
            await run(name, "my-crm")


async def test_a_file_server_is_known_by_its_location(run_on_sqlite: Commands) -> None:
    added = await run_on_sqlite("source:add", "Files", "sftp://files.example/out")
    assert added.members["type"] == "ftp"
    with pytest.raises(Conflict):
        await run_on_sqlite("source:add", "Other", "https://a.example", slug="files")


async def test_secrets_come_beside_the_arguments(run: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_PASSWORD", marked("from a variable"))
    monkeypatch.setenv("CRM_KEY", marked("a key"))
    basic = ("authentication.type=basic", "authentication.username=erp")
    await run(
        "source:add",
        *("CRM", "https://crm.example", *basic),
        secret_from_env="authentication.password=CRM_PASSWORD,headers.X-Key=CRM_KEY",
    )
    source = await run.opened("crm")
    assert marked("from a variable") in list(source.authentication.credentials())
    assert [(row.name, row.value, row.is_secret) for row in source.headers] == [("X-Key", marked("a key"), True)]
    monkeypatch.setattr(OwnContext, "standard_input", _typed(marked("typed in") + "\n"))
    said = await run("source:set", "crm", secret_from_stdin="authentication.password")
    assert marked("typed in") in list((await run.opened("crm")).authentication.credentials())
    assert marked("") not in said.words + json.dumps(said.members)
    kept = await run("source:set", "crm", "name=New name")
    assert kept.members["name"] == "New name"
    assert marked("typed in") in list((await run.opened("crm")).authentication.credentials())


def _typed(text: str) -> Any:
    async def standard_input(_self: OwnContext) -> str:
        return text

    return standard_input


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (["authentication.type=bearer", "authentication.token=abc"], "authentication.token"),
        (['authentication={"type": "bearer", "token": "abc"}'], "authentication.token"),
        (['headers=[{"name": "X-Key", "value": "abc", "isSecret": true}]'], "headers.X-Key"),
        (["headers.X-Key=abc"], "headers.X-Key"),
        (["connection.proxy.url=http://127.0.0.1:9", "connection.proxy.password=abc"], "connection.proxy.password"),
    ],
)
async def test_a_secret_is_no_argument(
    run_on_sqlite: Commands, typed: list[str], key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_KEY", marked("a key"))
    await run_on_sqlite("source:add", "CRM", "https://crm.example", secret_from_env="headers.X-Key=CRM_KEY")
    with pytest.raises(InvalidInput) as caught:
        await run_on_sqlite("source:set", "crm", *typed)
    (error,) = caught.value.errors
    assert f"--secret-from-env {key}=NAME" in error.detail
    assert "abc" not in json.dumps(caught.value.problem())


@pytest.mark.parametrize("name", ["OPENCONNECTOR_SECRET_KEY", "APP_SECRET", "PGPASSWORD", "OTEL_EXPORTER_OTLP_HEADERS"])
async def test_what_keeps_the_app_safe_is_sent_to_nobody(
    run_on_sqlite: Commands, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, marked("of the app"))
    with pytest.raises(InvalidInput, match="belongs to OpenConnector itself"):
        await run_on_sqlite("source:add", "CRM", "https://crm.example", secret_from_env=f"headers.X-Key={name}")


async def test_the_variables_that_appapi_passes_on_for_commands_are_taken(
    run_on_sqlite: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(COMMAND_SECRET, marked("for a command"))
    monkeypatch.setenv(COMMAND_PASSPHRASE, marked("a passphrase"))
    await run_on_sqlite("source:add", "CRM", "https://crm.example", secret_from_env=f"headers.X-Key={COMMAND_SECRET}")
    assert (await run_on_sqlite.opened("crm")).headers[0].value == marked("for a command")
    exported = (await run_on_sqlite("export", passphrase_from_env=COMMAND_PASSPHRASE)).document.decode()
    assert json.loads(exported)["sources"][0]["secretsLeftOut"] == []
    assert marked("") not in exported
    with pytest.raises(InvalidInput, match="belongs to OpenConnector itself"):
        await run_on_sqlite("source:set", "crm", secret_from_env=f"headers.X-Key={COMMAND_PASSPHRASE}")


async def test_a_secret_in_the_place_of_its_variable_is_not_repeated(run_on_sqlite: Commands) -> None:
    with pytest.raises(InvalidInput, match="is not set here") as caught:
        await run_on_sqlite("source:add", "CRM", "https://crm.example", secret_from_env="headers.X-Key=hunter2")
    assert "hunter2" not in json.dumps(caught.value.problem())


@pytest.mark.parametrize(
    "typed", ["headers.x-key=abc", 'headers=[{"name": "X-Key", "value": "abc", "isSecret": true}]']
)
async def test_a_secret_beside_an_argument_of_its_place_opens_no_door(
    run_on_sqlite: Commands, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_KEY", marked("a key"))
    with pytest.raises(InvalidInput, match="would replace the secret"):
        await run_on_sqlite("source:add", "CRM", "https://crm.example", typed, secret_from_env="headers.X-Key=CRM_KEY")


async def test_another_scheme_begins_anew(run_on_sqlite: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TOKEN", marked("token"))
    bearer = {"secret_from_env": "authentication.token=CRM_TOKEN"}
    await run_on_sqlite("source:add", "CRM", "https://crm.example", "authentication.type=bearer", **bearer)
    said = await run_on_sqlite("source:set", "crm", "authentication.type=none")
    assert said.members["authentication"] == {"type": "none"}


async def test_a_call_on_command_is_logged_as_such(run: Commands, httpbin: str) -> None:
    await run("source:add", "Bin", httpbin)
    tested = await run("source:test", "bin", path="/anything", method="post", body="a body")
    assert run.succeeded
    assert "200 OK" in tested.words
    assert "a body" in tested.words
    shown = await run("logs:show", tested.members["logId"], bodies=True)
    assert shown.members["trigger"] == {"type": "command", "id": "source:test", "userId": None}
    await run("source:test", "bin", path="/status/503")
    assert run.succeeded is False
    verified = await run("source:verify", "bin", path="/status/404")
    assert run.succeeded is False
    assert [step["name"] for step in verified.members["steps"] if step["status"] == "failed"] == ["http"]
    found = await run("logs:list", "trigger:command status:5xx since:1h")
    assert [call["statusCode"] for call in found.members["results"]] == [503]
    assert (await run("status")).members["sources"] == {"total": 1, "enabled": 1, "failing": 1}
    with pytest.raises(InvalidInput) as caught:
        await run("source:test", "bin", method="STEAL")
    assert caught.value.errors[0].parameter == "method"


async def test_a_question_that_cannot_be_understood_says_where(run_on_sqlite: Commands) -> None:
    with pytest.raises(InvalidInput):
        await run_on_sqlite("logs:list", "status:never")
    with pytest.raises(InvalidInput) as caught:
        await run_on_sqlite("logs:show", "last")
    assert caught.value.errors[0].parameter == "id"


async def test_a_search_that_takes_long_says_how_to_go_on(
    run_on_sqlite: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_on_sqlite("status")
    await write(run_on_sqlite.context.database, [answered(b'{"t": "alpha x beta"}') for _ in range(70)])
    monkeypatch.setattr(answers, "PAGE_MS", -1)
    said = await run_on_sqlite("logs:list", '"alpha beta"')
    assert "No call found so far." in said.words
    cursor = said.members["nextCursor"]
    assert f"Search on: --cursor {cursor}" in said.words
    said = await run_on_sqlite("logs:list", '"alpha beta"', cursor=cursor)
    assert "No call matches." in said.words


async def test_a_file_of_an_export_is_for_its_owner_alone(
    sqlite_settings: Settings, run_on_sqlite: Commands, httpbin: str, tmp_path: Path
) -> None:
    async with serve_engine(sqlite_settings) as api:
        source = await create_source(api, location=httpbin, slug="bin")
        for _ in range(3):
            await test_call(api, source["id"], "/json")
        path = tmp_path / "calls.ndjson"
        path.write_text("earlier")
        await run_on_sqlite("logs:export", "source:bin", output=path)
        streamed = await run_on_sqlite("logs:export", "source:bin")
    assert path.read_bytes() == streamed.document
    assert len(streamed.document.splitlines()) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [name for name in os.listdir(tmp_path) if name.endswith(".part")] == []  # noqa: PTH208  async
    with pytest.raises(InvalidInput) as caught:
        await run_on_sqlite("logs:export", output=tmp_path / "nowhere/file")
    assert caught.value.errors[0].parameter == "output"


async def test_prune_tells_first_and_then_does(run: Commands, httpbin: str) -> None:
    await run("source:add", "Bin", httpbin, "connection.retention.maxCalls=1")
    for _ in range(3):
        await run("source:test", "bin", path="/get")
    told = await run("logs:prune", dry_run=True)
    assert told.members["calls"] >= 2  # limits are looked at as ages, to within some minutes
    assert (await run("logs:list")).members["total"] == 3
    done = await run("logs:prune")
    assert done.members["calls"] == 2
    assert (await run("logs:list")).members["total"] == 1


async def test_settings_are_set_one_by_one(run: Commands) -> None:
    await run("config:set", "retention.errorDays=91", "egressAllow=10.0.0.0/8, erp.lan")
    said = await run("config:set", "redactionNames=X-Pin")
    assert said.members["retention"]["errorDays"] == 91
    assert said.members["egressAllow"] == ["10.0.0.0/8", "erp.lan"]
    assert (await run("config:get", "retention.errorDays")).members == {"key": "retention.errorDays", "value": 91}
    assert (await run("config:get", "retention")).members["value"]["errorDays"] == 91
    with pytest.raises(InvalidInput) as caught:
        await run("config:set", "egressAllow=10.0.0.1/8", "redactionNames=X Y")
    assert {error.pointer for error in caught.value.errors} == {"/egressAllow/0", "/redactionNames/0"}
    for key in ("retention.nothing", "nothing", "retention.errorDays.x"):
        with pytest.raises(NotFound):
            await run("config:get", key)


async def test_sources_go_out_and_come_in_again(run: Commands, tmp_path: Path) -> None:
    for number in range(3):
        await run("source:add", f"Source {number}", f"https://s{number}.example")
    path = tmp_path / "sources.yaml"
    await run("export", "source-0", "source-2", format="yaml", output=path)
    await run("source:remove", "source-0")
    told = await run("import", str(path), dry_run=True)
    assert [item["state"] for item in told.members["sources"]] == ["create", "unchanged"]
    assert (await run("source:list")).members["total"] == 2
    done = await run("import", str(path))
    assert (done.members["created"], done.members["unchanged"]) == (1, 1)
    assert run.succeeded
    assert (await run("source:show", "source-0")).members["location"] == "https://s0.example"
    with pytest.raises(InvalidInput, match="cannot be read"):
        await run("import", str(tmp_path / "nowhere"))
    path.write_text("this is no document")
    with pytest.raises(OpenConnectorError):
        await run("import", str(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
async def test_a_curl_command_comes_in_from_a_file(run_on_sqlite: Commands, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "command.txt"
    path.write_text("curl https://crm.example/api/orders -H 'Accept: application/json'\n", encoding)
    told = await run_on_sqlite("import", str(path), dry_run=True)
    assert [item["state"] for item in told.members["sources"]] == ["create"]
    assert (await run_on_sqlite("import", str(path))).members["created"] == 1
    (source,) = (await run_on_sqlite("source:list")).members["results"]
    assert source["location"] == "https://crm.example/api"


async def test_a_document_is_fetched_and_imported(run_on_sqlite: Commands, httpbin: str) -> None:
    run, document = run_on_sqlite, {"openapi": "3.1.0", "info": {"title": "Orders", "version": "1"}, "paths": {}}
    url = f"{httpbin}/base64/{base64.urlsafe_b64encode(json.dumps(document).encode()).decode()}"
    told = await run("import", url=url, dry_run=True)
    assert [item["state"] for item in told.members["sources"]] == ["create"]
    assert (await run("import", url=url)).members["created"] == 1
    logged = (await run("logs:list", "trigger:import")).members["results"]
    assert [(call["outcome"], call["statusCode"]) for call in logged] == [("success", 200)] * 2
    assert str(logged[0]["id"]) not in told.way
    assert str(logged[1]["id"]) in told.way
    with pytest.raises(InvalidInput, match="could not be fetched"):
        await run("import", url="http://169.254.169.254/latest")
    assert (await run("logs:list", "trigger:import outcome:refused")).members["total"] == 1
    with pytest.raises(InvalidInput, match="Name a file, or a URL"):
        await run("import")
    with pytest.raises(InvalidInput, match="Name a file, or a URL"):
        await run("import", "sources.json", url=url)


def verdicts(said: Said) -> dict[str, str]:
    return {check["name"]: check["status"] for check in said.members["checks"]}


async def test_the_doctor_finds_nothing_wrong_where_nothing_is(run: Commands) -> None:
    await run("source:add", "CRM", "https://127.0.0.1", "authentication.type=basic", "authentication.username=u")
    said = await run("doctor")
    assert run.succeeded
    assert set(verdicts(said).values()) == {"ok"}, said.words
    assert {
        "database",
        "migrations",
        "writing",
        "key",
        "secrets",
        "dns",
        "proxies",
        "index",
        "scheduled-work",
        "clock",
    } < set(verdicts(said))


async def test_the_doctor_warns_of_watches_that_nobody_checks(run: Commands) -> None:
    for number in range(4):
        await run("source:add", f"Source {number}", "https://127.0.0.1")
    await run("source:set", "source-3", "isEnabled=false")
    # Late, claimed by somebody who died; not late; paused; of a source that is switched off.
    for number, minutes in enumerate((31, 29, None, 31)):
        due_at = None if minutes is None else now() - timedelta(minutes=minutes)
        held_until = now() + timedelta(minutes=9) if number == 0 else None
        await run.context.database.run(partial(watch, f"source-{number}", due_at, held_until), writes=True)
    said = await run("doctor")
    assert run.succeeded
    assert verdicts(said)["scheduled-work"] == "warning"
    assert "1 watched sources should have been checked more than 30 minutes ago." in said.words
    # Whoever looks for due watches once a day only, is not late yet.
    run.context.settings = run.context.settings.model_copy(update={"watch_cron": "0 0 1 1 *"})
    assert verdicts(await run("doctor"))["scheduled-work"] == "ok"


def watch(slug: str, due_at: datetime | None, claimed_until: datetime | None, session: Session) -> None:
    source_id = session.scalars(select(Source.id).where(Source.slug == slug)).one()
    content, memory = WatchSettings(interval_seconds=600, notify=["admin"]).to_json(), Memory().to_json()
    session.add(Watch(source_id=source_id, content=content, memory=memory, due_at=due_at, claimed_until=claimed_until))


async def test_the_doctor_says_what_to_mend(
    run_on_sqlite: Commands, sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, key = run_on_sqlite, sqlite_settings.storage_path / "secret.key"
    monkeypatch.setenv("CRM_KEY", marked("a key"))
    await run("source:add", "CRM", "https://nowhere.invalid", secret_from_env="headers.X-Key=CRM_KEY")
    key.chmod(0o644)
    said = await run("doctor")
    assert run.succeeded is False
    assert f"Run: chmod 600 {key}" in said.words
    assert {name for name, verdict in verdicts(said).items() if verdict == "failed"} == {"key", "dns"}
    key.unlink()
    said = await run("doctor")
    assert verdicts(said)["key"] == "failed"
    assert not key.exists()
    key.write_text("A" * 43 + "=\n")
    key.chmod(0o600)
    said = await run("doctor")
    assert (verdicts(said)["key"], verdicts(said)["secrets"]) == ("ok", "failed")
    assert "crm" in said.words
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert verdicts(await run("doctor"))["proxies"] == "warning"


async def test_the_doctor_knows_a_database_of_another_version(run: Commands) -> None:
    said = await run("doctor")
    assert verdicts(said)["migrations"] == "failed"
    assert "Start the app" in said.words
    await run.context.ready()
    newer = text(f"UPDATE alembic_version SET version_num = '{int(newest_revision()) + 1:04}'")
    await run.context.database.run(lambda session: session.execute(newer), writes=True)
    assert "or a later one" in (await run("doctor")).words


async def test_the_doctor_does_not_faint_without_a_database(tmp_path: Path) -> None:
    url = "postgresql://nobody:hidden@127.0.0.1:9/nothing"
    context = OwnContext(Settings(storage_path=tmp_path, database_url=url))
    run = Commands(context)
    async with asyncio.timeout(30):
        said = await run("doctor")
    await context.close()
    assert (run.succeeded, verdicts(said)["database"]) == (False, "failed")
    assert "hidden" not in said.words + json.dumps(said.members)
