# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the certificates that the other side of a TLS connection has shown, valid or not."""

import hashlib
import ssl
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from openconnector.egress.evidence import Certificate

if TYPE_CHECKING:
    from cryptography.x509 import Certificate as ParsedCertificate

MAX_CHAIN = 10
MAX_NAMES = 100
MAX_TEXT = 1000
"""Bounds for what is kept of certificates: a hostile server may show anything."""


def chain_of(connection: ssl.SSLObject) -> tuple[Certificate, ...]:
    """The certificates as they were shown, that of the server first; also after a handshake that failed.

    The chain ends before one that cannot be read: the first is that of the server, or there is none.
    """
    described = (_describe(der) for der in _shown(connection)[:MAX_CHAIN])
    return tuple(certificate for certificate in takewhile(bool, described) if certificate is not None)


def fingerprint_of(connection: ssl.SSLObject) -> str:
    """SHA-256 of the certificate whose key the other side has proven to have; empty where it has shown none."""
    der = connection.getpeercert(binary_form=True)
    return hashlib.sha256(der).hexdigest() if der else ""


def _shown(connection: ssl.SSLObject) -> list[bytes]:
    # Python has had this since 3.10, and has called it public since 3.13, where it gives bytes.
    inner: Any = getattr(connection, "_sslobj", None)
    shown = inner.get_unverified_chain() if inner is not None else None
    return [entry if isinstance(entry, bytes) else entry.public_bytes(_DER) for entry in shown or ()]


_DER = 2
"""The number of `_ssl.ENCODING_DER`."""


@lru_cache(maxsize=256)
def _describe(der: bytes) -> Certificate | None:
    from cryptography import x509  # noqa: PLC0415  # 2 MiB that a process without TLS does not need

    try:
        certificate = x509.load_der_x509_certificate(der)
        return Certificate(
            subject=certificate.subject.rfc4514_string()[:MAX_TEXT],
            issuer=certificate.issuer.rfc4514_string()[:MAX_TEXT],
            names=_names(certificate),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            fingerprint=hashlib.sha256(der).hexdigest(),
            end_point=_end_point(certificate, der),
        )
    except (ValueError, x509.InvalidVersion):
        return None


def _end_point(certificate: "ParsedCertificate", der: bytes) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415  # see above

    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return ""
    if algorithm is None:  # EdDSA: RFC 5929 knows none
        return ""
    name = "sha256" if algorithm.name in ("md5", "sha1") else algorithm.name
    return hashlib.new(name, der).hexdigest() if name in hashlib.algorithms_available else ""


def _names(certificate: "ParsedCertificate") -> tuple[str, ...]:
    from cryptography import x509  # noqa: PLC0415  # see above

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.DuplicateExtension, x509.ExtensionNotFound, x509.UnsupportedGeneralNameType, ValueError):
        return ()
    texts = [
        *names.get_values_for_type(x509.DNSName),
        *map(str, names.get_values_for_type(x509.IPAddress)),
    ]
    return tuple(text[:MAX_TEXT] for text in texts[:MAX_NAMES])
