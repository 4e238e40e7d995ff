# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sockets: those that `connection.py` opens to addresses that were checked, and those that a server opens to us."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohappyeyeballs

from openconnector.core.clock import stopwatch
from openconnector.egress.errors import connecting_failed
from openconnector.egress.evidence import Timings

HAPPY_EYEBALLS_SECONDS = 0.25
"""After which the next address is tried beside the first (RFC 8305)."""

MAX_STRANGERS = 100
"""Connections of others than the expected server, after which nobody is waited for any more."""


@asynccontextmanager
async def connecting(patience: float, timings: Timings) -> AsyncIterator[None]:
    """Bound and measure what is done inside, which is to connect.

    Raises:
        ConnectionFailed: no connection came to stand within `patience` seconds.
    """
    started = stopwatch()
    try:
        async with asyncio.timeout(patience):
            yield
    except (OSError, TimeoutError) as error:
        raise connecting_failed(error) from error
    finally:
        timings.connect_ms = stopwatch() - started


async def connected_socket(addresses: list[str], port: int) -> socket.socket:
    """A non-blocking socket to the first of the addresses that answers.

    Raises:
        OSError: none of them does.
    """
    infos = [_address_info(address, port) for address in addresses]
    return await aiohappyeyeballs.start_connection(infos, happy_eyeballs_delay=HAPPY_EYEBALLS_SECONDS, interleave=1)


def peer_of(connection: socket.socket) -> str | None:
    """The address at the other end, with its zone where it has one; None where the other side has hung up."""
    try:
        name = connection.getpeername()
    except OSError:
        return None
    return _with_zone(name)


def listen_beside(connection: socket.socket) -> socket.socket:
    """Listen on the address that a connection has on this side, on a port of the system's choice.

    Raises:
        OSError: that is not possible.
    """
    own = connection.getsockname()
    listener = socket.socket(connection.family, socket.SOCK_STREAM)
    try:
        listener.setblocking(False)
        listener.bind((own[0], 0, *own[2:]))
        listener.listen(1)
    except BaseException:
        listener.close()
        raise
    return listener


async def accept_from(listener: socket.socket, address: str, patience: float) -> socket.socket:
    """The connection that `address` opens to us. Others that come are closed.

    Raises:
        TimeoutError: it did not come in `patience` seconds.
        OSError: too many others came.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(patience):
        for _ in range(MAX_STRANGERS):
            accepted, name = await loop.sock_accept(listener)
            if _with_zone(name) == address:
                return accepted
            accepted.close()
    raise OSError(f"Others than {address} have connected.")


class RawSocket:
    """A socket as `open_tunnel` reads and writes it: byte by byte, so that nothing behind the answer is taken away."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()

    async def read(self, patience: float) -> bytes:
        """The next byte; nothing at the end of the stream."""
        async with asyncio.timeout(patience):
            return await self._loop.sock_recv(self._connection, 1)

    async def write(self, data: bytes, patience: float) -> None:
        """Hand bytes to the network."""
        async with asyncio.timeout(patience):
            await self._loop.sock_sendall(self._connection, data)


def _address_info(address: str, port: int) -> aiohappyeyeballs.AddrInfoType:
    host, _, zone = address.partition("%")
    if ":" not in host:
        return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))
    scope = socket.if_nametoindex(zone) if zone and not zone.isdigit() else int(zone or 0)
    return (socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port, 0, scope))


def _with_zone(name: tuple[str, int] | tuple[str, int, int, int]) -> str:
    address = name[0].partition("%")[0]
    return f"{address}%{name[3]}" if len(name) == 4 and name[3] else address  # noqa: PLR2004  # as in IPv6
