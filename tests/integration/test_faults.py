# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What goes wrong on the way, provoked on real sockets: each fault has its error type, its words and its log entry."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import trustme

from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from tests.conftest import serve_engine
from tests.factories import create_source, test_call
from tests.upstream import Handler, answering, drip, hang, hang_up, reset, serve

OK = answering(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
FAST = {"connectTimeoutMs": 500, "readTimeoutMs": 300, "totalTimeoutMs": 3000}


async def failed_call(api: AsyncClient, location: str, **connection: Any) -> dict[str, Any]:
    """A call to `location`; its log entry says the same as its answer."""
    source = await create_source(api, location=location, connection=FAST | connection)
    call = await test_call(api, source["id"], "/health")
    assert (await api.get(f"/api/logs/{call['id']}")).json() == call
    listed = (await api.get("/api/logs", params={"source": source["id"], "status": "error"})).json()
    assert listed["total"] == 1
    return call


class TestNetworkFaults:
    @pytest.mark.parametrize(
        ("handler", "error_type", "phase"),
        [
            (hang, "read_timeout", "response"),
            (reset, "connection_reset", "tcp"),
            (hang_up, "empty_reply", "response"),
            (answering(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "protocol_error", "response"),
            (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), "incomplete_body", "content"),
            (
                answering(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
                "undecodable_body",
                "content",
            ),
        ],
        ids=["hangs", "resets", "hangs up", "speaks another protocol", "breaks off", "mislabels its encoding"],
    )
    async def test_a_server_that(self, sqlite_api: AsyncClient, handler: Handler, error_type: str, phase: str) -> None:
        async with serve(handler) as port:
            call = await failed_call(sqlite_api, f"http://127.0.0.1:{port}")
        assert (call["outcome"], call["errorType"]) == ("transport_error", error_type)
        assert call["diagnosis"]["phase"] == phase
        assert call["diagnosis"]["remedies"]
        assert call["exchanges"][0]["error"]["type"] == error_type

    async def test_an_answer_that_broke_off_keeps_what_came(self, sqlite_api: AsyncClient) -> None:
        async with serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")) as port:
            call = await failed_call(sqlite_api, f"http://127.0.0.1:{port}")
        assert call["statusCode"] == 200
        assert call["exchanges"][0]["response"]["body"]["content"] == "abc"

    async def test_an_answer_without_end_is_stopped_at_the_total_timeout(self, sqlite_api: AsyncClient) -> None:
        async with serve(drip) as port:
            call = await failed_call(sqlite_api, f"http://127.0.0.1:{port}", totalTimeoutMs=400)
        assert call["errorType"] == "total_timeout"
        assert 350 < call["durationMs"] < 2000

    async def test_a_closed_port_refuses(self, sqlite_api: AsyncClient) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        call = await failed_call(sqlite_api, f"http://127.0.0.1:{port}")
        assert (call["errorType"], call["diagnosis"]["phase"]) == ("connection_refused", "tcp")

    async def test_a_name_that_nobody_knows(self, sqlite_api: AsyncClient) -> None:
        call = await failed_call(
            sqlite_api, "http://no-such-host.invalid", connectTimeoutMs=20_000, totalTimeoutMs=30_000
        )
        assert (call["errorType"], call["diagnosis"]["phase"]) == ("name_not_resolved", "dns")
        assert "no-such-host.invalid" in call["diagnosis"]["detail"]

    async def test_a_host_that_does_not_answer_the_connection(self, sqlite_api: AsyncClient) -> None:
        # A listening socket whose queue is full lets further connections hang, as a firewall that drops them does.
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            port = full.getsockname()[1]
            waiting = [socket.socket() for _ in range(3)]
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", port))
            call = await failed_call(sqlite_api, f"http://127.0.0.1:{port}")
            for one in waiting:
                one.close()
        assert (call["errorType"], call["diagnosis"]["phase"]) == ("connect_timeout", "tcp")
        assert "firewall" in call["diagnosis"]["remedies"][0]["text"]


class TestStatusFaults:
    @pytest.mark.parametrize(
        ("status", "outcome", "phase"),
        [
            (400, "http_error", "request"),
            (401, "auth_error", "authentication"),
            (403, "auth_error", "authentication"),
            (404, "http_error", "request"),
            (405, "http_error", "request"),
            (409, "http_error", "request"),
            (429, "http_error", "response"),
            (500, "http_error", "response"),
            (503, "http_error", "response"),
        ],
    )
    async def test_a_status_is_told_in_words(
        self, sqlite_api: AsyncClient, httpbin: str, status: int, outcome: str, phase: str
    ) -> None:
        source = await create_source(sqlite_api, location=httpbin)
        call = await test_call(sqlite_api, source["id"], f"/status/{status}")
        assert (call["statusCode"], call["outcome"], call["errorType"]) == (status, outcome, str(status))
        assert (call["diagnosis"]["type"], call["diagnosis"]["phase"]) == (str(status), phase)
        assert call["diagnosis"]["remedies"]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A private certificate authority."""
    return trustme.CA()


class TestTls:
    @pytest.fixture
    async def api(self, tmp_path: Path, authority: trustme.CA) -> AsyncIterator[AsyncClient]:
        """An engine that trusts the private authority."""
        ca_file = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(str(ca_file))
        async with serve_engine(Settings(storage_path=tmp_path, background_work=False, ca_file=ca_file)) as api:
            yield api

    @staticmethod
    def context(authority: trustme.CA, *names: str, **values: Any) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names, **values).configure_cert(context)
        return context

    async def test_a_private_authority_is_trusted_when_configured(
        self, api: AsyncClient, authority: trustme.CA
    ) -> None:
        async with serve(OK, tls=self.context(authority, "localhost")) as port:
            source = await create_source(api, location=f"https://localhost:{port}")
            call = await test_call(api, source["id"])
        assert (call["statusCode"], call["outcome"]) == (200, "success")

    async def test_an_unknown_authority_is_not(self, sqlite_api: AsyncClient, authority: trustme.CA) -> None:
        async with serve(OK, tls=self.context(authority, "localhost")) as port:
            call = await failed_call(sqlite_api, f"https://localhost:{port}")
            assert (call["errorType"], call["diagnosis"]["phase"]) == ("tls_certificate_untrusted", "tls")
            source = await create_source(
                sqlite_api, location=f"https://localhost:{port}", connection={"verifyTls": False}
            )
            assert (await test_call(sqlite_api, source["id"]))["statusCode"] == 200

    async def test_an_expired_certificate(self, api: AsyncClient, authority: trustme.CA) -> None:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        context = self.context(authority, "localhost", not_before=yesterday - timedelta(days=9), not_after=yesterday)
        async with serve(OK, tls=context) as port:
            call = await failed_call(api, f"https://localhost:{port}")
        assert call["errorType"] == "tls_certificate_expired"

    async def test_a_certificate_for_another_name(self, api: AsyncClient, authority: trustme.CA) -> None:
        async with serve(OK, tls=self.context(authority, "other.example")) as port:
            call = await failed_call(api, f"https://localhost:{port}")
        assert call["errorType"] == "tls_name_mismatch"

    async def test_plain_http_behind_https(self, api: AsyncClient) -> None:
        async with serve(answering(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
            call = await failed_call(api, f"https://localhost:{port}")
        assert call["diagnosis"]["phase"] in ("tls", "tcp", "response")
        assert call["outcome"] == "transport_error"

    async def test_https_behind_plain_http(self, api: AsyncClient, authority: trustme.CA) -> None:
        async with serve(OK, tls=self.context(authority, "localhost")) as port:
            call = await failed_call(api, f"http://localhost:{port}")
        assert call["errorType"] in ("empty_reply", "protocol_error", "connection_reset")


class TestCancel:
    async def test_stops_the_call_and_is_logged(self, sqlite_api: AsyncClient) -> None:
        call_id = str(uuid4())
        async with serve(hang) as port:
            source = await create_source(sqlite_api, location=f"http://127.0.0.1:{port}")
            running = asyncio.create_task(test_call(sqlite_api, source["id"], callId=call_id))
            for _ in range(100):
                await asyncio.sleep(0.05)
                if (await sqlite_api.delete(f"/api/calls/{call_id}")).status_code == 204:
                    break
            call = await running
        assert (call["outcome"], call["errorType"]) == ("transport_error", "cancelled")
        assert (await sqlite_api.get(f"/api/logs/{call['id']}")).json() == call
        assert (await sqlite_api.delete(f"/api/calls/{call_id}")).status_code == 404

    async def test_a_call_id_names_one_running_call(self, sqlite_api: AsyncClient) -> None:
        call_id = str(uuid4())
        async with serve(hang) as port:
            source = await create_source(sqlite_api, location=f"http://127.0.0.1:{port}")
            running = asyncio.create_task(test_call(sqlite_api, source["id"], callId=call_id))
            await asyncio.sleep(0.3)
            second = await sqlite_api.post(f"/api/sources/{source['id']}/test", json={"callId": call_id})
            assert second.status_code == 409
            await sqlite_api.delete(f"/api/calls/{call_id}")
            assert (await running)["errorType"] == "cancelled"


class TestAbandoned:
    async def test_a_call_whose_caller_goes_away_is_stopped_and_logged(self, sqlite_api: AsyncClient) -> None:
        async with serve(hang) as port:
            source = await create_source(sqlite_api, location=f"http://127.0.0.1:{port}")
            running = asyncio.create_task(test_call(sqlite_api, source["id"], "/x"))
            await asyncio.sleep(0.3)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
        logged = (await sqlite_api.get("/api/logs", params={"source": source["id"]})).json()["results"]
        assert [(entry["outcome"], entry["errorType"]) for entry in logged] == [("transport_error", "cancelled")]

    async def test_a_path_that_makes_no_url_is_refused_and_logged(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        source = await create_source(sqlite_api, location=httpbin)
        for path in ("x" * 8192, "[::1]", "%zz%"):
            call = await test_call(sqlite_api, source["id"], path)
            assert (await sqlite_api.get(f"/api/logs/{call['id']}")).status_code == 200


class TestConcurrency:
    async def test_calls_that_end_together_are_all_logged(self, settings: Settings, httpbin: str) -> None:
        async with serve_engine(settings) as api:
            source = await create_source(api, location=httpbin)
            calls = await asyncio.gather(*(test_call(api, source["id"], "/uuid") for _ in range(40)))
            logged = (await api.get("/api/logs", params={"limit": "200"})).json()
        assert {call["id"] for call in calls} == {entry["id"] for entry in logged["results"]}
