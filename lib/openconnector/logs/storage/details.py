# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is kept of a call beside its row: the diagnosis and the exchanges, as JSON. Bodies are named by their index.

What the row says too is left out: the URL of a request that is the call's own, and the times, which count from the
start of the call. Entries of earlier versions have both in full.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic_core import from_json, to_json

from openconnector.core.phrases import from_stored, to_stored
from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.logs.models import microseconds, moment
from openconnector.vault.redaction import REDACTED

_HIDDEN = REDACTED.encode()


def encode(call: CallEntry) -> tuple[bytes, list[bytes], int]:
    """The JSON of a call, its bodies in the order of their index, and how many values are hidden in all of it."""
    bodies: list[bytes] = []
    exchanges = [_described(one, call, bodies) for one in call.exchanges]
    document = {"diagnosis": to_stored(call.diagnosis), "exchanges": exchanges}
    try:
        details = to_json(document)
    except ValueError:  # half a surrogate pair, which is no text
        details = _as_text(document)
    return details, bodies, sum(text.count(_HIDDEN) for text in (details, *bodies))


def decode(details: bytes, url: str) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """The diagnosis, and the exchanges as `exchange` takes them, of a call of `url`."""
    try:
        document = from_json(details, cache_strings="keys")
    except ValueError:  # written by an earlier version, which kept half a surrogate pair
        document = from_json(_as_text(json.loads(details)))
    for described in document["exchanges"]:
        described["request"].setdefault("url", url)
    return from_stored(document["diagnosis"]), document["exchanges"]


def bodies_of(described: dict[str, Any], bodies: Sequence[bytes | None]) -> tuple[bytes | None, bytes | None]:
    """What was sent and received in an exchange; None: it is not at hand, though the description may say it was."""
    return _at(described["sent"], bodies), _at(described["received"], bodies)


def exchange(
    described: dict[str, Any], position: int, call_started_at: datetime, bodies: Sequence[bytes | None]
) -> ExchangeEntry:
    """An exchange with its bodies."""
    sent, received = bodies_of(described, bodies)
    after = described.get("after")
    return ExchangeEntry(
        position=position,
        kind=described["kind"],
        started_at=moment(described["at"] if after is None else microseconds(call_started_at) + after),
        duration_ms=described["ms"],
        delay_ms=described["delay"],
        timings=described["timings"],
        connection=described["connection"],
        request=described["request"],
        request_body=sent,
        response=described["response"],
        response_body=received,
        error=described["error"],
        trace=described["trace"],
    )


def _described(one: ExchangeEntry, call: CallEntry, bodies: list[bytes]) -> dict[str, Any]:
    request = one.request
    if request["url"] == call.url:
        request = {name: value for name, value in request.items() if name != "url"}
    return {
        "kind": one.kind,
        "after": microseconds(one.started_at) - microseconds(call.started_at),
        "ms": one.duration_ms,
        "delay": one.delay_ms,
        "timings": one.timings,
        "connection": one.connection,
        "request": request,
        "sent": _index(one.request_body, bodies),
        "response": one.response,
        "received": _index(one.response_body, bodies),
        "error": one.error,
        "trace": one.trace,
    }


def _as_text(document: dict[str, Any]) -> bytes:
    """The JSON of a document, with a mark in the place of each half of a surrogate pair."""
    written = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return written.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _index(body: bytes | None, bodies: list[bytes]) -> int | None:
    if not body:
        return None
    bodies.append(body)
    return len(bodies) - 1


def _at(index: int | None, bodies: Sequence[bytes | None]) -> bytes | None:
    return None if index is None or index >= len(bodies) else bodies[index]
