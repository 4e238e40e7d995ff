# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ex_app.appapi.client import LogLevel
from ex_app.appapi.errors import NextcloudUnreachableError
from ex_app.journal import Secrets
from ex_app.nextcloud_log import BURST, MAX_CHARACTERS, MAX_WAITING, NextcloudLog

Lines = list[tuple[LogLevel, str]]
library = logging.getLogger("library")


@asynccontextmanager
async def relaying(send: Callable[[LogLevel, str], Awaitable[None]], **options: Any) -> AsyncIterator[NextcloudLog]:
    relay = NextcloudLog(send, **options)
    relay.open()
    try:
        yield relay
    finally:
        await relay.aclose()


async def some_time() -> None:
    """Long enough for what is in the queue to be sent, where nothing waits."""
    for _ in range(400):
        await asyncio.sleep(0)


async def test_warnings_and_errors_arrive_as_one_line() -> None:
    sent: Lines = []

    async def send(level: LogLevel, text: str) -> None:
        sent.append((level, text))

    async with relaying(send, secrets=Secrets(["the-shared-secret"])):
        library.info("too little")
        library.warning("slow\nanswer")
        library.critical({"event": "failed", "source": "Zaken", "token": "x", "at": "now", "level": "error"})
        library.error("the-shared-secret and %s", "x" * 5000)
        try:
            int("hidden")
        except ValueError:
            library.exception("broken")
        await some_time()
    library.error("after the end")
    assert [level for level, _ in sent] == [LogLevel.WARNING, LogLevel.FATAL, LogLevel.ERROR, LogLevel.ERROR]
    assert sent[0][1] == "slow answer"
    assert sent[1][1] == "failed (source: Zaken, token: REDACTED)"
    assert sent[2][1].startswith("REDACTED and xxx")
    assert len(sent[2][1]) == MAX_CHARACTERS
    assert sent[3][1] == "broken (error: ValueError)"


async def test_who_logs_never_waits_and_the_queue_has_a_bound() -> None:
    begun: list[str] = []

    async def stuck(_level: LogLevel, text: str) -> None:
        begun.append(text)
        await asyncio.sleep(3600)

    async with relaying(stuck) as relay:
        for number in range(10 * MAX_WAITING):
            library.warning("line %s", number)
        await some_time()
        assert begun == [f"line 0 ({9 * MAX_WAITING} more lines are in the log of the app only)"]
        assert len(relay._waiting) == MAX_WAITING - 1


async def test_a_burst_is_sent_at_once_and_the_rest_at_its_pace() -> None:
    sent: Lines = []

    async def send(level: LogLevel, text: str) -> None:
        sent.append((level, text))

    async with relaying(send, seconds_between=0.05):
        for number in range(BURST + 2):
            library.warning("line %s", number)
        await some_time()
        assert len(sent) == BURST
        await asyncio.sleep(0.2)
    assert len(sent) == BURST + 2


async def test_the_same_line_is_told_once() -> None:
    sent: Lines = []

    async def send(level: LogLevel, text: str) -> None:
        sent.append((level, text))

    async with relaying(send) as relay:
        for _ in range(50):
            library.warning("again and again")
        await some_time()
        assert [text for _, text in sent] == ["again and again"]
        relay._seen["again and again"].sent_at -= 3_600_000
        library.warning("again and again")
        await some_time()
    assert sent[1][1] == "again and again (and 49 times before)"


async def test_a_nextcloud_that_is_away_is_left_alone_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    tries: list[str] = []

    async def away(_level: LogLevel, text: str) -> None:
        tries.append(text)
        if len(tries) == 1:
            raise NextcloudUnreachableError("gone")

    with caplog.at_level(logging.DEBUG):
        async with relaying(away, pause_seconds=0.1):
            library.warning("first")
            await some_time()
            library.warning("second")
            await some_time()
            assert tries == ["first"]
            await asyncio.sleep(0.3)
    assert tries[1].startswith("second (1 more lines")
    assert {record.name for record in caplog.records} == {"library"}, "the refusal itself must not be logged"


async def test_what_is_said_about_nextcloud_is_not_sent_to_it() -> None:
    sent: Lines = []

    async def send(level: LogLevel, text: str) -> None:
        logging.getLogger("ex_app.appapi.client").error("recursion")
        logging.getLogger("niquests").warning("recursion")
        sent.append((level, text))

    async with relaying(send):
        logging.getLogger("ex_app.appapi.guard").warning("request refused")
        library.warning("once")
        await some_time()
    assert [text for _, text in sent] == ["once"]


async def test_threads_may_log() -> None:
    sent: Lines = []

    async def send(level: LogLevel, text: str) -> None:
        sent.append((level, text))

    async with relaying(send):
        thread = threading.Thread(target=library.warning, args=("from a thread",))
        thread.start()
        await asyncio.to_thread(thread.join)
        await some_time()
    assert [text for _, text in sent] == ["from a thread"]
