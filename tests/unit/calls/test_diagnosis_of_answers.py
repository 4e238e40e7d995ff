# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The words for answers: statuses that say something went wrong, and successes that are hardly what one wanted."""

import timeit
from dataclasses import replace

import pytest

from openconnector.calls.diagnosis import diagnose
from openconnector.calls.observed import Observed
from openconnector.calls.status_remedies import STATUSES
from openconnector.transports.exchange import ExchangeKind, Headers, Origins
from tests.unit.calls.observations import LOCATION, answered, check, exchange, observed, response, shown


class TestUnauthorized:
    @pytest.mark.parametrize(
        ("asked", "sent", "title"),
        [
            (["Basic"], [], "The other system asks for credentials"),
            ([], [], "The other system asks for credentials"),
            (['Basic realm="x"'], [("Authorization", "Bearer REDACTED")], "The other system wants another scheme"),
            (["Basic"], [("X-Api-Key", "REDACTED")], "The other system wants another scheme"),
            (["Basic"], [("Authorization", "REDACTED")], "The other system wants another scheme"),
            (["ApiKey"], [("X-Api-Key", "REDACTED")], "The credentials were not accepted"),
            (["Basic", "Bearer"], [("Authorization", "Bearer REDACTED")], "The credentials were not accepted"),
            (['bearer error="invalid_token"'], [("Authorization", "Bearer REDACTED")], "The token is not valid"),
            (
                ['Bearer error="invalid_token", error_description="The access token expired"'],
                [("Authorization", "Bearer REDACTED")],
                "The token has expired",
            ),
            (
                ['Bearer error="insufficient_scope"'],
                [("Authorization", "Bearer REDACTED")],
                "The token may not do this",
            ),
        ],
    )
    def test_compares_what_was_asked_for_with_what_was_sent(self, asked: list[str], sent: Headers, title: str) -> None:
        headers = [("WWW-Authenticate", line) for line in asked]
        diagnosis = check(diagnose(answered(401, headers, sent=sent)))
        assert (diagnosis.type, diagnosis.phase, diagnosis.title) == ("401", "authentication", title)
        assert diagnosis.remedies[0].link == "configuration/authentication"
        assert shown(diagnosis)["Sent"]

    def test_names_both_schemes(self) -> None:
        headers = [("WWW-Authenticate", 'Negotiate, Basic realm="a, b"')]
        diagnosis = check(diagnose(answered(401, headers, sent=[("Authorization", "Bearer REDACTED")])))
        assert diagnosis.detail == (
            "api.example wants Negotiate or Basic, but Bearer in the header Authorization was sent."
        )

    def test_an_expired_token_may_be_told_in_the_body(self) -> None:
        sent = [("Authorization", "Bearer REDACTED")]
        diagnosis = check(diagnose(answered(401, [], '{"message": "JWT token has expired"}', sent=sent)))
        assert diagnosis.title == "The token has expired"

    def test_sees_keys_in_parameters_and_headers_by_who_put_them_there(self) -> None:
        origins = Origins({"x-tenant": "authentication"}, {"code": "authentication"})
        sent = exchange(
            response(401), headers=[("X-Tenant", "a"), ("Accept", "b")], origins=origins, url=f"{LOCATION}/x?code=c&d=e"
        )
        assert shown(check(diagnose(observed(sent))))["Sent"] == "the header X-Tenant, the parameter code"

    def test_behind_a_redirect_to_another_system_says_where_the_credentials_stayed(self) -> None:
        first = exchange(
            response(302, [("Location", "https://other.example/x")]), headers=[("Authorization", "Basic x")]
        )
        second = exchange(response(401), url="https://other.example/x", kind="redirect")
        diagnosis = check(diagnose(observed(first, second)))
        assert diagnosis.title == "The redirect led to where the credentials do not go"

    def test_403_names_the_scope_that_is_missing(self) -> None:
        headers = [("WWW-Authenticate", 'Bearer error="insufficient_scope", scope="zaken.lezen"')]
        diagnosis = check(diagnose(answered(403, headers, sent=[("Authorization", "Bearer REDACTED")])))
        assert "“zaken.lezen”" in diagnosis.detail

    def test_403_tells_apart_whether_credentials_were_sent(self) -> None:
        with_credentials = check(diagnose(answered(403, sent=[("Authorization", "Bearer REDACTED")])))
        without = check(diagnose(answered(403)))
        assert with_credentials.title != without.title


class TestStatuses:
    @pytest.mark.parametrize("status", sorted({*STATUSES, 401, 402, 403, 418, 501, 599}))
    def test_in_words(self, status: int) -> None:
        assert check(diagnose(answered(status))).type == str(status)

    def test_404_shows_how_location_and_path_were_joined(self) -> None:
        diagnosis = check(diagnose(observed(exchange(response(404), url=f"{LOCATION}/v1/x"), path="/v1/x")))
        evidence = shown(diagnosis)
        assert (evidence["Location"], evidence["Path"]) == (LOCATION, "/v1/x")
        assert evidence["Joined"] == f"{LOCATION}/v1/x"
        assert "“v1” is in both of them" in diagnosis.detail

    def test_405_names_what_is_allowed(self) -> None:
        diagnosis = check(diagnose(answered(405, [("Allow", "GET,HEAD , OPTIONS")])))
        assert diagnosis.detail == "api.example does not take GET at this path. It takes GET, HEAD and OPTIONS."
        assert shown(diagnosis)["Allow"] == "GET,HEAD , OPTIONS"

    def test_406_names_what_was_asked_for(self) -> None:
        assert "application/xml" in check(diagnose(answered(406, sent=[("Accept", "application/xml")]))).detail

    def test_415_names_what_was_sent_and_what_is_taken(self) -> None:
        sent = [("Content-Type", "text/plain")]
        diagnosis = check(diagnose(answered(415, [("Accept-Post", "application/ld+json")], sent=sent)))
        assert "Sent was text/plain. It takes application/ld+json." in diagnosis.detail

    @pytest.mark.parametrize("status", [429, 503])
    @pytest.mark.parametrize("value", ["90", "Tue, 24 Nov 2026 14:03:00 GMT"])
    def test_says_when_to_come_back(self, status: int, value: str) -> None:
        diagnosis = check(diagnose(answered(status, [("Retry-After", value)])))
        assert "in 90 seconds (at 14:03 UTC)" in diagnosis.detail
        assert shown(diagnosis)["Come back"] == "in 90 seconds (at 14:03 UTC)"

    def test_the_errors_of_servers_differ(self) -> None:
        assert len({check(diagnose(answered(status))).title for status in (500, 502, 503, 504)}) == 4


JSON = [("Content-Type", "application/json; charset=utf-8")]


class TestSuspicions:
    @pytest.mark.parametrize(
        "well",
        [
            answered(200, JSON, "{}"),
            answered(204),
            answered(201),
            answered(200, [("Content-Type", "application/problem+json")], "{}"),
            answered(200, [("Content-Type", "text/xml")], "<a/>", source_type="xml"),
            answered(200, [("Content-Type", "image/png")], "x", sent=[("Accept", "image/png")]),
            answered(200, [("Content-Type", "text/xml; charset=utf-8")], "<a/>", source_type="soap"),
            answered(200, [("Content-Type", "application/soap+xml")], "<a/>", source_type="soap"),
            answered(200, [("Content-Type", "multipart/related; boundary=x")], "--x--", source_type="soap"),
            answered(200, [("Content-Type", "application/octet-stream")], "x", source_type="ftp"),
            answered(200, [("Content-Type", "text/html")], "<html>", source_type="ftp"),
            answered(200, [], "x", source_type="ftp"),
            answered(304),
        ],
    )
    def test_none_when_all_went_well(self, well: Observed) -> None:
        assert diagnose(well) is None

    @pytest.mark.parametrize(
        ("seen", "error_type"),
        [
            (answered(200), "empty_body"),
            (answered(302, [("Location", "/v2")]), "redirect_not_followed"),
            (answered(302, [("Location", "https://login.example/")]), "redirect_to_other_origin"),
            (answered(302, [("Location", "//login.example")]), "redirect_to_other_origin"),
            (answered(302, [("Location", "http://[")]), "redirect_to_other_origin"),
            (answered(200, [("Content-Type", "text/html")], "<p>Hello"), "unexpected_html"),
            (answered(200, JSON, "\n<!DOCTYPE html><html>"), "unexpected_html"),
            (answered(200, [("Content-Type", "text/html")], "<p>", source_type="xml"), "unexpected_html"),
            (answered(200, [("Content-Type", "text/plain")], "hello"), "unexpected_content_type"),
            (answered(200, [], "hello"), "unexpected_content_type"),
            (answered(200, JSON, "{}", source_type="xml"), "unexpected_content_type"),
            (answered(200, JSON, "{}", source_type="soap"), "unexpected_content_type"),
            (answered(200, [("Content-Type", "text/html")], "<p>", source_type="soap"), "unexpected_html"),
            (answered(200, JSON, '{"a": '), "invalid_json"),
            (answered(200, [("Content-Type", "application/xml")], "<a>", source_type="xml"), "invalid_xml"),
            (answered(200, JSON, '{"data": {"items": [{"a": 1}, {"a": 2}]}}'), "nested_records"),
        ],
    )
    def test_in_words(self, seen: Observed, error_type: str) -> None:
        diagnosis = check(diagnose(seen))
        assert diagnosis.type == error_type

    def test_a_redirect_to_another_system_names_both(self) -> None:
        diagnosis = check(diagnose(answered(302, [("Location", "https://login.example/in?x=1")])))
        assert (shown(diagnosis)["Redirected from"], shown(diagnosis)["Redirected to"]) == (
            "https://api.example",
            "https://login.example",
        )
        assert "https://api.example sends the call on to https://login.example" in diagnosis.detail

    def test_a_login_page_is_known_by_its_password_field(self) -> None:
        page = "<html><form><input name=p TYPE='password'></form>"
        diagnosis = check(diagnose(answered(200, [("Content-Type", "text/html")], page)))
        assert (diagnosis.type, diagnosis.title) == ("unexpected_html", "The answer is a login page")
        assert diagnosis.remedies[0].link == "configuration/authentication"

    def test_a_body_that_was_cut_is_not_called_broken(self) -> None:
        assert diagnose(replace(answered(200, JSON, '{"a": '), is_body_whole=False)) is None

    @pytest.mark.parametrize("media_type", ["application/json", "text/xml"])
    def test_a_position_that_was_not_looked_for_is_said_to_be_so(self, media_type: str) -> None:
        seen = answered(200, [("Content-Type", media_type)], "x", source_type="json" if "json" in media_type else "xml")
        large = replace(seen, is_body_whole=False, results_position="data.items")
        diagnosis = check(diagnose(large))
        assert diagnosis.type == "records_not_checked"
        assert "at data.items" in diagnosis.detail
        assert "256 KiB" in diagnosis.detail
        assert diagnose(replace(large, results_position="")) is None
        assert diagnose(replace(large, body=None)) is None

    @pytest.mark.parametrize("kind", ["description", "token"])
    def test_a_position_is_not_looked_for_in_what_has_no_records(self, kind: ExchangeKind) -> None:
        document = observed(exchange(response(200, JSON, "{}"), kind=kind), body="{}")
        assert diagnose(replace(document, results_position="data.items")) is None
        assert diagnose(replace(document, results_position="data.items", is_body_whole=False)) is None

    def test_broken_json_says_where(self) -> None:
        diagnosis = check(diagnose(answered(200, JSON, '{"a": 1,\n}')))
        assert "from line 2, column 1 on" in diagnosis.detail
        assert shown(diagnosis)["Position"] == "line 2, column 1"

    def test_nested_records_say_where_they_are(self) -> None:
        body = '{"data": {"items": [' + ",".join(['{"a": 1}'] * 25) + "]}}"
        diagnosis = check(diagnose(answered(200, JSON, body)))
        assert "25 objects at data.items" in diagnosis.detail
        assert shown(diagnosis)["Path to them"] == "data.items"


def test_facts_from_the_network_are_not_read_as_texts_of_ours() -> None:
    diagnosis = diagnose(answered(302, [("Location", "/{host}{0}{scheme}")]))
    assert diagnosis is not None
    assert "/{host}{0}{scheme}" in diagnosis.detail


def test_facts_from_the_network_are_bounded() -> None:
    diagnosis = diagnose(answered(302, [("Location", "/" + "x" * 100_000)]))
    assert diagnosis is not None
    assert len(diagnosis.model_dump_json()) < 10_000


@pytest.mark.parametrize(
    "body",
    [
        "<input " * 37_000,
        "<input " + "type " * 50_000,
        "<a>" * 85_000,
        '{"a":' * 50_000,
        "token " * 40_000,
        " " * 260_000,
    ],
)
@pytest.mark.parametrize("media_type", ["text/html", "application/json", "application/xml"])
@pytest.mark.parametrize("status", [200, 401])
def test_a_hostile_body_costs_little(status: int, media_type: str, body: str) -> None:
    seen = answered(
        status, [("Content-Type", media_type)], body, source_type="xml", sent=[("Authorization", "Basic x")]
    )
    assert timeit.timeit(lambda: diagnose(seen), number=1) < 10  # seconds


def test_an_answer_with_which_nothing_is_wrong_costs_little() -> None:
    well = answered(200, JSON, '{"a": 1}', sent=[("Accept", "application/json, */*;q=0.5")])
    assert min(timeit.repeat(lambda: diagnose(well), number=100, repeat=5)) / 100 < 0.003  # seconds
