# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Secrets that no key opens any more: every call of their source is logged with what to do, and none is sent."""

from typing import Any

from sqlalchemy import select, update

from openconnector.core.database import Database
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.sources.models import TokenState
from openconnector.sources.sealing import TOKEN, Sealer
from openconnector.vault.encryption import Vault
from openconnector.vault.keys import KeyFile
from tests.conftest import serve_engine
from tests.factories import create_source, marked, test_call
from tests.integration.transfers import PASSPHRASE, export, preview, take
from tests.tokens import token_server

BASIC = {"type": "basic", "username": "u", "password": marked("closed")}
KEY_HEADER = {"name": "X-Key", "value": marked("closed header"), "isSecret": True}


def replace_key(settings: Settings) -> None:
    file = KeyFile(settings.storage_path)
    file.path.unlink()
    file.create()


async def logged(api: AsyncClient, call: dict[str, Any]) -> dict[str, Any]:
    answer = await api.get(f"/api/logs/{call['logId']}")
    assert answer.status_code == 200, answer.text
    entry: dict[str, Any] = answer.json()
    return entry


async def test_a_call_is_logged_with_what_does_not_open_until_it_is_entered_again(
    settings: Settings, httpbin: str
) -> None:
    async with serve_engine(settings) as api:
        await create_source(api, slug="closed", location=httpbin, authentication=BASIC, headers=[KEY_HEADER])
    replace_key(settings)
    async with serve_engine(settings) as api:
        call = await test_call(api, "closed", "/status/204")
        entry = await logged(api, call)
        assert (entry["outcome"], entry["errorType"], entry["statusCode"]) == ("refused", "secret_unreadable", None)
        assert entry["exchanges"] == []
        diagnosis = entry["diagnosis"]
        assert diagnosis["title"] == "A stored secret cannot be opened"
        assert "encrypted with another key" in diagnosis["detail"]
        assert "What does not open: authentication/password, headers." in diagnosis["detail"]
        assert diagnosis["remedies"][0] == {
            "text": "Enter the secrets of this source again.",
            "link": "configuration/authentication",
        }
        said = (await api.get(f"/api/logs/{call['logId']}", headers={"Accept-Language": "nl"})).json()["diagnosis"]
        assert said["title"] == "Een opgeslagen geheim kan niet worden geopend"
        assert "Wat niet opengaat: authentication/password, headers." in said["detail"]
        verified = (await api.post("/api/sources/closed/verify", json={})).json()
        assert [step["name"] for step in verified["steps"] if step["status"] == "failed"] == ["configuration"]
        found = (await api.get("/api/logs", params={"query": "error:secret_unreadable"})).json()
        assert len(found["results"]) == 2

        source = (await api.get("/api/sources/closed")).json()
        kept = await api.put("/api/sources/closed", json=source)
        assert [(error["pointer"], error["code"]) for error in kept.json()["errors"]] == [
            ("/authentication/password", "secret_unreadable")
        ]
        entered = source | {"authentication": BASIC, "headers": [KEY_HEADER]}
        saved = await api.put("/api/sources/closed", json=entered)
        assert saved.status_code == 200, saved.text
        assert (await test_call(api, "closed", "/status/204"))["statusCode"] == 204


async def test_the_key_comes_back_while_it_runs_and_everything_opens(sqlite_settings: Settings, httpbin: str) -> None:
    async with serve_engine(sqlite_settings) as api:
        await create_source(api, slug="closed", location=httpbin, authentication=BASIC)
        path = KeyFile(sqlite_settings.storage_path).path
        path.rename(path.with_name("elsewhere"))
        call = await test_call(api, "closed", "/status/204")
        assert call["errorType"] == "secret_unreadable"
        assert "Put the key file back" in call["diagnosis"]["detail"]
        path.with_name("elsewhere").rename(path)
        assert (await test_call(api, "closed", "/status/204"))["statusCode"] == 204


async def test_a_check_of_a_watch_is_a_logged_call_that_failed(sqlite_settings: Settings, httpbin: str) -> None:
    async with serve_engine(sqlite_settings) as api:
        await create_source(api, slug="closed", location=httpbin, authentication=BASIC)
        assert (await api.put("/api/sources/closed/watch", json={})).status_code == 200
    replace_key(sqlite_settings)
    async with serve_engine(sqlite_settings) as api:
        answer = await api.post("/api/sources/closed/watch/check")
        assert answer.status_code == 200, answer.text
        (check,) = answer.json()["checks"]
        assert (check["verdict"], check["outcome"]) == ("failed", "refused")
        assert (await logged(api, check))["errorType"] == "secret_unreadable"


async def test_no_login_is_begun_that_would_be_in_vain(sqlite_settings: Settings) -> None:
    async with token_server() as server:
        grant = {"type": "authorization_code", "authorizationUrl": f"{server.url}/authorize"}
        async with serve_engine(sqlite_settings) as api:
            await create_source(
                api, slug="closed", location=server.url, authentication=server.authentication(grant=grant)
            )
        replace_key(sqlite_settings)
        async with serve_engine(sqlite_settings) as api:
            redirect = {
                "redirectUri": "https://cloud.example/index.php/apps/app_api/embedded/open_connector/main/connect"
            }
            answer = await api.post("/api/sources/closed/authorization", json=redirect)
            assert answer.status_code == 409
            assert "encrypted with another key" in answer.json()["detail"]


async def test_a_source_whose_secrets_do_not_open_has_no_copy(sqlite_settings: Settings) -> None:
    async with serve_engine(sqlite_settings) as api:
        await create_source(api, slug="closed", authentication=BASIC, headers=[KEY_HEADER])
    replace_key(sqlite_settings)
    async with serve_engine(sqlite_settings) as api:
        answer = await api.post("/api/sources/closed/duplicate")
        assert answer.status_code == 409
        assert "What does not open: authentication/password, headers." in answer.json()["detail"]
        assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
            ("/authentication/password", "secret_unreadable"),
            ("/headers", "secret_unreadable"),
        }
        assert (await api.get("/api/sources")).json()["total"] == 1


async def test_an_export_opens_again_what_the_key_does_not(sqlite_settings: Settings, httpbin: str) -> None:
    async with serve_engine(sqlite_settings) as api:
        await create_source(api, slug="closed", name="Zaken", location=httpbin, authentication=BASIC)
        with_secrets, without = await export(api, passphrase=PASSPHRASE), await export(api)
    replace_key(sqlite_settings)
    async with serve_engine(sqlite_settings) as api:
        assert await export(api) == without
        answer = await api.post("/api/export", json={"passphrase": PASSPHRASE})
        assert answer.status_code == 409
        assert answer.json()["detail"].startswith("The secrets of “Zaken” cannot be exported. A stored secret was")
        said = await api.post("/api/export", json={"passphrase": PASSPHRASE}, headers={"Accept-Language": "nl"})
        assert said.json()["detail"].startswith("De geheimen van “Zaken” kunnen niet worden geëxporteerd.")

        seen = await preview(api, with_secrets, passphrase=PASSPHRASE)
        (item,) = seen["sources"]
        assert [(change["pointer"], change["isSecret"]) for change in item["changes"]] == [
            ("/authentication/password", True)
        ]
        choices = [{"position": item["position"], "action": "update"}]
        taken = await take(api, with_secrets, seen, passphrase=PASSPHRASE, choices=choices)
        assert taken.status_code == 200, taken.text
        assert (await test_call(api, "closed", "/status/204"))["statusCode"] == 204


async def test_a_token_that_does_not_open_is_fetched_anew(sqlite_settings: Settings) -> None:
    async with token_server() as server:
        async with serve_engine(sqlite_settings) as api:
            source = await create_source(api, location=server.url, authentication=server.authentication())
            await test_call(api, source["id"], "/")
        await _seal_tokens_under(bytes(32), sqlite_settings)
        async with serve_engine(sqlite_settings) as api:
            call = await test_call(api, source["id"], "/")
            assert [exchange["kind"] for exchange in call["exchanges"]] == ["token", "request"]
            assert call["outcome"] == "success"


async def _seal_tokens_under(key: bytes, settings: Settings) -> None:
    database = Database.from_settings(settings)
    async with database.write_session() as session:
        state = (await session.scalars(select(TokenState))).one()
        sealed = Sealer(Vault(lambda: (key,)), state.source_id).seal("{}", TOKEN)
        await session.execute(update(TokenState).values(content=sealed))
    await database.close()
