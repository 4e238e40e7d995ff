# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`openconnector secret:rotate` beside a running engine, interrupted at every stage, on SQLite and on PostgreSQL."""

import asyncio
import json
import random
import signal
import sys
from pathlib import Path
from typing import Any

import asyncssh
import pytest
import trustme

from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.sources.service import SourceService
from openconnector.vault.encryption import Vault, key_id
from openconnector.vault.keys import KeyFile
from tests.conftest import serve_engine
from tests.database import stored_bytes
from tests.factories import create_source, marked, test_call
from tests.rotation import assert_secrets, fill, heard, opened, ring_of, rotate, rotation, save_under, secrets_of


async def test_every_secret_is_under_the_new_key_and_no_byte_under_the_old_one(settings: Settings) -> None:
    await fill(settings, 120)
    (former,) = ring_of(settings)
    assert f"oc1.{key_id(former)}.".encode() in await stored_bytes(settings)
    code, document, said = await rotate(settings)
    assert code == 0, said
    (current,) = ring_of(settings)
    assert current != former
    assert document == {"keyId": key_id(current), "secrets": 480, "sources": 120, "unreadable": []}
    assert "120 of 120 sources" in said
    for number, found in enumerate(await opened(settings, *(f"source-{n}" for n in range(120)))):
        assert_secrets(found, number)
        assert found.version == 1
    stored = await stored_bytes(settings)
    assert f"oc1.{key_id(former)}.".encode() not in stored
    assert f"oc1.{key_id(current)}.".encode() in stored


async def test_secrets_of_envelopes_and_files_are_under_the_new_key(sqlite_settings: Settings) -> None:
    issued = trustme.CA().issue_cert("clerk.example")
    pair = {
        "certificates": issued.cert_chain_pems[0].bytes().decode(),
        "privateKey": issued.private_key_pem.bytes().decode(),
    }
    token = {"username": "clerk", "password": marked("envelope")}
    key = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    ssh = {"type": "ssh_key", "username": "courier", "privateKey": key}
    async with serve_engine(sqlite_settings) as api:
        security = {"usernameToken": token, "signature": pair}
        await create_source(api, slug="soap", type="soap", connection={"soap": {"security": security}})
        await create_source(api, slug="files", type="ftp", location="sftp://files.example", authentication=ssh)
    former = await opened(sqlite_settings, "soap", "files")
    code, document, said = await rotate(sqlite_settings)
    assert (code, document["secrets"], document["unreadable"]) == (0, 3, []), said
    for one, other in zip(former, await opened(sqlite_settings, "soap", "files"), strict=True):
        assert one.connection == other.connection
        assert list(one.authentication.credentials()) == list(other.authentication.credentials())
        assert marked("envelope") not in repr(other)


async def test_an_engine_reads_and_writes_meanwhile_and_nothing_of_it_is_lost(settings: Settings, httpbin: str) -> None:
    await fill(settings, 150)
    former = ring_of(settings)[0]
    async with serve_engine(settings) as api:
        called = await create_source(
            api, slug="called", location=httpbin, authentication={"type": "basic", "username": "u", "password": "first"}
        )
        stop, saved = asyncio.Event(), {}
        editors = [asyncio.create_task(keep_editing(api, saved, stop, seed)) for seed in range(3)]
        caller = asyncio.create_task(keep_calling(api, called["id"], stop))
        codes = [(await rotate(settings))[0] for _ in range(2)]
        stop.set()
        await asyncio.gather(*editors)
        calls = await caller
        assert codes == [0, 0]
        assert len(saved) > 10
        for slug, (name, version) in saved.items():
            read = (await api.get(f"/api/sources/{slug}")).json()
            assert (read["name"], read["version"]) == (name, version)
    assert calls > 3
    assert f"oc1.{key_id(former)}.".encode() not in await stored_bytes(settings)
    for number, found in enumerate(await opened(settings, *(f"source-{n}" for n in range(150)))):
        assert_secrets(found, number)


async def keep_editing(api: AsyncClient, saved: dict[str, Any], stop: asyncio.Event, seed: int) -> None:
    """Save sources under new names, with masks for half of the secrets and the other half entered again."""
    chance = random.Random(seed)
    while not stop.is_set():
        number = chance.randrange(150)
        read = (await api.get(f"/api/sources/source-{number}")).json()
        wanted = read | {"name": f"Edited by {seed} at {chance.random()}"}
        wanted |= chance.choice([{}, {"headers": secrets_of(number)["headers"]}])
        answer = await api.put(f"/api/sources/source-{number}", json=wanted)
        assert answer.status_code in (200, 409), answer.text
        if answer.status_code == 200:
            saved[f"source-{number}"] = answer.json()["name"], answer.json()["version"]


async def keep_calling(api: AsyncClient, source_id: str, stop: asyncio.Event) -> int:
    calls = 0
    while not stop.is_set():
        assert (await test_call(api, source_id, "/basic-auth/u/first"))["statusCode"] == 200
        calls += 1
    return calls


@pytest.mark.parametrize("words", ["new key encrypts", "50 of 300", "200 of 300", "Waiting"])
async def test_killed_at_any_point_it_goes_on_with_the_same_key(settings: Settings, words: str) -> None:
    await fill(settings, 300)
    (former,) = ring_of(settings)
    async with serve_engine(settings) as api:
        async with rotation(settings, "--grace", "30") as process:
            await heard(process, words)
            process.kill()
        current, old = ring_of(settings)
        assert old == former
        # The engine that runs all the time reads what is under either key, and writes under the new one.
        read = (await api.get("/api/sources/source-299")).json()
        assert (await api.put("/api/sources/source-299", json=read | {"name": "Saved"})).status_code == 200
        created = await create_source(api, authentication={"type": "bearer", "token": marked("bearer")})
        assert_secrets((await opened(settings, "source-0"))[0], 0)
        code, document, said = await rotate(settings)
    assert (code, document["keyId"]) == (0, key_id(current)), said
    assert "Going on" in said
    assert ring_of(settings) == [current]
    first, last, newest = await opened(settings, "source-0", "source-299", created["id"])
    assert_secrets(first, 0)
    assert_secrets(last, 299)
    assert list(newest.authentication.credentials()) == [marked("bearer")]
    assert f"oc1.{key_id(former)}.".encode() not in await stored_bytes(settings)


async def test_what_was_saved_late_under_the_old_key_is_found_by_another_pass(settings: Settings) -> None:
    await fill(settings, 2)
    (former,) = ring_of(settings)
    async with rotation(settings, "--grace", "2") as process:
        await heard(process, "Waiting")
        await save_under(former, settings, "source-1", marked("late"))
        assert await process.wait() == 0
    (found,) = await opened(settings, "source-1")
    assert marked("late") in list(found.authentication.credentials())
    assert len(ring_of(settings)) == 1


async def test_an_edit_that_is_open_while_it_runs_is_not_lost(settings: Settings) -> None:
    await fill(settings, 3)
    (former,) = ring_of(settings)
    database = Database.from_settings(settings)
    async with rotation(settings, "--grace", "0.3") as process:
        async with database.write_session() as session:
            row = await SourceService(session, Vault(lambda: (former,)))._repository.get("source-1", lock=True)
            row.name = "Renamed meanwhile"
            row.headers = [{"name": "X-Only", "value": "plain", "isSecret": False}]
            await session.flush()
            await asyncio.sleep(1.5)
        assert await process.wait() == 0
    await database.close()
    (found,) = await opened(settings, "source-1")
    assert (found.name, found.version, [row.name for row in found.headers]) == ("Renamed meanwhile", 2, ["X-Only"])
    assert f"oc1.{key_id(former)}.".encode() not in await stored_bytes(settings)


async def test_a_secret_that_was_changed_outside_keeps_the_old_key(settings: Settings) -> None:
    await fill(settings, 1)
    (former,) = ring_of(settings)
    await save_under(former, settings, "source-0", "x", place="elsewhere")
    code, document, _ = await rotate(settings)
    assert code == 1
    assert "source-0 (authentication/password)" in document["detail"]
    assert former in ring_of(settings)
    async with serve_engine(settings) as api:
        read = (await api.get("/api/sources/source-0")).json()
        entered = read | {"authentication": secrets_of(0)["authentication"]}
        assert (await api.put("/api/sources/source-0", json=entered)).status_code == 200
    assert (await rotate(settings))[0] == 0
    assert len(ring_of(settings)) == 1


async def test_a_secret_whose_key_is_lost_is_named_and_does_not_stop_it(settings: Settings) -> None:
    await fill(settings, 2)
    await save_under(bytes(32), settings, "source-1", "x")
    code, document, _ = await rotate(settings)
    assert code == 0
    assert document["unreadable"] == [{"source": "source-1", "place": "authentication/password"}]
    assert len(ring_of(settings)) == 1


async def test_keys_of_the_environment_are_changed_there(settings: Settings) -> None:
    current, former = (Settings(storage_path=settings.storage_path / str(n)) for n in range(2))
    keys = [KeyFile(one.storage_path) for one in (current, former)]
    for key in keys:
        key.create()
    new, old = (key.path.read_text().strip() for key in keys)
    for key in keys:
        key.path.unlink()
    before = settings.model_copy(update={"secret_key": Settings(secret_key=old).secret_key})
    await fill(before, 5)
    code, document, _ = await rotate(before)
    assert (code, document["status"]) == (1, 500)
    assert "OPENCONNECTOR_PREVIOUS_SECRET_KEYS" in document["detail"]
    both = Settings(secret_key=new, previous_secret_keys=[old])
    after = settings.model_copy(
        update={"secret_key": both.secret_key, "previous_secret_keys": both.previous_secret_keys}
    )
    code, document, said = await rotate(after)
    assert (code, document["secrets"]) == (0, 20), said
    alone = settings.model_copy(update={"secret_key": both.secret_key})
    assert_secrets((await opened(alone, "source-4"))[0], 4)
    assert old not in said + json.dumps(document)
    assert not (settings.storage_path / "secret.key").exists()


async def test_what_cannot_be_done_is_said_in_one_line(sqlite_settings: Settings, tmp_path: Path) -> None:
    code, document, _ = await rotate(sqlite_settings)
    assert code == 1
    assert "OPENCONNECTOR_STORAGE_PATH" in document["detail"]
    assert not (tmp_path / "secret.key").exists()
    code, _, said = await rotate(sqlite_settings, "--grace", "soon")
    assert code == 2
    assert "Enter seconds, from 0 to 3600." in said


async def test_without_its_key_file_nothing_starts_until_the_loss_is_confirmed(settings: Settings) -> None:
    await fill(settings, 2)
    path = KeyFile(settings.storage_path).path
    path.unlink()
    with pytest.raises(ConfigurationError, match="secret:rotate --key-lost") as caught:
        async with serve_engine(settings):
            pass
    assert str(path) in str(caught.value)
    assert not path.exists()
    code, document, _ = await rotate(settings, "--key-lost")
    assert (code, document["secrets"]) == (0, 0)
    assert {(lost["source"], lost["place"]) for lost in document["unreadable"]} == {
        (f"source-{number}", place)
        for number in range(2)
        for place in ("headers", "query", "authentication/password", "connection/proxy/password")
    }
    async with serve_engine(settings) as api:
        entered = {"type": "basic", "username": "u", "password": marked("entered again")}
        source = (await api.get("/api/sources/source-1")).json()
        wanted = source | {"authentication": entered, "headers": [], "query": [], "connection": {}}
        answer = await api.put("/api/sources/source-1", json=wanted, headers={"If-Match": f'"{source["version"]}"'})
        assert answer.status_code == 200, answer.text
    assert (await opened(settings, "source-1"))[0].authentication.type == "basic"


async def test_a_key_file_comes_back_and_everything_opens(sqlite_settings: Settings) -> None:
    await fill(sqlite_settings, 1)
    path = KeyFile(sqlite_settings.storage_path).path
    path.rename(path.with_name("elsewhere"))
    with pytest.raises(ConfigurationError, match="There is no key file"):
        async with serve_engine(sqlite_settings):
            pass
    path.with_name("elsewhere").rename(path)
    async with serve_engine(sqlite_settings):
        assert_secrets((await opened(sqlite_settings, "source-0"))[0], 0)


async def test_without_secrets_a_missing_key_file_is_made(sqlite_settings: Settings) -> None:
    async with serve_engine(sqlite_settings) as api:
        await create_source(api)
    KeyFile(sqlite_settings.storage_path).path.unlink()
    async with serve_engine(sqlite_settings) as api:
        await create_source(api, slug="another", **secrets_of(0))


async def test_a_key_that_is_there_is_not_lost(settings: Settings) -> None:
    await fill(settings, 1)
    ring = ring_of(settings)
    code, document, _ = await rotate(settings, "--key-lost")
    assert code == 1
    assert "without --key-lost" in document["detail"]
    assert ring_of(settings) == ring


async def test_two_at_the_same_time_are_one(sqlite_settings: Settings) -> None:
    await fill(sqlite_settings, 1)
    async with rotation(sqlite_settings, "--grace", "30") as process:
        await heard(process, "Waiting")
        code, document, _ = await rotate(sqlite_settings)
    assert code == 1
    assert "Another process" in document["detail"]


async def test_people_read_what_has_been_done(sqlite_settings: Settings) -> None:
    await fill(sqlite_settings, 2)
    async with rotation(sqlite_settings, "--grace", "0") as process:
        output, said = await process.communicate()
    assert output.decode() == "Done: 8 secrets of 2 sources are under the new key. The old key is gone.\n"
    assert said.decode().splitlines()[:2] == [
        "A new key encrypts from now on.",
        "2 of 2 sources, 8 secrets encrypted again.",
    ]


async def test_interrupted_from_the_keyboard_it_says_so_and_keeps_both_keys(sqlite_settings: Settings) -> None:
    await fill(sqlite_settings, 2)
    async with rotation(sqlite_settings, "--grace", "30") as process:
        await heard(process, "Waiting")
        process.send_signal(signal.SIGINT)
        output, said = await process.communicate()
    assert (process.returncode, output, said.decode()) == (130, b"", "Interrupted.\n")
    assert len(ring_of(sqlite_settings)) == 2


async def test_settings_that_are_not_valid_are_named_without_their_values(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCONNECTOR_SUCCESS_RETENTION_DAYS", marked("no number"))
    code, document, said = await rotate(sqlite_settings)
    assert (code, document["detail"]) == (1, "These settings are not valid: OPENCONNECTOR_SUCCESS_RETENTION_DAYS.")
    assert marked("no number") not in said


async def test_in_the_container_it_finds_the_storage_of_the_app(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(sqlite_settings, 1)
    monkeypatch.setenv("APP_PERSISTENT_STORAGE", str(sqlite_settings.storage_path))
    monkeypatch.delenv("OPENCONNECTOR_STORAGE_PATH", raising=False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ex_app.cli", "secret:rotate", "--grace", "0", "--json"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await process.communicate()
    assert json.loads(output)["secrets"] == 4
