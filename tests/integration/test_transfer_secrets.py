# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Secrets of sources that leave as a file and come in again: they arrive where they belong, and nowhere else."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from tests.conftest import serve_engine
from tests.factories import MARK, create_source, marked, test_call
from tests.integration.transfers import PASSPHRASE, document, done, export, preview, states, take, upstream_server
from tests.keys import chain, pem_of, rsa_key


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[AsyncClient]:
    """Another OpenConnector, with a key and a database of its own."""
    directory = tmp_path / "other"
    directory.mkdir()
    async with serve_engine(Settings(storage_path=directory, background_work=False)) as client:
        yield client


async def rich_source(api: AsyncClient, name: str = "Rich") -> dict[str, Any]:
    return await create_source(
        api,
        name=name,
        description="1e5",
        headers=[
            {"name": "X-Plain", "value": "yes"},
            {"name": "X-Team", "value": marked("team"), "isSecret": True},
            {"name": "X-Api-Key", "value": "key-without-a-tick"},
        ],
        query=[{"name": "tenant", "value": "7"}],
        authentication={"type": "basic", "username": "clerk", "password": marked("password")},
        connection={"retry": {"maxRetries": 3}},
    )


@pytest.mark.parametrize("kind", ["json", "yaml"])
async def test_a_file_without_secrets_is_the_same_each_time_and_unchanged_where_it_comes_from(
    api: AsyncClient, kind: str
) -> None:
    for name in ("Zeta", "Alpha"):
        await rich_source(api, name)
    first = await export(api, format=kind)
    assert first == await export(api, format=kind)
    assert MARK not in first
    assert "key-without-a-tick" not in first
    assert first.index("alpha") < first.index("zeta")
    assert states(await preview(api, first)) == ["unchanged", "unchanged"]
    # A passphrase is not needed for the address that a script downloads from.
    answer = await api.get("/api/export", params={"format": kind})
    assert answer.text == first
    assert answer.headers["content-disposition"].endswith(f'.{kind}"')
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize("kind", ["json", "yaml"])
async def test_encrypted_secrets_arrive_elsewhere_with_the_passphrase_alone(
    api: AsyncClient, other: AsyncClient, kind: str
) -> None:
    source = await rich_source(api)
    text = await export(api, ids=[source["id"]], format=kind, passphrase=PASSPHRASE)
    assert MARK not in text
    wrong = await other.post("/api/import/preview", json={"content": text, "passphrase": "another passphrase"})
    assert (wrong.status_code, wrong.json()["type"].split(":")[-1]) == (422, "wrong-passphrase")

    closed = await preview(other, text)
    assert closed["isEncrypted"]
    assert "/authentication/password" in closed["sources"][0]["missingSecrets"]
    opened = await preview(other, text, passphrase=PASSPHRASE)
    assert opened["sources"][0]["missingSecrets"] == []

    assert (await done(other, text, passphrase=PASSPHRASE))["created"] == 1
    there = (await other.get(f"/api/sources/{source['id']}")).json()
    assert there["authentication"]["username"] == "clerk"
    assert there["connection"]["retry"]["maxRetries"] == 3
    again = await done(other, text, passphrase=PASSPHRASE)
    assert (again["unchanged"], again["created"], again["updated"]) == (1, 0, 0)
    back = await export(other, passphrase=PASSPHRASE)
    assert states(await preview(api, back, passphrase=PASSPHRASE)) == ["unchanged"]


async def test_a_secret_does_not_open_for_another_host_or_source(api: AsyncClient) -> None:
    source = await rich_source(api)
    file = json.loads(await export(api, passphrase=PASSPHRASE))
    file["sources"][0]["location"] = "https://elsewhere.example/v1"
    item = (await preview(api, json.dumps(file), passphrase=PASSPHRASE))["sources"][0]
    assert "/authentication/password" in item["missingSecrets"]
    assert any("does not open here" in note["text"] for note in item["notes"])
    file = json.loads(await export(api, passphrase=PASSPHRASE))
    file["sources"][0] |= {"id": "0190a1b2-0000-7000-8000-000000000009", "slug": "stranger", "name": "Stranger"}
    item = (await preview(api, json.dumps(file), passphrase=PASSPHRASE))["sources"][0]
    assert item["state"] == "create"
    assert len(item["missingSecrets"]) == 3
    assert source["slug"] == "rich"


async def test_an_update_keeps_the_secrets_that_are_stored_for_the_same_host(api: AsyncClient) -> None:
    async with upstream_server() as upstream:
        source = await create_source(
            api, location=upstream.url, authentication={"type": "bearer", "token": marked("kept")}
        )
        file = json.loads(await export(api))
        file["sources"][0] |= {"description": "Edited", "headers": [{"name": "X-New", "value": "1"}]}
        seen = await preview(api, json.dumps(file))
        item = seen["sources"][0]
        assert (item["state"], item["missingSecrets"]) == ("update", [])
        assert {change["pointer"] for change in item["changes"]} == {"/description", "/headers"}
        assert (await take(api, json.dumps(file), seen)).json()["updated"] == 1
        await test_call(api, source["id"])
        sent = upstream.requests[-1]
        assert sent.headers["authorization"] == f"Bearer {marked('kept')}"
        assert sent.headers["x-new"] == "1"


async def test_a_secret_goes_to_no_other_host_and_calls_wait_until_it_is_entered(api: AsyncClient) -> None:
    async with upstream_server() as upstream:
        source = await create_source(api, authentication={"type": "bearer", "token": marked("stays")})
        file = json.loads(await export(api))
        file["sources"][0]["location"] = upstream.url
        seen = await preview(api, json.dumps(file))
        assert seen["sources"][0]["missingSecrets"] == ["/authentication/token"]
        assert (await take(api, json.dumps(file), seen)).status_code == 200
        call = await test_call(api, source["id"])
        assert (call["outcome"], call["errorType"]) == ("refused", "credentials_unusable")
        assert "has not been entered" in call["diagnosis"]["detail"]
        assert upstream.requests == []
        # What is not there yet is not exported as if it were a secret.
        entry = json.loads(await export(api, passphrase=PASSPHRASE))["sources"][0]
        assert (entry["secrets"], entry["secretsLeftOut"]) == ({}, ["/authentication/token"])
        stored = (await api.get(f"/api/sources/{source['id']}")).json()
        stored["authentication"]["token"] = marked("entered")
        assert (await api.put(f"/api/sources/{source['id']}", json=stored)).status_code == 200
        assert (await test_call(api, source["id"]))["outcome"] == "success"


async def test_keys_travel_encrypted_and_a_certificate_without_its_key_is_left_out(
    sqlite_api: AsyncClient, other: AsyncClient
) -> None:
    leaf, *_ = chain()
    key = pem_of(rsa_key())
    source = await create_source(
        sqlite_api,
        authentication={
            "type": "jwt", "algorithm": "RS256", "lifetimeSeconds": 60, "key": {"privateKey": key},
        },
        connection={"clientCertificate": {"certificates": leaf.pem, "privateKey": pem_of(leaf.key)}},
    )  # fmt: skip
    plain = await export(sqlite_api)
    sealed = await export(sqlite_api, passphrase=PASSPHRASE)
    assert "PRIVATE KEY" not in plain + sealed
    assert states(await preview(sqlite_api, plain)) == ["unchanged"]
    assert states(await preview(sqlite_api, sealed, passphrase=PASSPHRASE)) == ["unchanged"]

    result = await done(other, plain)
    assert set(result["sources"][0]["missingSecrets"]) == {
        "/authentication/key/privateKey",
        "/connection/clientCertificate/privateKey",
    }
    there = (await other.get(f"/api/sources/{source['id']}")).json()
    assert there["connection"]["clientCertificate"] is None
    assert (await test_call(other, source["id"]))["errorType"] == "credentials_unusable"
    assert (await done(other, sealed, passphrase=PASSPHRASE))["updated"] == 1
    assert states(await preview(sqlite_api, await export(other))) == ["unchanged"]


async def test_a_header_that_its_name_makes_secret_is_kept_on_an_update(sqlite_api: AsyncClient) -> None:
    async with upstream_server() as upstream:
        headers = [{"name": "X-Api-Key", "value": "key-without-a-tick"}]
        source = await create_source(sqlite_api, location=upstream.url, headers=headers)
        file = json.loads(await export(sqlite_api))
        file["sources"][0]["description"] = "Edited"
        assert (await done(sqlite_api, json.dumps(file)))["updated"] == 1
        await test_call(sqlite_api, source["id"])
        assert upstream.requests[-1].headers["x-api-key"] == "key-without-a-tick"


async def test_a_file_does_not_lead_stored_secrets_by_another_way_unasked(sqlite_api: AsyncClient) -> None:
    connection = {"proxy": {"url": "http://proxy.example:3128", "username": "u", "password": marked("proxy")}}
    token = {"type": "bearer", "token": marked("kept")}
    await done(sqlite_api, document({"name": "Kept", "authentication": token, "connection": connection}))
    file = json.loads(await export(sqlite_api))
    entry = file["sources"][0]
    for change, told in (
        ({"proxy": {"url": "http://evil.example:3128"}}, "another proxy"),
        ({"verifyTls": False}, "no check of certificates"),
        ({"caCertificates": chain()[-1].pem}, "other trusted authorities"),
    ):
        changed = file | {"sources": [entry | {"connection": entry["connection"] | change}]}
        item = (await preview(sqlite_api, json.dumps(changed)))["sources"][0]
        assert (item["state"], item["actions"][0]) == ("conflict", "skip")
        assert told in item["conflict"]
    # Nor do encrypted ones open for it.
    sealed = json.loads(await export(sqlite_api, passphrase=PASSPHRASE))
    sealed["sources"][0]["id"] = entry["id"]
    sealed["sources"][0]["connection"]["verifyTls"] = False
    item = (await preview(sqlite_api, json.dumps(sealed), passphrase=PASSPHRASE))["sources"][0]
    assert len(item["notes"]) == 2


async def test_a_secret_in_a_location_is_no_part_of_a_file_and_is_kept(sqlite_api: AsyncClient) -> None:
    async with upstream_server() as upstream:
        source = await create_source(sqlite_api, location=f"{upstream.url}/v1?tenant=7&api_key=key-in-it")
        text = await export(sqlite_api)
        assert "key-in-it" not in text
        assert states(await preview(sqlite_api, text)) == ["unchanged"]
        file = json.loads(text)
        file["sources"][0]["description"] = "Edited"
        assert (await done(sqlite_api, json.dumps(file)))["updated"] == 1
        await test_call(sqlite_api, source["id"])
        assert upstream.requests[-1].target == "/v1?tenant=7&api_key=key-in-it"


async def test_a_password_in_a_location_that_is_refused_is_not_shown(sqlite_api: AsyncClient) -> None:
    seen = await preview(sqlite_api, document({"name": "A", "location": "https://jan:geheim@a.example"}))
    assert states(seen) == ["unreadable"]
    assert "geheim" not in json.dumps(seen)


async def test_what_asks_for_a_token_counts_by_its_names_too(sqlite_api: AsyncClient) -> None:
    async with upstream_server() as upstream:
        upstream.answer = b'{"access_token": "t", "token_type": "Bearer"}'
        scheme = {
            "type": "oauth2", "grant": {"type": "client_credentials"}, "clientId": "c", "tokenUrl": f"{upstream.url}/t",
            "client": {"method": "client_secret_post", "secret": marked("client")},
            "extraParameters": [{"name": "audience", "value": "a"}, {"name": "password", "value": "not-ticked"}],
            "extraHeaders": [{"name": "X-Api-Key", "value": "not-ticked-either"}],
        }  # fmt: skip
        source = await create_source(sqlite_api, location=upstream.url, authentication=scheme)
        text = await export(sqlite_api)
        assert "not-ticked" not in text
        assert states(await preview(sqlite_api, text)) == ["unchanged"]
        file = json.loads(text)
        file["sources"][0]["description"] = "Edited"
        assert (await done(sqlite_api, json.dumps(file)))["updated"] == 1
        await test_call(sqlite_api, source["id"])
        asked = upstream.requests[0]
        assert b"password=not-ticked" in asked.body
        assert asked.headers["x-api-key"] == "not-ticked-either"
