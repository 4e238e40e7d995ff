# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An exchange in the words of OpenTelemetry's semantic conventions for HTTP clients (stable, 1.23 and later)."""

from urllib.parse import urlsplit

from openconnector.core.telemetry import ExchangeTold

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"})
"""Methods that are told by their name; others are `_OTHER`, so that nobody can make up series without end."""

DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21, "ftps": 990, "sftp": 22}
FIRST_ERROR_STATUS = 400


def is_http(exchange: ExchangeTold) -> bool:
    """Whether the conventions for HTTP hold: not for file transfers."""
    return exchange.url.startswith(("http://", "https://"))


def method_of(exchange: ExchangeTold) -> str:
    """`http.request.method`."""
    return exchange.method if exchange.method in METHODS else "_OTHER"


def server_of(exchange: ExchangeTold) -> tuple[str, str, int]:
    """`url.scheme`, `server.address` and `server.port`; the port is 0 where the URL names none that is known."""
    try:
        parts = urlsplit(exchange.url)
        return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        return "", "", 0


def error_of(exchange: ExchangeTold) -> str | None:
    """`error.type`: why there is no complete answer, else the status where it tells of an error."""
    if exchange.error_type is not None:
        return exchange.error_type
    status = exchange.status_code
    if is_http(exchange) and status is not None and status >= FIRST_ERROR_STATUS:
        return str(status)
    return None


def version_of(exchange: ExchangeTold) -> str | None:
    """`network.protocol.version`: `1.1` or `2`."""
    return exchange.protocol.partition("/")[2] or None if exchange.protocol else None
