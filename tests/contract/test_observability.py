# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The metrics of the whole app, and its warnings in Nextcloud's log."""

import asyncio
import json
import logging

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ex_app.environment import EnvironmentProblemError, Operation
from ex_app.main import create_exapp
from openconnector.core.http import AsyncClient
from tests.contract.conftest import Nextcloud
from tests.contract.serving import recorded, serving

TOKEN = "a-token-of-prometheus"
SIGNED = next(line["headers"] for line in recorded("nextcloud-to-exapp") if line["path"] == "/enabled")


@pytest.fixture
def environ(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("OPENCONNECTOR_BACKGROUND_WORK", "false")
    return {**environ, "OPENCONNECTOR_METRICS_TOKEN": TOKEN}


async def test_metrics_are_for_whoever_has_the_token_and_comes_from_elsewhere(environ: dict[str, str]) -> None:
    app = create_exapp(environ)
    authorized = {"Authorization": f"Bearer {TOKEN}"}
    async with app.router.lifespan_context(app), serving(app) as url, AsyncClient(base_url=url) as client:
        response = await client.get("/metrics", headers=authorized)
        while "openconnector_engine_up 1.0" not in response.text:
            await asyncio.sleep(0.05)
            response = await client.get("/metrics", headers=authorized)
        assert response.headers["content-type"].startswith("text/plain; version=")
        assert response.headers["cache-control"] == "no-store"
        names = {family.name for family in text_string_to_metric_families(response.text)}
        assert {"openconnector_database_size_bytes", "process_resident_memory_bytes"} <= names

        for wrong in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {TOKEN}"}):
            refused = await client.get("/metrics", headers=wrong)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith("Bearer")
            assert "openconnector_" not in refused.text
        assert (await client.post("/metrics", headers=authorized)).status_code == 405
        # What Nextcloud has signed comes from one of its users.
        signed = await client.get("/metrics", headers={**SIGNED, "ex-app-id": "open_connector", **authorized})
        assert signed.status_code == 404
        # It opens nothing else.
        assert (await client.get("/api/sources", headers=authorized)).status_code == 401


async def test_a_port_of_its_own_serves_the_metrics_alone(environ: dict[str, str]) -> None:
    port = Operation.read({"OPENCONNECTOR_METRICS_PORT": environ["APP_PORT"]}).metrics_port
    assert port is not None
    app = create_exapp({**environ, "OPENCONNECTOR_METRICS_PORT": str(port)})
    async with serving(app, port) as url, AsyncClient(base_url=url) as client:
        assert (await client.get("/heartbeat")).status_code == 404
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).status_code == 200


async def test_without_a_token_there_are_no_metrics(environ: dict[str, str]) -> None:
    del environ["OPENCONNECTOR_METRICS_TOKEN"]
    app = create_exapp(environ)
    async with serving(app) as url, AsyncClient(base_url=url) as client:
        assert (await client.get("/metrics", headers={"Authorization": "Bearer None"})).status_code == 401
        signed = await client.get("/metrics", headers={**SIGNED, "ex-app-id": "open_connector"})
        assert signed.status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [("METRICS_TOKEN", "short"), ("METRICS_PORT", "70000"), ("LOG_FORMAT", "xml"), ("NEXTCLOUD_LOG", "all")],
)
def test_what_cannot_be_used_is_named_and_not_repeated(environ: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(EnvironmentProblemError, match=rf"^OPENCONNECTOR_{name} cannot be used") as caught:
        create_exapp({**environ, f"OPENCONNECTOR_{name}": value})
    assert value not in str(caught.value)


async def test_warnings_arrive_in_the_log_of_nextcloud(environ: dict[str, str], nextcloud: Nextcloud) -> None:
    async def logged() -> list[dict[str, object]]:
        return [json.loads(one.body) for one in nextcloud.recorder.requests if one.path.endswith("/api/v1/log")]

    app = create_exapp(environ)
    async with app.router.lifespan_context(app):
        logging.getLogger("openconnector.test").warning("the disk is nearly full")
        async with asyncio.timeout(10):
            while not await logged():  # noqa: ASYNC110  the host of the tests has no event for it
                await asyncio.sleep(0.05)
    assert await logged() == [{"level": 2, "message": "the disk is nearly full"}]


async def test_nothing_is_sent_where_that_is_switched_off(environ: dict[str, str], nextcloud: Nextcloud) -> None:
    app = create_exapp({**environ, "OPENCONNECTOR_NEXTCLOUD_LOG": "off"})
    async with app.router.lifespan_context(app):
        logging.getLogger("openconnector.test").error("the disk is full")
        await asyncio.sleep(0.3)
    assert not [one for one in nextcloud.recorder.requests if one.path.endswith("/api/v1/log")]
