# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls as rows of CSV."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.logs.exports import table
from tests.unit.logs.exports.entries import call


def row_of(**values: object) -> dict[str, str]:
    """The row of a call, as a reader of RFC 4180 gets it."""
    text = (table.header() + table.rows([call(**values)])).decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    return row


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_formula_is_a_text(start: str) -> None:
    assert row_of(reason=f"{start}1+1")["reason"] == f"'{start}1+1"


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_whatever_a_text_holds_stays_in_its_cell(text: str) -> None:
    row = row_of(source_name=text, reason="behind")
    assert row["sourceName"] in (text, f"'{text}")
    assert not row["sourceName"].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert row["reason"] == "behind"


def test_values_are_those_of_the_api() -> None:
    row = row_of(status_code=None, is_pinned=True, has_bodies=False, redacted_count=3, trigger_id="job-7")
    assert row["statusCode"] == ""
    assert (row["isPinned"], row["hasBodies"], row["redactedCount"]) == ("true", "false", "3")
    assert (row["trigger.type"], row["trigger.id"], row["trigger.userId"]) == ("test", "job-7", "admin")


def test_half_a_pair_does_not_end_an_export() -> None:
    assert row_of(url="https://x.example/\ud800")["url"] == "https://x.example/?"
