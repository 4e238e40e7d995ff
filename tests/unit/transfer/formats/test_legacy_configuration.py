# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The configuration of sources of the original OpenConnector: what becomes of each of their quirks."""

import pytest

from tests.keys import issue, pem_of, rsa_key
from tests.unit.transfer.formats.legacy_documents import configured, only, source, texts_at

CLIENT_KEY = pem_of(rsa_key())
CLIENT_CERTIFICATE = issue("client", rsa_key()).pem


class TestConfiguration:
    def test_dotted_and_nested_names_are_one(self) -> None:
        draft = only(
            configured(
                **{
                    "headers.X-Org": "gemeente",
                    "headers": {"Accept": "application/json"},
                    "query.limit": 10,
                    "query": [],
                }
            )
        )
        assert draft.definition["headers"] == [
            {"name": "Accept", "value": "application/json"},
            {"name": "X-Org", "value": "gemeente"},
        ]
        assert draft.definition["query"] == [{"name": "limit", "value": "10"}]

    def test_of_two_values_the_dotted_one_holds_and_the_other_is_named(self) -> None:
        draft = only(configured(**{"headers.Accept": "text/xml", "headers": {"Accept": "application/json"}}))
        assert draft.definition["headers"] == [{"name": "Accept", "value": "text/xml"}]
        assert texts_at(draft, "/configuration/headers/Accept")

    def test_lists_and_nested_parameters_become_rows(self) -> None:
        draft = only(
            configured(headers={"Accept": ["a/b", "c/d"]}, query={"filter": {"name": "x", "tags": ["1", "2"]}})
        )
        assert draft.definition["headers"] == [{"name": "Accept", "value": "a/b"}, {"name": "Accept", "value": "c/d"}]
        assert draft.definition["query"] == [
            {"name": "filter[name]", "value": "x"},
            {"name": "filter[tags][0]", "value": "1"},
            {"name": "filter[tags][1]", "value": "2"},
        ]

    def test_the_connection_is_carried_over(self) -> None:
        draft = only(
            configured(
                timeout="30",
                connect_timeout=2.5,
                verify="false",
                proxy="http://jan:geheim@proxy.example:3128",
                allow_redirects={"max": "3"},
                logBody="1",
                version="2.0",
                resultsPosition="data.items",
                pagination={"paginationQuery": "page"},
            )
        )
        assert draft.definition["connection"] == {
            "totalTimeoutMs": 30_000,
            "connectTimeoutMs": 2500,
            "verifyTls": False,
            "proxy": {"url": "http://proxy.example:3128", "username": "jan", "password": "geheim"},
            "redirects": "all",
            "maxRedirects": 3,
            "bodies": {"policy": "always"},
            "http2": True,
        }
        assert draft.definition["resultsPosition"] == "data.items"
        assert draft.definition["pagination"] == {"type": "page", "parameter": "page"}
        assert draft.notes == []

    def test_redirects_can_be_switched_off(self) -> None:
        assert only(configured(allow_redirects="false")).definition["connection"]["redirects"] == "never"

    def test_retention_in_seconds_becomes_whole_days(self) -> None:
        draft = only(source(logRetention="172800", errorRetention=100_000))
        assert draft.definition["connection"]["retention"] == {"successDays": 2, "errorDays": 2}
        assert texts_at(draft, "/errorRetention") == ["Calls are kept for whole days: 2."]

    def test_retention_that_nobody_chose_is_left_to_the_setting(self) -> None:
        draft = only(source(logRetention=3600, errorRetention=86_400))
        assert "connection" not in draft.definition

    def test_rate_limits(self) -> None:
        assert only(source(rateLimitLimit="100", rateLimitWindow=30)).definition["connection"]["rateLimit"] == {
            "limit": 100,
            "windowMs": 30_000,
        }

    def test_a_limit_without_a_window_gets_one_and_says_so(self) -> None:
        draft = only(source(rateLimitLimit=100))
        assert draft.definition["connection"]["rateLimit"]["windowMs"] == 60_000
        assert texts_at(draft, "/rateLimitLimit")

    def test_the_successor_says_when_to_call_again(self) -> None:
        policy = {"maxAttempts": 4, "backoffStrategy": "fixed", "baseDelayMs": 250, "retryableStatusCodes": [429, 503]}
        draft = only(source(retryPolicy=policy))
        assert draft.definition["connection"]["retry"] == {"maxRetries": 3, "backoffMs": 250, "statuses": [429, 503]}
        assert texts_at(draft, "/retryPolicy/backoffStrategy")

    def test_certificates_are_taken_as_text(self) -> None:
        pem = CLIENT_CERTIFICATE.replace("\n", "\\n")
        draft = only(configured(cert=[pem, ""], ssl_key=CLIENT_KEY, verify=CLIENT_CERTIFICATE))
        certificate = draft.definition["connection"]["clientCertificate"]
        assert certificate == {"certificates": CLIENT_CERTIFICATE, "privateKey": CLIENT_KEY}
        assert draft.definition["connection"]["caCertificates"] == CLIENT_CERTIFICATE
        assert draft.missing == []

    def test_a_certificate_without_its_key_asks_for_it(self) -> None:
        assert only(configured(cert=CLIENT_CERTIFICATE)).missing == ["/connection/clientCertificate/privateKey"]

    def test_paths_of_certificates_are_named(self) -> None:
        draft = only(
            configured(cert="/etc/ssl/client.pem", ssl_key=["/etc/ssl/key.pem", "geheim"], verify="/etc/ca.pem")
        )
        assert "connection" not in draft.definition
        for name in ("cert", "ssl_key", "verify"):
            assert "path of a file" in texts_at(draft, f"/configuration/{name}")[0]

    def test_what_has_no_counterpart_is_named_with_its_place(self) -> None:
        draft = only(
            configured(preRequest={"endpoint": "/login"}, soapVersion="1.2", sink="/tmp/x", special={"a": [1]})
        )
        assert {note.pointer for note in draft.notes} == {
            f"/configuration/{name}" for name in ("preRequest", "soapVersion", "sink", "special")
        }

    def test_a_value_that_is_too_long_is_left_out_and_named(self) -> None:
        draft = only(configured(headers={"X-Long": "x" * 9000, "X-Short": "y", "X-Broken": "a\nb", "Not a name": "z"}))
        assert draft.definition["headers"] == [{"name": "X-Short", "value": "y"}]
        for name in ("X-Long", "X-Broken", "Not a name"):
            assert "not accepted" in texts_at(draft, f"/configuration/headers/{name}")[0]

    def test_more_rows_than_a_source_may_have_are_named(self) -> None:
        draft = only(configured(headers={f"X-{number}": "v" for number in range(103)}))
        assert len(draft.definition["headers"]) == 100
        assert texts_at(draft, "/configuration/headers/X-102")


class TestTemplates:
    @pytest.mark.parametrize(
        ("twig", "ours"),
        [
            ("{{ 'now'|date('Y-m-d') }}", "{{ now('%Y-%m-%d') }}"),
            ('{{ "now"|date("c") }}', "{{ now('iso') }}"),
            (r"{{ 'now'|date('Y-m-d\TH:i:s') }}", "{{ now('%Y-%m-%dT%H:%M:%S') }}"),
            ("{{ 'now'|date_modify('-5 minutes')|date('U') }}", "{{ now('unix', -300) }}"),
            ("{{ source.getName() }}", "{{ source.name }}"),
            ("{{ source.location|url_encode }}", "{{ source.location|url_encode }}"),
            ("{{ generateUuid() }}", "{{ generateUuid() }}"),
            ("{{ source.configuration.tenant }}", "t-1"),
        ],
    )
    def test_become_ours(self, twig: str, ours: str) -> None:
        draft = only(configured(headers={"X-A": twig}, tenant="t-1"))
        assert draft.definition["headers"][0]["value"] == ours

    @pytest.mark.parametrize(
        "twig",
        ["{{ source.nothing }}", "{{ random(5) }}", "{% if a %}{{ uuid() }}{% endif %}", "{{ 'now'|date('N') }}"],
    )
    def test_that_mean_nothing_here_are_named(self, twig: str) -> None:
        draft = only(configured(headers={"X-A": twig}))
        assert "headers" not in draft.definition
        assert "“X-A” is left out." in texts_at(draft, "/configuration/headers/X-A")[0]

    def test_a_secret_that_is_filled_in_is_kept_as_one(self) -> None:
        header = "Token {{ source.configuration.authentication.token }}"
        draft = only(configured(headers={"Authorization": header}, authentication={"token": "abc"}))
        assert draft.definition["headers"] == [{"name": "Authorization", "value": "Token abc", "isSecret": True}]
