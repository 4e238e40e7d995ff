# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The TLS contexts that calls are made with."""

import asyncio
import re
import ssl
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from openconnector.core.errors import ConfigurationError
from openconnector.egress.certificate import chain_of
from openconnector.egress.evidence import Certificate

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")

MAX_CONTEXTS = 32
"""Contexts that are kept. Each has the authorities of the system in it, which are megabytes."""


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """How TLS is spoken with one source.

    Attributes:
        authorities: certificates (PEM) that are trusted beside those of the system.
        http2: offer HTTP/2 in the handshake (ALPN, RFC 7301).
    """

    verify: bool = True
    authorities: str = ""
    http2: bool = False


class _Witness(ssl.SSLObject):
    """Keeps what the other side has shown when the handshake fails: people want to see the certificate then."""

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except ssl.SSLError as error:
            error.chain = chain_of(self)  # type: ignore[attr-defined]  # read by `shown_by`
            raise


def shown_by(error: BaseException) -> tuple[Certificate, ...]:
    """The certificates that had been shown when a handshake failed with `error`."""
    chain: tuple[Certificate, ...] = getattr(error, "chain", ())
    return chain


class TlsContexts:
    """The contexts of a process: made when a connection first needs them, and the latest ones kept."""

    def __init__(self, ca_file: Path | None = None) -> None:
        self._ca_file = ca_file
        self._contexts: OrderedDict[TlsOptions, ssl.SSLContext] = OrderedDict()

    async def get(self, options: TlsOptions) -> ssl.SSLContext:
        """The context for these options. A new one is made in a thread: it reads all authorities of the system."""
        context = self._contexts.get(options)
        if context is None:
            context = await asyncio.to_thread(create_context, options, self._ca_file)
        self._contexts[options] = context
        self._contexts.move_to_end(options)
        if len(self._contexts) > MAX_CONTEXTS:
            self._contexts.popitem(last=False)
        return context


def create_context(options: TlsOptions, ca_file: Path | None = None) -> ssl.SSLContext:
    """A client context that trusts the system's authorities, those in `ca_file` (PEM), and those of the options.

    The system's store is used, and not a bundle of ours: AppAPI and administrators put private authorities there.

    Raises:
        ConfigurationError: the file cannot be read or holds no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslobject_class = _Witness
    context.set_alpn_protocols(["h2", "http/1.1"] if options.http2 else ["http/1.1"])
    if not options.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(f"OPENCONNECTOR_CA_FILE {ca_file}: {error}") from None
    if options.authorities:
        context.load_verify_locations(cadata=options.authorities)
    return context


def check_certificates(text: str) -> str:
    """The certificates (PEM) in a text, without what stands around them.

    Raises:
        ValueError: with the sentence that stands under the field.
    """
    if not text:
        return text
    if "PRIVATE KEY" in text:
        raise ValueError("This text holds a private key. Paste certificates only.")
    pem = "\n".join(_CERTIFICATE.findall(text))
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ssl.SSLError, TypeError, ValueError):
        raise ValueError("This is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----.") from None
    return pem
