# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Removes what need not be kept any longer."""

import structlog

from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.logs.repository import expired
from openconnector.logs.service import LogService

log = structlog.get_logger()


async def remove_expired(database: Database) -> int:
    """Delete the entries whose time is over, in short transactions, and tell how many there were."""
    deleted = await LogService(database).delete_where([expired(now())])
    if deleted:
        log.info("expired log entries removed", count=deleted)
    return deleted
