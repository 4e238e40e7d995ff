# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What token endpoints answer, and how it is read."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from openconnector.authentication.oauth2.answer import TokenAnswer, TokenRefused, token_of
from openconnector.authentication.oauth2.tokens import Token, decoded_jwt

AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def answer(document: Any, status: int = 200, media_type: str = "application/json") -> TokenAnswer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return TokenAnswer(status, media_type, body, AT)


def refusal(given: TokenAnswer, location: str = "access_token") -> TokenRefused:
    with pytest.raises(TokenRefused) as refused:
        token_of(given, location)
    return refused.value


def test_the_example_of_rfc_6749_is_read() -> None:
    token = token_of(
        answer(
            {
                "access_token": "2YotnFZFEjr1zCsicMWpAA",
                "token_type": "example",
                "expires_in": 3600,
                "refresh_token": "tGzv3JOkF0XG5Qx2TlKWIA",
                "example_parameter": "example_value",
            }
        ),
        "access_token",
    )
    assert token.access_token == "2YotnFZFEjr1zCsicMWpAA"
    assert token.refresh_token == "tGzv3JOkF0XG5Qx2TlKWIA"
    assert token.expires_at == AT + timedelta(hours=1)


def test_a_lifetime_may_be_written_as_a_text() -> None:
    assert token_of(answer({"access_token": "t", "expires_in": "60"}), "access_token").expires_at == AT + timedelta(
        minutes=1
    )


@pytest.mark.parametrize("lifetime", [None, "soon", [], float("nan")])
def test_a_lifetime_that_is_none_means_that_nobody_knows(lifetime: object) -> None:
    assert token_of(answer({"access_token": "t", "expires_in": lifetime}), "access_token").expires_at is None


def test_a_token_without_time_left_says_so() -> None:
    token = token_of(answer({"access_token": "t", "expires_in": 0}), "access_token")
    assert token.lives_no_time
    assert not token.is_fresh(AT)


@pytest.mark.parametrize(
    ("document", "location"),
    [
        ({"data": {"token": "t"}}, "data.token"),
        ({"tokens": [{"value": "t"}]}, "tokens.0.value"),
        ({"data.token": "t"}, "data.token"),
    ],
)
def test_a_token_is_found_at_another_place(document: object, location: str) -> None:
    assert token_of(answer(document), location).access_token == "t"


def test_a_form_is_read_though_it_should_be_json() -> None:
    given = answer(b"access_token=gho_abc&scope=repo&token_type=bearer", media_type="application/x-www-form-urlencoded")
    assert token_of(given, "access_token").access_token == "gho_abc"


@pytest.mark.parametrize(
    ("given", "type_"),
    [
        (answer({"error": "invalid_client"}, 401), "oauth_invalid_client"),
        (answer({"error": "invalid_scope", "error_description": "no"}, 400), "oauth_invalid_scope"),
        (answer({"error": "invalid_grant"}, 200), "oauth_invalid_grant"),
        (answer({"error": {"code": "invalid_request"}}, 400), "oauth_invalid_request"),
        (answer({"error": "slow_down"}, 400), "token_refused"),
        (answer({}, 401), "token_refused"),
        (answer(b"<html>", 500, "text/html"), "token_endpoint_failed"),
        (answer(b"<!doctype html><form>", 200, "text/html"), "token_not_json"),
        (answer(b"[1]"), "token_not_json"),
        (answer(b""), "token_not_json"),
        (answer(b"", 302), "token_redirected"),
        (answer({"id_token": "x"}), "token_missing"),
        (answer({"access_token": 7}), "token_missing"),
        (answer({"access_token": "a\nb"}), "token_missing"),
        (answer({"access_token": "a" * 70_000}), "token_missing"),
        (answer(b"[" * 100_000), "token_not_json"),
    ],
)
def test_what_is_no_token_has_a_name(given: TokenAnswer, type_: str) -> None:
    assert refusal(given).type == type_


def test_a_missing_token_tells_what_there_is() -> None:
    assert "expires_in, jwt" in str(refusal(answer({"jwt": "x", "expires_in": 1})))


@pytest.mark.parametrize(("lifetime", "margin"), [(3600, 60), (600, 60), (100, 10), (5, 0.5)])
def test_a_token_is_renewed_before_it_ends(lifetime: int, margin: float) -> None:
    token = token_of(answer({"access_token": "t", "expires_in": lifetime}), "access_token")
    assert token.is_fresh(AT + timedelta(seconds=lifetime - margin - 0.01))
    assert not token.is_fresh(AT + timedelta(seconds=lifetime - margin + 0.01))


def test_a_token_is_the_same_after_it_was_kept() -> None:
    token = Token("a", "Bearer", "s", AT, AT + timedelta(hours=1), "r", None)
    assert Token.loaded(token.dumped()) == token


def test_a_token_shows_no_secret() -> None:
    assert "hunter2" not in repr(Token("hunter2-access", "Bearer", "", AT, None, "hunter2-refresh"))


def test_the_example_of_rfc_7519_is_decoded() -> None:
    token = (
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    )
    assert decoded_jwt(token) == (
        {"typ": "JWT", "alg": "HS256"},
        {"iss": "joe", "exp": 1300819380, "http://example.com/is_root": True},
    )


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "e30.W10.x", "opaque", "....", "e30." + "W" * 1001 + ".x"])
def test_what_is_no_jwt_is_not_decoded(token: str) -> None:
    assert decoded_jwt(token) is None
