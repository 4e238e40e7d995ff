# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An engine that trusts one private authority and may call the loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from tests.conftest import serve_engine
from tests.faults.fault import World


@pytest.fixture(scope="session")
def world() -> World:
    """The authorities of provoked faults: keys take their time to make."""
    return World(
        trustme.CA(organization_name="Tests", organization_unit_name="Trusted"),
        trustme.CA(organization_name="A stranger", organization_unit_name="Nobody"),
    )


@pytest.fixture
def fault_settings(tmp_path: Path, world: World) -> Settings:
    ca_file = tmp_path / "authority.pem"
    world.authority.cert_pem.write_to_path(str(ca_file))
    allow = ["127.0.0.0/8", "::1"]
    return Settings(storage_path=tmp_path, background_work=False, ca_file=ca_file, egress_allow=allow)


@pytest.fixture
async def api(fault_settings: Settings) -> AsyncIterator[AsyncClient]:
    """The API of an engine on SQLite."""
    async with serve_engine(fault_settings) as client:
        yield client
