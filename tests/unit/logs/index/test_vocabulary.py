# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The terms of many calls at once are those of each call alone."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openconnector.logs.index import vocabulary
from openconnector.logs.index.leaves import DEEPEST, MOST_LEAVES
from openconnector.logs.index.terms import LONGEST_TEXT, MOST_DOCUMENTS, CallFacts, parsed_documents, terms_of
from openconnector.logs.index.vocabulary import LONGEST_DOCUMENT, LONGEST_LINE, LONGEST_WORD, Vocabulary
from tests.unit.logs.index.calls import facts

_NAMES = st.sampled_from(["a", "b", "na me", "", "x" * 300, "x" * 301, "é"])
_SCALARS = st.one_of(
    st.sampled_from([None, True, False, 0, 1, 1.0, -0.0, "1", "true", "null", "", 1e22, 10**22, "café ½", "\ud800"]),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
)
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4), max_leaves=12
)


def call(**values: Any) -> CallFacts:
    defaults: dict[str, Any] = {"number": 0, "source": "s", "status": 200, "outcome": "success", "error": None}
    defaults |= {"method": "GET", "trigger": "job", "trigger_id": None, "user": None, "url": "/", "started_at": 0}
    return CallFacts(**(defaults | {"duration": 1, "size": None} | values))


def gathered(calls: list[CallFacts]) -> dict[int, set[int]]:
    """The offsets of each term; the calls have those of their places."""
    known = Vocabulary()
    for offset, one in enumerate(calls):
        known.add(one, offset)
    found: dict[int, set[int]] = {}
    for term, offsets in zip(*known.postings(), strict=True):
        found.setdefault(term, set()).update([offsets] if isinstance(offsets, int) else offsets)
    return found


def each(calls: list[CallFacts]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for offset, one in enumerate(calls):
        for term in terms_of(one):
            found.setdefault(term, set()).add(offset)
    return found


@settings(deadline=None)
@given(st.lists(facts(), max_size=6))
def test_terms_of_calls_are_those_of_each(calls: list[CallFacts]) -> None:
    assert gathered(calls) == each(calls)


@settings(deadline=None)
@given(st.lists(st.tuples(_JSON, st.booleans()), max_size=5))
def test_terms_of_documents_are_those_of_each(documents: list[tuple[Any, bool]]) -> None:
    texts = [json.dumps(document, ensure_ascii=is_ascii) for document, is_ascii in documents]
    calls = [call(documents=[text, text.encode("utf-8", "surrogatepass")]) for text in texts]
    assert gathered(calls) == each(calls)


@settings(deadline=None)
@given(_JSON, st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_documents_are_parsed_as_the_standard_library_does(document: Any, encoding: str) -> None:
    raw = json.dumps(document, ensure_ascii=encoding != "utf-8").encode(encoding, "surrogatepass")
    try:
        expected = [repr(json.loads(raw, parse_constant=str))]
    except ValueError:
        expected = []
    assert [repr(parsed) for _, parsed in parsed_documents(call(documents=[raw]))] == expected


@pytest.mark.parametrize(
    "document",
    [
        "[" * (DEEPEST + 5) + '{"a": 1}' + "]" * (DEEPEST + 5),
        '{"a": ' * (DEEPEST - 1) + "[1, 2]" + "}" * (DEEPEST - 1),
        json.dumps([{"a": n, "b": [n]} for n in range(MOST_LEAVES)]),
        json.dumps(list(range(MOST_LEAVES + 10))),
        json.dumps([[]] * (MOST_LEAVES - 3)),
        json.dumps({"text": "word " * LONGEST_DOCUMENT, "is": True}),
        json.dumps({f"{n}": n for n in range(500)}),
        json.dumps({"token": "x" * (LONGEST_WORD + 1), "same": "x" * (LONGEST_WORD + 1)}),
        '{"a": 1, "a": 2, "b": [true, 1, 1.0, "true"], "c": 1E400, "d": -1E400, "e": NaN, "f": -0, "g": 0.10}',
    ],
)
def test_documents_at_the_bounds(document: str) -> None:
    calls = [call(documents=[document]), call(), call(documents=[document.encode(), '{"a": 1}'])]
    assert gathered(calls) == each(calls)


@pytest.mark.parametrize(
    "texts",
    [
        ["one line"] * 3,
        ["a" * LONGEST_LINE, "a" * (LONGEST_LINE + 1), "b " * LONGEST_LINE],
        ["é" * LONGEST_WORD, "É" * LONGEST_WORD + " " + "z" * (LONGEST_WORD + 1)],
        ["word " * LONGEST_TEXT + " behind"],
        [f"line {n}" for n in range(LONGEST_TEXT // 4)],
    ],
)
def test_texts_at_the_bounds(texts: list[str]) -> None:
    calls = [call(texts=texts), call(texts=["one line"]), call(texts=texts, documents=[b'{"line": "one"}'])]
    assert gathered(calls) == each(calls)


def test_only_some_documents_of_a_call_count() -> None:
    calls = [call(documents=[f'{{"n": {n}}}' for n in range(MOST_DOCUMENTS + 5)])]
    assert gathered(calls) == each(calls)


def test_names_that_are_ids_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "MOST_NODES", 20)
    calls = [call(documents=[json.dumps({f"id-{n}-{m}": {"state": "open"} for m in range(5)})]) for n in range(20)]
    known = Vocabulary()
    for offset, one in enumerate(calls):
        known.add(one, offset)
    assert len(known._nodes) <= 20 + 11
    assert gathered(calls) == each(calls)
