# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The steps of calls that ended at an odd place. Against real servers, `tests/integration/test_verify.py` does it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from openconnector.authentication.anonymous import NoAuthentication
from openconnector.calls.entry import Finished, entry_of
from openconnector.calls.outcome import Result, result_of
from openconnector.calls.schemas import CallRequest, VerifyRead, VerifyStep
from openconnector.calls.verify import STEPS, verified
from openconnector.egress.evidence import ConnectionEvidence, Timings, TlsEvidence
from openconnector.logs.schemas import CallRead, Trigger
from openconnector.logs.shown import show_call
from openconnector.sources.connection import Connection
from openconnector.sources.opened import OpenSource
from openconnector.transports.exchange import Exchange, Failure
from openconnector.vault.redaction import Redactor
from tests.unit.calls.observations import LOCATION, NOW, certificate, exchange, response

JSON = [("Content-Type", "application/json")]


def call(*exchanges: Exchange, refusal: str | None = None) -> CallRead:
    """A finished call as it is read from the log."""
    source = OpenSource(
        id=UUID(int=1),
        version=1,
        slug="source",
        name="Source",
        location=LOCATION,
        type="json",
        is_enabled=True,
        headers=[],
        query=[],
        authentication=NoAuthentication(),
        connection=Connection(),
    )
    finished = Finished(
        source=source,
        wanted=CallRequest(path="/x"),
        trigger=Trigger(type="verify"),
        started_at=NOW,
        duration_ms=1.0,
        expires_at=NOW + timedelta(days=1),
        keeps_bodies=True,
        exchanges=list[Exchange](exchanges),
        refusal=Failure(refusal, "why") if refusal else None,
        result=Result("refused", refusal) if refusal else result_of(exchanges),
    )
    return show_call(entry_of(finished, Redactor()))


def steps(verification: VerifyRead) -> dict[str, VerifyStep]:
    return {step.name: step for step in verification.steps}


def failed(verification: VerifyRead) -> str:
    """The step that failed, which is one."""
    (name,) = [step.name for step in verification.steps if step.status == "failed"]
    return name


NEGOTIATED = TlsEvidence("TLSv1.3", "TLS_AES_256_GCM_SHA384", "http/1.1", is_verified=True, chain=(certificate(),))
CONNECTED = ConnectionEvidence(resolved=["192.0.2.1"], address="192.0.2.1", port=443, tls=NEGOTIATED)


def answered(via: ConnectionEvidence | None, **values: object) -> Exchange:
    """An exchange that went well."""
    return replace(exchange(response(200, JSON, "{}"), **values), connection=via)  # type: ignore[arg-type]


class TestHowFarItCame:
    @pytest.mark.parametrize("error_type", ["total_timeout", "cancelled", "internal_error"])
    @pytest.mark.parametrize(
        ("via", "name"),
        [
            (None, "dns"),
            (ConnectionEvidence(), "dns"),
            (ConnectionEvidence(resolved=["192.0.2.1"]), "tcp"),
            (ConnectionEvidence(resolved=["192.0.2.1"], address="192.0.2.1", port=443), "tls"),
            (replace(CONNECTED, tls=TlsEvidence()), "tls"),
            (CONNECTED, "http"),
        ],
    )
    def test_is_the_step_that_fails(self, error_type: str, via: ConnectionEvidence | None, name: str) -> None:
        stopped = replace(exchange(None, error_type), connection=via)
        verification = verified(call(stopped))
        assert failed(verification) == name
        assert verification.passed is False

    def test_a_reset_in_the_handshake_is_no_matter_of_http(self) -> None:
        via = ConnectionEvidence(resolved=["192.0.2.1"], address="192.0.2.1", port=443)
        assert failed(verified(call(replace(exchange(None, "connection_reset"), connection=via)))) == "tls"

    def test_a_call_of_which_nothing_is_known_fails_at_the_first_step(self) -> None:
        bare = call(exchange(None, "internal_error")).model_copy(update={"exchanges": [], "diagnosis": None})
        verification = verified(bare)
        assert failed(verification) == "configuration"
        assert steps(verification)["configuration"].summary == "The call failed."

    def test_a_call_that_found_no_free_connection_has_not_looked_for_the_host(self) -> None:
        verification = verified(call(replace(exchange(None, "pool_timeout"), connection=None)))
        assert failed(verification) == "tcp"
        assert steps(verification)["dns"].summary == "Not reached."

    def test_a_refusal_leaves_nothing_reached(self) -> None:
        verification = verified(call(refusal="source_disabled"))
        assert [step.status for step in verification.steps] == ["failed"] + ["skipped"] * (len(STEPS) - 1)
        assert {step.summary for step in verification.steps[1:]} == {"Not reached."}


class TestTimes:
    def test_are_those_of_har_without_counting_tls_twice(self) -> None:
        timings = Timings(dns_ms=1, connect_ms=10, tls_ms=7, send_ms=0.5, wait_ms=20, receive_ms=3)
        found = steps(verified(call(replace(answered(CONNECTED), timings=timings))))
        assert [found[name].duration_ms for name in STEPS] == [None, None, 1, 3, 7, None, 20.5, 3]

    def test_are_missing_where_nothing_was_measured(self) -> None:
        found = steps(verified(call(answered(CONNECTED))))
        assert {found[name].duration_ms for name in STEPS} == {None}


class TestSummaries:
    def test_a_connection_that_was_open_already_skips_its_steps(self) -> None:
        found = steps(verified(call(answered(replace(CONNECTED, is_reused=True)))))
        assert (found["dns"].status, found["tcp"].status, found["tls"].status) == ("skipped", "skipped", "passed")

    def test_an_address_needs_no_dns(self) -> None:
        found = steps(verified(call(answered(CONNECTED, url="https://192.0.2.1/x"))))
        assert found["dns"].summary == "The host of the location is an address already."
        assert steps(verified(call(answered(CONNECTED, url="https://[2001:db8::1]/x"))))["dns"].status == "skipped"

    @pytest.mark.parametrize(
        ("days", "words"),
        [
            (0, "expires in less than a day,"),
            (1, "expires in 1 day,"),
            (29, "expires in 29 days"),
            (30, "valid for 30 days more"),
        ],
    )
    def test_a_certificate_that_expires_soon_is_a_warning(self, days: int, words: str) -> None:
        tls = replace(NEGOTIATED, chain=(certificate(until=days),))
        verification = verified(call(answered(replace(CONNECTED, tls=tls))))
        assert words in steps(verification)["tls"].summary
        assert verification.passed is True

    def test_each_further_exchange_is_shown(self) -> None:
        hop = replace(exchange(response(302, [("Location", "/y")])), connection=CONNECTED)
        found = steps(verified(call(hop, answered(CONNECTED, url=f"{LOCATION}/y", kind="redirect"))))
        assert found["http"].summary == "The answer is 200 after 1 more exchange."
        assert f"redirect: GET {LOCATION}/y" in [row.value for row in found["http"].evidence]

    def test_credentials_to_which_nobody_has_answered_are_neither_right_nor_wrong(self) -> None:
        sent = exchange(None, "read_timeout", headers=[("Authorization", "Bearer REDACTED")])
        found = steps(verified(call(replace(sent, connection=CONNECTED))))
        assert (found["http"].status, found["credentials"].status) == ("failed", "skipped")
        assert found["credentials"].summary == (
            "Sent was Bearer in the header Authorization. No answer came that says whether it is right."
        )

    def test_an_answer_without_a_body_is_not_looked_into(self) -> None:
        found = steps(verified(call(replace(exchange(response(204)), connection=CONNECTED))))
        assert (found["http"].status, found["content"].status) == ("passed", "skipped")
