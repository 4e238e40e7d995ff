# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Collections of Postman: sources by origin, their authentication, and requests to test with."""

import json
from typing import Any

import pytest

from openconnector.calls.schemas import TestRequest
from openconnector.sources.schemas import SourceCreate
from openconnector.transfer.drafts import Draft, Unreadable
from openconnector.transfer.formats import postman
from openconnector.transfer.formats.known import read_any

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def collection(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"info": {"name": "Library", "schema": SCHEMA, "_postman_id": "1"}, "item": list(items), **more}


def request(url: Any, name: str = "A request", **more: Any) -> dict[str, Any]:
    return {"name": name, "request": {"method": "GET", "url": url, **more}}


def variables(**values: str) -> list[dict[str, Any]]:
    return [{"key": name, "value": value, "type": "string"} for name, value in values.items()]


def told(**values: str) -> list[dict[str, Any]]:
    return [{"key": name, "value": value, "type": "string"} for name, value in values.items()]


def only(document: Any) -> Draft:
    (draft,) = postman.read(document)
    for saved in draft.requests:
        TestRequest(method=saved.method, path=saved.path, query=saved.query, headers=saved.headers, body=saved.body)
    if not draft.missing:
        SourceCreate.model_validate(draft.definition)
    return draft


class TestSources:
    def test_the_variable_that_urls_begin_with_is_the_location(self) -> None:
        document = collection(
            request({"raw": "{{baseUrl}}/books", "host": ["{{baseUrl}}"], "path": ["books"]}, "All"),
            request("{{baseUrl}}/books/7/pages", "Pages"),
            variable=variables(baseUrl="https://api.library.example/v2/"),
        )
        draft = only(document)
        assert draft.definition["location"] == "https://api.library.example/v2"
        assert [(one.name, one.path) for one in draft.requests] == [("All", "/books"), ("Pages", "/books/7/pages")]
        assert draft.key == "Library"

    def test_without_a_variable_it_is_what_all_paths_begin_with(self) -> None:
        draft = only(
            collection(
                {
                    "name": "Folder",
                    "item": [request("https://a.example/api/v1/books"), request("https://a.example/api/v1/people/3")],
                }
            )
        )
        assert draft.definition["location"] == "https://a.example/api/v1"
        assert [one.path for one in draft.requests] == ["/books", "/people/3"]

    def test_what_the_collection_says_of_itself_is_the_description(self) -> None:
        document = collection(request("https://a.example/x"))
        document["info"]["description"] = {"content": "Books and people.", "type": "text/markdown"}
        assert only(document).definition["description"] == "Books and people."

    def test_a_variable_for_the_scheme_is_passed_over(self) -> None:
        draft = only(collection(request("{{scheme}}://a.example:80/x")))
        assert draft.definition["location"] == "http://a.example"

    def test_each_origin_is_a_source_of_its_own(self) -> None:
        drafts = postman.read(
            collection(
                request("https://a.example/x"), request("https://b.example:8443/y"), request("http://a.example/z")
            )
        )
        assert [(draft.definition["name"], draft.definition["location"]) for draft in drafts] == [
            ("Library (https://a.example)", "https://a.example"),
            ("Library (b.example:8443)", "https://b.example:8443"),
            ("Library (http://a.example)", "http://a.example"),
        ]

    def test_a_host_that_nobody_knows_is_left_to_be_entered(self) -> None:
        draft = only(collection(request("{{baseUrl}}/books")))
        assert (draft.definition["location"], draft.definition["isEnabled"]) == ("https://location.invalid", False)
        assert draft.requests[0].path == "/books"
        assert any("location" in note.text for note in draft.notes)

    def test_an_environment_beside_the_collection_goes_before_its_variables(self) -> None:
        environment = {
            "name": "Production",
            "_postman_variable_scope": "environment",
            "values": [
                {"key": "baseUrl", "value": "https://live.example", "enabled": True},
                {"key": "baseUrl", "value": "https://off.example", "enabled": False},
            ],
        }
        document = [
            collection(request("{{baseUrl}}/x"), variable=variables(baseUrl="https://test.example")),
            environment,
        ]
        assert only(document).definition["location"] == "https://live.example"

    def test_an_environment_alone_says_what_is_missing(self) -> None:
        with pytest.raises(Unreadable, match="together with its collection"):
            postman.read(
                {"name": "E", "values": [{"key": "a", "value": "b"}], "_postman_variable_scope": "environment"}
            )

    def test_version_1_is_refused_with_advice(self) -> None:
        with pytest.raises(Unreadable, match=r"version 2\.1"):
            read_any(
                json.dumps(
                    {"id": "1", "name": "Old", "order": ["a"], "requests": [{"id": "a", "url": "https://a.example"}]}
                )
            )

    def test_requests_that_are_not_http_are_named(self) -> None:
        draft = only(collection(request("https://a.example/x"), request("wss://a.example/live", "Live")))
        assert [note.text for note in draft.notes if note.pointer == "/item/1"] == [
            "Requests by wss are not carried over."
        ]


class TestRequests:
    def test_have_path_query_headers_and_body(self) -> None:
        url = {
            "raw": "https://a.example/v1/books/:id?page=1&off=1",
            "query": [{"key": "page", "value": "{{page}}"}, {"key": "off", "value": "1", "disabled": True}],
            "variable": [{"key": "id", "value": "42"}],
        }
        body = {"mode": "raw", "raw": '{"at": "{{$isoTimestamp}}"}', "options": {"raw": {"language": "json"}}}
        header = [{"key": "Accept", "value": "a/b"}, {"key": "X-Off", "value": "1", "disabled": True}]
        document = collection(request(url, method="PUT", header=header, body=body), variable=variables(page="9"))
        (saved,) = only(document).requests
        assert (saved.method, saved.path) == ("PUT", "/42")
        assert saved.query == [{"name": "page", "value": "9"}]
        assert saved.headers == [
            {"name": "Accept", "value": "a/b"},
            {"name": "Content-Type", "value": "application/json"},
        ]
        assert saved.body == '{"at": "{{ now() }}"}'

    def test_forms_and_graphql_become_bodies(self) -> None:
        form = {"mode": "urlencoded", "urlencoded": [{"key": "a b", "value": "c&d"}]}
        graphql = {"mode": "graphql", "graphql": {"query": "{ me }", "variables": '{"a": 1}'}}
        draft = only(
            collection(request("https://a.example/x", body=form), request("https://a.example/y", body=graphql))
        )
        assert draft.requests[0].body == "a+b=c%26d"
        assert json.loads(draft.requests[1].body or "") == {"query": "{ me }", "variables": {"a": 1}}

    def test_files_are_named(self) -> None:
        draft = only(collection(request("https://a.example/x", body={"mode": "file", "file": {"src": "/home/x"}})))
        assert draft.requests[0].body is None
        assert [note.pointer for note in draft.notes if "files" in note.text] == ["/item/0/request/body"]

    def test_variables_that_nobody_knows_are_named_and_no_templates(self) -> None:
        draft = only(collection(request("https://a.example/x/{{id}}?q={{q}}")))
        assert draft.requests[0].path.endswith("/{id}")
        assert draft.requests[0].query == [{"name": "q", "value": "{q}"}]
        assert {note.text for note in draft.notes if "Nothing says" in note.text} == {
            "Nothing says what “id” is. Enter it where {id} stands.",
            "Nothing says what “q” is. Enter it where {q} stands.",
        }

    def test_scripts_examples_and_descriptions_are_named_once(self) -> None:
        item = request("https://a.example/x") | {
            "event": [{"listen": "test", "script": {"exec": ["pm.test()"]}}],
            "response": [{"name": "ok", "code": 200}],
        }
        texts = [note.text for note in only(collection(item, item)).notes]
        assert "Scripts are not run here, and were not carried over. This holds for 2 places." in texts
        assert "Examples of answers were not carried over. This holds for 2 places." in texts


class TestAuthentication:
    @pytest.mark.parametrize(
        ("kind", "values", "expected"),
        [
            (
                "basic",
                {"username": "jan", "password": "geheim"},
                {"type": "basic", "username": "jan", "password": "geheim"},
            ),
            ("bearer", {"token": "abc"}, {"type": "bearer", "token": "abc"}),
            (
                "apikey",
                {"key": "k", "value": "abc", "in": "query"},
                {"type": "apiKey", "in": "query", "name": "k", "value": "abc"},
            ),
            ("digest", {"username": "jan", "password": "x"}, {"type": "digest", "username": "jan", "password": "x"}),
            (
                "ntlm",
                {"username": "jan", "password": "x", "domain": "D", "workstation": "W"},
                {"type": "ntlm", "username": "jan", "domain": "D", "workstation": "W", "password": "x"},
            ),
            (
                "awsv4",
                {"accessKey": "AKIA", "secretKey": "x", "region": "eu-west-1", "service": "s3"},
                {
                    "type": "awsSigV4",
                    "accessKeyId": "AKIA",
                    "region": "eu-west-1",
                    "service": "s3",
                    "secretAccessKey": "x",
                },
            ),
        ],
    )
    @pytest.mark.parametrize("is_object", [False, True], ids=["2.1", "2.0"])
    def test_of_each_kind(self, kind: str, values: dict[str, str], expected: dict[str, Any], is_object: bool) -> None:
        auth = {"type": kind, kind: values if is_object else told(**values)}
        assert only(collection(request("https://a.example/x"), auth=auth)).definition["authentication"] == expected

    def test_oauth2(self) -> None:
        auth = {
            "type": "oauth2",
            "oauth2": told(
                grant_type="client_credentials",
                accessTokenUrl="https://login.example/token",
                clientId="abc",
                clientSecret="geheim",
                scope="a b",
                client_authentication="header",
                addTokenTo="header",
                headerPrefix="Token",
            ),
        }
        assert only(collection(request("https://a.example/x"), auth=auth)).definition["authentication"] == {
            "type": "oauth2",
            "grant": {"type": "client_credentials"},
            "clientId": "abc",
            "tokenUrl": "https://login.example/token",
            "scope": "a b",
            "prefix": "Token",
            "client": {"method": "client_secret_basic", "secret": "geheim"},
        }

    def test_jwt(self) -> None:
        auth = {
            "type": "jwt",
            "jwt": told(
                algorithm="HS256",
                secret="geheim",
                payload='{"iss": "a"}',
                headerPrefix="Bearer",
                addTokenTo="header",
                header="{}",
            ),
        }
        found = only(collection(request("https://a.example/x"), auth=auth)).definition["authentication"]
        assert found == {
            "type": "jwt",
            "algorithm": "HS256",
            "claims": '{"iss": "a"}',
            "in": "header",
            "prefix": "Bearer",
            "secret": "geheim",
        }

    def test_that_is_not_known_is_named(self) -> None:
        draft = only(
            collection(
                request("https://a.example/x"), auth={"type": "hawk", "hawk": told(authId="a", authKey="geheim")}
            )
        )
        assert draft.definition["authentication"] == {"type": "none"}
        assert ("/auth", True) in [(note.pointer, "“Hawk” is not known" in note.text) for note in draft.notes]
        assert "geheim" not in str(draft)

    def test_of_a_folder_goes_before_that_of_the_collection(self) -> None:
        folder = {
            "name": "F",
            "item": [request("https://a.example/x")],
            "auth": {"type": "bearer", "bearer": told(token="f")},
        }
        draft = only(collection(folder, auth={"type": "bearer", "bearer": told(token="c")}))
        assert draft.definition["authentication"]["token"] == "f"

    def test_that_most_requests_have_is_that_of_the_source(self) -> None:
        other = {"type": "basic", "basic": told(username="jan", password="x")}
        document = collection(
            request("https://a.example/x"),
            request("https://a.example/y", auth=other),
            request("https://a.example/z"),
            request("https://a.example/open", auth={"type": "noauth"}),
            auth={"type": "bearer", "bearer": told(token="abc")},
        )
        draft = only(document)
        assert draft.definition["authentication"] == {"type": "bearer", "token": "abc"}
        assert {note.pointer for note in draft.notes if "authentication" in note.text} == {
            "/item/1/request/auth",
            "/item/3",
        }

    def test_a_secret_variable_without_a_value_is_missing(self) -> None:
        auth = {"type": "bearer", "bearer": told(token="{{token}}")}
        document = collection(
            request("https://a.example/x"), auth=auth, variable=[{"key": "token", "value": "", "type": "secret"}]
        )
        draft = only(document)
        assert (draft.definition["authentication"], draft.missing) == ({"type": "bearer"}, ["/authentication/token"])

    def test_a_header_with_a_credential_becomes_the_authentication(self) -> None:
        header = [{"key": "Authorization", "value": "Basic amFuOmdlaGVpbQ=="}, {"key": "X-Api-Key", "value": "abc"}]
        draft = only(collection(request("https://a.example/x", header=header)))
        assert draft.definition["authentication"] == {"type": "basic", "username": "jan", "password": "geheim"}
        assert draft.requests[0].headers == []
        assert "abc" not in str(draft)


def test_variables_cannot_grow_without_end() -> None:
    values = variables(**{f"v{n}": f"{{{{v{n + 1}}}}}" * 50 for n in range(12)})
    body = {"mode": "raw", "raw": "{{v0}}"}
    draft = only(collection(request("https://a.example/x", body=body), variable=values))
    assert 1000 < len(draft.requests[0].body or "") < 300_000
