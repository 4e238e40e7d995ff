# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each scheme puts on a request."""

import pytest
from pydantic import TypeAdapter, ValidationError

from openconnector.authentication.base import Signing
from openconnector.authentication.union import Authentication
from openconnector.core.http import Request

SCHEMES: TypeAdapter[Authentication] = TypeAdapter(Authentication)


def signed(**configuration: str) -> Request:
    scheme = SCHEMES.validate_python(configuration)
    request = Request("GET", "https://api.example/x?a=1", headers={"Cookie": "theme=dark"})
    scheme.sign(request, Signing())
    return request


def test_none_leaves_the_request_as_it_is() -> None:
    assert "Authorization" not in signed(type="none").headers


def test_basic_is_in_utf8() -> None:
    assert signed(type="basic", username="Aladdin", password="öpen sesame").headers["Authorization"] == (
        "Basic QWxhZGRpbjrDtnBlbiBzZXNhbWU="
    )


def test_bearer_loses_the_white_space_that_copying_brings() -> None:
    assert signed(type="bearer", token=" abc\n").headers["Authorization"] == "Bearer abc"


@pytest.mark.parametrize(
    ("prefix", "sent"), [("", "k"), ("Token", "Token k"), ("Token ", "Token k"), ("key=", "key=k"), ("x:", "x:k")]
)
def test_an_api_key_has_a_space_behind_a_word(prefix: str, sent: str) -> None:
    request = signed(**{"type": "apiKey", "in": "header", "name": "X-Key", "value": "k", "prefix": prefix})
    assert request.headers["x-key"] == sent


def test_an_api_key_in_the_query_is_encoded() -> None:
    request = signed(**{"type": "apiKey", "in": "query", "name": "api key", "value": "a&b=c"})
    assert str(request.url) == "https://api.example/x?a=1&api+key=a%26b%3Dc"


def test_an_api_key_in_the_query_leaves_the_rest_as_it_was_written() -> None:
    scheme = SCHEMES.validate_python({"type": "apiKey", "in": "query", "name": "k", "value": "v"})
    request = Request("GET", "https://api.example/?wsdl&f=a%20b&k=old&k2=a%2Fb,c;d")
    scheme.sign(request, Signing())
    assert str(request.url) == "https://api.example/?wsdl&f=a%20b&k2=a%2Fb,c;d&k=v"


def test_an_api_key_in_a_cookie_stands_beside_others() -> None:
    request = signed(**{"type": "apiKey", "in": "cookie", "name": "sid", "value": "k"})
    assert request.headers["Cookie"] == "theme=dark; sid=k"


@pytest.mark.parametrize(
    "configuration",
    [
        {"type": "bearer", "token": "a\nb"},
        {"type": "bearer", "token": " "},
        {"type": "bearer", "token": "a\x0bb"},
        {"type": "bearer", "token": "x" * 8193},
        {"type": "apiKey", "in": "cookie", "name": "sid", "value": "a;b"},
        {"type": "apiKey", "in": "header", "name": "X Key", "value": "k"},
        {"type": "apiKey", "in": "body", "name": "X-Key", "value": "k"},
        {"type": "apiKey", "in": "header", "name": "X-Key", "value": "k", "prefix": "a\r\nb"},
    ],
)
def test_what_cannot_be_sent_is_refused(configuration: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        SCHEMES.validate_python(configuration)


def test_a_scheme_does_not_show_its_secrets() -> None:
    scheme = SCHEMES.validate_python({"type": "basic", "username": "user", "password": "hunter2-hunter2"})
    assert "hunter2" not in f"{scheme!r} {scheme} {scheme.to_json()}"
