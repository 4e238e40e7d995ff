# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finds the addresses of a host name, once for each connection. What is checked is what is connected to."""

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor

from openconnector.core.phrases import phrase

THREADS = 16
"""Names that are looked up at the same time, in threads of their own: a name server that hangs holds nobody else up."""


class Resolver:
    """Asks the system, as every other program of this machine does: hosts file, name service, DNS."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="resolver")

    async def addresses(self, host: str, port: int) -> list[str]:
        """Every address of a host, in the order in which the system prefers them (RFC 6724).

        Raises:
            OSError: the name is not known (`socket.gaierror`), or cannot be looked up.
        """
        if is_address(host):
            return [host]
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def close(self) -> None:
        """Forget what is still being looked up."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def is_address(host: str) -> bool:
    """Whether a host is an IP address already."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _look_up(host: str, port: int) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except UnicodeError:
        raise socket.gaierror(socket.EAI_NONAME, phrase("This is no host name.")) from None
