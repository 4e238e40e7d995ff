# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a command says, on its way to occ: with Symfony's tags, in portions that AppAPI reads as a whole."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from typing import Any

from openconnector.commands.complaints import lines_of_error
from openconnector.commands.rendering import as_document, json_in_tags, plain, rendered, tagged
from openconnector.commands.styled import Block, Quoted
from openconnector.core.errors import OpenConnectorError, TooLarge

PORTION = 1024
"""AppAPI reads so many bytes at a time, and formats each by itself: a tag that is cut in two is none.

It reads on over the end of what was written at once. So each portion has exactly this length, filled up with nothing.
"""

_ROOM = 1000
"""Bytes of a portion that are text: what is left can be filled up, whatever its length."""

_TOKEN = re.compile(rb"<[^<>]*>|\\+[<>]?|[^<\\]{1,250}|<", re.DOTALL)
"""What must not be cut in two: a tag, and an escape with its backslashes."""

MOST_HELD = 8 * 1024 * 1024
"""Bytes of an answer whose status is known only at its end."""

ALIVE_SECONDS = 20.0


def filling(size: int) -> bytes:
    """So many bytes, from 14 on, for which Symfony prints nothing: ends of styles that never began."""
    named = b"</info>" * (size % 3)  # seven bytes each
    return named + b"</>" * ((size - len(named)) // 3)


NOTHING = filling(PORTION)
"""PHP gives up what is silent for a minute."""


class OccOutput:
    """The output of one command. There is one stream: what is for programs has nothing beside it."""

    def __init__(self, *, as_json: bool, is_document: bool = False) -> None:
        self._as_json = as_json
        self._has_progress = not (as_json or is_document)
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._kept: list[bytes] = []
        self._words: list[str] = []
        self._is_streamed = False

    @property
    def said(self) -> bytes:
        """Everything that was said."""
        return b"".join(self._kept)

    def in_words(self) -> str:
        """The result, or the error, as text without tags, and without what others have sent."""
        return "".join(self._words)

    def progress(self, text: str) -> None:
        if self._has_progress:
            self._say(rendered(text, tagged))

    def result(self, text: str | Sequence[Block], /, **members: Any) -> None:
        told = [text] if isinstance(text, str) else [block for block in text if not isinstance(block, Quoted)]
        self._words.append(rendered(told, plain))
        if self._as_json:
            self._put(f"{json_in_tags(as_document(members))}\n".encode())
        else:
            self._say(rendered(text, tagged))

    async def piece(self, piece: bytes, *, is_json: bool = False) -> None:
        if is_json:
            self._put(piece.replace(b"<", b"\\u003c").replace(b">", b"\\u003e"))
        else:
            for portion in portions(piece.replace(b"<", b"\\<").replace(b"\\>", b"\\\\>")):
                self._put(portion)
        if self._is_streamed:
            await self._queue.join()  # whoever reads slowly is waited for
        elif sum(map(len, self._kept)) > MOST_HELD:
            self._kept.clear()
            raise TooLarge(f"With --fail the answer is held back to its end, and this one is over {MOST_HELD} bytes.")

    def failed(self, error: OpenConnectorError) -> None:
        """Say why nothing has come of it."""
        self.result(lines_of_error(error), **error.problem())

    async def stream(self, run: Callable[[], Coroutine[Any, Any, object]]) -> AsyncIterator[bytes]:
        """Run the command, and give what was said and is said as it comes. It is stopped when nobody reads any more."""
        self._is_streamed = True
        for said in self._kept:
            self._queue.put_nowait(said)
        running = asyncio.create_task(run())
        running.add_done_callback(lambda _: self._queue.put_nowait(None))
        try:
            while (portion := await self._next()) is not None:
                yield portion
                if portion is not NOTHING:
                    self._queue.task_done()
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    async def _next(self) -> bytes | None:
        try:
            async with asyncio.timeout(ALIVE_SECONDS):
                return await self._queue.get()
        except TimeoutError:
            return NOTHING

    def _say(self, text: str) -> None:
        for portion in portions(text.encode()):
            self._put(portion)

    def _put(self, portion: bytes) -> None:
        if not portion:
            return
        if self._is_streamed:
            self._queue.put_nowait(portion)
        else:
            self._kept.append(portion)


def portions(text: bytes) -> Iterator[bytes]:
    """A text with tags in portions. A style that goes on is ended with the portion, and begun again in the next."""
    waiting, style = b"", b""
    for token in _TOKEN.findall(text):
        if len(waiting) + len(token) > _ROOM and waiting != style:
            yield _filled(waiting, style)
            waiting = style
        waiting += token
        if token.startswith(b"<") and len(token) > 1:
            style = b"" if token.startswith(b"</") else token
    if waiting:
        yield _filled(waiting, style)


def _filled(text: bytes, style: bytes) -> bytes:
    """A portion of its full length."""
    if style:
        text += b"</>"
    # A backslash would make text of what stands behind it. NUL is Symfony's own sign for one.
    inner = text.rstrip(b"\\")
    text = inner + b"\0" * (len(text) - len(inner))
    return text + filling(PORTION - len(text)) if len(text) <= PORTION - 14 else text
