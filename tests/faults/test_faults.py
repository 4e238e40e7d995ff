# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each row of the diagnosis, provoked on real sockets: its name, words and remedy, a log entry, and bounded time."""

import importlib

import pytest

from openconnector.core.http import AsyncClient
from tests.factories import create_source, test_call
from tests.faults.fault import FAST, FAULTS, Fault, World

LOOPBACK = ["127.0.0.1", "127.0.0.2", "::1", "localhost"]

for kind in ("network", "tls", "answer", "redirect", "status", "content"):
    importlib.import_module(f"tests.faults.{kind}_faults")


def _parameter(one: Fault) -> object:
    return pytest.param(one, id=one.id, marks=pytest.mark.allow_hosts([*LOOPBACK, *one.hosts]))


@pytest.mark.parametrize("fault", [_parameter(one) for one in FAULTS])
async def test_faults(api: AsyncClient, world: World, fault: Fault) -> None:
    async with fault.open(world) as provoked:
        source = await create_source(
            api, **{**provoked.source, "location": provoked.location, "connection": FAST | provoked.connection}
        )
        if provoked.before_call is not None:
            provoked.before_call()
        call = await test_call(api, source["id"], provoked.path, **provoked.request)
    diagnosis = call["diagnosis"]
    assert diagnosis is not None, call
    told = (diagnosis["type"], diagnosis["phase"], call["outcome"])
    assert told == (fault.error_type, fault.phase, fault.outcome), call["exchanges"]
    assert call["errorType"] == (None if fault.outcome == "success" else fault.error_type)
    assert diagnosis["remedies"]
    assert diagnosis["evidence"]
    assert call["durationMs"] < fault.seconds * 1000
    assert (await api.get(f"/api/logs/{call['id']}")).json() | {"pages": None} == call
    listed = (await api.get("/api/logs", params={"source": source["id"]})).json()
    assert [entry["errorType"] for entry in listed["results"]] == [call["errorType"]]
    if provoked.check is not None:
        provoked.check(call)


def test_no_fault_is_registered_twice() -> None:
    names = [one.id for one in FAULTS]
    assert len(names) == len(set(names))
