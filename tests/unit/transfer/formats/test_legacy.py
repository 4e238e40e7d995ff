# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sources of the original OpenConnector: what becomes of each of their quirks."""

import base64
import json
from typing import Any

import pytest

from openconnector.sources.schemas import SourceCreate
from openconnector.transfer.drafts import Draft, Unreadable
from openconnector.transfer.formats import legacy
from openconnector.transfer.formats.known import read_any
from tests.keys import issue, pem_of, rsa_key

CLIENT_KEY = pem_of(rsa_key())
CLIENT_CERTIFICATE = issue("client", rsa_key()).pem


def source(**more: Any) -> dict[str, Any]:
    return {"name": "Zaken", "type": "json", "location": "https://zaken.example.org/api", **more}


def configured(**configuration: Any) -> dict[str, Any]:
    return source(configuration=configuration)


def only(document: Any) -> Draft:
    drafts = legacy.read(document)
    assert len(drafts) == 1
    SourceCreate.model_validate(completed(drafts[0]))
    return drafts[0]


def completed(draft: Draft) -> dict[str, Any]:
    """The definition when somebody has entered what is missing."""
    definition: dict[str, Any] = json.loads(json.dumps(draft.definition))
    for pointer in draft.missing:
        *steps, last = pointer.split("/")[1:]
        place: Any = definition
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[last] = "entered"
    return definition


def texts_at(draft: Draft, pointer: str) -> list[str]:
    return [note.text for note in draft.notes if note.pointer == pointer]


class TestShapes:
    def test_a_bare_entity_needs_no_identity(self) -> None:
        draft = only(source())
        assert draft.key == "Zaken"
        assert draft.definition == {"type": "json", "name": "Zaken", "location": "https://zaken.example.org/api"}
        assert draft.notes == []

    def test_a_json_ld_export_says_in_one_note_what_of_its_history_is_not_kept(self) -> None:
        document = source(
            **{
                "@context": {"schema": "http://schema.org"},
                "@type": "source",
                "@id": "https://cloud.example/sources/7",
            },
            id=7,
            uuid="5b1f7c1e-6a0f-4c1b-8d0a-2f8f4f1c9a11",
            version="0.0.3",
            reference=None,
            isEnabled="true",
            oas="Array",
            paths=[],
            headers=[],
            auth="none",
            objectCount=0,
        )
        draft = only(document)
        assert draft.key == "5b1f7c1e-6a0f-4c1b-8d0a-2f8f4f1c9a11"
        assert draft.definition["isEnabled"] is True
        assert [note.text for note in draft.notes] == [
            "Identity and history of the original are not kept: @context, @type, @id, id, uuid, version."
        ]

    def test_a_bundle_names_its_sources_by_their_slugs(self) -> None:
        document = {"openapi": "3.0.0", "components": {"sources": {"zaken": source(), "brp": source(name="BRP")}}}
        drafts = legacy.read(document)
        assert [(draft.key, draft.definition["slug"]) for draft in drafts] == [("zaken", "zaken"), ("brp", "brp")]

    def test_the_successor_has_objects_of_several_schemas(self) -> None:
        own = {"register": "integriq", "schema": "source", "slug": "echo"}
        document = {
            "components": {"objects": [{"@self": own, **source()}, {"@self": {"schema": "mapping"}, "name": "M"}]}
        }
        (draft,) = legacy.read(document)
        assert (draft.key, draft.definition["slug"]) == ("echo", "echo")
        assert texts_at(draft, "/components/objects/1")

    def test_several_may_stand_in_one_list(self) -> None:
        assert [draft.key for draft in legacy.read([source(), {"components": {"sources": {"b": source()}}}])] == [
            "Zaken",
            "b",
        ]

    def test_the_answer_of_its_api_is_a_list(self) -> None:
        name, drafts = read_any(json.dumps({"results": [source(isEnabled=True), source(name="BRP", uuid="1")]}))
        assert (name, [draft.key for draft in drafts]) == ("legacy", ["Zaken", "1"])

    def test_a_document_without_sources_is_not_readable(self) -> None:
        with pytest.raises(Unreadable, match="no source"):
            legacy.read({"components": {"sources": [], "mappings": {"m": {"name": "M"}}}})

    def test_entities_of_other_kinds_are_noted(self) -> None:
        document = {"components": {"sources": {"a": source()}, "mappings": {"m": {"name": "M"}}}}
        assert texts_at(only(document), "/components/mappings") == [
            "OpenConnector has sources and their log here. Entities of other kinds are not carried over."
        ]

    @pytest.mark.parametrize(
        "text", [json.dumps(source()), "name: Zaken\ntype: json\nlocation: https://zaken.example.org/api\n"]
    )
    def test_json_and_yaml_say_the_same(self, text: str) -> None:
        name, drafts = read_any(text)
        assert (name, drafts[0].definition["location"]) == ("legacy", "https://zaken.example.org/api")


class TestTypeAndLocation:
    @pytest.mark.parametrize(
        ("written", "location", "kind", "expected"),
        [
            ("api", "https://a.example", "json", "https://a.example"),
            ("database", "https://a.example", "json", "https://a.example"),
            ("soap", "https://a.example/ws", "soap", "https://a.example/ws"),
            ("sftp", "files.example/in", "ftp", "sftp://files.example/in"),
            ("file", "ftp://files.example", "ftp", "ftp://files.example"),
            ("json", "a.example/v1", "json", "https://a.example/v1"),
        ],
    )
    def test_become_ours(self, written: str, location: str, kind: str, expected: str) -> None:
        draft = only(source(type=written, location=location))
        assert (draft.definition["type"], draft.definition["location"]) == (kind, expected)
        assert bool(texts_at(draft, "/type")) == (written != kind)

    @pytest.mark.parametrize("location", ["", None, "https://", "https://a b.example", "mysql://db.example/x"])
    def test_a_source_without_a_usable_location_is_made_and_switched_off(self, location: Any) -> None:
        draft = only(source(location=location, isEnabled=True))
        assert draft.definition["location"] == "https://location.invalid"
        assert draft.definition["isEnabled"] is False
        assert texts_at(draft, "/location")

    def test_credentials_move_out_of_the_location(self) -> None:
        draft = only(source(location="https://jan:geh%40im@a.example/v1"))
        assert draft.definition["location"] == "https://a.example/v1"
        assert draft.definition["authentication"] == {"type": "basic", "username": "jan", "password": "geh@im"}

    def test_an_impossible_slug_is_left_to_be_made(self) -> None:
        draft = only(source(slug="Zaken & Co"))
        assert "slug" not in draft.definition
        assert texts_at(draft, "/slug")


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


class TestSynchronizations:
    def document(self, **config: Any) -> dict[str, Any]:
        synchronization = {
            "name": "Alle zaken",
            "sourceId": "zaken",
            "sourceType": "api",
            "sourceConfig": config,
            "targetId": "1/2",
        }
        return {"components": {"sources": {"zaken": source()}, "synchronizations": {"s": synchronization}}}

    def test_say_where_the_records_are_and_what_to_ask_for(self) -> None:
        draft = only(
            self.document(
                **{
                    "endpoint": "/zaken",
                    "resultsPosition": "results",
                    "paginationQuery": "pagina",
                    "query.status": "open",
                    "maxPages": "9",
                }
            )
        )
        assert draft.definition["resultsPosition"] == "results"
        assert draft.definition["pagination"] == {"type": "page", "parameter": "pagina", "maxPages": 9}
        (request,) = draft.requests
        assert (request.name, request.path, request.query) == (
            "Alle zaken",
            "/zaken",
            [{"name": "status", "value": "open"}],
        )
        assert texts_at(draft, "/components/synchronizations/s")

    def test_of_another_source_are_named(self) -> None:
        document = self.document(resultsPosition="results")
        document["components"]["synchronizations"]["s"]["sourceId"] = "17"
        draft = only(document)
        assert "resultsPosition" not in draft.definition
        assert "not here" in texts_at(draft, "/components/synchronizations/s")[0]
