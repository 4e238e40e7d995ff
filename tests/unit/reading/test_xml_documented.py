# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The examples in docs/records.md are true."""

import json
import re
from io import BytesIO
from pathlib import Path

import pytest

from openconnector.reading.positions import RecordsMissing, locate
from openconnector.reading.xml_records import records_of

PAGE = (Path(__file__).resolve().parents[3] / "docs/records.md").read_text()


def block(language: str, number: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[number]


def test_the_records_of_the_xml_are_those_that_are_shown() -> None:
    shown = [json.loads(line) for line in block("json", 1).splitlines()]
    assert list(records_of(BytesIO(block("xml").encode()), "z:zaken.z:zaak")) == shown


@pytest.mark.parametrize(
    ("position", "names"),
    [("z:zaken", ["z:zaak"]), ("_object", ["z:status", "z:zaken"])],
)
def test_one_record_is_what_is_said(position: str, names: list[str]) -> None:
    (record,) = records_of(BytesIO(block("xml").encode()), position)
    assert list(record) == names


@pytest.mark.parametrize(
    ("position", "kind"), [("z:zaken.zaak", "position_not_found"), ("_root", "not_a_list"), ("", "position_missing")]
)
def test_errors_are_those_that_are_said(position: str, kind: str) -> None:
    with pytest.raises(RecordsMissing) as raised:
        list(records_of(BytesIO(block("xml").encode()), position))
    assert raised.value.type == kind


def test_the_json_is_read_as_it_is_said() -> None:
    value = json.loads(block("json"))
    assert [list(record) for record in locate(value, "data.items")[1]] == [["id", "name"]] * 2
    assert [list(record) for record in locate(value, "_object")[1]] == [["status", "data"]]
    for position, kind in (("", "position_missing"), ("data", "not_a_list")):
        with pytest.raises(RecordsMissing) as raised:
            locate(value, position)
        assert raised.value.type == kind
