# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each command by occ and by the command line: the same answer. One app runs meanwhile, and shares its database."""

import asyncio
import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ex_app import cli
from ex_app.standalone import occ
from ex_app.standalone.console import PATH
from ex_app.standalone.host import StandaloneHost
from openconnector.commands import COMMANDS
from openconnector.core.http import AsyncClient

VOLATILE = frozenset(
    (
        *("id", "logId", "sourceId", "number", "version", "position", "revision", "keyId", "secrets"),
        *("createdAt", "updatedAt", "startedAt", "expiresAt", "oldestKeptAt", "at"),
        *("durationMs", "delayMs", "timings", "wireSize", "freeBytes", "bytes", "found"),
    )
)
"""Members that are another at each run."""

DOCUMENT = {"name": "Imported FACE", "slug": "imported-FACE", "type": "json", "location": "https://imported.example"}

CASES: dict[str, tuple[str, ...]] = {
    "status": (),
    "doctor": (),
    "source:list": ("--type", "json"),
    "source:show": ("kept-FACE",),
    "source:add": ("Added FACE", "https://added.example", "headers.Accept=text/<b>plain", "connection.http2=true"),
    "source:set": ("kept-FACE", "connection.totalTimeoutMs=2000", "description=now </info> set"),
    "source:disable": ("kept-FACE",),
    "source:enable": ("kept-FACE",),
    "source:remove": ("gone-FACE",),
    "source:test": ("called", "--path", "/anything?a=<b>", "--method", "post", "--body", '{"a": "<info>"}'),
    "source:verify": ("called", "--path", "/status/404"),
    "import": ("FILE", "--dry-run"),
    "export": ("kept-cli", "called", "--format", "yaml"),
    "logs:list": ("source:called", "--limit", "3"),
    "logs:show": ("CALL", "--bodies"),
    "logs:prune": ("--dry-run",),
    "logs:export": ("source:called", "--format", "har"),
    "config:get": (),
    "config:set": ("retention.errorDays=91", "redactionNames=X-FACE"),
    "secret:rotate": ("--grace", "0"),
    "backup": ("DIRECTORY",),
}


@dataclass
class Running:
    """An installed app with its host, and both ways to it."""

    url: str
    directory: Path

    def by_occ(self, *tokens: str) -> int:
        name, *rest = tokens
        return asyncio.run(occ.run(self.url, [f"openconnector:{name}", *rest]))

    def by_cli(self, *tokens: str) -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["openconnector", *tokens])
            return cli.main()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, httpbin: str) -> Iterator[Running]:
    """The app on a host in a thread, with sources for each way."""
    directory = tmp_path_factory.mktemp("commands")
    loop, stop, host = (
        asyncio.new_event_loop(),
        asyncio.Event(),
        StandaloneHost(port=0, data=directory, quiet=True, sample_api=False),
    )
    ready = threading.Event()

    async def serve() -> None:
        try:
            await host.start()
        finally:
            ready.set()
        await stop.wait()
        await host.stop()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENCONNECTOR_ASSETS", str(assets(directory)))
        patch.setenv("OPENCONNECTOR_EGRESS_ALLOW", "127.0.0.0/8,::1")
        thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
        thread.start()
        assert ready.wait(60)
        patch.setenv("OPENCONNECTOR_BACKGROUND_WORK", "false")
        for name, value in environment(host, directory).items():
            patch.setenv(name, value)
        running = Running(host.url.rstrip("/"), directory)
        try:
            for face in ("occ", "cli"):
                for slug in ("kept", "gone"):
                    place = f"https://{slug}.example"
                    assert running.by_cli("source:add", f"{slug} <b>{face}</b>", place, "--slug", f"{slug}-{face}") == 0
                (directory / f"{face}.json").write_text(json.dumps(DOCUMENT).replace("FACE", face))
            assert running.by_cli("source:add", "Called", httpbin, "--slug", "called") == 0
            assert running.by_cli("source:test", "called", "--path", "/html") == 0
            yield running
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(30)
            loop.close()


def assets(directory: Path) -> Path:
    """A built interface, as small as one can be."""
    (directory / "js").mkdir()
    (directory / "css").mkdir()
    (directory / "js/main-1.js").touch()
    (directory / "css/main-1.css").touch()
    files = {"script": "js/main-1.js", "style": "css/main-1.css"}
    (directory / "js/manifest.json").write_text(json.dumps(files))
    return directory


def environment(host: StandaloneHost, directory: Path) -> dict[str, str]:
    """What AppAPI sets in the container, where the command line runs."""
    return {
        "APP_ID": host.app.app_id,
        "APP_VERSION": host.app.manifest.version,
        "APP_SECRET": host.app.secret,
        "APP_HOST": "127.0.0.1",
        "APP_PORT": str(host.app.port),
        "APP_PERSISTENT_STORAGE": str(directory / "storage"),
        "OPENCONNECTOR_STORAGE_PATH": str(directory / "storage"),
        "NEXTCLOUD_URL": host.url,
        "AA_VERSION": "34.0.3",
    }


def steady(value: Any) -> Any:
    """A document without what is another at each run, and without the names of the ways."""
    if isinstance(value, dict):
        return {name: steady(member) for name, member in value.items() if name not in VOLATILE}
    if isinstance(value, list):
        return [steady(member) for member in value]
    if not isinstance(value, str):
        return value
    return re.sub(r"\b(occ|cli)\b", "FACE", re.sub(r"\w+, \d+ \w+ \d+ [\d:]+ GMT", "DATE", value))


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a document with its place, so that a difference can be read."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield from leaves(member, f"{place}/{name}")
    if not members:
        yield place, value


def tokens_of(name: str, face: str, app: Running, call_id: str) -> list[str]:
    words = {"FILE": str(app.directory / f"{face}.json"), "DIRECTORY": str(app.directory / face), "CALL": call_id}
    return [name, *(words.get(token, token.replace("FACE", face)) for token in CASES[name])]


@pytest.mark.parametrize("name", CASES)
def test_occ_and_the_command_line_give_the_same_answer(
    app: Running, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    app.by_cli("logs:list", "source:called", "--sort", "time", "--limit", "1", "--json")
    call_id = json.loads(capfd.readouterr().out)["results"][0]["id"]
    command = next(one for one in COMMANDS if one.name == name)
    more = [] if command.is_document else ["--json"]
    answers = []
    for face, run in (("occ", app.by_occ), ("cli", app.by_cli)):
        assert run(*tokens_of(name, face, app, call_id), *more) == 0
        out = capfd.readouterr().out
        answers.append(steady(out if command.is_document and "yaml" in CASES[name] else json.loads(out)))
    one, other = (dict(leaves(answer)) for answer in answers)
    assert {
        place: (one.get(place), other.get(place)) for place in one | other if one.get(place) != other.get(place)
    } == {}
    assert one


def test_every_command_of_both_is_compared() -> None:
    assert set(CASES) == {command.name for command in COMMANDS if set(command.faces) == {"cli", "occ"}}


@pytest.mark.parametrize("name", ["source:list", "source:show", "config:get", "logs:list", "logs:show"])
def test_people_read_the_same_words(app: Running, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    app.by_cli("logs:list", "source:called", "--limit", "1", "--json")
    call_id = json.loads(capfd.readouterr().out)["results"][0]["id"]
    tokens = tokens_of(name, "cli", app, call_id)
    assert app.by_occ(*tokens) == 0
    by_occ = capfd.readouterr().out
    assert app.by_cli(*tokens) == 0
    assert by_occ == capfd.readouterr().out
    assert "<b>" in by_occ or name not in ("source:list", "source:show")


def test_a_failed_test_ends_so_where_it_is_asked_for(app: Running, capfd: pytest.CaptureFixture[str]) -> None:
    failing = ("source:test", "called", "--path", "/status/500")
    assert (app.by_occ(*failing), app.by_cli(*failing)) == (0, 0)
    capfd.readouterr()
    assert app.by_occ(*failing, "--fail") == 1
    hidden = capfd.readouterr()
    assert (hidden.out, hidden.err) == ("", "[openconnector:source:test] command executeHandler failed\n")
    assert app.by_cli(*failing, "--fail") == 1
    assert "500" in capfd.readouterr().out


def test_a_body_is_read_from_the_standard_input_on_the_command_line_alone(
    app: Running, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "body").write_text("typed text")
    tokens = ("source:test", "called", "--path", "/anything", "--method", "PUT", "--body", "-")
    with (tmp_path / "body").open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert app.by_cli(*tokens) == 0
    assert "typed text" in capfd.readouterr().out
    assert app.by_occ(*tokens) == 0
    assert "There is no standard input here." in capfd.readouterr().out


async def test_what_is_being_done_is_told_while_it_is_done(app: Running) -> None:
    body = {"tokens": ["openconnector:secret:rotate", "--grace", "1"]}
    async with (
        AsyncClient(timeout=30) as client,
        client.stream("POST", app.url + PATH, json=body, headers={"OCS-APIRequest": "true"}) as answer,
    ):
        events = [(time.monotonic(), json.loads(line)) async for line in answer.aiter_lines()]
    assert "A new key encrypts from now on." in events[0][1]["out"]
    assert events[-1][1] == {"exit": 0}
    assert events[-1][0] - events[0][0] > 0.9


def test_occ_reads_what_is_typed_as_symfony_does(app: Running, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.by_occ("source:show") == 1
    assert 'Not enough arguments (missing: "source").' in capfd.readouterr().err
    assert app.by_occ("source:list", "--colour=red") == 1
    assert 'The "--colour" option does not exist.' in capfd.readouterr().err
    assert app.by_occ("nothing:here") == 1
    assert 'Command "openconnector:nothing:here" is not defined.' in capfd.readouterr().err
    assert app.by_occ("source:test", "--help") == 0
    assert "--path=PATH" in capfd.readouterr().out
