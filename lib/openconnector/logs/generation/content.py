# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls as a busy year makes them, for measuring: seeded, so that the same seed makes the same calls."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from itertools import accumulate
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from openconnector.core.ids import id_at
from openconnector.logs.entries import CallEntry, ExchangeEntry

T = TypeVar("T")

SYSTEMS = ("zaken", "parcels", "persons", "invoices", "permits", "archive", "maps", "mail", "payments", "documents")
PATHS = ("/v1/{s}", "/v1/{s}/{i}", "/v1/{s}/{i}/status", "/v1/{s}?page={p}&limit=50", "/v2/{s}/search?q={w}", "/health")
WORDS = (
    *("aanvraag", "besluit", "betaling", "building", "burger", "contract", "delivery", "dossier", "energy", "factuur"),
    *("gemeente", "garden", "harbour", "invoice", "kadaster", "letter", "licence", "melding", "mobility", "notice"),
    *("omgeving", "parking", "perceel", "permit", "permission", "register", "rental", "request", "school", "service"),
    *("street", "subsidy", "tax", "transport", "vergunning", "waste", "water", "welfare", "zaak", "zoning"),
)
COMMON_WORD, RARE_WORD = "gemeente", "meteoriet"
"""A word of about a third of all calls, and one of about one in a hundred thousand."""

RARE = 0.00001 / 7
SHORT_ANSWERS = 0.1
RECORDS = 7

STATES = ("open", "closed", "pending", "rejected", "archived")
_CALLS = tuple(accumulate((1.0, 0.04, 0.02, 0.012, 0.008, 0.006, 0.004)))
_ENDS: tuple[tuple[int | None, str, str, str | None], ...] = (
    (200, "OK", "success", None),
    (404, "Not Found", "http_error", "http_status"),
    (500, "Internal Server Error", "http_error", "http_status"),
    (401, "Unauthorized", "auth_error", "unauthorized"),
    (503, "Service Unavailable", "http_error", "http_status"),
    (None, "", "transport_error", "read_timeout"),
    (None, "", "transport_error", "connection_refused"),
)
_TRIGGERS = ("synchronization", "job", "endpoint", "test", "command")


@dataclass(frozen=True, slots=True)
class Shape:
    """How many calls, over which time, of how many sources."""

    rows: int
    seed: int
    sources: int
    days: int
    until: datetime


def calls(shape: Shape) -> Iterator[CallEntry]:
    """The calls in the order of their end."""
    random = Random(shape.seed)  # noqa: S311  # nothing here is a secret
    sources = [_Source(random, index) for index in range(shape.sources)]
    weights = list(accumulate(1 / (rank + 1) for rank in range(shape.sources)))
    step = timedelta(days=shape.days) / max(shape.rows, 1)
    at = shape.until - timedelta(days=shape.days)
    for _ in range(shape.rows):
        at += step * random.uniform(0.2, 1.8)
        yield random.choices(sources, cum_weights=weights)[0].call(random, at)


class _Source:
    """One system that is called, with what stays the same in its answers."""

    def __init__(self, random: Random, index: int) -> None:
        self.id = UUID(int=random.getrandbits(128), version=4)
        self.system = SYSTEMS[index % len(SYSTEMS)]
        self.name = f"{self.system.title()} {index + 1}"
        self.host = f"{self.system}-{index + 1}.example"
        self.speed = random.uniform(20, 400)
        self.connection = _connection(self.host, random)

    def call(self, random: Random, at: datetime) -> CallEntry:
        status, reason, outcome, error = random.choices(_ENDS, cum_weights=_CALLS)[0]
        path = _one_of(random, PATHS).format(
            s=self.system, i=_below(random, 1_000_000), p=_below(random, 39) + 1, w=_one_of(random, WORDS)
        )
        url = f"https://{self.host}{path}"
        duration = round(self.speed * random.lognormvariate(0, 0.6), 3) if error != "read_timeout" else 30_000.0
        body = None if status is None else _answer(random, status, at)
        trigger = random.choices(_TRIGGERS, cum_weights=(50, 70, 90, 98, 100))[0]
        method = random.choices(("GET", "POST", "PUT", "DELETE"), cum_weights=(80, 94, 98, 100))[0]
        end = (status, reason, error)
        exchange = self._exchange(random, at, (method, url), duration, end, body)
        return CallEntry(
            id=id_at(int(at.timestamp() * 1000), random.getrandbits(80)),
            source_id=self.id,
            source_name=self.name,
            trigger_type=trigger,
            trigger_id=f"{trigger}-{_below(random, 20)}" if trigger in ("job", "synchronization") else None,
            user_id=_one_of(random, ("admin", "alice", "bob")) if trigger == "test" else None,
            method=method,
            url=url,
            started_at=at,
            duration_ms=duration,
            status_code=status,
            reason=reason or None,
            outcome=outcome,
            error_type=error,
            request_size=0,
            response_size=None if body is None else len(body),
            exchange_count=1,
            diagnosis=None if outcome == "success" else _diagnosis(status, error, self.host),
            exchanges=[exchange],
        )

    def _exchange(
        self,
        random: Random,
        at: datetime,
        request: tuple[str, str],
        duration: float,
        end: tuple[int | None, str, str | None],
        body: bytes | None,
    ) -> ExchangeEntry:
        (method, url), (status, reason, error) = request, end
        wait = round(duration * 0.9, 3)
        return ExchangeEntry(
            position=0,
            kind="request",
            started_at=at,
            duration_ms=duration,
            delay_ms=0.0,
            timings={
                "blockedMs": 0.02,
                "dnsMs": None,
                "connectMs": None,
                "tlsMs": None,
                "sendMs": 0.05,
                "waitMs": wait,
                "receiveMs": round(duration - wait, 3),
            },
            connection=self.connection,
            request={
                "method": method,
                "url": url,
                "headers": [
                    {"name": "Host", "value": self.host, "origin": "transport"},
                    {"name": "Accept", "value": "application/json", "origin": "transport"},
                    {"name": "Accept-Encoding", "value": "gzip, deflate, br, zstd", "origin": "transport"},
                    {"name": "User-Agent", "value": "OpenConnector/0.1.0", "origin": "transport"},
                    {"name": "Authorization", "value": "Bearer REDACTED", "origin": "authentication"},
                ],
                "parameters": [],
                "body": None,
                "wireSize": 260 + len(url),
            },
            request_body=None,
            response=None if body is None else _response(random, at, status, reason, body),
            response_body=body,
            error={"type": error, "message": f"{self.host} did not answer in time."} if status is None else None,
        )


def _connection(host: str, random: Random) -> dict[str, Any]:
    address = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"
    certificate = {
        "subject": f"CN={host}",
        "issuer": "CN=Example Issuing CA,O=Example",
        "names": [host],
        "notBefore": "2026-01-01T00:00:00.000Z",
        "notAfter": "2027-01-01T00:00:00.000Z",
        "fingerprint": f"{random.getrandbits(256):064x}",
        "daysLeft": 80,
    }
    tls = {"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384", "alpn": "http/1.1", "isVerified": True}
    return {
        "isReused": True,
        "resolved": [address],
        "address": address,
        "port": 443,
        "proxy": None,
        "tls": tls | {"chain": [certificate]},
    }


def _response(random: Random, at: datetime, status: int | None, reason: str, body: bytes) -> dict[str, Any]:
    headers = {
        "Date": at.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "keep-alive",
        "Cache-Control": "no-cache, no-store",
        "X-Request-Id": f"{random.getrandbits(64):016x}",
        "Strict-Transport-Security": "max-age=31536000",
        "Server": "nginx",
    }
    return {
        "statusCode": status,
        "reason": reason,
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "body": {
            "encoding": "text",
            "size": len(body),
            "isTruncated": False,
            "mediaType": "application/json",
            "charset": "utf-8",
            "charsetFrom": "header",
        },
        "encodedSize": len(body),
        "wireSize": len(body) + 310,
    }


def _answer(random: Random, status: int, at: datetime) -> bytes:
    """About 1 KiB of JSON: some records with their numbers, states, dates and words; of an error, what it says."""
    if status != HTTPStatus.OK:
        error = {
            "code": 40 + _below(random, 20),
            "message": f"{_one_of(random, WORDS)} cannot be read",
            "status": status,
        }
        return json.dumps({"error": error}).encode()
    if random.random() < SHORT_ANSWERS:
        return b'{"status": "ok", "checks": []}'
    today = at.toordinal()
    items = ", ".join([_record(random, today) for _ in range(RECORDS)])
    return f'{{"count": {_below(random, 5000)}, "next": null, "items": [{items}]}}'.encode()


def _record(random: Random, today: int) -> str:
    """As JSON. Written by hand, and without the methods of `Random` that are slower: there are seven in each answer."""
    third = _one_of(random, WORDS) if random.random() >= RARE else RARE_WORD
    return (
        f'{{"id": {_below(random, 1_000_000)}, "title": "{_one_of(random, WORDS)} {_one_of(random, WORDS)} {third}", '
        f'"state": "{_one_of(random, STATES)}", "owner": {_below(random, 2000)}, '
        f'"updatedAt": "{_day(today - _below(random, 400))}", "amount": {_below(random, 100_000) / 100}}}'
    )


@lru_cache(maxsize=8192)
def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def _below(random: Random, end: int) -> int:
    return int(random.random() * end)


def _one_of(random: Random, some: Sequence[T]) -> T:
    return some[int(random.random() * len(some))]


def _diagnosis(status: int | None, error: str | None, host: str) -> dict[str, Any]:
    title = f"{host} answers {status}." if status else f"{host} cannot be reached."
    return {
        "type": error or "http_status",
        "title": title,
        "detail": "What the other side says is in the body of its answer.",
        "phase": "response" if status else "tcp",
        "remedies": [{"text": "Ask the administrator of the other system what happened at this time.", "link": None}],
        "evidence": [{"name": "Status", "value": str(status)}] if status else [],
    }
