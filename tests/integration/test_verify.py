# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Verify goes the way of a call step by step, against real servers, and stops at the first step that fails."""

import asyncio
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
from tests.conftest import LOOPBACK, serve_engine
from tests.factories import create_source, marked, test_call
from tests.faults.servers import answer, closed_port, json_answer, proxy, routing
from tests.upstream import answering, hang, request_head, serve

STEPS = ["configuration", "egress", "dns", "tcp", "tls", "credentials", "http", "content"]
OK = answering(json_answer(b'{"a": 1}'))

Verified = dict[str, Any]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def api(tmp_path: Path, authority: trustme.CA) -> AsyncIterator[AsyncClient]:
    """An engine that trusts a private authority."""
    ca_file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    settings = Settings(storage_path=tmp_path, background_work=False, ca_file=ca_file, egress_allow=LOOPBACK)
    async with serve_engine(settings) as client:
        yield client


def context(authority: trustme.CA, *, days: float = 200) -> ssl.SSLContext:
    """A server's, with a certificate for localhost that is valid for so many days."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    at = datetime.now(UTC)
    authority.issue_cert(
        "localhost", not_before=at - timedelta(days=300), not_after=at + timedelta(days=days, hours=1)
    ).configure_cert(made)
    return made


async def verify(api: AsyncClient, location: str, request: dict[str, Any] | None = None, **source: Any) -> Verified:
    """The answer of a verification, which is in the log."""
    created = await create_source(api, location=location, **source)
    response = await api.post(f"/api/sources/{created['id']}/verify", json=request or {})
    assert response.status_code == 200, response.text
    verified: Verified = response.json()
    assert [step["name"] for step in verified["steps"]] == STEPS
    assert verified["call"]["trigger"] == {"type": "verify", "id": None, "userId": "admin"}
    assert (await api.get(f"/api/logs/{verified['call']['id']}")).json() == verified["call"]
    assert verified["passed"] == ("failed" not in statuses(verified).values())
    return verified


def statuses(verified: Verified) -> dict[str, str]:
    return {step["name"]: step["status"] for step in verified["steps"]}


def step_of(verified: Verified, name: str) -> dict[str, Any]:
    step: dict[str, Any] = verified["steps"][STEPS.index(name)]
    return step


def evidence_of(step: dict[str, Any]) -> dict[str, str]:
    return {row["name"]: row["value"] for row in step["evidence"]}


def expect_failure(verified: Verified, name: str) -> dict[str, Any]:
    """The step that failed; what is behind it was not reached, and nothing before it failed."""
    found = statuses(verified)
    behind = STEPS[STEPS.index(name) + 1 :]
    assert found[name] == "failed"
    assert [found[one] for one in behind] == ["skipped"] * len(behind)
    assert {step_of(verified, one)["summary"] for one in behind} <= {"Not reached."}
    assert step_of(verified, name)["remedies"]
    assert verified["passed"] is False
    return step_of(verified, name)


class TestPassed:
    async def test_over_tls_with_credentials_every_step_has_its_evidence(
        self, api: AsyncClient, authority: trustme.CA
    ) -> None:
        async with serve(OK, tls=context(authority)) as port:
            verified = await verify(
                api,
                f"https://localhost:{port}",
                {"path": "/health"},
                authentication={"type": "bearer", "token": marked("token")},
            )
        assert set(statuses(verified).values()) == {"passed"}
        assert "127.0.0.1" in evidence_of(step_of(verified, "dns"))["Address"]
        assert evidence_of(step_of(verified, "tcp"))["Address used"] == "127.0.0.1"
        tls = step_of(verified, "tls")
        assert tls["summary"].startswith("TLSv1.3. The certificate is valid for 200 days more")
        assert {"Cipher", "Issuer", "Names in it", "Valid until"} <= set(evidence_of(tls))
        assert "Bearer in the header Authorization" in step_of(verified, "credentials")["summary"]
        assert evidence_of(step_of(verified, "http"))["Status"] == "200 OK"
        assert evidence_of(step_of(verified, "content"))["Size"] == "8 bytes"
        for name in ("dns", "tcp", "tls", "http", "content"):
            assert step_of(verified, name)["durationMs"] >= 0, name
        timings = verified["call"]["exchanges"][0]["timings"]
        both = step_of(verified, "tcp")["durationMs"] + step_of(verified, "tls")["durationMs"]
        assert both == pytest.approx(timings["connectMs"], abs=0.01)

    async def test_over_plain_http_tls_is_skipped_and_says_why(self, api: AsyncClient) -> None:
        async with serve(OK) as port:
            verified = await verify(api, f"http://127.0.0.1:{port}")
        assert verified["passed"] is True
        assert step_of(verified, "tls")["summary"] == "The location is http: nothing is encrypted."
        assert step_of(verified, "credentials")["summary"] == "The source sends no credentials."
        assert {name for name, status in statuses(verified).items() if status == "skipped"} == {
            "dns", "tls", "credentials"
        }  # fmt: skip

    async def test_warns_before_a_certificate_expires(self, api: AsyncClient, authority: trustme.CA) -> None:
        async with serve(OK, tls=context(authority, days=12)) as port:
            verified = await verify(api, f"https://localhost:{port}")
        assert "expires in 12 days" in step_of(verified, "tls")["summary"]
        assert verified["passed"] is True

    async def test_says_when_nobody_has_checked_the_certificate(self, api: AsyncClient, authority: trustme.CA) -> None:
        async with serve(OK, tls=context(authority, days=-1)) as port:
            verified = await verify(api, f"https://localhost:{port}", connection={"verifyTls": False})
        tls = step_of(verified, "tls")
        assert "was not checked" in tls["summary"]
        assert tls["remedies"][0]["link"] == "configuration/connection"

    async def test_goes_over_a_new_connection(self, api: AsyncClient, httpbin: str) -> None:
        source = await create_source(api, location=httpbin)
        await test_call(api, source["id"], "/get")
        again = await test_call(api, source["id"], "/get")
        assert again["exchanges"][0]["connection"]["isReused"] is True
        verified = (await api.post(f"/api/sources/{source['id']}/verify", json={"path": "/get"})).json()
        assert verified["call"]["exchanges"][0]["connection"]["isReused"] is False
        assert statuses(verified)["tcp"] == "passed"

    async def test_nested_records_are_a_hint(self, api: AsyncClient) -> None:
        body = b'{"data": {"items": [{"a": 1}, {"a": 2}]}}'
        async with serve(answering(json_answer(body))) as port:
            verified = await verify(api, f"http://127.0.0.1:{port}")
        assert verified["passed"] is True
        assert "2 objects at data.items" in step_of(verified, "content")["summary"]

    @pytest.mark.parametrize(("kept", "size"), [(1024 * 1024, 300_000), (0, 100)])
    async def test_records_that_were_not_looked_for_are_a_hint(self, api: AsyncClient, kept: int, size: int) -> None:
        body = b'{"text": "%s"}' % (b"x" * size)
        connection = {"maxBodyBytes": kept}
        async with serve(answering(json_answer(body))) as port:
            location = f"http://127.0.0.1:{port}"
            verified = await verify(api, location, resultsPosition="data.items", connection=connection)
        assert (verified["passed"], verified["call"]["diagnosis"]["type"]) == (True, "records_not_checked")

    async def test_a_head_request_has_no_content_to_look_at(self, api: AsyncClient, httpbin: str) -> None:
        verified = await verify(api, httpbin, {"method": "HEAD", "path": "/get"})
        assert (verified["passed"], statuses(verified)["content"]) == (True, "skipped")

    async def test_behind_a_redirect_to_another_system_credentials_stay(self, api: AsyncClient) -> None:
        async with serve(OK) as other:
            moved = answer("302 Found", [("Location", f"http://localhost:{other}/")])
            async with serve(answering(moved)) as port:
                verified = await verify(
                    api,
                    f"http://127.0.0.1:{port}",
                    authentication={"type": "bearer", "token": marked("token")},
                    connection={"redirects": "all"},
                )
        assert verified["passed"] is True
        assert "do not go" in step_of(verified, "credentials")["summary"]
        assert "after 1 more exchange" in step_of(verified, "http")["summary"]

    async def test_through_a_proxy_says_whose_address_it_is(self, api: AsyncClient) -> None:
        async with serve(proxy(json_answer(b"{}"))) as port:
            verified = await verify(
                api, "http://localhost:1", connection={"proxy": {"url": f"http://localhost:{port}"}}
            )
        assert verified["passed"] is True
        assert "the proxy," in step_of(verified, "dns")["summary"]
        assert f"The proxy localhost:{port} answers" in step_of(verified, "tcp")["summary"]


class TestFailed:
    async def test_configuration(self, api: AsyncClient, httpbin: str) -> None:
        verified = await verify(api, httpbin, isEnabled=False)
        expect_failure(verified, "configuration")
        expect_failure(await verify(api, httpbin, {"path": "../up"}), "configuration")

    async def test_egress(self, api: AsyncClient) -> None:
        step = expect_failure(await verify(api, "http://10.1.2.3"), "egress")
        assert step["remedies"][0]["link"] == "settings"
        assert evidence_of(step)["Address"] == "10.1.2.3"

    async def test_dns(self, api: AsyncClient) -> None:
        verified = await verify(api, "http://no-such-host.invalid", connection={"connectTimeoutMs": 20_000})
        step = expect_failure(verified, "dns")
        assert "no-such-host.invalid" in step["summary"]
        assert statuses(verified)["egress"] == "passed"

    async def test_tcp(self, api: AsyncClient) -> None:
        verified = await verify(api, f"http://127.0.0.1:{closed_port()}")
        assert expect_failure(verified, "tcp")["durationMs"] is not None
        assert [statuses(verified)[name] for name in ("configuration", "egress")] == ["passed", "passed"]

    async def test_tls(self, api: AsyncClient, authority: trustme.CA) -> None:
        async with serve(OK, tls=context(authority, days=-40)) as port:
            verified = await verify(api, f"https://localhost:{port}")
        step = expect_failure(verified, "tls")
        assert "expired on " in step["summary"]
        assert {"Certificate", "Issuer", "Valid"} <= set(evidence_of(step))
        assert statuses(verified)["tcp"] == "passed"

    async def test_tls_that_is_expected(self, api: AsyncClient, authority: trustme.CA) -> None:
        async with serve(OK, tls=context(authority)) as port:
            expect_failure(await verify(api, f"http://localhost:{port}"), "tls")

    @pytest.mark.parametrize("status", [401, 403])
    async def test_credentials(self, api: AsyncClient, httpbin: str, status: int) -> None:
        scheme = {"type": "bearer", "token": marked("token")}
        verified = await verify(api, httpbin, {"path": f"/status/{status}"}, authentication=scheme)
        expect_failure(verified, "credentials")

    async def test_credentials_of_a_proxy(self, api: AsyncClient) -> None:
        async with serve(proxy(answer("407 Proxy Authentication Required"))) as port:
            settings = {"proxy": {"url": f"http://127.0.0.1:{port}"}}
            verified = await verify(api, "https://localhost:1", connection=settings)
            expect_failure(verified, "credentials")
            assert statuses(verified)["tls"] == "skipped"
            expect_failure(await verify(api, "http://localhost:1", connection=settings), "credentials")

    @pytest.mark.parametrize(
        "raw",
        [
            answer("404 Not Found"),
            answer("503 Service Unavailable"),
            answer("302 Found", [("Location", "http://other.example.org/")]),
            answer("200 OK", body=b"{", length=100),
            answer("200 OK", [("Content-Encoding", "gzip")], b"no gzip"),
            b"no HTTP\r\n\r\n",
            b"",
        ],
    )
    async def test_http(self, api: AsyncClient, raw: bytes) -> None:
        async with serve(answering(raw)) as port:
            verified = await verify(api, f"http://127.0.0.1:{port}")
        expect_failure(verified, "http")
        assert statuses(verified)["tcp"] == "passed"

    @pytest.mark.parametrize("body", [b"", b"<!doctype html>", b'{"a": '])
    async def test_content(self, api: AsyncClient, body: bytes) -> None:
        async with serve(answering(json_answer(body))) as port:
            verified = await verify(api, f"http://127.0.0.1:{port}")
        expect_failure(verified, "content")
        assert statuses(verified)["http"] == "passed"


class TestStopped:
    async def test_it_can_be_cancelled_and_says_how_far_it_came(self, api: AsyncClient) -> None:
        call_id, arrived = str(uuid4()), asyncio.Event()

        async def hold(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            await request_head(reader)
            arrived.set()
            await asyncio.sleep(3600)

        async with serve(hold) as port:
            running = asyncio.create_task(verify(api, f"http://127.0.0.1:{port}", {"callId": call_id}))
            await arrived.wait()
            assert (await api.delete(f"/api/calls/{call_id}")).status_code == 204
            verified = await running
        assert verified["call"]["errorType"] == "cancelled"
        expect_failure(verified, "http")

    async def test_the_total_timeout_fails_the_step_that_was_reached(self, api: AsyncClient) -> None:
        times = {"totalTimeoutMs": 400, "readTimeoutMs": 10_000}
        async with serve(hang) as port:
            verified = await verify(api, f"http://127.0.0.1:{port}", connection=times)
        expect_failure(verified, "http")


class TestRequest:
    @pytest.mark.parametrize("body", [{"method": "POST"}, {"method": "DELETE"}, {"body": "x"}, {"headers": []}])
    async def test_only_what_changes_nothing_is_taken(self, api: AsyncClient, httpbin: str, body: dict) -> None:
        source = await create_source(api, location=httpbin)
        assert (await api.post(f"/api/sources/{source['id']}/verify", json=body)).status_code == 422

    async def test_an_unknown_source_is_not_found(self, api: AsyncClient) -> None:
        assert (await api.post("/api/sources/nobody/verify", json={})).status_code == 404

    async def test_a_call_id_names_one_running_call(self, api: AsyncClient) -> None:
        call_id = str(uuid4())
        async with serve(routing({"/": json_answer(b"{}")})) as port, serve(hang) as silent:
            busy = await create_source(api, location=f"http://127.0.0.1:{silent}")
            running = asyncio.create_task(test_call(api, busy["id"], callId=call_id))
            await asyncio.sleep(0.3)
            source = await create_source(api, location=f"http://127.0.0.1:{port}")
            second = await api.post(f"/api/sources/{source['id']}/verify", json={"callId": call_id})
            assert second.status_code == 409
            await api.delete(f"/api/calls/{call_id}")
            await running
