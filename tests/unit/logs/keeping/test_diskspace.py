# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A full disk: it is recognised, nothing else is written, no committed row is lost, and it ends by itself."""

import asyncio
import errno
import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from openconnector.core import diskspace, problems
from openconnector.core.database import Database
from openconnector.core.diskspace import DiskSpace, WritesNeedRoom, is_full
from openconnector.core.errors import StorageFull
from openconnector.core.http import ASGITransport, AsyncClient
from openconnector.core.retention import Retention
from openconnector.core.settings import Settings
from openconnector.logs.keeping.clean_up import CleanUp
from openconnector.logs.keeping.deletions import Deletions
from openconnector.logs.keeping.storage import read_storage
from openconnector.logs.questions.clauses import Question
from tests.unit.logs.keeping.log import Log, open_log

RESERVE = 3 * 1024 * 1024


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diskspace, "PROBE_MS", 0)
    monkeypatch.setattr(diskspace, "LOOK_MS", 0)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MiB."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run([mount, "-t", "tmpfs", "-o", "size=16m", "tmpfs", path], check=False)
    if not made or made.returncode:
        pytest.skip("mounting a file system is not allowed here")
    yield path
    subprocess.run(["umount", path], check=True)


@pytest.fixture
async def log(small_disk: Path) -> AsyncIterator[Log]:
    async with open_log(Settings(storage_path=small_disk)) as log:
        yield log


async def fill(log: Log, disk: DiskSpace, size: int = 100_000) -> tuple[list[int], BaseException]:
    """Log calls until one cannot be logged; the numbers of the others, and why that one could not."""
    chance, numbers = random.Random(1), list[int]()
    for _ in range(1000):
        try:
            await disk.require_writable()
            numbers += await log.write(body=chance.randbytes(size))
        except (StorageFull, OperationalError) as error:
            return numbers, error
    raise AssertionError("the disk is not full")


def filler(disk: Path) -> Path:
    """Take all of the room that is left."""
    file = disk / "filler"
    with file.open("wb", buffering=0) as taken:
        for size in (1024 * 1024, 4096, 1):
            try:
                while True:
                    taken.write(bytes(size))
            except OSError as error:
                assert error.errno == errno.ENOSPC  # noqa: PT017  # that is what is wanted
    return file


class TestRealDisk:
    async def test_it_is_noticed_before_there_is_no_room_to_delete(self, log: Log) -> None:
        disk = DiskSpace(log.database, reserve_bytes=RESERVE)
        numbers, error = await fill(log, disk)
        assert isinstance(error, StorageFull)
        assert disk.is_full
        assert len(numbers) > 40
        assert await log.numbers() == numbers
        deletions = Deletions(
            log.database, log.answers, CleanUp(log.database, log.answers, Retention(success_days=30, error_days=90))
        )
        begun = await deletions.start(Question())
        async with asyncio.timeout(60):
            while await _state(disk) or deletions.progress(begun.id).state == "running":  # noqa: ASYNC110  # a user looks
                await asyncio.sleep(0.02)
        await deletions.close()
        assert deletions.progress(begun.id).done == len(numbers)
        assert await log.write(body=b"{}")
        await log.check()

    async def test_a_disk_that_others_fill_loses_no_committed_call(self, log: Log, small_disk: Path) -> None:
        disk = DiskSpace(log.database, reserve_bytes=0)
        kept = await log.write(20)
        file = filler(small_disk)
        numbers, error = await fill(log, disk)
        assert isinstance(error, OperationalError)
        assert disk.saw(error)
        with pytest.raises(StorageFull, match=str(small_disk)):
            await disk.require_writable()
        assert await log.numbers() == [*kept, *numbers]
        assert (await read_storage(log.database, disk)).is_read_only
        file.unlink()
        assert not (await read_storage(log.database, disk)).is_read_only
        await disk.require_writable()
        more = await log.write(body=bytes(100_000))
        assert await log.numbers() == [*kept, *numbers, *more]
        await log.check()
        assert await log.database.run(lambda session: session.scalar(text("PRAGMA integrity_check"))) == "ok"

    async def test_another_process_finds_every_committed_call(self, log: Log, small_disk: Path) -> None:
        numbers, _ = await fill(log, DiskSpace(log.database, reserve_bytes=0))
        copy = small_disk.parent / "copy"
        copy.mkdir()
        for name in ("openconnector.sqlite3", "openconnector.sqlite3-wal"):  # as a crash would leave them
            shutil.copy(small_disk / name, copy / name)
        async with open_log(Settings(storage_path=copy)) as after:
            assert await after.numbers() == numbers
            await after.check()


async def _state(disk: DiskSpace) -> bool:
    try:
        await disk.require_writable()
    except StorageFull:
        return True
    return disk.is_full


class TestDatabases:
    async def test_no_more_pages_are_a_full_disk_too(self, sqlite_settings: Settings) -> None:
        async with open_log(sqlite_settings) as log:
            kept = await log.write(5)
            _limit_pages(log.database, 200)
            disk = DiskSpace(log.database, reserve_bytes=0)
            numbers, error = await fill(log, disk)
            assert disk.saw(error)
            assert await log.numbers() == [*kept, *numbers]
            with pytest.raises(StorageFull):
                await disk.require_writable()
            _limit_pages(log.database, 1_000_000)
            await disk.require_writable()
            await log.write(5, body=bytes(100_000))
            await log.check()

    async def test_a_read_only_postgresql_is_waited_for(self, settings: Settings) -> None:
        if settings.database_url is None:
            pytest.skip("this is about PostgreSQL")
        async with open_log(settings) as log:
            name = log.database.url.database
            disk = DiskSpace(log.database)
            await disk.require_writable()
            assert disk.free_bytes() is None
            kept = await log.write(3)
            with psycopg.connect(settings.database_url.get_secret_value(), autocommit=True) as other:
                other.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'.encode())
                log.database._blocking.dispose()
                with pytest.raises(DBAPIError) as caught:
                    await log.write()
                assert disk.saw(caught.value)
                with pytest.raises(StorageFull):
                    await disk.require_writable()
                assert await log.numbers() == kept
                other.execute("SET default_transaction_read_only = off")
                other.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'.encode())
            log.database._blocking.dispose()
            await disk.require_writable()
            await log.write()
            await log.check()

    async def test_looking_leaves_nothing_behind(self, settings: Settings) -> None:
        async with open_log(settings) as log:
            disk = DiskSpace(log.database, reserve_bytes=0)
            assert disk.saw(OSError(errno.ENOSPC, "No space left on device"))
            await disk.require_writable()
            count = text("SELECT count(*) FROM log_dictionaries")
            assert await log.database.run(lambda session: session.scalar(count)) == 0


def _limit_pages(database: Database, pages: int) -> None:
    @event.listens_for(database._blocking, "connect")
    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages:d}")

    database._blocking.dispose()


class TestRecognised:
    def test_the_errors_that_say_so(self) -> None:
        assert is_full(OSError(errno.ENOSPC, "x"))
        assert is_full(psycopg.errors.DiskFull("x"))
        assert is_full(psycopg.errors.ReadOnlySqlTransaction("x"))
        assert is_full(OperationalError("INSERT", {}, psycopg.errors.DiskFull("x")))

    def test_other_errors_do_not(self) -> None:
        assert not is_full(OSError(errno.EACCES, "x"))
        assert not is_full(sqlite3.OperationalError("database is locked"))
        assert not is_full(psycopg.errors.DeadlockDetected("x"))
        assert not is_full(None)

    def test_what_is_behind_an_error_counts(self) -> None:
        failed = RuntimeError("it failed")
        failed.__cause__ = OSError(errno.EDQUOT, "x")
        assert is_full(failed)

    def test_a_circle_of_causes_ends(self) -> None:
        one, two = RuntimeError("one"), RuntimeError("two")
        one.__cause__, two.__cause__ = two, one
        assert not is_full(one)


class TestRequests:
    @pytest.fixture
    async def full(self, sqlite_settings: Settings) -> AsyncIterator[tuple[AsyncClient, DiskSpace]]:
        """An app whose disk is full, and stays so."""
        async with open_log(sqlite_settings) as log:
            app = FastAPI()
            problems.install(app)
            app.state.disk = disk = DiskSpace(log.database, reserve_bytes=2**62)
            app.add_middleware(WritesNeedRoom)

            @app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE"])
            async def any_path(path: str) -> str:
                if path == "api/fails":
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return path

            async with AsyncClient(transport=ASGITransport(app), base_url="http://engine") as client:
                yield client, disk

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/api/sources"),
            ("PUT", "/api/settings"),
            ("DELETE", "/api/sources/x"),
            ("POST", "/api/sources/x/test"),
            ("PUT", "/api/logs/x/pin"),
        ],
    )
    async def test_what_writes_is_refused(self, full: tuple[AsyncClient, DiskSpace], method: str, path: str) -> None:
        answer = await full[0].request(method, path)
        assert answer.status_code == 507
        assert answer.json()["type"] == "urn:openconnector:problem:storage-full"
        assert "Make room" in answer.json()["detail"]
        assert answer.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/api/sources"),
            ("DELETE", "/api/logs/x"),
            ("POST", "/api/logs/delete"),
            ("POST", "/api/logs/deletions"),
            ("DELETE", "/api/logs/deletions/x"),
            ("POST", "/api/logs/clean-up"),
            ("POST", "/api/logs/clean-up/preview"),
            ("PUT", "/enabled"),
        ],
    )
    async def test_what_reads_or_makes_room_is_not(
        self, full: tuple[AsyncClient, DiskSpace], method: str, path: str
    ) -> None:
        assert (await full[0].request(method, path)).status_code == 200

    async def test_a_request_that_meets_the_full_disk_says_so(self, full: tuple[AsyncClient, DiskSpace]) -> None:
        client, disk = full
        assert not disk.is_full
        assert (await client.get("/api/fails")).status_code == 507
        assert disk.is_full
