# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""SOAP through the API alone, with npm's soap on the other side."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from openconnector.core.http import AsyncClient
from openconnector.transports.soap.names import SOAP_11
from tests.factories import create_source, marked, test_call
from tests.soap.server import SoapServer, schemas, wsdl
from tests.upstream import answering, serve


@pytest.fixture(scope="module")
def soap() -> Iterator[SoapServer]:
    with SoapServer() as server:
        yield server


async def soap_source(api: AsyncClient, location: str, **values: Any) -> str:
    created = await create_source(api, location=location, type="soap", **values)
    return str(created["id"])


async def service_of(api: AsyncClient, source: str) -> dict[str, Any]:
    response = await api.get(f"/api/sources/{source}/service")
    assert response.status_code == 200, response.text
    read: dict[str, Any] = response.json()
    return read


async def envelope_of(api: AsyncClient, source: str, operation: dict[str, str], **values: Any) -> dict[str, Any]:
    response = await api.post(f"/api/sources/{source}/service/envelope", json={**operation, **values})
    assert response.status_code == 200, response.text
    made: dict[str, Any] = response.json()
    return made


async def call(api: AsyncClient, source: str, made: dict[str, Any]) -> dict[str, Any]:
    return await test_call(api, source, made["path"], method="POST", headers=made["headers"], body=made["body"])


def body_of(called: dict[str, Any]) -> str:
    return str(called["exchanges"][-1]["response"]["body"]["content"])


def calculating(operation: str, port: str = "CalculatorSoap") -> dict[str, str]:
    return {"service": "Calculator", "port": port, "operation": operation}


@pytest.mark.parametrize(
    ("path", "port", "version"),
    [("/calculator.asmx?wsdl", "CalculatorSoap", "1.1"), ("/calculator12.asmx", "CalculatorSoap12", "1.2")],
)
async def test_two_and_three_are_five_through_the_api_alone(
    api: AsyncClient, soap: SoapServer, path: str, port: str, version: str
) -> None:
    source = await soap_source(api, f"{soap.url}{path}")
    read = await service_of(api, source)
    assert read["problem"] is None
    assert read["documents"] == [f"{soap.url}{path.removesuffix('?wsdl')}?wsdl"]
    (service,) = read["services"]
    offered = {one["name"]: one for one in service["ports"]}
    assert offered[port]["version"] == version
    assert [one["name"] for one in service["ports"] if one["isLocation"]] == [port]
    assert [one["name"] for one in offered[port]["operations"]] == ["Add", "Divide"]

    form = (await api.post(f"/api/sources/{source}/service/form", json=calculating("Add", port))).json()
    assert [field["path"] for field in form["fields"]] == [["intA"], ["intB"]]
    assert form["example"] == {"intA": "0", "intB": "0"}

    made = await envelope_of(api, source, calculating("Add", port), values={"intA": "2", "intB": "3"})
    called = await call(api, source, made)
    assert called["outcome"] == "success"
    assert called["url"] == f"{soap.url}{path.removesuffix('?wsdl')}"
    assert re.search(r"AddResult>5</", body_of(called))
    received = (await soap.received())[-1]
    assert received["headers"]["content-type"].startswith("text/xml" if version == "1.1" else "application/soap+xml")


async def test_a_call_in_rpc_style_has_its_result(sqlite_api: AsyncClient, soap: SoapServer) -> None:
    source = await soap_source(sqlite_api, f"{soap.url}/quotes")
    operation = {"service": "Quotes", "port": "QuotesPort", "operation": "GetQuote"}
    values = {"symbol": "ACME", "count": 3, "period": {"from": "2026-01-01"}}
    called = await call(sqlite_api, source, await envelope_of(sqlite_api, source, operation, values=values))
    assert called["outcome"] == "success"
    assert re.search(r"price[^<]*>12\.5</", body_of(called))


async def test_a_service_of_many_schemas_is_called(sqlite_api: AsyncClient, soap: SoapServer) -> None:
    connection = {"soap": {"wsdlUrl": f"{soap.url}/zaken.wsdl"}}
    source = await soap_source(sqlite_api, f"{soap.url}/zaken", connection=connection)
    read = await service_of(sqlite_api, source)
    assert [one.removeprefix(soap.url) for one in read["documents"]] == [
        "/zaken.wsdl",
        "/schemas/zaken.xsd",
        "/schemas/berichten.xsd",
        "/schemas/basis.xsd",
    ]
    assert read["services"][0]["ports"][0]["wantsAddressing"]
    kinds = [exchange["kind"] for exchange in read["call"]["exchanges"]]
    assert kinds == ["description"] * 4
    assert read["call"]["trigger"]["type"] == "description"

    operation = {
        "service": "OntvangAsynchroon",
        "port": "OntvangAsynchroonPort",
        "operation": "creeerZaak_Lk01",
    }
    case = {"@entiteittype": "ZAK", "identificatie": "Z1", "startdatum": "2026-01-01", "medewerker": "M1"}
    values = {"stuurgegevens": {"referentienummer": "ref-42"}, "object": [case]}
    made = await envelope_of(sqlite_api, source, operation, values=values)
    header = etree.fromstring(made["body"].encode()).find("{*}Header")
    assert header.findtext("{*}To") == f"{soap.url}/zaken"
    called = await call(sqlite_api, source, made)
    assert called["outcome"] == "success"
    assert "referentienummer>ref-42<" in body_of(called)


@pytest.mark.parametrize(
    ("setting", "port", "has_headers"), [("always", "CalculatorSoap", True), ("never", None, False)]
)
async def test_addressing_is_as_the_source_says(
    sqlite_api: AsyncClient, soap: SoapServer, setting: str, port: str | None, *, has_headers: bool
) -> None:
    source = await soap_source(
        sqlite_api,
        f"{soap.url}/{'calculator.asmx' if port else 'zaken'}",
        connection={"soap": {"addressing": setting, "wsdlUrl": "" if port else f"{soap.url}/zaken.wsdl"}},
    )
    if port:
        made = await envelope_of(sqlite_api, source, calculating("Add"), values={"intA": 1, "intB": 1})
    else:
        operation = {"service": "OntvangAsynchroon", "port": "OntvangAsynchroonPort", "operation": "creeerZaak_Lk01"}
        case = {"@entiteittype": "ZAK", "identificatie": "Z1", "startdatum": "2026-01-01", "medewerker": "M1"}
        values = {"stuurgegevens": {"referentienummer": "1"}, "object": [case]}
        made = await envelope_of(sqlite_api, source, operation, values=values)
    assert ("MessageID" in made["body"]) is has_headers


async def test_a_wrong_value_names_its_field(sqlite_api: AsyncClient, soap: SoapServer) -> None:
    source = await soap_source(sqlite_api, f"{soap.url}/calculator.asmx")
    body = {**calculating("Add"), "values": {"intA": "two", "intC": "1"}}
    response = await sqlite_api.post(f"/api/sources/{source}/service/envelope", json=body)
    assert response.status_code == 422
    assert {error["pointer"]: error["detail"] for error in response.json()["errors"]} == {
        "/values/intC": "“intC” is no field here.",
        "/values/intA": "This must be a whole number.",
        "/values/intB": "This is needed.",
    }


async def test_a_wrong_value_is_named_in_the_language_of_the_request(sqlite_api: AsyncClient, soap: SoapServer) -> None:
    source = await soap_source(sqlite_api, f"{soap.url}/calculator.asmx")
    body = {**calculating("Add"), "values": {"intA": "two", "intB": "2", "intC": "1"}}
    address, dutch = f"/api/sources/{source}/service/envelope", {"Accept-Language": "nl"}
    response = await sqlite_api.post(address, json=body, headers=dutch)
    assert {error["pointer"]: error["detail"] for error in response.json()["errors"]} == {
        "/values/intC": "“intC” is hier geen veld.",
        "/values/intA": "Dit moet een geheel getal zijn.",
    }


async def test_an_operation_that_is_not_there_is_not_found(sqlite_api: AsyncClient, soap: SoapServer) -> None:
    source = await soap_source(sqlite_api, f"{soap.url}/calculator.asmx")
    for route in ("form", "envelope"):
        response = await sqlite_api.post(f"/api/sources/{source}/service/{route}", json=calculating("Multiply"))
        assert response.status_code == 404
        assert "no operation Multiply" in response.json()["detail"]


async def test_other_types_of_sources_have_no_service(sqlite_api: AsyncClient) -> None:
    source = (await create_source(sqlite_api))["id"]
    response = await sqlite_api.get(f"/api/sources/{source}/service")
    assert response.status_code == 404
    assert response.json()["detail"] == "Only sources of the type SOAP have a WSDL."


async def test_an_uploaded_wsdl_brings_its_schemas_along(api: AsyncClient, soap: SoapServer) -> None:
    source = await soap_source(api, "http://nowhere.example/zaken")
    body = {"content": wsdl("zaken"), "imports": schemas()}
    response = await api.put(f"/api/sources/{source}/service", json=body)
    assert response.status_code == 200, response.text
    read = response.json()
    assert (read["isUploaded"], read["problem"], read["call"]) == (True, None, None)
    assert len(read["documents"]) == 4
    assert (await service_of(api, source))["fetchedAt"] == read["fetchedAt"]

    assert (await api.delete(f"/api/sources/{source}/service")).status_code == 204
    again = await service_of(api, source)
    assert again["services"] == []
    assert not again["isUploaded"]
    assert again["problem"].startswith("http://nowhere.example/zaken?wsdl could not be fetched: ")
    assert soap.url not in again["problem"]


async def test_a_copy_of_a_source_has_its_uploaded_wsdl(api: AsyncClient, soap: SoapServer) -> None:
    source = await soap_source(api, f"{soap.url}/nothing")
    uploaded = await api.put(f"/api/sources/{source}/service", json={"content": wsdl("calculator", soap.url)})
    assert uploaded.status_code == 200, uploaded.text
    copy = (await api.post(f"/api/sources/{source}/duplicate")).json()
    read = await service_of(api, copy["id"])
    assert (read["isUploaded"], read["call"], read["services"]) == (True, None, uploaded.json()["services"])


async def test_an_uploaded_wsdl_fetches_what_it_has_not_brought_along(
    sqlite_api: AsyncClient, soap: SoapServer
) -> None:
    source = await soap_source(sqlite_api, f"{soap.url}/zaken")
    some = {name: text for name, text in schemas().items() if name != "basis.xsd"}
    response = await sqlite_api.put(f"/api/sources/{source}/service", json={"content": wsdl("zaken"), "imports": some})
    read = response.json()
    assert read["problem"] is None
    assert [one["request"]["url"] for one in read["call"]["exchanges"]] == [f"{soap.url}/schemas/basis.xsd"]


async def test_an_upload_that_is_no_wsdl_says_so_and_changes_nothing(sqlite_api: AsyncClient, soap: SoapServer) -> None:
    source = await soap_source(sqlite_api, f"{soap.url}/calculator.asmx")
    before = await service_of(sqlite_api, source)
    response = await sqlite_api.put(f"/api/sources/{source}/service", json={"content": "<html/>"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/content"
    after = await service_of(sqlite_api, source)
    assert (after["services"], after["fetchedAt"]) == (before["services"], before["fetchedAt"])


async def test_a_fault_is_in_the_answer(sqlite_api: AsyncClient, soap: SoapServer) -> None:
    source = await soap_source(sqlite_api, f"{soap.url}/calculator.asmx", headers=[])
    made = await envelope_of(sqlite_api, source, calculating("Divide"), values={"intA": 1, "intB": 0})
    called = await call(sqlite_api, source, made)
    assert called["statusCode"] == 500
    assert "One cannot divide by zero." in body_of(called)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
@pytest.mark.parametrize("kept", [0, 64, 1024 * 1024])
async def test_a_fault_under_200_is_seen_in_any_charset_and_however_little_is_kept(
    sqlite_api: AsyncClient, charset: str, kept: int
) -> None:
    fault = "<s:Fault><faultcode>s:Server</faultcode><faultstring>Ungültig</faultstring></s:Fault>"
    text = f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body>{fault}</s:Body></s:Envelope>'
    body = f'<?xml version="1.0" encoding="{charset}"?>{text}'.encode(charset)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset={charset}\r\nContent-Length: {len(body)}\r\n\r\n"
    async with serve(answering(head.encode() + body)) as port:
        source = await soap_source(sqlite_api, f"http://127.0.0.1:{port}", connection={"maxBodyBytes": kept})
        called = await test_call(sqlite_api, source)
    assert (called["outcome"], called["errorType"]) == ("http_error", "soap_fault")
    assert "Ungültig" in called["diagnosis"]["detail"]
    shown = called["exchanges"][-1]["response"]["body"]
    assert (shown["size"], shown["isTruncated"]) == (len(body), kept < len(body))
    assert len(shown["content"]) <= kept


async def test_what_was_sent_in_the_query_is_kept_nowhere(sqlite_api: AsyncClient, soap: SoapServer) -> None:
    parameter = {"name": "key", "value": marked("wsdl-key"), "isSecret": True}
    source = await soap_source(sqlite_api, f"{soap.url}/calculator.asmx", query=[parameter])
    read = await service_of(sqlite_api, source)
    assert read["problem"] is None
    assert "REDACTED" in read["call"]["exchanges"][0]["request"]["url"]


@pytest.mark.parametrize("path", ["/calculator.asmx", "/calculator.asmx?wsdl"])
async def test_a_service_that_works_is_verified(sqlite_api: AsyncClient, soap: SoapServer, path: str) -> None:
    source = await soap_source(sqlite_api, f"{soap.url}{path}")
    verified = (await sqlite_api.post(f"/api/sources/{source}/verify", json={})).json()
    assert verified["passed"], verified["steps"]
    assert verified["call"]["url"] == f"{soap.url}/calculator.asmx?wsdl"
