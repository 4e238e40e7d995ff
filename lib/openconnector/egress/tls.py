# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The TLS contexts that calls are made with."""

import asyncio
import os
import re
import ssl
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from openconnector.core.errors import ConfigurationError
from openconnector.core.phrases import phrase
from openconnector.egress.certificate import chain_of
from openconnector.egress.evidence import Certificate

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")

MAX_CONTEXTS = 32
"""Contexts that are kept. Each has the authorities of the system in it, which are megabytes."""


_UNUSABLE = {
    "KEY_VALUES_MISMATCH": phrase("The private key does not belong to the client certificate."),
    "KEY_TYPE_MISMATCH": phrase("The private key does not belong to the client certificate."),
    "EE_KEY_TOO_SMALL": phrase("The key of the client certificate is too short to be safe."),
    "CA_KEY_TOO_SMALL": phrase("The key of an authority behind the client certificate is too short to be safe."),
    "CA_MD_TOO_WEAK": phrase("The client certificate is signed with a hash that is not safe any more."),
}
"""What OpenSSL calls the reasons why it takes no certificate and key, and what people do."""


class IdentityUnusable(ValueError):
    """Certificate and key of the client cannot be used together; `str()` is a sentence."""


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """What this side proves itself with (RFC 8446, section 4.4.2).

    Attributes:
        certificates: PEM, that of the client first and those of its authorities behind it.
        private_key: PEM (PKCS#8, RFC 5958), without a passphrase.
    """

    certificates: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """How TLS is spoken with one server.

    Attributes:
        authorities: certificates (PEM) that are trusted beside those of the system.
        http2: offer HTTP/2 in the handshake (ALPN, RFC 7301).
        protocol: what is offered in the handshake in place of HTTP. FTP servers hang up on who offers another one.
        client: what is shown to a server that asks for a certificate.
        pins: fingerprints (SHA-256, lower-case hexadecimal digits) of which the server's certificate must have one,
            verified or not. Empty: it may have any.
    """

    verify: bool = True
    authorities: str = ""
    http2: bool = False
    protocol: str = ""
    client: ClientIdentity | None = None
    pins: tuple[str, ...] = ()


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
        if options.pins:  # which no context knows of
            options = replace(options, pins=())
        context = self._contexts.get(options)
        if context is None:
            context = await self.make(options)
        self._contexts[options] = context
        self._contexts.move_to_end(options)
        if len(self._contexts) > MAX_CONTEXTS:
            self._contexts.popitem(last=False)
        return context

    async def make(self, options: TlsOptions) -> ssl.SSLContext:
        """A context that is not kept."""
        return await asyncio.to_thread(create_context, options, self._ca_file)


def create_context(options: TlsOptions, ca_file: Path | None = None) -> ssl.SSLContext:
    """A client context that trusts the system's authorities, those in `ca_file` (PEM), and those of the options.

    The system's store is used, and not a bundle of ours: AppAPI and administrators put private authorities there.

    Raises:
        ConfigurationError: the file cannot be read or holds no certificate.
        IdentityUnusable: the client's certificate and key are not good.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslobject_class = _Witness
    of_http = ["h2", "http/1.1"] if options.http2 else ["http/1.1"]
    context.set_alpn_protocols([options.protocol] if options.protocol else of_http)
    if options.client is not None:
        _load_identity(context, options.client)
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


def _load_identity(context: ssl.SSLContext, identity: ClientIdentity) -> None:
    # Servers that want a certificate for some paths only ask when they know the path (RFC 8446, section 4.6.2).
    context.post_handshake_auth = True
    try:
        with _as_file(f"{identity.certificates}\n{identity.private_key}\n".encode()) as path:
            context.load_cert_chain(path, password="")  # else OpenSSL would ask the terminal for a passphrase
    except ssl.SSLError as error:
        unreadable = phrase("The client certificate or its private key cannot be read.")
        raise IdentityUnusable(_UNUSABLE.get(error.reason or "", unreadable)) from None


@contextmanager
def _as_file(content: bytes) -> Iterator[str]:
    """The path of a file that is gone afterwards: OpenSSL reads keys from files only. On Linux it is in memory."""
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        with open(os.memfd_create("identity"), "wb") as file:  # noqa: PTH123  # a descriptor has no path
            file.write(content)
            file.flush()
            yield f"/proc/self/fd/{file.fileno()}"
        return
    with tempfile.TemporaryDirectory() as directory:  # others may not look into it
        path = Path(directory, "identity.pem")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123  # as above
            file.write(content)
        yield str(path)


def check_certificates(text: str) -> str:
    """The certificates (PEM) in a text, without what stands around them.

    Raises:
        ValueError: with the sentence that stands under the field.
    """
    if not text:
        return text
    if "PRIVATE KEY" in text:
        raise ValueError(phrase("This text holds a private key. Paste certificates only."))
    pem = "\n".join(_CERTIFICATE.findall(text))
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ssl.SSLError, TypeError, ValueError):
        words = phrase("This is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----.")
        raise ValueError(words) from None
    return pem
