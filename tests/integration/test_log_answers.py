# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every filter, alone and with others, finds what a naive search through all calls finds: on SQLite and on PostgreSQL.

Most of the calls are in blocks of the index, some are too new for that, some were deleted, and some are pinned.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy.orm import Session

from openconnector.core.database import Database
from openconnector.core.settings import Settings
from openconnector.logs import repository
from openconnector.logs.answers import Answers, Position
from openconnector.logs.entries import CallEntry
from openconnector.logs.generation.content import Shape, calls
from openconnector.logs.generation.writing import generate
from openconnector.logs.keeping.removal import remove
from openconnector.logs.models import microseconds
from openconnector.logs.questions.clauses import (
    Clause,
    HasField,
    HasText,
    IsBetween,
    IsOneOf,
    IsPinned,
    Question,
)
from openconnector.logs.storage.compression import Compression
from openconnector.migrations.upgrade import upgrade
from tests.postgres import PostgresServer

SHAPE = Shape(rows=4700, seed=7, sources=5, days=3, until=datetime(2026, 11, 20, tzinfo=UTC))
"""One large block, two small ones, and some hundred calls behind them."""

PINNED, DELETED = range(50, 4700, 311), [*range(3, 4700, 97), *range(300, 420)]


@dataclass
class Filled:
    """A log, and the same calls in memory."""

    database: Database
    answers: Answers
    calls: dict[int, CallEntry]

    async def numbers(self, question: Question, **arguments: Any) -> list[int]:
        arguments = {"limit": 10_000} | arguments
        return await self.database.run(lambda session: self.answers.numbers(session, question, **arguments))

    async def total(self, question: Question) -> int:
        count = await self.database.run(lambda session: self.answers.count(session, question))
        assert not count.is_estimate
        return count.total


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def log_of_calls(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer
) -> Settings:
    path = tmp_path_factory.mktemp("answers")
    url = None if request.param == "sqlite" else SecretStr(postgres.create_database())
    settings = Settings(storage_path=path, database_url=url)
    asyncio.run(fill(settings))
    return settings


async def fill(settings: Settings) -> None:
    database = Database.from_settings(settings)
    await upgrade(database)
    await generate(database, SHAPE, lambda _: None)

    def change(session: Session) -> None:
        for row in repository.rows(session, PINNED):
            repository.pin(session, row.id, is_pinned=True)
        remove(session, DELETED, with_pinned=True)

    await database.run(change, writes=True)
    await database.close()


@pytest.fixture
async def filled(log_of_calls: Settings) -> AsyncIterator[Filled]:
    made = dict(enumerate(calls(SHAPE), start=1))
    for number, call in made.items():
        call.number, call.is_pinned = number, number in PINNED
    database = Database.from_settings(log_of_calls)
    gone = set(DELETED)
    yield Filled(
        database, Answers(Compression(), count_ms=60_000), {n: call for n, call in made.items() if n not in gone}
    )
    await database.close()


def naive(clause: Clause, call: CallEntry) -> bool:
    """Whether a clause holds, as its words say it."""
    match clause:
        case IsOneOf(field, values, is_negated):
            return any(_has(field, value, call) for value in values) != is_negated
        case IsBetween(column, low, high, is_negated):
            value = _number(column, call)
            is_in = value is not None and (low is None or low <= value) and (high is None or value < high)
            return is_in != is_negated
        case HasText(_, words, is_phrase, is_negated):
            return _says(words, is_phrase, call) != is_negated
        case HasField(path, operator, value, is_negated, items):
            found = _values(path, call, items)
            scalars = [one for one in found if not isinstance(one, dict | list)]
            is_there = bool(found) if operator == "exists" else any(_compares(one, operator, value) for one in scalars)
            return is_there != is_negated
        case IsPinned(is_pinned):
            return call.is_pinned == is_pinned
    raise AssertionError(clause)


def _has(field: str, value: str, call: CallEntry) -> bool:
    path = urlsplit(call.url).path.rstrip("/")
    match field:
        case "status":
            code = "none" if call.status_code is None else str(call.status_code)
            return value in (code, f"{code[0]}xx")
        case "path":
            return path == value or path.startswith(value.rstrip("/") + "/")
        case "host":
            return urlsplit(call.url).netloc == value
    attribute = {
        "source": str(call.source_id),
        "outcome": call.outcome,
        "error": call.error_type,
        "method": call.method,
        "trigger": call.trigger_type,
        "trigger_id": call.trigger_id,
        "user": call.user_id,
        "id": str(call.id),
    }
    return attribute[field] == value


def _number(column: str, call: CallEntry) -> int | None:
    match column:
        case "duration":
            return round(call.duration_ms * 1000)
        case "size":
            return call.response_size
    return microseconds(call.started_at)


def _says(words: tuple[str, ...], is_phrase: bool, call: CallEntry) -> bool:
    (exchange,) = call.exchanges
    texts = [call.url, *(f"{row['name']}: {row['value']}" for row in exchange.request["headers"])]
    if exchange.response:
        texts += [f"{row['name']}: {row['value']}" for row in exchange.response["headers"]]
    texts.append((exchange.response_body or b"").decode())
    texts += [call.diagnosis["title"], call.diagnosis["detail"]] if call.diagnosis else []
    texts += [exchange.error["message"]] if exchange.error else []
    split = [re.findall(r"[a-z0-9]+", text.lower()) for text in texts]
    if is_phrase:
        return any(f" {' '.join(words)} " in f" {' '.join(text)} " for text in split)
    return set(words) <= {word for text in split for word in text}


def _values(path: str, call: CallEntry, items: tuple[int | None, ...]) -> list[Any]:
    body = call.exchanges[0].response_body
    found: list[Any] = [json.loads(body)] if body else []
    wanted = iter(items)
    for step in re.findall(r"\.(\w+)|\[\*\]", path):
        if step:
            found = [one[step] for one in found if isinstance(one, dict) and step in one]
            continue
        lists, item = [one for one in found if isinstance(one, list)], next(wanted, None)
        if item is None:
            found = [entry for one in lists for entry in one]
        else:
            found = [one[item] for one in lists if -len(one) <= item < len(one)]
    return found


def _compares(found: Any, operator: str, value: Any) -> bool:
    if operator == "~":
        return isinstance(found, str) and str(value).lower() in found.lower()
    if operator == "!=":
        return bool(found != value)
    if isinstance(found, str) != isinstance(value, str) or found is None:
        return False
    return {
        "=": found == value,
        "<": found < value,
        "<=": found <= value,
        ">": found > value,
        ">=": found >= value,
    }[operator]


def clauses_about(filled: Filled) -> st.SearchStrategy[Clause]:
    """Clauses with values that occur, and some that do not."""
    known = list(filled.calls.values())
    call = st.sampled_from(known)
    negated = st.booleans()

    def one_of(field: Any, values: st.SearchStrategy[str]) -> st.SearchStrategy[Clause]:
        several = st.lists(values, min_size=1, max_size=3, unique=True).map(tuple)
        return st.builds(IsOneOf, st.just(field), several, negated)

    def between(column: Any, values: st.SearchStrategy[int]) -> st.SearchStrategy[Clause]:
        end = st.one_of(st.none(), values)
        return st.builds(IsBetween, st.just(column), end, end, negated)

    words = st.sampled_from(
        ["gemeente", "zaak", "permit", "open", "nginx", "Bearer", "health", "v1", "nowhere", "answers"]
    )
    phrases = st.sampled_from(["cannot be read", "did not answer", "state open", "open state", "read be", "items id"])
    fields = st.one_of(
        st.builds(HasField, st.just("$.error.code"), st.sampled_from(["=", "<", ">=", "!="]), st.integers(39, 61)),
        st.builds(HasField, st.just("$.items[*].state"), st.sampled_from(["=", "~"]), st.sampled_from(["open", "OSE"])),
        st.builds(
            HasField,
            st.just("$.items[*].owner"),
            st.just("="),
            st.integers(0, 2100),
            st.just(value=False),
            st.sampled_from([(), (0,), (1,), (-1,), (40,)]),
        ),
        st.builds(HasField, st.sampled_from(["$.error", "$.error.code", "$.count"]), st.just("exists"), st.none()),
    )
    return st.one_of(
        one_of("source", call.map(lambda one: str(one.source_id))),
        one_of("status", st.sampled_from(["200", "404", "500", "2xx", "5xx", "4xx", "none", "418"])),
        one_of("outcome", st.sampled_from(["success", "http_error", "transport_error", "auth_error", "refused"])),
        one_of("error", st.sampled_from(["http_status", "read_timeout", "unauthorized", "odd"])),
        one_of("method", st.sampled_from(["GET", "POST", "DELETE", "HEAD"])),
        one_of("trigger", st.sampled_from(["job", "test", "endpoint", "command", "verify"])),
        one_of("trigger_id", st.sampled_from(["job-1", "job-19", "synchronization-3", "JOB-1"])),
        one_of("user", st.sampled_from(["admin", "alice", "Alice"])),
        one_of("host", call.map(lambda one: urlsplit(one.url).netloc)),
        one_of("path", call.map(lambda one: "/" + urlsplit(one.url).path.split("/")[1])),
        one_of("path", call.map(lambda one: urlsplit(one.url).path)),
        one_of("id", call.map(lambda one: str(one.id))),
        between("duration", st.one_of(st.integers(0, 3_000_000), call.map(lambda one: round(one.duration_ms * 1000)))),
        between("size", st.one_of(st.integers(0, 2000), call.map(lambda one: one.response_size or 0))),
        between("time", call.map(lambda one: microseconds(one.started_at))),
        words.flatmap(
            lambda word: st.builds(HasText, st.just(word), st.just((word.lower(),)), st.just(value=False), negated)
        ),
        phrases.flatmap(
            lambda text: st.builds(HasText, st.just(text), st.just(tuple(text.split())), st.just(value=True), negated)
        ),
        fields,
        st.builds(IsPinned, st.booleans()),
    )


async def test_what_matches_is_what_a_naive_search_finds(filled: Filled) -> None:
    questions: list[Question] = []

    @options(max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.lists(clauses_about(filled), min_size=1, max_size=3))
    def draw(clauses: list[Clause]) -> None:
        questions.append(Question(tuple(clauses)))

    draw()
    for question in questions:
        expected = [
            number
            for number, call in reversed(filled.calls.items())
            if all(naive(clause, call) for clause in question.clauses)
        ]
        assert await filled.numbers(question) == expected, question
        assert await filled.total(question) == len(expected), question


@pytest.mark.parametrize("clauses", [(), (IsOneOf("method", ("POST",)),), (HasText("open state", ("id",), True),)])
async def test_pages_in_every_order_cover_everything_once(filled: Filled, clauses: tuple[Clause, ...]) -> None:
    question = Question(clauses)
    matching = [call for call in filled.calls.values() if all(naive(clause, call) for clause in clauses)]
    for sort in ("-time", "time", "-duration", "duration"):
        by: Any = (lambda call: call.number) if sort.endswith("time") else lambda call: (call.duration_ms, call.number)
        expected = [call.number for call in sorted(matching, key=by, reverse=sort.startswith("-"))]
        seen: list[int] = []
        after = None
        while some := await filled.numbers(question, sort=sort, after=after, limit=997):
            seen += some
            after = Position(number=some[-1], duration_ms=filled.calls[some[-1]].duration_ms)
        assert seen == expected


async def test_what_came_after_a_number_is_found_alone(filled: Filled) -> None:
    def work(session: Session) -> list[int]:
        return filled.answers.ask(session, Question()).numbers(above=4650, limit=1000).numbers

    assert await filled.database.run(work) == [number for number in range(4700, 4650, -1) if number in filled.calls]


def test_times_of_the_shape_are_within_it() -> None:
    first = next(calls(SHAPE))
    assert SHAPE.until - timedelta(days=SHAPE.days) <= first.started_at <= SHAPE.until
    assert isinstance(first.id, UUID)
