# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A description as a source: where it is, and how it is authenticated."""

import json
from copy import deepcopy
from typing import Any

import pytest

from openconnector.sources.schemas import SourceCreate
from openconnector.transfer.drafts import Draft, Unreadable
from openconnector.transfer.formats.parsing import document_of
from openconnector.transfer.openapi import located, read, recognises
from tests.unit.transfer.openapi.descriptions import PETSTORE, SWAGGER


def draft(document: dict[str, Any], origin: str | None = None) -> Draft:
    """The one source of a description, which can be stored once what is missing has been entered."""
    (made,) = read(document, origin=origin)
    SourceCreate.model_validate(completed(made))
    return made


def completed(made: Draft) -> dict[str, Any]:
    """The definition with something at every place where something is missing."""
    definition = deepcopy(made.definition)
    for pointer in made.missing:
        node: Any = definition
        *steps, last = pointer.split("/")[1:]
        for step in steps:
            node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
        node[last] = "entered"
    return definition


def api(**members: Any) -> dict[str, Any]:
    return {"openapi": "3.0.3", "info": {"title": "API", "version": "1"}, "paths": {}, **members}


def with_scheme(scheme: dict[str, Any], scopes: tuple[str, ...] = ()) -> dict[str, Any]:
    return api(
        servers=[{"url": "https://api.example"}],
        components={"securitySchemes": {"one": scheme}},
        security=[{"one": list(scopes)}],
    )


def texts(made: Draft) -> str:
    return "\n".join(note.text for note in made.notes)


@pytest.mark.parametrize(
    "document",
    [{"openapi": "3.0.0"}, {"openapi": "3.1.1"}, {"openapi": "3.2.0"}, {"swagger": "2.0"}, {"swagger": 2.0}],
)
def test_what_calls_itself_openapi_3_or_swagger_2_is_recognised(document: dict[str, Any]) -> None:
    assert recognises(document)


@pytest.mark.parametrize("document", [None, [], "openapi: 3", {"openapi": "4.0.0"}, {"swagger": "1.2"}, {"info": {}}])
def test_other_documents_are_not(document: Any) -> None:
    assert not recognises(document)
    with pytest.raises(Unreadable, match="describes no API"):
        read(document)


def test_the_first_server_is_the_location_and_the_others_are_told() -> None:
    made = draft(PETSTORE)
    assert made.definition["name"] == "Petstore"
    assert made.definition["description"] == "Pets and their owners."
    assert made.definition["location"] == "https://eu.pets.example/v2"
    assert "https://test.pets.example/v2" in texts(made)
    assert "“eu” was taken, of eu, us" in texts(made)


def test_swagger_names_its_host_and_https_goes_first() -> None:
    made = draft(document_of(SWAGGER))
    assert made.definition["location"] == "https://api.orders.example/rest"
    assert "http://api.orders.example/rest" in texts(made)
    assert made.definition["authentication"] == {
        "type": "oauth2",
        "grant": {"type": "authorization_code", "authorizationUrl": "https://login.example/authorize"},
        "client": {"method": "client_secret_basic"},
        "tokenUrl": "https://login.example/token",
        "scope": "read write",
    }
    assert made.missing == ["/authentication/clientId", "/authentication/client/secret"]
    assert "“basic” (basic)" in texts(made)


@pytest.mark.parametrize(
    ("server", "location"),
    [
        ("/v2/", "https://api.example/v2"),
        ("v2", "https://api.example/docs/v2"),
        ("//other.example/x", "https://other.example/x"),
        (None, "https://api.example/"),
    ],
)
def test_a_relative_server_is_beside_the_document(server: str | None, location: str) -> None:
    servers = {} if server is None else {"servers": [{"url": server}]}
    assert draft(api(**servers), "https://api.example/docs/openapi.json").definition["location"] == location


def test_without_a_host_there_is_no_location_and_a_note_says_so() -> None:
    made = draft(api(servers=[{"url": "/v2"}]))
    assert made.definition["location"] == "https://location.invalid"
    assert made.definition["isEnabled"] is False
    assert "does not say at which host the API is (“/v2”)" in texts(made)


@pytest.mark.parametrize("url", ["http://[", "http://[]/x", "https://[a]b"])
def test_a_server_that_is_no_url_is_told(url: str) -> None:
    made = draft(api(servers=[{"url": url}, {"url": "https://api.example/"}]), "https://docs.example/openapi.json")
    assert made.definition["location"] == "https://api.example/"
    assert f"“{url}” is not a valid URL." in texts(made)


def test_a_description_remembers_where_it_came_from() -> None:
    text = json.dumps(api(servers=[{"url": "/v2"}]))
    moved = located(text, "https://user:pass@api.example/docs/openapi.json?token=secret")
    assert draft(document_of(moved)).definition["location"] == "https://api.example/v2"
    assert "secret" not in moved
    assert "pass" not in moved


@pytest.mark.parametrize("text", ["{}", "no description", '{"openapi": ', "[1]"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert located(text, "https://api.example/openapi.json") == text


def test_a_relative_token_url_is_at_the_server_where_the_document_came_from_nowhere() -> None:
    scheme = {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/token"}}}
    assert draft(with_scheme(scheme)).definition["authentication"]["tokenUrl"] == "https://api.example/token"


def test_what_a_source_cannot_have_is_left_out_and_told() -> None:
    made = draft(api(servers=[{"url": "https://api.example/a b"}]))
    assert made.definition["isEnabled"] is False
    assert "not accepted" in texts(made)


@pytest.mark.parametrize(
    ("scheme", "authentication", "missing"),
    [
        ({"type": "http", "scheme": "Basic"}, {"type": "basic"}, ["username", "password"]),
        ({"type": "http", "scheme": "digest"}, {"type": "digest"}, ["username", "password"]),
        ({"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}, {"type": "bearer"}, ["token"]),
        ({"type": "apiKey", "in": "query", "name": "k"}, {"type": "apiKey", "in": "query", "name": "k"}, ["value"]),
        ({"type": "apiKey", "in": "cookie", "name": "s"}, {"type": "apiKey", "in": "cookie", "name": "s"}, ["value"]),
        (
            {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "/a"}, "password": {"tokenUrl": "/token"}}},
            {
                "type": "oauth2",
                "grant": {"type": "password"},
                "client": {"method": "client_secret_basic"},
                "tokenUrl": "https://api.example/token",
                "scope": "a b",
            },
            ["clientId", "client/secret", "grant/username", "grant/password"],
        ),
        (
            {"type": "openIdConnect", "openIdConnectUrl": "https://id.example/r/.well-known/openid-configuration"},
            {
                "type": "oauth2",
                "grant": {"type": "client_credentials"},
                "client": {"method": "client_secret_basic"},
                "issuer": "https://id.example/r",
                "scope": "a b",
            },
            ["clientId", "client/secret"],
        ),
    ],
)
def test_a_security_scheme_becomes_authentication_without_its_secrets(
    scheme: dict[str, Any], authentication: dict[str, Any], missing: list[str]
) -> None:
    made = draft(with_scheme(scheme, ("a", "b")), "https://api.example/openapi.json")
    assert made.definition["authentication"] == authentication
    assert made.missing == [f"/authentication/{name}" for name in missing]
    assert made.notes == []


def test_mutual_tls_asks_for_a_certificate() -> None:
    made = draft(with_scheme({"type": "mutualTLS"}))
    assert "authentication" not in made.definition
    assert texts(made) == "The server wants a client certificate. Enter it in the connection of the source."


@pytest.mark.parametrize(
    "scheme",
    [
        {"type": "http", "scheme": "hoba"},
        {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "https://a.example"}}},
        {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "javascript:alert(1)"}}},
        {"type": "openIdConnect"},
        {"type": "apiKey", "in": "header", "name": "no header"},
        {"type": "quantum"},
    ],
)
def test_what_cannot_be_carried_over_is_told(scheme: dict[str, Any]) -> None:
    made = draft(with_scheme(scheme))
    assert "authentication" not in made.definition
    assert "cannot be carried over" in texts(made)


def test_two_keys_that_belong_together_are_both_asked_for() -> None:
    keys = {
        "id": {"type": "apiKey", "in": "header", "name": "X-App-Id"},
        "key": {"type": "apiKey", "in": "header", "name": "X-App-Key"},
    }
    document = api(
        servers=[{"url": "https://api.example"}],
        components={"securitySchemes": keys},
        security=[{"id": [], "key": []}],
    )
    made = draft(document)
    assert made.definition["authentication"]["name"] == "X-App-Id"
    assert made.definition["headers"] == [{"name": "X-App-Key", "isSecret": True}]
    assert made.missing == ["/authentication/value", "/headers/0/value"]


def test_of_several_ways_one_that_can_be_used_is_taken() -> None:
    schemes = {"odd": {"type": "http", "scheme": "hoba"}, "token": {"type": "http", "scheme": "bearer"}}
    document = api(components={"securitySchemes": schemes}, security=[{}, {"odd": []}, {"token": []}])
    assert draft(document).definition["authentication"] == {"type": "bearer"}


def test_security_that_only_operations_name_counts() -> None:
    schemes = {"admin": {"type": "http", "scheme": "basic"}, "token": {"type": "http", "scheme": "bearer"}}
    paths: dict[str, Any] = {
        "/a": {"get": {"security": [{"token": []}]}, "put": {"security": [{"token": []}]}},
        "/b": {"get": {"security": [{"admin": []}]}},
    }
    made = draft(api(components={"securitySchemes": schemes}, paths=paths))
    assert made.definition["authentication"] == {"type": "bearer"}
    assert "“admin” (http basic)" in texts(made)


def test_an_api_that_speaks_xml_only_becomes_an_xml_source() -> None:
    answer = {"responses": {"200": {"content": {"application/xml": {"schema": {"type": "object"}}}}}}
    assert draft(api(paths={"/a": {"get": answer}})).definition["type"] == "xml"
    assert draft(PETSTORE).definition["type"] == "json"
