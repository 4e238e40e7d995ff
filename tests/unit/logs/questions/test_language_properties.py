# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds of every query, whatever its text."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openconnector.logs.questions.clauses import AnyOf, Clause, HasText, IsOneOf
from openconnector.logs.questions.completions import place_of
from openconnector.logs.questions.filters import terms_of
from openconnector.logs.questions.language import MOST_TERMS, Term, parse
from openconnector.logs.questions.scanning import QueryError, in_quotes, quoted, scan

AT = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)

TERMS = [
    "status:404,5xx,none", "-status:success,404", "outcome:http_error", "error:connect_timeout", "method:GET,POST",
    "trigger:job:nightly,test", 'user:"Jan de Vries"', "host:gis.example:8080", "path:/api/v1", "duration:>2s",
    "duration:1s..5s", "size:10KB..1MiB", "since:2026-11-23T14:02:11Z", "until:24h", "last:7d", "is:pinned",
    "id:019936f5-2c1e-7f3a-8000-0123456789ab", "$.error.code = 42", '$.items[0].name ~ "a b"', "-$['na me'] != null",
    "timeout", '"connection reset"', "-gis.example", "source:crm",
]  # fmt: skip
WORDS = ["..", "OR", "NOT", "://", "[*]", "status", "since:", "duration:>"]
SIGNS = [*"-:,\"'\\$.[]()=!<>~*/ \t\n0aZé ½\0“", *WORDS]

pieces = st.lists(st.one_of(st.sampled_from(TERMS), st.sampled_from(SIGNS), st.text(max_size=5)), max_size=20)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid query with some places deleted, doubled or overwritten."""
    text = " ".join(draw(st.lists(st.sampled_from(TERMS), min_size=1, max_size=5)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 6)))
        text = text[:start] + draw(st.sampled_from([*SIGNS, "", text[start:end] * 2])) + text[end:]
    return text


def tried(query: str) -> tuple[list[Term], QueryError | None]:
    """The terms of a query, or what is wrong with it. Any other exception is a fault of ours."""
    try:
        return parse(query, at=AT), None
    except QueryError as error:
        return [], error


queries = st.one_of(st.text(), pieces.map("".join), pieces.map(" ".join), mutated())


@settings(deadline=None)
@given(queries)
def test_a_query_is_understood_or_its_fault_has_a_place(query: str) -> None:
    terms, error = tried(query)
    assert len(terms) <= MOST_TERMS
    assert all(term.clauses for term in terms)
    if error is not None:
        assert 0 <= error.start <= error.end <= len(query)
        assert error.message
        assert error.suggestion != query
        assert error.suggestion is None or error.suggestion.strip()


@settings(deadline=None)
@given(queries)
def test_a_suggestion_that_is_followed_leads_to_an_end(query: str) -> None:
    """Whoever takes one suggestion after the other does not go in circles."""
    seen = set()
    suggestion: str | None = query
    while suggestion is not None:
        assert suggestion not in seen
        seen.add(suggestion)
        error = tried(suggestion)[1]
        suggestion = error.suggestion if error else None


@settings(deadline=None)
@given(queries)
def test_terms_stand_one_behind_the_other_and_leave_out_only_blanks(query: str) -> None:
    end = 0
    for part in scan(query):
        assert query[end : part.start].strip() == ""
        assert part.end > part.start
        end = part.end
    assert query[end:].strip() == ""
    assert len(terms_of(query)) <= MOST_TERMS


@settings(deadline=None)
@given(queries, st.integers(0, 100))
def test_every_cursor_has_a_place_or_none(query: str, cursor: int) -> None:
    cursor = min(cursor, len(query))
    place = place_of(query, cursor)
    if place is not None:
        assert 0 <= place.start <= place.end <= len(query) + 1
        assert len(place.prefix) <= cursor


@settings(deadline=None)
@given(st.text().filter(lambda text: "\0" not in text and text.strip()))
def test_what_is_quoted_comes_back(text: str) -> None:
    (clause,) = (clause for term in parse(f"user:{quoted(text)}", at=AT) for clause in term.clauses)
    assert clause == IsOneOf("user", (text,))


@settings(deadline=None)
@given(st.text().filter(lambda text: "\0" not in text and any(char.isalnum() for char in text)))
def test_a_phrase_in_quotes_is_looked_for_as_it_is(text: str) -> None:
    (term,) = parse(in_quotes(text), at=AT)
    (clause,) = term.clauses
    assert isinstance(clause, HasText)
    assert clause.text == text


@dataclass(frozen=True)
class Call:
    """The facets of a call that lists of triggers and statuses look at."""

    trigger: str
    trigger_id: str
    status: int | None
    outcome: str

    def holds(self, clause: Clause) -> bool:
        match clause:
            case AnyOf(clauses=clauses):
                return any(map(self.holds, clauses))
            case IsOneOf(field="status", values=values, is_negated=is_negated):
                own = {"none"} if self.status is None else {f"{self.status}", f"{self.status // 100}xx"}
                return bool(own & set(values)) != is_negated
            case IsOneOf(field=field, values=values, is_negated=is_negated):
                return (getattr(self, field) in values) != is_negated
            case _:
                raise AssertionError(clause)

    def has_trigger(self, value: str) -> bool:
        kind, _, trigger_id = value.partition(":")
        return kind == self.trigger and trigger_id in ("", self.trigger_id)

    def has_status(self, value: str) -> bool:
        if value in ("success", "error"):
            return (self.outcome == "success") == (value == "success")
        if value == "none":
            return self.status is None
        return self.status is not None and str(self.status)[: len(value.rstrip("x"))] == value.rstrip("x")


CALLS = [
    Call(trigger, trigger_id, status, outcome)
    for trigger in ("job", "test", "verify")
    for trigger_id in ("a", "b")
    for status in (None, 200, 404, 503)
    for outcome in ("success", "http_error")
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["job", "test", "job:a", "job:b", "test:a", "verify:b"]), min_size=1), st.booleans())
def test_a_list_of_triggers_means_any_of_them_and_negated_none(values: list[str], is_negated: bool) -> None:
    terms = parse(f"{'-' * is_negated}trigger:{','.join(values)}", at=AT)
    for call in CALLS:
        holds = all(call.holds(clause) for term in terms for clause in term.clauses)
        assert holds == (any(map(call.has_trigger, values)) != is_negated)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["success", "error", "none", "404", "2xx", "5xx"]), min_size=1), st.booleans())
def test_a_list_of_statuses_means_any_of_them_and_negated_none(values: list[str], is_negated: bool) -> None:
    terms = parse(f"{'-' * is_negated}status:{','.join(values)}", at=AT)
    for call in CALLS:
        holds = all(call.holds(clause) for term in terms for clause in term.clauses)
        assert holds == (any(map(call.has_status, values)) != is_negated)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    ["$['", '$["a', "$.a[", '"', "\\", '"\\', "user:,", 'user:"a",', "a:", "status:", "-", "9", "duration:2", "1..",
     "$.a = ", "$.a ~", "(a:", ",,", "“", "a-", "x:y:", "duration:9", "since:9", "é", "[0]", "$[0]", "host://", "../"],
)  # fmt: skip
def test_the_longest_query_is_read_at_once(piece: str) -> None:
    for query in (piece * (4000 // len(piece)), "duration:" + (piece * 4000)[:3990], "$.a=" + (piece * 4000)[:3990]):
        tried(query)
        terms_of(query)
        place_of(query, len(query))
