# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a call is found by."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openconnector.logs.index.leaves import canonical
from openconnector.logs.index.terms import (
    LARGEST_DOCUMENT,
    LONGEST_TEXT,
    MOST_SEGMENTS,
    MOST_TEXT,
    CallFacts,
    facets_of,
    host_of,
    leaf_term,
    normal_path,
    path_of,
    path_term,
    searched_texts,
    term,
    terms_of,
    word_term,
)
from tests.unit.logs.index.calls import facts

CALL = CallFacts(
    number=1,
    id="i",
    source="s",
    status=404,
    outcome="http_error",
    error=None,
    method="get",
    trigger="job",
    trigger_id="7",
    user="Ann",
    url="https://user:x@API.example.com:8443/v1//orders/7/?a=b#c",
    started_at=0,
    duration=0,
    size=None,
)


def test_a_call_is_found_by_its_facets() -> None:
    assert set(facets_of(CALL)) == {
        ("source", "s"),
        ("status", "404"),
        ("status", "4xx"),
        ("outcome", "http_error"),
        ("method", "GET"),
        ("trigger", "job"),
        ("trigger_id", "7"),
        ("user", "Ann"),
        ("host", "api.example.com:8443"),
        ("path", "/"),
        ("path", "/v1"),
        ("path", "/v1/orders"),
        ("path", "/v1/orders/7"),
    }


def test_a_call_without_an_answer_has_the_status_none() -> None:
    assert ("status", "none") in set(facets_of(replace(CALL, status=None)))


@settings(deadline=None)
@given(facts())
def test_every_facet_is_a_term(call: CallFacts) -> None:
    assert {term(field, value) for field, value in facets_of(call)} <= terms_of(call)
    assert all(0 <= value < 1 << 64 for value in terms_of(call))


@settings(deadline=None)
@given(st.one_of(st.text(), st.text("/?#@:[]\\%.ab")))
def test_any_text_may_stand_where_a_url_does(url: str) -> None:
    assert host_of(url) == host_of(url).lower()
    assert path_of(url).startswith("/")
    assert normal_path(path_of(url)) == path_of(url)
    assert terms_of(replace(CALL, url=url))


def test_long_paths_count_up_to_a_bound() -> None:
    call = replace(CALL, url=f"https://a.example/{'b/' * 100_000}")
    assert sum(field == "path" for field, _ in facets_of(call)) == MOST_SEGMENTS + 1


def test_words_and_fields_of_documents_are_terms() -> None:
    body = {"error": {"code": 42, "text": "Bad\nlüçk"}, "items": [{"id": "a"}]}
    found = terms_of(replace(CALL, documents=[json.dumps(body).encode()]))
    assert {word_term(word) for word in ("error", "42", "bad", "lüçk", "items")} <= found
    assert {leaf_term("$.error.code", canonical(42)), leaf_term("$.items[*].id", canonical("a"))} <= found
    assert {path_term("$.error"), path_term("$.error.code"), path_term("$.items")} <= found
    assert leaf_term("$.error.code", canonical("42")) not in found
    assert word_term("nlüçk") not in found


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (r'"\u00e9\n\t\"\\\/"', '"é  "\\/"'),
        (r'"\ud83d\ude00"', '"\N{GRINNING FACE}"'),
        (r'"\ud83d x"', '"\ud83d x"'),
        ("\\", "\\"),
        (r"\u12", "u12"),
        (b"\xff\\n", "\ufffd "),
    ],
)
def test_escapes_are_resolved_before_words_are_looked_for(document: str | bytes, text: str) -> None:
    assert list(searched_texts(replace(CALL, documents=[document]))) == [text]


@pytest.mark.parametrize(
    "document",
    ["", "{", "[" * 100_000, "1" * 5000, b"\xff\xfe\x00", '{"a": NaN}', '"\ud800"', b"\x00" * 10, "[1e999, -1e999]"],
)
def test_documents_that_are_none_do_no_harm(document: str | bytes) -> None:
    assert terms_of(CALL) <= terms_of(replace(CALL, documents=[document]))


def test_what_is_searched_has_bounds() -> None:
    far = f"{'x' * LONGEST_TEXT} far"
    assert word_term("far") not in terms_of(replace(CALL, texts=[far], documents=[far]))
    many = replace(CALL, texts=["y" * LONGEST_TEXT] * (MOST_TEXT // LONGEST_TEXT), documents=['"late"'])
    assert word_term("late") not in terms_of(many)
    large = json.dumps({"a": 1, "b": "z" * LARGEST_DOCUMENT})
    found = terms_of(replace(CALL, documents=[large]))
    assert word_term("a") in found
    assert path_term("$.a") not in found
