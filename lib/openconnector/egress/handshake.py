# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The TLS handshake on a connection that is open: how it begins, what has come of it, and what the server asked for."""

import asyncio
import ssl
from contextlib import suppress
from typing import Any

from openconnector.core.clock import stopwatch
from openconnector.core.phrases import phrase, told
from openconnector.egress.certificate import chain_of, fingerprint_of
from openconnector.egress.errors import CLOSED, ConnectionFailed, NotTls, handshake_failed
from openconnector.egress.evidence import ConnectionEvidence, Timings, TlsEvidence
from openconnector.egress.stream import Stream
from openconnector.egress.tls import IdentityUnusable, TlsContexts, TlsOptions, shown_by

TLS_SHUTDOWN_SECONDS = 2

_CERTIFICATE_REQUEST = 13
"""A type of handshake messages (RFC 8446, section 4; RFC 5246, section 7.4)."""


async def usable_context(contexts: TlsContexts, options: TlsOptions) -> ssl.SSLContext:
    """The context for these options.

    Raises:
        ConnectionFailed: the client's certificate and key are not good.
    """
    try:
        return await contexts.get(options)
    except IdentityUnusable as error:
        raise ConnectionFailed("tls_client_certificate_unusable", told(error)) from None


async def begin_tls(
    stream: Stream,
    context: ssl.SSLContext,
    host: str,
    options: TlsOptions,
    patience: float,
    timings: Timings,
    evidence: ConnectionEvidence,
) -> None:
    """Speak TLS from now on with a server that has one of the certificates that are expected of it.

    What is found on the way is in `timings` and `evidence`, also when it fails.

    Raises:
        ConnectionFailed: with the name of what went wrong.
    """
    started = stopwatch()
    try:
        await start_tls(stream, context, host, patience)
    except (OSError, TimeoutError) as error:
        chain = shown_by(error)
        evidence.tls = TlsEvidence(chain=chain)
        raise handshake_failed(error, chain, has_identity=options.client is not None) from error
    finally:
        timings.tls_ms = stopwatch() - started
    evidence.tls = negotiated(stream, options)
    check_pins(stream, options)


async def start_tls(stream: Stream, context: ssl.SSLContext, host: str, patience: float) -> None:
    """Speak TLS from now on.

    Raises:
        NotTls, OSError, TimeoutError: it did not come about.
    """
    # What came before the handshake came from anybody, and would be read as if TLS had protected it.
    if stream.has_unread:
        raise NotTls(phrase("The other side did not wait for the TLS handshake."))
    if not stream.is_idle:
        raise ConnectionResetError(CLOSED)
    # The loop has a time limit of its own for the handshake, which is told as a broken connection: ours comes first.
    async with asyncio.timeout(patience):
        transport = await asyncio.get_running_loop().start_tls(
            stream.transport,
            stream,
            context,
            server_hostname=host,
            ssl_handshake_timeout=patience + 10,
            ssl_shutdown_timeout=TLS_SHUTDOWN_SECONDS,
        )
    # uvloop tells nobody when the other side hangs up during the handshake.
    if transport is None or transport.get_extra_info("ssl_object") is None:
        raise ConnectionResetError(CLOSED)
    stream.transport = transport


def negotiated(stream: Stream, options: TlsOptions) -> TlsEvidence:
    """What a handshake has come to."""
    connection: ssl.SSLObject = stream.transport.get_extra_info("ssl_object")
    cipher = connection.cipher()
    return TlsEvidence(
        version=connection.version(),
        cipher=cipher[0] if cipher else None,
        alpn=connection.selected_alpn_protocol(),
        is_verified=options.verify,
        chain=chain_of(connection),
    )


def check_pins(stream: Stream, options: TlsOptions) -> None:
    """The server has one of the certificates that are expected of it.

    Raises:
        ConnectionFailed: it has another one; nothing may be sent to it.
    """
    if not options.pins:
        return
    shown = fingerprint_of(stream.transport.get_extra_info("ssl_object"))
    if shown not in options.pins:
        words = phrase("The certificate has the fingerprint {fingerprint}.", fingerprint=shown)
        raise ConnectionFailed("tls_certificate_not_pinned", words)


class Asked:
    """Listens to the handshakes of one context for what the server asks for.

    Attributes:
        for_certificate: it wants to see one of the client.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self.for_certificate = False
        with suppress(AttributeError):  # Python has it for debugging, and promises nothing
            context._msg_callback = self._hear  # type: ignore[attr-defined]  # noqa: SLF001  # there is no other way

    def _hear(self, _connection: Any, direction: str, _version: Any, _kind: Any, message: Any, _data: bytes) -> None:
        if direction == "read" and message == _CERTIFICATE_REQUEST:
            self.for_certificate = True
