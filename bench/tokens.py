# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a token costs: the time that a kept one adds to a call, and how many are asked for by many first calls."""

import asyncio
import statistics
import sys
from dataclasses import replace

import uvloop

from bench.calls import Bench, open_bench, side_by_side
from bench.metric import Metric
from openconnector.authentication.oauth2.clients import ClientSecretPost
from openconnector.authentication.oauth2.scheme import OAuth2Authentication
from openconnector.core.http import AsyncClient

FIRST_CALLS = 1000


async def measure_tokens() -> dict[str, Metric]:
    """Both figures, each with an engine of its own."""
    async with open_bench() as bench:
        requests = await _measure_single_flight(with_token(bench))
    async with open_bench() as bench:
        added = await _measure_cache_hit(bench)
    return {"token_cache_hit_ms": added, "token_single_flight": requests}


def with_token(bench: Bench) -> Bench:
    """The same source with OAuth 2.0."""
    scheme = OAuth2Authentication(
        type="oauth2",
        client_id="benchmark",
        client=ClientSecretPost(method="client_secret_post", secret="benchmark-secret"),
        token_url=f"{bench.url}/token",
    )
    return replace(bench, source=replace(bench.source, authentication=scheme))


async def _measure_cache_hit(bench: Bench) -> Metric:
    """One warm call after the other, with a token that is kept and without one."""
    signed = with_token(bench)
    await signed.call()
    plain, with_oauth = await side_by_side(bench.call, signed.call, count=1000)
    added = statistics.median(with_oauth) - statistics.median(plain)
    against = (
        f"call {statistics.median(plain):.2f} ms, with a kept token {statistics.median(with_oauth):.2f} ms, median"
    )
    return Metric(added, "ms", against, 0.3)


async def _measure_single_flight(bench: Bench) -> Metric:
    await asyncio.gather(*(bench.call() for _ in range(FIRST_CALLS)))
    async with AsyncClient() as client:
        count = (await client.get(f"{bench.url}/tokens")).raise_for_status().json()["count"]
    return Metric(count, "", f"token requests of {FIRST_CALLS:,} first calls at the same time", 1)


if __name__ == "__main__":
    for name, metric in uvloop.run(measure_tokens()).items():
        sys.stdout.write(f"{name} {metric.value:.2f} {metric.unit} {metric.against}\n")
