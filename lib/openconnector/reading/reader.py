# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One child process with one body, as the process sees it that asks."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from openconnector.core.phrases import Catalog, spoken
from openconnector.reading.body import PartMissing
from openconnector.reading.document import ExpressionInvalid, NodeNotFound, Unreadable
from openconnector.reading.frames import HEAD, frame
from openconnector.reading.view import BodyFacts

_LIBRARY = Path(__file__).resolve().parents[2]
"""Where this package is found."""

_QUICK_START = {"PYDANTIC_DISABLE_PLUGINS": "__all__", "PYTHONDONTWRITEBYTECODE": "1"}
"""The search for plugins looks through every package that is installed."""


class ReaderEnded(Exception):
    """The child is no more: the system has ended it, or it ran out of memory."""


class Reader:
    """A child process. One question at a time: whoever asks holds a lock. A question that was given up ends it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._catalog: Catalog | None = None

    @classmethod
    async def start(cls) -> "Reader":
        """A child that has no body yet. It gets nothing of our environment, in which there are secrets."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-s", "-P", "-m", "openconnector.reading.child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": str(_LIBRARY), "LC_ALL": "C.UTF-8", **_QUICK_START},
        )
        return cls(process)

    @property
    def is_running(self) -> bool:
        """Whether it can be asked."""
        return self._process.returncode is None

    async def open(self, facts: BodyFacts, part: int | None, pieces: AsyncIterator[bytes]) -> None:
        """Hand the body over, piece by piece, and wait until it is read.

        Raises:
            PartMissing: it has no such part.
            ReaderEnded: it could not be read.
        """
        request = {"op": "open", "facts": facts.to_json(), "part": part, "size": facts.kept_size}
        try:
            await self._send(frame(request))
            async for piece in pieces:
                await self._send(piece)
        except (BrokenPipeError, ConnectionResetError):
            raise ReaderEnded from None
        await self._receive()

    async def ask(self, operation: str, arguments: dict[str, Any]) -> bytes:
        """The answer to a question: JSON, or bytes of `content`.

        Raises:
            NodeNotFound, ExpressionInvalid, Unreadable: as the methods of `OpenBody`.
            ReaderEnded: there is none any more.
        """
        try:
            await self._send(frame({"op": operation, "arguments": arguments} | self._language()))
        except (BrokenPipeError, ConnectionResetError):
            raise ReaderEnded from None
        return await self._receive()

    def _language(self) -> dict[str, Catalog | None]:
        """The catalog of whoever asks, unless the child has it from the last time."""
        catalog = spoken.get()
        if catalog is self._catalog:
            return {}
        self._catalog = catalog
        return {"catalog": catalog}

    async def close(self) -> None:
        """End the child, whatever it does."""
        process = self._process
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        if process.stdin is not None:
            process.stdin.close()
        if process.stdout is not None:
            # The rest of an answer that was given up: a pipe ends with what is in it, and the process with its pipes.
            with suppress(OSError, RuntimeError):  # somebody who still waits for the answer reads it
                await process.stdout.read()
        await process.wait()

    async def _send(self, data: bytes) -> None:
        if self._process.stdin is None:
            raise ReaderEnded
        self._process.stdin.write(data)
        await self._process.stdin.drain()

    async def _receive(self) -> bytes:
        (length,) = HEAD.unpack(await self._read(HEAD.size))
        message: dict[str, Any] = json.loads(await self._read(length))
        if "error" in message:
            raise _raised(message)
        return await self._read(message["size"])

    async def _read(self, length: int) -> bytes:
        if self._process.stdout is None:
            raise ReaderEnded
        try:
            return await self._process.stdout.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionResetError):
            raise ReaderEnded from None


def _raised(message: dict[str, Any]) -> Exception:
    """What went wrong in the child, as it is raised here."""
    match message["error"]:
        case "node":
            return NodeNotFound()
        case "expression":
            return ExpressionInvalid(message["message"])
        case "unreadable":
            return Unreadable(message["message"], message["location"])
        case "part":
            return PartMissing()
        case "memory":
            return ReaderEnded()
        case _:
            return RuntimeError(f"A reader failed: {message['message']}")
