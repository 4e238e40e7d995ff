# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pinned certificates: nothing is sent to a server that shows another one."""

import asyncio
import ssl

import pytest
import trustme

from openconnector.egress.connection import ProxyServer, Target
from openconnector.egress.tls import ClientIdentity, TlsOptions
from openconnector.transports.http import HttpTransport
from tests.exchanges import OK
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
from tests.proxies import ForwardProxy
from tests.upstream import answering, serve

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


@pytest.fixture(scope="module")
def issued(server_ca: trustme.CA) -> trustme.LeafCert:
    return server_ca.issue_cert("localhost")


class TestPins:
    async def test_one_of_them_is_enough(
        self, transport: HttpTransport, server_ca: trustme.CA, issued: trustme.LeafCert
    ) -> None:
        async with serve(answering(OK), tls=serving(issued)) as port:
            tls = options(server_ca, pins=("00" * 32, pin_of(issued)))
            exchanges = await send(transport, f"https://localhost:{port}/", tls)
        assert (error_of(exchanges), status_of(exchanges)) == (None, 200)

    @pytest.mark.parametrize("verify", [True, False])
    async def test_nothing_is_sent_to_who_has_none_of_them(
        self, transport: HttpTransport, server_ca: trustme.CA, issued: trustme.LeafCert, *, verify: bool
    ) -> None:
        received: list[bytes] = []

        async def listen(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            received.append(await reader.read())

        async with serve(listen, tls=serving(issued)) as port:
            tls = options(server_ca, pins=("00" * 32,), verify=verify)
            exchanges = await send(transport, f"https://localhost:{port}/", tls)
            await asyncio.sleep(0.1)
        assert error_of(exchanges) == "tls_certificate_not_pinned"
        assert exchanges[0].failure is not None
        assert pin_of(issued) in exchanges[0].failure.message
        assert received in ([], [b""])
        assert exchanges[0].request.wire_size is None
        connection = exchanges[0].connection
        assert connection is not None
        assert connection.tls is not None
        assert connection.tls.chain[0].fingerprint == pin_of(issued)

    async def test_are_enough_where_nothing_else_is_verified(
        self, transport: HttpTransport, issued: trustme.LeafCert
    ) -> None:
        async with serve(answering(OK), tls=serving(issued)) as port:
            exchanges = await send(
                transport, f"https://localhost:{port}/", TlsOptions(verify=False, pins=(pin_of(issued),))
            )
        assert status_of(exchanges) == 200

    async def test_are_not_enough_where_the_certificate_is_verified(
        self, transport: HttpTransport, issued: trustme.LeafCert
    ) -> None:
        async with serve(answering(OK), tls=serving(issued)) as port:
            exchanges = await send(transport, f"https://localhost:{port}/", TlsOptions(pins=(pin_of(issued),)))
        assert error_of(exchanges) == "tls_certificate_untrusted"

    async def test_of_an_authority_do_not_count(
        self, transport: HttpTransport, server_ca: trustme.CA, issued: trustme.LeafCert
    ) -> None:
        authority = fingerprint(server_ca.cert_pem.bytes().decode())
        context = serving(issued)
        async with serve(answering(OK), tls=context) as port:
            exchanges = await send(transport, f"https://localhost:{port}/", options(server_ca, pins=(authority,)))
        assert error_of(exchanges) == "tls_certificate_not_pinned"

    async def test_a_connection_that_was_opened_without_them_is_not_used_with_them(
        self, transport: HttpTransport, server_ca: trustme.CA, issued: trustme.LeafCert
    ) -> None:
        async with serve(recording(OK, []), tls=serving(issued)) as port:
            url = f"https://localhost:{port}/"
            assert status_of(await send(transport, url, options(server_ca))) == 200
            exchanges = await send(transport, url, options(server_ca, pins=("00" * 32,)))
        assert error_of(exchanges) == "tls_certificate_not_pinned"

    @pytest.mark.parametrize(("is_right", "error"), [(True, None), (False, "tls_certificate_not_pinned")])
    async def test_hold_behind_a_proxy_and_not_for_it(
        self,
        transport: HttpTransport,
        server_ca: trustme.CA,
        client_ca: trustme.CA,
        identity: ClientIdentity,
        *,
        is_right: bool,
        error: str | None,
    ) -> None:
        proxy, at_proxy, at_server = ForwardProxy(), list[bool](), list[str | None]()
        handler = proxy.handler()

        async def watched(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            at_proxy.append(writer.get_extra_info("ssl_object").getpeercert(binary_form=True) is not None)
            await handler(reader, writer)

        issued = server_ca.issue_cert("localhost")
        context = serving(issued)
        context.verify_mode = ssl.CERT_OPTIONAL
        client_ca.configure_trust(context)
        async with (
            serve(watched, tls=demanding(server_ca, client_ca, optional=True)) as proxy_port,
            serve(recording(OK_CLOSED, at_server), tls=context) as port,
        ):
            tls = options(server_ca, client=identity, pins=(pin_of(issued) if is_right else "00" * 32,))
            way = ProxyServer(Target("https", "localhost", proxy_port))
            exchanges = await send(transport, f"https://localhost:{port}/", tls, proxy=way)
        assert error_of(exchanges) == error
        assert at_proxy == [False]
        assert at_server == ([fingerprint(identity.certificates)] if is_right else [])
