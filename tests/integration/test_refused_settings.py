# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What would make every later call fail is refused when it is saved, and the field is named."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.egress.policy import EgressDenied, EgressPolicy
from openconnector.egress.reachability import Unreachable, check_reachable
from tests.conftest import serve_engine
from tests.factories import create_source, source
from tests.upstream import hang, serve

OPEN = EgressPolicy(["127.0.0.0/8", "::1", "localhost"])


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes no more connections and refuses none: its queue is full."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield port
        for one in waiting:
            one.close()


def closed_port() -> int:
    with closing(socket.socket()) as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@pytest.mark.parametrize(
    ("connection", "pointer"),
    [
        ({"caCertificates": "not a certificate"}, "/connection/caCertificates"),
        (
            {"caCertificates": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"},
            "/connection/caCertificates",
        ),
        (
            {"caCertificates": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"},
            "/connection/caCertificates",
        ),
        ({"retry": {"maxRetries": 10**9}}, "/connection/retry/maxRetries"),
        ({"retry": {"statuses": [503, 200]}}, "/connection/retry/statuses/1"),
        ({"proxy": {"url": "proxy.example:3128"}}, "/connection/proxy/url"),
        ({"proxy": {"url": "http://user:pass@proxy.example:3128"}}, "/connection/proxy/url"),
        ({"proxy": {"url": "socks5://proxy.example"}}, "/connection/proxy/url"),
        ({"rateLimit": {"limit": 0}}, "/connection/rateLimit/limit"),
        ({"maxRedirects": 10**6}, "/connection/maxRedirects"),
    ],
)
async def test_a_value_that_cannot_work_names_its_field(
    sqlite_api: AsyncClient, connection: dict[str, Any], pointer: str
) -> None:
    answer = await sqlite_api.post("/api/sources", json=source(connection=connection))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


class TestUnreachableProxy:
    async def test_it_is_refused_at_its_field(self, api: AsyncClient) -> None:
        port = closed_port()
        unreachable = {"proxy": {"url": f"http://127.0.0.1:{port}"}}
        created = await create_source(api)
        answers = [
            await api.post("/api/sources", json=source(connection=unreachable)),
            await api.put(f"/api/sources/{created['id']}", json=created | {"connection": unreachable}),
        ]
        for answer in answers:
            assert answer.status_code == 422
            (error,) = answer.json()["errors"]
            assert (error["pointer"], error["code"]) == ("/connection/proxy/url", "unreachable")
            assert error["detail"] == (
                f"Nothing answers at 127.0.0.1:{port} (connection refused). "
                "Check host and port, and whether this server may reach it."
            )
        assert (await api.get("/api/sources")).json()["total"] == 1

    async def test_a_stored_one_that_is_away_does_not_stop_other_changes(self, api: AsyncClient) -> None:
        async with serve(hang) as port:
            created = await create_source(api, connection={"proxy": {"url": f"http://127.0.0.1:{port}"}})
        answer = await api.put(f"/api/sources/{created['id']}", json=created | {"name": "Renamed"})
        assert answer.status_code == 200, answer.text
        without = created | {"connection": {}, "version": 2}
        assert (await api.put(f"/api/sources/{created['id']}", json=without)).status_code == 200

    async def test_nobody_waits_for_the_database_meanwhile(self, sqlite_api: AsyncClient) -> None:
        created = await create_source(sqlite_api)
        with silent_port() as port:
            wanted = created | {"connection": {"proxy": {"url": f"http://127.0.0.1:{port}"}}}
            saving = asyncio.create_task(sqlite_api.put(f"/api/sources/{created['id']}", json=wanted))
            await asyncio.sleep(0.2)
            await create_source(sqlite_api, name="Another")
            assert not saving.done()
            answer = await saving
        assert "no answer within 3 s" in answer.json()["errors"][0]["detail"]

    async def test_what_the_policy_denies_is_not_even_tried(self, sqlite_settings: Settings) -> None:
        tried = asyncio.Event()

        async def notice(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            tried.set()

        async with serve(notice) as port, serve_engine(sqlite_settings.model_copy(update={"egress_allow": []})) as api:
            body = source(connection={"proxy": {"url": f"http://127.0.0.1:{port}"}})
            (error,) = (await api.post("/api/sources", json=body)).json()["errors"]
            await asyncio.sleep(0.05)
        assert (error["pointer"], error["code"]) == ("/connection/proxy/url", "egress_denied")
        assert not tried.is_set()


class TestReachability:
    async def test_something_that_listens_is_enough(self) -> None:
        async with serve(hang) as port:
            await check_reachable("127.0.0.1", port, 2, OPEN)
            await check_reachable("localhost", port, 2, OPEN)

    @pytest.mark.parametrize(
        ("host", "reason"),
        [("127.0.0.1", "connection refused"), ("no-such-host.invalid", "not known"), ("a..b", "no host name")],
    )
    async def test_the_reason_is_said(self, host: str, reason: str) -> None:
        with pytest.raises(Unreachable, match=reason):
            await check_reachable(host, closed_port(), 5, OPEN)

    async def test_it_does_not_wait_longer_than_it_may(self) -> None:
        with silent_port() as port, pytest.raises(Unreachable, match=r"no answer within 0\.3 s"):
            await check_reachable("127.0.0.1", port, 0.3, OPEN)

    async def test_a_denied_address_is_told_as_such(self) -> None:
        with pytest.raises(EgressDenied):
            await check_reachable("127.0.0.1", closed_port(), 1, EgressPolicy())
