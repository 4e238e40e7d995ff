# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is an administrator, asked from Nextcloud and remembered for a minute at most.

AppAPI says which user acts, but not with which role. Asking takes Nextcloud 0.2 to 0.5 s, too long for each
request.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

LIFETIME_SECONDS = 60.0


class AdminRoles:
    """A bounded memory of who is an administrator.

    Requests of one user that arrive together share one question. A question that failed is not remembered, so
    the next request asks again.
    """

    def __init__(
        self,
        ask: Callable[[str], Awaitable[bool]],
        *,
        lifetime: float = LIFETIME_SECONDS,
        size: int = 1024,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._lifetime = lifetime
        self._size = size
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, bool]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[bool]] = {}

    async def is_admin(self, uid: str) -> bool:
        """Whether `uid` was an administrator within the last minute.

        Raises:
            NextcloudError: Nextcloud could not be asked.
        """
        expires, answer = self._known.get(uid, (0.0, False))
        if self._clock() < expires:
            return answer
        task = self._asking.get(uid)
        if task is None:
            task = asyncio.create_task(self._look_up(uid))
            self._asking[uid] = task
            task.add_done_callback(lambda done: self._settle(uid, done))
        # Shielded: a browser that goes away must not cancel the question of the others.
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Give up open questions."""
        open_questions = list(self._asking.values())
        for task in open_questions:
            task.cancel()
        await asyncio.gather(*open_questions, return_exceptions=True)

    async def _look_up(self, uid: str) -> bool:
        # Counted from before the question, so that an answer is never used for longer than promised.
        expires = self._clock() + self._lifetime
        answer = await self._ask(uid)
        self._known[uid] = (expires, answer)
        self._known.move_to_end(uid)
        while len(self._known) > self._size:
            self._known.popitem(last=False)
        return answer

    def _settle(self, uid: str, task: asyncio.Task[bool]) -> None:
        self._asking.pop(uid, None)
        if not task.cancelled():
            task.exception()  # marks it as seen when every waiter has gone away
