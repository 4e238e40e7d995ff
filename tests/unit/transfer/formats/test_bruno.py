# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Collections of Bruno: its files, an archive of them, and its JSON export."""

import io
import json
import zipfile
from typing import Any

import pytest

from openconnector.sources.schemas import SourceCreate
from openconnector.transfer.drafts import Draft, Unreadable
from openconnector.transfer.formats import bruno
from openconnector.transfer.formats.bru import BruFiles, blocks_of
from openconnector.transfer.formats.known import read_any

FILE = """meta {
  name: Add a book
  type: http
  seq: 2
}

post {
  url: {{baseUrl}}/shelves/:shelf/books?draft=1
  body: json
  auth: bearer
}

params:query {
  draft: 1
  ~dry: yes
}

params:path {
  shelf: a7
}

headers {
  Accept: application/json
  ~X-Off: 1
  "X:Odd": a: b
}

auth:bearer {
  token: {{token}}
}

body:json {
  {
    "title": "Max Havelaar"
  }
}

script:pre-request {
  bru.setVar("a", 1);
}

docs {
  Adds a book.
}
"""

COLLECTION = """auth {
  mode: basic
}

auth:basic {
  username: jan
  password: {{secret}}
}

headers {
  X-All: 1
}
"""

ENVIRONMENT = """vars {
  baseUrl: https://a.example/v1
}

vars:secret [
  secret,
  other
]
"""


def archive(**files: str) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as written:
        for name, text in files.items():
            written.writestr(name.replace("__", "/").replace("_bru", ".bru").replace("_json", ".json"), text)
    return memory.getvalue()


def exported(auth: dict[str, Any], **request: Any) -> dict[str, Any]:
    asked = {"url": "{{baseUrl}}/books", "method": "GET", "headers": [], "params": [], "auth": auth, **request}
    return {
        "name": "Library",
        "version": "1",
        "items": [{"type": "http", "name": "Books", "seq": 1, "request": asked}],
        "environments": [
            {
                "name": "Live",
                "variables": [{"name": "baseUrl", "value": "https://a.example/v1", "enabled": True, "secret": False}],
            },
            {"name": "Test", "variables": [{"name": "baseUrl", "value": "https://test.example", "enabled": True}]},
        ],
        "brunoConfig": {"version": "1", "name": "Library", "type": "collection"},
    }


def only(document: Any) -> Draft:
    (draft,) = bruno.read(document)
    if not draft.missing:
        SourceCreate.model_validate(draft.definition)
    return draft


class TestFiles:
    def test_one_file_is_one_request(self) -> None:
        name, (draft,) = read_any(FILE.replace("{{baseUrl}}", "https://a.example/v1"))
        (saved,) = draft.requests
        assert name == "bruno"
        assert draft.definition["location"] == "https://a.example/v1/shelves/a7"
        assert (saved.name, saved.method, saved.path) == ("Add a book", "POST", "/books")
        assert saved.query == [{"name": "draft", "value": "1"}]
        assert json.loads(saved.body or "") == {"title": "Max Havelaar"}
        assert [row["name"] for row in saved.headers] == ["Accept", "Content-Type"]
        assert any("“X:Odd” cannot be sent" in note.text for note in draft.notes)
        assert draft.missing == ["/authentication/token"]
        texts = " ".join(note.text for note in draft.notes)
        assert "Scripts" in texts
        assert "Documentation" in texts

    def test_a_directory_is_a_collection(self) -> None:
        content = archive(
            lib__bruno_json='{"name": "Library", "version": "1"}',
            lib__collection_bru=COLLECTION,
            lib__environments__Live_bru=ENVIRONMENT,
            lib__books__folder_bru="meta {\n  name: Books\n}\n",
            lib__books__all_bru="meta {\n  name: All\n}\n\nget {\n  url: {{baseUrl}}/books\n  auth: inherit\n}\n",
            lib__one_bru="meta {\n  name: One\n}\n\nget {\n  url: {{baseUrl}}/one\n}\n",
        )
        name, (draft,) = read_any(content)
        assert (name, draft.key, draft.definition["location"]) == ("bruno", "Library", "https://a.example/v1")
        assert draft.definition["authentication"] == {"type": "basic", "username": "jan"}
        assert draft.missing == ["/authentication/password"]
        assert {(one.name, one.path) for one in draft.requests} == {("All", "/books"), ("One", "/one")}
        assert all({"name": "X-All", "value": "1"} in one.headers for one in draft.requests)

    def test_values_may_have_several_lines_and_names_quotation_marks(self) -> None:
        text = "headers {\n  \"a:b\": c: d\n  ~off: x\n  long: '''\n    one\n      two\n  '''\n  end: 1\n}\n"
        assert blocks_of(text, "x.bru")["headers"] == [
            {"name": "a:b", "value": "c: d", "enabled": True},
            {"name": "off", "value": "x", "enabled": False},
            {"name": "long", "value": "one\n  two", "enabled": True},
            {"name": "end", "value": "1", "enabled": True},
        ]

    def test_what_has_no_counterpart_is_named(self) -> None:
        more = "assert {\n  res.status: eq 200\n}\n\nexample {\n  name: One\n}\n\nexample {\n  name: Two\n}\n"
        texts = [
            note.text for note in only(BruFiles({"a.bru": f"get {{\r\n  url: https://a.example/x\r\n}}\n{more}"})).notes
        ]
        assert "Examples of answers were not carried over." in texts
        assert any(text.startswith("Scripts, assertions") for text in texts)

    @pytest.mark.parametrize(
        ("text", "line", "why"),
        [
            ("meta {\n  name: A\n", 1, "not closed"),
            ("meta {\n}\nhello\n", 3, "no block"),
            ("meta {\n}\nmeta {\n}\n", 3, "stands twice"),
        ],
    )
    def test_mistakes_have_their_line(self, text: str, line: int, why: str) -> None:
        with pytest.raises(Unreadable, match=why) as caught:
            read_any(text)
        assert caught.value.line == line


class TestExport:
    def test_is_read_with_the_first_environment(self) -> None:
        _, (draft,) = read_any(json.dumps(exported({"mode": "none"})))
        assert (draft.key, draft.definition["location"]) == ("Library", "https://a.example/v1")
        assert "Of several environments, the first was taken." in [note.text for note in draft.notes]

    @pytest.mark.parametrize(
        ("mode", "told", "expected"),
        [
            ("basic", {"username": "jan", "password": "x"}, {"type": "basic", "username": "jan", "password": "x"}),
            ("bearer", {"token": "abc"}, {"type": "bearer", "token": "abc"}),
            (
                "apikey",
                {"key": "k", "value": "abc", "placement": "queryparams"},
                {"type": "apiKey", "in": "query", "name": "k", "value": "abc"},
            ),
            ("digest", {"username": "jan", "password": "x"}, {"type": "digest", "username": "jan", "password": "x"}),
            (
                "ntlm",
                {"username": "jan", "password": "x", "domain": "D"},
                {"type": "ntlm", "username": "jan", "password": "x", "domain": "D"},
            ),
            (
                "awsv4",
                {
                    "accessKeyId": "AKIA",
                    "secretAccessKey": "x",
                    "region": "eu-west-1",
                    "service": "s3",
                    "profileName": "",
                },
                {
                    "type": "awsSigV4",
                    "accessKeyId": "AKIA",
                    "region": "eu-west-1",
                    "service": "s3",
                    "secretAccessKey": "x",
                },
            ),
            (
                "oauth2",
                {
                    "grantType": "client_credentials",
                    "accessTokenUrl": "https://l.example/t",
                    "clientId": "a",
                    "clientSecret": "b",
                    "credentialsPlacement": "basic_auth_header",
                    "tokenPlacement": "header",
                    "tokenHeaderPrefix": "Bearer",
                },
                {
                    "type": "oauth2",
                    "grant": {"type": "client_credentials"},
                    "clientId": "a",
                    "tokenUrl": "https://l.example/t",
                    "client": {"method": "client_secret_basic", "secret": "b"},
                },
            ),
        ],
    )
    def test_authentication_of_each_kind(self, mode: str, told: dict[str, str], expected: dict[str, Any]) -> None:
        assert only(exported({"mode": mode, mode: told})).definition["authentication"] == expected

    def test_that_is_not_known_is_named(self) -> None:
        draft = only(exported({"mode": "wsse", "wsse": {"username": "jan", "password": "geheim"}}))
        assert any("wsse" in note.text for note in draft.notes)
        assert "geheim" not in str(draft)

    def test_requests_of_other_protocols_are_named(self) -> None:
        document = exported({"mode": "none"})
        document["items"].append({"type": "ws", "name": "Live", "request": {"url": "wss://a.example"}})
        assert any("ws" in note.text for note in only(document).notes if note.pointer == "/items/1")
