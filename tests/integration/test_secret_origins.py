# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A stored secret goes where it was meant for, and to no other host: whoever changes the host enters it again."""

from typing import Any

import pytest

from openconnector.core.database import Database
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.sources.keeping import LOCATION, departure
from openconnector.sources.opened import OpenSource, open_source
from openconnector.sources.repository import find_blocking
from openconnector.vault.encryption import Vault
from openconnector.vault.keys import open_ring
from openconnector.vault.redaction import REDACTED
from openconnector.vault.secret import MASK
from tests.factories import create_source, marked, source
from tests.upstream import hang, serve

SECRETS: dict[str, Any] = {
    "headers": [{"name": "X-Open", "value": "open"}, {"name": "X-Key", "value": marked("header"), "isSecret": True}],
    "query": [{"name": "key", "value": marked("query"), "isSecret": True}],
    "authentication": {"type": "basic", "username": "user", "password": marked("password")},
}
POINTERS = ["/headers/1/value", "/query/0/value", "/authentication/password"]


def proxy(port: int, **values: str) -> dict[str, Any]:
    return {"proxy": {"url": f"http://127.0.0.1:{port}", "username": "user", "password": marked("proxy"), **values}}


async def opened(settings: Settings, source_id: str) -> OpenSource:
    """The source as a call has it."""
    database, vault = Database.from_settings(settings), Vault(open_ring(settings))
    try:
        return await database.run(lambda session: open_source(find_blocking(session, source_id), vault))
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("former", "wanted", "reason"),
    [
        ("https://api.example/v1", "https://api.example/v2?x=1", None),
        ("https://api.example", "HTTPS://API.example:443", None),
        ("http://api.example", "https://api.example", None),
        ("http://api.example:8080", "https://api.example:8080", None),
        ("https://bücher.example", "https://xn--bcher-kva.example", None),
        ("https://api.example", "https://api.example.evil", "has another host now"),
        ("https://api.example", "https://api.example:8443", "has another port now"),
        ("http://api.example", "https://api.example:8443", "has another port now"),
        ("http://api.example:8080", "https://api.example", "has another port now"),
        ("https://api.example", "http://api.example", "is without TLS now"),
        ("https://api.example:8443", "http://api.example:8443", "is without TLS now"),
        ("https://[::1]:1", "https://[::2]:1", "has another host now"),
        ("ftp://files.example", "ftpes://files.example", None),
        ("ftpes://files.example", "ftp://files.example", "is without encryption now"),
        ("ftps://files.example", "ftp://files.example:990", "is without encryption now"),
        ("sftp://files.example", "ftp://files.example:22", "is without encryption now"),
        ("https://files.example:8443", "ftp://files.example:8443", "is without encryption now"),
        ("sftp://files.example", "ftp://files.example", "is without encryption now"),
        ("sftp://files.example", "sftp://files.example:2222", "has another port now"),
    ],
)
def test_what_another_origin_is(former: str, wanted: str, reason: str | None) -> None:
    assert departure(former, wanted, LOCATION) == (f"The location {reason}" if reason else None)


class TestLocation:
    async def test_another_host_asks_for_every_secret(self, api: AsyncClient) -> None:
        created = await create_source(api, **SECRETS)
        url = f"/api/sources/{created['id']}"
        answer = await api.put(url, json=created | {"location": "https://elsewhere.example/v1"})
        assert answer.status_code == 422
        errors = answer.json()["errors"]
        assert [error["pointer"] for error in errors] == POINTERS
        assert {error["code"] for error in errors} == {"secret_origin_changed"}
        assert errors[0]["detail"] == (
            "The location has another host now: enter this secret again, so that it is not sent there by accident."
        )
        assert (await api.get(url)).json() == created

    async def test_with_the_secrets_entered_again_it_is_saved(self, api: AsyncClient, settings: Settings) -> None:
        created = await create_source(api, **SECRETS)
        wanted = created | SECRETS | {"location": "https://elsewhere.example/v1"}
        answer = await api.put(f"/api/sources/{created['id']}", json=wanted)
        assert answer.status_code == 200, answer.text
        assert answer.json()["authentication"]["password"] == MASK
        assert (await opened(settings, created["id"])).query[0].value == marked("query")

    async def test_each_field_is_asked_for_by_itself(self, sqlite_api: AsyncClient) -> None:
        created = await create_source(sqlite_api, **SECRETS)
        wanted = created | {"location": "https://api.zaken.example:8443", "query": SECRETS["query"]}
        answer = await sqlite_api.put(f"/api/sources/{created['id']}", json=wanted)
        assert [error["pointer"] for error in answer.json()["errors"]] == [POINTERS[0], POINTERS[2]]

    async def test_an_upgrade_to_tls_and_another_path_keep_them(self, api: AsyncClient, settings: Settings) -> None:
        created = await create_source(api, location="http://api.zaken.example/v1", **SECRETS)
        answer = await api.put(
            f"/api/sources/{created['id']}", json=created | {"location": "https://api.zaken.example/v2"}
        )
        assert answer.status_code == 200, answer.text
        assert (await opened(settings, created["id"])).headers[1].value == marked("header")

    async def test_a_source_without_secrets_moves_freely(self, sqlite_api: AsyncClient) -> None:
        created = await create_source(sqlite_api, authentication=SECRETS["authentication"] | {"password": ""})
        answer = await sqlite_api.put(f"/api/sources/{created['id']}", json=created | {"location": "http://b.example"})
        assert answer.status_code == 200, answer.text


class TestProxy:
    async def test_its_password_is_sealed_and_read_as_a_mask(self, api: AsyncClient, settings: Settings) -> None:
        async with serve(hang) as port:
            created = await create_source(api, connection=proxy(port))
        assert created["connection"]["proxy"]["password"] == MASK
        renamed = (await api.put(f"/api/sources/{created['id']}", json=created | {"name": "Renamed"})).json()
        copy = (await api.post(f"/api/sources/{created['id']}/duplicate")).json()
        assert renamed["connection"] == copy["connection"] == created["connection"]
        for source_id in (created["id"], copy["id"]):
            found = (await opened(settings, source_id)).connection.proxy
            assert found is not None
            assert found.password.get_secret_value() == marked("proxy")

    async def test_it_is_redacted_plain_and_with_its_user_name(
        self, sqlite_settings: Settings, sqlite_api: AsyncClient
    ) -> None:
        async with serve(hang) as port:
            created = await create_source(sqlite_api, connection=proxy(port))
        found = await opened(sqlite_settings, created["id"])
        assert found.connection.proxy is not None
        redactor, (plain, coded) = found.redactor(), found.connection.proxy.credentials()
        assert redactor.text(f"{plain} and Basic {coded}.") == f"{REDACTED} and Basic {REDACTED}."
        assert found.redactor(names=["bsn"]).header("BSN", "1") == REDACTED

    async def test_another_proxy_asks_for_it_and_another_location_does_not(self, api: AsyncClient) -> None:
        async with serve(hang) as port, serve(hang) as other:
            created = await create_source(api, connection=proxy(port))
            url = f"/api/sources/{created['id']}"
            moved = await api.put(url, json=created | {"connection": proxy(other, password=MASK)})
            assert [(error["pointer"], error["code"]) for error in moved.json()["errors"]] == [
                ("/connection/proxy/password", "secret_origin_changed")
            ]
            assert moved.json()["errors"][0]["detail"].startswith("The proxy has another port now: ")
            located = await api.put(url, json=created | {"location": "https://elsewhere.example"})
            assert located.status_code == 200, located.text

    async def test_a_mask_without_a_stored_password_asks_for_it(self, sqlite_api: AsyncClient) -> None:
        async with serve(hang) as port:
            answer = await sqlite_api.post("/api/sources", json=source(connection=proxy(port, password=MASK)))
        assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
            ("/connection/proxy/password", "secret_missing")
        ]


async def test_a_password_of_files_is_not_kept_for_a_connection_without_encryption(sqlite_api: AsyncClient) -> None:
    login = {"type": "basic", "username": "user", "password": marked("files password")}
    stored = await create_source(sqlite_api, type="ftp", location="ftpes://files.example/in", authentication=login)
    response = await sqlite_api.put(
        f"/api/sources/{stored['id']}", json=stored | {"location": "ftp://files.example/in"}
    )
    assert response.status_code == 422
    problem = response.json()["errors"][0]
    assert (problem["pointer"], problem["code"]) == ("/authentication/password", "secret_origin_changed")
