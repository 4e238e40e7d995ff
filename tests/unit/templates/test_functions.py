# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The functions and filters of templates, against values that others have published."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.templates.functions import FILTERS, FUNCTIONS
from openconnector.templates.language import TemplateContext, TemplateProblem, render

AT = datetime(2026, 11, 26, 21, 31, 30, 123_456, tzinfo=UTC)


def rendered(
    expression: str, *, at: datetime = AT, oauth: Callable[[], str] | None = None, jwt: Callable[[], str] | None = None
) -> str:
    source = {"name": "Zaaksysteem", "authentication": {"empty": "", "zero": 0, "text": "Jörg", "nan": float("nan")}}
    return render(f"{{{{ {expression} }}}}", TemplateContext(source=source, at=at, oauth_token=oauth, jwt_token=jwt))


def refused(expression: str) -> str:
    with pytest.raises(TemplateProblem) as caught:
        rendered(expression)
    return str(caught.value)


class TestNow:
    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("now()", "2026-11-26T21:31:30Z"),
            ("now('iso')", "2026-11-26T21:31:30Z"),
            ("now('unix')", "1795728690"),
            ("now('unixMs')", "1795728690123"),
            ("now('%Y-%m-%d')", "2026-11-26"),
            ("now('%a, %d %b %Y %H:%M:%S GMT')", "Thu, 26 Nov 2026 21:31:30 GMT"),
            ("now('%Y%m%dT%H%M%SZ')", "20261126T213130Z"),
            ("now('%d. día %% %f')", "26. día % 123456"),
            ("now(offset=-60)", "2026-11-26T21:30:30Z"),
            ("now('unix', 3600)", "1795732290"),
            ("now(offset=86400, format='%d')", "27"),
        ],
    )
    def test_is_the_time_of_the_request(self, expression: str, value: str) -> None:
        assert rendered(expression) == value

    def test_is_in_utc_whatever_the_time_zone_of_the_caller(self) -> None:
        amsterdam = timezone(timedelta(hours=1))
        assert rendered("now()", at=datetime(2026, 11, 26, 22, 31, 30, tzinfo=amsterdam)) == "2026-11-26T21:31:30Z"

    @pytest.mark.parametrize(
        "expression",
        [
            "now('unixms')",
            "now('')",
            "now('%s')",
            "now('%999999999d')",
            "now('%-d')",
            "now('%')",
            "now('%Y%')",
            r"now('%\n')",
            "now('" + "%Y" * 51 + "')",
            "now(1)",
            "now(source.name)",
            "now('%Y' ~ '%m')",
            "now(offset='60')",
            "now(offset=1.5)",
            "now(offset=true)",
            "now(offset=999999999)",
            "now('iso', 0, 0)",
        ],
    )
    def test_takes_no_other_arguments(self, expression: str) -> None:
        assert "now" in refused(expression)

    def test_outside_of_the_calendar_is_an_error(self) -> None:
        with pytest.raises(TemplateProblem, match="outside of the calendar"):
            rendered("now(offset=60)", at=datetime.max.replace(tzinfo=UTC))


class TestUuid:
    @pytest.mark.parametrize("name", ["uuid", "generateUuid"])
    def test_is_a_new_one_each_time(self, name: str) -> None:
        first, second = rendered(f"{name}() ~ ' ' ~ {name}()").split()
        assert UUID(first).version == UUID(second).version == 4
        assert first != second


class TestEncodings:
    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            # RFC 4648, section 10
            ("base64('')", ""),
            ("base64('f')", "Zg=="),
            ("base64('fo')", "Zm8="),
            ("'foobar'|base64", "Zm9vYmFy"),
            ("'foobar'|b64enc", "Zm9vYmFy"),
            ("'Zm8='|b64dec", "fo"),
            ("'Zm8'|b64dec", "fo"),
            # RFC 7617, section 2.1
            ("'test:123£'|base64", "dGVzdDoxMjPCow=="),
            ("'dGVzdDoxMjPCow=='|b64dec", "test:123£"),
            ("base64url('>>>???')", "Pj4-Pz8_"),
            ("'Pj4-Pz8_'|b64dec", ">>>???"),
            ("'f'|base64url", "Zg"),
            ("'a b/c&ü~-._'|urlencode", "a%20b%2Fc%26%C3%BC~-._"),
            ("'a b'|url_encode", "a%20b"),
            ("'say \"é\"\\n'|json", '"say \\"é\\"\\n"'),
            ("source.authentication.zero|json", "0"),
            ("true|json_encode", "true"),
            ("'straße'|upper", "STRASSE"),
            ("'ÄB'|lower", "äb"),
            ("'  a b\\n'|trim", "a b"),
            ("443|base64", "NDQz"),
        ],
    )
    def test_are_those_of_the_standards(self, expression: str, value: str) -> None:
        assert rendered(expression) == value

    @pytest.mark.parametrize("expression", ["'a'|b64dec", "'***'|b64dec", "'/w=='|b64dec"])
    def test_of_what_is_no_base64_of_a_text_is_an_error(self, expression: str) -> None:
        assert "b64dec needs the base64 form of a text" in refused(expression)

    def test_of_a_number_that_json_does_not_have_is_an_error(self) -> None:
        assert "JSON cannot write this number" in refused("source.authentication.nan|json")

    @pytest.mark.parametrize("expression", ["source.name|base64", "source.name|hash", "source.name|urlencode"])
    def test_of_half_a_surrogate_pair_is_an_error(self, expression: str) -> None:
        context = TemplateContext(source={"name": "\ud83d"}, at=AT)
        with pytest.raises(TemplateProblem, match="half of a surrogate pair"):
            render(f"{{{{ {expression} }}}}", context)

    @given(st.text())
    def test_can_be_undone(self, text: str) -> None:
        context = TemplateContext(source={"name": text}, at=AT)
        assert render("{{ source.name|base64|b64dec }}", context) == text
        assert render("{{ source.name|base64url|b64dec }}", context) == text
        assert json.loads(render("{{ source.name|json }}", context)) == text


class TestDefault:
    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("source.authentication.missing|default('x')", "x"),
            ("source.authentication.missing|upper|default('x')", "x"),
            ("source.authentication.empty|default('x')", "x"),
            ("source.authentication.zero|default('x')", "0"),
            ("source.authentication.text|default('x')", "Jörg"),
            ("source.authentication.missing|default(source.name)|upper", "ZAAKSYSTEEM"),
            ("source.authentication.missing|default(5)|json", "5"),
        ],
    )
    def test_stands_in_for_what_is_missing_or_empty(self, expression: str, value: str) -> None:
        assert rendered(expression) == value

    def test_does_not_hide_other_errors(self) -> None:
        assert "no token here" in refused("oauthToken(source)|default('x')")
        assert "no function" in refused("nothing()|default('x')")


class TestHash:
    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            # FIPS 180-4 and RFC 1321: the digests of "abc"
            ("hash('abc', 'md5')", "900150983cd24fb0d6963f7d28e17f72"),
            ("hash('abc', 'sha1')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("hash('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ("'abc'|hash('sha256')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "'abc'|hash(algorithm='sha384')",
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
            ),
            ("'abc'|hash('sha512')|lower|upper|lower|trim|base64url|b64dec|hash('md5')", None),
            ("hash('abc', 'md5', 'base64')", "kAFQmDzST7DWlj99KOF/cg=="),
            ("hash('abc', encoding='base64url', algorithm='md5')", "kAFQmDzST7DWlj99KOF_cg"),
        ],
    )
    def test_has_the_published_values(self, expression: str, value: str | None) -> None:
        if value is None:
            assert re.fullmatch("[0-9a-f]{32}", rendered(expression))
        else:
            assert rendered(expression) == value

    @pytest.mark.parametrize(
        ("expression", "sentence"),
        [
            ("hash('a', 'sha3')", "The algorithm must be one of 'md5', 'sha1'"),
            ("hash('a', 'shake_128')", "The algorithm must be one of"),
            ("hash('a', source.name)", "The algorithm of “hash” must be written out, not computed."),
            ("hash('a', 'md5', 'raw')", "The encoding must be one of 'hex', 'base64', 'base64url'."),
            ("hash()", "“hash” needs “text”. It is written hash(text, 'sha256', 'hex')."),
            ("hash('a', 'md5', 'hex', 'b')", "These are not the arguments of “hash”."),
            ("hash('a', text='b')", "These are not the arguments of “hash”."),
            ("hash('a', algorithm='md5', algorithm='md5')", "These are not the arguments of “hash”."),
            ("hash('a', digest='md5')", "These are not the arguments of “hash”."),
            ("'a'|hash(text='a')", "These are not the arguments of “hash”."),
            ("uuid(4)", "These are not the arguments of “uuid”. It is written uuid()."),
        ],
    )
    def test_with_other_arguments_is_an_error(self, expression: str, sentence: str) -> None:
        assert sentence in refused(expression)


class TestHmac:
    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            # RFC 4231, test case 2, and RFC 2202
            (
                "hmac('what do ya want for nothing?', 'Jefe')",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                "hmac('what do ya want for nothing?', 'Jefe', 'sha256', 'base64')",
                "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=",
            ),
            ("'what do ya want for nothing?'|hmac('Jefe', 'md5')", "750c783e6ab0b503eaa86e310a5db738"),
            (
                "'what do ya want for nothing?'|hmac(key='Jefe', algorithm='sha1')",
                "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            ),
            (
                "hmac('what do ya want for nothing?', 'Jefe', 'sha512')",
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ),
        ],
    )
    def test_has_the_published_values(self, expression: str, value: str) -> None:
        assert rendered(expression) == value

    def test_needs_a_key(self) -> None:
        assert "“hmac” needs “key”. It is written hmac(text, key, 'sha256', 'hex')." in refused("hmac('a')")


class TestTokens:
    @pytest.mark.parametrize("expression", ["oauthToken(source)", "oauthToken()", "oauthToken( source )"])
    def test_come_from_the_caller(self, expression: str) -> None:
        assert rendered(expression, oauth=lambda: "a.b-c") == "a.b-c"

    def test_of_the_two_kinds_are_not_mixed_up(self) -> None:
        assert rendered("oauthToken(source) ~ jwtToken(source)", oauth=lambda: "o", jwt=lambda: "j") == "oj"

    @pytest.mark.parametrize(
        ("name", "needs"), [("oauthToken", "OAuth 2.0"), ("jwtToken", "a JWT as the source's authentication")]
    )
    def test_that_the_source_does_not_have_are_an_error(self, name: str, needs: str) -> None:
        assert needs in refused(f"{name}(source)")

    @pytest.mark.parametrize(
        "arguments", ["'a'", "source.name", "source, source", "'a', source", "source=source", "*source", "name"]
    )
    def test_are_made_from_the_source_and_nothing_else(self, arguments: str) -> None:
        assert "takes nothing but source" in refused(f"oauthToken({arguments})")

    def test_that_cannot_be_made_say_why(self) -> None:
        def give() -> str:
            raise ValueError("The key is too short.")

        with pytest.raises(TemplateProblem, match=r"The key is too short\. \(Line 1, column 1\.\)"):
            rendered("jwtToken(source)", jwt=give)

    def test_may_not_stand_in_what_they_are_made_from(self) -> None:
        def give() -> str:
            return render("{{ jwtToken(source) }}", context)

        context = TemplateContext(source={}, at=AT, jwt_token=give)
        for _ in range(2):  # and it is not taken for busy ever after
            with pytest.raises(TemplateProblem, match="cannot stand in what that token is made from"):
                render("{{ jwtToken(source) }}", context)


def test_every_function_and_filter_stands_in_the_documentation(pytestconfig: pytest.Config) -> None:
    documentation = (pytestconfig.rootpath / "docs" / "templates.md").read_text()
    for name in FUNCTIONS:
        assert f"{name}(" in documentation
    for name in FILTERS:
        assert re.search(rf"[|`]{name}\b", documentation), name


def test_every_example_of_the_documentation_says_the_truth(pytestconfig: pytest.Config) -> None:
    documentation = (pytestconfig.rootpath / "docs" / "templates.md").read_text()
    context = TemplateContext(
        source={
            "id": "0193a5c2-7e4b-7cc1-8d2f-5b6c1d0e9a37",
            "slug": "zaken",
            "name": "Zaken",
            "location": "https://api.example.org/v1",
            "type": "json",
            "host": "api.example.org",
            "authentication": {"username": "jan", "password": "geheim", "clientId": "app"},
        },
        at=datetime(2026, 11, 26, 21, 31, 30, 123_000, tzinfo=UTC),
        oauth_token=lambda: "2YotnFZFEjr1zCsicMWpAA",
        jwt_token=lambda: "eyJhbGciOi…",
        uuid=lambda: "6f1c2a52-58a5-4fd4-9b7e-3f1f4c0c2f11",
    )
    examples = re.findall(r"^\| `` ?(.+?) ?`` \| `(.+?)` \|", documentation, re.MULTILINE)
    assert len(examples) > 20
    for before, after in examples:
        assert render(before.replace("\\|", "|"), context) == after.replace("\\|", "|")
