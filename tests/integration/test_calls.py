# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Test calls against httpbin on a real port: what is sent, what comes back, and what the log holds of it."""

import base64
import json

from openconnector.core.http import AsyncClient
from tests.factories import create_source, marked, test_call
from tests.upstream import answering, serve


def response_of(call: dict) -> dict:
    return call["exchanges"][-1]["response"]


def echo_of(call: dict) -> dict:
    return json.loads(response_of(call)["body"]["content"])


class TestCall:
    async def test_the_answer_and_the_log_tell_the_status_of_the_other_side(
        self, api: AsyncClient, httpbin: str
    ) -> None:
        source = await create_source(api, location=httpbin)
        call = await test_call(api, source["id"], "/status/418")
        assert (call["statusCode"], call["outcome"], call["errorType"]) == (418, "http_error", "418")
        logged = (await api.get("/api/logs", params={"source": source["id"]})).json()
        assert [entry["statusCode"] for entry in logged["results"]] == [418]
        assert logged["total"] == 1
        entry = (await api.get(f"/api/logs/{call['logId']}")).json()
        assert entry == {name: value for name, value in call.items() if name != "pages"}

    async def test_the_list_of_sources_shows_the_last_result(self, api: AsyncClient, httpbin: str) -> None:
        source = await create_source(api, location=httpbin)
        assert source["lastCall"] is None
        await test_call(api, source["id"], "/status/200")
        call = await test_call(api, source["id"], "/status/503")
        listed = (await api.get("/api/sources")).json()["results"][0]
        assert listed["lastCall"] == {
            "logId": call["id"], "at": call["startedAt"], "statusCode": 503, "outcome": "http_error", "errorType": "503"
        }  # fmt: skip
        assert listed["version"] == source["version"]

    async def test_defaults_of_the_source_lie_under_the_request(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        source = await create_source(
            sqlite_api,
            location=f"{httpbin}/anything?fixed=1",
            headers=[{"name": "X-Kept", "value": "source"}, {"name": "X-Replaced", "value": "source"}],
            query=[{"name": "kept", "value": "source"}, {"name": "replaced", "value": "source"}],
        )
        call = await test_call(
            sqlite_api,
            source["id"],
            "below?inline=2",
            method="POST",
            headers=[{"name": "x-replaced", "value": "request"}],
            query=[{"name": "replaced", "value": "a b&c"}],
            body='{"a": 1}',
        )
        echo = echo_of(call)
        assert echo["args"] == {"fixed": "1", "inline": "2", "kept": "source", "replaced": "a b&c"}
        assert (echo["headers"]["X-Kept"], echo["headers"]["X-Replaced"]) == ("source", "request")
        assert (echo["json"], echo["headers"]["Content-Type"]) == ({"a": 1}, "application/json")
        assert echo["url"].startswith(f"{httpbin}/anything/below?")

    async def test_each_method_is_sent_as_it_is(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        source = await create_source(sqlite_api, location=httpbin)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            call = await test_call(sqlite_api, source["id"], "/anything", method=method)
            assert echo_of(call)["method"] == method
        head = await test_call(sqlite_api, source["id"], "/get", method="HEAD")
        assert (head["statusCode"], response_of(head)["body"]) == (200, None)
        options = await test_call(sqlite_api, source["id"], "/get", method="OPTIONS")
        assert any(header["name"] == "Allow" for header in response_of(options)["headers"])

    async def test_headers_keep_their_order_and_their_duplicates(self, sqlite_api: AsyncClient) -> None:
        raw = b"HTTP/1.1 200 Fine\r\nX-Twice: one\r\nX-Then: two\r\nX-Twice: three\r\nContent-Length: 0\r\n\r\n"
        async with serve(answering(raw)) as port:
            source = await create_source(sqlite_api, location=f"http://127.0.0.1:{port}")
            call = await test_call(sqlite_api, source["id"])
        headers = [(header["name"], header["value"]) for header in response_of(call)["headers"]]
        assert headers[:3] == [("X-Twice", "one"), ("X-Then", "two"), ("X-Twice", "three")]
        assert call["reason"] == "Fine"

    async def test_xml_sources_ask_for_xml(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        source = await create_source(sqlite_api, location=httpbin, type="xml")
        echo = echo_of(await test_call(sqlite_api, source["id"], "/anything", method="POST", body="<a/>"))
        assert echo["headers"]["Accept"].startswith("application/xml")
        assert echo["headers"]["Content-Type"] == "application/xml; charset=utf-8"


class TestBody:
    async def test_text_is_shown_as_text_and_the_rest_as_base64(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        source = await create_source(sqlite_api, location=httpbin)
        text = response_of(await test_call(sqlite_api, source["id"], "/encoding/utf8"))["body"]
        assert text["encoding"] == "text"
        assert "∮ E⋅da" in text["content"]
        image = response_of(await test_call(sqlite_api, source["id"], "/image/png"))["body"]
        assert (image["encoding"], image["mediaType"], image["isTruncated"]) == ("base64", "image/png", False)
        assert base64.b64decode(image["content"]).startswith(b"\x89PNG")

    async def test_a_body_is_cut_at_the_limit_and_says_so(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        source = await create_source(sqlite_api, location=httpbin, connection={"maxBodyBytes": 100})
        call = await test_call(sqlite_api, source["id"], "/bytes/5000?seed=1")
        body = response_of(call)["body"]
        assert (body["size"], body["isTruncated"], call["responseSize"]) == (5000, True, 5000)
        assert len(base64.b64decode(body["content"])) == 100

    async def test_compressed_bodies_are_shown_decompressed(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        source = await create_source(sqlite_api, location=httpbin)
        for path in ("/gzip", "/deflate"):
            assert echo_of(await test_call(sqlite_api, source["id"], path))["method"] == "GET"

    async def test_an_empty_200_is_a_success_that_gets_a_word_of_advice(
        self, sqlite_api: AsyncClient, httpbin: str
    ) -> None:
        source = await create_source(sqlite_api, location=httpbin)
        call = await test_call(sqlite_api, source["id"], "/bytes/0")
        assert (call["outcome"], call["diagnosis"]["type"]) == ("success", "empty_body")


class TestAuthentication:
    async def test_basic(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        scheme = {"type": "basic", "username": "user", "password": marked("pässwörd")}
        source = await create_source(sqlite_api, location=httpbin, authentication=scheme)
        assert (await test_call(sqlite_api, source["id"], f"/basic-auth/user/{marked('pässwörd')}"))[
            "statusCode"
        ] == 200
        wrong = await test_call(sqlite_api, source["id"], "/basic-auth/user/other")
        assert (wrong["statusCode"], wrong["outcome"]) == (401, "auth_error")
        assert wrong["diagnosis"]["phase"] == "authentication"
        assert {"name": "WWW-Authenticate", "value": 'Basic realm="Fake Realm"'} in wrong["diagnosis"]["evidence"]

    async def test_bearer(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        source = await create_source(
            sqlite_api, location=httpbin, authentication={"type": "bearer", "token": f" {marked('token')}\n"}
        )
        call = await test_call(sqlite_api, source["id"], "/bearer")
        assert (call["statusCode"], echo_of(call)["authenticated"]) == (200, True)

    async def test_api_keys_travel_where_they_should(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        async def echo(**scheme: str) -> dict:
            source = await create_source(
                sqlite_api, location=httpbin, authentication={"type": "apiKey", "value": marked("key"), **scheme}
            )
            return echo_of(await test_call(sqlite_api, source["id"], "/anything"))

        assert (await echo(**{"in": "header", "name": "X-Key", "prefix": "Token "}))["headers"]["X-Key"] != ""
        assert "apiname" in (await echo(**{"in": "query", "name": "apiname"}))["args"]
        assert (await echo(**{"in": "cookie", "name": "session"}))["headers"]["Cookie"].startswith("session=")

    async def test_the_requests_own_header_goes_before_the_authentication(
        self, sqlite_api: AsyncClient, httpbin: str
    ) -> None:
        source = await create_source(
            sqlite_api, location=httpbin, authentication={"type": "basic", "username": "a", "password": "b"}
        )
        own = base64.b64encode(b"user:secret").decode()
        headers = [{"name": "authorization", "value": f"Basic {own}"}]
        call = await test_call(sqlite_api, source["id"], "/basic-auth/user/secret", headers=headers)
        assert call["statusCode"] == 200


class TestRedirect:
    async def test_is_not_followed_where_the_source_says_never(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        source = await create_source(sqlite_api, location=httpbin, connection={"redirects": "never"})
        call = await test_call(sqlite_api, source["id"], "/redirect/2")
        assert (call["statusCode"], call["outcome"], len(call["exchanges"])) == (302, "success", 1)
        assert call["diagnosis"]["type"] == "redirect_not_followed"

    async def test_to_another_origin_is_not_followed_by_itself(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        other = httpbin.replace("127.0.0.1", "localhost")
        source = await create_source(sqlite_api, location=httpbin)
        call = await test_call(sqlite_api, source["id"], f"/redirect-to?url={other}/anything")
        assert (call["statusCode"], call["outcome"], len(call["exchanges"])) == (302, "success", 1)
        assert call["diagnosis"]["type"] == "redirect_to_other_origin"

    async def test_each_hop_is_an_exchange(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        source = await create_source(sqlite_api, location=httpbin)
        call = await test_call(sqlite_api, source["id"], "/redirect/2")
        hops = [(exchange["kind"], exchange["response"]["statusCode"]) for exchange in call["exchanges"]]
        assert hops == [("request", 302), ("redirect", 302), ("redirect", 200)]
        assert (call["statusCode"], call["exchangeCount"]) == (200, 3)

    async def test_has_an_end(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        source = await create_source(sqlite_api, location=httpbin, connection={"maxRedirects": 10})
        call = await test_call(sqlite_api, source["id"], "/redirect/20")
        assert (call["errorType"], call["exchangeCount"]) == ("too_many_redirects", 11)

    async def test_carries_no_credential_to_another_origin(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        other = httpbin.replace("127.0.0.1", "localhost")
        source = await create_source(
            sqlite_api,
            location=httpbin,
            connection={"redirects": "all"},
            authentication={"type": "apiKey", "in": "header", "name": "X-Key", "value": marked("key")},
            headers=[{"name": "X-Tenant", "value": marked("tenant"), "isSecret": True}],
        )
        call = await test_call(sqlite_api, source["id"], f"/redirect-to?url={other}/anything")
        echo = echo_of(call)
        assert echo["url"] == f"{other}/anything"
        assert not {"X-Key", "X-Tenant", "Authorization", "Cookie"} & set(echo["headers"])


class TestRefusal:
    async def test_a_disabled_source_is_not_called_but_logged(self, api: AsyncClient, httpbin: str) -> None:
        source = await create_source(api, location=httpbin, isEnabled=False)
        call = await test_call(api, source["id"], "/get")
        assert (call["outcome"], call["errorType"], call["statusCode"]) == ("refused", "source_disabled", None)
        assert call["exchanges"] == []
        assert call["diagnosis"]["remedies"][0]["link"] == "configuration"
        logs = (await api.get("/api/logs", params={"status": "none"})).json()
        assert [entry["id"] for entry in logs["results"]] == [call["id"]]

    async def test_a_path_cannot_leave_the_origin(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        source = await create_source(sqlite_api, location=f"{httpbin}/anything")
        for path in ("//evil.example/", "http://evil.example/", "\\\\evil.example", "../get", "%2e%2e/get"):
            call = await test_call(sqlite_api, source["id"], path)
            assert (call["outcome"], call["errorType"]) == ("refused", "path_leaves_origin"), path
        for path in ("@evil.example", ".evil.example", ":8080"):
            call = await test_call(sqlite_api, source["id"], path)
            assert call["url"] == f"{httpbin}/anything/{path}"

    async def test_a_call_of_an_unknown_source_is_not_found(self, sqlite_api: AsyncClient) -> None:
        response = await sqlite_api.post("/api/sources/nobody/test", json={})
        assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")

    async def test_bad_input_names_the_field(self, sqlite_api: AsyncClient, httpbin: str) -> None:
        source = await create_source(sqlite_api, location=httpbin)
        body = {"method": "BREW", "headers": [{"name": "X-A", "value": "a\r\nX-Evil: 1"}], "queri": []}
        response = await sqlite_api.post(f"/api/sources/{source['id']}/test", json=body)
        assert response.status_code == 422
        pointers = {error["pointer"] for error in response.json()["errors"]}
        assert pointers == {"/method", "/headers/0/value", "/queri"}
