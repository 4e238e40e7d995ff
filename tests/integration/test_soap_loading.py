# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a WSDL is loaded: what is followed, who sees credentials, and what is kept when something goes wrong."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from tests.factories import create_source, marked
from tests.soap.document_server import DocumentServer
from tests.soap.server import wsdl
from tests.upstream import serve

IMPORT = '<wsdl:import namespace="urn:other" location="{}"/><wsdl:types>'
OTHER = '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:other">{}</definitions>'
SCHEMA = '<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:{0}">{1}</schema>'


def importing(address: str) -> str:
    """The WSDL of the calculator, which imports something more."""
    return wsdl("calculator", "@URL@").replace("<wsdl:types>", IMPORT.format(address))


@pytest.fixture
def server() -> Iterator[DocumentServer]:
    with DocumentServer() as server:
        yield server


@pytest.fixture
def other() -> Iterator[DocumentServer]:
    with DocumentServer() as server:
        yield server


async def soap_source(api: AsyncClient, server: DocumentServer, **values: Any) -> dict[str, Any]:
    return await create_source(api, location=f"{server.url}/service", type="soap", **values)


async def read_service(api: AsyncClient, source: dict[str, Any]) -> dict[str, Any]:
    response = await api.get(f"/api/sources/{source['id']}/service")
    assert response.status_code == 200, response.text
    read: dict[str, Any] = response.json()
    return read


async def refresh(api: AsyncClient, source: dict[str, Any]) -> dict[str, Any]:
    response = await api.post(f"/api/sources/{source['id']}/service/refresh")
    assert response.status_code == 200, response.text
    read: dict[str, Any] = response.json()
    return read


async def loaded(api: AsyncClient, server: DocumentServer, **documents: str | bytes) -> dict[str, Any]:
    """What comes of these documents; `wsdl` is the WSDL, others are paths."""
    server.documents |= {"/service?wsdl" if path == "wsdl" else f"/{path}": text for path, text in documents.items()}
    return await read_service(api, await soap_source(api, server))


async def test_a_wsdl_that_imports_itself_is_loaded_once(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    text = wsdl("calculator", "@URL@").replace(
        "<wsdl:types>", IMPORT.replace("urn:other", "http://calculator.example/").format("service?wsdl")
    )
    read = await loaded(sqlite_api, server, wsdl=text)
    assert read["problem"] is None
    assert server.paths == ["/service?wsdl"]


async def test_schemas_that_include_each_other_are_loaded_once(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    include = '<include schemaLocation="{}"/>'
    importing_schema = '<s:import namespace="urn:a" schemaLocation="a.xsd"/>'
    text = wsdl("calculator", "@URL@").replace('<s:element name="Add">', f'{importing_schema}<s:element name="Add">')
    read = await loaded(
        sqlite_api,
        server,
        **{
            "wsdl": text,
            "a.xsd": SCHEMA.format("a", include.format("./b.xsd")),
            "b.xsd": SCHEMA.format("a", include.format("sub/../a.xsd") + include.format("b.xsd")),
        },
    )
    assert read["problem"] is None
    assert server.paths == ["/service?wsdl", "/a.xsd", "/b.xsd"]


async def test_an_import_that_is_not_there_is_named(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    read = await loaded(sqlite_api, server, wsdl=importing("parts/missing.wsdl"))
    assert read["problem"] == f"{server.url}/parts/missing.wsdl could not be fetched: the answer is 404 Not Found."
    assert read["services"] == []
    assert [one["response"]["statusCode"] for one in read["call"]["exchanges"]] == [200, 404]
    assert read["call"]["outcome"] == "http_error"


@pytest.mark.parametrize("address", ["http://10.1.2.3/a.wsdl", "http://169.254.169.254/latest/meta-data"])
async def test_an_import_that_the_policy_does_not_allow_is_refused(
    sqlite_api: AsyncClient, server: DocumentServer, address: str
) -> None:
    read = await loaded(sqlite_api, server, wsdl=importing(address))
    assert read["problem"].startswith(f"{address} could not be fetched: ")
    assert read["call"]["outcome"] == "refused"
    assert read["call"]["diagnosis"]["type"] == "egress_denied"


async def test_a_redirect_of_an_import_is_checked_too(
    sqlite_api: AsyncClient, server: DocumentServer, other: DocumentServer
) -> None:
    other.documents["/a.wsdl"] = "->http://10.1.2.3/a.wsdl"
    read = await loaded(sqlite_api, server, wsdl=importing(f"{other.url}/a.wsdl"))
    assert read["call"]["outcome"] == "refused"
    assert read["problem"].startswith(f"{other.url}/a.wsdl could not be fetched: ")


async def test_files_are_not_read(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    read = await loaded(sqlite_api, server, wsdl=importing("file:///etc/passwd"))
    assert "imports file:///etc/passwd: only addresses with http:// and https:// are followed" in read["problem"]


async def test_a_bomb_of_entities_is_refused(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    text = wsdl("calculator", "@URL@")
    read = await loaded(sqlite_api, server, wsdl=bomb + text[text.index("<wsdl:definitions") :])
    assert read["problem"] == (
        f"What is at {server.url}/service?wsdl defines XML entities. Such documents are not read, for safety."
    )


async def test_a_web_page_in_place_of_a_wsdl_is_called_one(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    read = await loaded(sqlite_api, server, wsdl="<!DOCTYPE html><html><body>Log in</body></html>")
    assert "is a web page, and no WSDL" in read["problem"]


async def test_a_document_that_is_too_large_is_not_read(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    read = await loaded(sqlite_api, server, wsdl=OTHER.format(" " * (5 * 1024 * 1024)))
    assert read["problem"] == f"{server.url}/service?wsdl has more than 5 MiB."


async def test_a_wsdl_with_too_many_documents_is_not_read(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    following = '<import namespace="urn:other" location="{}.wsdl"/>'
    chain = {f"{number}.wsdl": OTHER.format(following.format(number + 1)) for number in range(200)}
    read = await loaded(sqlite_api, server, **{"wsdl": OTHER.format(following.format(0)), **chain})
    assert read["problem"] == "The WSDL imports more than 100 documents."
    assert len(server.asked) == 101


async def test_documents_that_are_too_large_together_are_not_read(
    sqlite_api: AsyncClient, server: DocumentServer
) -> None:
    following, padding = '<import namespace="urn:other" location="{}.wsdl"/>', " " * (4 * 1024 * 1024)
    chain = {f"{number}.wsdl": OTHER.format(following.format(number + 1) + padding) for number in range(9)}
    read = await loaded(sqlite_api, server, **{"wsdl": OTHER.format(following.format(0)), **chain})
    assert read["problem"] == "The WSDL and its imports have more than 20 MiB."


async def test_a_server_that_does_not_answer_is_waited_for_within_the_bound_of_the_source(
    sqlite_api: AsyncClient, server: DocumentServer
) -> None:
    async def silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serve(silence) as port:
        server.documents["/service?wsdl"] = importing(f"http://127.0.0.1:{port}/slow.wsdl")
        source = await soap_source(sqlite_api, server, connection={"totalTimeoutMs": 300, "readTimeoutMs": 60_000})
        read = await read_service(sqlite_api, source)
    assert read["problem"].startswith("The WSDL could not be fetched.")
    assert read["call"]["errorType"] == "total_timeout"


async def test_only_the_origin_of_the_source_sees_its_credentials(
    sqlite_api: AsyncClient, server: DocumentServer, other: DocumentServer
) -> None:
    server.documents |= {"/service?wsdl": importing(f"{other.url}/far.wsdl"), "/near.xsd": SCHEMA.format("near", "")}
    other.documents["/far.wsdl"] = OTHER.format(f'<import namespace="urn:near" location="{server.url}/near.xsd"/>')
    source = await soap_source(
        sqlite_api,
        server,
        authentication={"type": "basic", "username": "clerk", "password": marked("basic")},
        headers=[{"name": "X-Tenant", "value": marked("tenant"), "isSecret": True}],
    )
    read = await read_service(sqlite_api, source)
    assert read["problem"] is None
    assert all({"authorization", "x-tenant"} <= set(headers) for _, headers in server.asked)
    assert server.paths == ["/service?wsdl", "/near.xsd"]
    ((_, far),) = other.asked
    assert {"authorization", "x-tenant", "cookie"}.isdisjoint(far)


async def test_what_is_behind_a_redirect_imports_relative_to_where_it_is(
    sqlite_api: AsyncClient, server: DocumentServer
) -> None:
    read = await loaded(
        sqlite_api,
        server,
        **{
            "wsdl": "->/moved/service.wsdl",
            "moved/service.wsdl": importing("part.wsdl"),
            "moved/part.wsdl": OTHER.format(""),
        },
    )
    assert read["problem"] is None
    assert server.paths == ["/service?wsdl", "/moved/service.wsdl", "/moved/part.wsdl"]
    assert [one["kind"] for one in read["call"]["exchanges"]] == ["description", "redirect", "description"]


async def test_what_was_fetched_is_kept(api: AsyncClient, server: DocumentServer) -> None:
    server.documents["/service?wsdl"] = wsdl("calculator", "@URL@")
    source = await soap_source(api, server)
    first = await read_service(api, source)
    assert first["call"] is not None
    second = await read_service(api, source)
    assert second == {**first, "call": None}
    assert len(server.asked) == 1


async def test_those_who_ask_at_once_fetch_it_once(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    server.documents["/service?wsdl"] = wsdl("calculator", "@URL@")
    source = await soap_source(sqlite_api, server)
    reads = await asyncio.gather(*(read_service(sqlite_api, source) for _ in range(5)))
    assert len(server.asked) == 1
    assert all(read["services"] for read in reads)


async def test_where_refreshing_fails_what_was_kept_stays(api: AsyncClient, server: DocumentServer) -> None:
    server.documents["/service?wsdl"] = wsdl("calculator", "@URL@")
    source = await soap_source(api, server)
    first = await read_service(api, source)
    for broken in (None, "<html/>", OTHER.format('<import namespace="x" location="missing.wsdl"/>')):
        server.documents.pop("/service?wsdl", None)
        if broken:
            server.documents["/service?wsdl"] = broken
        failed = await refresh(api, source)
        assert failed["problem"]
        assert failed["call"] is not None
        assert (failed["services"], failed["fetchedAt"]) == (first["services"], first["fetchedAt"])
    assert (await read_service(api, source))["problem"] is None


async def test_refreshing_takes_over_what_has_changed(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    server.documents["/service?wsdl"] = wsdl("calculator", "@URL@")
    source = await soap_source(sqlite_api, server)
    first = await read_service(sqlite_api, source)
    server.documents["/service?wsdl"] = wsdl("quotes", "@URL@")
    second = await refresh(sqlite_api, source)
    assert [one["name"] for one in second["services"]] == ["Quotes"]
    assert second["fetchedAt"] > first["fetchedAt"]
    assert [one["name"] for one in (await read_service(sqlite_api, source))["services"]] == ["Quotes"]


async def test_another_location_makes_what_was_fetched_void(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    server.documents |= {
        "/service?wsdl": wsdl("calculator", "@URL@"),
        "/quotes?wsdl": wsdl("quotes", "@URL@"),
    }
    source = await soap_source(sqlite_api, server)
    await read_service(sqlite_api, source)
    body = {**source, "location": f"{server.url}/quotes"}
    changed = {
        key: body[key] for key in ("name", "slug", "location", "type", "version", "authentication", "connection")
    }
    response = await sqlite_api.put(f"/api/sources/{source['id']}", json=changed)
    assert response.status_code == 200, response.text
    read = await read_service(sqlite_api, source)
    assert [one["name"] for one in read["services"]] == ["Quotes"]
    assert read["url"] == f"{server.url}/quotes?wsdl"


async def test_the_call_of_a_disabled_source_is_refused(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    source = await soap_source(sqlite_api, server, isEnabled=False)
    read = await read_service(sqlite_api, source)
    assert read["problem"].startswith("The WSDL could not be fetched. The source is disabled.")
    assert server.asked == []


async def test_what_a_wsdl_repeats_of_the_query_is_kept_nowhere(
    sqlite_api: AsyncClient, server: DocumentServer
) -> None:
    """ASP.NET writes the address that it was asked under into the WSDL, with its query."""
    key = marked("key-in-query")
    server.documents |= {
        f"/service?wsdl&key={key}": importing(f"part.wsdl?key={key}").replace(".asmx", f".asmx?key={key}"),
        f"/part.wsdl?key={key}": OTHER.format(""),
    }
    source = await soap_source(sqlite_api, server, query=[{"name": "key", "value": key, "isSecret": True}])
    read = await read_service(sqlite_api, source)
    assert read["problem"] is None, (read["problem"], server.paths)
    assert [one.removeprefix(server.url) for one in read["documents"]] == ["/service?wsdl", "/part.wsdl?key=REDACTED"]
    assert read["services"][0]["ports"][0]["address"] == f"{server.url}/calculator.asmx?key=REDACTED"


async def test_a_wsdl_without_a_service_says_so(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    read = await loaded(sqlite_api, server, wsdl=OTHER.format(""))
    assert read["problem"] == "This WSDL has no service with a port for SOAP over HTTP."
    assert read["documents"] == [f"{server.url}/service?wsdl"]


@pytest.mark.parametrize(
    "address",
    [
        "service.wsdl",
        "file:///etc/passwd",
        "ftp://127.0.0.1/a.wsdl",
        "http://[a",
        "https://u:p@a.example/?wsdl",
        "http:// a",
    ],
)
async def test_an_address_that_is_none_is_not_fetched(
    sqlite_api: AsyncClient, server: DocumentServer, address: str
) -> None:
    response = await sqlite_api.post(
        "/api/sources",
        json={
            "name": "Service",
            "location": f"{server.url}/service",
            "type": "soap",
            "connection": {"soap": {"wsdlUrl": address}},
        },
    )
    assert response.status_code == 422
    assert [problem["pointer"] for problem in response.json()["errors"]] == ["/connection/soap/wsdlUrl"]
    assert server.asked == []
