# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What tests of the transport stand on."""

from collections.abc import AsyncIterator

import pytest

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
