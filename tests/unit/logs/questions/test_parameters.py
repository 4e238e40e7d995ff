# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The single filters of a request, each as clauses or as a problem that names it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openconnector.core.errors import InvalidInput
from openconnector.logs.listing import LogFilter
from openconnector.logs.models import microseconds
from openconnector.logs.questions.clauses import (
    AnyOf,
    Clause,
    HasField,
    HasText,
    IsBetween,
    IsOneOf,
    IsPinned,
)
from openconnector.logs.questions.parameters import clauses_of

MOMENT = microseconds(datetime(2026, 11, 23, 14, 2, 11, tzinfo=UTC))


def clauses(**values: Any) -> list[Clause]:
    return list(clauses_of(LogFilter(**values)))


FILTERS: list[tuple[dict[str, Any], list[Clause]]] = [
    ({}, []),
    ({"status": "", "q": ""}, []),
    ({"status": "404, 5xx,,"}, [IsOneOf("status", ("404", "5xx"))]),
    ({"status": "success,none"}, [AnyOf((IsOneOf("status", ("none",)), IsOneOf("outcome", ("success",))))]),
    ({"outcome": "refused"}, [IsOneOf("outcome", ("refused",))]),
    ({"error": "connect_timeout,404"}, [IsOneOf("error", ("connect_timeout", "404"))]),
    ({"method": "get, post"}, [IsOneOf("method", ("GET", "POST"))]),
    ({"trigger": "job"}, [IsOneOf("trigger", ("job",))]),
    ({"trigger_id": "a b"}, [IsOneOf("trigger_id", ("a b",))]),
    ({"user": "Jan de Vries,admin"}, [IsOneOf("user", ("Jan de Vries", "admin"))]),
    ({"host": "GIS.example"}, [IsOneOf("host", ("gis.example",))]),
    ({"path": "/a,b/"}, [IsOneOf("path", ("/a,b",))]),
    ({"since": "2026-11-23T14:02:11Z"}, [IsBetween("time", MOMENT, None)]),
    ({"until": "2026-11-23T15:02:11 01:00"}, [IsBetween("time", None, MOMENT)]),
    ({"since": "2026-11-23 14:02:11"}, [IsBetween("time", MOMENT, None)]),
    ({"q": "Connection reset, reset"}, [HasText("Connection reset, reset", ("connection", "reset"))]),
    ({"field": "$.error.code = 42"}, [HasField("$.error.code", "=", 42)]),
    ({"min_duration_ms": 2000}, [IsBetween("duration", 2_000_000, None)]),
    ({"max_duration_ms": 1.001}, [IsBetween("duration", None, 1002)]),
    ({"min_duration_ms": 1e308}, [IsBetween("duration", 2**62, None)]),
    ({"min_duration_ms": 0, "max_duration_ms": 0.0001}, [IsBetween("duration", 0, 1)]),
    ({"min_size": 0, "max_size": 10}, [IsBetween("size", 0, 11)]),
    ({"pinned": True}, [IsPinned(True)]),
    ({"pinned": False}, [IsPinned(False)]),
]


@pytest.mark.parametrize(("values", "expected"), FILTERS)
def test_a_filter_becomes_clauses(values: dict[str, Any], expected: list[Clause]) -> None:
    assert clauses(**values) == expected


@pytest.mark.parametrize(
    ("name", "value", "parameter"),
    [
        ("status", "9xx", "status"),
        ("status", ",", "status"),
        ("outcome", "odd", "outcome"),
        ("trigger", "wish", "trigger"),
        ("method", "G/T", "method"),
        ("trigger_id", "a\0b", "triggerId"),
        ("host", "a/b", "host"),
        ("path", "api", "path"),
        ("id", "12", "id"),
        ("since", "yesterday", "since"),
        ("since", "24h", "since"),
        ("until", "0000", "until"),
        ("until", "0001-01-01T00:00+10:00", "until"),
        ("q", "%_", "q"),
        ("q", " ".join(map(str, range(51))), "q"),
        ("field", "error.code = 42", "field"),
        ("field", "$.name = Jan de Vries", "field"),
        ("field", "$.a >", "field"),
    ],
)
def test_a_bad_value_names_its_parameter(name: str, value: str, parameter: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        clauses(**{name: value})
    (error,) = caught.value.errors
    assert error.parameter == parameter
    assert error.detail.endswith(".")


TEXTS = ["status", "outcome", "error", "method", "trigger", "trigger_id", "user", "host", "path", "id", "q", "field"]


@settings(deadline=None)
@given(st.sampled_from([*TEXTS, "since", "until"]), st.text(max_size=40))
def test_any_text_is_understood_or_refused(name: str, value: str) -> None:
    try:
        found = clauses(**{name: value})
    except InvalidInput:
        return
    assert found or not value


@settings(deadline=None)
@given(st.floats(0, allow_infinity=False), st.floats(0, allow_infinity=False))
def test_durations_fit_into_64_bits(low: float, high: float) -> None:
    (clause,) = clauses(min_duration_ms=low, max_duration_ms=high)
    assert isinstance(clause, IsBetween)
    assert clause.low is not None
    assert clause.high is not None
    assert 0 <= clause.low < 2**63
    assert 0 < clause.high < 2**63
