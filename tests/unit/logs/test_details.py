# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is kept of a call beside its row is what it was, though the row says a part of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from openconnector.core.clock import now
from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.logs.generation.content import Shape, calls
from openconnector.logs.models import microseconds
from openconnector.logs.storage.details import decode, encode, exchange


def read_back(call: CallEntry, details: bytes, bodies: list[bytes]) -> list[ExchangeEntry]:
    _, described = decode(details, call.url)
    return [exchange(one, position, call.started_at, bodies) for position, one in enumerate(described)]


def redirected() -> CallEntry:
    """A call whose first request was sent elsewhere, which took a while."""
    (call,) = calls(Shape(rows=1, seed=11, sources=1, days=1, until=now()))
    (second,) = call.exchanges
    request = second.request | {"url": "https://elsewhere.example/v1"}
    first = replace(second, request=request, started_at=call.started_at - timedelta(microseconds=7), response_body=None)
    later = replace(second, position=1, started_at=call.started_at + timedelta(seconds=31, microseconds=1))
    return replace(call, exchanges=[first, later])


def test_exchanges_are_read_as_they_were() -> None:
    call = redirected()
    details, bodies, _ = encode(call)
    assert read_back(call, details, bodies) == call.exchanges


def test_what_the_row_says_is_not_kept_twice() -> None:
    call = redirected()
    details, _, _ = encode(call)
    assert call.url.encode() not in details
    assert b"https://elsewhere.example/v1" in details
    assert str(microseconds(call.started_at))[:8].encode() not in details


def test_an_entry_of_an_earlier_version_is_read() -> None:
    call = redirected()
    details, bodies, _ = encode(call)
    document = json.loads(details)
    at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    for described in document["exchanges"]:
        del described["after"]
        described["at"] = microseconds(at)
        described["request"]["url"] = "https://former.example"
    read = read_back(call, json.dumps(document).encode(), bodies)
    assert [(one.started_at, one.request["url"]) for one in read] == [(at, "https://former.example")] * 2
