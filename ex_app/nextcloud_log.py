# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Warnings and errors in Nextcloud's own log, where administrators look first.

A record is put into a queue and sent in the background: who logs never waits. The queue and the pace have a bound, the
same line is told once in a while with its count, and nothing that is logged about Nextcloud itself is sent to it.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ex_app.appapi.client import LogLevel
from ex_app.journal import Secrets
from openconnector.core.clock import stopwatch

MAX_WAITING = 100
"""Records in the queue. What comes beyond is counted, and told with the next one."""

BURST = 10
SECONDS_BETWEEN = 10.0
"""So many lines at once, and then one in so many seconds."""

SAME_SECONDS = 300.0
"""For which a line that was sent is not sent again; how often it came is told after them."""

MAX_SAME = 200
MAX_CHARACTERS = 2000

PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 60.0, 3600.0
"""After Nextcloud has not taken a line. A disabled app is refused, and refusals count as wrong passwords."""

_NOT_SENT = ("ex_app.appapi", "ex_app.nextcloud_log", "niquests", "urllib3", "urllib3_future", "opentelemetry")
"""Loggers of what talks to Nextcloud, and of what anybody can cause who reaches the port."""

_OF_THE_JOURNAL = frozenset({"event", "level", "logger", "at", "exception", "exc_info", "stack_info", "requestId"})

Send = Callable[[LogLevel, str], Awaitable[None]]


@dataclass(slots=True)
class _Seen:
    sent_at: float
    unsent: int = 0


class NextcloudLog(logging.Handler):
    """A handler of the root logger, from `open` to `aclose`, on the running event loop."""

    def __init__(
        self,
        send: Send,
        level: int = logging.WARNING,
        *,
        secrets: Secrets | None = None,
        seconds_between: float = SECONDS_BETWEEN,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        super().__init__(level)
        self._send = send
        self._seconds_between = seconds_between
        self._pause_seconds = pause_seconds
        self._waiting: deque[tuple[LogLevel, str]] = deque()
        self._dropped = 0
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._secrets = secrets or Secrets(())
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Take records from now on."""
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._serve())
        logging.getLogger().addHandler(self)

    async def aclose(self) -> None:
        """Take no more; what waits is given up, for Nextcloud may be what is away."""
        logging.getLogger().removeHandler(self)
        self._loop = None
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Put a record into the queue. Called by any thread."""
        loop = self._loop
        if loop is None or record.name.startswith(_NOT_SENT):
            return
        try:
            line = (_level_of(record), self._text_of(record))
            loop.call_soon_threadsafe(self._take, line)
        except Exception:  # noqa: BLE001  a log that cannot be written must not stop what is logged
            self.handleError(record)

    def _take(self, line: tuple[LogLevel, str]) -> None:
        seen = self._seen.get(line[1])
        if seen is not None and stopwatch() - seen.sent_at < SAME_SECONDS * 1000:
            seen.unsent += 1
        elif len(self._waiting) >= MAX_WAITING:
            self._dropped += 1
        else:
            again = f" (and {seen.unsent} times before)" if seen is not None and seen.unsent else ""
            self._note(line[1])
            self._waiting.append((line[0], line[1] + again))
            self._woken.set()

    def _note(self, text: str) -> None:
        self._seen[text] = _Seen(stopwatch())
        self._seen.move_to_end(text)
        if len(self._seen) > MAX_SAME:
            self._seen.popitem(last=False)

    async def _serve(self) -> None:
        allowance, at, pause = float(BURST), stopwatch(), self._pause_seconds
        while True:
            await self._woken.wait()
            if not self._waiting:
                self._woken.clear()
                continue
            allowance = min(BURST, allowance + (stopwatch() - at) / 1000 / self._seconds_between)
            at = stopwatch()
            if allowance < 1:
                await asyncio.sleep((1 - allowance) * self._seconds_between)
                continue
            allowance -= 1
            if await self._sent(*self._waiting.popleft()):
                pause = self._pause_seconds
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _sent(self, level: LogLevel, text: str) -> bool:
        dropped, self._dropped = self._dropped, 0
        more = f" ({dropped} more lines are in the log of the app only)" if dropped else ""
        try:
            await self._send(level, text + more)
        except Exception:  # noqa: BLE001  whatever it is, the next line is to be sent all the same
            # It is on standard error all the same. To log this refusal would call for the next one.
            self._dropped += dropped + 1
            return False
        return True

    def _text_of(self, record: logging.LogRecord) -> str:
        """One line: what happened, and what belongs to it. No traceback: that is in the log of the app."""
        event: dict[str, Any] = record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
        event = dict(self._secrets(None, "", event))
        if record.exc_info and record.exc_info[0] is not None:
            event.setdefault("error", record.exc_info[0].__name__)
        members = [f"{key}: {value}" for key, value in event.items() if key not in _OF_THE_JOURNAL]
        text = f"{event.get('event', '')}" + (f" ({', '.join(members)})" if members else "")
        text = " ".join(text.split())
        return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"


def _level_of(record: logging.LogRecord) -> LogLevel:
    if record.levelno >= logging.CRITICAL:
        return LogLevel.FATAL
    return LogLevel.ERROR if record.levelno >= logging.ERROR else LogLevel.WARNING
