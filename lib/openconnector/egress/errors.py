# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names for what goes wrong until a connection stands: an exception becomes a stable `error.type`."""

import errno
import ssl
from collections.abc import Sequence

from openconnector.core.phrases import phrase, told
from openconnector.egress.evidence import Certificate

CLOSED = phrase("The connection was closed.")


class ConnectionFailed(Exception):
    """There is no connection. `type` is the stable name; `str()` has the words of the system."""

    def __init__(self, type_: str, message: str) -> None:
        super().__init__(message)
        self.type = type_


class NotTls(OSError):
    """The other side has sent something before TLS began."""


SYSTEM_ERRORS = {
    errno.ECONNREFUSED: "connection_refused",
    errno.ECONNRESET: "connection_reset",
    errno.EPIPE: "connection_reset",
    errno.EHOSTUNREACH: "host_unreachable",
    errno.ENETUNREACH: "host_unreachable",
    errno.EHOSTDOWN: "host_unreachable",
    errno.EADDRNOTAVAIL: "host_unreachable",
    errno.ETIMEDOUT: "connect_timeout",
}

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

_REASONS = {
    "WRONG_VERSION_NUMBER": "tls_not_spoken",
    "HTTP_REQUEST": "tls_not_spoken",
    "PACKET_LENGTH_TOO_LONG": "tls_not_spoken",
    "RECORD_LAYER_FAILURE": "tls_not_spoken",
    "UNSUPPORTED_PROTOCOL": "tls_protocol_mismatch",
    "UNEXPECTED_MESSAGE": "tls_protocol_mismatch",
    "NO_PROTOCOLS_AVAILABLE": "tls_protocol_mismatch",
    "TLSV1_ALERT_PROTOCOL_VERSION": "tls_protocol_mismatch",
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": "tls_protocol_mismatch",
    "WRONG_SSL_VERSION": "tls_protocol_mismatch",
    "NO_SHARED_CIPHER": "tls_protocol_mismatch",
    "DH_KEY_TOO_SMALL": "tls_protocol_mismatch",
}

# Alerts (RFC 8446, section 6.2) about our certificate: servers do not complain to clients about their own.
_ABOUT_THE_CLIENT = {
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": phrase("The server wants to see a certificate (alert certificate_required)."),
    "TLSV1_ALERT_UNKNOWN_CA": phrase("The server does not know its issuer (alert unknown_ca)."),
    "TLSV1_ALERT_ACCESS_DENIED": phrase("The server gives it no access (alert access_denied)."),
    "SSLV3_ALERT_BAD_CERTIFICATE": phrase("The server finds a fault in it (alert bad_certificate)."),
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": phrase(
        "The server takes none of this kind (alert unsupported_certificate)."
    ),
    "SSLV3_ALERT_CERTIFICATE_REVOKED": phrase("It has been revoked (alert certificate_revoked)."),
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": phrase("It has expired (alert certificate_expired)."),
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": phrase("The server does not say why (alert certificate_unknown)."),
}
_HANDSHAKE_FAILURE = "ALERT_HANDSHAKE_FAILURE"


def connecting_failed(error: OSError | TimeoutError) -> ConnectionFailed:
    """Why no connection came to stand."""
    if isinstance(error, TimeoutError) and error.errno is None:
        return ConnectionFailed("connect_timeout", phrase("No answer within the connect timeout."))
    name = SYSTEM_ERRORS.get(error.errno or 0, "connection_failed")
    return ConnectionFailed(name, error.strerror or str(error))


def handshake_failed(
    error: OSError | TimeoutError, shown: Sequence[Certificate], *, has_identity: bool = False
) -> ConnectionFailed:
    """Why TLS did not come about."""
    if isinstance(error, ssl.SSLError):
        name = name_of_tls_error(error, shown, has_identity=has_identity)
        return ConnectionFailed(name, words_of_tls_error(error))
    if isinstance(error, NotTls):
        return ConnectionFailed("tls_not_spoken", told(error))
    if isinstance(error, TimeoutError):
        return ConnectionFailed("tls_timeout", phrase("The TLS handshake was not finished within the connect timeout."))
    return ConnectionFailed("tls_error", error.strerror or told(error) or CLOSED)


def client_is_refused(*, has_identity: bool) -> str:
    """What it is called that a server does not take this client."""
    return "tls_client_certificate_rejected" if has_identity else "tls_client_certificate_required"


def name_of_tls_error(error: ssl.SSLError, shown: Sequence[Certificate] = (), *, has_identity: bool = False) -> str:
    """What an error of TLS is called.

    A server of TLS 1.2 that wants a certificate from us only says that the handshake failed, and says the same when
    there is no common cipher. It has shown its own certificate in the first case alone.

    Args:
        has_identity: this side had a certificate to show.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CERTIFICATE_ERRORS.get(error.verify_code, "tls_certificate_invalid")
    reason = error.reason or ""
    if reason in _ABOUT_THE_CLIENT or (shown and reason.endswith(_HANDSHAKE_FAILURE)):
        return client_is_refused(has_identity=has_identity)
    if reason.endswith(_HANDSHAKE_FAILURE):
        return "tls_protocol_mismatch"
    return _REASONS.get(reason, "tls_error")


def words_of_tls_error(error: ssl.SSLError) -> str:
    """What OpenSSL says, for people."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    reason = error.reason or ""
    if reason in _ABOUT_THE_CLIENT:
        return _ABOUT_THE_CLIENT[reason]
    if reason.endswith(_HANDSHAKE_FAILURE):
        return phrase("The server ended the handshake (alert handshake_failure).")
    return (reason or str(error) or type(error).__name__).replace("_", " ").lower()
