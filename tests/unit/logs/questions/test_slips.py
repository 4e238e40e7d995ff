# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is told about queries that do not parse: the place, the reason, and what was meant."""

from datetime import UTC, datetime

import pytest

from openconnector.logs.questions.language import parse
from openconnector.logs.questions.scanning import QueryError

AT = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)

SLIPS: list[tuple[str, str, str, str | None]] = [
    # query, the marked place, part of the message, the suggestion
    # names
    ("a stauts:404", "stauts", "Did you mean “status”?", "a status:404"),
    ("-Durration:>2s", "Durration", "“duration”", "-duration:>2s"),
    ("code:404", "code", "“status”", "status:404"),
    ("after:2026-11-23", "after", "“since”", "since:2026-11-23"),
    ("pinned:true x", "pinned", "no name", "is:pinned x"),
    ("localhost:8080", "localhost", "host:localhost:8080", "host:localhost:8080"),
    ("Fatal:disk", "Fatal", "quotes", '"Fatal:disk"'),
    ('-Fatal:"disk full"', "Fatal", "quotes", r'-"Fatal:\"disk full\""'),
    # values that are missing
    ("status:", "status:", "missing", "status:5xx"),
    ("last: method:GET", "last:", "missing", "last:24h method:GET"),
    ("status: 404", "status:", "missing", "status:404"),
    ('user:""', 'user:""', "missing", None),
    ("source:", "source:", "missing", None),
    ("status:404, 500 x", ",", "without blanks", "status:404,500 x"),
    ("status:404,", ",", "missing", "status:404"),
    ("status:,404", ",", "missing", "status:404"),
    ("status:404,,500", ",", "missing", "status:404,500"),
    ("duration:>1s,<2s", ",<2s", "no list", "duration:>1s"),
    # quotes and blanks
    ('user:"Jan de Vries', '"Jan de Vries', "closing", 'user:"Jan de Vries"'),
    ('a "b c', '"b c', "closing", 'a "b c"'),
    ('$.a="b c', '"b c', "closing", '$.a="b c"'),
    ("$.a='b c", "'b c", "closing", "$.a='b c'"),
    ('"a b"c', "c", "blank", '"a b" c'),
    ('user:"a"b', "b", "blank", 'user:"a" b'),
    ("“a b”", "“a", "straight", '"a b"'),
    # statuses and other words
    ("status:40x", "40x", "404, 4xx", "status:4xx"),
    ("status:4", "4", "404, 4xx", "status:4xx"),
    ("status:200,5**", "5**", "404, 4xx", "status:200,5xx"),
    ("status:=404", "=404", "404, 4xx", "status:404"),
    ("status:>=400", ">=400", "404, 4xx", "status:4xx,5xx"),
    ("status:400..499", "400..499", "404, 4xx", "status:4xx"),
    ("status:failed", "failed", "404, 4xx", "status:error"),
    ("status:zzz", "zzz", "404, 4xx", None),
    ("outcome:http_eror", "http_eror", "http_error", "outcome:http_error"),
    ("is:pined", "pined", "pinned", "is:pinned"),
    ("trigger:jobs", "jobs", "job", "trigger:job"),
    ("trigger:jobs:nightly", "jobs", "job", "trigger:job:nightly"),
    ("trigger:job:", "job:", "id is missing", "trigger:job"),
    ("method:G/T", "G/T", "no method", None),
    ("id:12", "12", "no id", None),
    # hosts and paths
    ("host:https://u@gis.example:80/x", "https://u@gis.example:80/x", "rest of the URL", "host:gis.example:80"),
    ("host:gis.example/x", "gis.example/x", "rest of the URL", "host:gis.example"),
    ("host:*.example", "*.example", "found as text", None),
    ("path:api/v1", "api/v1", "slash", "path:/api/v1"),
    ("path:https://gis.example/api?x=1", "https://gis.example/api?x=1", "slash", "path:/api"),
    ("path:/api?x=1", "/api?x=1", "before ?", "path:/api"),
    ("path:/api/*", "/api/*", "star", "path:/api"),
    # ranges
    ("duration:>2", ">2", "unit", "duration:>2s"),
    ("duration:>250", ">250", "unit", "duration:>250ms"),
    ("duration:2s", "2s", "range", "duration:>2s"),
    ("duration:=2s", "=2s", "range", "duration:>2s"),
    ("duration:=>2s", "=>2s", "range", "duration:>2s"),
    ("duration:2s+", "2s+", "range", "duration:>2s"),
    ("duration:2", "2", "range", "duration:>2s"),
    ("duration:1-5s", "1-5s", "range", "duration:1s..5s"),
    ("duration:2..5", "2..5", "unit", "duration:2s..5s"),
    ("duration:1s..5", "1s..5", "unit", "duration:1s..5s"),
    ("duration:>2x", ">2x", "“x” is no unit", None),
    ("duration:>", ">", "no duration", "duration:>2s"),
    ("duration:..", "..", "beginning", "duration:>2s"),
    ("duration:5s..1s", "5s..1s", "before it begins", "duration:1s..5s"),
    ("duration:slow", "slow", "range", None),
    ("size:1MB", "1MB", "range", "size:>1MB"),
    ("size:>1XB", ">1XB", "no unit", None),
    # times
    ("last:24", "24", "unit", "last:24h"),
    ("last:7", "7", "unit", "last:7d"),
    ("last:1month", "1month", "no unit", "last:30d"),
    ("last:today", "today", "span", "since:today"),
    ("last:tuesday", "tuesday", "span", None),
    ("last:999999999d", "999999999d", "hundred years", "last:36500d"),
    ("since:23-11-2026", "23-11-2026", "no time", "since:2026-11-23"),
    ("since:11/23/2026", "11/23/2026", "no time", "since:2026-11-23"),
    ("since:2026-11", "2026-11", "no time", "since:2026-11-01"),
    ("since:2026-1-3", "2026-1-3", "no time", "since:2026-01-03"),
    ("since:9:05", "9:05", "no time", "since:2026-11-27T09:05"),
    ("since:2026-13-41", "2026-13-41", "no time", None),
    ("since:0001-01-01T00:00+23:00", "0001-01-01T00:00+23:00", "no time", None),
    (
        "since:2026-11-23 until:2026-11-23",
        "until:2026-11-23",
        "at 2026-11-23 00:00 and ends",
        "since:2026-11-23 until:2026-11-24",
    ),
    ("last:1h until:2h", "until:2h", "No time is left", None),
    # conditions
    ("$.a.b:42", ":", "compares nothing", "$.a.b=42"),
    ("$.a<>42", "<>", "compares nothing", "$.a!=42"),
    ('x $.a!~"b c" y', "!~", "minus", 'x -$.a~"b c" y'),
    ("-$.a !~ b", "!~", "minus", "$.a ~ b"),
    ("$.a=", "=", "missing", "$.a"),
    ("$.a>null", ">", "order", "$.a=null"),
    ("$.a~''", "''", "“~”", None),
    ("$.a=b,c", "b,c", "one value", '$.a="b,c"'),
    ("$.a=1,2", "1,2", "one value", None),
    ("$.a=1e999", "1e999", "too large", '$.a="1e999"'),
    ("$..a", "..a", "each step", None),
    ("$.a.*", ".*", "each step", None),
    ("$.a. = 1", ".", "behind the dot", "$.a = 1"),
    ("$[a]=1", "[a]", "quotes", "$['a']=1"),
    ("$['a", "['a", "quotes", "$['a']"),
    ("$.a[0]b=1", "b", "cannot go on", "$.a[0].b=1"),
    # habits of other languages
    ("a AND b", "AND", "without an AND", "a b"),
    ("NOT status:404", "NOT", "minus", "-status:404"),
    ("status:404 OR status:5xx", "OR", "no OR", "status:404,5xx"),
    ("status:404 OR method:GET", "OR", "no OR", None),
    ("(status:404 method:GET)", "(status:404", "brackets", "status:404 method:GET"),
    ("status=404", "status=404", "colon", "status:404"),
    ("status>=500", "status>=500", "colon", "status:5xx"),
    ("Duration>2s", "Duration>2s", "colon", "Duration:>2s"),
    # text
    ("a *** b", "***", "no letters", "a  b"),
    ("-- a", "--", "no letters", " a"),
    ('""', '""', "no letters", None),
    ("a\0b", "\0", "no text", "ab"),
    ("a\ud800b", "\ud800", "no text", "ab"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "place", "message", "suggestion"), SLIPS)
def test_a_slip_is_named_with_its_place_and_what_was_meant(
    query: str, place: str, message: str, suggestion: str | None
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query, at=AT)
    error = caught.value
    assert message in error.message
    assert query[error.start : error.end] == place
    assert error.suggestion == suggestion
    if suggestion is not None:
        parse(suggestion, at=AT)


def test_messages_are_sentences() -> None:
    for query, *_ in SLIPS:
        with pytest.raises(QueryError) as caught:
            parse(query, at=AT)
        assert caught.value.message.endswith((".", "?")), caught.value.message
        assert len(caught.value.message) < 130


def test_a_query_has_bounds() -> None:
    with pytest.raises(QueryError, match="4000 characters") as caught:
        parse("x" * 4001, at=AT)
    assert (caught.value.start, caught.value.end) == (4000, 4001)
    with pytest.raises(QueryError, match="50 terms") as caught:
        parse("x " * 51, at=AT)
    assert caught.value.start == 100
    assert caught.value.suggestion == ("x " * 50).strip()
    assert len(parse("status:404" + ",404" * 199, at=AT)) == 1
    with pytest.raises(QueryError, match="200 values") as caught:
        parse("status:404" + ",404" * 300 + " a", at=AT)
    assert caught.value.suggestion == "status:404" + ",404" * 199 + " a"
    with pytest.raises(QueryError, match="50 words"):
        parse(f'"{"x " * 51}"', at=AT)


def test_a_long_value_does_not_fill_the_message() -> None:
    with pytest.raises(QueryError) as caught:
        parse("status:" + "x" * 3000, at=AT)
    assert len(caught.value.message) < 130
