# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls and questions for the tests of the index, from pools so small that they often meet."""

from typing import Any

from hypothesis import strategies as st

from openconnector.logs.index.terms import CallFacts
from openconnector.logs.index.words import words_of
from openconnector.logs.questions.clauses import (
    AnyOf,
    Clause,
    HasField,
    HasText,
    IsBetween,
    IsOneOf,
    IsPinned,
    Question,
)

_WORDS = ["timeout", "Error", "order", "42", "café", "ﬁn", "x"]
_URLS = [
    "https://api.example.com/v1/orders/7?page=2",
    "https://API.example.com:8443/v1//orders/",
    "sftp://user@files.example.com/a/b/c",
    "/v1/orders",
    "http://[::bad/v1",
    "\x00//\ud800?#",
    "",
]
_DOCUMENTS: list[str | bytes] = [
    '{"error": {"code": 42, "text": "timed out"}, "items": [{"id": 1}, {"id": "2"}]}',
    '{"error": {"code": "42"}, "items": []}',
    b'{"error": null, "total": 12.50, "at": "2026-01-02T03:04:05Z", "text": "caf\\u00e9\\ntimeout"}',
    '{"total": 7, "is": true}',
    "[" * 5000,
    "not JSON: timeout",
    b"\xff\xfe",
    "1e999",
]
_DURATIONS = st.one_of(
    st.sampled_from([0, 5, 9, 10, 99, 100, 1000, 1234, 1299, 10**15, 10**18, -3]), st.integers(0, 10**5)
)
_SIZES = st.one_of(st.none(), st.sampled_from([0, 10, 1024, 10**15]), st.integers(0, 3000))
_TIMES = st.one_of(st.integers(0, 2000), st.sampled_from([-(2**62), 2**62]))


@st.composite
def facts(draw: st.DrawFn, number: int = 0) -> CallFacts:
    """One call."""

    def pick(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    return CallFacts(
        number=number,
        id=f"id-{number}",
        source=pick("s1", "s2"),
        status=pick(None, 200, 404, 503, 99),
        outcome=pick("success", "http_error"),
        error=pick(None, "timeout"),
        method=pick("GET", "post"),
        trigger=pick("job", "test"),
        trigger_id=pick(None, "7"),
        user=pick(None, "Ann", "ann"),
        url=pick(*_URLS),
        started_at=draw(_TIMES),
        duration=draw(_DURATIONS),
        size=draw(_SIZES),
        is_pinned=draw(st.booleans()),
        texts=[" ".join(draw(st.lists(st.sampled_from(_WORDS), max_size=4))) for _ in range(draw(st.integers(0, 2)))],
        documents=draw(st.lists(st.sampled_from(_DOCUMENTS), max_size=2)),
    )


_BOUND = st.one_of(st.none(), _DURATIONS)
_FACETS: dict[Any, list[str]] = {
    "source": ["s1", "s2", "s3"],
    "status": ["404", "4xx", "none", "5xx", "0xx"],
    "outcome": ["success", "refused"],
    "error": ["timeout"],
    "method": ["GET", "POST"],
    "trigger": ["job"],
    "trigger_id": ["7"],
    "user": ["ann", "Ann"],
    "host": ["api.example.com", "api.example.com:8443", "files.example.com"],
    "path": ["/", "/v1", "/v1/orders", "/v1/orders/7", "/v1/ord", "/a/b", "/v1/orders/"],
    "id": [f"id-{number}" for number in (0, 3, 300, 70_000)],
}
_PATHS = ["$", "$.error", "$.error.code", "$.items", "$.items[*].id", "$.total", "$.at", "$.text", "$.is", "$.none"]
_VALUES = [42, "42", 1, 12.5, 7.0, None, True, "2026-01-02", "time", float("inf"), 2]


@st.composite
def _one_of(draw: st.DrawFn) -> IsOneOf:
    field = draw(st.sampled_from(list(_FACETS)))
    return IsOneOf(field, tuple(draw(st.lists(st.sampled_from(_FACETS[field]), max_size=3))), draw(st.booleans()))


@st.composite
def _text(draw: st.DrawFn) -> HasText:
    text = " ".join(draw(st.lists(st.sampled_from([*_WORDS, "--", "out", "timed"]), max_size=3)))
    return HasText(text, tuple(words_of(text)), draw(st.booleans()), draw(st.booleans()))


clauses: st.SearchStrategy[Clause] = st.one_of(
    _one_of(),
    st.builds(IsBetween, st.sampled_from(["duration", "size"]), _BOUND, _BOUND, st.booleans()),
    st.builds(IsBetween, st.just("time"), st.one_of(st.none(), _TIMES), st.one_of(st.none(), _TIMES), st.booleans()),
    _text(),
    st.builds(
        HasField,
        st.sampled_from(_PATHS),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "~", "exists"]),
        st.sampled_from(_VALUES),
        st.booleans(),
    ),
    st.builds(
        HasField,
        st.just("$.items[*].id"),
        st.sampled_from(["=", "!=", "exists"]),
        st.sampled_from([1, 2]),
        st.booleans(),
        st.sampled_from([(0,), (1,), (-1,), (5,)]),
    ),
    st.builds(IsPinned, st.booleans()),
    st.builds(AnyOf, st.lists(_one_of(), min_size=1, max_size=2).map(tuple)),
)
questions = st.lists(clauses, max_size=3).map(lambda some: Question(tuple(some)))
