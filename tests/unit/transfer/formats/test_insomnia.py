# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Exports of Insomnia, versions 4 and 5."""

import json
from typing import Any

import pytest

from openconnector.sources.schemas import SourceCreate
from openconnector.transfer.drafts import Draft, Unreadable
from openconnector.transfer.formats import insomnia
from openconnector.transfer.formats.known import read_any

V5 = """
type: collection.insomnia.rest/5.0
schema_version: "5.1"
name: Weather
meta: {id: wrk_1, created: 1}
collection:
  - name: Forecasts
    meta: {id: fld_1}
    authentication: {type: apikey, key: X-Key, value: "{{ _.secrets.key }}", addTo: header}
    environment: {city: delft}
    children:
      - name: Today
        url: "{{ _.base_url }}/forecast/:day"
        method: POST
        pathParameters: [{name: day, value: today}]
        parameters: [{name: city, value: "{{ _.city }}"}, {name: off, value: x, disabled: true}]
        headers: [{name: Accept, value: application/json}]
        body: {mimeType: application/json, text: '{"id": "{% uuid ''v4'' %}"}'}
        settings: {followRedirects: global}
        scripts: {preRequest: console.log(1)}
  - name: Live
    url: wss://weather.example/live
cookieJar: {name: Jar, cookies: [{key: a, value: b}]}
environments:
  name: Base
  data: {base_url: https://weather.example/api, secrets: {key: abc}}
  subEnvironments:
    - name: Live
      data: {base_url: https://live.weather.example/api}
    - name: Test
      data: {base_url: https://test.weather.example/api}
"""


def resources(*more: dict[str, Any], authentication: dict[str, Any] | None = None) -> dict[str, Any]:
    request = {
        "_id": "req_1", "_type": "request", "parentId": "fld_1", "name": "Books", "method": "GET",
        "url": "{{ _.base }}/books", "authentication": authentication or {}, "metaSortKey": -1,
    }  # fmt: skip
    return {
        "_type": "export",
        "__export_format": 4,
        "resources": [
            {"_id": "wrk_1", "_type": "workspace", "parentId": None, "name": "Library", "scope": "collection"},
            {
                "_id": "env_1",
                "_type": "environment",
                "parentId": "wrk_1",
                "name": "Base",
                "data": {"base": "https://a.example/v1"},
            },
            {"_id": "fld_1", "_type": "request_group", "parentId": "wrk_1", "name": "Folder", "environment": {}},
            request,
            *more,
        ],
    }


def only(document: Any) -> Draft:
    (draft,) = insomnia.read(document)
    if not draft.missing:
        SourceCreate.model_validate(draft.definition)
    return draft


def test_version_5_is_a_tree_in_yaml() -> None:
    name, (draft,) = read_any(V5)
    assert (name, draft.key) == ("insomnia", "Weather")
    assert draft.definition["location"] == "https://live.weather.example/api"
    assert draft.definition["authentication"] == {"type": "apiKey", "in": "header", "name": "X-Key", "value": "abc"}
    (saved,) = draft.requests
    assert (saved.method, saved.path, saved.query) == ("POST", "/forecast/today", [{"name": "city", "value": "delft"}])
    assert saved.body == '{"id": "{{ uuid() }}"}'
    texts = " ".join(note.text for note in draft.notes)
    for word in ("Scripts", "Cookies", "wss", "Of several environments", "Settings"):
        assert word in texts


def test_version_4_is_a_list_of_resources() -> None:
    _, (draft,) = read_any(json.dumps(resources()))
    assert (draft.key, draft.definition["location"]) == ("Library", "https://a.example/v1")
    assert [(one.name, one.path) for one in draft.requests] == [("Books", "/books")]


def test_other_resources_are_named() -> None:
    draft = only(
        resources(
            {"_id": "greq_1", "_type": "grpc_request", "parentId": "wrk_1", "name": "Stream", "url": "grpc.example"},
            {"_id": "jar_1", "_type": "cookie_jar", "parentId": "wrk_1", "cookies": [{"key": "a"}]},
        )
    )
    said = {note.pointer: note.text for note in draft.notes}
    assert said["/resources/4"] == "Requests by gRPC are not carried over."
    assert said["/resources/5"] == "Cookies were not carried over."


def test_folders_that_contain_each_other_end() -> None:
    document = resources()
    document["resources"][0]["parentId"] = "fld_1"
    assert only(document).requests


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"type": "basic", "username": "jan", "password": "x"}, {"type": "basic", "username": "jan", "password": "x"}),
        ({"type": "bearer", "token": "abc", "prefix": ""}, {"type": "bearer", "token": "abc"}),
        (
            {"type": "bearer", "token": "abc", "prefix": "Token"},
            {"type": "apiKey", "in": "header", "name": "Authorization", "prefix": "Token", "value": "abc"},
        ),
        (
            {"type": "apikey", "key": "k", "value": "abc", "addTo": "queryParams"},
            {"type": "apiKey", "in": "query", "name": "k", "value": "abc"},
        ),
        (
            {"type": "digest", "username": "jan", "password": "x"},
            {"type": "digest", "username": "jan", "password": "x"},
        ),
        ({"type": "ntlm", "username": "jan", "password": "x"}, {"type": "ntlm", "username": "jan", "password": "x"}),
        (
            {"type": "iam", "accessKeyId": "AK", "secretAccessKey": "x", "region": "eu-1", "service": "s3"},
            {"type": "awsSigV4", "accessKeyId": "AK", "secretAccessKey": "x", "region": "eu-1", "service": "s3"},
        ),
        (
            {
                "type": "oauth2", "grantType": "password", "accessTokenUrl": "https://l.example/t", "clientId": "a",
                "clientSecret": "b", "username": "jan", "password": "x", "credentialsInBody": True,
            },
            {
                "type": "oauth2", "grant": {"type": "password", "username": "jan", "password": "x"}, "clientId": "a",
                "tokenUrl": "https://l.example/t", "client": {"method": "client_secret_post", "secret": "b"},
            },
        ),
    ],
)  # fmt: skip
def test_authentication_of_each_kind(told: dict[str, Any], expected: dict[str, Any]) -> None:
    assert only(resources(authentication=told)).definition["authentication"] == expected


def test_authentication_that_is_switched_off_or_unknown() -> None:
    assert (
        "authentication"
        not in only(resources(authentication={"type": "bearer", "token": "abc", "disabled": True})).definition
    )
    draft = only(resources(authentication={"type": "hawk", "id": "a", "key": "geheim"}))
    assert any("hawk" in note.text for note in draft.notes)
    assert "geheim" not in str(draft)


def test_an_export_without_a_collection_is_refused() -> None:
    with pytest.raises(Unreadable, match="no collection"):
        insomnia.read({"type": "environment.insomnia.rest/5.0", "environments": {}})
