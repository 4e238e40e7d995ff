# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How an export reaches the browser: through Nextcloud's proxy, with a known length where that can be had.

What the proxy does decides (AppAPI 3.1 to 35):

- A download that breaks off is noticed by a browser only where its length was announced: the proxy ends a chunked
  answer in good order, whatever happened behind it. AppAPI before 31.0.8 even announces chunks that it does not send.
- Nobody waits for ever for a first byte: PHP 60 seconds, HaRP 30.

So the file is kept on disk while it is made, for a few seconds: most exports end within them, and go out with their
length. What takes longer is sent as it comes, in chunks, beginning with what was kept; then the progress of the export
tells whether all of it was sent. It is not compressed: the proxy would take that off, and the length with it.

Whoever goes away ends the export at once, also while nothing is sent yet. Whoever stays and takes nothing ends it
after a while, because there are few places.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from openconnector.core.errors import Conflict
from openconnector.core.phrases import phrase
from openconnector.logs.downloads import SAFE_HEADERS
from openconnector.logs.exports.service import Prepared
from openconnector.logs.exports.spool import Spool

SPOOL_SECONDS = 10.0
"""How long an export may take to go out with its length."""

SPOOL_BYTES = 256 * 1024 * 1024
"""What it may take of the disk meanwhile."""

STALLED_SECONDS = 300.0
"""How long a browser may take no byte."""

log = structlog.get_logger()


class ExportAnswer(Response):
    """Sends one export, and ends it in every case."""

    def __init__(self, prepared: Prepared) -> None:
        export = prepared.export
        disposition = f'attachment; filename="{export.file_name}"'
        headers = SAFE_HEADERS | {"Content-Disposition": disposition, "X-Export-Id": str(export.id)}
        super().__init__(media_type=prepared.format.media_type, headers=headers)
        del self.headers["content-length"]
        self._prepared = prepared
        self._export = export
        self._has_begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send the file as far as somebody wants it.

        An answer that has begun and cannot be finished is left unfinished: the server hangs up, and that is seen.
        """
        leaving = asyncio.create_task(_gone(receive))
        cancelling = asyncio.create_task(self._export.cancelled.wait())
        sending = asyncio.create_task(self._send(send))
        tasks = (leaving, cancelling, sending)
        is_gone = True
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            is_gone = leaving.done()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            self._settle(sending)
        if self._export.state == "cancelled" and not is_gone and not self._has_begun:
            raise Conflict(phrase("The export was cancelled."))

    def _settle(self, sending: asyncio.Task[None]) -> None:
        """Tell how it ended.

        Raises:
            Exception: what went wrong, where it can still be answered.
        """
        error = None if sending.cancelled() else sending.exception()
        if sending.cancelled():
            self._export.end("cancelled")
        elif error is None:
            self._export.end("done")
        elif isinstance(error, TimeoutError) and self._has_begun:
            self._export.end("failed", phrase("The browser has taken nothing for too long."))
        else:
            self._export.end("failed", phrase("The server log says more."))
            if not self._has_begun:
                raise error
            log.error("an export failed", error=type(error).__name__, exc_info=error)

    async def _send(self, send: Send) -> None:
        spool = Spool(self._prepared.directory)
        try:
            async with aclosing(self._prepared.pieces()) as pieces:
                is_whole = await _keep(pieces, spool)
                await self._begin(send, spool.size if is_whole else None)
                kept = spool.pieces()
                while piece := await asyncio.to_thread(next, kept, b""):
                    await self._pass_on(send, piece)
                spool.close()
                async for piece in pieces:
                    await self._pass_on(send, piece)
            await self._pass_on(send, b"", more=False)
        finally:
            spool.close()

    async def _begin(self, send: Send, length: int | None) -> None:
        if length is not None:
            self.headers["content-length"] = str(length)
        self._has_begun = True
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

    async def _pass_on(self, send: Send, piece: bytes, *, more: bool = True) -> None:
        async with asyncio.timeout(STALLED_SECONDS):
            await send({"type": "http.response.body", "body": piece, "more_body": more})
        self._export.bytes += len(piece)


async def _keep(pieces: AsyncIterator[bytes], spool: Spool) -> bool:
    """Keep pieces for a few seconds; whether they are all."""
    until = time.monotonic() + SPOOL_SECONDS
    async for piece in pieces:
        await asyncio.to_thread(spool.write, piece)
        if spool.is_full or spool.size >= SPOOL_BYTES or time.monotonic() >= until:
            return False
    return True


async def _gone(receive: Receive) -> None:
    """Returns when the one who asked has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass
