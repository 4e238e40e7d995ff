# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mutual TLS: what is shown to whom, and what servers say to it."""

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme

from openconnector.egress.tls import ClientIdentity, TlsOptions
from openconnector.transports.http import Delivery, HttpTransport
from tests.exchanges import LIMITS, LOOPBACK, OK
from tests.faults.servers import tls_server
from tests.identities import (
    demanding,
    error_of,
    fingerprint,
    new_identity,
    options,
    pin_of,
    recording,
    send,
    serving,
    status_of,
)
from tests.upstream import answering, request_head, serve

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
OK_CLOSED = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


@pytest.fixture(scope="module")
def server_ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def client_ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def identity(client_ca: trustme.CA) -> ClientIdentity:
    return new_identity(client_ca)


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
class TestServerThatDemandsACertificate:
    async def test_answers_who_shows_one_that_it_trusts(
        self,
        transport: HttpTransport,
        server_ca: trustme.CA,
        client_ca: trustme.CA,
        identity: ClientIdentity,
        version: ssl.TLSVersion,
    ) -> None:
        shown: list[str | None] = []
        async with serve(recording(OK, shown), tls=demanding(server_ca, client_ca, version)) as port:
            exchanges = await send(transport, f"https://localhost:{port}/", options(server_ca, client=identity))
        assert (error_of(exchanges), status_of(exchanges)) == (None, 200)
        assert shown == [fingerprint(identity.certificates)]
        connection = exchanges[0].connection
        assert connection is not None
        assert connection.tls is not None
        assert connection.tls.version == version.name.replace("_", ".")

    async def test_takes_nobody_without_one(
        self, transport: HttpTransport, server_ca: trustme.CA, client_ca: trustme.CA, version: ssl.TLSVersion
    ) -> None:
        with tls_server(demanding(server_ca, client_ca, version), OK) as port:
            exchanges = await send(transport, f"https://localhost:{port}/", options(server_ca))
        assert error_of(exchanges) == "tls_client_certificate_required"

    async def test_takes_none_of_an_authority_that_it_does_not_know(
        self, transport: HttpTransport, server_ca: trustme.CA, client_ca: trustme.CA, version: ssl.TLSVersion
    ) -> None:
        stranger = new_identity(trustme.CA())
        with tls_server(demanding(server_ca, client_ca, version), OK) as port:
            exchanges = await send(transport, f"https://localhost:{port}/", options(server_ca, client=stranger))
        assert error_of(exchanges) == "tls_client_certificate_rejected"
        assert exchanges[0].failure is not None
        assert "unknown_ca" in exchanges[0].failure.message

    async def test_takes_none_that_has_expired(
        self, transport: HttpTransport, server_ca: trustme.CA, client_ca: trustme.CA, version: ssl.TLSVersion
    ) -> None:
        now = datetime.now(UTC)
        times = {"not_before": now - timedelta(30), "not_after": now - timedelta(1)}
        expired = new_identity(client_ca, **times)
        with tls_server(demanding(server_ca, client_ca, version), OK) as port:
            exchanges = await send(transport, f"https://localhost:{port}/", options(server_ca, client=expired))
        assert error_of(exchanges) == "tls_client_certificate_rejected"
        assert exchanges[0].failure is not None
        assert "certificate_expired" in exchanges[0].failure.message


class TestServerThatHangsUpWithoutAWord:
    """That of asyncio drops the alert: what is left of it is a closed connection, with TLS 1.3 after the handshake."""

    @pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
    async def test_is_understood(
        self, transport: HttpTransport, server_ca: trustme.CA, client_ca: trustme.CA, version: ssl.TLSVersion
    ) -> None:
        async with serve(answering(OK), tls=demanding(server_ca, client_ca, version)) as port:
            exchanges = await send(transport, f"https://localhost:{port}/", options(server_ca))
        assert error_of(exchanges) == "tls_client_certificate_required"

    @pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
    async def test_is_understood_when_it_does_not_like_what_was_shown(
        self, transport: HttpTransport, server_ca: trustme.CA, client_ca: trustme.CA, version: ssl.TLSVersion
    ) -> None:
        stranger = new_identity(trustme.CA())
        async with serve(answering(OK), tls=demanding(server_ca, client_ca, version)) as port:
            exchanges = await send(transport, f"https://localhost:{port}/", options(server_ca, client=stranger))
        assert error_of(exchanges) == "tls_client_certificate_rejected"

    async def test_is_understood_when_it_resets(
        self, transport: HttpTransport, server_ca: trustme.CA, client_ca: trustme.CA
    ) -> None:
        context = demanding(server_ca, client_ca, ssl.TLSVersion.TLSv1_3)
        with resetting(context) as port:
            exchanges = await send(transport, f"https://localhost:{port}/", options(server_ca))
        assert error_of(exchanges) == "tls_client_certificate_required"

    async def test_is_not_accused_when_it_asked_for_none(
        self, transport: HttpTransport, server_ca: trustme.CA, client_ca: trustme.CA
    ) -> None:
        context = demanding(server_ca, client_ca)
        context.verify_mode = ssl.CERT_NONE
        async with serve(_hang_up, tls=context) as port:
            exchanges = await send(transport, f"https://localhost:{port}/", options(server_ca))
        assert error_of(exchanges) in ("empty_reply", "connection_reset")

    async def test_is_not_accused_when_it_goes_on_without_one(
        self, transport: HttpTransport, server_ca: trustme.CA, client_ca: trustme.CA, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("openconnector.transports.http._PROBE_SECONDS", 0.3)
        context = demanding(server_ca, client_ca, ssl.TLSVersion.TLSv1_3, optional=True)
        async with serve(_hang_up, tls=context) as port:
            exchanges = await send(transport, f"https://localhost:{port}/", options(server_ca))
        assert error_of(exchanges) in ("empty_reply", "connection_reset")


async def _hang_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await request_head(reader)


@contextmanager
def each(listener_handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server of threads that does this with each connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.settimeout(5)
                with connection, suppress(OSError):
                    listener_handle(connection)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=10)


@contextmanager
def resetting(context: ssl.SSLContext) -> Iterator[int]:
    """Does the handshake, and resets the connection without an alert if it does not come about."""

    def handle(connection: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        secured = context.wrap_bio(incoming, outgoing, server_side=True)
        while True:
            try:
                secured.do_handshake()
            except ssl.SSLWantReadError:
                connection.sendall(outgoing.read())
                piece = connection.recv(65536)
                if not piece:
                    return
                incoming.write(piece)
            except ssl.SSLError:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            else:
                raise AssertionError("the handshake came about")

    with each(handle) as port:
        yield port


async def test_a_certificate_that_is_asked_for_after_the_handshake_is_shown(
    transport: HttpTransport, server_ca: trustme.CA, client_ca: trustme.CA, identity: ClientIdentity
) -> None:
    context = demanding(server_ca, client_ca, ssl.TLSVersion.TLSv1_3)
    context.post_handshake_auth = True
    shown: list[bool] = []

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            request = secured.recv(65536)
            while b"\r\n\r\n" not in request:
                request += secured.recv(65536)
            shown.append(secured.getpeercert() is not None)
            secured.verify_client_post_handshake()
            secured.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            with suppress(TimeoutError):
                secured.settimeout(0.5)
                secured.recv(1)  # reads what the client shows
            shown.append(secured.getpeercert() is not None)
            secured.sendall(OK)

    context.verify_mode = ssl.CERT_REQUIRED
    with each(handle) as port:
        exchanges = await send(transport, f"https://localhost:{port}/", options(server_ca, client=identity))
    assert (error_of(exchanges), status_of(exchanges)) == (None, 200)
    assert shown == [False, True]


class TestRedirect:
    async def test_to_another_origin_shows_it_no_certificate(
        self, transport: HttpTransport, server_ca: trustme.CA, client_ca: trustme.CA, identity: ClientIdentity
    ) -> None:
        at_source: list[str | None] = []
        elsewhere: list[str | None] = []
        context = demanding(server_ca, client_ca, optional=True)
        async with serve(recording(OK, elsewhere), tls=context) as other:
            away = f"HTTP/1.1 302 Found\r\nLocation: https://localhost:{other}/\r\nContent-Length: 0\r\n\r\n".encode()
            async with serve(recording(away, at_source), tls=context) as port:
                tls = options(server_ca, client=identity)
                url, common = f"https://localhost:{port}/", options(server_ca)
                exchanges = await send(transport, url, tls, tls=common, redirects="all")
                assert (error_of(exchanges), status_of(exchanges)) == (None, 200)
                assert (at_source, elsewhere) == ([fingerprint(identity.certificates)], [None])
                # Both servers may see it where it was meant for both.
                await send(transport, url, tls, at=(f"https://localhost:{other}/",), tls=common, redirects="all")
        assert elsewhere == [None, fingerprint(identity.certificates)]

    async def test_to_another_origin_is_not_held_to_the_pins(
        self, transport: HttpTransport, server_ca: trustme.CA
    ) -> None:
        first, second = server_ca.issue_cert("localhost"), server_ca.issue_cert("localhost")
        async with serve(answering(OK), tls=serving(second)) as other:
            away = f"HTTP/1.1 302 Found\r\nLocation: https://localhost:{other}/\r\nContent-Length: 0\r\n\r\n".encode()
            async with serve(answering(away), tls=serving(first)) as port:
                tls = options(server_ca, pins=(pin_of(first),))
                exchanges = await send(
                    transport, f"https://localhost:{port}/", tls, tls=options(server_ca), redirects="all"
                )
        assert (error_of(exchanges), status_of(exchanges)) == (None, 200)

    @pytest.mark.parametrize("values", [{"client": ClientIdentity("", "")}, {"pins": ("00" * 32,)}])
    def test_cannot_be_followed_with_what_belongs_to_one_origin(self, values: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="belong to an origin"):
            Delivery(("source", 1), LIMITS, LOOPBACK, TlsOptions(**values))


async def test_a_key_that_is_not_good_fails_the_call_with_a_sentence(
    transport: HttpTransport, identity: ClientIdentity, client_ca: trustme.CA
) -> None:
    mixed = ClientIdentity(identity.certificates, new_identity(client_ca).private_key)
    (exchange,) = await send(transport, "https://localhost:1/", TlsOptions(client=mixed))
    assert exchange.failure is not None
    assert exchange.failure.type == "tls_client_certificate_unusable"
    assert exchange.failure.message.endswith(".")
    assert exchange.connection is not None
    assert exchange.connection.address is None
