# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What tests of the transport and of the log stand on."""

from collections.abc import AsyncIterator

import pytest

from openconnector.core.database import Database
from openconnector.core.settings import Settings
from openconnector.migrations.upgrade import upgrade
from openconnector.transports.http import HttpTransport
from tests.exchanges import Authority


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    """A transport that trusts nobody but the system's authorities."""
    transport = HttpTransport()
    yield transport
    transport.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """An empty database of this version, of each kind."""
    database = Database.from_settings(settings)
    await upgrade(database)
    yield database
    await database.close()
