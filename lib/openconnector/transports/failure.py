# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names for what goes wrong on the way: an exception becomes a stable `error.type`."""

import errno
import socket
import ssl
from collections.abc import Iterator

from openconnector.core import http
from openconnector.transports.exchange import Failure

# OpenSSL's X509_V_ERR_* numbers; Python gives them names only in part.
_CERTIFICATE_ERRORS = {
    9: "tls_certificate_not_yet_valid",
    10: "tls_certificate_expired",
    18: "tls_certificate_self_signed",
    19: "tls_certificate_untrusted",
    20: "tls_certificate_untrusted",
    21: "tls_certificate_untrusted",
    62: "tls_name_mismatch",
    64: "tls_name_mismatch",
}

_SYSTEM_ERRORS = {
    errno.ECONNREFUSED: "connection_refused",
    errno.ECONNRESET: "connection_reset",
    errno.EPIPE: "connection_reset",
    errno.EHOSTUNREACH: "host_unreachable",
    errno.ENETUNREACH: "host_unreachable",
    errno.ETIMEDOUT: "connect_timeout",
}

_LIBRARY_ERRORS: tuple[tuple[type[Exception], str], ...] = (
    (http.ConnectTimeout, "connect_timeout"),
    (http.ReadTimeout, "read_timeout"),
    (http.WriteTimeout, "write_timeout"),
    (http.PoolTimeout, "pool_timeout"),
    (http.DecodingError, "undecodable_body"),
    (http.RemoteProtocolError, "protocol_error"),
    (http.LocalProtocolError, "invalid_request"),
    (http.UnsupportedProtocol, "unsupported_scheme"),
    (http.InvalidURL, "invalid_url"),
    (http.ConnectError, "connection_failed"),
    (http.ReadError, "connection_reset"),
    (http.WriteError, "connection_reset"),
)


# The parser of HTTP quotes what it could not read, as Python would write it: a secret in it would not be recognised.
_SENTENCES = {
    "invalid_request": "A header, the path or the body breaks the rules of HTTP.",
    "protocol_error": "What came is no valid HTTP answer.",
    "empty_reply": "The connection was closed before an answer came.",
}


def failure_of(error: BaseException) -> Failure:
    """What an exception of the HTTP library, or one below it, is called."""
    for cause in _causes(error):
        name = _name_of_cause(cause)
        if name:
            return Failure(name, str(cause) or type(cause).__name__)
    for kind, name in _LIBRARY_ERRORS:
        if isinstance(error, kind):
            refined = _refined(name, error)
            return Failure(refined, _SENTENCES.get(refined) or str(error) or type(error).__name__)
    return Failure("connection_failed", str(error) or type(error).__name__)


def _refined(name: str, error: BaseException) -> str:
    if name == "protocol_error" and "disconnected without sending" in str(error):
        return "empty_reply"
    if name == "protocol_error" and "complete message body" in str(error):
        return "incomplete_body"
    return name


def _name_of_cause(cause: BaseException) -> str | None:
    if isinstance(cause, socket.gaierror):
        return "name_not_resolved"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _CERTIFICATE_ERRORS.get(cause.verify_code, "tls_certificate_invalid")
    if isinstance(cause, ssl.SSLError):
        return "tls_error"
    if isinstance(cause, OSError) and cause.errno is not None:
        return _SYSTEM_ERRORS.get(cause.errno)
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything that led to it, groups taken apart; loops cannot occur twice."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [cause for cause in (current.__cause__, current.__context__) if cause is not None]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions
