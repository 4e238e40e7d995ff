# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long a directory of 100,000 entries takes through the transport, beside clients that do nothing else with it.

python -m bench.ftp_listing

The server is pyftpdlib in a process of its own, and makes the same lines for everybody.
"""

import asyncio
import ftplib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aioftp
import uvloop

from bench.metric import Metric
from openconnector.egress.connection import Dialer, Target
from openconnector.egress.policy import EgressPolicy
from openconnector.egress.tls import TlsContexts
from openconnector.transports.exchange import Exchange, Limits
from openconnector.transports.files.operation import FileOperation
from openconnector.transports.files.session import FileAccess
from openconnector.transports.files.transport import FileTransport

ENTRIES = 100_000
ROUNDS = 5
RATIO = 1.2
FACTS = ["type", "size", "modify", "unix.mode"]
LIMITS = Limits(connect_ms=5000, read_ms=60_000, total_ms=120_000, body_bytes=1024 * 1024)

Listing = Callable[[], Awaitable[int]]


async def measure_ftp_listing() -> dict[str, Metric]:
    """The time until the last entry, in turns; the limit is that of the quicker one of the bare clients."""
    async with server() as port:
        contexts = TlsContexts()
        dialer = Dialer(contexts)
        transport = FileTransport(dialer, contexts)
        access = FileAccess(Target("ftp", "127.0.0.1", port), LIMITS, EgressPolicy(["127.0.0.0/8"]))

        async def ours() -> int:
            exchanges: list[Exchange] = []
            listing = await transport.perform(FileOperation("LIST", ""), access, exchanges, url="ftp://127.0.0.1/")
            assert listing is not None, exchanges[-1].failure
            return len(listing.entries)

        async def with_ftplib() -> int:
            return await asyncio.to_thread(_list_with_ftplib, port)

        async def with_aioftp() -> int:
            async with aioftp.Client.context("127.0.0.1", port) as client:
                return len(await client.list("/"))

        own, *bare = await _in_turns(ours, with_ftplib, with_aioftp)
        dialer.close()
    return {"ftp_list_100k_ms": _metric(own, *bare)}


def _metric(own: float, with_ftplib: float, with_aioftp: float) -> Metric:
    best = min(with_ftplib, with_aioftp)
    against = f"ftplib {with_ftplib:.0f} ms, aioftp {with_aioftp:.0f} ms; ratio {own / best:.2f}, at most {RATIO:g}"
    return Metric(own, "ms", against, RATIO * best)


async def _in_turns(*listings: Listing) -> list[float]:
    """The median of each, in milliseconds."""
    taken: list[list[float]] = [[] for _ in listings]
    for turn in range(ROUNDS + 1):
        for listing, times in zip(listings, taken, strict=True):
            started = time.perf_counter()
            count = await listing()
            assert count == ENTRIES, count
            if turn:  # the first one is a warm-up
                times.append((time.perf_counter() - started) * 1000)
    return [statistics.median(times) for times in taken]


def _list_with_ftplib(port: int) -> int:
    with ftplib.FTP() as client:
        client.connect("127.0.0.1", port)
        client.login()
        return sum(1 for _ in client.mlsd("/", FACTS))


@asynccontextmanager
async def server() -> AsyncIterator[int]:
    """The port of a server in a process of its own, with so many files."""
    with tempfile.TemporaryDirectory() as directory:
        await asyncio.to_thread(_fill, directory)
        command = [sys.executable, "-m", "bench.ftp_listing", directory]
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        try:
            yield int(await process.stdout.readline())
        finally:
            process.terminate()
            await process.wait()


def _fill(directory: str) -> None:
    for number in range(ENTRIES):
        Path(directory, f"invoice-{number:06}.xml").touch()


def serve(directory: str) -> None:
    """Serve a directory to anybody."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from pyftpdlib.authorizers import DummyAuthorizer  # noqa: PLC0415  # only the server's process needs it
        from pyftpdlib.handlers import FTPHandler  # noqa: PLC0415
        from pyftpdlib.servers import FTPServer  # noqa: PLC0415

    authorizer = DummyAuthorizer()
    authorizer.add_anonymous(directory)
    FTPHandler.authorizer = authorizer
    listening = FTPServer(("127.0.0.1", 0), FTPHandler)
    print(listening.address[1], flush=True)
    listening.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1])
    else:
        for name, metric in uvloop.run(measure_ftp_listing()).items():
            print(f"{name} {metric.value:.0f} {metric.unit}, at most {metric.limit:.0f}: {metric.against}")
