# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The server that benchmarks call: it keeps connections open and answers 700 bytes of JSON at once, or many bytes."""

import asyncio
import json

BODY = json.dumps({"status": "ok", "items": [{"id": number, "name": "x" * 20} for number in range(16)]}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


PIECE = bytes(64 * 1024)


class Answering(asyncio.Protocol):
    """Answers each request without a body: `/bytes/N` with N bytes, everything else with JSON."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""
        self._remaining = 0
        self._may_write = True

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
            path = head.split(b" ", 2)[1]
            if path.startswith(b"/bytes/"):
                self._remaining = int(path.removeprefix(b"/bytes/"))
                self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % self._remaining)
                self._write_on()
            else:
                self._transport.write(ANSWER)

    def pause_writing(self) -> None:
        self._may_write = False

    def resume_writing(self) -> None:
        self._may_write = True
        self._write_on()

    def _write_on(self) -> None:
        while self._remaining and self._may_write:
            piece = PIECE[: self._remaining]
            self._remaining -= len(piece)
            self._transport.write(piece)


async def main() -> None:
    """Serve on a free port, and print it."""
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
