# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every `error.type` has a row, every row has its facts filled in, and the words name what was observed."""

import re
from dataclasses import replace

import pytest

from openconnector.calls.diagnosis import FAILURES, diagnose
from openconnector.calls.evidence import _KINDS
from openconnector.calls.facts import FACTS
from openconnector.calls.outcome import Result
from openconnector.calls.remedies import REFUSALS, Words
from openconnector.calls.remedies_content import CONTENT, LOGIN_PAGE
from openconnector.calls.remedies_network import NETWORK
from openconnector.calls.remedies_signatures import SIGNATURES
from openconnector.calls.remedies_soap import FAULTS
from openconnector.calls.remedies_tokens import REJECTED, about_token
from openconnector.calls.status_remedies import CLIENT_ERROR, CREDENTIALS, SERVER_ERROR, STATUSES
from openconnector.egress.errors import _CERTIFICATE_ERRORS, _REASONS, SYSTEM_ERRORS
from tests.unit.calls.observations import LOCATION, certificate, check, connection, exchange, observed, response, shown

FAILURE_TYPES = """
    name_not_resolved dns_timeout connection_refused host_unreachable connect_timeout connection_failed connection_reset
    pool_timeout proxy_unreachable proxy_refused proxy_authentication_required tls_timeout tls_certificate_expired
    tls_certificate_not_yet_valid tls_certificate_self_signed tls_certificate_untrusted tls_name_mismatch
    tls_certificate_invalid tls_protocol_mismatch tls_client_certificate_required tls_not_spoken tls_expected tls_error
    tls_client_certificate_rejected tls_client_certificate_unusable tls_certificate_not_pinned connection_not_kept
    read_timeout write_timeout total_timeout empty_reply protocol_error http2_error incomplete_body undecodable_body
    body_too_large headers_too_large too_many_redirects redirect_loop invalid_redirect invalid_request invalid_url
    unsupported_scheme cancelled internal_error egress_denied
    oauth_invalid_client oauth_invalid_grant oauth_login_expired oauth_invalid_scope oauth_invalid_target
    oauth_invalid_request oauth_unauthorized_client oauth_unsupported_grant_type token_refused token_endpoint_failed
    token_not_json token_missing token_redirected token_busy discovery_failed not_connected credentials_unusable
    invalid_template authorization_denied authorization_failed authorization_outdated authorization_mixed_up
    host_key_changed ssh_not_spoken ssh_timeout ssh_protocol_mismatch ssh_error
    envelope_unusable
    login_refused tls_required ftp_not_spoken data_connection_failed transfer_aborted file_not_found
    file_permission_denied file_exists file_not_a_directory file_is_a_directory file_directory_not_empty file_no_space
    file_path_leaves_root file_operation_unsupported file_error
""".split()  # noqa: SIM905  # a list would be a page long

TABLES: list[Words] = [
    *REFUSALS.values(), *FAILURES.values(), *CONTENT.values(), *STATUSES.values(), *CREDENTIALS.values(),
    *REJECTED.values(), *SIGNATURES.values(), *FAULTS.values(), *map(about_token, NETWORK.values()),
    LOGIN_PAGE, CLIENT_ERROR, SERVER_ERROR,
]  # fmt: skip


class TestTables:
    def test_have_a_row_for_every_failure(self) -> None:
        assert set(FAILURES) == set(FAILURE_TYPES)

    def test_have_a_row_for_every_name_that_a_connection_gives(self) -> None:
        assert {*_CERTIFICATE_ERRORS.values(), *_REASONS.values(), *SYSTEM_ERRORS.values()} <= set(FAILURES)

    def test_have_a_row_for_every_refusal(self) -> None:
        assert set(REFUSALS) == {
            "source_disabled", "path_leaves_origin", "invalid_request", "rate_limited", "file_changes_not_allowed",
            "secret_unreadable",
        }  # fmt: skip

    def test_have_a_row_for_every_suspicion(self) -> None:
        assert set(CONTENT) == {
            "redirect_not_followed", "redirect_to_other_origin", "empty_body", "unexpected_html", "invalid_json",
            "invalid_xml", "unexpected_content_type", "nested_records",
            "records_elsewhere", "records_not_found", "records_not_checked",
        }  # fmt: skip

    @pytest.mark.parametrize("words", TABLES, ids=lambda words: words.title)
    def test_ask_for_facts_and_evidence_that_exist(self, words: Words) -> None:
        texts = [words.title, words.detail, *(text for text, _ in words.remedies)]
        asked = {name for text in texts for name in re.findall(r"\{(\w+)\}", text)}
        assert asked <= {*FACTS, "position", "problem", "records", "selector", "limit", "fault_code", "fault_reason"}
        assert set(words.evidence) <= set(_KINDS)
        assert words.remedies
        assert len({text for text, _ in words.remedies}) == len(words.remedies)


class TestFailures:
    @pytest.mark.parametrize("error_type", FAILURE_TYPES)
    @pytest.mark.parametrize("via", [connection(certificate()), connection(proxy="proxy.example:3128"), None])
    def test_in_words(self, error_type: str, via: object) -> None:
        failed = replace(exchange(None, error_type), connection=via)
        diagnosis = check(diagnose(observed(failed)))
        assert diagnosis.type == error_type
        assert shown(diagnosis)["Reported"] == "what the system said."

    def test_a_name_that_no_table_knows_still_has_words(self) -> None:
        assert check(diagnose(observed(exchange(None, "never_heard_of")))).type == "never_heard_of"

    def test_a_call_of_which_nothing_but_the_failure_is_known_has_words(self) -> None:
        bare = replace(observed(refusal="x"), refusal=None, result=Result("transport_error", "internal_error"))
        assert check(diagnose(bare)).type == "internal_error"

    def test_a_host_that_does_not_answer_is_one_that_this_server_cannot_reach(self) -> None:
        diagnosis = check(diagnose(observed(exchange(None, "connect_timeout"))))
        assert "The server that runs Nextcloud cannot reach this host" in diagnosis.detail
        assert "firewall, VPN and DNS" in diagnosis.remedies[0].text
        assert shown(diagnosis)["Addresses found"] == "192.0.2.1, 192.0.2.2"

    def test_a_proxy_is_named(self) -> None:
        failed = exchange(None, "proxy_unreachable", via=connection(proxy="proxy.example:3128"))
        diagnosis = check(diagnose(observed(failed)))
        assert "proxy.example:3128" in diagnosis.detail
        assert diagnosis.remedies[0].link == "configuration/connection"

    def test_a_denied_address_can_be_allowed_under_settings(self) -> None:
        diagnosis = check(diagnose(observed(exchange(None, "egress_denied"))))
        assert (diagnosis.phase, diagnosis.remedies[0].link) == ("egress", "settings")

    def test_a_body_that_broke_off_says_how_much_came(self) -> None:
        answer = response(200, [("Content-Length", "10")], "abc")
        diagnosis = check(diagnose(observed(exchange(answer, "incomplete_body"))))
        assert shown(diagnosis)["Received"] == "3 bytes of body of 10 bytes that were announced"

    def test_a_redirect_loop_shows_its_hops(self) -> None:
        first = exchange(response(302, [("Location", "/b")]), url=f"{LOCATION}/a")
        second = exchange(response(302, [("Location", "/v1/a")]), "redirect_loop", url="https://api.example/b")
        diagnosis = check(diagnose(observed(first, second)))
        assert "https://api.example/v1/a" in diagnosis.detail
        assert shown(diagnosis)["Hop 1"] == "GET https://api.example/v1/a → 302"
        assert shown(diagnosis)["Hop 2"] == "GET https://api.example/b → 302"


class TestCertificates:
    def test_an_expired_one_is_named_with_its_date(self) -> None:
        chain = [certificate(since=500, until=-196)]
        diagnosis = check(diagnose(observed(exchange(None, "tls_certificate_expired", via=connection(*chain)))))
        assert diagnosis.detail == (
            "api.example shows the certificate of api.example. It expired on 12 May 2026, 196 days ago, "
            "so nothing was sent."
        )
        evidence = shown(diagnosis)
        assert evidence["Names in it"] == "api.example, www.api.example"
        assert evidence["Issuer"] == "CN=Example Root,O=Example"
        assert evidence["Valid"] == "from 12 July 2025 until 12 May 2026"

    def test_the_expired_one_of_a_chain_need_not_be_the_servers(self) -> None:
        chain = [certificate(), certificate("CN=Middle", since=900, until=-1)]
        diagnosis = check(diagnose(observed(exchange(None, "tls_certificate_expired", via=connection(*chain)))))
        assert "the certificate of Middle. It expired on 23 November 2026, 1 day ago" in diagnosis.detail

    def test_one_whose_time_has_not_come(self) -> None:
        chain = [certificate(since=-3)]
        diagnosis = check(diagnose(observed(exchange(None, "tls_certificate_not_yet_valid", via=connection(*chain)))))
        assert "becomes valid on 27 November 2026, in 3 days" in diagnosis.detail

    def test_one_for_other_names_lists_them(self) -> None:
        diagnosis = check(diagnose(observed(exchange(None, "tls_name_mismatch", via=connection(certificate())))))
        assert "a certificate for api.example, www.api.example" in diagnosis.detail

    @pytest.mark.parametrize(
        ("chain", "missing"),
        [
            ([certificate()], "“Example Root”"),
            ([certificate(issuer="CN=Middle"), certificate("CN=Middle", "CN=Top\\, Ltd")], "“Top, Ltd”"),
            ([certificate(issuer="CN=Root"), certificate("CN=Root", "CN=Root")], "“Root”"),
            ([certificate(issuer="O=No common name")], "“O=No common name”"),
            ([certificate("CN=a", "CN=b"), certificate("CN=b", "CN=a")], "“"),
        ],
    )
    def test_an_untrusted_one_names_the_issuer_that_is_missing(self, chain: list, missing: str) -> None:
        diagnosis = check(diagnose(observed(exchange(None, "tls_certificate_untrusted", via=connection(*chain)))))
        assert missing in diagnosis.detail

    @pytest.mark.parametrize(
        ("error_type", "location", "instead"),
        [
            ("tls_not_spoken", "https://api.example:8080/v1", "http://api.example:8080/v1"),
            ("tls_not_spoken", "https://api.example/v1", "http://api.example:443/v1"),
            ("tls_expected", "http://api.example:8443/v1", "https://api.example:8443/v1"),
            ("tls_expected", "http://api.example:443/v1", "https://api.example/v1"),
            ("tls_expected", "http://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ],
    )
    def test_the_other_scheme_is_written_out_as_a_location(self, error_type: str, location: str, instead: str) -> None:
        failed = exchange(None, error_type, url=f"{location}/x?token=REDACTED")
        diagnosis = diagnose(observed(failed, location=location))
        assert diagnosis is not None
        assert any(remedy.text.endswith(f" {instead}") for remedy in diagnosis.remedies)


@pytest.mark.parametrize("error_type", sorted(REFUSALS))
def test_a_refusal_in_words(error_type: str) -> None:
    diagnosis = check(diagnose(observed(refusal=error_type)))
    assert (diagnosis.type, diagnosis.phase) == (error_type, "configuration")


def test_a_rate_limit_says_until_when() -> None:
    assert "what the system said." in check(diagnose(observed(refusal="rate_limited"))).detail


@pytest.mark.parametrize("refusal", ["rate_limited", "path_leaves_origin"])
def test_a_request_that_is_refused_behind_others_is_not_taken_for_a_connection_that_failed(refusal: str) -> None:
    diagnosis = check(diagnose(observed(exchange(response()), exchange(failure=refusal))))
    assert diagnosis.title == REFUSALS[refusal].title
