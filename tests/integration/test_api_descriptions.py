# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Descriptions of the APIs of sources: fetched through the call engine, kept, and asked for operations."""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.transfer.openapi.schemas import MAX_DESCRIPTION
from tests.factories import create_source, marked
from tests.integration.transfers import document, done, export, preview, take
from tests.soap.document_server import DocumentServer
from tests.unit.transfer.openapi.descriptions import PETSTORE, SWAGGER

KEY = {"type": "apiKey", "in": "header", "name": "X-Api-Key", "value": marked("key")}
LOCAL = json.dumps({**PETSTORE, "servers": [{"url": "/v2"}]})


@pytest.fixture
def server() -> Iterator[DocumentServer]:
    with DocumentServer() as server:
        yield server


@pytest.fixture
def other() -> Iterator[DocumentServer]:
    with DocumentServer() as server:
        yield server


async def load(api: AsyncClient, source: dict[str, Any], **wanted: str) -> dict[str, Any]:
    response = await api.put(f"/api/sources/{source['id']}/api-description", json=wanted)
    assert response.status_code == 200, response.text
    loaded: dict[str, Any] = response.json()
    return loaded


async def operations(api: AsyncClient, source: dict[str, Any], **query: Any) -> dict[str, Any]:
    response = await api.get(f"/api/sources/{source['id']}/operations", params=query)
    assert response.status_code == 200, response.text
    read: dict[str, Any] = response.json()
    return read


async def refused(api: AsyncClient, source: dict[str, Any], **wanted: str) -> dict[str, Any]:
    """What is wrong with the one field that is wrong."""
    response = await api.put(f"/api/sources/{source['id']}/api-description", json=wanted)
    assert response.status_code == 422, response.text
    (error,) = response.json()["errors"]
    return dict(error)


async def test_a_description_is_fetched_with_a_call_and_completes_requests(
    api: AsyncClient, server: DocumentServer
) -> None:
    server.documents["/openapi.json"] = LOCAL
    source = await create_source(api, location=server.url, authentication=KEY)
    assert (await operations(api, source))["description"] is None
    loaded = await load(api, source, url="/openapi.json")
    assert loaded["problem"] is None
    assert loaded["description"]["title"] == "Petstore"
    assert loaded["description"]["standard"] == "OpenAPI 3.1.0"
    assert loaded["description"]["url"] == f"{server.url}/openapi.json"
    assert loaded["call"]["trigger"]["type"] == "description"
    assert server.asked[0][1]["x-api-key"] == marked("key")
    found = await operations(api, source, search="pet GET", limit=1)
    assert found["total"] == 2
    (first,) = found["results"]
    assert (first["method"], first["path"], first["summary"]) == ("GET", "/v2/pets", "List pets")
    response = await api.get(f"/api/sources/{source['id']}/operations/{first['key']}")
    read = response.json()
    assert [one["name"] for one in read["parameters"]] == ["limit", "status", "ids", "X-Trace"]
    assert read["resultsPosition"] == "data.items"
    logged = (await api.get("/api/logs")).json()["results"]
    assert [(one["method"], one["url"]) for one in logged] == [("GET", f"{server.url}/openapi.json")]


async def test_a_file_in_yaml_is_understood_and_stays_with_a_copy_of_the_source(api: AsyncClient) -> None:
    source = await create_source(api, location="https://api.orders.example/rest")
    loaded = await load(api, source, content=SWAGGER)
    assert loaded["call"] is None
    assert loaded["description"]["url"] is None
    assert loaded["description"]["operations"] == 3
    copy = (await api.post(f"/api/sources/{source['id']}/duplicate")).json()
    kept = await operations(api, copy)
    assert [one["path"] for one in kept["results"]] == ["/orders", "/orders", "/orders/{number}/note"]
    response = await api.get(f"/api/sources/{copy['id']}/operations/{kept['results'][1]['key']}")
    assert response.json()["bodies"][0]["mediaType"] == "application/xml"


async def test_a_description_goes_when_it_is_removed_and_with_its_source(api: AsyncClient) -> None:
    source, other = await create_source(api), await create_source(api)
    for one in (source, other):
        await load(api, one, content=SWAGGER)
    assert (await api.delete(f"/api/sources/{source['id']}/api-description")).status_code == 204
    assert await operations(api, source) == {"description": None, "results": [], "total": 0}
    assert (await operations(api, other))["total"] == 3
    assert (await api.delete(f"/api/sources/{other['id']}")).status_code == 204


async def test_what_cannot_be_read_again_leaves_what_was_there(api: AsyncClient, server: DocumentServer) -> None:
    server.documents["/openapi.json"] = LOCAL
    source = await create_source(api, location=server.url)
    await load(api, source, url="/openapi.json")
    server.documents["/openapi.json"] = "<html>Under maintenance</html>"
    again = await load(api, source, url=f"{server.url}/openapi.json")
    assert "describes no API" in again["problem"]
    assert again["description"]["title"] == "Petstore"
    del server.documents["/openapi.json"]
    again = await load(api, source, url="/openapi.json")
    assert again["problem"] == f"{server.url}/openapi.json could not be fetched: the answer is 404 Not Found."
    assert (await operations(api, source))["total"] == 4


async def test_a_description_is_found_where_frameworks_serve_it(
    sqlite_api: AsyncClient, server: DocumentServer
) -> None:
    server.documents["/openapi.json"] = "<html>a page for everything that is not there</html>"
    server.documents["/v3/api-docs"] = LOCAL
    source = await create_source(sqlite_api, location=f"{server.url}/v2")
    response = await sqlite_api.post(f"/api/sources/{source['id']}/api-description/find")
    assert response.json()["description"]["url"] == f"{server.url}/v3/api-docs"
    assert server.paths[-3:] == ["/openapi.json", "/swagger.json", "/v3/api-docs"]
    assert server.paths[0] == "/v2/openapi.json"
    assert (await operations(sqlite_api, source))["results"][0]["path"] == "/pets"
    assert len((await sqlite_api.get("/api/logs")).json()["results"]) == 1


async def test_nothing_to_find_is_told(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    source = await create_source(sqlite_api, location=server.url)
    found = (await sqlite_api.post(f"/api/sources/{source['id']}/api-description/find")).json()
    assert found["description"] is None
    assert "404 Not Found" in found["problem"]
    assert len(server.paths) == 5


async def test_what_no_database_takes_is_left_out(api: AsyncClient) -> None:
    source = await create_source(api)
    info, paths = {"title": "Pets\0 and\nowners", "version": "1\0"}, {"/a\0": {"get": {"summary": "\0"}}}
    document = {"openapi": "3.0.0", "info": info, "servers": [{"url": "https://a.example/\0"}], "paths": paths}
    loaded = await load(api, source, content=json.dumps(document))
    assert loaded["description"]["title"] == "Pets and owners"
    assert (await operations(api, source))["total"] == 1


async def test_a_source_is_made_of_a_description_at_a_url(sqlite_api: AsyncClient, server: DocumentServer) -> None:
    server.documents["/docs/openapi.json"] = json.dumps({**PETSTORE, "servers": [{"url": "../v2"}]})
    preview = (await sqlite_api.post("/api/import/preview", json={"url": f"{server.url}/docs/openapi.json"})).json()
    assert [(one["state"], one["location"]) for one in preview["sources"]] == [("create", f"{server.url}/v2")]
    body = {"content": preview["content"], "revision": preview["revision"]}
    done = (await sqlite_api.post("/api/import", json=body)).json()
    (made,) = done["sources"]
    assert made["missingSecrets"] == ["/authentication/value"]
    stored = (await sqlite_api.get(f"/api/sources/{made['id']}")).json()
    assert stored["location"] == f"{server.url}/v2"
    assert stored["authentication"]["name"] == "X-Api-Key"


async def test_another_host_gets_nothing_of_the_source(
    sqlite_api: AsyncClient, server: DocumentServer, other: DocumentServer
) -> None:
    other.documents["/docs/petstore.json"] = LOCAL
    source = await create_source(sqlite_api, location=server.url, authentication=KEY)
    loaded = await load(sqlite_api, source, url=f"{other.url}/docs/petstore.json")
    assert loaded["description"]["server"] == f"{other.url}/v2"
    assert "x-api-key" not in other.asked[0][1]
    assert server.asked == []


@pytest.mark.parametrize("url", ["http://10.1.2.3/openapi.json", "http://169.254.169.254/openapi.json"])
async def test_an_address_that_the_policy_does_not_allow_is_refused(
    sqlite_api: AsyncClient, server: DocumentServer, url: str
) -> None:
    source = await create_source(sqlite_api, location=server.url)
    loaded = await load(sqlite_api, source, url=url)
    assert loaded["call"]["outcome"] == "refused"
    assert loaded["problem"].startswith(f"{url} could not be fetched: ")


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("file:///etc/passwd", "Enter a URL that begins with"),
        ("https://user:pass@api.example/openapi.json", "Do not put credentials into the URL."),
        (f"https://api.example/openapi.json?api_key={marked('typed')}", "This URL holds a secret"),
        ("http://[", "This is not a valid URL."),
    ],
)
async def test_a_url_that_cannot_be_kept_is_refused_at_its_field(
    sqlite_api: AsyncClient, url: str, detail: str
) -> None:
    error = await refused(sqlite_api, await create_source(sqlite_api), url=url)
    assert error["pointer"] == "/url"
    assert error["detail"].startswith(detail)


async def test_a_text_that_is_no_description_is_refused_with_its_line(sqlite_api: AsyncClient) -> None:
    source = await create_source(sqlite_api)
    error = await refused(sqlite_api, source, content='{\n  "openapi": "3.0.0",\n  oops\n}')
    assert error["pointer"] == "/content"
    assert error["detail"].startswith("Line 3: This is not valid JSON: ")
    assert (await refused(sqlite_api, source, content="just words"))["pointer"] == "/content"
    assert (await refused(sqlite_api, source))["pointer"] == "/url"


async def test_what_is_kept_is_said_in_the_language_of_each_request(
    sqlite_api: AsyncClient, sqlite_settings: Settings
) -> None:
    source = await create_source(sqlite_api)
    dutch = {"Accept-Language": "nl"}
    content = json.dumps({"openapi": "3.1.0", "servers": [{}], "paths": {}})
    loaded = await load(sqlite_api, source, content=content)
    assert [note["text"] for note in loaded["description"]["notes"]] == ["This server has no URL."]
    address = f"/api/sources/{source['id']}/operations"
    read = (await sqlite_api.get(address, headers=dutch)).json()
    assert read["description"]["notes"] == [{"pointer": "/servers/0", "text": "Deze server heeft geen URL."}]
    error = (await sqlite_api.get(f"{address}/none", headers=dutch)).json()
    assert error["detail"].startswith("De beschrijving van deze bron kent ")

    # An earlier version has kept its notes in English.
    former = [{"pointer": "/servers/0", "text": "This server has no URL."}]
    with sqlite3.connect(sqlite_settings.storage_path / "openconnector.sqlite3") as database:
        database.execute("UPDATE api_descriptions SET notes = ?", [json.dumps(former)])
    assert (await sqlite_api.get(address, headers=dutch)).json()["description"]["notes"] == former


async def test_only_sources_that_are_asked_for_json_or_xml_have_one(sqlite_api: AsyncClient) -> None:
    source = await create_source(sqlite_api, type="soap")
    response = await sqlite_api.put(f"/api/sources/{source['id']}/api-description", json={"content": SWAGGER})
    assert response.status_code == 404
    assert (await sqlite_api.get(f"/api/sources/{source['id']}/operations/nothing")).status_code == 404


async def operations_by_slug(api: AsyncClient, slug: str) -> dict[str, Any]:
    return await operations(api, {"id": slug})


async def test_a_source_from_a_description_has_its_operations(api: AsyncClient) -> None:
    made = await done(api, json.dumps(PETSTORE))
    found = await operations_by_slug(api, made["sources"][0]["slug"])
    assert (found["description"]["title"], found["description"]["url"]) == ("Petstore", None)
    assert [(one["method"], one["path"]) for one in found["results"]] == [
        ("GET", "/pets"),
        ("POST", "/pets"),
        ("GET", "/pets/{petId}"),
        ("DELETE", "/pets/{petId}"),
    ]
    first = await api.get(f"/api/sources/{made['sources'][0]['slug']}/operations/{found['results'][0]['key']}")
    assert [one["name"] for one in first.json()["parameters"]] == ["limit", "status", "ids", "X-Trace"]
    assert json.loads(await export(api))["sources"][0].keys() & {"operations", "api", "paths"} == set()


async def test_a_source_from_a_url_knows_where_its_description_is(api: AsyncClient, server: DocumentServer) -> None:
    server.documents |= {"/openapi.json": LOCAL, f"/openapi.json?token={marked('in-a-query')}": LOCAL}
    address = f"{server.url}/openapi.json"
    seen = (await api.post("/api/import/preview", json={"url": f"{address}?token={marked('in-a-query')}"})).json()
    made = (await take(api, seen["content"], seen)).json()["sources"][0]
    found = await operations_by_slug(api, made["slug"])
    assert (found["description"]["url"], found["total"]) == (address, 4)


async def test_an_import_keeps_descriptions_of_new_sources_alone_and_all_or_none(api: AsyncClient) -> None:
    (slug,) = [one["slug"] for one in (await done(api, json.dumps(PETSTORE)))["sources"]]
    changed = json.dumps({**PETSTORE, "info": {**PETSTORE["info"], "description": "Others."}, "paths": {}})
    assert (await done(api, changed))["updated"] == 1
    assert (await operations_by_slug(api, slug))["total"] == 4
    assert (await done(api, document({"name": "Without"})))["created"] == 1
    assert (await operations_by_slug(api, "without"))["description"] is None

    other = json.dumps({**PETSTORE, "info": {"title": "Others", "version": "1"}})
    refused = await take(api, other, await preview(api, other), choices=[{"position": 0, "action": "update"}])
    assert refused.status_code == 422
    assert (await api.get("/api/sources/others/operations")).status_code == 404


async def test_a_description_that_is_too_large_makes_a_source_without_completion(api: AsyncClient) -> None:
    large = json.dumps({**PETSTORE, "x-filling": "x" * MAX_DESCRIPTION})
    seen = await preview(api, large)
    assert "completes no requests" in str(seen["sources"][0]["notes"])
    made = (await take(api, large, seen)).json()["sources"][0]
    assert (await operations_by_slug(api, made["slug"]))["description"] is None


@pytest.mark.parametrize("origin", ["https://user:pass@pets.example/a.json", "https://pets.example/\u0000", "x" * 9000])
async def test_an_origin_that_a_document_makes_up_is_not_kept(api: AsyncClient, origin: str) -> None:
    made = await done(api, json.dumps({**PETSTORE, "openapi": "3.1\u0000", "x-openconnector-origin": origin}))
    found = await operations_by_slug(api, made["sources"][0]["slug"])
    assert (found["description"]["url"], found["total"]) == (None, 4)
