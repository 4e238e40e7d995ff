# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The transport against real servers: the evidence that it brings back, and what it keeps open."""

import asyncio

from openconnector.egress.policy import EgressPolicy
from openconnector.egress.tls import TlsOptions
from openconnector.transports.exchange import Limits
from openconnector.transports.http import HttpTransport
from tests.exchanges import OK, Authority, keep_open, send, send_one
from tests.upstream import answering, hang, serve


class TestEvidence:
    async def test_tells_the_time_of_each_phase_and_the_address(self, transport: HttpTransport) -> None:
        async with serve(answering(OK)) as port:
            exchange = await send_one(transport, f"http://localhost:{port}/")
        timings, connection = exchange.timings, exchange.connection
        assert connection is not None
        assert timings.tls_ms is None
        phases = (timings.dns_ms, timings.connect_ms, timings.send_ms, timings.wait_ms, timings.receive_ms)
        assert all(phase is not None and phase >= 0 for phase in phases)
        assert sum(phase or 0 for phase in phases) <= exchange.duration_ms
        assert "127.0.0.1" in connection.resolved
        assert (connection.address, connection.port) in (("127.0.0.1", port), ("::1", port))
        assert exchange.response is not None
        assert exchange.response.wire_size == len(OK)
        assert exchange.request.wire_size == len(f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())

    async def test_a_reused_connection_says_so(self, transport: HttpTransport) -> None:
        connections: list[int] = []
        async with serve(keep_open(OK, connections)) as port:
            first = await send_one(transport, f"http://127.0.0.1:{port}/")
            second = await send_one(transport, f"http://127.0.0.1:{port}/")
        assert connections == [2]
        assert first.connection is not None
        assert second.connection is not None
        assert (first.connection.is_reused, second.connection.is_reused) == (False, True)
        assert second.timings.connect_ms is None
        assert second.connection.address == "127.0.0.1"

    async def test_shows_the_certificates_of_a_tls_connection(self, authority: Authority) -> None:
        transport = HttpTransport(ca_file=authority.file)
        async with serve(answering(OK), tls=authority.server("localhost", "other.example")) as port:
            exchange = await send_one(transport, f"https://localhost:{port}/")
        transport.close()
        assert exchange.failure is None
        tls = exchange.connection.tls if exchange.connection else None
        assert tls is not None
        assert (tls.version, tls.alpn, tls.is_verified) == ("TLSv1.3", "http/1.1", True)
        assert tls.cipher
        assert tls.chain[0].names == ("localhost", "other.example")
        assert "trustme" in tls.chain[0].issuer
        assert len(tls.chain[0].fingerprint) == 64
        assert exchange.timings.tls_ms is not None
        assert exchange.timings.connect_ms is not None
        assert exchange.timings.connect_ms >= exchange.timings.tls_ms

    async def test_shows_the_certificate_that_it_does_not_trust(
        self, transport: HttpTransport, authority: Authority
    ) -> None:
        async with serve(answering(OK), tls=authority.server("localhost")) as port:
            exchange = await send_one(transport, f"https://localhost:{port}/")
        assert exchange.failure is not None
        assert exchange.failure.type == "tls_certificate_untrusted"
        assert exchange.request.wire_size is None
        tls = exchange.connection.tls if exchange.connection else None
        assert tls is not None
        assert tls.version is None
        assert not tls.is_verified
        assert tls.chain[0].names == ("localhost",)

    async def test_a_source_may_trust_an_authority_of_its_own(
        self, transport: HttpTransport, authority: Authority
    ) -> None:
        async with serve(answering(OK), tls=authority.server("localhost")) as port:
            options = TlsOptions(authorities=authority.pem)
            exchange = await send_one(transport, f"https://localhost:{port}/", tls=options)
        assert exchange.failure is None

    async def test_a_closed_port_of_a_host_with_several_addresses_refuses(self, transport: HttpTransport) -> None:
        async with serve(answering(OK)) as port:
            pass
        exchange = await send_one(transport, f"http://localhost:{port}/")
        assert exchange.failure is not None
        assert exchange.failure.type == "connection_refused"


class TestConnections:
    async def test_are_dropped_when_the_configuration_changes(self, transport: HttpTransport) -> None:
        connections: list[int] = []
        async with serve(keep_open(OK, connections)) as port:
            for version in (1, 1, 2, 2):
                await send_one(transport, f"http://127.0.0.1:{port}/", source=("source", version))
        assert connections == [2, 2]

    async def test_are_not_shared_between_sources(self, transport: HttpTransport) -> None:
        connections: list[int] = []
        async with serve(keep_open(OK, connections)) as port:
            for source in ("one", "other"):
                await send_one(transport, f"http://127.0.0.1:{port}/", source=(source, 1))
        assert connections == [1, 1]

    async def test_are_not_reused_when_the_policy_does_not_allow_their_address_any_more(
        self, transport: HttpTransport
    ) -> None:
        async with serve(keep_open(OK, [])) as port:
            await send_one(transport, f"http://127.0.0.1:{port}/")
            exchange = await send_one(transport, f"http://127.0.0.1:{port}/", policy=EgressPolicy())
        assert exchange.failure is not None
        assert exchange.failure.type == "egress_denied"

    async def test_a_new_one_is_opened_when_asked_for(self, transport: HttpTransport) -> None:
        connections: list[int] = []
        async with serve(keep_open(OK, connections)) as port:
            for _ in range(2):
                await send_one(transport, f"http://127.0.0.1:{port}/", is_fresh=True)
        assert connections == [1, 1]

    async def test_one_that_the_server_has_closed_meanwhile_is_tried_again(self, transport: HttpTransport) -> None:
        served = 0

        async def close_at_the_second_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal served
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK)
            await writer.drain()
            served += 1
            if served == 1:
                await reader.readuntil(b"\r\n\r\n")

        async with serve(close_at_the_second_request) as port:
            await send_one(transport, f"http://127.0.0.1:{port}/")
            lost, answered = await send(transport, f"http://127.0.0.1:{port}/")
        assert lost.failure is not None
        assert lost.failure.type in ("empty_reply", "connection_reset")
        assert (answered.kind, answered.failure) == ("retry", None)

    async def test_who_has_to_wait_gets_one_that_is_given_back(self, transport: HttpTransport) -> None:
        connections: list[int] = []

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connections.append(0)
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(0.3)
                writer.write(OK)

        async with serve(slow) as port:
            exchanges = await asyncio.gather(*(send_one(transport, f"http://127.0.0.1:{port}/") for _ in range(130)))
        assert [exchange.failure for exchange in exchanges] == [None] * 130
        assert len(connections) == 100
        blocked = [exchange.timings.blocked_ms for exchange in exchanges if exchange.timings.blocked_ms is not None]
        assert len(blocked) == 30
        assert min(blocked) > 100

    async def test_no_more_than_a_hundred_are_open_for_one_source(self, transport: HttpTransport) -> None:
        async with serve(hang) as port:
            limits = Limits(connect_ms=300, read_ms=1500, total_ms=5000, body_bytes=0)
            calls = [send_one(transport, f"http://127.0.0.1:{port}/", limits=limits) for _ in range(105)]
            failures = [exchange.failure.type for exchange in await asyncio.gather(*calls) if exchange.failure]
        assert failures.count("read_timeout") == 100
        assert failures.count("pool_timeout") == 5
