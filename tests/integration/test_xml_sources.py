# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sources of type xml, from the form to the table of records: what they ask for, and how their answers are read."""

import time
from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from tests.factories import create_source, marked, test_call
from tests.faults.memory import growth_of
from tests.integration.test_bodies import got, posted
from tests.unit.reading.xml_texts import BILLION_LAUGHS, DEFAULT_ATTRIBUTE, QUADRATIC
from tests.upstream import answering, serve

ZAKEN = """<?xml version="1.0" encoding="ISO-8859-1"?>
<z:antwoord xmlns:z="urn:zaken" xmlns="urn:overig">
  <z:zaken>
    <z:zaak id="1"><z:naam>Straße</z:naam><plaats>Café</plaats></z:zaak>
    <z:zaak id="2"><z:naam>Weg</z:naam><plaats>Curaçao</plaats></z:zaak>
  </z:zaken>
</z:antwoord>"""


async def called(
    api: AsyncClient, body: bytes, content_type: str = "application/xml", **source: Any
) -> tuple[dict[str, Any], str]:
    """A call of a source of type xml that was answered with these bytes, and the address of its body."""
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nContent-Type: {content_type}\r\nConnection: close\r\n\r\n"
    )
    async with serve(answering(head.encode() + body)) as port:
        values = {"type": "xml", **source}
        created = await create_source(api, name=f"XML {port}", location=f"http://127.0.0.1:{port}", **values)
        call = await test_call(api, created["id"])
    assert (call["outcome"], call["statusCode"]) == ("success", 200)
    return call, f"/api/logs/{call['id']}/exchanges/0/response"


def cells(page: dict[str, Any]) -> list[list[str | None]]:
    return [[cell and cell["text"] for cell in row] for row in page["rows"]]


async def test_a_source_is_made_called_logged_and_its_records_are_read(api: AsyncClient) -> None:
    scheme = {"type": "basic", "username": "jan", "password": marked("xml-password")}
    call, base = await called(api, ZAKEN.encode("latin-1"), authentication=scheme, resultsPosition="z:zaken.z:zaak")
    sent = {header["name"].lower(): header["value"] for header in call["exchanges"][0]["request"]["headers"]}
    assert sent["accept"].startswith("application/xml, text/xml")
    assert call["diagnosis"] is None
    logged = (await api.get(f"/api/logs/{call['logId']}")).json()
    assert (logged["id"], logged["exchanges"]) == (call["id"], call["exchanges"])

    view = await got(api, f"{base}/view")
    assert (view["format"], view["hasTree"]) == ("xml", True)
    assert view["namespaces"] == {"z": "urn:zaken", "ns": "urn:overig"}
    top = await got(api, f"{base}/nodes")
    assert (top["parent"]["name"], [node["location"] for node in top["nodes"]]) == (
        "z:antwoord",
        ["/z:antwoord/z:zaken"],
    )
    page = await got(api, f"{base}/nodes", path=top["nodes"][0]["path"], offset=1, limit=1)
    assert (page["total"], page["nodes"][0]["location"]) == (2, "/z:antwoord/z:zaken/z:zaak[2]")

    found = await posted(api, f"{base}/query", {"expression": "//ns:plaats[. != 'x']"})
    assert [match["value"] for match in found["matches"]] == ["Café", "Curaçao"]

    records = await got(api, f"{base}/records", resultsPosition="z:zaken.z:zaak")
    assert records["columns"] == ["@attributes", "z:naam", "plaats"]
    assert cells(records) == [['{"id":"1"}', "Straße", "Café"], ['{"id":"2"}', "Weg", "Curaçao"]]


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("latin-1", "application/xml"),
        ("latin-1", "text/xml; charset=ISO-8859-1"),
        ("utf-8", "text/xml; charset=utf-8"),  # the declaration is wrong, as it often is
        ("utf-16", "application/xml"),
    ],
)
async def test_the_encoding_is_found_whatever_is_said(
    sqlite_api: AsyncClient, encoding: str, content_type: str
) -> None:
    _, base = await called(sqlite_api, ZAKEN.encode(encoding), content_type)
    found = await posted(sqlite_api, f"{base}/query", {"expression": "string(//z:naam)"})
    assert found["matches"][0]["value"] == "Straße"
    records = await got(sqlite_api, f"{base}/records", resultsPosition="z:zaken.z:zaak")
    assert cells(records)[1][2] == "Curaçao"


async def test_the_place_of_the_records_is_proposed(sqlite_api: AsyncClient) -> None:
    call, base = await called(sqlite_api, ZAKEN.encode("latin-1"))
    assert call["diagnosis"]["type"] == "nested_records"
    assert "2 elements at z:zaken.z:zaak" in call["diagnosis"]["detail"]
    records = await got(sqlite_api, f"{base}/records")
    assert (records["problem"]["type"], records["rows"]) == ("position_missing", [])
    (proposal,) = records["proposals"]
    assert proposal == {"position": "z:zaken.z:zaak", "count": 2, "names": ["@attributes", "z:naam", "plaats"]}


async def test_a_wrong_position_is_told_and_no_empty_list(sqlite_api: AsyncClient) -> None:
    _, base = await called(sqlite_api, ZAKEN.encode("latin-1"))
    records = await got(sqlite_api, f"{base}/records", resultsPosition="z:zaken.zaak")
    assert (records["problem"]["type"], records["rows"]) == ("position_not_found", [])
    assert records["problem"]["message"] == "There is no `zaak` in `z:zaken`: it has `z:zaak`."


@pytest.mark.parametrize("bomb", [BILLION_LAUGHS, QUADRATIC, DEFAULT_ATTRIBUTE])
async def test_a_bomb_of_entities_does_no_harm(sqlite_api: AsyncClient, bomb: bytes) -> None:
    async def look() -> tuple[Any, Any, Any]:
        _, base = await called(sqlite_api, bomb)
        view = await got(sqlite_api, f"{base}/view")
        nodes = await got(sqlite_api, f"{base}/nodes")
        return view, nodes, await got(sqlite_api, f"{base}/records", resultsPosition="_object")

    started = time.monotonic()
    (view, nodes, records), growth = await growth_of(look())
    assert time.monotonic() - started < 10
    assert growth < 64 * 1024**2
    assert view["hasTree"]
    assert nodes["total"] or nodes["parent"]["value"]
    assert len(str(records)) < 100_000


async def test_a_file_of_the_server_is_not_read(sqlite_api: AsyncClient) -> None:
    body = b"<!DOCTYPE a [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><a><b>&f;</b></a>"
    _, base = await called(sqlite_api, body)
    view = await got(sqlite_api, f"{base}/view")
    assert [finding["type"] for finding in view["findings"]] == ["entities"]
    nodes = await got(sqlite_api, f"{base}/nodes")
    assert nodes["nodes"][0]["value"] == "&f;"


async def test_what_is_not_well_formed_says_where(sqlite_api: AsyncClient) -> None:
    call, base = await called(sqlite_api, b"<r>\n <zaak></r>")
    assert (call["diagnosis"]["type"], "line 2" in call["diagnosis"]["detail"]) == ("invalid_xml", True)
    view = await got(sqlite_api, f"{base}/view")
    assert not view["hasTree"]


async def test_a_wrong_expression_says_what_is_wrong(sqlite_api: AsyncClient) -> None:
    _, base = await called(sqlite_api, ZAKEN.encode("latin-1"))
    problem = await posted(sqlite_api, f"{base}/query", {"expression": "//x:zaak"}, status=422)
    assert "The prefix “x” at character 3 is not known. Known are: z (urn:zaken)" in problem["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("namespace", "content_type"),
    [
        ("http://schemas.xmlsoap.org/soap/envelope/", "text/xml; charset=utf-8"),
        ("http://www.w3.org/2003/05/soap-envelope", "application/soap+xml; charset=utf-8"),
    ],
)
async def test_soap_envelopes_that_are_typed_get_the_type_of_their_version(
    sqlite_api: AsyncClient, httpbin: str, namespace: str, content_type: str
) -> None:
    source = await create_source(sqlite_api, location=f"{httpbin}/anything", type="soap")
    envelope = f'<s:Envelope xmlns:s="{namespace}"><s:Body/></s:Envelope>'
    call = await test_call(sqlite_api, source["id"], method="POST", body=envelope)
    sent = {header["name"].lower(): header["value"] for header in call["exchanges"][-1]["request"]["headers"]}
    assert sent["content-type"] == content_type
    assert "text/xml" in sent["accept"]
    assert "application/soap+xml" in sent["accept"]
