# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finished calls as a diagnosis sees them, with what a test does not care about filled in."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from openconnector.calls.observed import Observed
from openconnector.calls.outcome import Result, result_of
from openconnector.egress.evidence import Certificate, ConnectionEvidence, TlsEvidence
from openconnector.logs.schemas import Diagnosis
from openconnector.transports.exchange import (
    Exchange,
    ExchangeKind,
    Failure,
    Headers,
    Origins,
    ReceivedResponse,
    SentRequest,
)

NOW = datetime(2026, 11, 24, 14, 1, 30, tzinfo=UTC)
LOCATION = "https://api.example/v1"


def certificate(subject: str = "CN=api.example", issuer: str = "CN=Example Root,O=Example", **days: int) -> Certificate:
    """A certificate that was valid `since` days before now until `until` days after it."""
    return Certificate(
        subject=subject,
        issuer=issuer,
        names=("api.example", "www.api.example"),
        not_before=NOW - timedelta(days=days.get("since", 100)),
        not_after=NOW + timedelta(days=days.get("until", 100)),
        fingerprint="ab" * 32,
    )


def connection(*chain: Certificate, proxy: str | None = None) -> ConnectionEvidence:
    """A connection on which these certificates were shown."""
    tls = TlsEvidence(chain=chain) if chain else None
    return ConnectionEvidence(resolved=["192.0.2.1", "192.0.2.2"], address="192.0.2.1", port=443, proxy=proxy, tls=tls)


def response(status: int = 200, headers: Headers | None = None, body: str = "") -> ReceivedResponse:
    return ReceivedResponse(status, "", "HTTP/1.1", headers or [], b"", len(body.encode()), len(body.encode()))


def exchange(
    answer: ReceivedResponse | None = None,
    failure: str | None = None,
    *,
    url: str = f"{LOCATION}/x",
    method: str = "GET",
    headers: Headers | None = None,
    origins: Origins | None = None,
    via: ConnectionEvidence | None = None,
    kind: ExchangeKind = "request",
) -> Exchange:
    sent = SentRequest(method, url, headers or [], origins=origins or Origins())
    why = Failure(failure, "what the system said.") if failure else None
    return Exchange(kind, NOW, sent, answer, why, connection=via or connection())


def observed(
    *exchanges: Exchange,
    refusal: str | None = None,
    body: str | None = None,
    location: str = LOCATION,
    path: str = "/x",
    source_type: str = "json",
    authentication: str = "bearer",
) -> Observed:
    """A call with these exchanges, or one that was refused."""
    return Observed(
        location=location,
        source_type=source_type,
        path=path,
        result=Result("refused", refusal) if refusal else result_of(exchanges),
        exchanges=list[Exchange](exchanges),
        refusal=Failure(refusal, "what the system said.") if refusal else None,
        authentication=authentication,
        body=body,
        is_body_whole=body is not None,
    )


def answered(
    status: int = 200,
    headers: Headers | None = None,
    body: str = "",
    *,
    sent: Sequence[tuple[str, str]] = (),
    **more: str,
) -> Observed:
    """A call with one exchange that was answered."""
    return observed(exchange(response(status, headers, body), headers=list(sent)), body=body, **more)


def check(diagnosis: Diagnosis | None) -> Diagnosis:
    """The diagnosis, when its texts are whole sentences with every fact in its place."""
    assert diagnosis is not None
    sentences = [diagnosis.detail, *(remedy.text for remedy in diagnosis.remedies)]
    assert diagnosis.remedies
    assert not [text for text in [diagnosis.title, *sentences] if not text or re.search(r"\{\w+\}|  |None", text)]
    assert not [text for text in sentences if not text.endswith(".") and "://" not in text.split()[-1]]
    assert all(row.name and row.value for row in diagnosis.evidence)
    return diagnosis


def shown(diagnosis: Diagnosis) -> dict[str, str]:
    """The evidence by name."""
    return {row.name: row.value for row in diagnosis.evidence}
