# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A backup is made while everything goes on, and what is restored from it is whole."""

import asyncio
import json
import os
import sqlite3
import stat
import sys
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from openconnector.core import backup
from openconnector.core.backup import back_up, check
from openconnector.core.errors import ConfigurationError
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.vault.keys import KEY_FILE, KeyFile
from tests.conftest import LOOPBACK, serve_engine
from tests.factories import create_source, marked, test_call
from tests.postgres import PostgresServer
from tests.upstream import answering, request_head, serve

Made = list[str]


async def secured_source(api: AsyncClient, location: str) -> str:
    authentication = {"type": "basic", "username": "u", "password": marked("kept in a backup")}
    return str((await create_source(api, location=location, authentication=authentication))["id"])


async def test_what_is_restored_is_whole_and_its_secrets_can_be_used(
    sqlite_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    storage, target = sqlite_settings.storage_path, tmp_path_factory.mktemp("elsewhere") / "backup"
    heads: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await request_head(reader))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()

    async with serve(handler) as port:
        async with serve_engine(sqlite_settings) as api:
            source = await secured_source(api, f"http://127.0.0.1:{port}")
            calls = [await test_call(api, source) for _ in range(3)]
            writing = asyncio.create_task(_write(api, source))
            made = await asyncio.to_thread(back_up, storage / "openconnector.sqlite3", storage / KEY_FILE, target)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        assert made.key is not None
        assert {path.name for path in target.iterdir()} == {"openconnector.sqlite3", KEY_FILE}
        assert stat.S_IMODE(target.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in target.iterdir()} == {0o600}

        # Restored: both files in the storage of an engine that has never run.
        restored = Settings(storage_path=target, background_work=False, egress_allow=LOOPBACK)
        async with serve_engine(restored) as api:
            for call in calls:
                assert (await api.get(f"/api/logs/{call['logId']}")).status_code == 200
            heads.clear()
            assert (await test_call(api, source))["statusCode"] == 204
        assert b"authorization: basic " in heads[0].lower()


async def _write(api: AsyncClient, source: str) -> None:
    while True:
        await test_call(api, source)


def test_the_copy_is_that_of_one_moment_though_others_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tables always hold the same number; a copy of two moments would tell them apart."""
    monkeypatch.setattr(backup, "PAGES", 16)
    path, stop, written = tmp_path / "live.sqlite3", threading.Event(), [0]
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; CREATE TABLE a (n, filling); CREATE TABLE b (n, filling);")
    connection.executescript(f"INSERT INTO a VALUES (0, zeroblob({4 << 20})); INSERT INTO b VALUES (0, '');")

    def write() -> None:
        with sqlite3.connect(path, isolation_level=None, timeout=30) as other:
            while not stop.is_set():
                written[0] += 1
                other.execute("BEGIN IMMEDIATE")
                for table in "ab":
                    other.execute(f"UPDATE {table} SET n = {written[0]}")
                    other.execute(f"INSERT INTO {table} SELECT n, randomblob(5000) FROM {table} LIMIT 1")
                other.execute("COMMIT")
        other.close()

    thread = threading.Thread(target=write)
    thread.start()
    steps: list[tuple[int, int]] = []
    before = written[0]
    made = back_up(path, None, tmp_path / "backup", lambda done, total: steps.append((done, total)))
    after = written[0]
    stop.set()
    thread.join()
    connection.close()
    assert after > before, "nobody wrote meanwhile"
    assert made.key is None
    assert len(steps) > 10
    assert steps == sorted(steps), "it began anew"
    assert steps[-1][0] == steps[-1][1] == made.size
    with sqlite3.connect(made.database) as copy:
        ((first,), (second,)) = copy.execute("SELECT max(n) FROM a UNION ALL SELECT max(n) FROM b").fetchall()
    copy.close()
    assert before - 1 <= first == second <= after  # the newest number may not have been committed yet


def test_a_key_that_is_being_changed_is_kept_with_its_former_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = KeyFile(tmp_path)
    file.create()
    (former,) = file.ring()
    sqlite3.connect(tmp_path / "a.sqlite3").close()
    (tmp_path / "a.sqlite3").touch()
    copied = backup._copied

    def rotated_meanwhile(*arguments: object) -> Path:
        made = copied(*arguments)  # type: ignore[arg-type]
        file.begin_rotation()
        file.end_rotation()
        return made

    monkeypatch.setattr(backup, "_copied", rotated_meanwhile)
    back_up(tmp_path / "a.sqlite3", file.path, tmp_path / "backup")
    assert KeyFile(tmp_path / "backup").ring() == (*file.ring(), former)


def test_nothing_is_replaced_and_nothing_half_is_left(tmp_path: Path) -> None:
    database, target = tmp_path / "a.sqlite3", tmp_path / "backup"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE a (n)")
    connection.close()
    back_up(database, None, target)
    with pytest.raises(ConfigurationError, match="is there already"):
        back_up(database, None, target)
    with pytest.raises(ConfigurationError, match="There is no database"):
        back_up(tmp_path / "none.sqlite3", None, tmp_path / "other")
    with pytest.raises(ConfigurationError, match="There is no key file"):
        back_up(database, tmp_path / KEY_FILE, tmp_path / "other")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        back_up(database, None, database / "below a file")
    assert not list((tmp_path / "other").iterdir())


def test_damage_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.executescript("CREATE TABLE a (n PRIMARY KEY); INSERT INTO a VALUES ('x'), ('y'), ('z')")
    connection.close()
    check(path)
    raw = bytearray(path.read_bytes())
    raw[4096 * 2 - 40 : 4096 * 2] = os.urandom(40)
    path.write_bytes(raw)
    with pytest.raises(ConfigurationError, match=r"a\.sqlite3 is (damaged|no database)"):
        check(path)
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(ConfigurationError, match="is no database"):
        check(path)


async def test_a_dump_of_postgresql_is_restored(postgres: PostgresServer, tmp_path: Path) -> None:
    """The commands of docs/operations.md."""
    live, other = postgres.create_database(), postgres.create_database()
    settings = Settings(storage_path=tmp_path, background_work=False, egress_allow=LOOPBACK, database_url=live)
    dump = tmp_path / "openconnector.dump"
    async with serve(answering(b"HTTP/1.1 204 No Content\r\n\r\n")) as port, serve_engine(settings) as api:
        source = await secured_source(api, f"http://127.0.0.1:{port}")
        call = await test_call(api, source)
        await _run(postgres, "pg_dump", "--format=custom", f"--file={dump}", live)
        await _run(postgres, "pg_restore", "--exit-on-error", "--no-owner", f"--dbname={other}", str(dump))
        restored = settings.model_copy(update={"database_url": SecretStr(other)})
        async with serve_engine(restored) as again:
            assert (await again.get(f"/api/logs/{call['logId']}")).status_code == 200
            assert (await test_call(again, source))["statusCode"] == 204


async def _run(server: PostgresServer, program: str, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(server._binaries / program, *arguments)
    assert await process.wait() == 0


async def test_the_command_makes_one(sqlite_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    target = tmp_path_factory.mktemp("elsewhere") / "backup"
    async with serve_engine(sqlite_settings) as api:
        await secured_source(api, "http://127.0.0.1:9")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "openconnector.cli", "backup", str(target), "--json"),
            env=os.environ | {"OPENCONNECTOR_STORAGE_PATH": str(sqlite_settings.storage_path)},
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
    assert process.returncode == 0
    told = json.loads(said)
    assert told == {
        "database": str(target / "openconnector.sqlite3"),
        "key": str(target / KEY_FILE),
        "bytes": (target / "openconnector.sqlite3").stat().st_size,
    }
