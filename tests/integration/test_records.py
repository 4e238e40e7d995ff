# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Records of real answers: found, proposed, and never silently none."""

import json
from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from tests.integration.test_bodies import call_for, got

RECORDS = [{"id": number, "name": f"n{number}"} for number in range(25)]


async def records(api: AsyncClient, value: Any, position: str, **more: Any) -> Any:
    base = await call_for(api, json.dumps(value).encode())
    return await got(api, f"{base}/records", resultsPosition=position, **more)


@pytest.mark.parametrize(
    ("value", "position"),
    [
        (RECORDS, "_root"),
        ({"results": RECORDS}, ""),
        ({"data": {"items": RECORDS}}, "data.items"),
        ({"a.b": {"c": RECORDS}}, "a&#46;b.c"),
    ],
)
async def test_records_are_a_table(sqlite_api: AsyncClient, value: Any, position: str) -> None:
    page = await records(sqlite_api, value, position, offset=20, limit=3)
    assert (page["total"], page["offset"], page["columns"], page["problem"]) == (25, 20, ["id", "name"], None)
    assert [[cell["text"] for cell in row] for row in page["rows"]] == [["20", "n20"], ["21", "n21"], ["22", "n22"]]


async def test_an_envelope_leads_to_a_proposal_that_works(api: AsyncClient) -> None:
    base = await call_for(api, json.dumps({"data": {"items": RECORDS}}).encode())
    page = await got(api, f"{base}/records")
    assert (page["problem"]["type"], page["total"]) == ("position_missing", 0)
    proposal = page["proposals"][0]
    assert (proposal["position"], proposal["count"]) == ("data.items", 25)
    page = await got(api, f"{base}/records", resultsPosition=proposal["position"])
    assert (page["problem"], page["total"]) == (None, 25)


@pytest.mark.parametrize(
    ("position", "problem"), [("data.rows", "position_not_found"), ("data", "not_a_list"), ("_root", "not_a_list")]
)
async def test_a_wrong_position_is_told_and_not_an_empty_list(
    sqlite_api: AsyncClient, position: str, problem: str
) -> None:
    page = await records(sqlite_api, {"data": {"items": RECORDS}}, position)
    assert (page["problem"]["type"], page["rows"]) == (problem, [])
    assert page["proposals"][0]["position"] == "data.items"


async def test_an_empty_answer_is_no_problem(sqlite_api: AsyncClient) -> None:
    page = await records(sqlite_api, {"items": []}, "items")
    assert (page["problem"], page["total"], page["rows"]) == (None, 0, [])


async def test_a_table_in_text_is_its_records(api: AsyncClient) -> None:
    base = await call_for(api, 'naam;straat\r\nJosé;"Één\r\nlaan"\r\n'.encode("cp1252"), "text/csv")
    page = await got(api, f"{base}/records")
    assert (page["columns"], page["total"], page["isFoundByItself"]) == (["naam", "straat"], 1, True)
    assert [cell["text"] for cell in page["rows"][0]] == ["José", "Één\r\nlaan"]


async def test_lines_of_json_are_records(sqlite_api: AsyncClient) -> None:
    base = await call_for(
        sqlite_api, b"".join(json.dumps(one).encode() + b"\n" for one in RECORDS), "application/x-ndjson"
    )
    assert (await got(sqlite_api, f"{base}/records", resultsPosition="_root"))["total"] == 25


async def test_records_of_xml_are_found_too(sqlite_api: AsyncClient) -> None:
    text = "<answer><data>" + "".join(f"<row><id>{number}</id></row>" for number in range(3)) + "</data></answer>"
    base = await call_for(sqlite_api, text.encode(), "application/xml")
    page = await got(sqlite_api, f"{base}/records", resultsPosition="data.row")
    assert (page["total"], page["columns"]) == (3, ["id"])
