# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one import of the HTTP library: its URLs, headers and requests. Connections are our own (`transports`).

Its client is for tests, benchmarks and the standalone host.
"""

from types import ModuleType

from httpx import (
    URL,
    ASGITransport,
    AsyncClient,
    Headers,
    HTTPError,
    InvalidURL,
    Limits,
    ReadError,
    RemoteProtocolError,
    Request,
    Response,
    Timeout,
)

__all__ = [
    "URL",
    "ASGITransport",
    "AsyncClient",
    "HTTPError",
    "Headers",
    "InvalidURL",
    "Limits",
    "ReadError",
    "RemoteProtocolError",
    "Request",
    "Response",
    "Timeout",
    "http2_errors",
    "http2_library",
]


def http2_library() -> ModuleType:
    """The library behind HTTP/2; it is loaded for the first source that wants it."""
    import httpcore  # noqa: PLC0415

    return httpcore


def http2_errors() -> tuple[type[Exception], ...]:
    """What the library behind HTTP/2 raises when the other side ends a stream or breaks the rules."""
    from h2.exceptions import ProtocolError  # noqa: PLC0415

    library = http2_library()
    own = (library.RemoteProtocolError, library.LocalProtocolError, library.ConnectionNotAvailable)
    return (*own, ProtocolError, ValueError)  # a status that is no number is a ValueError of its own
