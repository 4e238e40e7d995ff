# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether anything answers at a host and port: asked before a proxy is saved, not when the first call needs it."""

import asyncio
import errno
import socket
from collections.abc import Sequence

from openconnector.core.phrases import phrase
from openconnector.egress.policy import EgressPolicy

_REASONS = {
    errno.ECONNREFUSED: phrase("connection refused"),
    errno.ECONNRESET: phrase("connection reset"),
    errno.EHOSTUNREACH: phrase("no route to this host"),
    errno.ENETUNREACH: phrase("no route to this network"),
    errno.EHOSTDOWN: phrase("the host is down"),
    errno.ETIMEDOUT: phrase("no answer"),
}


class Unreachable(Exception):
    """Nothing answers; `str()` is a sentence that says where, and why."""


async def check_reachable(host: str, port: int, timeout_s: float, policy: EgressPolicy) -> None:
    """Connect to the first address that answers, and hang up again. Nothing is sent.

    Raises:
        Unreachable: nothing answers within the time, or the name is not known.
        EgressDenied: the policy does not allow it; nothing was connected to.
    """
    try:
        async with asyncio.timeout(timeout_s):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
            policy.check(host, port, addresses)
            await _connect(addresses, port)
    except TimeoutError:
        raise Unreachable(_sentence(host, port, phrase("no answer within {limit} s", limit=f"{timeout_s:g}"))) from None
    except (OSError, UnicodeError) as error:
        raise Unreachable(_sentence(host, port, _reason(error))) from None


async def _connect(addresses: Sequence[str], port: int) -> None:
    for position, address in enumerate(addresses, 1):
        try:
            _, writer = await asyncio.open_connection(address, port)
        except OSError:
            if position == len(addresses):
                raise
        else:
            writer.transport.abort()
            return


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, UnicodeError):
        return phrase("this is no host name")
    if isinstance(error, socket.gaierror):
        return phrase("the name is not known here")
    return _REASONS.get(error.errno or 0, phrase("it cannot be connected to"))


def _sentence(host: str, port: int, reason: str) -> str:
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    words = phrase("Nothing answers at {host} ({reason}). Check host and port, and whether this server may reach it.")
    return words.filled(host=authority, reason=reason)
