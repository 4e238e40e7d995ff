# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Queries of the log against a database: sources are looked up, and what is half written is completed."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.errors import InvalidInput
from openconnector.core.http import AsyncClient
from openconnector.core.principal import Principal
from openconnector.core.settings import Settings
from openconnector.logs.entries import CallEntry
from openconnector.logs.listing import LogFilter
from openconnector.logs.questions.clauses import Clause, HasText, IsOneOf
from openconnector.logs.questions.filters import question_of, terms_of
from openconnector.logs.storage.compression import Compression
from openconnector.logs.writer import LogWriter
from tests.conftest import serve_engine
from tests.factories import create_source, test_call
from tests.log_entries import START, entry


@pytest.fixture
async def database(settings: Settings, api: AsyncClient) -> AsyncIterator[Database]:  # noqa: ARG001  # it migrates
    database = Database.from_settings(settings)
    yield database
    await database.close()


async def kept(database: Database, calls: Sequence[CallEntry]) -> None:
    """Put calls into the log."""
    writer = LogWriter(database, Compression(), also=lambda _session, _calls: None)
    for call in calls:
        await writer.keep(call)
    await writer.close()


async def reading(api: AsyncClient, query: str, cursor: int | None = None) -> dict[str, Any]:
    params: dict[str, Any] = {"query": query} | ({} if cursor is None else {"cursor": cursor})
    response = await api.get("/api/logs/query", params=params)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def completed(api: AsyncClient, query: str, cursor: int | None = None) -> list[str]:
    """What is offered, each as the whole query with it."""
    return [
        query[: found["start"]] + found["text"] + query[found["end"] :]
        for found in (await reading(api, query, cursor))["completions"]
    ]


class TestReading:
    async def test_a_query_is_shown_in_terms(self, sqlite_api: AsyncClient) -> None:
        query = 'STATUS:5xx -user:"Jan de Vries" "time out" $.a.b >= 3 -x'
        read = await reading(sqlite_api, query)
        assert read["problem"] is None
        assert [(term["field"], term["value"], term["isNegated"]) for term in read["terms"]] == [
            ("status", "5xx", False),
            ("user", '"Jan de Vries"', True),
            (None, "time out", False),
            ("$.a.b", ">= 3", False),
            (None, "x", True),
        ]
        places = [query[term["start"] : term["end"]] for term in read["terms"]]
        assert places == ["STATUS:5xx", '-user:"Jan de Vries"', '"time out"', "$.a.b >= 3", "-x"]

    async def test_a_problem_comes_beside_the_terms(self, sqlite_api: AsyncClient) -> None:
        read = await reading(sqlite_api, "stauts:404 timeout")
        assert read["problem"] == {
            "start": 0,
            "end": 6,
            "message": "“stauts” is no name to filter by. Did you mean “status”?",
            "suggestion": "status:404 timeout",
        }
        assert [term["field"] for term in read["terms"]] == ["stauts", None]

    async def test_a_source_that_does_not_exist_is_a_problem(self, api: AsyncClient) -> None:
        await create_source(api, name="Het CRM", slug="crm-live")
        assert (await reading(api, "source:crm-live"))["problem"] is None
        assert (await reading(api, 'source:"het crm"'))["problem"] is None
        assert (await reading(api, f"source:{uuid4()}"))["problem"] is None
        problem = (await reading(api, "a source:crm-life,crm-live"))["problem"]
        assert (problem["start"], problem["end"]) == (9, 17)
        assert problem["suggestion"] == "a source:crm-live,crm-live"
        assert "“crm-life”" in problem["message"]
        assert (await reading(api, "source:zzz"))["problem"]["suggestion"] is None

    async def test_what_no_database_takes_is_a_problem_and_no_fault(self, api: AsyncClient) -> None:
        read = await reading(api, "source:a\0b")
        assert (read["problem"]["start"], read["completions"]) == (8, [])

    async def test_a_query_has_a_bound(self, sqlite_api: AsyncClient) -> None:
        response = await sqlite_api.get("/api/logs/query", params={"query": "x" * 4001})
        assert response.status_code == 422
        assert [error["parameter"] for error in response.json()["errors"]] == ["query"]
        assert len((await reading(sqlite_api, "x " * 2000))["terms"]) == 50

    async def test_others_than_administrators_learn_nothing(self, sqlite_settings: Settings) -> None:
        async with serve_engine(sqlite_settings, Principal("user", is_admin=False)) as api:
            assert (await api.get("/api/logs/query", params={"query": "source:"})).status_code == 403


class TestCompletion:
    async def test_of_names(self, sqlite_api: AsyncClient) -> None:
        assert {"source:", "status:", "duration:", "$."} <= set(await completed(sqlite_api, ""))
        assert await completed(sqlite_api, "404 -sta") == ["404 -status:"]
        assert await completed(sqlite_api, "er") == ["error:", "trigger:", "triggerId:", "user:"]
        assert await completed(sqlite_api, "sta:404", 3) == ["status:404"]

    async def test_of_words_that_are_known_beforehand(self, sqlite_api: AsyncClient) -> None:
        assert await completed(sqlite_api, "outcome:http_error,re") == ["outcome:http_error,refused"]
        assert await completed(sqlite_api, "status:5") == ["status:5xx"]
        assert await completed(sqlite_api, "is:p") == ["is:pinned"]
        assert await completed(sqlite_api, "method:PA") == ["method:PATCH"]
        assert await completed(sqlite_api, "trigger:sy") == ["trigger:synchronization"]
        assert "since:today" in await completed(sqlite_api, "since:")
        assert await completed(sqlite_api, "last:") == ["last:15m", "last:1h", "last:24h", "last:7d", "last:30d"]

    async def test_of_units(self, sqlite_api: AsyncClient) -> None:
        assert (await completed(sqlite_api, "duration:>2"))[:2] == ["duration:>2ms", "duration:>2s"]
        assert await completed(sqlite_api, "duration:>2m") == ["duration:>2ms", "duration:>2m"]
        assert "duration:>3s" in await completed(sqlite_api, "duration:3")
        assert await completed(sqlite_api, "size:10KB..20Mi") == ["size:10KB..20MiB"]
        assert await completed(sqlite_api, "last:3") == ["last:30d", "last:3m", "last:3h", "last:3d", "last:3w"]

    async def test_of_sources_by_slug_and_name(self, api: AsyncClient) -> None:
        await create_source(api, name="Zaken", slug="old-crm")
        await create_source(api, name="Het CRM", slug="customers")
        await create_source(api, name="Live", slug="crm-live")
        found = (await reading(api, "source:CRM"))["completions"]
        assert [(row["text"], row["label"]) for row in found] == [
            ("crm-live", "Live"),
            ("customers", "Het CRM"),
            ("old-crm", "Zaken"),
        ]
        assert await completed(api, "source:x,%") == []

    async def test_of_what_the_newest_calls_have(self, api: AsyncClient, database: Database) -> None:
        rows = [
            entry(user_id="Jan de Vries", url="https://u@GIS.example:8080/api/v1/parcels?x=/y"),
            entry(user_id="admin", error_type="connect_timeout", url="not a url [", status_code=418),
            entry(user_id="admin", error_type="read_timeout", trigger_type="job", trigger_id="nightly"),
            entry(user_id=None, error_type="read_timeout", method="REPORT"),
        ]
        await kept(database, rows)
        assert await completed(api, "user:") == ["user:admin", 'user:"Jan de Vries"']
        assert await completed(api, 'user:"ja') == ['user:"Jan de Vries"']
        assert await completed(api, "error:time") == ["error:read_timeout", "error:connect_timeout"]
        assert await completed(api, "host:g") == ["host:gis.example", "host:gis.example:8080"]
        assert await completed(api, "path:/a") == ["path:/api", "path:/api/v1"]
        assert await completed(api, "trigger:job:n") == ["trigger:job:nightly"]
        assert await completed(api, "triggerId:") == ["triggerId:nightly"]
        assert await completed(api, "status:41") == ["status:418"]
        assert await completed(api, "method:rep") == ["method:REPORT"]

    async def test_nothing_is_offered_within_phrases_and_conditions(self, sqlite_api: AsyncClient) -> None:
        assert await completed(sqlite_api, '"stat') == []
        assert await completed(sqlite_api, "$.stat") == []
        assert await completed(sqlite_api, "nothing:") == []

    async def test_a_cursor_behind_the_end_stands_at_the_end(self, sqlite_api: AsyncClient) -> None:
        assert await completed(sqlite_api, "is:pin", 4000) == ["is:pinned"]


class TestQuestion:
    async def clauses(self, database: Database, **wanted: Any) -> tuple[Clause, ...]:
        return (await question_of(database, LogFilter(**wanted), at=now())).clauses

    async def test_sources_become_ids(self, api: AsyncClient, database: Database) -> None:
        first = (await create_source(api, name="Zaken Äpfel", slug="zaken"))["id"]
        twin = (await create_source(api, name="zaken Äpfel", slug="zaken-2"))["id"]
        other, gone = (await create_source(api, name="Other", slug="other"))["id"], str(uuid4())
        for query, ids in {
            "source:zaken": [first],
            "source:ZAKEN": [first],
            f"source:{gone.upper()}": [gone],
            f"source:other,zaken,{other}": [other, first],
            'source:"OTHER"': [other],
        }.items():
            assert await self.clauses(database, query=query) == (IsOneOf("source", tuple(ids)),)
        (named,) = await self.clauses(database, query='-source:"zaken Äpfel"')
        assert isinstance(named, IsOneOf)
        assert (set(named.values), named.is_negated) == ({first, twin}, True)

    async def test_a_slug_that_nobody_has_matches_nothing_as_a_parameter(
        self, api: AsyncClient, database: Database
    ) -> None:
        source = (await create_source(api, slug="crm"))["id"]
        assert await self.clauses(database, source="no-such-slug") == (IsOneOf("source", ()),)
        assert await self.clauses(database, source="no-such-slug, crm") == (IsOneOf("source", (source,)),)

    async def test_query_and_parameters_are_joined(self, database: Database) -> None:
        assert await self.clauses(database, query="timeout method:GET", status="404", q="a") == (
            HasText("timeout", ("timeout",)),
            IsOneOf("method", ("GET",)),
            IsOneOf("status", ("404",)),
            HasText("a", ("a",)),
        )

    async def test_problems_name_parameter_and_place(self, api: AsyncClient, database: Database) -> None:
        await create_source(api, slug="crm")
        for query, place in {
            "a stauts:404": (2, 8, "a status:404"),
            "a source:crn": (9, 12, "a source:crm"),
        }.items():
            with pytest.raises(InvalidInput) as caught:
                await self.clauses(database, query=query)
            problem = caught.value.problem()
            assert [error["parameter"] for error in problem["errors"]] == ["query"]
            assert (problem["start"], problem["end"], problem["suggestion"]) == place
        for value in ("a\0b", "\0"):
            with pytest.raises(InvalidInput) as caught:
                await self.clauses(database, source=value)
            assert [error.parameter for error in caught.value.errors] == ["source"]


class TestFinding:
    """Queries through the list of the log: what the language says is what is found."""

    async def test_every_kind_of_term_finds_what_it_says(self, api: AsyncClient, database: Database) -> None:
        rows: dict[str, dict[str, Any]] = {
            "ok": {"duration_ms": 1000, "response_size": 1000},
            "api/v1/made": {"method": "POST", "status_code": 201, "trigger_type": "job", "trigger_id": "a"},
            "api/v10": {"status_code": 404, "outcome": "http_error", "error_type": "404", "user_id": "Jan de Vries"},
            "denied": {"status_code": 401, "outcome": "auth_error", "trigger_type": "job", "trigger_id": "b"},
            "gone": {
                "status_code": None,
                "outcome": "transport_error",
                "error_type": "read_timeout",
                "trigger_id": "a",
            },
            "old%20one": {"started_at": START - timedelta(days=2), "duration_ms": 2000.001, "response_size": 2048},
        }
        entries = {name: entry(url=f"https://x.example/{name}", **values) for name, values in rows.items()}
        await kept(database, list(entries.values()))

        async def found(query: str) -> set[str]:
            response = await api.get("/api/logs", params={"query": query})
            assert response.status_code == 200, response.text
            return {row["url"].removeprefix("https://x.example/") for row in response.json()["results"]}

        everything = set(rows)
        for query, expected in {
            "": everything,
            "status:success,404": {"ok", "api/v1/made", "old%20one", "api/v10"},
            "status:error,201": {"api/v1/made", "api/v10", "denied", "gone"},
            "status:none": {"gone"},
            "is:error method:get": {"api/v10", "denied", "gone"},
            "trigger:job:a": {"api/v1/made"},
            "trigger:job:a,test:a": {"api/v1/made", "gone"},
            "trigger:job:b,test": {"ok", "api/v10", "denied", "gone", "old%20one"},
            "triggerId:a": {"api/v1/made", "gone"},
            'user:"Jan de Vries"': {"api/v10"},
            "error:404,read_timeout": {"api/v10", "gone"},
            "host:X.example": everything,
            "path:/api": {"api/v1/made", "api/v10"},
            "path:/api/v1/": {"api/v1/made"},
            'path:"/old one",/gone': {"old%20one", "gone"},
            "duration:>2s": {"old%20one"},
            "duration:1s..2s": {"ok"},
            "size:1KB..2KiB": {"ok", "old%20one"},
            "size:<1KB": set(),
            "last:1d": everything - {"old%20one"},
            "until:24h": {"old%20one"},
            "gone": {"gone"},
            '"x example gone"': {"gone"},
            f"id:{entries['ok'].id}": {"ok"},
            "is:pinned": set(),
        }.items():
            assert await found(query) == expected, query
            if len(terms_of(query)) == 1:
                assert await found(f"-{query}") == everything - expected, f"-{query}"

    async def test_conditions_look_into_json_bodies(self, api: AsyncClient, httpbin: str) -> None:
        source = await create_source(api, location=httpbin, slug="bin")
        for code in (42, 43):
            sent = {"error": {"code": code, "items": [{"na me": "Jan de Vries"}], "none": None}}
            await test_call(api, source["id"], "/anything", method="POST", body=json.dumps(sent))

        async def total(query: str) -> int:
            response = await api.get("/api/logs", params={"query": query})
            assert response.status_code == 200, response.text
            found: int = response.json()["total"]
            return found

        for query, expected in {
            "$.error.code = 42": 1,
            "$.error.code >= 42": 2,
            "$.error.code>42": 1,
            "-$.error.code=42": 1,
            "$.error.items[0]['na me'] ~ vries": 2,
            '$.error.items[*]["na me"]="Jan de Vries"': 2,
            "$.error.none=null": 2,
            "$.error.none!=null": 0,
            "$.error.code source:bin": 2,
            "$.error.other": 0,
            '"jan de vries" $.error.code=43': 1,
        }.items():
            assert await total(query) == expected, query

    async def test_a_query_that_does_not_parse_is_refused_with_its_place(self, sqlite_api: AsyncClient) -> None:
        response = await sqlite_api.get("/api/logs", params={"query": "a stauts:404"})
        problem = response.json()
        assert response.status_code == 422
        assert [error["parameter"] for error in problem["errors"]] == ["query"]
        assert (problem["start"], problem["end"], problem["suggestion"]) == (2, 8, "a status:404")


async def test_mistakes_and_completions_are_told_in_dutch(sqlite_api: AsyncClient) -> None:
    dutch = {"Accept-Language": "nl"}
    response = await sqlite_api.get("/api/logs/query", params={"query": "outcome:banana"}, headers=dutch)
    message = response.json()["problem"]["message"]
    assert message.startswith("“banana” is geen resultaat: gebruik success, http_error")
    assert " of " in message
    response = await sqlite_api.get("/api/logs/query", params={"query": "last:7"}, headers=dutch)
    assert {"7d": "in de laatste zeven dagen"}.items() <= {
        found["text"]: found["detail"] for found in response.json()["completions"]
    }.items()
    response = await sqlite_api.get("/api/logs", params={"query": "sorce:x"}, headers=dutch)
    assert (response.status_code, response.json()["detail"]) == (
        422,
        "Op “sorce” kun je niet filteren. Bedoelde je “source”?",
    )
