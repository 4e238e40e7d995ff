# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A connection that is held from exchange to exchange: always the same, nobody else's, and given back in the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import trustme

from openconnector.core.http import Request
from openconnector.egress.connection import SAME_CONNECTION, Route, Target
from openconnector.egress.tls import TlsOptions
from openconnector.transports import pool as pools
from openconnector.transports.exchange import Exchange
from openconnector.transports.hold import Hold
from openconnector.transports.http import Delivery, HttpTransport
from tests.exchanges import LIMITS, LOOPBACK, OK, keep_open
from tests.identities import serving
from tests.upstream import Handler, hang, request_head, serve

DELIVERY = Delivery(("source", 1), LIMITS, LOOPBACK)


async def send(transport: HttpTransport, url: str, hold: Hold | None, **values: Any) -> Exchange:
    """The last exchange of a request."""
    exchanges: list[Exchange] = []
    bound = values.pop("bound", False)
    request = Request(values.pop("method", "GET"), url, extensions={SAME_CONNECTION: True} if bound else None)
    await transport.send(request, replace(DELIVERY, hold=hold, **values), exchanges)
    return exchanges[-1]


def counting(per_connection: list[int], *, closes_after: int = 1000, pause: float = 0) -> Handler:
    """Answers, and notes how many requests came on each connection; it hangs up after so many."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(per_connection)
        per_connection.append(0)
        while per_connection[number] < closes_after:
            await request_head(reader)
            per_connection[number] += 1
            await asyncio.sleep(pause)
            writer.write(OK)
            await writer.drain()

    return handle


def open_connections(transport: HttpTransport) -> tuple[int, int]:
    """How many the pool counts, in all and of the source."""
    pool = transport._pool
    return pool._open, sum(connections.open for connections in pool._sources.values())


@asynccontextmanager
async def busy(transport: HttpTransport, url: str) -> AsyncIterator[list[asyncio.Task[Exchange]]]:
    """Other calls of the source, all the time."""

    async def call() -> Exchange:
        while not stopping.is_set():
            exchange = await send(transport, url, None)
        return exchange

    stopping = asyncio.Event()
    tasks = [asyncio.create_task(call()) for _ in range(10)]
    try:
        yield tasks
    finally:
        stopping.set()
        await asyncio.gather(*tasks)


async def test_all_exchanges_of_a_hold_go_over_one_connection_that_nobody_else_gets(transport: HttpTransport) -> None:
    per_connection: list[int] = []
    async with serve(counting(per_connection)) as port:
        url, hold = f"http://127.0.0.1:{port}/", Hold()
        await send(transport, url, hold)
        async with busy(transport, url):
            for _ in range(5):
                await asyncio.sleep(0.01)
                exchange = await send(transport, url, hold, bound=True)
                assert exchange.failure is None
                assert exchange.connection is not None
                assert exchange.connection.is_reused
        hold.release()
        assert per_connection[0] == 6
        assert open_connections(transport) == (len(per_connection), len(per_connection))


async def test_what_was_held_is_used_by_others_afterwards(transport: HttpTransport) -> None:
    per_connection: list[int] = []
    async with serve(counting(per_connection)) as port:
        hold = Hold()
        await send(transport, f"http://127.0.0.1:{port}/", hold)
        await send(transport, f"http://127.0.0.1:{port}/", None)
        hold.release()
        hold.release()  # again, which must not count twice
        assert open_connections(transport) == (2, 2)
        await send(transport, f"http://127.0.0.1:{port}/", None)
        assert per_connection == [2, 1]
        assert open_connections(transport) == (2, 2)


async def test_a_kept_connection_may_be_the_one_that_is_held(transport: HttpTransport) -> None:
    per_connection: list[int] = []
    async with serve(counting(per_connection)) as port:
        await send(transport, f"http://127.0.0.1:{port}/", None)
        hold = Hold()
        await send(transport, f"http://127.0.0.1:{port}/", hold)
        hold.release()
        assert per_connection == [2]
        # Verify wants a new one, and holds on to that.
        hold = Hold()
        for _ in range(2):
            await send(transport, f"http://127.0.0.1:{port}/", hold, is_fresh=True)
        hold.release()
        assert per_connection == [2, 2]


async def test_a_connection_that_was_closed_is_replaced_where_another_one_will_do(transport: HttpTransport) -> None:
    per_connection: list[int] = []
    async with serve(counting(per_connection, closes_after=1)) as port:
        hold = Hold()
        for _ in range(3):
            assert (await send(transport, f"http://127.0.0.1:{port}/", hold)).failure is None
            await asyncio.sleep(0.05)
        assert open_connections(transport) == (1, 1)
        hold.release()
    assert per_connection == [1, 1, 1]
    assert open_connections(transport) == (0, 0)


@pytest.mark.parametrize("pause", [0, 0.05])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_request_for_this_connection_alone_is_sent_on_no_other(
    transport: HttpTransport, method: str, pause: float
) -> None:
    per_connection: list[int] = []
    async with serve(counting(per_connection, closes_after=1)) as port:
        hold = Hold()
        await send(transport, f"http://127.0.0.1:{port}/", hold)
        await asyncio.sleep(pause)  # without it, the end of the connection is not known yet
        exchange = await send(transport, f"http://127.0.0.1:{port}/", hold, bound=True, method=method)
        hold.release()
    assert exchange.failure is not None
    assert exchange.failure.type == "connection_not_kept"
    assert per_connection == [1]
    assert open_connections(transport) == (0, 0)


async def test_a_request_for_this_connection_alone_is_not_sent_where_none_is_held(transport: HttpTransport) -> None:
    per_connection: list[int] = []
    async with serve(counting(per_connection)) as port:
        await send(transport, f"http://127.0.0.1:{port}/", None)
        for hold in (None, Hold()):
            exchange = await send(transport, f"http://127.0.0.1:{port}/", hold, bound=True)
            assert exchange.failure is not None
            assert exchange.failure.type == "connection_not_kept"
    assert per_connection == [1]


async def test_another_host_gets_a_connection_of_its_own(transport: HttpTransport) -> None:
    one: list[int] = []
    other: list[int] = []
    async with serve(counting(one)) as first, serve(counting(other)) as second:
        hold = Hold()
        for port in (first, second, first):
            assert (await send(transport, f"http://127.0.0.1:{port}/", hold)).failure is None
        hold.release()
        assert (one, other) == ([2], [1])  # what was held is given back first, and found again
        assert open_connections(transport) == (2, 2)


async def test_no_connection_is_lost_when_a_call_is_cancelled(transport: HttpTransport) -> None:
    async with serve(counting([])) as answering, serve(hang) as hanging:
        hold = Hold()
        await send(transport, f"http://127.0.0.1:{answering}/", hold)
        for port in (answering, hanging):
            task = asyncio.create_task(send(transport, f"http://127.0.0.1:{port}/", hold, method="POST"))
            await asyncio.sleep(0 if port == answering else 0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        hold.release()
        await asyncio.sleep(0.05)
        idle = sum(
            len(leases) for connections in transport._pool._sources.values() for leases in connections.kept.values()
        )
        assert open_connections(transport) == (idle, idle)


async def test_who_waits_is_served_when_the_hold_ends(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "MAX_CONNECTIONS", 2)
    per_connection: list[int] = []
    async with serve(counting(per_connection)) as port:
        url = f"http://127.0.0.1:{port}/"
        holds = [Hold(), Hold()]
        for hold in holds:
            await send(transport, url, hold)
        waiting = [asyncio.create_task(send(transport, url, None)) for _ in range(5)]
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in waiting)
        assert (await send(transport, url, holds[0], bound=True)).failure is None  # holders need not wait again
        holds[0].release()
        assert [exchange.failure for exchange in await asyncio.wait_for(asyncio.gather(*waiting), 10)] == [None] * 5
        holds[1].release()
        assert open_connections(transport) == (2, 2)


async def test_a_holder_whose_connection_broke_does_not_wait_for_itself(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "MAX_CONNECTIONS", 1)
    per_connection: list[int] = []
    async with serve(counting(per_connection, closes_after=1)) as port:
        hold = Hold()
        for _ in range(2):
            assert (await asyncio.wait_for(send(transport, f"http://127.0.0.1:{port}/", hold), 10)).failure is None
            await asyncio.sleep(0.05)
        hold.release()
    assert per_connection == [1, 1]


async def test_a_configuration_that_changes_meanwhile_closes_it_at_the_end(transport: HttpTransport) -> None:
    per_connection: list[int] = []
    async with serve(counting(per_connection)) as port:
        url, hold = f"http://127.0.0.1:{port}/", Hold()
        await send(transport, url, hold)
        await send(transport, url, None, source=("source", 2))
        assert (await send(transport, url, hold, bound=True)).failure is None
        hold.release()
        await send(transport, url, None, source=("source", 2))
        assert per_connection == [2, 2]
        assert open_connections(transport) == (1, 1)


async def test_it_is_one_of_http_1_also_where_the_source_speaks_http_2(transport: HttpTransport) -> None:
    authority = trustme.CA()
    context = serving(authority.issue_cert("localhost"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    offered: list[str | None] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        offered.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        await keep_open(OK, [])(reader, writer)

    tls = TlsOptions(authorities=authority.cert_pem.bytes().decode(), http2=True)
    async with serve(handle, tls=context) as port:
        url, hold = f"https://localhost:{port}/", Hold()
        for _ in range(2):
            exchange = await send(transport, url, hold, tls=tls)
            assert exchange.failure is None
        hold.release()
    assert offered == ["http/1.1"]
    assert list(transport._pool._sources["source"].kept) == [
        Route(Target("https", "localhost", port), replace(tls, http2=False))
    ]


async def test_the_request_behind_a_redirect_is_told(transport: HttpTransport) -> None:
    async def moving(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await request_head(reader)
            moved = b"HTTP/1.1 303 See Other\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"
            writer.write(moved if head.startswith(b"POST /here ") else OK)

    async with serve(moving) as port:
        request = Request("POST", f"http://127.0.0.1:{port}/here", content=b"body")
        last = await transport.send(request, replace(DELIVERY, redirects="all"), [])
        direct = Request("GET", f"http://127.0.0.1:{port}/there")
        assert await transport.send(direct, DELIVERY, []) is direct
    assert (last.method, str(last.url)) == ("GET", f"http://127.0.0.1:{port}/there")
