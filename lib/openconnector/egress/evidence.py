# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is known of a connection: addresses, TLS, certificates. It is kept with every exchange that used it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate as the other side showed it (RFC 5280).

    Attributes:
        subject, issuer: distinguished names as in RFC 4514.
        names: the host names and addresses that it is for (subjectAltName).
        fingerprint: SHA-256 of the certificate, in lower-case hexadecimal digits.
        end_point: the hash that binds a login to the connection (`tls-server-end-point`, RFC 5929, section 4.1), in
            hexadecimal digits; empty where it is not defined for the signature of the certificate.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    fingerprint: str
    end_point: str = ""


@dataclass(frozen=True, slots=True)
class TlsEvidence:
    """A TLS connection, or the attempt at one.

    Attributes:
        version: for example `TLSv1.3`; None where the handshake failed, and so for `cipher` and `alpn`.
        alpn: the protocol that was agreed upon (RFC 7301).
        is_verified: whether the certificate was found valid. False also where nobody asked for it.
        chain: the certificates as they were shown, that of the server first.
    """

    version: str | None = None
    cipher: str | None = None
    alpn: str | None = None
    is_verified: bool = False
    chain: tuple[Certificate, ...] = ()


@dataclass(slots=True)
class ConnectionEvidence:
    """The connection of one exchange.

    Attributes:
        is_reused: it was open already, so that nothing was resolved, connected or negotiated for this exchange.
        resolved: every address that the host name had; all of them were checked.
        address, port: the other end of the connection, as the system tells it.
        proxy: host and port of the proxy it goes through.
    """

    is_reused: bool = False
    resolved: list[str] = field(default_factory=list)
    address: str | None = None
    port: int | None = None
    proxy: str | None = None
    tls: TlsEvidence | None = None


@dataclass(slots=True)
class Timings:
    """Milliseconds of each phase, with the meaning of HAR 1.2. None: the phase did not happen, or was not reached.

    As in HAR, `connect_ms` contains `tls_ms`. With a reused connection `dns_ms`, `connect_ms` and `tls_ms` are None.

    Attributes:
        blocked_ms: waiting for a free connection.
        dns_ms: resolving the host name.
        connect_ms: until the connection stands, TLS (and the tunnel of a proxy) included.
        tls_ms: the TLS handshake.
        send_ms: until the request was handed to the network.
        wait_ms: until the first byte of the answer.
        receive_ms: from the first to the last byte of the answer.
    """

    blocked_ms: float | None = None
    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    send_ms: float | None = None
    wait_ms: float | None = None
    receive_ms: float | None = None
