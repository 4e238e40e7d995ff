# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests made up from `openapi.json`: no answer is a 5xx, and none is other than the document says."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.types import Receive, Scope, Send

from openconnector.app import create_app
from openconnector.core.principal import SCOPE_KEY
from openconnector.core.settings import Settings
from tests.conftest import ADMIN
from tests.postgres import PostgresServer

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
PROJECT = Path(__file__).parents[2]
schema = schemathesis.openapi.from_dict(json.loads((PROJECT / "openapi.json").read_text()))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer
) -> Iterator[str]:
    """The engine on a real port, with an administrator in front."""
    database_url = postgres.create_database() if request.param == "postgresql" else None
    storage = tmp_path_factory.mktemp("openapi")
    app = create_app(Settings(storage_path=storage, background_work=False, database_url=database_url))

    async def face(scope: Scope, receive: Receive, send: Send) -> None:
        scope[SCOPE_KEY] = ADMIN
        await app(scope, receive, send)

    uvicorn_server = uvicorn.Server(uvicorn.Config(face, host="127.0.0.1", port=0, log_level="error", lifespan="on"))
    thread = threading.Thread(target=uvicorn_server.run, daemon=True)
    thread.start()
    while not uvicorn_server.started:
        thread.join(0.05)
    yield f"http://127.0.0.1:{uvicorn_server.servers[0].sockets[0].getsockname()[1]}"
    uvicorn_server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """One for all requests: there are thousands, and each client reads the authorities of the system."""
    with httpx.Client(timeout=30) as shared:
        yield shared


@schema.parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_documented(case: schemathesis.Case, server: str, client: httpx.Client) -> None:
    # The tool's own client does not get along with the urllib3 that niquests brings; any client will do.
    arguments = case.as_transport_kwargs(base_url=server)
    wanted = {
        name: value for name, value in arguments.items() if name in ("method", "url", "headers", "params", "json")
    }
    response = client.request(**wanted, content=arguments.get("data"))
    case.validate_response(response, checks=CHECKS)
