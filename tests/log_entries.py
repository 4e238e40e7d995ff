# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls as they come to the log, for tests that fill it themselves."""

from typing import Any
from uuid import uuid4

from openconnector.core.clock import now
from openconnector.core.ids import new_id
from openconnector.logs.entries import CallEntry, ExchangeEntry

START = now().replace(microsecond=0)


def entry(**values: Any) -> CallEntry:
    """A call as it is stored."""
    call = CallEntry(
        **{
            "id": new_id(),
            "source_id": uuid4(),
            "source_name": "Parcels",
            "trigger_type": "test",
            "trigger_id": None,
            "user_id": "admin",
            "method": "GET",
            "url": "https://gis.example/parcels",
            "started_at": START,
            "duration_ms": 12.5,
            "status_code": 200,
            "reason": None,
            "outcome": "success",
            "error_type": None,
            "request_size": 0,
            "response_size": None,
            "exchange_count": 1,
            "diagnosis": None,
        }
        | values
    )
    call.exchanges = [
        ExchangeEntry(
            position=0,
            kind="request",
            started_at=call.started_at,
            duration_ms=1,
            delay_ms=0,
            timings={},
            connection=None,
            request={"method": "GET", "url": call.url, "headers": [], "parameters": [], "body": None},
            request_body=None,
            response=None,
            response_body=None,
            error=None,
        )
    ]
    return call
