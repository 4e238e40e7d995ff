# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`key=value` onto the JSON of a source."""

from typing import Any

import pytest

from openconnector.commands.assignments import assignments_of, validated
from openconnector.commands.complaints import dotted
from openconnector.core.errors import InvalidInput
from openconnector.sources.schemas import SourceCreate

GIVEN: dict[str, Any] = {
    "name": "CRM",
    "type": "json",
    "location": "https://crm.example",
    "headers": [{"name": "Accept", "value": "text/plain"}, {"name": "X-Old", "value": "1"}],
    "connection": {"proxy": None, "retry": {"maxRetries": 1}},
}


def assigned(*texts: str) -> dict[str, Any]:
    document = SourceCreate.model_validate(GIVEN).model_dump(mode="json", by_alias=True)
    return validated(SourceCreate, document, assignments_of(texts)).model_dump(mode="json", by_alias=True)


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("connection.totalTimeoutMs=20000", ("connection", "totalTimeoutMs"), 20000),
        ("connection.retry.maxRetries=3", ("connection", "retry", "maxRetries"), 3),
        ("connection.retry.statuses=500,503", ("connection", "retry", "statuses"), [500, 503]),
        ("connection.retry.statuses=[429]", ("connection", "retry", "statuses"), [429]),
        ("connection.rateLimit.limit=5", ("connection", "rateLimit", "limit"), 5),
        ("connection.verifyTls=false", ("connection", "verifyTls"), False),
        ("name=42", ("name",), "42"),
        ("name=true", ("name",), "true"),
        ('name="quoted"', ("name",), "quoted"),
        ("description=a=b", ("description",), "a=b"),
        ("description=", ("description",), ""),
        ("headers.accept=application/json", ("headers", 0, "value"), "application/json"),
        ("headers.X-Number=1.0", ("headers", 2, "value"), "1.0"),
        ("query.page=7", ("query", 0, "value"), "7"),
    ],
)
def test_a_value_is_what_is_wanted_there(text: str, path: tuple[str | int, ...], value: Any) -> None:
    found: Any = assigned(text)
    for step in path:
        found = found[step]
    assert found == value


def test_null_takes_a_row_out() -> None:
    assert [row["name"] for row in assigned("headers.x-old=null")["headers"]] == ["Accept"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("connection.totalTimeoutMs=soon", "connection.totalTimeoutMs"),
        ("connection.retry.maxRetries=99", "connection.retry.maxRetries"),
        ("connection.nothing=1", "connection.nothing"),
        ("name.first=1", "name.first"),
        ("headers=[1]", "headers.0"),
        ("authentication.type=magic", "authentication"),
        ("location=ftp://x", "location"),
    ],
)
def test_an_error_names_the_key(text: str, key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        assigned(text)
    assert [dotted(error.pointer or "") for error in caught.value.errors] == [key]


@pytest.mark.parametrize("text", ["name", "=1", ".=1"])
def test_what_is_no_assignment_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no key=value"):
        assignments_of([text])
