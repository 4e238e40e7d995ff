# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The server that benchmarks call: it keeps connections open and answers 700 bytes of JSON at once, or many bytes.

It is an authorization server, too: `POST /token` gives a token of the length of a JWT, and `/tokens` counts them.
"""

import asyncio
import json
import secrets

BODY = json.dumps({"status": "ok", "items": [{"id": number, "name": "x" * 20} for number in range(16)]}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


PIECE = bytes(64 * 1024)


tokens: list[str] = []
"""Those that were given."""


def answer_of(document: object) -> bytes:
    """An answer with a JSON document."""
    body = json.dumps(document).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def new_token() -> bytes:
    """An answer with another token: 1,000 characters in three parts, as a JWT has them."""
    tokens.append(".".join(secrets.token_urlsafe(length) for length in (60, 450, 240)))
    return answer_of({"access_token": tokens[-1], "token_type": "Bearer", "expires_in": 3600})


class Answering(asyncio.Protocol):
    """Answers each request: `/bytes/N` with N bytes, `/token` with a token, everything else with JSON."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""
        self._remaining = 0
        self._may_write = True

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, rest = self._buffer.split(b"\r\n\r\n", 1)
            method, path, _ = head.split(b" ", 2)
            if method == b"POST":
                length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
                if len(rest) < length:
                    return
                rest = rest[length:]
            self._buffer = rest
            if path == b"/token":
                # As slow as a server that looks for a client: those who come meanwhile have something to wait for.
                asyncio.get_running_loop().call_later(0.05, lambda: self._transport.write(new_token()))
            elif path == b"/tokens":
                self._transport.write(answer_of({"count": len(tokens)}))
            elif path.startswith(b"/bytes/"):
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
