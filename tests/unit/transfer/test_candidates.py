# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What counts as a secret of a source that travels, whether somebody has ticked it or not."""

from typing import Any

import pytest

from openconnector.transfer.candidates import Candidate, check_all, without_secrets
from openconnector.transfer.formats import native

OURS = {"name": "A", "type": "json", "location": "https://a.example/v1"}


def candidate_of(**source: Any) -> Candidate:
    document = {"format": native.FORMAT, "version": native.VERSION, "sources": [OURS | source]}
    (candidate,) = check_all(native.read(document), ["X-Own"], lambda: None)
    return candidate


def header(name: str, value: str) -> Candidate:
    return candidate_of(headers=[{"name": name, "value": value}])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Api-Key", "key-of-it"),
        ("x-own", "key-of-it"),
        ("Authorization", "Basic {{ 'jan:geheim'|base64 }}"),
        ("Authorization", "Token {{ hash(\"key-of-it\" ~ now('unix')) }}"),
        ("Authorization", "Bearer key-of-it{{ '' }}"),
        ("X-Api-Key", "{{ now('unix') }}:key-of-it"),
        ("X-Api-Key", "{{ 'pass%word' }}"),
        ("X-Api-Key", "{{ '}} key-of-it' }}"),
        ("X-Api-Key", "{{x" * 2000),
    ],
)
def test_what_is_written_out_under_such_a_name_is_a_secret(name: str, value: str) -> None:
    candidate = header(name, value)
    assert (candidate.errors, candidate.secrets) == ([], {"/headers/0/value": value})
    assert candidate.wanted is not None
    assert value not in str(without_secrets(candidate.wanted))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Team", "key-of-it"),
        ("Authorization", "Bearer {{ oauthToken(source) }}"),
        ("X-Api-Key", "{{ hmac(source.slug, source.authentication.password, 'sha256', 'hex') }}"),
        ("X-Api-Key", "{{ now('%Y-%m-%dT%H:%M:%SZ') }}"),
    ],
)
def test_what_is_made_at_each_call_is_none(name: str, value: str) -> None:
    candidate = header(name, value)
    assert (candidate.errors, candidate.secrets) == ([], {})


def test_a_secret_in_the_location_becomes_a_row_that_sends_the_same() -> None:
    candidate = candidate_of(
        location="https://a.example/v1?tenant=7&api_key=key%20of+it",
        query=[{"name": "api_key", "value": "never sent"}, {"name": "page", "value": "1"}],
    )
    assert candidate.wanted is not None
    assert candidate.wanted.location == "https://a.example/v1?tenant=7"
    assert [(row.name, row.value) for row in candidate.wanted.query] == [("page", "1"), ("api_key", "key of it")]
    assert candidate.secrets == {"/query/1/value": "key of it"}


@pytest.mark.parametrize("place", ["/headers/²/value", f"/{'9' * 5000}", "/5", "", "headers", "/connection/proxy/url"])
def test_no_place_of_a_secret_breaks_the_reading(place: str) -> None:
    candidate_of(secretsLeftOut=[place])
