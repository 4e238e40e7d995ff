# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tunnels through an HTTP proxy: the method CONNECT (RFC 9110, section 9.3.6)."""

import re
from typing import Protocol

from openconnector.core.phrases import phrase, told
from openconnector.egress.errors import ConnectionFailed

MAX_ANSWER = 64 * 1024
"""Bytes of the proxy's answer."""

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ?([^\r\n]*)")


class Wire(Protocol):
    """A connection to the proxy."""

    async def read(self, patience: float) -> bytes:
        """The next bytes; nothing at the end."""

    async def write(self, data: bytes, patience: float) -> None:
        """Hand bytes to the network."""


async def open_tunnel(stream: Wire, authority: str, authorization: str | None, patience: float) -> None:
    """Ask the proxy at the other end of `stream` for a tunnel to `authority`.

    Raises:
        ConnectionFailed: the proxy does not open it; 407 has a name of its own.
    """
    lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
    if authorization is not None:
        lines.append(f"Proxy-Authorization: {authorization}")
    try:
        await stream.write("\r\n".join([*lines, "", ""]).encode("ascii"), patience)
        answer = await _head(stream, patience)
    except TimeoutError:
        raise ConnectionFailed("proxy_unreachable", phrase("The proxy did not answer CONNECT in time.")) from None
    except OSError as error:
        words = phrase("The proxy closed the connection: {reason}", reason=told(error))
        raise ConnectionFailed("proxy_refused", words) from error
    status = _STATUS.match(answer)
    if status is None:
        raise ConnectionFailed("proxy_refused", phrase("The proxy's answer to CONNECT is no HTTP."))
    if status[1].startswith(b"2"):
        return
    name = "proxy_authentication_required" if status[1] == b"407" else "proxy_refused"
    answered = b" ".join(status.groups()).decode("latin-1").strip()
    words = phrase("The proxy answered {answer} to CONNECT {host}.", answer=answered, host=authority)
    raise ConnectionFailed(name, words)


async def _head(stream: Wire, patience: float) -> bytes:
    """The head of the answer. Behind it the tunnel begins: where the server speaks first, it is read byte by byte."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = await stream.read(patience)
        answer += piece
        if not piece or len(answer) > MAX_ANSWER:
            break
    return answer
