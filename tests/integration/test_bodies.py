# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/logs/{id}/exchanges/{position}/{side}`: bodies of real calls, looked at through the API."""

import json
import random
from typing import Any
from uuid import uuid4

import pytest

from openconnector.core.http import AsyncClient, Response
from tests.factories import create_source, marked, test_call
from tests.faults.memory import growth_of
from tests.upstream import answering, serve


async def call_for(api: AsyncClient, body: bytes, content_type: str = "application/json", **source: Any) -> str:
    """The address of the response body of a call that was answered with these bytes."""
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    head += f"Content-Type: {content_type}\r\n" if content_type else ""
    async with serve(answering(f"{head}\r\n".encode() + body)) as port:
        created = await create_source(api, name=f"Bodies {port}", location=f"http://127.0.0.1:{port}", **source)
        call = await test_call(api, created["id"])
    assert call["outcome"] == "success", call["diagnosis"]
    return f"/api/logs/{call['id']}/exchanges/0/response"


async def got(api: AsyncClient, url: str, /, status: int = 200, **parameters: Any) -> Any:
    response = await api.get(url, params=parameters or None)
    assert response.status_code == status, response.text
    return response.json()


async def posted(api: AsyncClient, path: str, body: dict[str, Any], status: int = 200) -> Any:
    response = await api.post(path, json=body)
    assert response.status_code == status, response.text
    return response.json()


async def test_a_json_body_is_seen_walked_asked_and_taken_apart(api: AsyncClient) -> None:
    value = {"data": {"items": [{"id": number, "name": f"n{number}"} for number in range(25)]}}
    raw = json.dumps(value).encode()
    base = await call_for(api, raw)

    view = await got(api, f"{base}/view")
    assert (view["format"], view["hasTree"]) == ("json", True)
    assert (view["charset"], view["charsetFrom"]) == ("utf-8", "detected")
    assert (view["size"], view["keptSize"]) == (len(raw), len(raw))

    top = await got(api, f"{base}/nodes")
    assert [(node["name"], node["kind"], node["count"]) for node in top["nodes"]] == [("data", "object", 1)]
    page = await got(api, f"{base}/nodes", path="/data/items", offset=20, limit=10)
    assert (page["total"], page["nodes"][0]["location"]) == (25, "$['data']['items'][20]")

    found = await posted(api, f"{base}/query", {"expression": "$.data.items[?@.id > 22].name"})
    assert [match["value"] for match in found["matches"]] == ["n23", "n24"]

    records = await got(api, f"{base}/records")
    assert records["problem"]["type"] == "position_missing"
    assert records["proposals"][0] == {"position": "data.items", "count": 25, "names": ["id", "name"]}
    records = await got(api, f"{base}/records", resultsPosition="data.items", offset=24)
    assert (records["total"], records["columns"], records["rows"][0][1]["text"]) == (25, ["id", "name"], "n24")

    matches = await posted(api, f"{base}/search", {"text": "N24"})
    assert (matches["total"], matches["matches"][0]["offset"]) == (1, raw.index(b"n24"))

    response: Response = await api.get(f"{base}/content")
    assert response.content == raw


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", "utf-16-le"])
async def test_text_that_does_not_say_its_charset_is_text_and_hides_secrets(
    sqlite_api: AsyncClient, charset: str
) -> None:
    secret = marked("geheim-wächter")
    text = json.dumps({"naam": "Müller", "plaats": "Köln", "sleutel": secret}, ensure_ascii=False)
    authentication = {"type": "bearer", "token": secret}
    base = await call_for(sqlite_api, text.encode(charset), authentication=authentication)
    view = await got(sqlite_api, f"{base}/view")
    assert (view["format"], view["hasTree"]) == ("json", True)
    assert view["charsetFrom"] == ("bom" if charset == "utf-16" else "detected")
    values = [node["value"] for node in (await got(sqlite_api, f"{base}/nodes"))["nodes"]]
    assert values == ["Müller", "Köln", "REDACTED"]
    call = await got(sqlite_api, base.partition("/exchanges")[0])
    assert call["exchanges"][0]["response"]["body"]["charset"] == view["charset"]
    assert call["exchanges"][0]["response"]["body"]["charsetFrom"] == view["charsetFrom"]


async def test_a_body_comes_as_a_download_and_never_as_a_page(api: AsyncClient) -> None:
    raw = b"<html><script>alert(1)</script></html>"
    base = await call_for(api, raw, "text/html; charset=utf-8")
    response = await api.get(f"{base}/content")
    assert response.content == raw
    headers = response.headers
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["content-disposition"].startswith('attachment; filename="response-')
    assert headers["content-disposition"].endswith('.html"')
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["cache-control"] == "no-store"
    assert headers["content-length"] == str(len(raw))


@pytest.mark.parametrize(
    ("offset", "length"),
    [(0, None), (0, 1), (1_500_000, 100), (2_999_999, 10), (3_000_000, 1), (10**18, 5), (7, 2_500_000)],
)
async def test_a_slice_of_a_large_binary_body_is_just_that(api: AsyncClient, offset: int, length: int | None) -> None:
    raw = random.Random(5).randbytes(3_000_000)
    base = await call_for(api, raw, "application/octet-stream", connection={"maxBodyBytes": 4_000_000})
    wanted = {"offset": offset} | ({} if length is None else {"length": length})
    response = await api.get(f"{base}/content", params=wanted)
    expected = raw[offset:] if length is None else raw[offset : offset + length]
    assert response.content == expected
    assert response.headers["content-length"] == str(len(expected))
    assert response.headers["content-type"] == "application/octet-stream"


async def test_an_image_is_told_from_other_bytes(api: AsyncClient, httpbin: str) -> None:
    created = await create_source(api, location=httpbin)
    call = await test_call(api, created["id"], "/image/png")
    base = f"/api/logs/{call['id']}/exchanges/0/response"
    view = await got(api, f"{base}/view")
    assert (view["format"], view["charset"], view["hasTree"]) == ("image", None, False)
    assert (await got(api, f"{base}/nodes", status=422))["detail"].startswith("There is no tree")
    assert (await got(api, f"{base}/records"))["problem"]["type"] == "unreadable"


async def test_a_request_body_can_be_looked_at_too(api: AsyncClient, httpbin: str) -> None:
    created = await create_source(api, location=httpbin)
    call = await test_call(api, created["id"], "/post", method="POST", body='{"a": [1, 2]}')
    page = await got(api, f"/api/logs/{call['id']}/exchanges/0/request/nodes", path="/a")
    assert [node["value"] for node in page["nodes"]] == ["1", "2"]


async def test_an_xml_body_is_seen_walked_asked_and_taken_apart(api: AsyncClient) -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?><r xmlns:x="urn:x">'
    text += "<x:row><id>1</id></x:row><x:row><id>é</id></x:row></r>"
    base = await call_for(api, text.encode("latin-1"), "application/xml")
    view = await got(api, f"{base}/view")
    assert (view["format"], view["hasTree"], view["charset"], view["charsetFrom"]) == (
        "xml", True, "iso-8859-1", "declaration",
    )  # fmt: skip
    assert view["namespaces"]["x"] == "urn:x"
    found = await posted(api, f"{base}/query", {"expression": "//x:row/id"})
    assert (found["language"], [match["value"] for match in found["matches"]]) == ("xpath", ["1", "é"])
    top = await got(api, f"{base}/nodes")
    assert top["total"] == 2


async def test_the_parts_of_a_multipart_body_are_bodies(api: AsyncClient) -> None:
    picture = bytes(range(256)) * 4
    raw = (
        b'--b\r\nContent-Type: application/json\r\n\r\n{"items": [{"id": 1}]}\r\n'
        b"--b\r\nContent-Type: image/png\r\nContent-ID: <p@x>\r\n"
        b'Content-Disposition: attachment; filename="f\xc3\xb6.png"'
        b"\r\n\r\n" + picture + b"\r\n--b--\r\n"
    )
    base = await call_for(api, raw, 'multipart/related; boundary="b"')
    view = await got(api, f"{base}/view")
    assert view["format"] == "multipart"
    assert [(part["mediaType"], part["contentId"], part["size"]) for part in view["parts"]] == [
        ("application/json", None, 22), ("image/png", "p@x", 1024),
    ]  # fmt: skip
    assert (await got(api, f"{base}/records", part=0))["total"] == 1
    response = await api.get(f"{base}/content", params={"part": 1})
    assert response.content == picture
    assert response.headers["content-disposition"].endswith("filename*=UTF-8''f%C3%B6.png")
    response = await api.get(f"{base}/content", params={"part": 1, "offset": 10, "length": 5})
    assert response.content == picture[10:15]
    assert (await api.get(f"{base}/content")).content == raw
    await got(api, f"{base}/view", status=404, part=2)
    await got(api, f"{base}/content", status=404, part=2)


async def test_what_is_not_there_is_not_found(api: AsyncClient) -> None:
    base = await call_for(api, b'{"a": 1}')
    missing = [
        f"/api/logs/{uuid4()}/exchanges/0/response/view",
        base.replace("/0/", "/1/") + "/view",
        base.replace("response", "request") + "/view",
        base.replace("response", "request") + "/content",
        f"{base}/nodes?path=/b",
        f"{base}/view?part=0",
    ]
    details = [(await got(api, url, status=404))["detail"] for url in missing]
    assert len(set(details)) == 5  # a request without a body is told twice


@pytest.mark.parametrize("expression", ["name", "$.[", "$[?nope(@)]"])
async def test_an_expression_that_is_none_is_told_at_its_field(sqlite_api: AsyncClient, expression: str) -> None:
    base = await call_for(sqlite_api, b'{"a": 1}')
    problem = await posted(sqlite_api, f"{base}/query", {"expression": expression}, status=422)
    assert [error["pointer"] for error in problem["errors"]] == ["/expression"]


async def test_a_body_of_ten_thousand_levels_is_walked(sqlite_api: AsyncClient) -> None:
    base = await call_for(sqlite_api, b'{"a":' * 10_000 + b"1" + b"}" * 10_000)
    assert (await got(sqlite_api, f"{base}/view"))["hasTree"]
    assert (await got(sqlite_api, f"{base}/nodes", path="/a" * 2000))["nodes"][0]["name"] == "a"
    assert (await posted(sqlite_api, f"{base}/query", {"expression": "$..a", "limit": 1}))["total"] == 10_000


async def test_a_body_of_which_nothing_is_kept_can_be_looked_at(api: AsyncClient) -> None:
    base = await call_for(api, b'{"a": 1}', connection={"maxBodyBytes": 0})
    view = await got(api, f"{base}/view")
    assert (view["size"], view["keptSize"], view["hasTree"]) == (8, 0, False)
    assert "cut" in [finding["type"] for finding in view["findings"]]
    assert (await api.get(f"{base}/content")).content == b""


async def test_names_that_occur_twice_are_told(sqlite_api: AsyncClient) -> None:
    base = await call_for(sqlite_api, b'{"id": 1, "id": 2}')
    assert [finding["type"] for finding in (await got(sqlite_api, f"{base}/view"))["findings"]] == ["duplicate_keys"]


async def test_a_large_body_is_read_outside_of_this_process(api: AsyncClient) -> None:
    value = {"data": {"items": [{"id": number, "name": "x" * 900} for number in range(24_000)]}}
    raw = json.dumps(value).encode()
    base = await call_for(api, raw, connection={"maxBodyBytes": 40_000_000})

    async def look() -> Any:
        page = await got(api, f"{base}/nodes", path="/data/items", offset=23_900)
        table = await got(api, f"{base}/records", resultsPosition="data.items", offset=23_999)
        found = await posted(api, f"{base}/query", {"expression": "$..items[?@.id == 23999].id"})
        return (
            page,
            table,
            found,
            (await api.get(f"{base}/content", params={"offset": 9_000_000, "length": 50})).content,
        )

    (page, table, found, piece), growth = await growth_of(look())
    assert (len(page["nodes"]), table["total"], found["total"], piece) == (100, 24_000, 1, raw[9_000_000:9_000_050])
    assert growth < len(raw) / 2


async def test_problems_are_told_in_the_language_of_whoever_asks(sqlite_api: AsyncClient) -> None:
    base = await call_for(sqlite_api, b'{"items": [1], "items": [2]}')
    dutch, german = {"Accept-Language": "nl"}, {"Accept-Language": "de"}

    view = (await sqlite_api.get(f"{base}/view", headers=dutch)).json()
    assert view["findings"][0]["message"].startswith("De naam “items” komt 2 keer voor")
    records = (await sqlite_api.get(f"{base}/records", params={"resultsPosition": "data"}, headers=dutch)).json()
    assert records["problem"]["message"] == "Er is geen `data`: de body is een object met `items`."

    # Expressions are evaluated in a process that serves one after the other.
    said = [
        (await sqlite_api.post(f"{base}/query", json={"expression": "items"}, headers=headers)).json()["detail"]
        for headers in ({}, dutch, dutch, german, {})
    ]
    english = "A JSONPath begins with `$`, which is the whole body: for example `$.items[*].name`."
    assert said == [
        english,
        *2 * ["Een JSONPath begint met `$`, de hele body: bijvoorbeeld `$.items[*].name`."],
        "Ein JSONPath beginnt mit `$`, dem ganzen Inhalt: zum Beispiel `$.items[*].name`.",
        english,
    ]
