# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The evidence of an exchange in the shape in which it is stored and shown (`ExchangeRead`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from openconnector.calls.recording import RecordedBody
from openconnector.core.schema import in_utc
from openconnector.egress.evidence import Certificate, ConnectionEvidence, Timings, TlsEvidence
from openconnector.transports.exchange import ReceivedResponse, SentRequest, TraceEntry


def described_timings(timings: Timings) -> dict[str, float | None]:
    """Milliseconds, to the microsecond."""
    return {
        "blockedMs": _rounded(timings.blocked_ms),
        "dnsMs": _rounded(timings.dns_ms),
        "connectMs": _rounded(timings.connect_ms),
        "tlsMs": _rounded(timings.tls_ms),
        "sendMs": _rounded(timings.send_ms),
        "waitMs": _rounded(timings.wait_ms),
        "receiveMs": _rounded(timings.receive_ms),
    }


def described_trace(trace: Sequence[TraceEntry]) -> list[dict[str, Any]]:
    """Commands and replies."""
    return [{"atMs": _rounded(line.at_ms), "isSent": line.is_sent, "text": line.text} for line in trace]


def described_request(request: SentRequest, body: RecordedBody | None) -> dict[str, Any]:
    """A request with who put what on it."""
    origins = request.origins.headers
    headers = [
        {"name": name, "value": value, "origin": origins.get(name.lower(), "transport")}
        for name, value in request.headers
    ]
    return {
        "method": request.method,
        "url": request.url,
        "headers": headers,
        "parameters": _parameters(request),
        "body": body.description if body else None,
        "wireSize": request.wire_size,
    }


def described_response(response: ReceivedResponse, body: RecordedBody | None) -> dict[str, Any]:
    """A response without its body, which is kept beside it."""
    return {
        "statusCode": response.status_code,
        "reason": response.reason,
        "httpVersion": response.http_version,
        "headers": [{"name": name, "value": value} for name, value in response.headers],
        "body": body.description if body else None,
        "encodedSize": response.encoded_size,
        "wireSize": response.wire_size,
    }


def _parameters(request: SentRequest) -> list[dict[str, str]]:
    """The query, decoded. What stands in the path was asked for."""
    query = request.url.partition("?")[2].partition("#")[0]
    if not query:
        return []
    origins = request.origins.parameters
    return [
        {"name": name, "value": value, "origin": origins.get(name, "request")}
        for name, value in parse_qsl(query, keep_blank_values=True)
    ]


def described_connection(connection: ConnectionEvidence, at: datetime) -> dict[str, Any]:
    """What an exchange at this time went through."""
    return {
        "isReused": connection.is_reused,
        "resolved": connection.resolved,
        "address": connection.address,
        "port": connection.port,
        "proxy": connection.proxy,
        "tls": _tls(connection.tls, at) if connection.tls else None,
    }


def _tls(tls: TlsEvidence, at: datetime) -> dict[str, Any]:
    return {
        "version": tls.version,
        "cipher": tls.cipher,
        "alpn": tls.alpn,
        "isVerified": tls.is_verified,
        "chain": [_certificate(certificate, at) for certificate in tls.chain],
    }


def _certificate(certificate: Certificate, at: datetime) -> dict[str, Any]:
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "names": list(certificate.names),
        "notBefore": in_utc(certificate.not_before),
        "notAfter": in_utc(certificate.not_after),
        "fingerprint": certificate.fingerprint,
        "daysLeft": (certificate.not_after - at).days,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
