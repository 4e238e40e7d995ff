# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Receives 1 GiB through the call engine in this process, keeps 1 MiB, and prints by how many MiB the process grew.

python -m bench.body_memory
"""

import dataclasses
from pathlib import Path

import uvloop

from bench.calls import TRIGGER, open_bench
from openconnector.calls.schemas import CallRequest
from openconnector.sources.connection import Connection

SIZE = 1024**3
KEPT = 1024**2


async def main() -> None:
    """Print the growth of the largest resident set (VmHWM) over that before."""
    async with open_bench() as bench:
        await bench.call()
        _forget_largest()
        before = _largest_mib()
        connection = Connection(max_body_bytes=KEPT, total_timeout_ms=300_000)
        source = dataclasses.replace(bench.source, connection=connection)
        entry = await bench.calls.call(source, CallRequest(path=f"/bytes/{SIZE}"), TRIGGER)
        assert (entry.status_code, entry.response_size) == (200, SIZE), entry
        assert entry.error_type is None
        print(_largest_mib() - before)


def _forget_largest() -> None:
    """The largest resident set so far becomes that of now."""
    Path("/proc/self/clear_refs").write_text("5")


def _largest_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    uvloop.run(main())
