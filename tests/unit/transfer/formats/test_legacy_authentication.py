# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How sources of the original OpenConnector prove who they are: what becomes of each of their quirks."""

import base64
import json
from typing import Any

import pytest

from openconnector.transfer.drafts import Draft
from tests.keys import pem_of, rsa_key
from tests.unit.transfer.formats.legacy_documents import configured, only, source, texts_at

CLIENT_KEY = pem_of(rsa_key())


class TestAuthentication:
    def authentication(self, **configuration: Any) -> tuple[dict[str, Any], Draft]:
        draft = only(configured(**configuration))
        return draft.definition.get("authentication", {}), draft

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (
                "Basic " + base64.b64encode(b"jan:geheim:x").decode(),
                {"type": "basic", "username": "jan", "password": "geheim:x"},
            ),
            ("Bearer abc.def", {"type": "bearer", "token": "abc.def"}),
            (
                "ApiKey 123",
                {"type": "apiKey", "in": "header", "name": "Authorization", "prefix": "ApiKey", "value": "123"},
            ),
            ("123", {"type": "apiKey", "in": "header", "name": "Authorization", "value": "123"}),
            (
                "Basic geheim",
                {"type": "apiKey", "in": "header", "name": "Authorization", "prefix": "Basic", "value": "geheim"},
            ),
        ],
    )
    @pytest.mark.parametrize("is_dotted", [True, False])
    def test_is_recovered_from_the_header(self, value: str, expected: dict[str, Any], is_dotted: bool) -> None:
        configuration = {"headers.Authorization": value} if is_dotted else {"headers": {"authorization": value}}
        found, draft = self.authentication(**configuration)
        assert found | {"name": "x"} == expected | {"name": "x"}
        assert "headers" not in draft.definition

    @pytest.mark.parametrize(
        ("auth", "expected"),
        [
            ({"auth": ["jan", "geheim"]}, "basic"),
            ({"auth.0": "jan", "auth.1": "geheim"}, "basic"),
            ({"auth": [], "auth.0": "jan", "auth.1": "geheim", "auth.2": "digest"}, "digest"),
            ({"auth": {"0": "jan", "1": "geheim", "2": "NTLM"}}, "ntlm"),
            ({"auth": {"username": "jan", "password": "geheim"}}, "basic"),
        ],
    )
    def test_is_recovered_from_auth(self, auth: dict[str, Any], expected: str) -> None:
        found, _ = self.authentication(**auth)
        assert found == {"type": expected, "username": "jan", "password": "geheim"}

    def test_auth_goes_before_the_header_as_in_the_original(self) -> None:
        found, draft = self.authentication(**{"auth": ["jan", "geheim"], "headers.Authorization": "Bearer abc"})
        assert found["type"] == "basic"
        assert texts_at(draft, "/configuration/headers.Authorization")
        assert "abc" not in str(draft)

    def test_one_key_in_a_header_or_a_parameter_becomes_an_api_key(self) -> None:
        assert self.authentication(headers={"X-Api-Key": "abc"})[0] == {
            "type": "apiKey", "in": "header", "name": "X-Api-Key", "value": "abc",
        }  # fmt: skip
        assert self.authentication(**{"query.api_key": "abc"})[0]["in"] == "query"

    def test_several_keys_stay_where_they_are_as_secrets(self) -> None:
        _, draft = self.authentication(headers={"X-Api-Key": "abc", "X-Auth-Token": "def", "Accept": "a/b"})
        assert [(row["name"], row.get("isSecret")) for row in draft.definition["headers"]] == [
            ("X-Api-Key", True), ("X-Auth-Token", True), ("Accept", None),
        ]  # fmt: skip

    def test_a_secret_that_was_taken_out_is_missing(self) -> None:
        found, draft = self.authentication(**{"headers.Authorization": "Bearer ***"})
        assert (found, draft.missing) == ({"type": "bearer"}, ["/authentication/token"])

    def test_a_reference_to_a_credential_is_missing(self) -> None:
        _, draft = self.authentication(headers={"X-Api-Key": {"credentialRef": {"credentialName": "kvk"}}})
        assert draft.missing == ["/authentication/value"]

    def test_credentials_that_the_original_never_sent_are_named_and_not_sent(self) -> None:
        draft = only(source(auth="apikey", apikey="abc", username="jan"))
        assert "authentication" not in draft.definition
        assert "never sends them, so they are not carried over: auth, username, apikey." in draft.notes[0].text
        assert "abc" not in str(draft)


class TestTokens:
    def draft(self, header: str = "Bearer {{ oauthToken(source) }}", **authentication: Any) -> Draft:
        return only(configured(**{"headers.Authorization": header, "authentication": authentication}))

    def test_client_credentials(self) -> None:
        draft = self.draft(
            grant_type="client_credentials",
            scope="api",
            authentication="basic_auth",
            client_id="abc",
            client_secret="geheim",
            tokenUrl="https://login.example/token",
            tokenLocation="data.token",
        )
        assert draft.definition["authentication"] == {
            "type": "oauth2",
            "grant": {"type": "client_credentials"},
            "clientId": "abc",
            "client": {"method": "client_secret_basic", "secret": "geheim"},
            "tokenUrl": "https://login.example/token",
            "scope": "api",
            "tokenLocation": "data.token",
            "in": "header",
            "name": "Authorization",
            "prefix": "Bearer",
        }
        assert draft.notes == []

    def test_password(self) -> None:
        draft = self.draft(
            grant_type="password",
            authentication="body",
            username="jan",
            password="geheim",
            tokenUrl="https://l.example/t",
        )
        assert draft.definition["authentication"]["grant"] == {
            "type": "password", "username": "jan", "password": "geheim",
        }  # fmt: skip

    def test_a_client_that_signs(self) -> None:
        draft = self.draft(
            grant_type="client_credentials",
            client_id="abc",
            client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            private_key=base64.b64encode(CLIENT_KEY.encode()).decode(),
            x5t="abcdef",
            payload='{"iss": "{{ client_id }}", "aud": "https://login.example/"}',
            tokenUrl="https://login.example/token",
        )
        client = draft.definition["authentication"]["client"]
        assert client == {
            "method": "private_key_jwt", "algorithm": "PS256", "audience": "https://login.example/",
            "key": {"privateKey": CLIENT_KEY},
        }  # fmt: skip
        assert texts_at(draft, "/configuration/authentication/x5t")

    def test_what_is_no_secret_and_missing_has_something_in_its_place(self) -> None:
        draft = self.draft(client_secret="geheim", tokenUrl="nowhere")
        found = draft.definition["authentication"]
        assert (found["clientId"], found["tokenUrl"]) == ("unknown", "https://location.invalid")
        assert (found["client"]["secret"], draft.missing, draft.definition["isEnabled"]) == ("geheim", [], False)

    def test_a_jwt_with_twig_in_its_claims(self) -> None:
        draft = self.draft(
            "Bearer {{ jwtToken(source) }}",
            algorithm="HS256",
            secret="0123456789abcdef0123456789abcdef",
            client_id="abc",
            payload='{"iss":"{{ client_id }}","iat": {{ "now"|date("U") }}, '
            '"exp": {{ "now"|date_modify("+1 hour")|date("U") }}}',
        )
        found = draft.definition["authentication"]
        assert json.loads(found["claims"]) == {
            "iss": "abc", "iat": "{{ now('unix') }}", "exp": "{{ now('unix', 3600) }}",
        }  # fmt: skip
        assert (found["algorithm"], found["secret"], found["prefix"]) == (
            "HS256",
            "0123456789abcdef0123456789abcdef",
            "Bearer",
        )
        assert draft.notes == []

    def test_a_secret_is_signed_with_as_the_original_does(self) -> None:
        draft = self.draft("Bearer {{ jwtToken(source) }}", algorithm="HS256", secret="it's", payload="{}")
        assert draft.definition["authentication"]["secret"] == "it\\'s"
        assert texts_at(draft, "/configuration/authentication/secret")

    def test_claims_that_cannot_be_read_are_named(self) -> None:
        draft = self.draft(
            "Bearer {{ jwtToken(source) }}", algorithm="HS256", secret="x", payload='{"a": {% if b %}1{% endif %}}'
        )
        assert "claims" not in draft.definition["authentication"]
        assert texts_at(draft, "/configuration/authentication/payload")

    def test_decos_asks_for_a_token(self) -> None:
        draft = self.draft(
            "Bearer {{ decosToken(source) }}", tokenUrl="https://d.example", username="jan", password="geheim"
        )
        assert (draft.definition["authentication"], draft.missing) == ({"type": "bearer"}, ["/authentication/token"])
        assert "Decos" in texts_at(draft, "/configuration/authentication")[0]

    def test_a_token_in_another_header(self) -> None:
        draft = only(
            configured(
                headers={"X-Token": "{{ oauthToken(source) }}"},
                authentication={"client_id": "a", "client_secret": "b", "tokenUrl": "https://l.example/t"},
            )
        )
        found = draft.definition["authentication"]
        assert (found["in"], found["name"], found["prefix"]) == ("header", "X-Token", "")

    def test_a_token_within_a_text_stays_a_template(self) -> None:
        draft = only(
            configured(
                headers={"X-Auth": "token={{ oauthToken(source) }}"},
                authentication={"client_id": "a", "client_secret": "b", "tokenUrl": "https://l.example/t"},
            )
        )
        assert draft.definition["authentication"]["in"] == "none"
        assert draft.definition["headers"] == [{"name": "X-Auth", "value": "token={{ oauthToken(source) }}"}]

    def test_authentication_that_no_header_asks_for_is_kept_and_not_sent(self) -> None:
        draft = only(
            configured(authentication={"client_id": "a", "client_secret": "b", "tokenUrl": "https://l.example/t"})
        )
        assert draft.definition["authentication"]["in"] == "none"
        assert texts_at(draft, "/configuration/authentication")
