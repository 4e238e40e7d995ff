# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
from collections.abc import Callable

import pytest

from ex_app.appapi.errors import NextcloudError, NextcloudUnreachableError
from ex_app.appapi.roles import AdminRoles


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Nextcloud:
    """Answers as told, counts the questions, and takes as long as told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, bool | NextcloudError] = {"admin": True, "alice": False}
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, uid: str) -> bool:
        self.asked.append(uid)
        await self.gate.wait()
        answer = self.answers.get(uid, False)
        if isinstance(answer, NextcloudError):
            raise answer
        return answer


@pytest.fixture
def nextcloud() -> Nextcloud:
    return Nextcloud()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def roles(nextcloud: Nextcloud, clock: Callable[[], float]) -> AdminRoles:
    return AdminRoles(nextcloud, clock=clock, size=3)


async def test_an_answer_is_used_for_a_minute_and_no_longer(
    roles: AdminRoles, nextcloud: Nextcloud, clock: Clock
) -> None:
    assert await roles.is_admin("admin")
    nextcloud.answers["admin"] = False
    clock.now += 59.9
    assert await roles.is_admin("admin")
    clock.now += 0.1
    assert not await roles.is_admin("admin")
    assert nextcloud.asked == ["admin", "admin"]


async def test_the_minute_begins_before_the_question(roles: AdminRoles, nextcloud: Nextcloud, clock: Clock) -> None:
    nextcloud.gate.clear()
    question = asyncio.create_task(roles.is_admin("admin"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    clock.now += 60
    nextcloud.gate.set()
    await question
    await roles.is_admin("admin")
    assert len(nextcloud.asked) == 2


async def test_requests_that_arrive_together_share_one_question(roles: AdminRoles, nextcloud: Nextcloud) -> None:
    nextcloud.gate.clear()
    questions = [asyncio.create_task(roles.is_admin(uid)) for uid in ("admin", "alice", "admin", "alice")]
    await asyncio.sleep(0.01)
    nextcloud.gate.set()
    assert await asyncio.gather(*questions) == [True, False, True, False]
    assert sorted(nextcloud.asked) == ["admin", "alice"]


async def test_a_failed_question_is_not_remembered(roles: AdminRoles, nextcloud: Nextcloud) -> None:
    nextcloud.answers["admin"] = NextcloudUnreachableError("away")
    for _ in range(2):
        with pytest.raises(NextcloudUnreachableError):
            await roles.is_admin("admin")
    nextcloud.answers["admin"] = True
    assert await roles.is_admin("admin")
    assert len(nextcloud.asked) == 3


async def test_one_who_leaves_does_not_cancel_the_question_of_another(roles: AdminRoles, nextcloud: Nextcloud) -> None:
    nextcloud.gate.clear()
    leaving = asyncio.create_task(roles.is_admin("admin"))
    staying = asyncio.create_task(roles.is_admin("admin"))
    await asyncio.sleep(0.01)
    leaving.cancel()
    nextcloud.gate.set()
    assert await staying
    assert nextcloud.asked == ["admin"]


async def test_the_memory_has_a_bound(roles: AdminRoles, nextcloud: Nextcloud) -> None:
    for uid in ("a", "b", "c", "d"):
        await roles.is_admin(uid)
    nextcloud.asked.clear()
    await roles.is_admin("d")
    await roles.is_admin("a")
    assert nextcloud.asked == ["a"]


async def test_closing_gives_up_open_questions(roles: AdminRoles, nextcloud: Nextcloud) -> None:
    nextcloud.gate.clear()
    question = asyncio.create_task(roles.is_admin("admin"))
    await asyncio.sleep(0.01)
    await roles.aclose()
    with pytest.raises(asyncio.CancelledError):
        await question
