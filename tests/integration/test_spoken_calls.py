# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What OpenConnector says of calls is said in the language of whoever asks, now and when it is read from the log."""

import json
from typing import Any

import pytest

from ex_app.environment import PROJECT
from openconnector.core.http import AsyncClient
from openconnector.core.languages import Languages
from tests.factories import create_source, marked, test_call
from tests.faults.servers import answer, json_answer
from tests.upstream import answering, serve

NOT_FOUND = answering(
    answer("404 Not Found", headers=[("Content-Type", "application/json")], body=b'{"error": "unknown"}')
)
OK = answering(json_answer(b'{"a": 1}'))

Catalog = dict[str, str]
Members = dict[str, Any]


def catalog(language: str) -> Catalog:
    return dict(Languages(PROJECT / "l10n").catalog(language) or {})


@pytest.fixture
def dutch(api: AsyncClient) -> AsyncClient:
    api.headers["Accept-Language"] = "nl,en;q=0.5"
    return api


@pytest.fixture
def dutch_on_sqlite(sqlite_api: AsyncClient) -> AsyncClient:
    sqlite_api.headers["Accept-Language"] = "nl"
    return sqlite_api


async def not_found(api: AsyncClient) -> Members:
    """A test call that was answered 404."""
    async with serve(NOT_FOUND) as port:
        source = await create_source(api, location=f"http://127.0.0.1:{port}/v1")
        return await test_call(api, source["id"], "/v1/zaken")


async def logged(api: AsyncClient, call: Members, language: str) -> Members:
    response = await api.get(f"/api/logs/{call['id']}", headers={"Accept-Language": language})
    assert response.status_code == 200, response.text
    entry: Members = response.json()
    return entry


def evidence_of(found: Members) -> dict[str, str]:
    return {row["name"]: row["value"] for row in found["evidence"]}


async def test_a_404_is_told_in_dutch_now_and_from_the_log(dutch: AsyncClient) -> None:
    call = await not_found(dutch)
    diagnosis, said = call["diagnosis"], catalog("nl")
    host = call["url"].split("/")[2]
    assert diagnosis["title"] == said["There is nothing at this path"]
    assert f"“v1” {said['. “{part}” is in both of them.'].rpartition('” ')[2]}" in diagnosis["detail"]
    assert host in diagnosis["detail"]
    assert [remedy["text"] for remedy in diagnosis["remedies"]] == [
        said["Check the path."],
        said["Check that the location holds the right base path, such as /api/v1."],
        said["Some systems answer 404 for what these credentials may not see."],
    ]
    assert evidence_of(diagnosis) == {
        "Verzoek": f"GET http://{host}/v1/v1/zaken",
        "Status": "404 Not Found",
        "Content-Type": "application/json",
        "Locatie": f"http://{host}/v1",
        "Pad": "/v1/zaken",
        "Samengevoegd": f"http://{host}/v1/v1/zaken",
    }
    assert (await logged(dutch, call, "nl"))["diagnosis"] == diagnosis


async def test_the_same_entry_is_read_in_another_language(dutch: AsyncClient) -> None:
    call = await not_found(dutch)
    english = (await logged(dutch, call, "en"))["diagnosis"]
    assert english["title"] == "There is nothing at this path"
    assert "“v1” is in both of them." in english["detail"]
    assert [row["name"] for row in english["evidence"]] == [
        "Request", "Status", "Content-Type", "Location", "Path", "Joined"
    ]  # fmt: skip
    german = (await logged(dutch, call, "de_DE"))["diagnosis"]
    assert german["title"] == catalog("de_DE")["There is nothing at this path"]
    assert evidence_of(german)["Basis-URL"] == evidence_of(english)["Location"]


async def test_words_of_our_own_that_were_passed_on_are_said_too(dutch_on_sqlite: AsyncClient) -> None:
    source = await create_source(dutch_on_sqlite, headers=[{"name": "X-Key", "value": marked("k"), "isSecret": True}])
    call = await test_call(dutch_on_sqlite, source["id"], "/x", method="LIST")
    reported = "LIST is voor bestanden, en het type van deze bron is json."
    assert call["diagnosis"]["detail"].endswith(reported)
    assert evidence_of(call["diagnosis"]) == {"Gemeld": reported}
    assert (await logged(dutch_on_sqlite, call, "nl"))["diagnosis"] == call["diagnosis"]
    climbed = await test_call(dutch_on_sqlite, source["id"], "/../x")
    assert evidence_of(climbed["diagnosis"])["Gemeld"] == "Het pad klimt met `..` uit de locatie."
    hidden = await test_call(dutch_on_sqlite, source["id"], f"/{marked('k')}/{{{{ {marked('k')} }}}}")
    assert marked("k") not in json.dumps(hidden)


async def test_an_address_that_is_not_allowed_is_explained_in_dutch(dutch_on_sqlite: AsyncClient) -> None:
    source = await create_source(dutch_on_sqlite, location="http://10.1.2.3")
    call = await test_call(dutch_on_sqlite, source["id"])
    assert (call["outcome"], call["errorType"]) == ("refused", "egress_denied")
    found = evidence_of(call["diagnosis"])
    assert found["Regel"] == "private: hoort bij een privénetwerk"
    assert found["Adres"] == "10.1.2.3"


async def test_each_step_of_a_verification_is_told_in_dutch(dutch_on_sqlite: AsyncClient) -> None:
    async with serve(OK) as port:
        source = await create_source(
            dutch_on_sqlite,
            location=f"http://127.0.0.1:{port}",
            authentication={"type": "bearer", "token": marked("token")},
        )
        response = await dutch_on_sqlite.post(f"/api/sources/{source['id']}/verify", json={})
    steps = {step["name"]: step for step in response.json()["steps"]}
    assert {name: step["summary"] for name, step in steps.items()} == {
        "configuration": "Locatie, pad en headers vormen een verzoek dat kan worden verstuurd.",
        "egress": "Geen regel verbiedt dit adres.",
        "dns": "De host van de locatie is al een adres.",
        "tcp": f"Verbonden met 127.0.0.1 poort {port}.",
        "tls": "De locatie is http: niets wordt versleuteld.",
        "credentials": "Verstuurd is Bearer in de header Authorization, en het andere systeem maakte geen bezwaar.",
        "http": "Het antwoord is 200 OK.",
        "content": "8 bytes, type: application/json.",
    }
    assert evidence_of(steps["credentials"]) == {"Verstuurd": "Bearer in de header Authorization"}
    assert evidence_of(steps["tcp"]) == {"Gebruikt adres": "127.0.0.1", "Poort": str(port)}


async def test_a_step_that_fails_and_those_behind_it_are_told_in_dutch(dutch_on_sqlite: AsyncClient) -> None:
    async with serve(NOT_FOUND) as port:
        source = await create_source(dutch_on_sqlite, location=f"http://127.0.0.1:{port}")
        response = await dutch_on_sqlite.post(f"/api/sources/{source['id']}/verify", json={"path": "/x"})
    *_, failed, skipped = response.json()["steps"]
    diagnosis = response.json()["call"]["diagnosis"]
    assert (failed["summary"], failed["remedies"]) == (diagnosis["detail"], diagnosis["remedies"])
    assert skipped["summary"] == "Niet bereikt."


async def test_the_end_of_the_pages_is_told_in_dutch(dutch_on_sqlite: AsyncClient) -> None:
    async with serve(OK) as port:
        source = await create_source(dutch_on_sqlite, location=f"http://127.0.0.1:{port}")
        pages = {"type": "next_link", "position": "next"}
        call = await test_call(dutch_on_sqlite, source["id"], pages=pages)
    assert call["pages"]["detail"] == "Pagina 1 noemt geen volgende pagina."


async def test_problems_are_told_in_dutch(dutch_on_sqlite: AsyncClient) -> None:
    source = await create_source(dutch_on_sqlite)
    response = await dutch_on_sqlite.get(f"/api/sources/{source['id']}/service")
    assert (response.status_code, response.json()["title"], response.json()["detail"]) == (
        404,
        catalog("nl")["Not found"],
        "Alleen bronnen van het type SOAP hebben een WSDL.",
    )
    body = {"path": "/x", "body": "?", "bodyEncoding": "base64"}
    response = await dutch_on_sqlite.post(f"/api/sources/{source['id']}/test", json=body)
    assert [error["detail"] for error in response.json()["errors"]] == ["De body is geen base64."]


async def test_the_english_words_are_found(dutch: AsyncClient) -> None:
    call = await not_found(dutch)
    for question, found in (('"nothing at this path"', [call["id"]]), ('"is in both of them"', [call["id"]])):
        listed = (await dutch.get("/api/logs", params={"q": question})).json()["results"]
        assert [entry["id"] for entry in listed] == found
        assert listed[0]["hit"]["place"] == "diagnosis"
    assert (await dutch.get("/api/logs", params={"q": "Samengevoegd"})).json()["results"] == []


async def test_files_for_other_programs_stay_english(dutch_on_sqlite: AsyncClient) -> None:
    await not_found(dutch_on_sqlite)
    source = await create_source(dutch_on_sqlite)
    unsent = await test_call(dutch_on_sqlite, source["id"], "/../x")  # HAR has what is said of it
    exported = await dutch_on_sqlite.get("/api/logs/export", params={"format": "ndjson"})
    diagnoses = [json.loads(line)["diagnosis"] for line in exported.text.splitlines()]
    assert "There is nothing at this path" in [diagnosis["title"] for diagnosis in diagnoses]
    assert all("Request" in evidence_of(one) or "Reported" in evidence_of(one) for one in diagnoses)
    har = (await dutch_on_sqlite.get("/api/logs/export", params={"format": "har"})).text
    english = (await logged(dutch_on_sqlite, unsent, "en"))["diagnosis"]["detail"]
    assert english != unsent["diagnosis"]["detail"]
    assert json.dumps(english, ensure_ascii=False) in har
