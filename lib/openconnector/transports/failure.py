# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names for what goes wrong on a connection that stands: an exception becomes a stable `error.type`."""

import ssl

from openconnector.core.phrases import told
from openconnector.egress.errors import SYSTEM_ERRORS, ConnectionFailed, name_of_tls_error, words_of_tls_error
from openconnector.egress.policy import EgressDenied
from openconnector.transports.exchange import Failure


class ExchangeFailed(Exception):
    """An exchange has come to a bad end. `type` is the stable name; `str()` tells more."""

    def __init__(self, type_: str, message: str) -> None:
        super().__init__(message)
        self.type = type_


def failure_of(error: Exception, *, has_identity: bool = False) -> Failure:
    """What an exception of the network is called, when a request was sent or an answer read.

    Args:
        has_identity: this side had a certificate to show in TLS.
    """
    if isinstance(error, (ExchangeFailed, ConnectionFailed)):
        return Failure(error.type, told(error))
    if isinstance(error, EgressDenied):
        return Failure("egress_denied", told(error))
    if isinstance(error, ssl.SSLError):
        # With TLS 1.3 a server may ask for our certificate after its own handshake, and say no to the first request.
        return Failure(name_of_tls_error(error, has_identity=has_identity), words_of_tls_error(error))
    if isinstance(error, OSError):
        name = SYSTEM_ERRORS.get(error.errno or 0, "connection_reset")
        # A connection that stands cannot time out in connecting: its packets are not answered any more.
        return Failure("connection_reset" if name == "connect_timeout" else name, error.strerror or str(error))
    return Failure("internal_error", type(error).__name__)
