# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/sources` as its users see it, on SQLite and on PostgreSQL."""

import asyncio
import json
from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from openconnector.core.principal import Principal
from openconnector.core.settings import Settings
from openconnector.vault.secret import MASK
from tests.conftest import serve_engine
from tests.factories import create_source, marked, source


class TestAccess:
    async def test_nobody_is_let_in_without_a_face(self, sqlite_settings: Settings) -> None:
        async with serve_engine(sqlite_settings, principal=None) as api:
            response = await api.get("/api/sources")
        assert response.status_code == 401
        assert response.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("path", ["/api/sources", "/api/logs", "/api/sources/x", "/api/logs/x"])
    async def test_ordinary_users_are_refused(self, sqlite_settings: Settings, path: str) -> None:
        async with serve_engine(sqlite_settings, principal=Principal("alice", is_admin=False)) as api:
            response = await api.get(path)
        assert (response.status_code, response.json()["type"]) == (
            403,
            "urn:openconnector:problem:administrator-required",
        )


class TestCreate:
    async def test_name_location_and_type_are_enough(self, api: AsyncClient) -> None:
        created = await create_source(api, name="  Zaaksysteem  ")
        assert (created["name"], created["slug"], created["version"]) == ("Zaaksysteem", "zaaksysteem", 1)
        assert created["isEnabled"] is True
        assert created["authentication"] == {"type": "none"}
        assert created["connection"]["totalTimeoutMs"] is None
        assert (await api.get(f"/api/sources/{created['id']}")).json() == created
        assert (await api.get("/api/sources/zaaksysteem")).json() == created

    async def test_slugs_are_made_from_names_and_are_unique(self, api: AsyncClient) -> None:
        slugs = [(await create_source(api, name=name))["slug"] for name in ("Été & co", "Été & co", "été co", "日本")]
        assert slugs == ["ete-co", "ete-co-2", "ete-co-3", "source"]

    async def test_a_slug_that_is_taken_is_a_conflict_at_its_field(self, api: AsyncClient) -> None:
        await create_source(api, slug="mine")
        response = await api.post("/api/sources", json=source(slug="mine"))
        assert response.status_code == 409
        assert response.json()["errors"][0]["pointer"] == "/slug"

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"name": " "}, "/name"),
            ({"name": "x" * 256}, "/name"),
            ({"name": "two\nlines"}, "/name"),
            ({"location": "api.example/v1"}, "/location"),
            ({"location": "https://"}, "/location"),
            ({"location": "https://user:password@api.example"}, "/location"),
            ({"location": "https://api.example:99999"}, "/location"),
            ({"location": "ftp://files.example"}, "/location"),
            ({"location": "https://api.example/a b"}, "/location"),
            ({"type": "yaml"}, "/type"),
            ({"headers": [{"name": "X-A", "value": "a\r\nb"}]}, "/headers/0/value"),
            ({"headers": [{"name": "X A", "value": "a"}]}, "/headers/0/name"),
            ({"query": [{"name": "", "value": "a"}]}, "/query/0/name"),
            ({"connection": {"readTimeoutMs": -1}}, "/connection/readTimeoutMs"),
            ({"connection": {"maxBodyBytes": 10**12}}, "/connection/maxBodyBytes"),
            ({"authentication": {"type": "kerberos"}}, "/authentication"),
            ({"authentication": {"type": "bearer", "token": ""}}, "/authentication/token"),
            ({"authentication": {"type": "basic", "username": "a:b"}}, "/authentication/username"),
            ({"authentication": {"type": "apiKey", "name": "a b", "value": "x"}}, "/authentication/name"),
            ({"isenabled": False}, "/isenabled"),
            ({"slug": "Not A Slug"}, "/slug"),
        ],
    )
    async def test_bad_input_names_its_field(
        self, sqlite_api: AsyncClient, values: dict[str, Any], pointer: str
    ) -> None:
        response = await sqlite_api.post("/api/sources", json=source(**values))
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
        assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
        assert all(error["detail"].endswith(".") for error in response.json()["errors"])

    async def test_bad_input_is_told_in_the_language_of_the_reader(self, sqlite_api: AsyncClient) -> None:
        body = source(name="", location="https://", authentication={"type": "apiKey", "name": "a b", "value": "x"})
        answer = await sqlite_api.post("/api/sources", json=body, headers={"Accept-Language": "nl"})
        assert answer.json()["title"] == "Sommige velden vragen aandacht"
        assert {error["pointer"]: error["detail"] for error in answer.json()["errors"]} == {
            "/name": "Dit veld mag niet leeg zijn.",
            "/location": "De locatie heeft geen host, bijvoorbeeld api.example.org.",
            "/authentication/name": "De naam van een header of cookie bevat alleen letters, cijfers en - _ . "
            "en geen spaties.",
        }

    @pytest.mark.parametrize(
        ("values", "dutch"),
        [
            ({"type": "yaml"}, "Kies een van 'json', 'xml', 'soap' of 'ftp'."),
            ({"connection": {"readTimeoutMs": "soon"}}, "Voer een geheel getal in."),
            ({"connection": {"maxRedirects": 1000}}, "Voer 30 of minder in."),
            ({"connection": {"http2": "perhaps"}}, "Voer true of false in."),
            ({"connection": []}, "Voer een object in."),
            ({"headers": {}}, "Voer een lijst in."),
            ({"name": 1}, "Voer een tekst in."),
            ({"slug": "Not A Slug"}, "Dit past niet bij het patroon ^[a-z0-9]+(-[a-z0-9]+)*$."),
            ({"authentication": {}}, "Het veld 'type' ontbreekt hier."),
            ({"authentication": {"type": "basic"}}, "Dit veld is verplicht."),
        ],
    )
    async def test_what_a_schema_refuses_is_told_in_the_language_of_the_reader(
        self, sqlite_api: AsyncClient, values: dict[str, Any], dutch: str
    ) -> None:
        answer = await sqlite_api.post("/api/sources", json=source(**values), headers={"Accept-Language": "nl"})
        assert [error["detail"] for error in answer.json()["errors"]] == [dutch]

    async def test_an_error_does_not_repeat_what_was_sent(self, sqlite_api: AsyncClient) -> None:
        body = source(authentication={"type": "basic", "username": "a:b", "password": marked("refused")})
        response = await sqlite_api.post("/api/sources", json=body)
        assert marked("refused") not in response.text

    async def test_a_body_that_is_not_json_is_told(self, sqlite_api: AsyncClient) -> None:
        for content in (b"{", b"\xff", b"null"):
            response = await sqlite_api.post(
                "/api/sources", content=content, headers={"Content-Type": "application/json"}
            )
            assert response.status_code == 422

    async def test_text_that_cannot_be_stored_is_told(self, api: AsyncClient) -> None:
        for broken in ("\\u0000", "\\ud800"):
            body = json.dumps(source(description="?")).replace("?", broken).encode()
            response = await api.post("/api/sources", content=body, headers={"Content-Type": "application/json"})
            is_nul_on_sqlite = "u0000" in broken and response.status_code == 201
            assert is_nul_on_sqlite or response.status_code == 422
            assert (await api.get("/api/sources")).status_code == 200


class TestUpdate:
    async def test_a_source_that_was_read_can_be_sent_back(self, api: AsyncClient) -> None:
        created = await create_source(api)
        response = await api.put(f"/api/sources/{created['id']}", json=created | {"name": "Renamed"})
        assert response.status_code == 200, response.text
        updated = response.json()
        assert (updated["name"], updated["version"], updated["slug"]) == ("Renamed", 2, "zaaksysteem")

    async def test_two_administrators_do_not_overwrite_each_other(self, api: AsyncClient) -> None:
        created = await create_source(api)
        url = f"/api/sources/{created['id']}"
        assert (await api.put(url, json=created | {"name": "First"})).status_code == 200
        second = await api.put(url, json=created | {"name": "Second"})
        assert second.status_code == 409
        assert second.json()["type"] == "urn:openconnector:problem:version-conflict"
        assert second.json()["current"]["name"] == "First"
        assert (await api.get(url)).json()["name"] == "First"

    async def test_of_updates_at_the_same_moment_one_wins(self, api: AsyncClient) -> None:
        created = await create_source(api)
        answers = await asyncio.gather(
            *(api.put(f"/api/sources/{created['id']}", json=created | {"name": f"Writer {n}"}) for n in range(5))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
        assert all("current" in answer.json() for answer in answers if answer.status_code == 409)

    async def test_an_update_without_a_version_is_refused(self, sqlite_api: AsyncClient) -> None:
        created = await create_source(sqlite_api)
        response = await sqlite_api.put(f"/api/sources/{created['id']}", json=source())
        assert [error["pointer"] for error in response.json()["errors"]] == ["/version"]

    async def test_enabling_is_a_step_of_its_own(self, api: AsyncClient) -> None:
        created = await create_source(api)
        off = (await api.put(f"/api/sources/{created['id']}/enabled", json={"isEnabled": False})).json()
        assert (off["isEnabled"], off["version"]) == (False, 2)
        again = (await api.put(f"/api/sources/{created['id']}/enabled", json={"isEnabled": False})).json()
        assert again["version"] == 2


class TestSecrets:
    BASIC = {"type": "basic", "username": "user", "password": marked("password")}
    PATH = f"/basic-auth/user/{marked('password')}"

    async def test_are_read_as_masks(self, api: AsyncClient) -> None:
        rows = [
            {"name": "X-Open", "value": "open", "isSecret": False},
            {"name": "X-Key", "value": "k", "isSecret": True},
        ]
        created = await create_source(api, authentication=self.BASIC, headers=rows, query=rows)
        assert created["authentication"] == {"type": "basic", "username": "user", "password": MASK}
        assert [row["value"] for row in created["headers"]] == ["open", MASK]
        assert [row["value"] for row in created["query"]] == ["open", MASK]

    async def test_an_empty_password_is_no_secret(self, sqlite_api: AsyncClient) -> None:
        created = await create_source(sqlite_api, authentication=self.BASIC | {"password": ""})
        assert created["authentication"]["password"] == ""

    async def test_a_mask_that_comes_back_keeps_what_is_stored(self, api: AsyncClient, httpbin: str) -> None:
        rows = [
            {"name": "Same", "value": marked("first"), "isSecret": True},
            {"name": "Same", "value": marked("second"), "isSecret": True},
        ]
        created = await create_source(api, location=httpbin, authentication=self.BASIC, query=rows)
        url = f"/api/sources/{created['id']}"
        renamed = (await api.put(url, json=created | {"name": "Renamed"})).json()
        for path in (self.PATH, self.PATH.replace("basic", "hidden-basic", 1)):
            call = (await api.post(f"{url}/test", json={"path": path})).json()
            assert call["statusCode"] == 200
        changed = renamed | {"authentication": self.BASIC | {"password": marked("another")}}
        assert (await api.put(url, json=changed)).status_code == 200
        call = (await api.post(f"{url}/test", json={"path": f"/basic-auth/user/{marked('another')}"})).json()
        assert call["statusCode"] == 200

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"authentication": {"type": "bearer", "token": MASK}}, "/authentication/token"),
            ({"headers": [{"name": "X-New", "value": MASK, "isSecret": True}]}, "/headers/0/value"),
            ({"headers": [{"name": "X-Key", "value": MASK, "isSecret": False}]}, "/headers/0/value"),
        ],
    )
    async def test_a_mask_where_nothing_is_stored_asks_for_the_value(
        self, sqlite_api: AsyncClient, values: dict[str, Any], pointer: str
    ) -> None:
        rows = [{"name": "X-Key", "value": "k", "isSecret": True}]
        created = await create_source(sqlite_api, authentication=self.BASIC, headers=rows)
        response = await sqlite_api.put(f"/api/sources/{created['id']}", json=created | values)
        assert response.status_code == 422
        assert [error["pointer"] for error in response.json()["errors"]] == [pointer]

    async def test_a_secret_for_another_host_is_asked_for_in_the_language_of_the_reader(
        self, sqlite_api: AsyncClient
    ) -> None:
        created = await create_source(sqlite_api, authentication=self.BASIC)
        moved = created | {"location": "https://elsewhere.example"}
        answer = await sqlite_api.put(
            f"/api/sources/{created['id']}", json=moved, headers={"Accept-Language": "de-DE,en;q=0.5"}
        )
        (error,) = answer.json()["errors"]
        assert error["detail"] == (
            "Die Basis-URL hat jetzt einen anderen Host: Geben Sie dieses Geheimnis noch einmal ein, damit es nicht "
            "versehentlich dorthin gesendet wird."
        )

    async def test_a_duplicate_has_secrets_of_its_own(self, api: AsyncClient, httpbin: str) -> None:
        created = await create_source(api, location=httpbin, authentication=self.BASIC)
        copy = (await api.post(f"/api/sources/{created['id']}/duplicate")).json()
        assert (copy["name"], copy["slug"]) == ("Zaaksysteem (copy)", "zaaksysteem-copy")
        assert (await api.delete(f"/api/sources/{created['id']}")).status_code == 204
        call = (await api.post(f"/api/sources/{copy['id']}/test", json={"path": self.PATH})).json()
        assert call["statusCode"] == 200


class TestList:
    async def test_pages_cover_everything_once_in_order(self, api: AsyncClient) -> None:
        names = ["beta", "Alpha", "delta", "alpha", "Gamma"]
        for name in names:
            await create_source(api, name=name)
        for sort, key in (("name", str.lower), ("-name", str.lower)):
            seen, cursor = [], None
            while True:
                params = {"sort": sort, "limit": "2"} | ({"cursor": cursor} if cursor else {})
                page = (await api.get("/api/sources", params=params)).json()
                assert page["total"] == 5
                seen += [row["name"] for row in page["results"]]
                cursor = page["nextCursor"]
                if cursor is None:
                    break
            assert [key(name) for name in seen] == sorted(map(key, names), reverse=sort.startswith("-"))
            assert sorted(seen) == sorted(names)

    @pytest.mark.parametrize("sort", ["type", "location", "lastCall", "enabled", "updatedAt"])
    async def test_every_order_can_be_paged(self, api: AsyncClient, sort: str) -> None:
        created = {(await create_source(api, name=f"Source {n}", isEnabled=n % 2 == 0))["id"] for n in range(5)}
        for order in (sort, f"-{sort}"):
            seen, cursor = [], None
            for _ in range(5):
                params = {"sort": order, "limit": "2"} | ({"cursor": cursor} if cursor else {})
                page = (await api.get("/api/sources", params=params)).json()
                seen += [row["id"] for row in page["results"]]
                cursor = page["nextCursor"]
                if cursor is None:
                    break
            assert len(seen) == 5
            assert set(seen) == created

    async def test_filters_are_joined_with_and(self, api: AsyncClient) -> None:
        await create_source(api, name="Parcels", type="xml", isEnabled=False)
        await create_source(api, name="People", location="https://parcels.example")
        await create_source(api, name="100%_sure")

        async def names(**params: str) -> list[str]:
            return [row["name"] for row in (await api.get("/api/sources", params=params)).json()["results"]]

        assert await names(search="PARCELS") == ["Parcels", "People"]
        assert await names(search="parcels", type="xml") == ["Parcels"]
        assert await names(search="parcels", enabled="true") == ["People"]
        assert await names(type="json,xml", enabled="false") == ["Parcels"]
        assert await names(search="100%_") == ["100%_sure"]
        assert await names(search="nothing like it") == []

    @pytest.mark.parametrize(
        "params", [{"sort": "color"}, {"limit": "0"}, {"limit": "201"}, {"cursor": "!"}, {"type": "api"}]
    )
    async def test_bad_parameters_are_named(self, sqlite_api: AsyncClient, params: dict[str, str]) -> None:
        response = await sqlite_api.get("/api/sources", params=params)
        assert response.status_code == 422
        assert [error["parameter"] for error in response.json()["errors"]] == list(params)


class TestDelete:
    async def test_of_deletions_at_the_same_moment_one_wins(self, api: AsyncClient) -> None:
        created = await create_source(api)
        answers = await asyncio.gather(*(api.delete(f"/api/sources/{created['id']}") for _ in range(6)))
        assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404, 404, 404]

    async def test_a_call_that_ends_while_its_source_goes_is_logged(self, api: AsyncClient, httpbin: str) -> None:
        sources = [await create_source(api, location=httpbin) for _ in range(20)]
        calls = [api.post(f"/api/sources/{one['id']}/test", json={"path": "/get"}) for one in sources]
        deletions = [api.delete(f"/api/sources/{one['id']}") for one in sources]
        answers = await asyncio.gather(*calls, *deletions)
        assert {answer.status_code for answer in answers} <= {200, 204, 404}
        made = [answer for answer in answers[:20] if answer.status_code == 200]
        assert (await api.get("/api/logs", params={"limit": "200"})).json()["total"] == len(made)

    async def test_the_log_stays(self, api: AsyncClient, httpbin: str) -> None:
        created = await create_source(api, location=httpbin)
        await api.post(f"/api/sources/{created['id']}/test", json={"path": "/get"})
        assert (await api.delete(f"/api/sources/{created['id']}")).status_code == 204
        assert (await api.get(f"/api/sources/{created['id']}")).status_code == 404
        logs = (await api.get("/api/logs", params={"source": created["id"]})).json()
        assert (logs["total"], logs["results"][0]["sourceName"]) == (1, "Zaaksysteem")
