# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What queries mean: each text with the clauses that it becomes."""

from datetime import UTC, datetime, timedelta

import pytest

from openconnector.logs.models import microseconds
from openconnector.logs.questions.clauses import (
    AnyOf,
    Clause,
    Column,
    HasField,
    HasText,
    IsBetween,
    IsOneOf,
    IsPinned,
)
from openconnector.logs.questions.language import parse

AT = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)
ID = "019936f5-2c1e-7f3a-8000-0123456789ab"
SECOND = 1_000_000


def understood(query: str) -> list[Clause]:
    return [clause for term in parse(query, at=AT) for clause in term.clauses]


def time(*parts: int) -> int:
    return microseconds(datetime(*parts, tzinfo=UTC))  # type: ignore[misc, arg-type]


def ago(**parts: float) -> int:
    return microseconds(AT - timedelta(**parts))


SUCCESS = IsOneOf("outcome", ("success",))
FAILURE = IsOneOf("outcome", ("success",), is_negated=True)

FACETS: dict[str, list[Clause]] = {
    "": [],
    "   ": [],
    "status:404": [IsOneOf("status", ("404",))],
    "STATUS:4XX,503,none,503": [IsOneOf("status", ("4xx", "503", "none"))],
    "status:999": [IsOneOf("status", ("999",))],
    "-status:404": [IsOneOf("status", ("404",), is_negated=True)],
    "status:success": [SUCCESS],
    "status:error": [FAILURE],
    "-status:error": [SUCCESS],
    "status:success,404": [AnyOf((IsOneOf("status", ("404",)), SUCCESS))],
    "status:error,none,404": [AnyOf((IsOneOf("status", ("none", "404")), FAILURE))],
    "status:success,error": [AnyOf((SUCCESS, FAILURE))],
    "-status:success,404": [IsOneOf("status", ("404",), is_negated=True), FAILURE],
    "outcome:http_error,Refused": [IsOneOf("outcome", ("http_error", "refused"))],
    "is:error": [FAILURE],
    "-is:error": [SUCCESS],
    "is:success": [SUCCESS],
    "-is:success": [FAILURE],
    "is:pinned": [IsPinned(True)],
    "-is:pinned": [IsPinned(False)],
    "error:connect_timeout,404": [IsOneOf("error", ("connect_timeout", "404"))],
    "method:get,Post": [IsOneOf("method", ("GET", "POST"))],
    "trigger:job": [IsOneOf("trigger", ("job",))],
    "trigger:job,test": [IsOneOf("trigger", ("job", "test"))],
    "trigger:job:nightly": [IsOneOf("trigger", ("job",)), IsOneOf("trigger_id", ("nightly",))],
    'trigger:"job:every night"': [IsOneOf("trigger", ("job",)), IsOneOf("trigger_id", ("every night",))],
    "trigger:job:a,job:b": [IsOneOf("trigger", ("job",)), IsOneOf("trigger_id", ("a", "b"))],
    "trigger:job:a,job": [IsOneOf("trigger", ("job",))],
    "trigger:job:a:b": [IsOneOf("trigger", ("job",)), IsOneOf("trigger_id", ("a:b",))],
    "trigger:test,job:a": [
        IsOneOf("trigger", ("test", "job")),
        AnyOf((IsOneOf("trigger", ("job",), is_negated=True), IsOneOf("trigger_id", ("a",)))),
    ],
    "-trigger:test,job:a": [
        IsOneOf("trigger", ("test",), is_negated=True),
        AnyOf((IsOneOf("trigger", ("job",), is_negated=True), IsOneOf("trigger_id", ("a",), is_negated=True))),
    ],
    "-trigger:job:a": [
        AnyOf((IsOneOf("trigger", ("job",), is_negated=True), IsOneOf("trigger_id", ("a",), is_negated=True))),
    ],
    "triggerid:Nightly triggerId:x": [IsOneOf("trigger_id", ("Nightly",)), IsOneOf("trigger_id", ("x",))],
    'user:"Jan de Vries",admin': [IsOneOf("user", ("Jan de Vries", "admin"))],
    r'user:"a \"b\" \\ \n"': [IsOneOf("user", (r'a "b" \ \n',))],
    'user:"a,b"': [IsOneOf("user", ("a,b",))],
    'user:Jan"x"': [IsOneOf("user", ('Jan"x"',))],
    "host:GIS.example:8080,[::1]:80": [IsOneOf("host", ("gis.example:8080", "[::1]:80"))],
    "path:/": [IsOneOf("path", ("/",))],
    "path:/api//v1/,/x": [IsOneOf("path", ("/api/v1", "/x"))],
    'path:"/a b/é",/c%20d/': [IsOneOf("path", ("/a b/é", "/a%20b/%C3%A9", "/c%20d"))],
    f"id:{ID.upper()}": [IsOneOf("id", (ID,))],
    f"id:{ID.replace('-', '')}": [IsOneOf("id", (ID,))],
    "source:crm,other": [IsOneOf("source", ("crm", "other"))],
    '-source:"Het CRM"': [IsOneOf("source", ("Het CRM",), is_negated=True)],
}

RANGES: dict[str, tuple[int | None, int | None]] = {
    "duration:>2s": (2 * SECOND + 1, None),
    "duration:>=250ms": (250_000, None),
    "duration:<1m": (None, 60 * SECOND),
    "duration:<=1.5S": (None, 1_500_001),
    "duration:1s..5s": (SECOND, 5 * SECOND + 1),
    "duration:1s..1s": (SECOND, SECOND + 1),
    "duration:1s..": (SECOND, None),
    "duration:..5s": (None, 5 * SECOND + 1),
    'duration:"> 2 s"': (2 * SECOND + 1, None),
    "duration:>0.1us": (1, None),
    "duration:>=0.1us": (1, None),
    "duration:<0.5us": (None, 1),
    "duration:<=0.5us": (None, 1),
    "duration:>2h": (7200 * SECOND + 1, None),
    "duration:>999999999999999d": (2**62 + 1, None),
    "size:>1MB": (1_000_001, None),
    "size:10KB..1MiB": (10_000, 1024 * 1024 + 1),
    "size:>=1000": (1000, None),
    "size:<1.5kib": (None, 1536),
    "size:<2G": (None, 2 * 1000**3),
    "size:0..0": (0, 1),
}

TIMES: dict[str, tuple[int | None, int | None]] = {
    "since:2026-11-23": (time(2026, 11, 23), None),
    "since:20261123": (time(2026, 11, 23), None),
    "until:2026-11-23T14:02": (None, time(2026, 11, 23, 14, 2)),
    "until:2026-11-23T14:02:11+01:00": (None, time(2026, 11, 23, 13, 2, 11)),
    "since:2026-11-23T14:02:11Z": (time(2026, 11, 23, 14, 2, 11), None),
    'since:"2026-11-23 14:02"': (time(2026, 11, 23, 14, 2), None),
    "since:24h": (ago(hours=24), None),
    "until:30m": (None, ago(minutes=30)),
    "since:7d": (ago(days=7), None),
    "since:2w": (ago(weeks=2), None),
    "since:today": (time(2026, 11, 27), None),
    "since:Yesterday until:today": (time(2026, 11, 26), None),
    "until:now": (None, microseconds(AT)),
    "last:24h": (ago(hours=24), None),
    'last:"7 days"': (ago(days=7), None),
    "last:90s": (ago(seconds=90), None),
}

FIELDS: dict[str, HasField] = {
    "$.error.code=42": HasField("$.error.code", "=", 42),
    "$.error.code = 42": HasField("$.error.code", "=", 42),
    "$.error.code==42": HasField("$.error.code", "=", 42),
    "-$.a.b>=3": HasField("$.a.b", ">=", 3, is_negated=True),
    "$.a<-2.5e3": HasField("$.a", "<", -2500.0),
    '$.name~"a b"': HasField("$.name", "~", "a b"),
    "$.name ~ 42": HasField("$.name", "~", "42"),
    "$.name='a b'": HasField("$.name", "=", "a b"),
    "$.x!=null": HasField("$.x", "!=", None),
    "$.x=true": HasField("$.x", "=", True),
    '$.x="true"': HasField("$.x", "=", "true"),
    '$.x=""': HasField("$.x", "=", ""),
    "$.x=007": HasField("$.x", "=", "007"),
    "$.state=open": HasField("$.state", "=", "open"),
    "$.at>2026-01-01": HasField("$.at", ">", "2026-01-01"),
    "$.x": HasField("$.x", "exists", None),
    "-$.x": HasField("$.x", "exists", None, is_negated=True),
    "$=1": HasField("$", "=", 1),
    "$[0]": HasField("$[*]", "exists", None, items=(0,)),
    "$.items[*].id[*] = 5": HasField("$.items[*].id[*]", "=", 5),
    "$.items[12].id[*] < 5": HasField("$.items[*].id[*]", "<", 5, items=(12, None)),
    "-$.a[*].b[-1]": HasField("$.a[*].b[*]", "exists", None, is_negated=True, items=(None, -1)),
    "$['na me'].x=1": HasField("$['na me'].x", "=", 1),
    '$["a.b"]["c"]=1': HasField("$['a.b'].c", "=", 1),
    r"$['it\'s']=1": HasField(r"$['it\'s']", "=", 1),
    "$.na-me=1": HasField("$['na-me']", "=", 1),
    "$.@type=x": HasField("$['@type']", "=", "x"),
    "$.été=1": HasField("$['été']", "=", 1),
}

TEXTS: dict[str, list[HasText]] = {
    "timeout": [HasText("timeout", ("timeout",))],
    "-Timeout": [HasText("Timeout", ("timeout",), is_negated=True)],
    "connection reset": [HasText("connection", ("connection",)), HasText("reset", ("reset",))],
    '"connection reset"': [HasText("connection reset", ("connection", "reset"), is_phrase=True)],
    '-"connection reset"': [HasText("connection reset", ("connection", "reset"), is_phrase=True, is_negated=True)],
    '"timeout"': [HasText("timeout", ("timeout",))],
    '"status:404"': [HasText("status:404", ("status", "404"), is_phrase=True)],
    "gis.example": [HasText("gis.example", ("gis", "example"), is_phrase=True)],
    "https://gis.example": [HasText("https://gis.example", ("https", "gis", "example"), is_phrase=True)],
    "12:30": [HasText("12:30", ("12", "30"), is_phrase=True)],
    "$100": [HasText("$100", ("100",))],
    "-5": [HasText("5", ("5",), is_negated=True)],
    "or and not": [HasText(word, (word,)) for word in ("or", "and", "not")],
    '"OR"': [HasText("OR", ("or",))],
    "(2)": [HasText("(2)", ("2",))],
    "Straße": [HasText("Straße", ("strasse",))],
}


@pytest.mark.parametrize(("query", "clauses"), FACETS.items())
def test_facets_become_clauses_that_compare_whole_values(query: str, clauses: list[Clause]) -> None:
    assert understood(query) == clauses


@pytest.mark.parametrize(("query", "bounds"), RANGES.items())
def test_ranges_include_what_they_name(query: str, bounds: tuple[int | None, int | None]) -> None:
    column: Column = "duration" if query.startswith("duration") else "size"
    assert understood(query) == [IsBetween(column, *bounds)]
    assert understood(f"-{query}") == [IsBetween(column, *bounds, is_negated=True)]


@pytest.mark.parametrize(("query", "bounds"), TIMES.items())
def test_times_are_in_utc_unless_they_carry_a_zone(query: str, bounds: tuple[int | None, int | None]) -> None:
    assert understood(query)[0] == IsBetween("time", *bounds)


@pytest.mark.parametrize(("query", "clause"), FIELDS.items())
def test_conditions_on_json_have_a_path_and_maybe_a_comparison(query: str, clause: HasField) -> None:
    (found,) = understood(query)
    assert found == clause
    assert isinstance(found, HasField)
    assert type(found.value) is type(clause.value)  # 1 and true are equal for Python


@pytest.mark.parametrize(("query", "clauses"), TEXTS.items())
def test_all_else_is_text(query: str, clauses: list[HasText]) -> None:
    assert understood(query) == clauses


def test_terms_are_joined_and_know_their_place() -> None:
    query = '  status:5xx -source:crm  $.a = 1 duration:>2s "time out"'
    terms = parse(query, at=AT)
    assert [query[term.scanned.start : term.scanned.end] for term in terms] == [
        "status:5xx",
        "-source:crm",
        "$.a = 1",
        "duration:>2s",
        '"time out"',
    ]
    assert [term.field for term in terms] == ["status", "source", None, "duration", None]


def test_a_condition_leaves_the_next_term_alone() -> None:
    assert understood("$.x status:404") == [HasField("$.x", "exists", None), IsOneOf("status", ("404",))]
    assert understood("$.x = 1 -status:404") == [HasField("$.x", "=", 1), IsOneOf("status", ("404",), is_negated=True)]


def test_fifty_terms_are_understood() -> None:
    assert len(understood("timeout " * 50)) == 50
