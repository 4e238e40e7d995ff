# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`kill -9`: whatever a caller has been told is in the log."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from ex_app.standalone.host import StandaloneHost
from openconnector.core.http import AsyncClient, HTTPError
from openconnector.core.settings import Settings
from tests.conftest import serve_engine
from tests.factories import create_source, test_call


def kill(host: StandaloneHost) -> None:
    """End the app as the kernel ends it when memory runs out."""
    process = host._children[0]._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)


async def answered_until_killed(api: AsyncClient, source_id: str, answered: list[str]) -> None:
    """One call after the other, until nobody answers any more."""
    while True:
        try:
            answered.append((await test_call(api, source_id, "/get"))["id"])
        except (HTTPError, AssertionError):
            return


@pytest.mark.parametrize("callers", [1, 8])
async def test_faults_kill_9_loses_no_answered_call(httpbin: str, tmp_path: Path, callers: int) -> None:
    answered: list[str] = []
    async with (
        StandaloneHost(port=0, data=tmp_path, quiet=True, sample_api=False) as host,
        AsyncClient(
            base_url=f"{host.url}index.php/apps/app_api/proxy/open_connector",
            headers={"X-Requested-With": "test"},
            timeout=60,
        ) as api,
    ):
        source = await create_source(api, location=httpbin)
        if callers == 1:
            answered.append((await test_call(api, source["id"], "/get"))["id"])
            kill(host)
        else:
            work = asyncio.gather(*(answered_until_killed(api, source["id"], answered) for _ in range(callers)))
            for _ in range(1000):
                await asyncio.sleep(0.02)
                if len(answered) >= 20:
                    break
            kill(host)
            await work
    assert answered
    async with serve_engine(Settings(storage_path=tmp_path / "storage", background_work=False)) as api:
        logged = (await api.get("/api/logs", params={"limit": "200"})).json()
        assert set(answered) <= {entry["id"] for entry in logged["results"]}
        for call_id in answered:
            entry = (await api.get(f"/api/logs/{call_id}")).json()
            assert entry["statusCode"] == 200
            assert entry["exchanges"][0]["response"]["body"]["content"]
