# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls that are stopped, by whoever made them or by nobody's fault, are logged like all others."""

import asyncio
from uuid import uuid4

import pytest

from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from tests.conftest import serve_engine
from tests.factories import create_source, test_call
from tests.upstream import hang, serve


class TestCancel:
    async def test_stops_the_call_and_is_logged(self, api: AsyncClient) -> None:
        call_id = str(uuid4())
        async with serve(hang) as port:
            source = await create_source(api, location=f"http://127.0.0.1:{port}")
            running = asyncio.create_task(test_call(api, source["id"], callId=call_id))
            for _ in range(100):
                await asyncio.sleep(0.05)
                if (await api.delete(f"/api/calls/{call_id}")).status_code == 204:
                    break
            call = await running
        assert (call["outcome"], call["errorType"]) == ("transport_error", "cancelled")
        assert (await api.get(f"/api/logs/{call['id']}")).json() | {"pages": None} == call
        assert (await api.delete(f"/api/calls/{call_id}")).status_code == 404

    async def test_a_call_id_names_one_running_call(self, api: AsyncClient) -> None:
        call_id = str(uuid4())
        async with serve(hang) as port:
            source = await create_source(api, location=f"http://127.0.0.1:{port}")
            running = asyncio.create_task(test_call(api, source["id"], callId=call_id))
            await asyncio.sleep(0.3)
            second = await api.post(f"/api/sources/{source['id']}/test", json={"callId": call_id})
            assert second.status_code == 409
            await api.delete(f"/api/calls/{call_id}")
            assert (await running)["errorType"] == "cancelled"


async def test_a_call_whose_caller_goes_away_is_stopped_and_logged(api: AsyncClient) -> None:
    async with serve(hang) as port:
        source = await create_source(api, location=f"http://127.0.0.1:{port}")
        running = asyncio.create_task(test_call(api, source["id"], "/x"))
        await asyncio.sleep(0.3)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    logged = (await api.get("/api/logs", params={"source": source["id"]})).json()["results"]
    assert [(entry["outcome"], entry["errorType"]) for entry in logged] == [("transport_error", "cancelled")]


async def test_calls_that_end_together_are_all_logged(settings: Settings, httpbin: str) -> None:
    async with serve_engine(settings) as api:
        source = await create_source(api, location=httpbin)
        calls = await asyncio.gather(*(test_call(api, source["id"], "/uuid") for _ in range(40)))
        logged = (await api.get("/api/logs", params={"limit": "200"})).json()
    assert {call["id"] for call in calls} == {entry["id"] for entry in logged["results"]}
