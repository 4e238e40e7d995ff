# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls that are refused before anything is sent: the other side sees nothing of them."""

import re
from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from tests.factories import create_source, test_call
from tests.faults.servers import json_answer, routing
from tests.upstream import serve

LONG = [{"name": f"q{number}", "value": "x" * 1000} for number in range(90)]


@pytest.mark.parametrize(
    ("error_type", "source", "request_"),
    [
        ("source_disabled", {"isEnabled": False}, {}),
        ("path_leaves_origin", {}, {"path": "//evil.example/"}),
        ("path_leaves_origin", {}, {"path": "../up"}),
        ("invalid_request", {}, {"query": LONG}),
    ],
    ids=["source_disabled", "path_leaves_origin-host", "path_leaves_origin-climbing", "invalid_request-too_long"],
)
async def test_faults(api: AsyncClient, error_type: str, source: dict[str, Any], request_: dict[str, Any]) -> None:
    seen: list[bytes] = []
    async with serve(routing({"/": json_answer(b"{}")}, seen)) as port:
        created = await create_source(api, location=f"http://127.0.0.1:{port}", **source)
        response = await api.post(f"/api/sources/{created['id']}/test", json=request_)
    call = response.json()
    assert (call["outcome"], call["errorType"], call["statusCode"]) == ("refused", error_type, None)
    assert call["diagnosis"]["type"] == error_type
    assert call["diagnosis"]["remedies"]
    assert call["exchanges"] == []
    assert (await api.get(f"/api/logs/{call['id']}")).json() | {"pages": None} == call
    assert seen == []


async def test_faults_rate_limited(api: AsyncClient) -> None:
    seen: list[bytes] = []
    limits = {"rateLimit": {"limit": 1, "windowMs": 60_000}, "totalTimeoutMs": 1000}
    async with serve(routing({"/": json_answer(b"{}")}, seen)) as port:
        source = await create_source(api, location=f"http://127.0.0.1:{port}", connection=limits)
        await test_call(api, source["id"], "/")
        call = await test_call(api, source["id"], "/")
    assert (call["outcome"], call["errorType"]) == ("refused", "rate_limited")
    assert re.search(r"until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", call["diagnosis"]["detail"])
    assert (await api.get(f"/api/logs/{call['id']}")).json() | {"pages": None} == call
    assert len(seen) == 1
