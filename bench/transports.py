# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The figures behind docs/adr/0010: what each candidate for the transport does, without the engine and without a log.

python -m bench.transports
"""

import statistics

import aiohttp
import httpx
import uvloop
from httpx_aiohttp import AiohttpTransport

from bench.calls import Action, per_second, side_by_side
from bench.servers import upstream
from openconnector.core.http import Request
from openconnector.egress.policy import EgressPolicy
from openconnector.transports.exchange import Exchange, Limits
from openconnector.transports.http import Delivery, HttpTransport


async def main() -> None:
    """Print calls per second, 50 at a time, and the median of one after the other."""
    delivery = Delivery(
        source=("bench", 1), limits=Limits(5000, 5000, 5000, 1024 * 1024), policy=EgressPolicy(["127.0.0.0/8"])
    )
    ours = HttpTransport()
    async with (
        upstream() as url,
        httpx.AsyncClient() as bare,
        httpx.AsyncClient(transport=AiohttpTransport()) as over_aiohttp,
        aiohttp.ClientSession() as session,
    ):

        async def own() -> None:
            exchanges: list[Exchange] = []
            await ours.send(Request("GET", f"{url}/health"), delivery, exchanges)
            assert exchanges[-1].failure is None

        async def with_aiohttp() -> None:
            async with session.get(f"{url}/health") as response:
                await response.read()

        candidates: dict[str, Action] = {
            "httpx, its own pool": lambda: _get(bare, url),
            "httpx over aiohttp": lambda: _get(over_aiohttp, url),
            "ours": own,
            "aiohttp itself": with_aiohttp,
        }
        for action in candidates.values():
            await per_second(action, 300)
        rates = [[await per_second(action, 2000) for action in candidates.values()] for _ in range(5)]
        times = await side_by_side(*candidates.values())
    ours.close()
    for name, rate, taken in zip(candidates, zip(*rates, strict=True), times, strict=True):
        print(f"{name:<22} {statistics.median(rate):>8,.0f}/s {statistics.median(taken):>8.2f} ms")


async def _get(client: httpx.AsyncClient, url: str) -> None:
    (await client.get(f"{url}/health")).raise_for_status()


if __name__ == "__main__":
    uvloop.run(main())
